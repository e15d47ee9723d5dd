"""Compiles what the matcher needs, so that nobody waits for it later: `python -m tequio.matching.prepare`."""

from __future__ import annotations

import numpy as np

from tequio.matching import steps
from tequio.matching.domain import PRIOR, compare, keys, weigh
from tequio.matching.domain.retrieval import FIRST_WEIGHED
from tequio.matching.memory import MemoryIndex
from tequio.matching.narrow import Packed, narrow
from tequio.people.domain import Subject


def prepare() -> None:
    """Have every compiled function made, or read from where it is kept. A minute the first time, then a tenth of a second."""
    someone = Subject.from_fields(id=1, given="Ana", paternal="Prueba", maternal="Muestra", birth_date="1990-01-02")
    keys(someone)
    weigh(someone, someone)
    compare(someone, someone)
    MemoryIndex.build([someone]).query([someone])
    packed = Packed()
    kept = narrow(packed.add(someone), packed.tokens.texts())
    packed.put_kept([kept] if kept is not None else [])
    steps.weigh_packed(someone, packed, PRIOR)
    steps.rank([(1, np.arange(FIRST_WEIGHED + 1))], (), 1, FIRST_WEIGHED)


if __name__ == "__main__":
    prepare()
