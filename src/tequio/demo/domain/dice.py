"""Chance that repeats: the same seed gives the same rolls on every machine and Python version.

Only `random.Random.random` is used, the one method whose sequence Python promises to keep; all else is integer arithmetic.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Dice:
    """A stream of rolls of its own for each (seed, labels): adding one stream never moves another."""

    __slots__ = ("roll",)

    def __init__(self, seed: int, *labels: str) -> None:
        digest = sha256("|".join((str(seed), *labels)).encode("utf-8")).digest()
        self.roll: Callable[[], float] = Random(int.from_bytes(digest, "big")).random

    def chance(self, share: float) -> bool:
        """True in `share` of the calls (0 to 1)."""
        return self.roll() < share

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit` - 1."""
        return int(self.roll() * limit)

    def one_of(self, options: Sequence[T]) -> T:
        """One of `options`, each as likely."""
        return options[int(self.roll() * len(options))]

    def shuffled(self, options: Iterable[T]) -> list[T]:
        """A new list in random order. O(n)."""
        out = list(options)
        for last in range(len(out) - 1, 0, -1):
            other = self.below(last + 1)
            out[last], out[other] = out[other], out[last]
        return out


_SPREAD = 4096
"""Up to this total weight an option is repeated as often as it weighs: a draw is then one look-up, about twice as fast."""


class Weighted(Generic[T]):
    """Options drawn in proportion to whole weights. A draw is O(1) for small totals, O(log n) beyond."""

    __slots__ = ("_cumulative", "_spread", "options", "total")

    def __init__(self, pairs: Iterable[tuple[T, int]]) -> None:
        kept = [(option, weight) for option, weight in pairs if weight > 0]
        if not kept:
            raise ValueError("a draw needs at least one option with weight")
        self.options = tuple(option for option, _ in kept)
        self._cumulative = list(accumulate(weight for _, weight in kept))
        self.total = self._cumulative[-1]
        small = self.total <= _SPREAD
        self._spread = [option for option, weight in kept for _ in range(weight)] if small else None

    def draw(self, roll: float) -> T:
        """The option on which `roll` (0 <= roll < 1) falls."""
        at = int(roll * self.total)
        return self._spread[at] if self._spread else self.options[bisect_right(self._cumulative, at)]
