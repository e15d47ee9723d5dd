"""Figures as they may be told: to the unit, rounded, under the threshold, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from tequio.dashboards.domain.disclosure import Counts, Mask, Unprotectable, protect, protect_line, rounded

MONTHS = 12
WHOLE = MONTHS
"""Column of the year, after those of its months."""


class Telling(StrEnum):
    """How a figure is told."""

    EXACT = "exacta"
    ROUNDED = "redondeada"
    BELOW = "menor"
    HIDDEN = "protegida"


@dataclass(frozen=True, slots=True)
class Figure:
    """A count of people as it is told. `value`: the count or its rounding; the threshold when it is under it; 0 if hidden."""

    value: int
    telling: Telling = Telling.EXACT

    @property
    def told(self) -> bool:
        """Whether there is a number to read."""
        return self.telling in {Telling.EXACT, Telling.ROUNDED}


HIDDEN = Figure(0, Telling.HIDDEN)


def rough(count: int, k: int) -> Figure:
    """A count that is only told rounded."""
    near = rounded(count, k)
    return Figure(k, Telling.BELOW) if near is None else Figure(near, Telling.ROUNDED)


def added(figures: Sequence[Figure]) -> Figure:
    """The sum of figures that are all told to the unit; hidden if one is not: it could be had by subtraction."""
    if any(figure.telling != Telling.EXACT for figure in figures):
        return HIDDEN
    return Figure(sum(figure.value for figure in figures))


def share(part: Figure, whole: Figure) -> float | None:
    """Part of the whole, 0 to 1; None if either is not told, or there is nothing."""
    if not part.told or not whole.told or whole.value <= 0:
        return None
    return min(1.0, part.value / whole.value)


@dataclass(frozen=True, slots=True)
class Year:
    """A table of one year by row and month, for each type, with what it hides. Shares its totals with every other table of the
    same place and year, and hides of them what those hide."""

    rows: tuple[str, ...]
    counts: Mapping[str, Counts]
    """Rows by months, by type."""
    hidden: Mapping[str, Mask]
    """Of the same with its margins."""

    def figure(self, row: str | None, month: int | None, types: Sequence[str]) -> Figure:
        """Of a row (None: of all) in a month (None: in the year), of those types together."""
        column = WHOLE if month is None else month - 1
        at = len(self.rows) if row is None else self.rows.index(row) if row in self.rows else None
        if at is None:
            return Figure(0)
        return added([self._one(at, column, of_type) for of_type in types if of_type in self.counts])

    def spine(self, row: str) -> dict[str, Mask]:
        """What is hidden of a row's months and year, by type: for the tables of that row."""
        at = self.rows.index(row) if row in self.rows else None
        return {of_type: np.zeros(WHOLE + 1, dtype=bool) if at is None else mask[at] for of_type, mask in self.hidden.items()}

    def _one(self, at: int, column: int, of_type: str) -> Figure:
        if self.hidden[of_type][at, column]:
            return HIDDEN
        counts = self.counts[of_type]
        some = counts if at == len(self.rows) else counts[at : at + 1]
        return Figure(int((some if column == WHOLE else some[:, column]).sum()))


def guarded(rows: Sequence[str], counts: Mapping[str, Counts], k: int, spines: Mapping[str, Mask] | None = None) -> Year:
    """The table with what it must hide. Without `spines` its totals are its own to hide. What cannot be protected is hidden
    whole. O(cells) where the same table was asked for before."""
    hidden = {}
    for of_type, table in counts.items():
        spine = spine_of(table.sum(axis=0), k) if spines is None else spines.get(of_type)
        hidden[of_type] = _protected(table.tobytes(), table.shape, k, None if spine is None else spine.tobytes())
    return Year(tuple(rows), counts, hidden)


def spine_of(months: Counts, k: int) -> Mask:
    """What is hidden of the totals of a year's months, and of the year."""
    return protect_line(months, k)


@lru_cache(maxsize=256)
def _protected(content: bytes, shape: tuple[int, int], k: int, spine: bytes | None) -> Mask:
    table = np.frombuffer(content, dtype=np.int64).reshape(shape)
    totals = None if spine is None else np.frombuffer(spine, dtype=bool)
    try:
        mask = protect(table, k, totals)
    except Unprotectable:
        mask = np.ones((shape[0] + 1, shape[1] + 1), dtype=bool)
        mask[-1] = True if totals is None else totals
    mask.setflags(write=False)
    return mask
