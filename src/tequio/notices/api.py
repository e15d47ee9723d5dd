"""Notices for programs: list, read, acknowledge."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from tequio.access.domain import Permission, PurposeCode
from tequio.kernel import clock
from tequio.notices import domain, services
from tequio.notices.domain import NoticeKind, Urgency
from tequio.notices.models import Notice
from tequio.notices.selectors import NoticeFilter
from tequio.ui.api.asking import May, Paged, Reasoned, actor, next_offset, offset_of
from tequio.ui.api.problems import answers

router = Router(tags=["Avisos"])
LIST = "notices"
OWN = PurposeCode.HIT_REVIEW


class NoticeRow(Schema):
    """A notice, without what it tells."""

    id: UUID
    folio: str
    kind: str
    urgency: str
    standing: str
    issued_at: datetime
    due_at: datetime = Field(description="Hasta cuándo se acusa a tiempo.")
    acknowledged_at: datetime | None
    acknowledged_by: str


class NoticeSheet(NoticeRow):
    """A notice with what it tells."""

    content: dict[str, Any]
    withdrawn_at: datetime | None
    withdrawn_reason: str
    escalated_at: datetime | None


class Notices(Schema):
    """A part of the list of notices."""

    notices: list[NoticeRow]
    total: int
    next: str


@router.get("", auth=May(Permission.NOTICE_READ), response=answers(Notices), operation_id="list_notices")
def list_notices(
    request: HttpRequest,
    why: Reasoned,
    part: Paged,
    state: Literal["", "sin_acuse", "escalados", "acusados", "retirados"] = "",
    kind: NoticeKind | None = None,
    urgency: Urgency | None = None,
) -> dict[str, Any]:
    """Los avisos a su dependencia, primero los que esperan acuse."""
    start = offset_of(request, LIST, part)
    wanted = NoticeFilter(state, kind.value if kind else "", urgency.value if urgency else "")
    page = services.browse_notices(actor=actor(request), purpose=why.or_own(OWN), wanted=wanted, offset=start, limit=part.limit)
    following = next_offset(request, LIST, start, len(page.notices), page.total)
    return {"notices": [_row(one) for one in page.notices], "total": page.total, "next": following}


@router.get("/{uuid:notice_id}", auth=May(Permission.NOTICE_READ), response=answers(NoticeSheet), operation_id="get_notice")
def get_notice(request: HttpRequest, notice_id: UUID, why: Reasoned) -> dict[str, Any]:
    """Un aviso, con lo que avisa. Exige finalidad y folio."""
    found = services.read_notice(actor=actor(request), purpose=why.needed(), notice_id=notice_id)
    return _row(found) | {
        "content": found.content,
        "withdrawn_at": found.withdrawn_at,
        "withdrawn_reason": found.withdrawn_reason,
        "escalated_at": found.escalated_at,
    }


@router.post(
    "/{uuid:notice_id}/acknowledgement",
    auth=May(Permission.NOTICE_ACKNOWLEDGE),
    response=answers(NoticeRow),
    operation_id="acknowledge_notice",
)
def acknowledge_notice(request: HttpRequest, notice_id: UUID, why: Reasoned) -> dict[str, Any]:
    """Acusa un aviso: detiene su reloj."""
    return _row(services.acknowledge_notice(actor=actor(request), purpose=why.or_own(OWN), notice_id=notice_id))


def _row(found: Notice) -> dict[str, Any]:
    return {
        "id": found.id,
        "folio": found.folio,
        "kind": found.kind,
        "urgency": found.urgency,
        "standing": found.standing(clock.now()).value,
        "issued_at": found.issued_at,
        "due_at": domain.due(found.issued_at, found.clock),
        "acknowledged_at": found.acknowledged_at,
        "acknowledged_by": found.acknowledged_by,
    }
