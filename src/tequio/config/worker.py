"""The worker: runs the reactions that are owed, as soon as they are, and what the clock asks for.

Any number of workers may run: entries are claimed one by one, and each job changes nothing when there is nothing to do.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

import psycopg
from django.db import DatabaseError, InterfaceError, connection

from tequio.access import selectors as access
from tequio.accounts import services as accounts
from tequio.audit import selectors as audit_read
from tequio.audit import services as audit
from tequio.kernel import clock, outbox
from tequio.notices import services as notices
from tequio.search import services as search
from tequio.supply import services as supply
from tequio.supply import uploads
from tequio.targets import services as targets

logger = logging.getLogger(__name__)

SYSTEM_AGENCY: Final = "FED-SSPC"
"""Agency in whose chain of the log the system writes what it does for nobody in particular. It ships with the package."""
SUPERVISOR: Final = "TEQUIO_SUPERVISOR"
"""Variable with the process that started the worker: when that one dies, so does the worker."""

TICK: Final = 1.0
"""Seconds that the worker waits at most for a reaction to be announced before it looks by itself."""
AGAIN: Final = 5.0
"""Seconds between tries while the database does not answer."""
TEND_EVERY: Final = 5.0
"""Seconds between looks at whether the search index has segments to merge: one short query when it has none."""
MINUTE: Final = 60.0
HOUR: Final = 3_600.0
QUIET_HOUR: Final = 3
"""Hour of the day, in the time of the capital, in which few search and the index is written together."""
CAPITAL: Final = ZoneInfo("America/Mexico_City")
CHECKPOINT_EVERY: Final = timedelta(days=1)

DATABASE_FAILURES: Final = (DatabaseError, InterfaceError, psycopg.Error)
"""Waiting for an announcement is asked of the driver itself, whose errors are not Django's."""


@dataclass(slots=True)
class Job:
    """Something to do every so many seconds. `due` is on the monotonic clock; 0 means at once."""

    name: str
    every: float
    do: Callable[[], object]
    due: float = 0.0


def work(stop: threading.Event) -> int:
    """Work until `stop` is set or the supervisor dies. Returns how many reactions ran. Waits for a database that goes away."""
    todo = jobs()
    ran = 0
    while not _over(stop):
        try:
            _listen()
            while not _over(stop):
                run_due(todo, time.monotonic())
                while not _over(stop) and outbox.run_one():
                    ran += 1
                _wait(TICK)
        except DATABASE_FAILURES as error:
            logger.warning("worker: database does not answer (%s)", type(error).__name__)
            connection.close()
            stop.wait(AGAIN)
    return ran


def jobs() -> list[Job]:
    """What the clock asks for. A batch whose process died is taken up at once."""
    return [
        Job("tend_index", TEND_EVERY, search.tend_index),
        Job("resume_pending", MINUTE, supply.resume_pending),
        Job("escalate_due", MINUTE, lambda: notices.escalate_due(actor=access.system_actor(SYSTEM_AGENCY))),
        Job("suspend_overdue", HOUR, lambda: targets.suspend_overdue(actor=access.system_actor(SYSTEM_AGENCY))),
        Job("clear_sessions", 5 * MINUTE, accounts.clear_expired),
        Job("suspend_uncertified", HOUR, lambda: accounts.suspend_uncertified(actor=access.system_actor(SYSTEM_AGENCY))),
        Job("expire_requests", HOUR, lambda: accounts.expire_requests(actor=access.system_actor(SYSTEM_AGENCY))),
        Job("forget_old_answers", HOUR, accounts.forget_old),
        Job("drop_stale_uploads", HOUR, uploads.drop_stale_uploads),
        Job("settle_index", HOUR, settle_index_by_night),
        Job("checkpoint", HOUR, sign_daily_checkpoint),
    ]


def run_due(todo: Sequence[Job], now: float) -> None:
    """Do what is due. A job that fails is tried again at its next turn and does not hold up the others."""
    for job in todo:
        if job.due > now:
            continue
        job.due = now + job.every
        try:
            job.do()
        except DATABASE_FAILURES:
            raise
        except Exception as error:  # noqa: BLE001 - edge of the process: the message may quote data, so only its kind is logged
            logger.error("worker: %s failed (%s)", job.name, getattr(error, "code", type(error).__name__))


def sign_daily_checkpoint() -> None:
    """Sign where the log stands, if nobody did in the last day."""
    last = audit_read.last_checkpoint_at()
    if last is None or clock.now() - last >= CHECKPOINT_EVERY:
        audit.sign_checkpoint(actor=access.system_actor(SYSTEM_AGENCY), purpose=None)


def settle_index_by_night() -> int:
    """Write the index's segments together, once a day, in the quiet hour. Returns how many merges that took."""
    return search.settle_index() if clock.now().astimezone(CAPITAL).hour == QUIET_HOUR else 0


def _over(stop: threading.Event) -> bool:
    supervisor = os.environ.get(SUPERVISOR, "")
    return stop.is_set() or (supervisor.isdigit() and os.getppid() != int(supervisor))


def _listen() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {outbox.CHANNEL}")


def _wait(seconds: float) -> None:
    """Until something is announced, or `seconds`."""
    for _ in connection.connection.notifies(timeout=seconds, stop_after=1):
        return
