"""What becomes of a hit when its record or its target does not stand any more: it says so, and it stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps

from tequio.access.scoping import NATIONAL, reach
from tequio.matching import ALERT_THRESHOLD
from tequio.registries.rnd.models import Detention
from tequio.registries.rnd.services import cancel_detention
from tequio.targets.domain import HitState, HitWithoutStanding, RecordStanding, TargetState, Verdict
from tequio.targets.models import Hit, Target
from tequio.targets.services import close_target, resume_target, suspend_target
from tests.story import all_notices, correct_juan, hit_of_juan, hits_of, judge, kinds, the_hit
from tests.world import JUAN, SUPPLY, WATCH, Cast, detention, draft_of, react, supply, watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

SOMEBODY_ELSE = {
    "given_names": "Rutilio", "paternal_surname": "Arzate", "maternal_surname": "Ibarrola", "birth_date": date(1961, 1, 2),
    "birth_state": "27",
}  # fmt: skip
HIMSELF = {
    "given_names": "Filiberto", "paternal_surname": "Muñoz", "maternal_surname": "Zepeda", "birth_date": date(1984, 3, 7),
    "birth_state": "14",
}  # fmt: skip
PERSONAL = ("FILIBERTO", "MUÑOZ", "MUNOZ", "ZEPEDA", "1984", "APREHENSOR", "OFICIAL DE PRUEBA")

Cancel = Callable[[Cast, Path], None]


def _cancel_by_hand(cast: Cast, folder: Path) -> None:
    found = detention(cast.nayarit_supervisor, "NAY-0001")
    for _ in range(2):
        cancel_detention(actor=cast.nayarit_supervisor, purpose=SUPPLY, detention_id=found.id, reason="Se duplicó.")
    react()


def _cancel_by_supply(cast: Cast, folder: Path) -> None:
    row = JUAN | {"operacion": "cancelacion", "motivo_cambio": "Se duplicó."}
    batch = supply(cast.nayarit_supervisor, folder, [row])
    assert batch.counts["cancelados"] == 1, batch.counts


def test_a_record_corrected_into_somebody_else_no_longer_matches_and_the_hit_stays(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    correct_juan(cast, SOMEBODY_ELSE)
    kept = the_hit(cast.jalisco_analyst)
    assert kept.id == hit.id
    assert kept.record_standing == RecordStanding.NO_LONGER_MATCHES
    assert kept.score < ALERT_THRESHOLD
    assert (hit.record_version, kept.record_version) == (1, 2)
    assert not hits_of(cast.jalisco_analyst, standing_only=True)
    with pytest.raises(HitWithoutStanding):
        judge(cast, hit, Verdict.POSITIVE)
    assert not all_notices()


def test_a_record_corrected_back_matches_again(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    correct_juan(cast, SOMEBODY_ELSE)
    correct_juan(cast, HIMSELF)
    back = the_hit(cast.jalisco_analyst)
    assert back.record_standing == RecordStanding.STANDS
    assert back.score >= ALERT_THRESHOLD
    assert kinds(hit) == ["abierta", "ya_no_coincide", "vuelve_a_coincidir"]
    assert judge(cast, hit, Verdict.POSITIVE).state == HitState.CONFIRMED


def test_a_correction_by_supply_tells_the_hit_too(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    supply(cast.nayarit_capturist, tmp_path, [JUAN | {"fecha_nacimiento": "1984-07-03"}])
    changed = the_hit(cast.jalisco_analyst)
    assert changed.score != hit.score
    assert changed.record_version == 2
    assert kinds(hit)[1:] in (["evidencia_cambiada"], ["ya_no_coincide"])


def test_the_same_record_again_changes_nothing_of_the_hit(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    supply(cast.nayarit_capturist, tmp_path, [JUAN], batch="otra-vez")
    assert the_hit(cast.jalisco_analyst).updated_at == hit.updated_at
    assert kinds(hit) == ["abierta"]


@pytest.mark.parametrize("cancel", [_cancel_by_hand, _cancel_by_supply])
def test_a_cancelled_record_leaves_a_hit_with_its_evidence_and_a_tombstone_without(
    cancel: Cancel, cast: Cast, tmp_path: Path
) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    cancel(cast, tmp_path)
    kept = the_hit(cast.jalisco_analyst)
    assert kept.record_standing == RecordStanding.CANCELLED
    assert kept.explanation == hit.explanation
    assert kept.record_summary == hit.record_summary
    assert kinds(hit) == ["abierta", "registro_cancelado"]
    with pytest.raises(HitWithoutStanding) as refusal:
        judge(cast, hit, Verdict.POSITIVE)
    assert "registro_cancelado" in refusal.value.message
    with reach(NATIONAL):
        tombstone = Detention.objects.filter(pk=hit.record_id).values().get()
    assert tombstone["cancelled_at"] is not None
    told = json.dumps(tombstone, default=str, ensure_ascii=False).upper()
    assert not [word for word in PERSONAL if word in told]
    with reach(NATIONAL):
        [former] = apps.get_model("rnd", "DetentionVersion").objects.filter(pgh_obj_id=hit.record_id)
    assert (former.version, former.given_names, former.paternal_surname) == (1, "Filiberto", "Muñoz")


@pytest.mark.parametrize("cancel", [_cancel_by_hand, _cancel_by_supply])
def test_a_cancelled_record_raises_no_new_hit(cancel: Cancel, cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    cancel(cast, tmp_path)
    target, _ = _target_only(cast)
    assert target.state == TargetState.ACTIVE
    assert not hits_of(cast.jalisco_analyst)


def _target_only(cast: Cast) -> tuple[Target, list[Hit]]:
    target = watch(cast, draft_of(JUAN))
    return target, hits_of(cast.jalisco_analyst)


def test_a_stopped_target_is_said_by_its_hits_until_it_goes_on(cast: Cast, tmp_path: Path) -> None:
    target, hit = hit_of_juan(cast, tmp_path)
    boss = cast.jalisco_supervisor
    suspend_target(actor=boss, purpose=WATCH, target_id=target.id, reason="Se revisa.")
    assert the_hit(cast.jalisco_analyst).target_state == TargetState.SUSPENDED
    assert not hits_of(cast.jalisco_analyst, standing_only=True)
    resume_target(actor=boss, purpose=WATCH, target_id=target.id, reason="Procede.")
    react()
    assert the_hit(cast.jalisco_analyst).target_state == TargetState.ACTIVE
    close_target(actor=boss, purpose=WATCH, target_id=target.id, reason="Se cumplió.")
    closed = the_hit(cast.jalisco_analyst)
    assert (closed.target_state, closed.state, closed.id) == (TargetState.CLOSED, HitState.OPEN, hit.id)
    with pytest.raises(HitWithoutStanding):
        judge(cast, hit, Verdict.POSITIVE)
    assert kinds(hit) == ["abierta", "objetivo_suspendido", "objetivo_reanudado", "objetivo_cerrado"]


def test_the_timeline_tells_the_whole_life_in_order(cast: Cast, tmp_path: Path) -> None:
    target, hit = hit_of_juan(cast, tmp_path)
    correct_juan(cast, SOMEBODY_ELSE)
    correct_juan(cast, HIMSELF)
    judge(cast, hit, Verdict.POSITIVE)
    judge(cast, hit, Verdict.UNSURE)
    suspend_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason="Se revisa.")
    _cancel_by_hand(cast, tmp_path)
    assert kinds(hit) == [
        "abierta", "ya_no_coincide", "vuelve_a_coincidir", "juzgada", "juzgada", "juzgada", "objetivo_suspendido",
        "registro_cancelado",
    ]  # fmt: skip
    assert [n.withdrawn_at is not None for n in all_notices()] == [True]


def test_a_confirmed_hit_says_that_its_record_was_cancelled_and_keeps_its_notice(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.POSITIVE)
    _cancel_by_hand(cast, tmp_path)
    kept = the_hit(cast.jalisco_analyst)
    assert (kept.state, kept.record_standing) == (HitState.CONFIRMED, RecordStanding.CANCELLED)
    assert len(all_notices()) == 1
