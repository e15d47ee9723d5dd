"""Targets and hits for programs. What two people must decide, and what a person must judge, no program does."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from tequio.access.domain import Permission, PurposeCode
from tequio.targets import services
from tequio.targets.domain import HitState, Priority, TargetDraft, TargetState, Verdict, Wanted, read_place
from tequio.targets.models import Hit, Target
from tequio.targets.selectors.listing import TargetFilter
from tequio.targets.services.planning import Sheet
from tequio.targets.services.reviewing import Reviewed
from tequio.ui.api.asking import (
    May,
    Paged,
    Reason,
    Reasoned,
    Word,
    Words,
    actor,
    next_offset,
    offset_of,
    read_cursor,
    write_cursor,
)
from tequio.ui.api.problems import answers

router = Router(tags=["Objetivos"])
hits = Router(tags=["Coincidencias"])
TARGETS, HITS = "targets", "hits"
Several = Annotated[list[Word], Field(max_length=20)]


class NewTarget(Schema):
    """A person whom the institution looks for, and why it may."""

    model_config = {"extra": "forbid"}

    names: Several = []
    given: Word = ""
    paternal: Word = ""
    maternal: Word = ""
    sex: Word = ""
    birth_dates: Several = []
    birth_state: Word = ""
    curps: Several = []
    rfcs: Several = []
    aliases: Several = []
    phones: Several = []
    plates: Several = []
    grounds: Annotated[Word, StringConstraints(max_length=40)] = Field(description="Del catálogo fundamento_objetivo.")
    document: Word = Field(description="Oficio, mandamiento o carpeta que lo funda.")
    priority: Priority = Priority.ORDINARY
    covert: bool = False
    tell_holder: bool = False
    valid_to: date | None = None
    note: Words = ""

    def draft(self) -> TargetDraft:
        """The draft in the room's form."""
        told: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in self.model_dump().items()
        }
        return TargetDraft(**told)


class Why(Schema):
    """Why a step is taken."""

    model_config = {"extra": "forbid"}

    reason: Reason


class Judgement(Schema):
    """What somebody would say of a hit."""

    verdict: Verdict
    reason: Reason


class TargetDone(Schema):
    """What became of a target. It repeats no datum of the person."""

    id: UUID
    folio: str
    state: str


class TargetRow(TargetDone):
    """A target of a list."""

    title: str
    priority: str
    grounds: str
    valid_from: date
    valid_to: date | None
    validate_by: date | None
    proposed_at: datetime


class TargetSheet(TargetRow):
    """A target with its identity and its steps."""

    document: str
    covert: bool
    tell_holder: bool
    note: str
    subject: dict[str, Any]
    proposed_by: str
    approved_by: str
    approved_at: datetime | None
    hits: list[UUID]
    steps: list[dict[str, Any]]


class Targets(Schema):
    """A part of the list of targets."""

    targets: list[TargetRow]
    total: int
    next: str


class HitRow(Schema):
    """A suggestion that a record may be a target's."""

    id: UUID
    target: str = Field(description="Folio del objetivo.")
    registry: str
    record: UUID
    record_version: int
    record_agency: str
    record_standing: str
    target_state: str
    state: str
    score: float
    band: str
    exact: bool = Field(description="CURP o RFC iguales.")
    below_threshold: bool
    records: int
    opened_at: datetime
    updated_at: datetime


class HitSheet(HitRow):
    """A hit as its reviewer sees it. Where `hidden` says why, values of both sides are masked."""

    hidden: str
    features: list[dict[str, Any]]
    judgements: list[dict[str, Any]]
    timeline: list[dict[str, Any]]


class Hits(Schema):
    """A part of the list of hits."""

    hits: list[HitRow]
    next: str


@router.get("", auth=May(Permission.TARGET_READ), response=answers(Targets), operation_id="list_targets")
def list_targets(
    request: HttpRequest,
    why: Reasoned,
    part: Paged,
    state: TargetState | None = None,
    priority: Priority | None = None,
    grounds: Word = "",
) -> dict[str, Any]:
    """Los objetivos de su dependencia, del último al primero. Exige finalidad y folio."""
    start = offset_of(request, TARGETS, part)
    wanted = TargetFilter(state.value if state else "", priority.value if priority else "", grounds)
    page = services.browse_targets(actor=actor(request), purpose=why.needed(), wanted=wanted, offset=start, limit=part.limit)
    following = next_offset(request, TARGETS, start, len(page.targets), page.total)
    return {"targets": [_target(one) for one in page.targets], "total": page.total, "next": following}


@router.get("/{uuid:target_id}", auth=May(Permission.TARGET_READ), response=answers(TargetSheet), operation_id="get_target")
def get_target(request: HttpRequest, target_id: UUID, why: Reasoned) -> dict[str, Any]:
    """Un objetivo, con su identidad y sus pasos. Exige finalidad y folio."""
    return _sheet(services.read_sheet(actor=actor(request), purpose=why.stated(), target_id=target_id))


@router.post("", auth=May(Permission.TARGET_PROPOSE), response=answers(TargetDone, 201), operation_id="propose_target")
def propose_target(request: HttpRequest, body: NewTarget, why: Reasoned) -> Status[dict[str, Any]]:
    """Propone un objetivo. No se busca hasta que lo aprueba una persona de su dependencia. Exige finalidad y folio."""
    made = services.propose_target(actor=actor(request), purpose=why.needed(), draft=body.draft())
    return Status(201, _done(made))


