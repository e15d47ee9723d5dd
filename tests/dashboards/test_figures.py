"""How figures are told, and what a page below a hidden figure tells."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tequio.dashboards.domain.asking import FAULT, OFFENCE, Period, Question
from tequio.dashboards.domain.disclosure import audit
from tequio.dashboards.domain.figures import HIDDEN, Figure, Telling, added, guarded, rough, share

K = 5


def test_a_year_tells_what_it_may_and_hides_small_figures_with_what_gives_them_away() -> None:
    faults = np.full((6, 12), 20)
    faults[2, 4] = 3
    year = guarded(list("abcdef"), {FAULT: faults, OFFENCE: np.full((6, 12), 9)}, K)
    assert year.figure("f", 12, (FAULT,)) == Figure(20)
    assert year.hidden[FAULT].sum() == 4
    assert year.figure("c", 5, (FAULT,)) == HIDDEN
    assert year.figure("c", 5, (FAULT, OFFENCE)) == HIDDEN
    assert year.figure("c", 5, (OFFENCE,)) == Figure(9)
    assert year.figure(None, None, (FAULT,)) == Figure(int(faults.sum()))
    assert audit(faults, year.hidden[FAULT], K) == []


def test_a_state_hides_of_its_totals_what_the_nation_hides_of_it() -> None:
    nation = np.full((5, 12), 30)
    nation[1, 3] = 2
    spine = guarded(list("abcde"), {FAULT: nation}, K).spine("b")[FAULT]
    assert spine[3]
    towns = np.zeros((3, 12), dtype=np.int64)
    towns[0], towns[1, :], towns[2, :] = 20, 6, 4
    towns[:, 3] = (1, 1, 0)
    year = guarded(["x", "y", "z"], {FAULT: towns}, K, {FAULT: spine})
    assert year.figure(None, 4, (FAULT,)) == HIDDEN
    assert (year.hidden[FAULT][-1] == spine).all()


@given(st.integers(0, 10_000))
def test_a_rounded_figure_is_off_by_half_the_threshold_at_most(count: int) -> None:
    told = rough(count, K)
    if count < K:
        assert told == Figure(K, Telling.BELOW)
    else:
        assert told.telling == Telling.ROUNDED
        assert abs(told.value - count) <= K / 2


def test_a_sum_with_a_hidden_part_is_hidden_and_has_no_share() -> None:
    assert added([Figure(10), HIDDEN]) == HIDDEN
    assert share(HIDDEN, Figure(10)) is None
    assert share(Figure(1), Figure(4)) == 0.25


@pytest.mark.parametrize(
    ("first", "last", "whole", "rests"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), (date(2026, 1, 1), date(2026, 12, 1)), 0),
        (date(2026, 2, 1), date(2026, 2, 28), (date(2026, 2, 1), date(2026, 2, 1)), 0),
        (date(2026, 1, 5), date(2026, 3, 9), (date(2026, 2, 1), date(2026, 2, 1)), 2),
        (date(2026, 1, 5), date(2026, 1, 9), None, 1),
        (date(2026, 1, 31), date(2026, 2, 1), None, 1),
    ],
)
def test_a_period_is_its_whole_months_and_the_days_left(
    first: date, last: date, whole: tuple[date, date] | None, rests: int
) -> None:
    assert Period(first, last).split()[0] == whole
    assert len(Period(first, last).split()[1]) == rests


@given(st.dates(date(2020, 1, 1), date(2027, 1, 1)), st.integers(0, 900))
def test_whole_months_and_days_left_are_every_day_once(first: date, length: int) -> None:
    period = Period(first, date.fromordinal(first.toordinal() + length))
    whole, rests = period.split()
    days = sum((b - a).days + 1 for a, b in rests)
    if whole:
        days += (Period.of_month(whole[1].year, whole[1].month).last - whole[0]).days + 1
    assert days == period.days


def test_only_whole_years_and_months_of_a_whole_place_are_told_to_the_unit() -> None:
    year = Period.of_year(2026)
    assert Question(year, state="14").exact
    assert not Question(year, state="14", municipality="14039").exact
    assert not Question(year, kind="flagrancia").exact
    assert not Question(Period(date(2026, 1, 1), date(2026, 6, 30))).exact
    assert Question(Period.of_month(2026, 2)).exact
