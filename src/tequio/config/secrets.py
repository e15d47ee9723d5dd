"""Keys of this deployment: made on first use, kept in the data folder, readable by its owner only. Never in git."""

from __future__ import annotations

import base64
import os
import secrets as random_source
from pathlib import Path


def secret_key(home: Path) -> str:
    """Django's secret of this data folder; TEQUIO_SECRET_KEY overrides it."""
    given = os.environ.get("TEQUIO_SECRET_KEY")
    if given:
        return given
    return _keep(home / "keys" / "django.key", random_source.token_urlsafe(64))


def second_factor_key(home: Path) -> str:
    """Key with which the secrets of second factors are kept (Fernet: 256 random bits, URL-safe base 64)."""
    return _keep(home / "keys" / "second-factor.key", base64.urlsafe_b64encode(os.urandom(32)).decode())


def _keep(path: Path, fresh: str) -> str:
    """The text in `path`, written with `fresh` if there is none. Two processes starting at once agree."""
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(fresh, encoding="ascii")
    draft.chmod(0o600)
    try:
        os.link(draft, path)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    finally:
        draft.unlink()
    return fresh
