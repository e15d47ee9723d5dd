"""Who can tell which records are of a person. Registries stand above this room, so `config/wiring.py` adds theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finder:
    """A kind of record, and what gives the ids of a CURP's within the scope in force."""

    kind: str
    find: Callable[[str], list[str]]


_finders: dict[str, Finder] = {}


def add(finder: Finder) -> None:
    """Add a finder. One of the same kind replaces it."""
    _finders[finder.kind] = finder


def every() -> list[Finder]:
    """The finders there are, by kind."""
    return [_finders[kind] for kind in sorted(_finders)]
