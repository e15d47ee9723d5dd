"""The compiler of the inner loops: numba, whose machine code is kept between runs.

A kept function does not notice when one that it calls has changed, so the machine code lies in a folder named after the text of
all of them: any edit makes a new folder. TEQUIO_CACHE moves it; where nothing can be written the code is compiled in each
process (some twenty seconds). NUMBA_DISABLE_JIT=1 runs the same functions as plain Python, e.g. to step through one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import blake2b
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numba import config, njit

PLAIN = bool(getattr(config, "DISABLE_JIT"))  # noqa: B009 - numba gives its settings no types
"""Whether the inner loops run as plain Python."""

Function = TypeVar("Function", bound=Callable[..., Any])


def _digest() -> str:
    sources = sorted(Path(__file__).parent.rglob("*.py"))
    return blake2b(b"".join(path.read_bytes() for path in sources), digest_size=8).hexdigest()


def _folder() -> Path | None:
    base = os.environ.get("TEQUIO_CACHE") or os.environ.get("XDG_CACHE_HOME")
    try:
        folder = (Path(base) if base else Path.home() / ".cache") / "tequio" / f"matching-{_digest()}"
        folder.mkdir(parents=True, exist_ok=True)
        kept = os.access(folder, os.W_OK)
    except (OSError, RuntimeError):
        return None
    return folder if kept else None


_CACHE = _folder()
if _CACHE is not None:
    setattr(config, "CACHE_DIR", str(_CACHE))  # noqa: B010 - numba gives its settings no types


WORD: Any = object if PLAIN else np.uint32
"""Type of a packed word. Compiled code reckons in 64 bits with what it reads from 32; in plain Python an array of numpy's
numbers would reckon in 32 and add truth values as "or", so it holds Python's own."""


def record(fields: list[Any]) -> np.dtype[Any]:
    """A record type whose fields compiled code and plain Python read alike, by name. List large fields first."""
    return _interpreted(fields) if PLAIN else np.dtype((np.record, np.dtype(fields)))


def _interpreted(fields: list[Any]) -> np.dtype[Any]:
    """The same for plain Python: numbers of full width, and fields named like what numpy scalars have (`flags`)."""
    parts = [(name, _interpreted(kind) if isinstance(kind, list) else kind, *shape) for name, kind, *shape in fields]
    dtype = np.dtype(parts)
    by_name = {
        name: property(itemgetter(name) if dtype[name].shape or dtype[name].names else _number(name)) for name, *_ in parts
    }
    return np.dtype((type("Record", (np.void,), by_name), dtype))


def _number(name: str) -> Callable[[Any], Any]:
    return lambda held: held[name].item()


def compiled(function: Function) -> Function:
    """Compile a function at its first call. Releases the interpreter's lock, so queries run in parallel threads."""
    if PLAIN:
        return np.errstate(over="ignore", divide="ignore")(function)  # as compiled code does: hashes wrap
    return cast(Function, njit(cache=_CACHE is not None, nogil=True, error_model="numpy")(function))


def inlined(function: Function) -> Function:
    """The same for a function that only compiled ones call and that makes no array: it then counts no references to those it
    is given, which would cost more than its work."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False, "forceinline": True}
    return cast(Function, njit(**options)(function))
