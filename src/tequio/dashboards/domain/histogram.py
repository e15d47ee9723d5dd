"""Times and hours as counts in fixed slots: they add, they subtract, and percentiles come from them with a known error.

A cell's figures are one row of 32-bit counts, `WIDTH` of them: hour by weekday, then minutes to the record, then minutes to
the presentation.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bins = npt.NDArray[np.int64]

HOURS = 25
"""Hours of a day, and at the end those whose hour is not known."""
HEAT = 7 * HOURS
"""Slots of hour by weekday, Monday first."""

EXACT_MINUTES = 60
GROWTH = 1.05
"""From the first hour on a slot ends 5 % after it begins: its middle is at most 2.5 % off."""
ERROR = 0.025
LONGEST = 30 * 24 * 60
"""Minutes. What took longer is in the last slot."""


def _edges() -> tuple[int, ...]:
    edges = list(range(EXACT_MINUTES + 1))
    while edges[-1] < LONGEST:
        edges.append(max(edges[-1] + 1, int(edges[-1] * GROWTH)))
    return tuple(edges)


EDGES = _edges()
"""First minute of each slot, in order."""
SLOTS = len(EDGES)
RECORD = slice(HEAT, HEAT + SLOTS)
PRESENTATION = slice(HEAT + SLOTS, HEAT + 2 * SLOTS)
WIDTH = HEAT + 2 * SLOTS


@dataclass(frozen=True, slots=True)
class Estimate:
    """A percentile in minutes: between `low` and `high`, both included. `high` None: in the last slot, which has no end."""

    value: float
    low: int
    high: int | None


def slot_of(minutes: int) -> int:
    """The slot of a time that is not negative. O(log slots)."""
    return bisect_right(EDGES, minutes) - 1


def heat_slot(weekday: int, hour: int | None) -> int:
    """The slot of a weekday (Monday is 0) and an hour; None: the hour is not known."""
    return weekday * HOURS + (HOURS - 1 if hour is None else hour)


def percentile(counts: Sequence[int] | Bins, share: float) -> Estimate | None:
    """The smallest time that at least `share` of the times do not exceed (nearest rank). None if there is no time.

    Exact under one hour; beyond it the value given is at most `ERROR` away from the true one, up to `LONGEST`.
    """
    sums = np.cumsum(np.asarray(counts, dtype=np.int64))
    total = int(sums[-1]) if len(sums) else 0
    if total == 0:
        return None
    rank = max(1, -(-round(share * total * 1_000_000) // 1_000_000))
    slot = int(np.searchsorted(sums, rank))
    low = EDGES[slot]
    if slot == SLOTS - 1:
        return Estimate(float(low), low, None)
    high = EDGES[slot + 1] - 1
    return Estimate(2 * low * high / (low + high) if high > low else float(low), low, high)


def above(counts: Sequence[int] | Bins, limit: int) -> int:
    """How many times exceed `limit` minutes, counting a slot that the limit cuts as exceeding only from the next slot on."""
    return int(np.asarray(counts)[slot_of(limit) + 1 :].sum())


def empty() -> Bins:
    """A row without counts."""
    return np.zeros(WIDTH, dtype=np.int64)


def packed(bins: Bins) -> bytes:
    """The row as it is kept."""
    return bins.astype("<i4").tobytes()


def unpacked(kept: bytes | memoryview) -> Bins:
    """The row that `packed` wrote."""
    return np.frombuffer(kept, dtype="<i4").astype(np.int64)
