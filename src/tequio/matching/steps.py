"""The rule of `domain.retrieval` in steps, for an index that is not in this process's memory: what to read, what to weigh,
what to answer. Both give the same answers; a property test holds them equal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tequio.matching.domain.bands import band_of
from tequio.matching.domain.explanation import Explanation
from tequio.matching.domain.model import Model, shipped
from tequio.matching.domain.rarity import Context
from tequio.matching.domain.retrieval import CLEAR, EXACT_FIRST, FIRST_WEIGHED, READ_FOR_EACH, WEIGHED_OF_EACH
from tequio.matching.domain.scorer import CAPPED, EXACT, Findings, explain, findings
from tequio.matching.narrow import Packed
from tequio.people.domain import Subject, readings

BUDGET = 300
"""Effort for one question unless another is given, see `domain.retrieval`."""


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


def rank(read: Sequence[tuple[int, Sequence[int]]], dead: Collection[int], living: int) -> list[int]:
    """Entries in the order in which to weigh them: those that share the rarest keys first.

    `read`: size of each group and the entries read of it, as planned; `dead` entries are passed over. `living`: of the base.
    """
    entries = np.array([entry for _, group in read for entry in group], np.int64)
    if not len(entries):
        return []
    rarity = np.array([np.log2((living + 1.0) / size) for size, _ in read]).astype(np.float32)
    weights = np.repeat(rarity, [len(group) for _, group in read])
    if dead:
        stands = ~np.isin(entries, np.fromiter(dead, np.int64))
        entries, weights = entries[stands], weights[stands]
    met, first, which = np.unique(entries, return_index=True, return_inverse=True)
    sums = np.zeros(len(met), np.float32)
    np.add.at(sums, which, weights)
    as_met = np.argsort(first)
    if len(met) > FIRST_WEIGHED:
        as_met = as_met[np.argsort(-sums[as_met], kind="mergesort")]
    found: list[int] = met[as_met].tolist()
    return found


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

    def order(self, place: int) -> int:
        """What answers are sorted by, the largest first; of equals, the older entry first."""
        return int(self.scores[place]) + (EXACT_FIRST if self.found.flags[place] & EXACT else 0)

    def band(self, place: int) -> str:
        """Band of one candidate."""
        capped = bool(self.found.flags[place] & CAPPED)
        return band_of(int(self.scores[place]) / 100, self.model.bands, at_most_possible=capped)

    def explain(self, place: int, other: Subject) -> Explanation:
        """Why one candidate scores what it does. `other`: the subject whose row was weighed."""
        return explain(self.subject, other, self.found, place, self.context, self.model)


def weigh_packed(subject: Subject, packed: Packed, context: Context, model: Model | None = None) -> Weighed:
    """Weigh candidates against a subject, whose own row is the first. A microsecond each."""
    chosen = model or shipped()
    pooled = packed.pool(context)
    count = len(pooled.starts) - 2
    found = findings(pooled, np.zeros(count, np.int64), pooled, np.arange(1, count + 1), chosen.weights)
    return Weighed(subject, context, chosen, found, found.centibits.sum(axis=1, dtype=np.int64))


def is_clear(best: int) -> bool:
    """Whether what was weighed first answers the question: a best score, in hundredths of a bit, that needs no more."""
    return best >= CLEAR


def counted(tokens: Iterable[str]) -> set[str]:
    """Every word whose frequency weighs in comparisons of those tokens: each, and what it may be a damaged form of."""
    return {reading for token in tokens for reading in readings(token)}
