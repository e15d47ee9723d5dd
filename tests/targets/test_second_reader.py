"""What is almost certain is confirmed by two people, and where readers disagree a third decides. Nobody is told before."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tequio.targets import domain
from tequio.targets.domain import HitChanged, HitState, SupervisorDecides, Verdict
from tequio.targets.models import Judgement
from tequio.targets.services import judge_hit, seen_of
from tests.cli.running import tequio
from tests.story import all_notices, correct_juan, hit_of_juan, judge_once, the_hit, two_must_agree_in
from tests.world import REVIEW, Cast, stored

PEOPLE = ("ana", "beto", "carla", "supervisor")
POSITIVE, NEGATIVE, UNSURE = Verdict.POSITIVE, Verdict.NEGATIVE, Verdict.UNSURE


def _said(*words: tuple[str, Verdict], two_needed: bool = True) -> domain.Reading:
    reading = domain.Reading(HitState.OPEN, {})
    for who, verdict in words:
        reading = domain.read(reading.state, reading.said, who, verdict, two_needed=two_needed, may_settle=who == "supervisor")
    return reading


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ([("ana", POSITIVE)], HitState.PROPOSED),
        ([("ana", POSITIVE), ("ana", POSITIVE)], HitState.PROPOSED),
        ([("ana", POSITIVE), ("beto", POSITIVE)], HitState.CONFIRMED),
        ([("ana", POSITIVE), ("beto", NEGATIVE)], HitState.DISPUTED),
        ([("ana", POSITIVE), ("beto", UNSURE)], HitState.DISPUTED),
        ([("ana", POSITIVE), ("ana", NEGATIVE)], HitState.REJECTED),
        ([("ana", NEGATIVE)], HitState.REJECTED),
        ([("ana", NEGATIVE), ("beto", POSITIVE)], HitState.PROPOSED),
        ([("ana", POSITIVE), ("beto", NEGATIVE), ("ana", NEGATIVE)], HitState.REJECTED),
        ([("ana", POSITIVE), ("beto", NEGATIVE), ("beto", POSITIVE)], HitState.CONFIRMED),
        ([("ana", POSITIVE), ("beto", NEGATIVE), ("supervisor", POSITIVE)], HitState.CONFIRMED),
        ([("ana", POSITIVE), ("beto", NEGATIVE), ("supervisor", UNSURE)], HitState.UNSURE),
        ([("ana", POSITIVE), ("beto", POSITIVE), ("carla", NEGATIVE)], HitState.DISPUTED),
    ],
)
def test_what_each_order_of_readings_comes_to(words: list[tuple[str, Verdict]], state: HitState) -> None:
    assert _said(*words).state is state


def test_where_readers_disagree_a_third_analyst_decides_nothing() -> None:
    with pytest.raises(SupervisorDecides) as refusal:
        _said(("ana", POSITIVE), ("beto", NEGATIVE), ("carla", POSITIVE))
    assert refusal.value.hint


@given(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(Verdict)), max_size=12))
def test_nothing_is_confirmed_on_one_persons_word(words: list[tuple[str, Verdict]]) -> None:
    reading = domain.Reading(HitState.OPEN, {})
    for who, verdict in words:
        try:
            reading = domain.read(reading.state, reading.said, who, verdict, two_needed=True, may_settle=who == "supervisor")
        except SupervisorDecides:
            continue
        if reading.state is HitState.CONFIRMED:
            assert sum(said == POSITIVE.value for said in reading.said.values()) >= 2


@given(st.sampled_from(HitState), st.sampled_from(Verdict))
def test_where_one_is_enough_the_last_word_is_in_force(state: HitState, verdict: Verdict) -> None:
    if state in (HitState.PROPOSED, HitState.DISPUTED):
        return
    reading = domain.read(state, {}, "ana", verdict, two_needed=False, may_settle=False)
    assert reading.state is domain.HIT_STATE_OF[verdict]


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
class TestOnTheRecord:
    def test_no_notice_leaves_before_two_agree(self, cast: Cast, tmp_path: Path) -> None:
        _, hit = hit_of_juan(cast, tmp_path)
        assert hit.band == "casi cierta"
        assert judge_once(cast.jalisco_analyst, hit, POSITIVE).state == HitState.PROPOSED
        judge_once(cast.jalisco_analyst, hit, POSITIVE)
        assert not all_notices() and len(stored(Judgement)) == 1
        assert judge_once(cast.jalisco_second, hit, POSITIVE).state == HitState.CONFIRMED
        assert [n.issued_by for n in all_notices()] == ["jalisco_second"]

    def test_a_disagreement_waits_for_the_supervisor_and_tells_nobody(self, cast: Cast, tmp_path: Path) -> None:
        _, hit = hit_of_juan(cast, tmp_path)
        judge_once(cast.jalisco_analyst, hit, POSITIVE)
        assert judge_once(cast.jalisco_second, hit, NEGATIVE).state == HitState.DISPUTED
        assert not all_notices()
        assert judge_once(cast.jalisco_supervisor, hit, POSITIVE).state == HitState.CONFIRMED
        assert len(all_notices()) == 1

    def test_a_later_doubt_takes_the_notice_back_and_goes_to_the_supervisor(self, cast: Cast, tmp_path: Path) -> None:
        _, hit = hit_of_juan(cast, tmp_path)
        for who in (cast.jalisco_analyst, cast.jalisco_second):
            judge_once(who, hit, POSITIVE)
        assert judge_once(cast.jalisco_second, hit, UNSURE).state == HitState.DISPUTED
        assert [n.withdrawn_at is not None for n in all_notices()] == [True]

    def test_the_parameter_says_in_which_bands(self, cast: Cast, tmp_path: Path) -> None:
        _, hit = hit_of_juan(cast, tmp_path)
        two_must_agree_in("probable")
        assert judge_once(cast.jalisco_analyst, hit, POSITIVE).state == HitState.CONFIRMED

    def test_what_was_shown_is_what_is_judged(self, cast: Cast, tmp_path: Path) -> None:
        _, hit = hit_of_juan(cast, tmp_path)
        seen = seen_of(hit)
        correct_juan(cast, {"birth_date": None, "birth_date_text": ""})
        with pytest.raises(HitChanged):
            judge_hit(actor=cast.jalisco_analyst, purpose=REVIEW, hit_id=hit.id, verdict=NEGATIVE, reason="No es.", seen=seen)
        assert the_hit(cast.jalisco_analyst).state == HitState.OPEN and not stored(Judgement)
        now = seen_of(the_hit(cast.jalisco_analyst))
        judge_hit(actor=cast.jalisco_analyst, purpose=REVIEW, hit_id=hit.id, verdict=NEGATIVE, reason="No es.", seen=now)
        assert the_hit(cast.jalisco_analyst).state == HitState.REJECTED

    def test_the_command_says_what_follows(self, cast: Cast, tmp_path: Path) -> None:
        _, hit = hit_of_juan(cast, tmp_path)
        why = ("--purpose", "revision_coincidencia", "--folio", "F-1", "--reason", "Se cotejó.")
        first = tequio("hit", "confirm", str(hit.id), *why, user="jalisco_analyst")
        assert "Falta que otra persona" in first.out
        stale = tequio("hit", "confirm", str(hit.id), *why, "--seen", "otra", "--json", user="jalisco_second")
        assert stale.code == "COINCIDENCIA_CAMBIADA"
        assert "aviso se emitió" in tequio("hit", "confirm", str(hit.id), *why, user="jalisco_second").out
