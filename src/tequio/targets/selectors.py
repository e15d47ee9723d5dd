"""Reads of targets and hits. All need an open scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q

from tequio.access import policy
from tequio.people.domain import Subject
from tequio.search.models import Entry
from tequio.targets.domain import HitState, RecordStanding, TargetState
from tequio.targets.models import Hit, HitEvent, Judgement, Target, TargetEvent


@dataclass(frozen=True, slots=True)
class Watched:
    """What screening needs of a target."""

    target_id: UUID
    agency_id: int
    priority: str
    subject: Subject


def target(target_id: UUID) -> Target:
    """One target of the scope. Raises NotFound."""
    found = Target.objects.filter(pk=target_id).select_related("agency").first()
    if found is None:
        raise policy.not_found()
    return found


def lock_target(target_id: UUID) -> Target:
    """The same, held until the transaction ends."""
    found = Target.objects.select_for_update(of=("self",)).filter(pk=target_id).select_related("agency").first()
    if found is None:
        raise policy.not_found()
    return found


def targets(*, state: str = "", limit: int = 50) -> list[Target]:
    """The scope's targets, latest first. One query; index (agency, state, proposed_at)."""
    rows = Target.objects.select_related("agency").order_by("-proposed_at")
    return list((rows.filter(state=state) if state else rows)[:limit])


def target_timeline(target_id: UUID) -> list[TargetEvent]:
    """Steps of a target's life, in order."""
    return list(TargetEvent.objects.filter(target_id=target_id).order_by("at", "id"))


def watched(target_ids: Sequence[UUID]) -> dict[UUID, Watched]:
    """Active targets among those, ready to be compared. One query."""
    rows = Target.objects.filter(pk__in=target_ids, state=TargetState.ACTIVE.value).values_list(
        "id", "agency_id", "priority", "subject"
    )
    return {row[0]: Watched(row[0], row[1], row[2], Subject.from_dict(row[3])) for row in rows}


def activated_unseen(snapshot: str) -> list[UUID]:
    """Active targets whose activation that snapshot does not see: none, nearly always. Index on activated_xid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM targets_target WHERE state = %s "
            "AND activated_xid >= pg_snapshot_xmin(%s::pg_snapshot)::text::bigint "
            "AND NOT pg_visible_in_snapshot(activated_xid::text::xid8, %s::pg_snapshot)",
            [TargetState.ACTIVE.value, snapshot, snapshot],
        )
        return [row[0] for row in cursor.fetchall()]


def transaction_id() -> str:
    """The transaction in progress, by PostgreSQL's own number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def overdue_validation(today: date) -> list[Target]:
    """Active targets past their validation day or their validity, held to be suspended. Those held by others are left out."""
    free = Target.objects.select_for_update(skip_locked=True).filter(state=TargetState.ACTIVE.value)
    return list(free.filter(Q(validate_by__lt=today) | Q(valid_to__lt=today)).order_by("id"))


def hit(hit_id: UUID) -> Hit:
    """One hit of the scope with its target. Raises NotFound."""
    found = Hit.objects.filter(pk=hit_id).select_related("target", "record_agency", "agency").first()
    if found is None:
        raise policy.not_found()
    return found


def lock_hit(hit_id: UUID) -> Hit:
    """The same, held until the transaction ends."""
    found = (
        Hit.objects.select_for_update(of=("self",))
        .filter(pk=hit_id)
        .select_related("target", "record_agency", "agency")
        .first()
    )
    if found is None:
        raise policy.not_found()
    return found


def hits(*, state: str = HitState.OPEN.value, standing_only: bool = False, limit: int = 50) -> list[Hit]:
    """The scope's hits, best first. One query; index (agency, state, score)."""
    rows = Hit.objects.select_related("target", "record_agency").order_by("-score", "opened_at")
    if state:
        rows = rows.filter(state=state)
    if standing_only:
        rows = rows.filter(record_standing=RecordStanding.STANDS.value, target_state=TargetState.ACTIVE.value)
    return list(rows[:limit])


def hits_of_change(registry: str, change_set: UUID) -> list[Hit]:
    """Hits of the records of a change set, held until the transaction ends.

    Their targets are held first, as whoever suspends one does, and all in a fixed order, so that nobody waits in circles.
    """
    changed = Entry.objects.filter(change_set=change_set, registry=registry).values("record_id")
    rows = Hit.objects.filter(registry=registry, record_id__in=changed)
    target_ids = set(rows.values_list("target_id", flat=True))
    if not target_ids:
        return []
    hold_states(target_ids)
    return list(rows.select_for_update(of=("self",)).select_related("target", "agency").order_by("id"))


def hold_states(target_ids: Collection[UUID]) -> dict[UUID, str]:
    """State of each target, which nobody changes until the transaction ends: a hit opened now says what its target is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, state FROM targets_target WHERE id = ANY(%s) ORDER BY id FOR SHARE", [list(target_ids)])
        return dict(cursor.fetchall())


def timeline(hit_id: UUID) -> list[HitEvent]:
    """What happened to a hit, in order."""
    return list(HitEvent.objects.filter(hit_id=hit_id).order_by("at", "id"))


def judgements(hit_id: UUID) -> list[Judgement]:
    """What people said of a hit, in order; the last is in force."""
    return list(Judgement.objects.filter(hit_id=hit_id).order_by("at", "id"))
