"""Nobody without a right to know learns that somebody is looked for: whatever a supplier asks, the answers are those of a world
in which nobody is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import models, transaction

from tequio.access.domain import Actor, Purpose, PurposeCode, Role
from tequio.access.scoping import own, reach
from tequio.audit.services import export_log, verify_log
from tequio.kernel.errors import TequioError
from tequio.kernel.ids import new_id
from tequio.notices.domain import NoticeKind
from tequio.notices.models import Notice
from tequio.notices.selectors import NoticeFilter
from tequio.notices.services import acknowledge_notice, browse_notices, read_notice, read_notices
from tequio.people.domain import Subject
from tequio.registries.rnd import selectors as rnd_read
from tequio.registries.rnd.domain import CustodyKind
from tequio.registries.rnd.models import CustodyEvent, Detention
from tequio.registries.rnd.services import (
    CustodyStep,
    add_custody_event,
    cancel_detention,
    correct_detention,
    find_detention,
    read_detention,
    read_overdue_arrests,
    register_detention,
)
from tequio.search.services import search_person
from tequio.supply import selectors as supply_read
from tequio.supply.models import Batch
from tequio.supply.services import export_fix_file, read_receipt
from tequio.targets.domain import Verdict, Wanted
from tequio.targets.models import Hit, Target
from tequio.targets.selectors.listing import TargetFilter
from tequio.targets.services import (
    approve_target,
    browse_hits,
    browse_targets,
    close_target,
    find_alike,
    judge_hit,
    list_changes,
    list_hits,
    list_targets,
    read_calendar,
    read_hit,
    read_review,
    read_sheet,
    read_target,
    resume_target,
    review_hit,
    set_threshold,
    study_target,
    survey_targets,
    suspend_target,
    validate_target,
)
from tests.story import NOON, all_notices, hits_of, judge, notices_of, the_hit
from tests.world import INQUIRY, JUAN, REVIEW, SUPPLY, WATCH, Cast, draft_of, react, supply, watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

AUDIT = Purpose(PurposeCode.AUDIT, "AUDITORIA-1")
OTHER = JUAN | {"clave_registro": "NAY-0002", "nombre": "Eustaquio", "primer_apellido": "Barrios", "segundo_apellido": "Lozoya",
    "fecha_nacimiento": "1971-12-30", "sexo": ""}  # fmt: skip


@dataclass(frozen=True)
class World:
    """What whoever asks can name: the batch that Nayarit supplied, a record of it, three identifiers that may be guessed."""

    cast: Cast
    folder: Path
    batch: Batch
    record: UUID
    target: UUID
    hit: UUID
    notice: UUID


class _Over(Exception):
    pass


@contextmanager
def _undone() -> Iterator[None]:
    """What happens inside never happened."""
    try:
        with transaction.atomic():
            yield
            raise _Over
    except _Over:
        pass


def _world(cast: Cast, folder: Path, watched: dict[str, object] | None) -> World:
    """Nayarit supplies; where somebody is `watched`, Jalisco had registered and confirms, else nothing happens in Jalisco."""
    target_id = watch(cast, draft_of(JUAN, **watched)).id if watched is not None else new_id()
    batch = supply(cast.nayarit_capturist, folder, [JUAN, OTHER])
    hit_id = notice_id = new_id()
    if watched is not None:
        hit = judge(cast, the_hit(cast.jalisco_analyst), Verdict.POSITIVE)
        hit_id = hit.id
        notice_id = next(n.id for n in all_notices() if n.kind == NoticeKind.DETENTION)
    with reach(own(cast.nayarit_capturist)):
        record = Detention.objects.get(supplier_key="NAY-0001").pk
    return World(cast, folder, batch, record, target_id, hit_id, notice_id)


def _plain(value: Any) -> Any:
    """Anything that a person can be shown, as JSON."""
    if isinstance(value, models.Model):
        return {
            field.name: _plain(getattr(value, field.attname)) for field in value._meta.concrete_fields if field.name != "id"
        } | {"id": str(value.pk) if isinstance(value.pk, UUID) else ""}
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, int | float | bool | None) else str(value)


def _told(answer: Any) -> str:
    """An answer as text, with what is new in every world (identifiers, hashes, signatures) put by its order of appearance."""
    text = json.dumps(_plain(answer), ensure_ascii=False, sort_keys=True, default=str)
    names: dict[str, str] = {}
    text = re.sub(
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        lambda m: names.setdefault(m[0], f"id{len(names)}"),
        text,
    )
    text = re.sub(r"[0-9a-f]{64}", "hash", text)
    return re.sub(r'"[A-Za-z0-9+/]{86}=="', '"signature"', text)


def _counts(actor: Actor) -> dict[str, int]:
    with reach(own(actor)):
        return {
            model.__name__: model._default_manager.count() for model in (Detention, CustodyEvent, Batch, Target, Hit, Notice)
        }


def _exported(actor: Actor) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    export_log(actor=actor, purpose=AUDIT, chain=actor.agency_code, write=rows.append)
    return rows


def _fix_file(actor: Actor, world: World) -> str:
    path = world.folder / f"correcciones-{actor.username}.csv"
    export_fix_file(actor=actor, purpose=SUPPLY, batch_id=world.batch.id, path=path)
    return path.read_text(encoding="utf-8-sig")


def _findings(actor: Actor, world: World) -> list[Any]:
    with reach(own(actor)):
        return [[f.line, f.code, f.field, f.value] for f in supply_read.findings(supply_read.batch(world.batch.id))]


def _of_juan(**other: Any) -> Subject:
    return Subject.from_fields(given="Filiberto", paternal="Muñoz", maternal="Zepeda", birth_date="1984-03-07", **other)


Question = Callable[[Actor, World], Any]
STEP = CustodyStep(CustodyKind.TO_PROSECUTOR, NOON)
QUESTIONS: dict[str, Question] = {
    "targets": lambda a, w: list_targets(actor=a, purpose=WATCH),
    "target": lambda a, w: read_target(actor=a, purpose=WATCH, target_id=w.target),
    "approve": lambda a, w: approve_target(actor=a, purpose=WATCH, target_id=w.target),
    "validate": lambda a, w: validate_target(actor=a, purpose=WATCH, target_id=w.target, reason="x"),
    "suspend": lambda a, w: suspend_target(actor=a, purpose=WATCH, target_id=w.target, reason="x"),
    "resume": lambda a, w: resume_target(actor=a, purpose=WATCH, target_id=w.target, reason="x"),
    "close": lambda a, w: close_target(actor=a, purpose=WATCH, target_id=w.target, reason="x"),
    "targets with counts": lambda a, w: survey_targets(actor=a, purpose=WATCH),
    "target with advice": lambda a, w: study_target(actor=a, purpose=WATCH, target_id=w.target),
    "threshold": lambda a, w: set_threshold(actor=a, purpose=WATCH, target_id=w.target, bits=40, reason="x"),
    "hits": lambda a, w: list_hits(actor=a, purpose=REVIEW, state=""),
    "review": lambda a, w: read_review(actor=a, purpose=REVIEW),
    "changes": lambda a, w: list_changes(actor=a, purpose=REVIEW),
    "hit": lambda a, w: read_hit(actor=a, purpose=REVIEW, hit_id=w.hit),
    "judge": lambda a, w: judge_hit(actor=a, purpose=REVIEW, hit_id=w.hit, verdict=Verdict.NEGATIVE, reason="x"),
    "list of hits": lambda a, w: browse_hits(actor=a, purpose=REVIEW, wanted=Wanted("")),
    "list of targets": lambda a, w: browse_targets(actor=a, purpose=WATCH, wanted=TargetFilter()),
    "calendar": lambda a, w: read_calendar(actor=a, purpose=WATCH),
    "alike": lambda a, w: find_alike(actor=a, purpose=WATCH, draft=draft_of(JUAN)),
    "review of a hit": lambda a, w: review_hit(actor=a, purpose=REVIEW, hit_id=w.hit),
    "sheet of a target": lambda a, w: read_sheet(actor=a, purpose=WATCH, target_id=w.target),
    "list of notices": lambda a, w: browse_notices(actor=a, purpose=REVIEW, wanted=NoticeFilter()),
    "notice": lambda a, w: read_notice(actor=a, purpose=REVIEW, notice_id=w.notice),
    "notices": lambda a, w: read_notices(actor=a, purpose=REVIEW),
    "acknowledge": lambda a, w: acknowledge_notice(actor=a, purpose=REVIEW, notice_id=w.notice),
    "search": lambda a, w: search_person(actor=a, purpose=INQUIRY, subject=_of_juan()),
    "search by name": lambda a, w: search_person(
        actor=a, purpose=INQUIRY, subject=Subject.from_fields(full_name="Filiberto Muñoz")
    ),
    "receipt": lambda a, w: read_receipt(actor=a, purpose=SUPPLY, batch_id=w.batch.id),
    "findings": _findings,
    "fix file": _fix_file,
    "detention": lambda a, w: read_detention(actor=a, purpose=INQUIRY, detention_id=w.record),
    "detention by key": lambda a, w: find_detention(actor=a, purpose=INQUIRY, supplier_key="NAY-0001"),
    "arrests": lambda a, w: read_overdue_arrests(actor=a, purpose=INQUIRY, limit_hours=36),
    "counts": lambda a, w: _counts(a),
    "verify": lambda a, w: verify_log(actor=a, purpose=AUDIT, chain=a.agency_code),
    "custody": lambda a, w: add_custody_event(actor=a, purpose=SUPPLY, detention_id=w.record, step=STEP),
    "correct": lambda a, w: correct_detention(
        actor=a, purpose=SUPPLY, detention_id=w.record, changes={"birth_date": date(1990, 1, 1)}, reason="x"
    ),
    "register": lambda a, w: register_detention(
        actor=a,
        purpose=SUPPLY,
        supplier_key=f"A-{a.username}",
        values={"given_names": "Filiberto", "paternal_surname": "Muñoz"},
    ),
    "supply": lambda a, w: supply(a, w.folder, [JUAN | {"clave_registro": f"B-{a.username}"}]).receipt_processed,
    "cancel": lambda a, w: cancel_detention(actor=a, purpose=SUPPLY, detention_id=w.record, reason="x"),
    "log": lambda a, w: _exported(a),
}


GUESSED = {
    "review of a hit", "sheet of a target", "notice",
    "target", "target with advice", "threshold", "approve", "validate", "suspend", "resume", "close", "hit", "judge",
    "acknowledge",
}  # fmt: skip
"""Questions that name something of Jalisco's."""


