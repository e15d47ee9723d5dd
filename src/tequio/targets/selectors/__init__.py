"""Reads of targets and hits. All need an open scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Max, Min, Q, QuerySet

from tequio.access import policy
from tequio.people.domain import Subject
from tequio.search.models import Entry
from tequio.targets.domain import HitState, RecordStanding, RunState, TargetState
from tequio.targets.models import (
    Hit,
    HitEvent,
    HitRecord,
    Judgement,
    Rescreening,
    RescreeningChange,
    Target,
    TargetEvent,
    TargetKey,
)


@dataclass(frozen=True, slots=True)
class Watched:
    """What screening needs of a target."""

    target_id: UUID
    agency_id: int
    own_threshold: float | None
    subject: Subject


@dataclass(frozen=True, slots=True)
class HeldTarget:
    """What a hit opened now says of its target, which nobody changes until the transaction ends."""

    state: str
    own_threshold: float | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Hits of a target that wait for a reviewer."""

    target: Target
    hits: int


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
        "id", "agency_id", "own_threshold", "subject"
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


def hits(*, state: str = HitState.OPEN.value, standing_only: bool = False, below: bool = False, limit: int = 50) -> list[Hit]:
    """The scope's hits: first those with an equal CURP or RFC, then best first. One query; index (agency, state, below, ...).

    Of the open ones those below their target's threshold are left out; `below` gives these and no others.
    """
    rows = _of_state(Hit.objects.select_related("target", "record_agency"), state, below=below)
    rows = rows.order_by("-exact", "-score", "opened_at", "id")
    if standing_only:
        rows = _standing(rows)
    return list(rows[:limit])


def count_by_band(*, state: str = HitState.OPEN.value, standing_only: bool = False, below: bool = False) -> dict[str, int]:
    """How many hits `hits` would give without a limit, by band. One query, an index scan of the agency's open hits."""
    rows = _of_state(Hit.objects.all(), state, below=below)
    rows = _standing(rows) if standing_only else rows
    return dict(rows.order_by().values_list("band").annotate(n=Count("id")))


def _of_state(rows: QuerySet[Hit], state: str, *, below: bool) -> QuerySet[Hit]:
    if state:
        rows = rows.filter(state=state)
    if below:
        return rows.filter(below_threshold=True)
    return rows.filter(below_threshold=False) if state == HitState.OPEN.value else rows


def _standing(rows: QuerySet[Hit]) -> QuerySet[Hit]:
    return rows.filter(record_standing=RecordStanding.STANDS.value, target_state=TargetState.ACTIVE.value)


def below_threshold(target_ids: Collection[UUID] | None = None) -> dict[UUID, int]:
    """How many open hits each target has below its own threshold; those with none are left out. One query."""
    rows = Hit.objects.filter(state=HitState.OPEN.value, below_threshold=True)
    if target_ids is not None:
        rows = rows.filter(target_id__in=list(target_ids))
    return dict(rows.order_by().values_list("target_id").annotate(n=Count("id")))


def judged_since(username: str, since: datetime) -> int:
    """How many of the scope's hits that person has judged since then. One query."""
    mine = Judgement.objects.filter(by=username, at__gte=since, hit__in=Hit.objects.all())
    return mine.values("hit_id").distinct().count()


def drowned(more_than: int, *, target_id: UUID | None = None, limit: int = 5) -> list[Waiting]:
    """Targets of the scope with more than so many standing hits to judge, most first. Two queries."""
    rows = _standing(_of_state(Hit.objects.all(), HitState.OPEN.value, below=False))
    if target_id is not None:
        rows = rows.filter(target_id=target_id)
    counted = rows.order_by().values_list("target_id").annotate(n=Count("id")).filter(n__gt=more_than).order_by("-n")[:limit]
    sizes: dict[UUID, int] = dict(counted)
    found = Target.objects.in_bulk(list(sizes))
    return [Waiting(found[one], n) for one, n in sizes.items()]


def waiting_scores(target_id: UUID) -> list[tuple[float, bool]]:
    """(score, exact) of a target's standing hits to judge. One query."""
    rows = _standing(_of_state(Hit.objects.filter(target_id=target_id), HitState.OPEN.value, below=False))
    return list(rows.values_list("score", "exact"))


