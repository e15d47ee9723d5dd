"""MemoryIndex: a base of subjects held in memory and asked in batches. For bulk work, tests and benchmarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tequio.matching.domain.bands import band_of
from tequio.matching.domain.explanation import Explanation
from tequio.matching.domain.keys import keys_of_pool
from tequio.matching.domain.model import Model, shipped
from tequio.matching.domain.packing import Pooled, name_tokens, pool
from tequio.matching.domain.rarity import PRIOR, Context, Rarity
from tequio.matching.domain.retrieval import Answers, Shelf, ask, key_table, new_asking
from tequio.matching.domain.scorer import CAPPED, compare
from tequio.matching.domain.tokens import Tokens
from tequio.matching.frozen import freeze, thaw
from tequio.people.domain import Subject

AT_A_TIME = 8_192
_LEAST_TAIL, _TAIL_PART = 1 << 18, 8
_NO_KEYS = np.empty(0, np.uint32)


class Candidate(NamedTuple):
    """One possible match: the found subject's id, its score in bits, its band, and the explanation if asked for."""

    id: str | int | None
    score: float
    band: str
    explanation: Explanation | None = None


class Found(list[Candidate]):
    """Candidates of one subject, best first. `cut`: records that share only very common keys were left unread."""

    cut: bool = False


class MemoryIndex:
    """Queries may run in several threads at once; `add` and `remove` want the index for themselves.

    Memory: some 80 bytes a subject for comparing, 8 a key (some 40 a subject), 250 for showing what was found.
    """

    def __init__(self, context: Context | None = None, model: Model | None = None) -> None:
        self._model = model or shipped()
        self._given_context = context
        self._context: Context = context or PRIOR
        self._tokens = Tokens()
        self._counts: Counter[str] = Counter()
        self._ids: list[str | int | None] = []
        self._frozen: list[bytes] = []
        self._rows_of: dict[str | int | None, list[int]] | None = None
        self._alive = np.zeros(0, np.uint8)
        self._base = pool([], PRIOR, self._tokens)
        self._main = self._tail = key_table(_NO_KEYS, _NO_KEYS)

    @classmethod
    def build(cls, subjects: Iterable[Subject], context: Context | None = None, model: Model | None = None) -> MemoryIndex:
        """Index subjects. O(n log n). Without a context, how rare names are is counted from the subjects themselves."""
        index = cls(context, model)
        index.add(subjects)
        return index

    def __len__(self) -> int:
        return int(self._alive.sum())

    def add(self, subjects: Iterable[Subject]) -> None:
        """Add subjects, best many at a time: each call costs O(k log k + n), k being those added. Equal ids may repeat."""
        pieces = [self._base]
        keys: list[NDArray[np.uint32]] = []
        rows: list[NDArray[np.uint32]] = []
        stream = iter(subjects)
        while piece := list(islice(stream, AT_A_TIME)):
            first = len(self._ids)
            pieces.append(pool(piece, PRIOR, self._tokens))
            found, counts = keys_of_pool(pieces[-1])
            keys.append(found.view(np.uint32))
            rows.append(np.repeat(np.arange(first, first + len(piece), dtype=np.uint32), counts))
            self._ids += [s.id for s in piece]
            self._frozen += [freeze(s) for s in piece]
            for subject in piece:
                self._counts.update(name_tokens(subject))
        if not keys:
            return
        self._rows_of = None
        self._alive = np.append(self._alive, np.ones(len(self._ids) - len(self._alive), np.uint8))
        self._put_keys(np.concatenate(keys), np.concatenate(rows))
        lengths = np.concatenate([np.diff(p.starts) for p in pieces])
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        self._base = Pooled(np.concatenate([p.words for p in pieces]), starts, self._tokens.table(), self._base.worth)
        self._weigh_names()

    def remove(self, ids: Iterable[str | int]) -> None:
        """Take out every subject with one of those ids; ids that are not there are passed over. O(ids), the first time O(n)."""
        if self._rows_of is None:
            self._rows_of = {}
            for row in np.flatnonzero(self._alive).tolist():
                self._rows_of.setdefault(self._ids[row], []).append(row)
        for number in ids:
            for row in self._rows_of.pop(number, ()):
                self._alive[row] = 0
                self._counts.subtract(name_tokens(thaw(self._frozen[row])))
        self._weigh_names()

    def query(self, subjects: Iterable[Subject], limit: int = 10, budget: int = 300, explain: bool = False) -> list[Found]:
        """Best candidates of each subject, best first. `budget`: effort for one subject, see `retrieval`."""
        found: list[Found] = []
        stream = iter(subjects)
        while piece := list(islice(stream, AT_A_TIME)):
            found += self._query(piece, max(limit, 1), max(budget, 1), explain)
        return found

    def _put_keys(self, keys: NDArray[np.uint32], rows: NDArray[np.uint32]) -> None:
        """New keys stand in a small table beside the large one, and join it once they are an eighth of it."""
        keys, rows = np.concatenate([self._tail.keys, keys]), np.concatenate([self._tail.rows, rows])
        if len(keys) > max(_LEAST_TAIL, len(self._main.keys) // _TAIL_PART):
            keys, rows = np.concatenate([self._main.keys, keys]), np.concatenate([self._main.rows, rows])
            self._main, self._tail = key_table(keys, rows), key_table(_NO_KEYS, _NO_KEYS)
        else:
            self._tail = key_table(keys, rows)

    def _weigh_names(self) -> None:
        """How much each name is worth in the population that the index is now. O(distinct names)."""
        self._context = self._given_context or Rarity(self._counts, len(self))
        self._base = self._base._replace(worth=self._tokens.weights(self._context))

    def _query(self, subjects: Sequence[Subject], limit: int, budget: int, explain: bool) -> list[Found]:
        asked = pool(subjects, self._context)
        shape = len(subjects), limit
        answers = Answers(
            np.full(shape, -1, np.int64), np.zeros(shape, np.int32), np.zeros(shape, np.uint8), np.zeros(shape[0], np.uint8)
        )
        shelf = Shelf(self._main, self._tail, self._alive)
        ask(asked, self._base, shelf, budget, self._model.weights, new_asking(budget), answers)
        lines = zip(answers.rows.tolist(), answers.scores.tolist(), answers.flags.tolist(), answers.cut.tolist(), strict=True)
        return [
            self._found(subject, rows, scores, flags, bool(cut), explain)
            for subject, (rows, scores, flags, cut) in zip(subjects, lines, strict=True)
        ]

    def _found(self, subject: Subject, rows: list[int], scores: list[int], flags: list[int], cut: bool, explain: bool) -> Found:
        bands, ids = self._model.bands, self._ids
        found = Found(
            Candidate(
                ids[row],
                score / 100,
                band_of(score / 100, bands, at_most_possible=bool(flag & CAPPED)),
                compare(subject, thaw(self._frozen[row]), self._context, self._model) if explain else None,
            )
            for row, score, flag in zip(rows, scores, flags, strict=True)
            if row >= 0
        )
        found.cut = cut
        return found