def _asked(actor: Actor, world: World, questions: Collection[str] = QUESTIONS) -> dict[str, str]:
    """Questions, put by one person, each on the world as it was."""
    answers = {}
    for name in questions:
        with _undone():
            try:
                answers[name] = _told(QUESTIONS[name](actor, world))
            except TequioError as error:
                answers[name] = _told(error.as_dict())
            react()
    return answers


def _askers(cast: Cast) -> list[Actor]:
    """Everybody but Jalisco: each of the supplier's people, its auditor, an outsider and the hub's operator."""
    auditor = replace(cast.nayarit_liaison, username="nayarit_auditor", roles=frozenset({Role.AUDITOR}))
    everything = replace(cast.nayarit_liaison, username="nayarit_all", roles=frozenset(Role))
    return [
        cast.nayarit_capturist, cast.nayarit_analyst, cast.nayarit_supervisor, cast.nayarit_liaison, cast.administrator,
        auditor, everything, cast.outsider, cast.hub_operator,
    ]  # fmt: skip


def _answers(cast: Cast, folder: Path, watched: dict[str, object] | None) -> dict[str, dict[str, str]]:
    answers: dict[str, dict[str, str]] = {}
    with _undone():
        world = _world(cast, folder, watched)
        for asker in _askers(cast):
            answers[asker.username] = _asked(asker, world)
    return answers


