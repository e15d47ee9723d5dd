"""Counts of names that a process remembers, so that a search in a large base does not read the same hundreds each time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from threading import Lock

from tequio.matching import Rarity, steps
from tequio.people.domain import readings
from tequio.search import selectors

Read = Callable[[Iterable[str]], Mapping[str, int]]


class Shares(Rarity):
    """Shares of names worked out once each, while counts only grow by names that were not asked for before."""

    def __init__(self, counts: Mapping[str, int], total: int) -> None:
        super().__init__(counts, total)
        self.counts, self.total = counts, total
        self._known: dict[str, float] = {}

    def knows(self, token: str) -> bool:
        """Whether the share of a name was worked out from counts of all that it may be."""
        return token in self._known

    def frequency(self, token: str) -> float:
        found = self._known.get(token)
        if found is None:
            found = super().frequency(token)
            if all(reading in self.counts for reading in readings(token)):
                self._known[token] = found
        return found


class Remembered:
    """Counts read once and kept while the base changes by less than one record in `slack`.

    Of a name as common among the new records as among the old, that moves the weight by a seven-hundredth of a bit at most. A
    name that only the new ones carry is weighed by the prior until then. Bases below `least` records are read each time.
    """

    def __init__(self, read: Read, *, slack: int = 1_000, least: int = 100_000, most: int = 200_000) -> None:
        self._read, self._slack, self._least, self._most = read, slack, least, most
        self._lock = Lock()
        self._counts: dict[str, int] = {}
        self._records = 0
        self._shares = Shares({}, 0)

    def rarity(self, tokens: Collection[str], records: int) -> Rarity:
        """How common those tokens are in a base of that many records."""
        if records < self._least:
            return Rarity(self._read(steps.counted(tokens)), records)
        shares = self._shares
        if shares.total != records or not all(map(shares.knows, tokens)):
            held = self.counts(steps.counted(tokens), records)
            if shares.total != records or shares.counts is not held:
                shares = self._shares = Shares(held, records)
        return shares

    def counts(self, tokens: Iterable[str], records: int) -> Mapping[str, int]:
        """Counts of those tokens and maybe of more, for a base of that many records. Reads once, what is not remembered."""
        if records < self._least:
            return self._read(tokens)
        with self._lock:
            if abs(records - self._records) * self._slack >= self._records or len(self._counts) > self._most:
                self._counts, self._records = {}, records
            held = self._counts
        if lacking := [token for token in tokens if token not in held]:
            read = self._read(lacking)
            held.update((token, read.get(token, 0)) for token in lacking)
        return held


names = Remembered(selectors.token_counts)
"""Those of this process."""
