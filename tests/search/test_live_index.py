"""The live index answers as the one in memory does: same records, scores and bands, and the same word on what it left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tequio.kernel.prepared import raw
from tequio.matching import MemoryIndex, Rarity, keys, name_tokens, steps
from tequio.people.domain import Subject
from tequio.search import segments, selectors, services
from tests.search.base import Registry, Shown, answer, merge_all, registry, searched

__all__ = ["registry"]
pytestmark = pytest.mark.django_db

GIVEN = ("Juan", "José Luis", "María", "Filiberto", "Ma. Guadalupe", "Pancho", "Jaun")
SURNAMES = ("Hernández", "Muñoz", "Mu?oz", "Zepeda", "de la Cruz", "Hernandes", "")
people = st.builds(
    lambda given, paternal, maternal, birth, sex, alias, phone: Subject.from_fields(
        given=given, paternal=paternal, maternal=maternal, birth_date=birth, sex=sex, aliases=alias, phones=phone
    ),
    st.sampled_from(GIVEN),
    st.sampled_from(SURNAMES[:-1]),
    st.sampled_from(SURNAMES),
    st.sampled_from(["1984-03-07", "1984-07-03", "1984", "1961-01-02", None]),
    st.sampled_from(["H", "M", None]),
    st.sampled_from([(), ("El Güero",), ("Juan Zepeda",)]),
    st.sampled_from([(), ("3335551234",)]),
)
crowds = st.lists(people, min_size=1, max_size=6)
deeds = st.lists(
    st.one_of(
        st.tuples(st.just("enter"), crowds),
        st.tuples(st.just("correct"), st.integers(0, 20), people),
        st.tuples(st.just("cancel"), st.integers(0, 20)),
        st.tuples(st.just("count")),
        st.tuples(st.just("merge")),
    ),
    min_size=1,
    max_size=8,
)
bounded = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def in_memory(index: MemoryIndex, person: Subject, budget: int = 300) -> tuple[Shown, bool]:
    """What the index in memory answers."""
    [found] = index.query([person], budget=budget)
    return [(c.id, c.score, c.band) for c in found], found.cut


def same_context(subjects: Sequence[Subject]) -> Rarity:
    """How common names are as the live index counts it."""
    state = selectors.state()
    aliases = {token for subject in subjects for alias in subject.aliases for token in alias.tokens}
    words = aliases.union(*(name_tokens(subject) for subject in subjects))
    return Rarity(selectors.token_counts(steps.counted(words)), state.records)


def do(registry: Registry, deed: tuple[Any, ...], stands: dict[UUID, Subject]) -> None:
    """One deed. `stands`: the records in the order in which they last changed."""
    kind, *what = deed
    if kind == "enter":
        stands.update(zip(registry.enter(what[0]), what[0], strict=True))
    elif kind == "count":
        registry.count()
    elif kind == "merge":
        merge_all()
    elif stands:
        record_id = list(stands)[what[0] % len(stands)]
        del stands[record_id]
        if kind == "cancel":
            registry.cancel(record_id)
        else:
            registry.correct(record_id, what[1])
            stands[record_id] = what[1]


@bounded
@given(history=deeds, asked=crowds)
def test_whatever_happened_both_indexes_answer_the_same(
    history: list[tuple[Any, ...]], asked: list[Subject], registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        fresh = Registry()
        searched(fresh, monkeypatch)
        stands: dict[UUID, Subject] = {}
        for deed in history:
            do(fresh, deed, stands)
        held = [replace(person, id=str(record_id)) for record_id, person in stands.items()]
        index = MemoryIndex.build(held, same_context([*held, *asked]))
        for person in [*asked, *held[:3]]:
            assert answer(person) == in_memory(index, person)
        assert selectors.state().living == len(held)
        transaction.set_rollback(True)


@bounded
@given(
    history=st.lists(st.one_of(crowds, st.sampled_from(["count", "merge"])), min_size=1, max_size=8),
    asked=crowds,
    budget=st.integers(1, 12),
)
def test_within_any_budget_both_read_weigh_and_leave_the_same(
    history: list[Any], asked: list[Subject], budget: int, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        fresh = Registry()
        searched(fresh, monkeypatch)
        stands: dict[UUID, Subject] = {}
        for deed in history:
            do(fresh, (deed,) if isinstance(deed, str) else ("enter", deed), stands)
        index = MemoryIndex.build(replace(person, id=str(record_id)) for record_id, person in stands.items())
        for person in asked:
            assert answer(person, budget) == in_memory(index, person, budget)
        transaction.set_rollback(True)


def _crowd(count: int) -> list[Subject]:
    return [
        Subject.from_fields(given="Juan", paternal="Hernández", maternal=f"Ap{chr(97 + n % 26)}llido{chr(97 + n // 26 % 26)}",
            birth_date=f"19{50 + n % 50}-0{1 + n % 9}-{10 + n % 19}", sex="H")
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("budget", [2, 40, 150, 300])
def test_a_name_that_hundreds_have_is_read_in_part_and_said_so_by_both(merged: bool, budget: int, registry: Registry) -> None:
    people = _crowd(900)
    ids = registry.enter(people[:400]) + registry.enter(people[400:])
    if merged:
        merge_all()
    index = MemoryIndex.build(replace(person, id=str(record_id)) for record_id, person in zip(ids, people, strict=True))
    common = Subject.from_fields(given="Juan", paternal="Hernández")
    for person in (common, people[5], replace(people[800], birth_dates=())):
        assert answer(person, budget) == in_memory(index, person, budget)
    assert answer(common, 150)[1]


def test_a_target_s_search_finds_every_record_that_shares_a_key_however_many(registry: Registry) -> None:
    people = _crowd(900)
    ids = registry.enter(people)
    registry.cancel(ids[0])
    merge_all()
    registry.correct(ids[1], Subject.from_fields(given="Rutilio", paternal="Arzate", maternal="Ibarrola"))
    from_common = selectors.records_with(keys(Subject.from_fields(given="Juan", paternal="Hernández")))
    assert {pair.record_id for pair in from_common} == set(ids[2:])


def test_written_together_by_night_the_index_is_one_segment_and_answers_the_same(registry: Registry) -> None:
    people = _crowd(60)
    ids = [registry.enter(people[at : at + 20])[0] for at in (0, 20, 40)]
    registry.cancel(ids[0])
    registry.correct(ids[1], people[1])
    before = [answer(person) for person in people[:4]]
    assert len(segments.segments(raw())) > 1
    assert services.settle_index() == 1
    assert len(segments.segments(raw())) == 1
    assert services.settle_index() == 0
    assert [answer(person) for person in people[:4]] == before