def test_whatever_the_supplier_asks_is_answered_as_if_nobody_were_looked_for(cast: Cast, tmp_path: Path) -> None:
    without = _answers(cast, tmp_path, None)
    worlds: tuple[dict[str, object], ...] = ({}, {"covert": True})
    for watched in worlds:
        _compare(_answers(cast, tmp_path, watched), without)


def _compare(with_target: dict[str, dict[str, str]], without: dict[str, dict[str, str]]) -> None:
    for username, answers in without.items():
        for question, answer in answers.items():
            assert with_target[username][question] == answer, (username, question)


def test_the_questions_are_really_asked(cast: Cast, tmp_path: Path) -> None:
    """The comparison is worth something: the supplier's own data is in the answers; who has every role is refused little."""
    world = _world(cast, tmp_path, {})
    [everything] = [asker for asker in _askers(cast) if asker.username == "nayarit_all"]
    answers = _asked(everything, world)
    assert "Filiberto" in answers["detention"]
    assert "NT-SSPC" in answers["search"]
    assert "supply.processed" in answers["log"]
    refused = {name for name, answer in answers.items() if '"code": "NO_PERMITIDO"' in answer}
    assert not refused
    assert not [name for name, answer in answers.items() if '"code": "SIN_AMBITO"' in answer]
    unknown = {name for name, answer in answers.items() if '"code": "NO_ENCONTRADO"' in answer}
    assert unknown == GUESSED


