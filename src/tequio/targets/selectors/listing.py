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
    """The next hits of a list, without their explanations. Index `hit_listed` or `hit_by_target`, at any depth; two queries, or
    of several states one for each and one more."""
    return _read(_keys(wanted, "<", after, limit))


def hit_page_before(wanted: Wanted, before: Place, limit: int) -> list[Hit]:
    """The hits just before a place of the list, in its order. As `hit_page`, the other way round."""
    return _read(_keys(wanted, ">", before, limit)[::-1])


def count_hits(wanted: Wanted, most: int = MOST_COUNTED) -> int:
    """How many hits a list has; `most` + 1 says «more». One query that stops there."""
    return _hits(wanted).order_by()[: most + 1].count()


def next_hit(username: str, wanted: Wanted, after: Place | None) -> UUID | None:
    """The next hit of the list that waits for that person's word. One query, of a list of proposed or disputed ones two."""
    unsaid = username if wanted.state != HitState.OPEN.value else ""
    found = _keys(wanted, "<", after, 1, unsaid=unsaid)
    return found[0][2] if found else None


def unread(state: HitState, username: str, limit: int) -> list[Hit]:
    """Proposed or disputed hits in which that person has said nothing, longest waiting first. One query."""
    rows = Hit.objects.filter(state=state.value).exclude(said__has_key=username).select_related("target")
    return list(rows.defer("explanation", "target__subject").order_by("updated_at", "id")[:limit])


def hits_of_target(target_id: UUID, limit: int) -> list[Hit]:
    """A target's hits, best first, whatever their state. Two queries; index `hit_by_target`."""
    rows = Hit.objects.filter(target_id=target_id).order_by("-exact", "-score", "-id")
    return _read(list(rows.values_list("exact", "score", "id")[:limit]))


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


def _keys(
    wanted: Wanted, side: Literal["<", ">"], place: Place | None, limit: int, *, unsaid: str = ""
) -> list[tuple[bool, float, UUID]]:
    """(exact, score, id) of the hits beside a place, nearest first. `unsaid`: only those in which that person has said nothing.

    Read from the index alone, before anything is joined: behind a wall the planner expects one row, and would sort them all.
    """
    order = ("-exact", "-score", "-id") if side == "<" else ("exact", "score", "id")
    found: list[tuple[bool, float, UUID]] = []
    for strand in _strands(wanted):
        rows = strand if place is None else _beside(strand, side, place)
        rows = rows.exclude(said__has_key=unsaid) if unsaid else rows
        found += rows.order_by(*order).values_list("exact", "score", "id")[:limit]
    return sorted(found, reverse=side == "<")[:limit]


def _read(keys: Sequence[tuple[bool, float, UUID]]) -> list[Hit]:
    """Those hits, in that order, with target and supplier and without what a list does not show. One query."""
    rows = Hit.objects.filter(pk__in=[key[2] for key in keys]).select_related("target", "record_agency")
    found = {hit.id: hit for hit in rows.defer("explanation", "target__subject", "target__note")}
    return [found[key[2]] for key in keys if key[2] in found]


def _strands(wanted: Wanted) -> list[QuerySet[Hit]]:
    """The list as parts that an index has in order: of a target one, else one for each state and side of the threshold."""
    if wanted.folio:
        return [_hits(wanted)]
    states = [wanted.state] if wanted.state else [state.value for state in HitState]
    sides = [True] if wanted.below else [False] if wanted.state == HitState.OPEN.value else [False, True]
    rows = Hit.objects.filter(band=wanted.band) if wanted.band else Hit.objects.all()
    return [rows.filter(state=state, below_threshold=below) for state in states for below in sides]


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
    if wanted.folio:
        target_id = Target.objects.filter(folio=wanted.folio).values_list("id", flat=True).first()
        rows = rows.filter(target_id=target_id) if target_id is not None else rows.none()
    return rows


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
