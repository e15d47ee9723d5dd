"""Reads of notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, DateTimeField, ExpressionWrapper, F, Q, QuerySet, When

from tequio.access import policy
from tequio.notices.domain import NoticeKind
from tequio.notices.models import Notice

STATES = ("sin_acuse", "escalados", "acusados", "retirados")
"""Groups of notices that a list can show."""


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    """Which notices a list is to show; empty text: all. `state`: one of `STATES`."""

    state: str = ""
    kind: str = ""
    urgency: str = ""


def lock_notice(notice_id: UUID) -> Notice:
    """One notice of the scope, held until the transaction ends. Raises NotFound."""
    found = Notice.objects.select_for_update().filter(pk=notice_id).first()
    if found is None:
        raise policy.not_found()
    return found


def about(agency_id: int, kind: NoticeKind, about_kind: str, about_id: UUID) -> Notice | None:
    """The standing notice to that agency about that thing, if any."""
    return Notice.objects.filter(
        agency_id=agency_id, kind=kind.value, about_kind=about_kind, about_id=about_id, withdrawn_at=None
    ).first()


def notice(notice_id: UUID) -> Notice:
    """One notice of the scope. Raises NotFound."""
    found = Notice.objects.filter(pk=notice_id).select_related("agency").first()
    if found is None:
        raise policy.not_found()
    return found


def notice_page(wanted: NoticeFilter, *, offset: int, limit: int) -> list[Notice]:
    """The scope's notices that a list shows: those that wait first, the one due soonest on top; then the latest. One query."""
    rows = _of(wanted).annotate(due=ExpressionWrapper(F("issued_at") + F("acknowledge_within"), DateTimeField()))
    waiting = Case(When(acknowledged_at=None, withdrawn_at=None, then=F("due")), default=None, output_field=DateTimeField())
    return list(rows.order_by(waiting.asc(nulls_last=True), "-issued_at", "id")[offset : offset + limit])


def count(wanted: NoticeFilter) -> int:
    """How many notices a list has. One query."""
    return _of(wanted).count()


def _of(wanted: NoticeFilter) -> QuerySet[Notice]:
    rows = Notice.objects.all()
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.urgency:
        rows = rows.filter(urgency=wanted.urgency)
    waiting = Q(acknowledged_at=None, withdrawn_at=None)
    by_state = {
        "sin_acuse": waiting,
        "escalados": waiting & ~Q(escalated_at=None),
        "acusados": ~Q(acknowledged_at=None),
        "retirados": Q(acknowledged_at=None) & ~Q(withdrawn_at=None),
    }
    return rows.filter(by_state[wanted.state]) if wanted.state in by_state else rows


def notices(*, unanswered: bool = False, limit: int = 50) -> list[Notice]:
    """The scope's notices: unanswered first by due moment, then the latest. One query."""
    rows = Notice.objects.order_by(F("acknowledged_at").asc(nulls_first=True), "-issued_at")
    if unanswered:
        rows = Notice.objects.filter(acknowledged_at=None, withdrawn_at=None).order_by("issued_at")
    return list(rows[:limit])


def lock_to_escalate(now: datetime) -> list[Notice]:
    """Unanswered notices past their escalation moment and not yet marked."""
    waiting = Notice.objects.select_for_update(skip_locked=True).filter(
        acknowledged_at=None, withdrawn_at=None, escalated_at=None
    )
    return list(waiting.filter(issued_at__lte=now - F("escalate_after")))
