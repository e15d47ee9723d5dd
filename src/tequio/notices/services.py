"""Issuing, acknowledging, withdrawing and escalating notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from tequio.access import policy
from tequio.access.domain import Actor, IdempotencyKey, Permission, Purpose
from tequio.access.scoping import NATIONAL, own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.catalogs import selectors as catalogs
from tequio.institutions.models import Agency
from tequio.kernel import clock
from tequio.kernel.errors import Conflict
from tequio.notices import selectors
from tequio.notices.domain import Clock, NoticeKind, Urgency
from tequio.notices.models import Notice, NoticeNumber
from tequio.notices.selectors import NoticeFilter


class NoticeWithdrawn(Conflict):
    """The notice was withdrawn and asks for nothing."""

    code = "AVISO_RETIRADO"


@dataclass(frozen=True, slots=True)
class NoticePage:
    """Some notices of a list, and how many the list has."""

    notices: list[Notice]
    total: int


@dataclass(frozen=True, slots=True)
class Message:
    """What to tell, of which thing, how urgently. `content` holds what the recipient may know and nothing else."""

    kind: NoticeKind
    urgency: Urgency
    about_kind: str
    about_id: UUID
    content: dict[str, Any]


def issue_notice(*, actor: Actor, purpose: Purpose, recipient: Agency, message: Message) -> Notice:
    """Tell an agency something, with the clock in force today. Telling the same thing again returns the notice that is there.

    Called by the rooms whose people decide (a confirmed hit): it asks for no permission of its own.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.NOTICE_ISSUED), reach(NATIONAL):
        there = selectors.about(recipient.pk, message.kind, message.about_kind, message.about_id)
        if there is not None:
            return there
        moment = clock.now()
        timing = _clock(message.urgency)
        notice = Notice.objects.create(
            folio=_folio(recipient),
            agency=recipient,
            kind=message.kind.value,
            urgency=message.urgency.value,
            about_kind=message.about_kind,
            about_id=message.about_id,
            content=message.content,
            issued_at=moment,
            issued_by=actor.username,
            acknowledge_within=timing.acknowledge_within,
            escalate_after=timing.escalate_after,
        )
        record(
            actor=actor,
            purpose=purpose,
            action=Action.NOTICE_ISSUED,
            subject_kind="notice",
            subjects=[notice.id],
            facts={"kind": notice.kind, "urgency": notice.urgency},
        )
    return notice


def read_notices(*, actor: Actor, purpose: Purpose, unanswered: bool = False, limit: int = 50) -> list[Notice]:
    """The notices of the actor's agency, those that wait first. The reading is on the log. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.NOTICE_READ), reach(own(actor)):
        policy.require(actor, Permission.NOTICE_READ)
        found = selectors.notices(unanswered=unanswered, limit=limit)
        record(actor=actor, purpose=purpose, action=Action.NOTICE_READ, subject_kind="notice", subjects=[n.id for n in found])
    return found


def browse_notices(*, actor: Actor, purpose: Purpose, wanted: NoticeFilter, offset: int = 0, limit: int = 25) -> NoticePage:
    """A page of the agency's notices, those that wait first. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.NOTICE_READ), reach(own(actor)):
        policy.require(actor, Permission.NOTICE_READ)
        page = NoticePage(selectors.notice_page(wanted, offset=offset, limit=limit), selectors.count(wanted))
        subjects = [n.id for n in page.notices]
        record(actor=actor, purpose=purpose, action=Action.NOTICE_READ, subject_kind="notice", subjects=subjects)
    return page


def read_notice(*, actor: Actor, purpose: Purpose, notice_id: UUID) -> Notice:
    """One notice to the actor's agency. The reading is on the log. Raises NotAllowed, NotFound."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.NOTICE_READ), reach(own(actor)):
        policy.require(actor, Permission.NOTICE_READ)
        notice = selectors.notice(notice_id)
        record(actor=actor, purpose=purpose, action=Action.NOTICE_READ, subject_kind="notice", subjects=[notice.id])
    return notice


def acknowledge_notice(*, actor: Actor, purpose: Purpose, notice_id: UUID, key: IdempotencyKey = "") -> Notice:
    """Stop a notice's clock. A second call changes nothing. Raises NotAllowed, NotFound, NoticeWithdrawn."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.NOTICE_ACKNOWLEDGED), reach(own(actor)):
        policy.require(actor, Permission.NOTICE_ACKNOWLEDGE)
        notice = selectors.lock_notice(notice_id)
        if notice.acknowledged_at is not None:  # a second click, or a retry after a lost answer
            return notice
        if notice.withdrawn_at is not None:
            raise NoticeWithdrawn(
                f"El aviso {notice.folio} fue retirado el {notice.withdrawn_at:%d/%m/%Y}.", hint="No requiere acuse."
            )
        notice.acknowledged_at = clock.now()
        notice.acknowledged_by = actor.username
        notice.save(update_fields=["acknowledged_at", "acknowledged_by"])
        record(
            actor=actor,
            purpose=purpose,
            action=Action.NOTICE_ACKNOWLEDGED,
            subject_kind="notice",
            subjects=[notice.id],
            key=key,
        )
    return notice


def withdraw_notices(*, actor: Actor, purpose: Purpose, about_kind: str, about_id: UUID, reason: str) -> int:
    """Take back every notice about a thing, e.g. when its confirmation is superseded. Returns how many."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.NOTICE_WITHDRAWN), reach(NATIONAL):
        standing = Notice.objects.select_for_update().filter(about_kind=about_kind, about_id=about_id, withdrawn_at=None)
        ids = [notice.id for notice in standing]
        Notice.objects.filter(id__in=ids).update(withdrawn_at=clock.now(), withdrawn_reason=reason)
        if ids:
            record(actor=actor, purpose=purpose, action=Action.NOTICE_WITHDRAWN, subject_kind="notice", subjects=ids)
    return len(ids)


def escalate_due(*, actor: Actor) -> list[Notice]:
    """Mark the notices whose silence passed their clock, once each. Set-wise; the worker calls it every minute.

    Raises NotAllowed for a person.
    """
    with unit_of_work(actor=actor, purpose=None, action=Action.NOTICE_ESCALATED), reach(NATIONAL):
        policy.require_system(actor)
        late = selectors.lock_to_escalate(clock.now())
        Notice.objects.filter(id__in=[n.id for n in late]).update(escalated_at=clock.now())
        if late:
            record(
                actor=actor, purpose=None, action=Action.NOTICE_ESCALATED, subject_kind="notice", subjects=[n.id for n in late]
            )
    return late


def _clock(urgency: Urgency) -> Clock:
    today = clock.now().astimezone(clock.MEXICO).date()
    key = "urgent_minutes" if urgency is Urgency.URGENT else "routine_minutes"
    within = timedelta(minutes=int(catalogs.parameter(f"notices.clock.{key}", today)))
    factor = float(catalogs.parameter("notices.escalate_factor", today))
    return Clock(within, within * factor)


def _folio(recipient: Agency) -> str:
    """AVISO-<agency>-<year>-<number>, without gaps: the counter's row is held until the notice is committed."""
    year = clock.now().astimezone(clock.MEXICO).year
    NoticeNumber.objects.bulk_create([NoticeNumber(agency=recipient, year=year)], ignore_conflicts=True)
    counter = NoticeNumber.objects.select_for_update().get(agency=recipient, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"AVISO-{recipient.code}-{year}-{counter.last:05d}"
