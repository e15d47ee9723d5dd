"""The worker: what the clock asks for, and when it ends."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from tequio.audit.models import Checkpoint
from tequio.config import worker
from tequio.config.worker import Job
from tequio.kernel import clock
from tequio.kernel.errors import Invalid
from tests.world import Cast


def test_a_job_that_fails_does_not_hold_up_the_others_and_is_tried_at_its_next_turn() -> None:
    done: list[str] = []

    def fail() -> None:
        done.append("falla")
        raise Invalid("x")

    todo = [Job("falla", 60, fail), Job("otra", 10, lambda: done.append("otra"))]
    for now in (100.0, 105.0, 111.0, 161.0):
        worker.run_due(todo, now)
    assert done == ["falla", "otra", "otra", "falla", "otra"]


def test_the_worker_ends_when_it_is_told_to(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    monkeypatch.setattr(worker, "TICK", 0.01)
    monkeypatch.setattr(worker, "jobs", lambda: [Job("fin", 60, stop.set)])
    assert worker.work(stop) == 0


def test_the_worker_ends_when_whoever_started_it_is_gone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(worker.SUPERVISOR, "1")
    monkeypatch.setattr("os.getppid", lambda: 2)
    assert worker.work(threading.Event()) == 0


def test_every_job_can_run_when_there_is_nothing_to_do(cast: Cast) -> None:
    for job in worker.jobs():
        job.do()


def test_the_log_is_signed_once_a_day(cast: Cast) -> None:
    worker.sign_daily_checkpoint()
    worker.sign_daily_checkpoint()
    assert Checkpoint.objects.count() == 1
    with clock.at(clock.now() + timedelta(days=1)):
        worker.sign_daily_checkpoint()
    assert Checkpoint.objects.count() == 2


@pytest.mark.parametrize(("hour", "merges"), [(8, 0), (9, 7), (10, 0)])
def test_the_index_is_written_together_in_the_quiet_hour_only(hour: int, merges: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tequio.search.services.settle_index", lambda: 7)
    with clock.at(datetime(2026, 11, 25, hour, 30, tzinfo=UTC)):  # the capital is six hours behind
        assert worker.settle_index_by_night() == merges