@router.post("/{uuid:target_id}/approval", auth=May(), response=answers(TargetDone), operation_id="approve_target")
def approve_target(request: HttpRequest, target_id: UUID, why: Reasoned) -> dict[str, Any]:
    """Siempre se niega (SOLO_PERSONAS): un objetivo lo aprueba una segunda persona, en la aplicación."""
    own = why.or_own(PurposeCode.TARGET_SEARCH)
    return _done(services.approve_target(actor=actor(request), purpose=own, target_id=target_id))


@router.post(
    "/{uuid:target_id}/suspension",
    auth=May(Permission.TARGET_SUSPEND),
    response=answers(TargetDone),
    operation_id="suspend_target",
)
def suspend_target(request: HttpRequest, target_id: UUID, body: Why, why: Reasoned) -> dict[str, Any]:
    """Deja de buscar un objetivo por ahora. Reanudarlo es de una persona. Exige finalidad y folio."""
    done = services.suspend_target(actor=actor(request), purpose=why.needed(), target_id=target_id, reason=body.reason)
    return _done(done)


@hits.get("", auth=May(Permission.HIT_READ), response=answers(Hits), operation_id="list_hits")
def list_hits(
    request: HttpRequest,
    why: Reasoned,
    part: Paged,
    state: HitState = HitState.OPEN,
    band: Word = "",
    target: Annotated[Word, Field(description="Folio del objetivo.")] = "",
    below: bool = False,
) -> dict[str, Any]:
    """Las coincidencias de los objetivos de su dependencia, de la más a la menos segura. Exige finalidad y folio."""
    after = read_place(read_cursor(request, HITS, part.cursor))
    page = services.browse_hits(
        actor=actor(request),
        purpose=why.needed(),
        wanted=Wanted(state.value, band, target, below),
        after=after,
        limit=part.limit,
    )
    following = write_cursor(request, HITS, str(page.next)) if page.next is not None else ""
    return {"hits": [_hit(one) for one in page.hits], "next": following}


@hits.get("/{uuid:hit_id}", auth=May(Permission.HIT_READ), response=answers(HitSheet), operation_id="get_hit")
def get_hit(request: HttpRequest, hit_id: UUID, why: Reasoned) -> dict[str, Any]:
    """Una coincidencia, indicio por indicio. Los datos de ambos lados los ve quien la juzga. Exige finalidad y folio."""
    return _reviewed(services.review_hit(actor=actor(request), purpose=why.stated(), hit_id=hit_id))


@hits.post("/{uuid:hit_id}/judgement", auth=May(), response=answers(HitRow), operation_id="judge_hit")
def judge_hit(request: HttpRequest, hit_id: UUID, body: Judgement, why: Reasoned) -> dict[str, Any]:
    """Siempre se niega (SOLO_PERSONAS): si una coincidencia es o no la persona lo dice una persona, en la aplicación."""
    done = services.judge_hit(
        actor=actor(request), purpose=why.stated(), hit_id=hit_id, verdict=body.verdict, reason=body.reason
    )
    return _hit(done)


def _done(target: Target) -> dict[str, Any]:
    return {"id": target.id, "folio": target.folio, "state": target.state}


def _target(target: Target) -> dict[str, Any]:
    return _done(target) | {
        "title": target.title,
        "priority": target.priority,
        "grounds": target.grounds,
        "valid_from": target.valid_from,
        "valid_to": target.valid_to,
        "validate_by": target.validate_by,
        "proposed_at": target.proposed_at,
    }


def _sheet(sheet: Sheet) -> dict[str, Any]:
    target = sheet.studied.target
    return _target(target) | {
        "document": target.document,
        "covert": target.covert,
        "tell_holder": target.tell_holder,
        "note": target.note,
        "subject": target.subject,
        "proposed_by": target.proposed_by,
        "approved_by": target.approved_by,
        "approved_at": target.approved_at,
        "hits": [one.id for one in sheet.hits],
        "steps": [{"state": s.state, "at": s.at, "by": s.by, "reason": s.reason} for s in sheet.studied.steps],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.id,
        "target": hit.target.folio,
        "registry": hit.registry,
        "record": hit.record_id,
        "record_version": hit.record_version,
        "record_agency": hit.record_agency.code,
        "record_standing": hit.record_standing,
        "target_state": hit.target_state,
        "state": hit.state,
        "score": hit.score,
        "band": hit.band,
        "exact": hit.exact,
        "below_threshold": hit.below_threshold,
        "records": hit.record_count,
        "opened_at": hit.opened_at,
        "updated_at": hit.updated_at,
    }


def _reviewed(seen: Reviewed) -> dict[str, Any]:
    return _hit(seen.hit) | {
        "hidden": seen.hidden.value if seen.hidden else "",
        "features": [{"feature": row.feature, "agreement": row.agreement.value, "weight": row.weight} for row in seen.rows],
        "judgements": [{"verdict": j.verdict, "reason": j.reason, "by": j.by, "at": j.at} for j in seen.judgements],
        "timeline": [{"kind": e.kind, "at": e.at, "by": e.by, "record_version": e.record_version} for e in seen.events],
    }
