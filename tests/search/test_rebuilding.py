"""An index that was lost, or whose keys follow older rules, is made anew from the registries; a search says when it must be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tequio.access import walls
from tequio.matching import KEY_VERSION, steps
from tequio.matching.domain.keys import keys_of_pool
from tequio.matching.steps import keys_of_first
from tequio.people.domain import Subject
from tequio.search import rebuilding, selectors, writing
from tequio.search.commands import _parts
from tequio.search.domain import Rebuilt
from tequio.search.models import Base, Entry, Retired, Segment, TokenCount
from tequio.search.services import rebuild_index, search_person
from tequio.ui import health
from tests.search.base import Registry, answer, registry
from tests.world import INQUIRY, JUAN, Cast, supply

__all__ = ["registry"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PEOPLE = [
    Subject.from_fields(given=given, paternal=paternal, maternal="Zepeda", birth_date=f"198{n}-03-07")
    for n, (given, paternal) in enumerate(
        [("Filiberto", "Muñoz"), ("Juan", "Hernández"), ("Rutilio", "Arzate"), ("Eulalia", "Ibarrola"), ("Juan", "Muñoz")]
    )
]


class Cut(Exception):
    """The process is killed."""


def _answers() -> list[Any]:
    return [answer(person) for person in PEOPLE]


def _counts() -> dict[str, int]:
    return dict(TokenCount.objects.order_by("token").values_list("token", "records"))


def test_an_index_that_was_lost_is_made_anew_and_answers_the_same(registry: Registry) -> None:
    registry.enter(PEOPLE[:3])
    registry.enter(PEOPLE[3:])
    registry.count()
    before, counts = _answers(), _counts()
    with walls.as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE search_segment, search_block, search_retired, search_tokencount")
        cursor.execute("UPDATE search_base SET records = 0, living = 0")
    assert answer(PEOPLE[0]) == ([], False)
    assert rebuild_index() == len(PEOPLE)
    assert (_answers(), _counts()) == (before, counts)


def test_making_it_anew_drops_what_was_before_and_counts_those_who_stand(registry: Registry) -> None:
    ids = registry.enter(PEOPLE)
    registry.count()
    registry.cancel(ids[0])
    registry.correct(ids[1], PEOPLE[2])
    before = _answers()
    assert rebuild_index() == len(PEOPLE)
    assert [found for found, _ in _answers()] != []
    assert {found[0][0] for found, _ in _answers() if found} == {found[0][0] for found, _ in before if found}
    assert (Segment.objects.count(), Retired.objects.count()) == (1, 0)
    assert _counts()["RUTILIO"] == 2
    assert "FILIBERTO" not in _counts()
    assert (selectors.state().records, selectors.state().living) == (4, 4)


def test_keys_of_older_rules_are_said_and_made_anew(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.enter(PEOPLE)
    registry.count()
    before = _answers()
    assert not selectors.state().outdated
    for module in (selectors, writing, rebuilding):
        monkeypatch.setattr(module, "KEY_VERSION", KEY_VERSION + 1)
    monkeypatch.setattr(writing, "keys_of_pool", lambda side: (keys_of_pool(side)[0] ^ 0x5A5A5A5A, keys_of_pool(side)[1]))
    monkeypatch.setattr(steps, "keys_of_first", lambda packed: [key ^ 0x5A5A5A5A for key in keys_of_first(packed)])
    assert selectors.state().outdated
    assert answer(PEOPLE[0]) == ([], False)
    rebuild_index()
    assert not selectors.state().outdated
    assert _answers() == before
    assert set(Entry.objects.values_list("key_version", flat=True)) == {KEY_VERSION + 1}


def test_a_search_in_an_older_index_says_so_and_what_to_do(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    filiberto = Subject.from_fields(given="Filiberto", paternal="Muñoz", maternal="Zepeda")
    assert not search_person(actor=cast.jalisco_analyst, purpose=INQUIRY, subject=filiberto).outdated
    Base.objects.update(key_version=KEY_VERSION - 1)
    found = search_person(actor=cast.jalisco_analyst, purpose=INQUIRY, subject=filiberto)
    assert found.outdated
    assert any("tequio reindex" in str(part) for part in _parts(found))


def test_what_was_cut_goes_on_where_it_was(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.enter(PEOPLE)
    registry.count()
    before, counts = _answers(), _counts()
    monkeypatch.setattr(rebuilding, "AT_A_TIME", 2)
    told: list[Rebuilt] = []

    def cut(rebuilt: Rebuilt) -> None:
        if rebuilt.done == 4:
            raise Cut

    with pytest.raises(Cut):
        rebuild_index(cut)
    assert _answers() == before
    rebuild_index(told.append)
    assert [rebuilt.done for rebuilt in told] == [4, 5]
    assert (_answers(), _counts()) == (before, counts)


def test_searches_and_supplies_go_on_while_it_is_made_anew(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = registry.enter(PEOPLE)
    registry.count()
    monkeypatch.setattr(rebuilding, "AT_A_TIME", 2)

    def meanwhile(rebuilt: Rebuilt) -> None:
        assert answer(PEOPLE[0])[0][0][0] == str(ids[0])
        if rebuilt.done == 2:
            registry.correct(ids[4], Subject.from_fields(given="Tiburcio", paternal="Olvera", maternal="Quiroz"))
            registry.enter([Subject.from_fields(given="Nicanor", paternal="Uribe", maternal="Salgado")])
            registry.count()

    assert rebuild_index(meanwhile) == len(PEOPLE) + 1
    assert len(answer(Subject.from_fields(given="Tiburcio", paternal="Olvera", maternal="Quiroz"))[0]) == 1
    assert len(answer(Subject.from_fields(given="Nicanor", paternal="Uribe", maternal="Salgado"))[0]) == 1
    assert str(ids[4]) not in {found for found, _, _ in answer(PEOPLE[4])[0]}
    assert selectors.state().living == len(PEOPLE) + 1


def test_the_state_of_the_node_shows_an_index_of_older_rules(registry: Registry) -> None:
    registry.enter(PEOPLE)
    registry.count()
    assert health.read().gauges["index_outdated"] == 0
    Base.objects.update(key_version=KEY_VERSION - 1)
    assert health.read().gauges["index_outdated"] == 1
