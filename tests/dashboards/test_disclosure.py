"""What a table may show: no small figure can be worked out from what is shown, neither here nor by opening further pages."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tequio.dashboards.domain.disclosure import audit, protect, protect_line, rounded, small, with_margins

K = 5
Counts = npt.NDArray[np.int64]


def random_table(seed: int) -> Counts:
    """Counts as detentions have them: few large figures, many small ones, many zeros."""
    dice = np.random.default_rng(seed)
    rows, columns = int(dice.integers(1, 25)), int(dice.integers(1, 13))
    scale = dice.gamma(0.4, dice.choice([2.0, 10.0, 80.0]), (rows, 1)) * dice.gamma(2, 0.5, (1, columns))
    return dice.poisson(scale).astype(np.int64)


@pytest.mark.parametrize("block", range(10))
def test_no_table_of_five_hundred_gives_a_small_figure_away(block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        table = random_table(seed)
        assert audit(table, protect(table, K), K) == []


@pytest.mark.parametrize("block", range(5))
def test_no_sequence_of_pages_that_share_their_totals_gives_a_small_figure_away(block: int) -> None:
    for seed in range(block * 20, block * 20 + 20):
        dice = np.random.default_rng(seed)
        by_place = random_table(seed)
        months = by_place.sum(axis=0)
        hidden_totals = protect_line(months, K)
        for parts in (2, 5):
            shares = dice.dirichlet(np.full(parts, 0.7))
            other = np.array([dice.multinomial(n, shares) for n in months], dtype=np.int64).T
            for table in (by_place, other):
                mask = protect(table, K, spine=hidden_totals)
                assert audit(table, mask, K) == []
                assert (mask[-1] == hidden_totals).all()


def test_the_auditor_finds_what_a_single_hidden_figure_gives_away() -> None:
    table = np.array([[3, 40], [20, 30]])
    only_itself = np.zeros((3, 3), dtype=bool)
    only_itself[0, 0] = True
    [found] = audit(table, only_itself, K)
    assert (found.row, found.column, found.low, found.high) == (0, 0, 3, 3)


def test_what_is_large_and_needed_by_nobody_is_shown() -> None:
    table = np.full((6, 6), 50)
    assert not protect(table, K).any()
    table[2, 3] = 2
    assert protect(table, K).sum() == 4


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=6, max_size=6), st.lists(st.booleans(), min_size=12, max_size=12))
def test_the_auditor_agrees_with_trying_every_table(cells: list[int], chosen: list[bool]) -> None:
    table = np.array(cells).reshape(3, 2)
    figures = with_margins(table)
    mask = small(figures, K)
    mask[:-1] |= np.array(chosen[:9]).reshape(3, 3)
    mask[-1] = False
    told = {(one.row, one.column) for one in audit(table, mask, K)}
    columns = [[c for c in product(range(total + 1), repeat=3) if sum(c) == total] for total in table.sum(axis=0)]
    every = np.array([(a, b) for a in columns[0] for b in columns[1]]).transpose(0, 2, 1)
    whole = np.concatenate([every, every.sum(axis=2, keepdims=True)], axis=2)
    fitting = whole[((whole == figures[:-1]) | mask[:-1]).all(axis=(1, 2))]
    for row, column in np.argwhere(small(figures[:-1], K)).tolist():
        values = fitting[:, row, column]
        safe = mask[row, column] and values.min() == 0 and values.max() >= K
        assert ((row, column) in told) == (not safe)


def test_a_rounded_figure_says_the_nearest_multiple_or_that_it_is_small() -> None:
    assert [rounded(n, K) for n in (0, 4, 5, 7, 8, 12, 13)] == [None, None, 5, 5, 10, 10, 15]
