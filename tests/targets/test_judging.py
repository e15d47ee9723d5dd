"""Only a person turns a hit into anything, with a reason, and nothing that was said is erased."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

import tequio
from tequio.access.domain import Purpose, PurposeCode
from tequio.access.scoping import NATIONAL, reach
from tequio.audit.models import Line
from tequio.kernel.errors import Invalid, NotAllowed, NotFound, PurposeRequired
from tequio.kernel.ids import new_id
from tequio.notices.domain import NoticeKind
from tequio.registries.rnd.domain import CustodyKind
from tequio.registries.rnd.services import CustodyStep, add_custody_event
from tequio.targets import selectors
from tequio.targets.domain import REOPENING_GAIN, HitState, HitWithoutStanding, Priority, Verdict
from tequio.targets.models import HitEvent, Judgement, TargetEvent
from tequio.targets.services import judge_hit, read_hit, suspend_target
from tests.story import (
    NOON,
    all_notices,
    correct_juan,
    hit_of_juan,
    hits_of,
    judge,
    kinds,
    notices_of,
    the_hit,
    two_must_agree_in,
)
from tests.world import REVIEW, SUPPLY, WATCH, Cast, detention, seen, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def test_confirming_tells_the_issuer_once_and_repeating_it_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    target, hit = hit_of_juan(cast, tmp_path)
    two_must_agree_in()
    for _ in range(2):
        assert judge(cast, hit, Verdict.POSITIVE).state == HitState.CONFIRMED
    [notice] = all_notices()
    assert (notice.agency.code, notice.kind, notice.issued_by) == ("JC-SSP", NoticeKind.DETENTION, "jalisco_analyst")
    assert notice.content == {
        "objetivo": target.folio, "coincidencia": str(hit.id), "custodia_de": "NT-SSPC", "detenida_el": "2026-10-20",
        "entidad": "18", "municipio": "18017", "tipo_registro": "hecho_probablemente_delictivo", "custodia": "REGISTRADA",
    }  # fmt: skip
    assert len(seen(selectors.judgements, hit.id)) == 1
    assert kinds(hit) == ["abierta", "juzgada"]


@pytest.mark.parametrize(
    ("priority", "urgency", "minutes"),
    [(Priority.HIGH, "urgente", 10), (Priority.MEDIUM, "ordinario", 60), (Priority.ORDINARY, "ordinario", 60)],
)
def test_the_clock_follows_the_priority(priority: Priority, urgency: str, minutes: int, cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path, priority=priority)
    judge(cast, hit, Verdict.POSITIVE)
    [notice] = all_notices()
    assert notice.urgency == urgency
    assert notice.acknowledge_within == timedelta(minutes=minutes)
    assert notice.escalate_after == timedelta(minutes=2 * minutes)


def test_a_notice_tells_where_the_person_is_when_it_leaves(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    step = CustodyStep(CustodyKind.TO_PROSECUTOR, NOON)
    found = detention(cast.nayarit_capturist, "NAY-0001")
    add_custody_event(actor=cast.nayarit_capturist, purpose=SUPPLY, detention_id=found.id, step=step)
    judge(cast, hit, Verdict.POSITIVE)
    [notice] = all_notices()
    assert notice.content["custodia"] == "PUESTA_A_DISPOSICION_MP"


@pytest.mark.parametrize("verdict", [Verdict.NEGATIVE, Verdict.UNSURE])
def test_no_other_verdict_tells_anybody(verdict: Verdict, cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, verdict)
    assert not all_notices()


def test_changing_ones_mind_supersedes_the_judgement_and_takes_the_notice_back(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    two_must_agree_in()
    judge(cast, hit, Verdict.POSITIVE)
    judge(cast, hit, Verdict.NEGATIVE, cast.jalisco_second)
    [notice] = all_notices()
    assert notice.withdrawn_at == NOON
    assert notice.withdrawn_reason == "juicio negativa"
    first, second = seen(selectors.judgements, hit.id)
    assert second.supersedes_id == first.pk
    assert (second.by, second.verdict, second.score) == ("jalisco_second", "negativa", hit.score)
    judge(cast, hit, Verdict.POSITIVE)
    assert [n.withdrawn_at is None for n in all_notices()] == [False, True]
    assert len({n.folio for n in all_notices()}) == 2
    assert kinds(hit) == ["abierta", "juzgada", "juzgada", "juzgada"]


@pytest.mark.parametrize("reason", ["", "  \n", "con \x00", "con \ud800"])
def test_a_judgement_needs_a_reason_that_can_be_kept(reason: str, cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    with pytest.raises(Invalid) as refusal:
        judge_hit(actor=cast.jalisco_analyst, purpose=REVIEW, hit_id=hit.id, verdict=Verdict.POSITIVE, reason=reason)
    assert refusal.value.hint
    assert not stored(Judgement)


@pytest.mark.parametrize("purpose", [None, Purpose(PurposeCode.HIT_REVIEW, " ")])
def test_seeing_and_judging_a_hit_need_purpose_and_folio(purpose: Purpose | None, cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    who = cast.jalisco_analyst
    with pytest.raises(PurposeRequired):
        judge_hit(actor=who, purpose=purpose, hit_id=hit.id, verdict=Verdict.POSITIVE, reason="Se cotejó.")
    with pytest.raises(PurposeRequired):
        read_hit(actor=who, purpose=purpose, hit_id=hit.id)
    assert the_hit(who).state == HitState.OPEN


def test_another_agency_cannot_tell_a_hit_from_nothing(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    said = []
    for asked in (hit.id, new_id()):
        with pytest.raises(NotFound) as refusal:
            judge_hit(
                actor=cast.nayarit_analyst, purpose=REVIEW, hit_id=asked, verdict=Verdict.POSITIVE, reason="Se cotejó la ficha."
            )
        said.append(refusal.value.as_dict())
        with pytest.raises(NotFound) as refusal:
            read_hit(actor=cast.nayarit_supervisor, purpose=REVIEW, hit_id=asked)
        said.append(refusal.value.as_dict())
    assert all(answer == said[0] for answer in said)


def test_whoever_may_only_read_hits_does_not_judge_them(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    with pytest.raises(NotAllowed):
        judge(cast, hit, Verdict.POSITIVE, cast.jalisco_liaison)


def test_a_hit_whose_target_stopped_cannot_be_confirmed_but_can_be_rejected(cast: Cast, tmp_path: Path) -> None:
    target, hit = hit_of_juan(cast, tmp_path)
    suspend_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason="Se revisa.")
    with pytest.raises(HitWithoutStanding) as refusal:
        judge(cast, hit, Verdict.POSITIVE)
    assert "suspendido" in refusal.value.message
    assert not all_notices()
    assert judge(cast, hit, Verdict.NEGATIVE).state == HitState.REJECTED


@pytest.mark.parametrize("model", [Judgement, HitEvent, TargetEvent])
@pytest.mark.parametrize("deed", ["UPDATE {} SET at = now()", "DELETE FROM {}"])
def test_what_was_said_can_be_neither_changed_nor_erased(deed: str, model: type[Judgement], cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.NEGATIVE)
    with pytest.raises(DatabaseError), transaction.atomic(), reach(NATIONAL), connection.cursor() as cursor:
        cursor.execute(deed.format(model._meta.db_table))
    assert stored(model)


def test_a_hit_that_was_judged_cannot_be_deleted(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.NEGATIVE)
    with pytest.raises(DatabaseError), transaction.atomic(), reach(NATIONAL), connection.cursor() as cursor:
        cursor.execute("DELETE FROM targets_hit")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert len(hits_of(cast.jalisco_analyst)) == 1


def test_a_rejected_hit_comes_back_when_new_evidence_weighs_enough(cast: Cast, tmp_path: Path) -> None:
    target, hit = hit_of_juan(cast, tmp_path)
    correct_juan(cast, {"birth_date": None, "birth_date_text": "", "birth_state": ""})
    judge(cast, hit, Verdict.NEGATIVE)
    low = the_hit(cast.jalisco_analyst)
    correct_juan(cast, {"birth_date": NOON.date().replace(year=1984, month=3, day=7), "birth_state": "14"})
    back = the_hit(cast.jalisco_analyst)
    assert back.score >= low.score + REOPENING_GAIN
    assert back.state == HitState.OPEN
    assert kinds(hit)[-1] == "reabierta"
    assert back.target_id == target.id


def test_a_rejected_hit_stays_rejected_when_the_new_evidence_weighs_little(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.NEGATIVE)
    correct_juan(cast, {"municipality_code": "18008"})
    correct_juan(cast, {"given_names": "Filiberto A"})
    correct_juan(cast, {"given_names": "Filiberto"})
    kept = the_hit(cast.jalisco_analyst)
    assert kept.state == HitState.REJECTED
    assert kept.record_summary["municipio"] == "18008"


def test_no_code_but_a_persons_judgement_issues_a_notice() -> None:
    source = Path(tequio.__file__).parent
    callers = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if re.search(r"\bissue_notice\b", path.read_text(encoding="utf-8"))
    }
    assert callers == {"notices/services.py", "targets/services/judging.py"}
    makers = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if re.search(r"\bNotice(\.objects\.(bulk_)?create)?\(", path.read_text(encoding="utf-8"))
    }
    assert makers <= {"notices/services.py", "notices/models.py"}
    screening = (source / "targets" / "services" / "screening.py").read_text(encoding="utf-8")
    assert "notices" not in screening
    assert "judging" not in screening


def test_screening_leaves_a_line_in_the_issuers_chain_and_none_in_the_suppliers(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    correct_juan(cast, {"birth_date": None, "birth_date_text": ""})
    chains = set(Line.objects.filter(subjects__contains=[str(hit.id)]).values_list("chain", "action"))
    assert chains == {("JC-SSP", "hit.opened"), ("JC-SSP", "hit.updated")}
    assert notices_of(cast.nayarit_liaison) == []
