"""Counts of names that a process remembers, so that a search in a large base does not read the same hundreds each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from threading import Lock

from tequio.search import selectors

Read = Callable[[Iterable[str]], Mapping[str, int]]


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
