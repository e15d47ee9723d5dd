"""The share to whom it happened, with its band: against published figures and against counting by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tequio.dashboards.domain.survival import curve

MERCAPTOPURINE = ({6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1},
                  {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1})  # fmt: skip
"""Weeks of remission of 21 patients (Freireich et al., 1963): of those who relapsed, and of the others."""


@pytest.mark.parametrize(
    ("week", "remaining"), [(6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448)]
)
def test_the_textbooks_figures_come_out(week: int, remaining: float) -> None:
    step = curve(*MERCAPTOPURINE, least_at_risk=1).at(week)
    assert step is not None
    assert 1 - step.share == pytest.approx(remaining, abs=0.0006)


def test_the_band_is_the_textbooks() -> None:
    step = curve(*MERCAPTOPURINE, least_at_risk=1).at(10)
    assert step is not None
    assert (1 - step.high, 1 - step.low) == pytest.approx((0.503, 0.889), abs=0.002)  # log-log, as statistical packages give it


@given(st.dictionaries(st.integers(1, 400), st.integers(1, 9), max_size=30), st.integers(0, 50))
def test_when_nobody_leaves_early_it_is_the_plain_share(events: dict[int, int], others: int) -> None:
    found = curve(events, {401: others} if others else {}, least_at_risk=1)
    people = sum(events.values()) + others
    for step in found.steps:
        assert step.share == pytest.approx(sum(n for day, n in events.items() if day <= step.day) / people)
        assert 0 <= step.low <= step.share <= step.high <= 1


def test_nothing_is_said_beyond_where_too_few_were_watched() -> None:
    found = curve({10: 5}, {20: 90, 300: 5}, least_at_risk=50)
    assert found.at(20) is not None
    assert found.at(30) is None


def test_without_an_event_the_share_is_zero_with_a_bound_above_it() -> None:
    step = curve({}, {100: 59}, least_at_risk=10).at(90)
    assert step is not None
    assert (step.share, step.low) == (0, 0)
    assert step.high == pytest.approx(0.05, abs=0.001)


def test_nobody_watched_is_no_curve() -> None:
    assert curve({}, {}, least_at_risk=10).at(1) is None