def lowest_confirmed(target_id: UUID) -> float | None:
    """Least score at which a person confirmed a hit of the target. One query."""
    confirmed = Hit.objects.filter(target_id=target_id, state=HitState.CONFIRMED.value)
    found: float | None = confirmed.aggregate(least=Min("judged_score"))["least"]
    return found


def records(hit_ids: Collection[UUID]) -> dict[UUID, list[HitRecord]]:
    """Records of each hit, in the order in which they joined it. One query."""
    found: dict[UUID, list[HitRecord]] = {hit_id: [] for hit_id in hit_ids}
    rows = HitRecord.objects.filter(hit_id__in=list(hit_ids)).select_related("record_agency")
    for row in rows.order_by("joined_at", "id"):
        found[row.hit_id].append(row)
    return found


def records_of_hit(hit_id: UUID) -> list[HitRecord]:
    """Records of a hit that its reader has already reached, in the order in which they joined it. One query."""
    rows = HitRecord._base_manager.filter(hit_id=hit_id).select_related("record_agency")
    return list(rows.order_by("joined_at", "id"))


def targets_of_change(registry: str, change_set: UUID) -> set[UUID]:
    """Targets that have a hit with a record of that change set."""
    return set(_of_change(registry, change_set).values_list("target_id", flat=True))


def hits_of_change(registry: str, change_set: UUID) -> tuple[dict[UUID, Hit], list[HitRecord]]:
    """Hits of the records of a change set, held until the transaction ends, and those records. Their targets must be held."""
    met = list(_of_change(registry, change_set))
    return hold_hits({record.hit_id for record in met}), met


def _of_change(registry: str, change_set: UUID) -> QuerySet[HitRecord]:
    changed = Entry.objects.filter(change_set=change_set, registry=registry).values("record_id")
    return HitRecord.objects.filter(registry=registry, record_id__in=changed)


def hold_hits(hit_ids: Collection[UUID]) -> dict[UUID, Hit]:
    """Those hits, held until the transaction ends. In a fixed order, so that nobody waits in circles."""
    rows = Hit.objects.select_for_update(of=("self",)).filter(pk__in=list(hit_ids)).select_related("target", "agency")
    return {hit.id: hit for hit in rows.order_by("id")}


def hits_near(registry: str, target_ids: Collection[UUID], days: Collection[date]) -> dict[UUID, Hit]:
    """Hits of those targets whose event was on one of those days, held. One query; index (target, event_day)."""
    near = Hit.objects.filter(registry=registry, target_id__in=list(target_ids), event_day__in=list(days))
    return hold_hits(set(near.values_list("id", flat=True)))


def met(registry: str, target_ids: Collection[UUID], record_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], HitRecord]:
    """What is known of the pairs of those targets and records that have met, by (target, record). One query."""
    rows = HitRecord.objects.filter(registry=registry, target_id__in=list(target_ids), record_id__in=list(record_ids))
    return {(row.target_id, row.record_id): row for row in rows.select_related("hit")}


def records_of(registry: str, record_ids: Collection[UUID]) -> list[HitRecord]:
    """What those records are in hits of any target. One query; index (registry, record_id)."""
    return list(HitRecord.objects.filter(registry=registry, record_id__in=list(record_ids)).select_related("hit"))


def judged_on(hit_ids: Collection[UUID]) -> dict[UUID, dict[str, object]]:
    """The explanation that the judgement in force of each hit was made on. One query."""
    last = Judgement.objects.filter(hit_id__in=list(hit_ids), superseded_by=None)
    return dict(last.values_list("hit_id", "explanation"))


