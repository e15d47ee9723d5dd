"""Records of one person and one event are one hit, judged once; two detentions of one person stay two."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tequio.access.domain import Actor
from tequio.registries.rnd.services import cancel_detention, correct_detention
from tequio.targets import selectors
from tequio.targets.domain import HitState, RecordStanding, Verdict
from tequio.targets.models import Hit
from tests.cli.running import tequio
from tests.story import all_notices, correct_juan, hits_of, judge, kinds, the_hit
from tests.targets.people import DAY, HIMSELF, JUANS_CURP, NAMESAKE, SOMEBODY_ELSE, detain, last_event, records_of
from tests.world import JUAN, SUPPLY, Cast, detention, draft_of, react, seen, supply, watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

LATER = DAY + timedelta(days=1)


def _hits(cast: Cast) -> list[Hit]:
    return hits_of(cast.jalisco_analyst)


def _keys(hit: Hit) -> list[str]:
    return [str(r.summary["clave_registro"]) for r in records_of(hit)]


def test_one_detention_that_two_agencies_record_is_one_hit_with_both_records(cast: Cast) -> None:
    watch(cast, draft_of(JUAN))
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    detain(cast.jalisco_supervisor, "JAL-77", HIMSELF, detained_on=LATER)
    hit = the_hit(cast.jalisco_analyst)
    assert _keys(hit) == ["NAY-0001", "JAL-77"]
    assert hit.record_count == 2
    assert kinds(hit) == ["abierta", "registro_unido"]
    assert last_event(hit).detail["key"] == "JAL-77"


def test_a_batch_that_says_it_twice_opens_one_hit(cast: Cast, tmp_path: Path) -> None:
    watch(cast, draft_of(JUAN))
    supply(cast.nayarit_capturist, tmp_path, [JUAN, JUAN | {"clave_registro": "NAY-0002"}])
    assert sorted(_keys(the_hit(cast.jalisco_analyst))) == ["NAY-0001", "NAY-0002"]


def test_a_target_that_comes_last_finds_the_same(cast: Cast) -> None:
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    detain(cast.jalisco_supervisor, "JAL-77", HIMSELF, detained_on=LATER)
    watch(cast, draft_of(JUAN))
    assert sorted(_keys(the_hit(cast.jalisco_analyst))) == ["JAL-77", "NAY-0001"]


@pytest.mark.parametrize("apart", [2, 8, 400])
def test_two_detentions_of_one_person_stay_two_hits(apart: int, cast: Cast) -> None:
    watch(cast, draft_of(JUAN))
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF, detained_on=DAY - timedelta(days=apart))
    detain(cast.nayarit_capturist, "NAY-0002", HIMSELF)
    assert sorted(_keys(hit) for hit in _hits(cast)) == [["NAY-0001"], ["NAY-0002"]]


def test_days_in_a_row_do_not_chain_into_one_hit(cast: Cast) -> None:
    watch(cast, draft_of(JUAN))
    for n in range(4):
        detain(cast.nayarit_capturist, f"NAY-{n}", HIMSELF, detained_on=DAY - timedelta(days=n))
    assert sorted(hit.record_count for hit in _hits(cast)) == [2, 2]


def test_two_people_who_may_each_be_the_target_stay_two_hits(cast: Cast) -> None:
    watch(cast, draft_of(JUAN))
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    detain(cast.nayarit_capturist, "NAY-0002", HIMSELF, birth_date=HIMSELF["birth_date"].replace(day=9), sex="M")  # type: ignore[attr-defined]
    assert len(_hits(cast)) == 2


def test_a_record_sent_on_under_its_key_joins_even_if_it_says_less(cast: Cast) -> None:
    watch(cast, draft_of(JUAN, aliases=("El Zurdo de Tala",)))
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    bare = NAMESAKE | {"birth_date": None, "birth_date_text": "1984"}
    detain(cast.jalisco_supervisor, "nay-0001", bare)
    assert [hit.record_count for hit in _hits(cast)] == [2]


def test_the_hit_shows_its_best_record_that_stands(cast: Cast) -> None:
    watch(cast, draft_of(JUAN, curps=(JUANS_CURP,)))
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    first = the_hit(cast.jalisco_analyst)
    best = detain(cast.jalisco_supervisor, "JAL-77", HIMSELF, curp=JUANS_CURP)
    hit = the_hit(cast.jalisco_analyst)
    assert (hit.id, hit.record_id, hit.exact) == (first.id, best, True)
    assert hit.score == max(r.score for r in records_of(hit)) > first.score
    assert (hit.record_agency.code, hit.record_summary["clave_registro"]) == ("JC-SSP", "JAL-77")


def test_when_its_best_record_is_cancelled_the_hit_stands_on_the_other(cast: Cast) -> None:
    watch(cast, draft_of(JUAN, curps=(JUANS_CURP,)))
    detain(cast.nayarit_supervisor, "NAY-0001", HIMSELF, curp=JUANS_CURP)
    detain(cast.jalisco_supervisor, "JAL-77", HIMSELF)
    found = detention(cast.nayarit_supervisor, "NAY-0001")
    cancel_detention(actor=cast.nayarit_supervisor, purpose=SUPPLY, detention_id=found.id, reason="Se duplicó.")
    react()
    hit = the_hit(cast.jalisco_analyst)
    assert (hit.record_standing, hit.record_summary["clave_registro"], hit.exact) == (RecordStanding.STANDS, "JAL-77", False)
    assert [r.standing for r in records_of(hit)] == ["registro_cancelado", "vigente"]
    assert judge(cast, hit, Verdict.POSITIVE).state == HitState.CONFIRMED


def test_a_hit_none_of_whose_records_stands_says_so_and_cannot_be_confirmed(cast: Cast) -> None:
    watch(cast, draft_of(JUAN))
    for actor, key in ((cast.nayarit_supervisor, "NAY-0001"), (cast.jalisco_supervisor, "JAL-77")):
        detain(actor, key, HIMSELF)
    for actor, key in ((cast.nayarit_supervisor, "NAY-0001"), (cast.jalisco_supervisor, "JAL-77")):
        cancel_detention(actor=actor, purpose=SUPPLY, detention_id=detention(actor, key).id, reason="x")
        react()
    hit = the_hit(cast.jalisco_analyst)
    assert hit.record_standing == RecordStanding.CANCELLED
    assert kinds(hit) == ["abierta", "registro_unido", "registro_cancelado", "registro_cancelado"]


@pytest.mark.parametrize("verdict", [Verdict.POSITIVE, Verdict.NEGATIVE, Verdict.UNSURE])
def test_a_record_that_joins_a_judged_hit_leaves_the_judgement_as_it_is(verdict: Verdict, cast: Cast) -> None:
    watch(cast, draft_of(JUAN))
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    hit = judge(cast, the_hit(cast.jalisco_analyst), verdict)
    detain(cast.jalisco_supervisor, "JAL-77", HIMSELF)
    after = the_hit(cast.jalisco_analyst)
    assert (after.state, after.record_count) == (hit.state, 2)
    readings = ["juzgada"] * (2 if verdict is Verdict.POSITIVE else 1)
    assert kinds(hit) == ["abierta", *readings, "registro_unido"]
    assert len(all_notices()) == (verdict is Verdict.POSITIVE)


def test_a_record_that_brings_new_evidence_brings_a_rejected_hit_back_and_says_what_is_new(cast: Cast) -> None:
    watch(cast, draft_of(JUAN, curps=(JUANS_CURP,)))
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    hit = judge(cast, the_hit(cast.jalisco_analyst), Verdict.NEGATIVE)
    detain(cast.jalisco_supervisor, "JAL-77", HIMSELF, curp=JUANS_CURP)
    assert the_hit(cast.jalisco_analyst).state == HitState.OPEN
    assert kinds(hit) == ["abierta", "juzgada", "registro_unido", "reabierta"]
    detail = last_event(hit).detail
    assert detail["was"] == "rechazada"
    [curp] = [one for one in detail["news"] if one["feature"] == "CURP"]
    assert (curp["before"]["right"], curp["now"]["right"], curp["now"]["level"]) == ("", JUANS_CURP, "igual")


def test_a_corrected_record_that_proves_to_be_of_another_day_leaves_for_a_hit_of_its_own(cast: Cast) -> None:
    watch(cast, draft_of(JUAN))
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    detain(cast.nayarit_capturist, "NAY-0002", HIMSELF)
    former = judge(cast, the_hit(cast.jalisco_analyst), Verdict.NEGATIVE)
    correct_juan(cast, {"detained_on": DAY - timedelta(days=90)}, key="NAY-0002")
    [kept] = [h for h in _hits(cast) if h.id == former.id]
    [new] = [h for h in _hits(cast) if h.id != former.id]
    assert (_keys(kept), _keys(new)) == (["NAY-0001"], ["NAY-0002"])
    assert (kept.state, new.state, kept.record_count) == (HitState.REJECTED, HitState.OPEN, 1)
    assert kinds(kept)[-1] == "registro_separado"
    assert last_event(kept).detail["hit"] == str(new.id)
    assert last_event(new).detail["from_hit"] == str(kept.id)


def test_a_record_corrected_into_somebody_else_stays_in_its_hit_and_no_longer_matches(cast: Cast) -> None:
    watch(cast, draft_of(JUAN))
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    detain(cast.nayarit_capturist, "NAY-0002", HIMSELF)
    correct_juan(cast, SOMEBODY_ELSE, key="NAY-0002")
    hit = the_hit(cast.jalisco_analyst)
    assert hit.record_standing == RecordStanding.STANDS
    assert [r.standing for r in records_of(hit)] == ["vigente", "ya_no_coincide"]


def test_the_reviewer_sees_every_record_and_that_they_are_judged_once(cast: Cast) -> None:
    watch(cast, draft_of(JUAN))
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    detain(cast.jalisco_supervisor, "JAL-77", HIMSELF)
    hit = the_hit(cast.jalisco_analyst)
    words = ("hit", "show", hit.id, "--purpose", "revision_coincidencia", "--folio", "O-1")
    told = tequio(*words, user="jalisco_analyst").out
    assert "NAY-0001" in told and "JAL-77" in told and "se juzgan una vez" in told
    data = tequio(*words, "--json", user="jalisco_analyst").data["hit"]
    assert [(r["agency"], r["clave_registro"]) for r in data["records"]] == [("NT-SSPC", "NAY-0001"), ("JC-SSP", "JAL-77")]
    assert data["record_count"] == 2


def test_neither_supplier_learns_that_the_other_recorded_the_same(cast: Cast) -> None:
    watch(cast, draft_of(JUAN))
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    detain(cast.jalisco_supervisor, "JAL-77", HIMSELF)
    assert hits_of(cast.nayarit_analyst) == []
    assert seen(selectors.records_of_hit, the_hit(cast.jalisco_analyst).id)


def _correct_day(actor: Actor, key: str) -> None:
    found = detention(actor, key)
    correct_detention(
        actor=actor, purpose=SUPPLY, detention_id=found.id, changes={"municipality_code": "18008"}, reason="Se verificó."
    )
    react()


def test_a_correction_that_tells_nothing_of_the_person_leaves_the_records_together(cast: Cast) -> None:
    watch(cast, draft_of(JUAN))
    detain(cast.nayarit_supervisor, "NAY-0001", HIMSELF)
    detain(cast.jalisco_supervisor, "JAL-77", HIMSELF)
    _correct_day(cast.nayarit_supervisor, "NAY-0001")
    hit = the_hit(cast.jalisco_analyst)
    assert hit.record_count == 2
    assert records_of(hit)[0].summary["municipio"] == "18008"
