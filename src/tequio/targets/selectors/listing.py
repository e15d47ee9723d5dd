"""Reads of lists of hits and targets as pages show them. All need an open scope.

The package's own file has what screening and judging read; this one, what is read page by page.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tequio.targets.domain import HitState, Place, TargetState, Wanted
from tequio.targets.models import Hit, Target, TargetKey

MOST_COUNTED = 1_000
"""Beyond so many a count says «more than»: an exact one reads them all, and nobody acts otherwise on 40,000 than on 41,000."""


@dataclass(frozen=True, slots=True)
class TargetFilter:
    """Which targets a list is to show. Empty text: all. `name`: how the title begins."""

    state: str = ""
    priority: str = ""
    grounds: str = ""
    name: str = ""


def hit_page(wanted: Wanted, after: Place | None, limit: int) -> list[Hit]:
    """The next hits of a list, without their explanations. One query; index `hit_list`, at any depth, or `hit_of_target`."""
    rows = _hits(wanted).select_related("target", "record_agency").defer("explanation", "target__subject", "target__note")
    if after is not None:
        rows = _beside(rows, "<", after)
    return list(rows.order_by("-exact", "-score", "-id")[:limit])


def hit_page_before(wanted: Wanted, before: Place, limit: int) -> list[Hit]:
    """The hits just before a place of the list, in its order. As `hit_page`, the other way round."""
    rows = _hits(wanted).select_related("target", "record_agency").defer("explanation", "target__subject", "target__note")
    return list(_beside(rows, ">", before).order_by("exact", "score", "id")[:limit])[::-1]


def count_hits(wanted: Wanted, most: int = MOST_COUNTED) -> int:
    """How many hits a list has; `most` + 1 says «more». One query that stops there."""
    return _hits(wanted).order_by()[: most + 1].count()


def next_hit(username: str, wanted: Wanted, after: Place | None) -> UUID | None:
    """The next hit of the list that waits for that person's word. One query."""
    rows = _hits(wanted) if after is None else _beside(_hits(wanted), "<", after)
    if wanted.state != HitState.OPEN.value:
        rows = rows.exclude(said__has_key=username)
    found: UUID | None = rows.order_by("-exact", "-score", "-id").values_list("id", flat=True).first()
    return found


def unread(state: HitState, username: str, limit: int) -> list[Hit]:
    """Proposed or disputed hits in which that person has said nothing, longest waiting first. One query."""
    rows = Hit.objects.filter(state=state.value).exclude(said__has_key=username).select_related("target")
    return list(rows.defer("explanation", "target__subject").order_by("updated_at", "id")[:limit])


def hits_of_target(target_id: UUID, limit: int) -> list[Hit]:
    """A target's hits, best first, whatever their state. One query; index `hit_of_target`."""
    rows = Hit.objects.filter(target_id=target_id).select_related("record_agency").defer("explanation")
    return list(rows.order_by("-exact", "-score", "-id")[:limit])


def target_page(wanted: TargetFilter, *, order: str, offset: int, limit: int) -> list[Target]:
    """The scope's targets that a list shows, without their identities. One query."""
    sign, column = ("-", order[1:]) if order.startswith("-") else ("", order)
    rows = _targets(wanted).defer("subject").order_by(f"{sign}{column}", f"{sign}id")
    return list(rows[offset : offset + limit])


def count_targets(wanted: TargetFilter) -> int:
    """How many targets a list has. One query."""
    return _targets(wanted).count()


def targets_of_state(state: TargetState, limit: int) -> list[Target]:
    """The scope's targets of a state without their identities, the oldest proposal first. One query."""
    return list(Target.objects.filter(state=state.value).defer("subject").order_by("proposed_at", "id")[:limit])


def expiring(until: date, approved_before: date, limit: int) -> list[Target]:
    """Active targets to validate or whose validity ends until a day, or approved before another, soonest first. One query."""
    soon = Q(validate_by__lte=until) | Q(valid_to__lte=until) | Q(approved_at__date__lte=approved_before)
    rows = Target.objects.filter(soon, state=TargetState.ACTIVE.value).defer("subject")
    return list(rows.order_by("validate_by", "valid_to", "id")[:limit])


def to_validate(until: date, limit: int) -> list[Target]:
    """Active targets to validate until a day, soonest first, without their identities. One query."""
    rows = Target.objects.filter(state=TargetState.ACTIVE.value, validate_by__lte=until).defer("subject")
    return list(rows.order_by("validate_by", "id")[:limit])


def suspended_for_time(limit: int) -> list[Target]:
    """Suspended targets past their validation day or validity, latest first. One query."""
    rows = Target.objects.filter(state=TargetState.SUSPENDED.value).defer("subject")
    return list(rows.order_by("-validate_by", "-id")[:limit])


def sharing_keys(keys: Collection[int], limit: int) -> list[Target]:
    """The scope's active targets that share some key with an identity, most shared first. Two queries by index."""
    mine = TargetKey.objects.filter(key__in=list(keys), target__in=Target.objects.filter(state=TargetState.ACTIVE.value))
    ids = mine.values_list("target_id").annotate(n=Count("key")).order_by("-n")[:limit]
    return list(Target.objects.filter(pk__in=[row[0] for row in ids]))


def not_searched(limit: int) -> list[Target]:
    """The scope's targets that are not searched now (proposed, suspended, closed), latest first. One query."""
    rows = Target.objects.exclude(state=TargetState.ACTIVE.value)
    return list(rows.order_by("-proposed_at", "-id")[:limit])


def titles(target_ids: Sequence[UUID]) -> dict[UUID, Target]:
    """Those targets of the scope, without their identities. One query."""
    return {one.id: one for one in Target.objects.filter(pk__in=list(target_ids)).defer("subject")}


def _hits(wanted: Wanted) -> QuerySet[Hit]:
    rows = Hit.objects.all()
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.below:
        rows = rows.filter(below_threshold=True)
    elif wanted.state == HitState.OPEN.value:
        rows = rows.filter(below_threshold=False)
    if wanted.band:
        rows = rows.filter(band=wanted.band)
    return rows.filter(target__folio=wanted.folio) if wanted.folio else rows


def _beside(rows: QuerySet[Hit], side: Literal["<", ">"], place: Place) -> QuerySet[Hit]:
    """As one comparison of rows and not as three of columns: only that one begins where the index has it."""
    return rows.extra(  # noqa: S610  a constant, one of two signs, and parameters
        where=[f"(targets_hit.exact, targets_hit.score, targets_hit.id) {side} (%s, %s, %s)"],
        params=[place.exact, place.score, place.hit_id],
    )


def _targets(wanted: TargetFilter) -> QuerySet[Target]:
    rows = Target.objects.all()
    for column in ("state", "priority", "grounds"):
        value = getattr(wanted, column)
        rows = rows.filter(**{column: value}) if value else rows
    return rows.filter(title__istartswith=wanted.name) if wanted.name else rows