def hold_targets(target_ids: Collection[UUID]) -> dict[UUID, HeldTarget]:
    """State and threshold of each target, which nobody changes, and under which nobody else opens a hit, until the transaction
    ends: of two records of one event that arrive at once, the second finds the hit of the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, state, own_threshold FROM targets_target WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [list(target_ids)],
        )
        return {row[0]: HeldTarget(row[1], row[2]) for row in cursor.fetchall()}


def timeline(hit_id: UUID) -> list[HitEvent]:
    """What happened to a hit, in order."""
    return list(HitEvent.objects.filter(hit_id=hit_id).order_by("at", "id"))


def judgements(hit_id: UUID) -> list[Judgement]:
    """What people said of a hit, in order; the last is in force."""
    return list(Judgement.objects.filter(hit_id=hit_id).order_by("at", "id"))


def latest_run(*, finished: bool = False) -> Rescreening | None:
    """The last run that nobody abandoned; `finished`: that has looked at everything."""
    out = [RunState.ABANDONED.value, *([RunState.RUNNING.value] if finished else [])]
    return Rescreening.objects.exclude(state__in=out).order_by("-started_at", "-id").first()


def run(run_id: UUID) -> Rescreening:
    """One run. Raises NotFound."""
    found = Rescreening.objects.filter(pk=run_id).first()
    if found is None:
        raise policy.not_found()
    return found


def lock_run(run_id: UUID) -> Rescreening:
    """The same, held until the transaction ends. Raises NotFound."""
    found = Rescreening.objects.select_for_update().filter(pk=run_id).first()
    if found is None:
        raise policy.not_found()
    return found


def change_counts(run_id: UUID) -> dict[str, Counter[str]]:
    """How many pairs of each agency of the scope would change, by kind: {agency code: {kind: n}}.

    Besides the kinds, "cambia_de_grado" and "bajo_umbral" count the changes that move a hit to another band, and those that
    stay below the own threshold of their target. One query.
    """
    rows = RescreeningChange.objects.filter(run_id=run_id).order_by().values_list("agency__code", "kind")
    moved = Count("id", filter=~Q(band_before="") & ~Q(band_before=F("band_now")))
    counts: dict[str, Counter[str]] = {}
    for code, kind, n, banded, below in rows.annotate(
        n=Count("id"), banded=moved, below=Count("id", filter=Q(below_threshold=True))
    ):
        counts.setdefault(code, Counter()).update({kind: n, "cambia_de_grado": banded, "bajo_umbral": below})
    return counts


def changes(run_id: UUID, *, limit: int = 50) -> list[RescreeningChange]:
    """What would change in the scope's hits by that run, the largest scores first. One query."""
    rows = RescreeningChange.objects.filter(run_id=run_id).select_related("target", "hit")
    return list(rows.order_by("-score_now", "id")[:limit])


def changes_after(run_id: UUID, position: int, limit: int) -> list[RescreeningChange]:
    """The run's next changes in order. One query; index (run, id)."""
    return list(RescreeningChange.objects.filter(run_id=run_id, pk__gt=position).order_by("pk")[:limit])


def entries_after(position: int, last: int, limit: int) -> list[tuple[int, str, UUID]]:
    """The next (entry, registry, record) of the index, in order. One query by primary key."""
    rows = Entry.objects.filter(pk__gt=position, pk__lte=last).order_by("pk")
    return list(rows.values_list("id", "registry", "record_id")[:limit])


def entries_span() -> tuple[int, int]:
    """(number of the index's entries, number of the last)."""
    found = Entry.objects.aggregate(n=Count("id"), last=Max("id"))
    return int(found["n"]), int(found["last"] or 0)


def active_targets(after: UUID | None, limit: int) -> list[tuple[UUID, Subject]]:
    """The next active targets by identifier, held until the transaction ends. One query."""
    rows = Target.objects.select_for_update(of=("self",), no_key=True).filter(state=TargetState.ACTIVE.value)
    rows = rows.filter(pk__gt=after) if after is not None else rows
    return [(pk, Subject.from_dict(subject)) for pk, subject in rows.order_by("pk").values_list("pk", "subject")[:limit]]


def keys_of(target_ids: Collection[UUID]) -> dict[UUID, set[int]]:
    """Keys under which each of those targets is searched now. One query."""
    found: dict[UUID, set[int]] = {target_id: set() for target_id in target_ids}
    for key, target_id in TargetKey.objects.filter(target_id__in=list(target_ids)).values_list("key", "target_id"):
        found[target_id].add(key)
    return found
