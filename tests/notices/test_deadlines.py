"""Where a notice stands is a matter of moments alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tequio.notices.domain import Clock, Standing, due, standing

ISSUED = datetime(2026, 11, 1, 18, tzinfo=UTC)
TEN = Clock(timedelta(minutes=10), timedelta(minutes=20))

spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400))
clocks = st.builds(lambda within, more: Clock(within, within + more), spans, spans)
moments = st.none() | spans.map(lambda later: ISSUED + later)


def _at(minutes: float, *, acknowledged: float | None = None, withdrawn: float | None = None) -> Standing:
    def moment(after: float | None) -> datetime | None:
        return None if after is None else ISSUED + timedelta(minutes=after)

    now = ISSUED + timedelta(minutes=minutes)
    return standing(ISSUED, moment(acknowledged), moment(withdrawn), now, TEN)


def test_a_notice_waits_until_its_last_moment_and_not_after() -> None:
    assert [_at(0), _at(10), _at(10.001), _at(19.999), _at(20)] == [
        Standing.WAITING, Standing.WAITING, Standing.OVERDUE, Standing.OVERDUE, Standing.ESCALATED,
    ]  # fmt: skip
    assert due(ISSUED, TEN) == ISSUED + timedelta(minutes=10)


def test_the_last_moment_is_on_time_and_the_next_is_late_for_ever() -> None:
    assert _at(5_000, acknowledged=10) is Standing.ON_TIME
    assert _at(5_000, acknowledged=10.001) is Standing.LATE


def test_a_withdrawn_notice_asks_for_nothing_unless_it_had_been_answered() -> None:
    assert _at(5_000, withdrawn=3) is Standing.WITHDRAWN
    assert _at(5_000, acknowledged=2, withdrawn=3) is Standing.ON_TIME
    assert _at(5_000, acknowledged=15, withdrawn=30) is Standing.LATE


@given(clocks, moments, spans, spans)
def test_an_answer_settles_it_whatever_comes_later(
    clock: Clock, withdrawn: datetime | None, answered_after: timedelta, later: timedelta
) -> None:
    answered = ISSUED + answered_after
    found = {
        standing(ISSUED, answered, taken, answered + wait, clock) for taken in (None, withdrawn) for wait in (later, 2 * later)
    }
    assert found == {Standing.ON_TIME if answered_after <= clock.acknowledge_within else Standing.LATE}


ORDER = [Standing.WAITING, Standing.OVERDUE, Standing.ESCALATED]


@given(clocks, spans, spans)
def test_silence_only_gets_worse(clock: Clock, first: timedelta, more: timedelta) -> None:
    before = standing(ISSUED, None, None, ISSUED + first, clock)
    after = standing(ISSUED, None, None, ISSUED + first + more, clock)
    assert ORDER.index(before) <= ORDER.index(after)


@given(clocks, moments, moments, spans)
def test_every_notice_stands_somewhere(
    clock: Clock, answered: datetime | None, withdrawn: datetime | None, now: timedelta
) -> None:
    assert standing(ISSUED, answered, withdrawn, ISSUED + now, clock) in Standing