def test_a_guessed_identifier_is_answered_as_a_random_one(cast: Cast, tmp_path: Path) -> None:
    world = _world(cast, tmp_path, {})
    invented = replace(world, target=new_id(), hit=new_id(), notice=new_id())
    for asker in _askers(cast):
        assert _asked(asker, world, GUESSED) == _asked(asker, invented, GUESSED), asker.username


def test_a_covert_target_tells_the_holder_nothing_whatever_is_judged(cast: Cast, tmp_path: Path) -> None:
    _world(cast, tmp_path, {"covert": True})
    assert len(notices_of(cast.jalisco_liaison)) == 1
    assert notices_of(cast.nayarit_liaison) == []
    assert hits_of(cast.nayarit_analyst) == []


def test_the_holder_is_told_only_when_the_issuer_wants_it_and_only_after_a_person_confirms(cast: Cast, tmp_path: Path) -> None:
    target = watch(cast, draft_of(JUAN, tell_holder=True))
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    hit = the_hit(cast.jalisco_analyst)
    for verdict in (Verdict.UNSURE, Verdict.NEGATIVE):
        judge(cast, hit, verdict)
        assert notices_of(cast.nayarit_liaison) == []
    judge(cast, hit, Verdict.POSITIVE)
    [notice] = notices_of(cast.nayarit_liaison)
    assert notice.kind == NoticeKind.HOLDER
    assert notice.content == {"registro": "NAY-0001", "busca": "JC-SSP", "fundamento": "orden_aprehension"}
    told = json.dumps(notice.content)
    assert not [secret for secret in (str(hit.id), str(target.id), target.folio) if secret in told]
    assert [n.kind for n in notices_of(cast.jalisco_liaison)] == [NoticeKind.DETENTION]
    judge(cast, hit, Verdict.NEGATIVE)
    assert all(n.withdrawn_at for n in all_notices())


def test_an_agency_that_holds_its_own_target_is_told_once(cast: Cast, tmp_path: Path) -> None:
    watch(cast, draft_of(JUAN, tell_holder=True))
    supply(cast.jalisco_liaison, tmp_path, [JUAN])
    judge(cast, the_hit(cast.jalisco_analyst), Verdict.POSITIVE)
    assert [n.kind for n in all_notices()] == [NoticeKind.DETENTION]


def test_a_third_state_learns_neither_of_the_target_nor_of_the_hit(cast: Cast, tmp_path: Path) -> None:
    _world(cast, tmp_path, {"tell_holder": True})
    analyst = replace(cast.outsider, roles=frozenset(Role))
    assert list_targets(actor=analyst, purpose=WATCH) == []
    assert list_hits(actor=analyst, purpose=REVIEW, state="") == []
    assert read_notices(actor=analyst, purpose=REVIEW) == []
    with reach(own(analyst)):
        assert rnd_read.by_supplier_key(analyst.agency_id, "NAY-0001") is None
