"""The rule of `domain.retrieval` in steps, for an index that is not in this process's memory: what to read, what to weigh,
what to answer. Both give the same answers; a property test holds them equal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tequio.matching.domain.bands import band_of
from tequio.matching.domain.compiled import compiled
from tequio.matching.domain.explanation import Explanation
from tequio.matching.domain.keys import keys_of_pool
from tequio.matching.domain.model import Model, shipped
from tequio.matching.domain.rarity import PRIOR, Context
from tequio.matching.domain.retrieval import CLEAR, EXACT_FIRST, FIRST_WEIGHED, READ_FOR_EACH, WEIGHED_OF_EACH, rarest_first
from tequio.matching.domain.scorer import CAPPED, EXACT, Findings, explain, findings, shown
from tequio.matching.narrow import Packed
from tequio.people.domain import Subject, readings

BUDGET = 300
"""Effort for one question unless another is given, see `domain.retrieval`."""
_SCATTER = 2654435761
"""Spreads numbers that follow each other over a table (Knuth's multiplicative hash)."""

Entries = NDArray[np.int64]


class Plan(NamedTuple):
    """What to read: (place of the key, how many of its entries) in order, and whether something is left unread."""

    parts: list[tuple[int, int]]
    cut: bool


def plan(sizes: Sequence[int], budget: int = BUDGET) -> Plan:
    """Groups from rare to common until the budget is spent, the last one in part. `sizes`: of each key's group, in order."""
    left, cut = budget * READ_FOR_EACH, False
    parts = []
    for place in sorted(range(len(sizes)), key=lambda k: (sizes[k], k)):
        cut = cut or sizes[place] > left
        take = min(sizes[place], left)
        left -= take
        if take:
            parts.append((place, take))
    return Plan(parts, cut)


class Ranked(NamedTuple):
    """The entries to weigh, in that order, and all that were met."""

    entries: list[int]
    met: Entries


def rank(read: Sequence[tuple[int, Entries]], dead: Collection[int], living: int, most: int) -> Ranked:
    """Which entries to weigh and in which order: those that share the rarest keys first, `most` at most.

    `read`: size of each group and the entries read of it, as planned; `dead` entries are passed over. `living`: of the base.
    """
    if not read:
        return Ranked([], np.empty(0, np.int64))
    entries = np.concatenate([group for _, group in read])
    rarity = np.log2((living + 1.0) / np.array([size for size, _ in read])).astype(np.float32)
    weights = np.repeat(rarity, [len(group) for _, group in read])
    if dead:
        stands = ~np.isin(entries, np.fromiter(dead, np.int64))
        entries, weights = entries[stands], weights[stands]
    met, sums = _met(entries, weights)
    chosen = met if len(met) <= FIRST_WEIGHED else met[rarest_first(sums, min(most, len(met)))]
    found: list[int] = chosen[:most].tolist()
    return Ranked(found, met)


@compiled
def _met(entries: Any, weights: Any) -> tuple[Any, Any]:
    """Distinct entries in the order in which they were met first, and the sum of each one's weights. O(n)."""
    size = 16
    while size < 2 * entries.size:
        size *= 2
    slots = np.zeros(size, np.int64)
    met, sums, count = np.empty(entries.size, np.int64), np.zeros(entries.size, np.float32), 0
    for k in range(entries.size):
        slot = (entries[k] * _SCATTER) & (size - 1)
        while slots[slot] != 0 and met[slots[slot] - 1] != entries[k]:
            slot = (slot + 1) & (size - 1)
        if slots[slot] == 0:
            met[count] = entries[k]
            count += 1
            slots[slot] = count
        sums[slots[slot] - 1] += weights[k]
    return met[:count], sums[:count]


def most_weighed(budget: int = BUDGET) -> int:
    """Candidates weighed in full at most."""
    return (budget + 1) // WEIGHED_OF_EACH


class Weighed(NamedTuple):
    """Candidates weighed against one subject, some at a time."""

    subject: Subject
    context: Context
    model: Model
    found: Findings
    scores: NDArray[np.int64]
    """In hundredths of a bit."""
    shown: tuple[str, ...]
    """What a reviewer reads of the subject."""

    def order(self, place: int) -> int:
        """What answers are sorted by, the largest first; of equals, the older entry first."""
        return int(self.scores[place]) + (EXACT_FIRST if self.found.flags[place] & EXACT else 0)

    def band(self, place: int) -> str:
        """Band of one candidate."""
        capped = bool(self.found.flags[place] & CAPPED)
        return band_of(int(self.scores[place]) / 100, self.model.bands, at_most_possible=capped)

    def explain(self, place: int, other: Subject) -> Explanation:
        """Why one candidate scores what it does. `other`: the subject whose row was weighed."""
        return explain(self.subject, other, self.found, place, self.context, self.model, self.shown)


def keys_of_first(packed: Packed) -> list[int]:
    """Keys of the subject whose row is the first, see `matching.keys`."""
    every, counts = keys_of_pool(packed.pool(PRIOR))
    found: list[int] = every[: counts[0]].tolist()
    return found


def weigh_packed(subject: Subject, packed: Packed, context: Context, first: int = 1) -> Weighed:
    """Weigh candidates, whose rows begin with that one, against a subject, whose own row is number 0. A microsecond each."""
    model = shipped()
    pooled = packed.pool(context)
    rows = np.arange(first, len(packed))
    found = findings(pooled, np.zeros(len(rows), np.int64), pooled, rows, model.weights)
    return Weighed(subject, context, model, found, found.centibits.sum(axis=1, dtype=np.int64), shown(subject))


def is_clear(best: int) -> bool:
    """Whether what was weighed first answers the question: a best score, in hundredths of a bit, that needs no more."""
    return best >= CLEAR


def counted(tokens: Iterable[str]) -> set[str]:
    """Every word whose frequency weighs in comparisons of those tokens: each, and what it may be a damaged form of."""
    return {reading for token in tokens for reading in readings(token)}
