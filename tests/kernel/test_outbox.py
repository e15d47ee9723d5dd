"""Reactions happen once for each event that was committed, whoever runs them and whoever dies."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tequio.kernel import clock, outbox
from tequio.kernel.errors import Conflict
from tequio.kernel.ids import new_id
from tequio.kernel.models import OutboxEntry

NOON = datetime(2026, 11, 1, 18, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rang(outbox.Event):
    """A bell rang."""

    number: int


@dataclass(frozen=True, slots=True)
class Told(outbox.Event):
    """Every kind of value that an event may carry."""

    who: UUID
    day: date
    at: datetime
    words: tuple[str, ...]
    number: int
    share: float
    nested: tuple[tuple[UUID, date], ...] = ()


heard: list[tuple[str, object]] = []
slow = threading.Event()


def first(event: outbox.Event) -> None:
    heard.append(("first", event))


def second(event: outbox.Event) -> None:
    heard.append(("second", event))


def failing(event: Rang) -> None:
    heard.append(("failing", event))
    OutboxEntry.objects.create(event="x", payload={}, reaction="x", created_at=NOON, due_at=NOON + timedelta(days=999))
    raise Conflict("dato personal: Zepeda")


def breaking(event: Rang) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'Zepeda'::int")


def slowly(event: Rang) -> None:
    heard.append(("slowly", event))
    slow.wait(0.05)


@pytest.fixture(autouse=True)
def own_wiring() -> Iterator[None]:
    """Events of these tests only, on a clock that stands still."""
    tables: list[dict[Any, Any]] = [outbox._within, outbox._after, outbox._events, outbox._reactions]
    kept = [dict(table) for table in tables]
    heard.clear()
    with clock.at(NOON):
        yield
    for table, former in zip(tables, kept, strict=True):
        table.clear()
        table.update(former)


def _publish(*events: outbox.Event) -> None:
    with transaction.atomic():
        for event in events:
            outbox.publish(event)


def _waiting() -> list[OutboxEntry]:
    return list(OutboxEntry.objects.filter(done_at=None).order_by("id"))


@pytest.mark.django_db
def test_within_runs_at_once_and_after_waits_to_be_run() -> None:
    outbox.wire(Rang, within=(first,), after=(second,))
    _publish(Rang(1))
    assert heard == [("first", Rang(1))]
    assert outbox.backlog() == (1, NOON)
    assert outbox.drain() == 1
    assert heard == [("first", Rang(1)), ("second", Rang(1))]
    assert outbox.backlog() == (0, None)
    assert outbox.drain() == 0


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_a_fault_of_the_program() -> None:
    outbox.wire(Rang, within=(first,))
    with pytest.raises(RuntimeError):
        outbox.publish(Rang(1))
    assert not heard


@pytest.mark.django_db
def test_what_was_not_committed_leaves_nothing_to_run() -> None:
    outbox.wire(Rang, after=(first,))
    with pytest.raises(KeyError), transaction.atomic():
        outbox.publish(Rang(1))
        raise KeyError
    assert outbox.drain() == 0


@pytest.mark.django_db
def test_a_failing_within_undoes_the_publisher() -> None:
    outbox.wire(Rang, within=(failing,), after=(first,))
    with pytest.raises(Conflict):
        _publish(Rang(1))
    assert not OutboxEntry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("reaction", "kind"), [(failing, "CONFLICTO"), (breaking, "DataError")])
def test_a_failing_reaction_is_undone_kept_and_does_not_hold_up_the_others(reaction: outbox.Reaction, kind: str) -> None:
    outbox.wire(Rang, after=(reaction, first))
    _publish(Rang(1), Rang(2))
    assert outbox.drain() == 4
    assert [event for name, event in heard if name == "first"] == [Rang(1), Rang(2)]
    kept = _waiting()
    assert [(entry.attempts, entry.last_error) for entry in kept] == [(1, kind), (1, kind)]
    assert OutboxEntry.objects.count() == 4


@pytest.mark.django_db
def test_tries_grow_apart_up_to_a_quarter_of_an_hour() -> None:
    outbox.wire(Rang, after=(failing,))
    _publish(Rang(1))
    moment, waits = NOON, []
    for _ in range(12):
        with clock.at(moment):
            assert outbox.drain() == 1
            [entry] = _waiting()
        waits.append((entry.due_at - moment).total_seconds())
        moment = entry.due_at
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    with clock.at(moment - timedelta(seconds=1)):
        assert outbox.drain() == 0


@pytest.mark.django_db
def test_a_reaction_that_works_again_is_done_and_forgets_its_error() -> None:
    outbox.wire(Rang, after=(failing,))
    _publish(Rang(1))
    outbox.drain()
    outbox._reactions[outbox._name(failing)] = first
    with clock.at(NOON + timedelta(seconds=2)):
        assert outbox.drain() == 1
    entry = OutboxEntry.objects.get()
    assert (entry.attempts, entry.last_error, entry.done_at) == (2, "", NOON + timedelta(seconds=2))


@pytest.mark.django_db
def test_what_nobody_answers_to_any_more_is_kept() -> None:
    outbox.wire(Rang, after=(first,))
    _publish(Rang(1))
    outbox._reactions.clear()
    assert outbox.drain() == 1
    [entry] = _waiting()
    assert entry.last_error == "LookupError"


@pytest.mark.django_db
def test_an_event_of_an_older_program_is_kept_until_it_can_be_read() -> None:
    outbox.wire(Rang, after=(first,))
    OutboxEntry.objects.create(event="Rang", payload={}, reaction=outbox._name(first), created_at=NOON, due_at=NOON)
    outbox.drain()
    assert [entry.last_error for entry in _waiting()] == ["TypeError"]


@pytest.mark.django_db
def test_a_process_that_dies_in_a_reaction_leaves_the_entry_as_it_was() -> None:
    def dying(event: Rang) -> None:
        heard.append(("dying", event))
        raise KeyboardInterrupt

    outbox.wire(Rang, after=(dying,))
    _publish(Rang(1))
    with pytest.raises(KeyboardInterrupt):
        outbox.drain()
    [entry] = _waiting()
    assert (entry.attempts, entry.due_at) == (0, NOON)


@pytest.mark.django_db
def test_the_oldest_goes_first_and_a_limit_is_kept() -> None:
    outbox.wire(Rang, after=(first,))
    _publish(*(Rang(n) for n in range(5)))
    assert outbox.drain(limit=3) == 3
    assert [event for _, event in heard] == [Rang(0), Rang(1), Rang(2)]


@pytest.mark.django_db
def test_wiring_again_replaces_and_the_table_tells_it() -> None:
    outbox.wire(Rang, within=(first,), after=(second,))
    outbox.wire(Rang, within=(second,), after=(first, failing))
    mine = [(when, reaction.rsplit(".", 1)[1]) for event, when, reaction in outbox.wiring_table() if event == "Rang"]
    assert mine == [("after", "failing"), ("after", "first"), ("within", "second")]
    _publish(Rang(1))
    assert heard == [("second", Rang(1))]


def test_the_product_wires_what_its_events_need() -> None:
    table = {(event, when, reaction) for event, when, reaction in outbox.wiring_table()}
    assert ("PieceEntered", "within", "targets.services.screening.screen_piece") in table
    assert ("RecordsEntered", "after", "search.services.index_change") in table
    assert ("TargetActivated", "after", "targets.services.screening.search_target") in table


told = st.builds(
    Told,
    who=st.uuids(),
    day=st.dates(),
    at=st.datetimes(timezones=st.just(UTC)),
    words=st.lists(st.text(), max_size=3).map(tuple),
    number=st.integers(),
    share=st.floats(allow_nan=False, allow_infinity=False),
    nested=st.lists(st.tuples(st.uuids(), st.dates()), max_size=2).map(tuple),
)


@settings(max_examples=60)
@given(told)
def test_an_event_comes_back_as_it_was_published(event: Told) -> None:
    payload = {name: outbox._plain(getattr(event, name)) for name in Told.__dataclass_fields__}
    assert outbox._restore(Told, payload) == event


@pytest.mark.django_db
def test_an_event_comes_back_from_the_database_as_it_was() -> None:
    outbox.wire(Told, after=(first,))
    event = Told(new_id(), date(1, 1, 1), NOON, ("ñ", "\u2028"), 10**30, 0.1, ((new_id(), date(2026, 2, 28)),))
    _publish(event)
    outbox.drain()
    assert heard == [("first", event)]


@pytest.mark.django_db(transaction=True)
def test_many_drainers_never_run_one_entry_twice() -> None:
    outbox.wire(Rang, after=(slowly,))
    _publish(*(Rang(n) for n in range(24)))
    faults: list[BaseException] = []
    ran: Counter[int] = Counter()

    def work(name: int) -> None:
        try:
            with clock.at(NOON):
                ran[name] = outbox.drain()
        except BaseException as fault:  # a thread's failure would otherwise be lost
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not faults
    assert Counter(event for _, event in heard) == Counter({Rang(n): 1 for n in range(24)})
    assert sum(ran.values()) == 24
    assert OutboxEntry.objects.filter(attempts=1).exclude(done_at=None).count() == 24


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_another_holds_is_passed_over() -> None:
    outbox.wire(Rang, after=(first,))
    _publish(Rang(1), Rang(2))
    counts: list[int] = []

    def other() -> None:
        with clock.at(NOON):
            counts.append(outbox.drain())
        connection.close()

    with transaction.atomic():
        OutboxEntry.objects.select_for_update().order_by("id").first()
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(10)
    assert counts == [1]
    assert heard == [("first", Rang(2))]
