"""What falls between two statements of a search hides nobody."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from tequio.people.domain import Subject
from tequio.search import rebuilding, segments, tending
from tequio.search.segments import Standing
from tequio.search.services import rebuild_index
from tests.search.base import Registry, answer, searched
from tests.world import Cast

JUAN = Subject.from_fields(given="Filiberto", paternal="Muñoz", maternal="Zepeda", birth_date="1984-03-07")
JUAN_NOW = Subject.from_fields(given="Filiberto", paternal="Muñoz", maternal="Arzate", birth_date="1984-03-07")
Deed = Callable[[Registry, UUID], object]


def _correct(registry: Registry, record_id: UUID) -> None:
    with transaction.atomic():
        registry.correct(record_id, JUAN_NOW)


def _correct_and_merge(registry: Registry, record_id: UUID) -> None:
    _correct(registry, record_id)
    with transaction.atomic():
        held = segments.segments(_raw())
        segments.merge(_raw(), held)


def _raw() -> Any:
    connection.ensure_connection()
    return connection.connection


def _elsewhere(deed: Deed, registry: Registry, record_id: UUID) -> None:
    """On a connection of its own, as another process."""

    def run() -> None:
        try:
            deed(registry, record_id)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()


@pytest.mark.parametrize("deed", [_correct, _correct_and_merge])
def test_a_record_corrected_while_it_is_looked_for_is_found(
    deed: Deed, live_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry()
    searched(registry, monkeypatch)
    with transaction.atomic():
        [record_id] = registry.enter([JUAN])
    real, struck = segments.standing, []

    def standing(*asked: Any, **beside: Any) -> Standing:
        if not struck:
            struck.append(True)
            _elsewhere(deed, registry, record_id)
        return real(*asked, **beside)

    monkeypatch.setattr(segments, "standing", standing)
    found, _ = answer(JUAN)
    assert [shown[0] for shown in found] == [str(record_id)]


def test_whoever_merges_leaves_the_others_out_of_it(live_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Registry()
    searched(registry, monkeypatch)
    for _ in range(4):
        with transaction.atomic():
            registry.enter([JUAN])
    done: list[int] = []
    with transaction.atomic():
        tending.take_turn()
        _elsewhere(lambda registry, record_id: done.append(tending.tend_index()), registry, UUID(int=0))
    assert done == [0]
    assert tending.tend_index() == 1
    assert len(answer(JUAN)[0]) == 4


def test_a_rebuilding_waits_for_a_correction_under_way_and_then_ends(live_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Registry()
    searched(registry, monkeypatch)
    with transaction.atomic():
        [record_id] = registry.enter([JUAN])
        registry.count()
    begun, waited_for = Event(), Event()
    real = rebuilding._wait_for_another

    def waiting(upto: int) -> None:
        waited_for.set()
        real(upto)

    def correct() -> None:
        try:
            with transaction.atomic():
                registry.correct(record_id, JUAN_NOW)
                begun.set()
                assert waited_for.wait(20)
        finally:
            connection.close()

    monkeypatch.setattr(rebuilding, "_wait_for_another", waiting)
    thread = Thread(target=correct)
    start = rebuilding._begin

    def begin() -> tuple[int, int]:  # its own lock waits for whoever is storing, so the correction comes after it
        told = start()
        thread.start()
        assert begun.wait(20)
        return told

    monkeypatch.setattr(rebuilding, "_begin", begin)
    assert rebuild_index() == 1
    thread.join()
    assert [shown[0] for shown in answer(JUAN_NOW)[0]] == [str(record_id)]
