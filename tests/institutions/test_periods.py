"""Periods in force."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tequio.institutions.domain import Period, end_in_force, overlaps

DAY = date(2020, 1, 1)
days = st.dates(date(2000, 1, 1), date(2030, 1, 1))


def test_a_period_begins_on_its_first_day_and_is_over_on_its_last() -> None:
    period = Period(DAY, DAY + timedelta(days=2))
    assert [period.covers(DAY + timedelta(days=n)) for n in (-1, 0, 1, 2)] == [False, True, True, False]


def test_an_open_period_never_ends() -> None:
    assert Period(DAY).covers(date.max)


def test_consecutive_periods_do_not_overlap() -> None:
    assert overlaps({"x": [Period(DAY), Period(date(2019, 1, 1), DAY)]}) == []


def test_an_open_period_overlaps_whatever_begins_later() -> None:
    later = Period(date(2021, 1, 1))
    assert overlaps({"x": [later, Period(DAY)], "y": [later]}) == [("x", Period(DAY), later)]


@given(st.lists(st.tuples(days, st.integers(1, 900)), max_size=8))
def test_overlap_is_found_exactly_when_some_day_is_in_two_periods(drawn: list[tuple[date, int]]) -> None:
    periods = [Period(start, start + timedelta(days=length)) for start, length in drawn]
    shared = any(sum(p.covers(start.start) for p in periods) > 1 for start in periods)
    assert bool(overlaps({"x": periods})) == shared


def test_a_row_added_here_ends_the_published_one_that_it_follows() -> None:
    assert end_in_force(Period(DAY), [date(2022, 1, 1), date(2021, 1, 1), date(2019, 1, 1)]) == date(2021, 1, 1)
    assert end_in_force(Period(DAY, date(2020, 6, 1)), [date(2021, 1, 1)]) == date(2020, 6, 1)
    assert end_in_force(Period(DAY), []) is None
