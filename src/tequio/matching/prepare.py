"""Compiles what the matcher needs, so that nobody waits for it later: `python -m tequio.matching.prepare`."""

from __future__ import annotations

from tequio.matching.domain import compare, keys, weigh
from tequio.matching.memory import MemoryIndex
from tequio.people.domain import Subject


def prepare() -> None:
    """Have every compiled function made, or read from where it is kept. A minute the first time, then a tenth of a second."""
    someone = Subject.from_fields(id=1, given="Ana", paternal="Prueba", maternal="Muestra", birth_date="1990-01-02")
    keys(someone)
    weigh(someone, someone)
    compare(someone, someone)
    MemoryIndex.build([someone]).query([someone])


if __name__ == "__main__":
    prepare()
