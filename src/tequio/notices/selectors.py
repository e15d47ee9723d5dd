"""Reads of notices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F

from tequio.access import policy
from tequio.notices.domain import NoticeKind
from tequio.notices.models import Notice


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
