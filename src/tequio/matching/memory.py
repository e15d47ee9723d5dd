"""MemoryIndex: a base of subjects held in memory and asked in batches. For one node's targets, tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tequio.matching.domain import Context, Explanation, compare, keys, weigh
from tequio.matching.domain.rarity import PRIOR
from tequio.people.domain import Subject

MOST_SCORED = 40
"""Of the candidates that keys bring, those sharing the rarest keys are scored in full."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible match: the found subject's id, its score in bits, its band, and the explanation if asked for."""

    id: str | int | None
    score: float
    band: str
    explanation: Explanation | None = None


class MemoryIndex:
    """Immutable after `build`, so safe to query from several threads. Memory: 12 bytes a key beside the subjects themselves."""

    def __init__(
        self, subjects: Sequence[Subject], table: NDArray[np.int64], rows: NDArray[np.int32], context: Context
    ) -> None:
        self._subjects = subjects
        self._keys = table
        self._rows = rows
        self._context = context

    @classmethod
    def build(cls, subjects: Iterable[Subject], context: Context = PRIOR) -> MemoryIndex:
        """Index subjects. O(n log n) in their keys, about 30 a subject."""
        held = list(subjects)
        found = [keys(s) for s in held]
        table = np.fromiter((k for ks in found for k in ks), np.int64)
        rows = np.repeat(np.arange(len(held), dtype=np.int32), [len(ks) for ks in found])
        order = np.argsort(table, kind="stable")
        return cls(held, table[order], rows[order], context)

    def __len__(self) -> int:
        return len(self._subjects)

    def query(
        self, subjects: Iterable[Subject], limit: int = 10, budget: int = 300, explain: bool = False
    ) -> list[list[Candidate]]:
        """Best candidates of each subject, best first. `budget`: most key rows read for one subject, small groups first."""
        return [self._query(s, limit, budget, explain) for s in subjects]

    def candidates(self, subject: Subject, budget: int = 300) -> NDArray[np.int32]:
        """Rows that share keys with a subject, those sharing the rarest keys first."""
        wanted = np.fromiter(keys(subject), np.int64)
        start = np.searchsorted(self._keys, wanted, "left")
        size = np.searchsorted(self._keys, wanted, "right") - start
        order = np.argsort(size, kind="stable")
        order = order[size[order] > 0]
        order = order[np.cumsum(size[order]) <= budget]
        if not len(order):
            return np.empty(0, np.int32)
        start, size = start[order], size[order]
        rows = np.concatenate([self._rows[s : s + n] for s, n in zip(start.tolist(), size.tolist(), strict=True)])
        rarity = np.repeat(np.log2((len(self._subjects) + 1) / size), size)
        unique, inverse = np.unique(rows, return_inverse=True)
        return unique[np.argsort(-np.bincount(inverse, rarity), kind="stable")]

    def _query(self, subject: Subject, limit: int, budget: int, explain: bool) -> list[Candidate]:
        rows = self.candidates(subject, budget)[:MOST_SCORED].tolist()
        scored = sorted(((weigh(subject, self._subjects[row], self._context), -row) for row in rows), reverse=True)[:limit]
        return [self._candidate(subject, -negative, explain) for _, negative in scored]

    def _candidate(self, subject: Subject, row: int, explain: bool) -> Candidate:
        found = self._subjects[row]
        explanation = compare(subject, found, self._context)
        return Candidate(found.id, explanation.score, explanation.band, explanation if explain else None)
