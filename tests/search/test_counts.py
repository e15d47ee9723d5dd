"""Counts of names are read once while the base hardly changes, and anew as soon as it does."""

from __future__ import annotations

from collections.abc import Iterable

from tequio.search.counts import Remembered


class Base:
    """Counts, and what was asked of them."""

    def __init__(self, **counts: int) -> None:
        self.counts = counts
        self.asked: list[list[str]] = []

    def read(self, tokens: Iterable[str]) -> dict[str, int]:
        """As `selectors.token_counts`."""
        wanted = list(tokens)
        self.asked.append(wanted)
        return {token: self.counts[token] for token in wanted if token in self.counts}


def test_what_was_read_is_not_read_again() -> None:
    base = Base(JUAN=40_000, RUIZ=9_000)
    names = Remembered(base.read)
    assert names.counts(["JUAN", "NADIE"], 1_000_000)["JUAN"] == 40_000
    again = names.counts(["JUAN", "NADIE", "RUIZ"], 1_000_999)
    assert (again["JUAN"], again["RUIZ"], again["NADIE"]) == (40_000, 9_000, 0)
    assert base.asked == [["JUAN", "NADIE"], ["RUIZ"]]


def test_a_thousandth_more_or_less_is_read_anew() -> None:
    for records in (1_001_000, 999_000):
        base = Base(JUAN=40_000)
        names = Remembered(base.read)
        names.counts(["JUAN"], 1_000_000)
        base.counts["JUAN"] = 50_000
        assert names.counts(["JUAN"], records)["JUAN"] == 50_000


def test_a_small_base_is_read_each_time() -> None:
    base = Base(JUAN=4)
    names = Remembered(base.read)
    names.counts(["JUAN"], 99_999)
    base.counts["JUAN"] = 5
    assert names.counts(["JUAN"], 99_999)["JUAN"] == 5


def test_memory_is_bounded() -> None:
    base = Base()
    names = Remembered(base.read, most=3)
    names.counts(["A", "B", "C", "D"], 1_000_000)
    assert set(names.counts(["E"], 1_000_000)) == {"E"}
