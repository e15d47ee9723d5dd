"""Events and who reacts to them, without either knowing the other.

A service publishes an event inside its own transaction. A reaction is of one of two kinds, said in `config/wiring.py`:

* `within`: runs at once, in the publisher's transaction. Both happen or neither does.
* `after`: is written to the outbox in that transaction and runs in a transaction of its own once it is committed. The row is
  the truth; whoever drains the outbox (worker, or the command that published) is only the hand. A reaction whose process
  dies is run again, so reactions must give the same result when repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction

from tequio.kernel import clock
from tequio.kernel.models import OutboxEntry

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """Base of events: a frozen dataclass of plain values (text, numbers, UUID, date, datetime). No personal data."""


E = TypeVar("E", bound=Event)
Reaction = Callable[[Any], None]

RETRY_FIRST = timedelta(seconds=2)
RETRY_LONGEST = timedelta(minutes=15)
CHANNEL = "tequio_outbox"

_within: dict[type[Event], list[Reaction]] = {}
_after: dict[type[Event], list[Reaction]] = {}
_events: dict[str, type[Event]] = {}
_reactions: dict[str, Reaction] = {}


def wire(event: type[E], *, within: tuple[Callable[[E], None], ...] = (), after: tuple[Callable[[E], None], ...] = ()) -> None:
    """Say who reacts to `event`. Wiring the same twice replaces the former answer."""
    _within[event] = list(within)
    _after[event] = list(after)
    _events[event.__name__] = event
    for reaction in after:
        _reactions[_name(reaction)] = reaction


def publish(event: Event) -> None:
    """Run the `within` reactions and write down the `after` ones. Must be called inside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("outbox.publish outside a transaction")
    kind = type(event)
    after = _after.get(kind, [])
    if after:
        payload = {key: _plain(value) for key, value in asdict(event).items()}
        moment = clock.now()
        OutboxEntry.objects.bulk_create(
            [
                OutboxEntry(event=kind.__name__, payload=payload, reaction=_name(r), created_at=moment, due_at=moment)
                for r in after
            ]
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    for reaction in _within.get(kind, []):
        reaction(event)


def drain(limit: int = 10_000) -> int:
    """Run what is due, oldest first, until nothing is due. Returns how many ran. Safe in any number of processes."""
    ran = 0
    while ran < limit and run_one():
        ran += 1
    return ran


def run_one() -> bool:
    """Run the oldest entry that is due and that nobody else holds. False when there is none.

    The claim, the reaction's effects and the mark "done" are one transaction: a crash leaves the entry as it was.
    """
    with transaction.atomic():
        entry = (
            OutboxEntry.objects.select_for_update(skip_locked=True)
            .filter(done_at=None, due_at__lte=clock.now())
            .order_by("id")
            .first()
        )
        if entry is None:
            return False
        reaction = _reactions.get(entry.reaction)
        kind = _events.get(entry.event)
        failure: Exception | None = None
        if reaction is None or kind is None:
            failure = LookupError(f"nobody answers to {entry.event} -> {entry.reaction}")
        else:
            try:
                with transaction.atomic():
                    reaction(_restore(kind, entry.payload))
            except Exception as error:  # noqa: BLE001 - edge of a process: whatever a reaction raises is kept with its entry and retried
                failure = error
        _settle(entry, failure)
    return True


def backlog() -> tuple[int, datetime | None]:
    """How many entries wait and since when the oldest does."""
    waiting = OutboxEntry.objects.filter(done_at=None).order_by("id")
    first = waiting.first()
    return waiting.count(), first.created_at if first else None


def wiring_table() -> list[tuple[str, str, str]]:
    """(event, when, reaction) for documentation and its test."""
    rows = [(e.__name__, "within", _name(r)) for e, rs in _within.items() for r in rs]
    rows += [(e.__name__, "after", _name(r)) for e, rs in _after.items() for r in rs]
    return sorted(rows)


def _settle(entry: OutboxEntry, failure: Exception | None) -> None:
    entry.attempts += 1
    if failure is None:
        entry.done_at = clock.now()
        entry.last_error = ""
    else:
        logger.error("reaction %s failed, attempt %d: %s", entry.reaction, entry.attempts, type(failure).__name__)
        # The message of a database error quotes values, so only its kind is kept.
        entry.last_error = getattr(failure, "code", "") or type(failure).__name__
        entry.due_at = clock.now() + min(RETRY_FIRST * 2 ** min(entry.attempts - 1, 20), RETRY_LONGEST)
    entry.save(update_fields=["attempts", "done_at", "due_at", "last_error"])


def _name(reaction: Reaction) -> str:
    return f"{reaction.__module__.removeprefix('tequio.')}.{reaction.__qualname__}"


def _plain(value: object) -> object:
    if isinstance(value, UUID | datetime | date):
        return {"$": type(value).__name__, "v": value.isoformat() if isinstance(value, date) else str(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


_READERS: dict[str, Callable[[str], object]] = {"UUID": UUID, "datetime": datetime.fromisoformat, "date": date.fromisoformat}


def _revive(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"$", "v"}:
        return _READERS[value["$"]](value["v"])
    if isinstance(value, list):
        return tuple(_revive(item) for item in value)
    return value


def _restore(kind: type[Event], payload: dict[str, Any]) -> Event:
    known = {f.name for f in fields(kind)}
    return kind(**{key: _revive(value) for key, value in payload.items() if key in known})
