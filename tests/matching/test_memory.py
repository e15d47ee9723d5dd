"""Held in memory, three hundred people and their bad records: keys bring them together, relatives and namesakes stay apart."""

import random

import pytest

from tequio.matching import ALERT_THRESHOLD, MemoryIndex, compare, keys
from tequio.people.domain import Subject
from tests.matching import people_cast as cast


@pytest.fixture(scope="module")
def world():
    rng, people = cast.population(300, seed=20220802)
    records = [cast.subject(p, id=i) for i, p in enumerate(people)]
    return rng, people, records, MemoryIndex.build(records)


@pytest.mark.parametrize("kind", cast.CORRUPTIONS)
def test_keys_find_the_person_behind_a_bad_record(world, kind):
    _, people, records, _ = world
    rng = random.Random(kind)
    met = sum(
        not keys(cast.subject(cast.CORRUPTIONS[kind](rng, p))).isdisjoint(keys(record))
        for p, record in zip(people, records, strict=True)
    )
    assert met / len(people) >= 0.97


def test_the_person_is_among_the_first_ten(world):
    _, people, _, index = world
    rng = random.Random(1)
    kinds = list(cast.CORRUPTIONS)
    asked = [cast.subject(cast.CORRUPTIONS[kinds[i % len(kinds)]](rng, p)) for i, p in enumerate(people)]
    answers = index.query(asked, limit=10)
    assert sum(i in [c.id for c in found] for i, found in enumerate(answers)) / len(people) >= 0.98


def test_twins_stand_apart(world):
    _, people, records, _ = world
    rng = random.Random(2)
    alarms = 0
    for p, record in zip(people, records, strict=True):
        pool = cast.GIVEN_H if p["sex"] == "H" else cast.GIVEN_M
        other = rng.choice([g for g in pool if g not in p["given"] and g not in {"José", "María"}])
        explanation = compare(record, cast.subject(cast.with_curp(p | {"given": other})))
        alarms += explanation.score >= ALERT_THRESHOLD and not (explanation.conflicts and explanation.band == "posible")
    assert alarms == 0


def test_namesakes_stand_apart(world):
    _, people, records, _ = world
    rng = random.Random(3)
    alarms = 0
    for p, record in zip(people, records, strict=True):
        born = p["birth_date"].replace(year=p["birth_date"].year - 17, day=min(28, p["birth_date"].day + 1))
        explanation = compare(
            record, cast.subject(cast.with_curp(p | {"birth_date": born, "birth_state": rng.choice(cast.STATES)}))
        )
        alarms += explanation.score >= ALERT_THRESHOLD and not (explanation.conflicts and explanation.band == "posible")
    assert alarms == 0


def test_strangers_open_no_hit(world):
    _, _, _, index = world
    _, strangers = cast.population(300, seed=77)
    found = index.query([cast.subject(p) for p in strangers], limit=1)
    assert sum(bool(c) and c[0].score >= ALERT_THRESHOLD for c in found) / len(found) <= 0.01


def test_candidates_come_best_first_within_the_limit(world):
    _, people, _, index = world
    found = index.query([cast.subject(people[0])], limit=3, explain=True)[0]
    assert found[0].id == 0 and len(found) <= 3
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)
    assert found[0].explanation is not None and found[0].explanation.score == found[0].score


def test_an_empty_index_and_an_empty_question_answer_nothing(world):
    assert MemoryIndex.build([]).query([Subject.from_fields(full_name="Juan Ruiz Soto")]) == [[]]
    assert world[3].query([Subject()]) == [[]]
