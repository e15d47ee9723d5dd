"""Percentiles from counts in slots: the true one is where they say."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tequio.dashboards.domain import histogram
from tequio.dashboards.domain.histogram import ERROR, EXACT_MINUTES, LONGEST, SLOTS, percentile, slot_of

minutes = st.one_of(st.integers(0, 300), st.integers(0, 3 * LONGEST))


def counted(times: list[int]) -> np.ndarray:
    counts = np.zeros(SLOTS, dtype=np.int64)
    for time in times:
        counts[slot_of(time)] += 1
    return counts


@given(st.lists(minutes, min_size=1, max_size=60), st.sampled_from([0.05, 0.5, 0.9, 0.95, 1.0]))
def test_the_true_percentile_lies_between_the_bounds_that_are_told(times: list[int], share: float) -> None:
    found = percentile(counted(times), share)
    true = sorted(times)[max(1, math.ceil(round(share * len(times), 6))) - 1]
    assert found is not None
    assert found.low <= true <= (found.high if found.high is not None else true)


@given(st.integers(0, LONGEST - 1))
def test_under_an_hour_it_is_exact_and_beyond_it_off_by_the_stated_error_at_most(time: int) -> None:
    found = percentile(counted([time]), 0.5)
    assert found is not None
    if time < EXACT_MINUTES:
        assert found.value == time
    assert abs(found.value - time) <= ERROR * max(time, 1)


@given(st.lists(minutes, max_size=40), st.lists(minutes, max_size=40))
def test_counts_of_two_places_add_to_the_counts_of_both(here: list[int], there: list[int]) -> None:
    assert (counted(here) + counted(there) == counted(here + there)).all()


def test_no_times_have_no_percentile() -> None:
    assert percentile(counted([]), 0.5) is None


def test_a_row_of_counts_is_kept_and_read_as_it_was() -> None:
    bins = histogram.empty()
    bins[[0, 3, histogram.WIDTH - 1]] = (1, 70_000, 2)
    assert (histogram.unpacked(histogram.packed(bins)) == bins).all()
