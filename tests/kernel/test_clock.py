"""One source of the present moment, which a test can hold still."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from tequio.kernel import clock

MOMENT = datetime(2026, 11, 1, 18, tzinfo=UTC)


def test_the_present_has_a_zone_and_goes_on() -> None:
    first = clock.now()
    assert first.utcoffset() == timedelta(0)
    assert clock.now() >= first
    assert abs(datetime.now(UTC) - first) < timedelta(minutes=1)


def test_it_stands_still_inside_the_block_and_goes_on_after_it() -> None:
    with clock.at(MOMENT):
        assert clock.now() == clock.now() == MOMENT
        with clock.at(MOMENT + timedelta(days=1)):
            assert clock.now() == MOMENT + timedelta(days=1)
        assert clock.now() == MOMENT
    assert clock.now() != MOMENT


def test_a_failure_inside_the_block_does_not_leave_it_held() -> None:
    with pytest.raises(KeyError), clock.at(MOMENT):
        raise KeyError
    assert clock.now() != MOMENT


def test_another_thread_has_its_own_clock() -> None:
    seen: list[datetime] = []
    with clock.at(MOMENT):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join(5)
    assert seen[0] != MOMENT


def test_mexico_has_no_summer_time() -> None:
    assert MOMENT.astimezone(clock.MEXICO).utcoffset() == timedelta(hours=-6)
    assert MOMENT.replace(month=7).astimezone(clock.MEXICO).utcoffset() == timedelta(hours=-6)
