"""Opening hits. Records of one person and one event under one target are one hit, judged once.

A record joins a hit when its event was on the day of the hit's first record, or the day before or after, and it is of the same
person as one of the hit's records: the scorer finds them at least probable, or another agency sent the record on under its key.
Two detentions of one person stay two hits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tequio.access.domain import Actor
from tequio.audit.domain import Action
from tequio.kernel import clock
from tequio.kernel.ids import new_id
from tequio.matching import Rarity, compare
from tequio.people.domain import Subject
from tequio.registries.rnd.selectors import RecordSummary
from tequio.search import selectors as search
from tequio.search.registries import SEARCHED
from tequio.search.services import tokens
from tequio.targets import domain, selectors
from tequio.targets.domain import DAYS_APART, HitEventKind, Occasion, RecordStanding
from tequio.targets.models import Hit, HitEvent, HitRecord
from tequio.targets.services.scoring import Meeting
from tequio.targets.services.writing import FACE, event, leave_lines, reopen, show_best, summary_of

MOST_COMPARED = 10
"""Records of one hit that a new record is compared with: one that agrees with none of so many is of another event."""


@dataclass(slots=True)
class Group:
    """A hit with its records, of which the last ones may still be unsaved."""

    hit: Hit
    records: list[HitRecord]
    is_new: bool
    joined: list[HitRecord] = field(default_factory=list)


class Circle:
    """Tells whether two records are of one person and one event. Reads each subject once."""

    def __init__(self, registry: str, record_ids: set[UUID]) -> None:
        found = SEARCHED[registry].subjects(list(record_ids)) if record_ids else {}
        self._subjects: dict[UUID, Subject | None] = {record_id: subject for record_id, (_, subject) in found.items()}
        words = {token for subject in self._subjects.values() if subject is not None for token in tokens(subject)}
        self._rarity = search.rarity(words) if words else Rarity({}, 0)

    def holds(self, one: HitRecord, other: HitRecord) -> bool:
        """Whether the two are of one hit. O(1): one comparison."""
        if other.standing != RecordStanding.STANDS.value or not domain.may_be_one_event(one.day, other.day):
            return False
        a, b = self._subjects.get(one.record_id), self._subjects.get(other.record_id)
        if a is None or b is None:
            return False
        sent_again = domain.is_sent_again(_occasion(one), _occasion(other))
        return domain.are_of_one_person(compare(a, b, self._rarity), sent_again=sent_again)


def open_hits(actor: Actor, registry: str, meetings: Sequence[Meeting]) -> None:
    """Open a hit for each meeting that is not known yet, or add its record to the hit of its event.

    Holds the targets until the transaction ends. O(meetings), and one comparison for each record of the hits near in time.
    """
    if not meetings:
        return
    held = selectors.hold_targets({m.watched.target_id for m in meetings})
    known = selectors.met(registry, held.keys(), {m.record_id for m in meetings})
    fresh = {(m.watched.target_id, m.record_id): m for m in meetings if (m.watched.target_id, m.record_id) not in known}
    summaries = SEARCHED[registry].summaries([m.record_id for m in fresh.values()]) if fresh else {}
    records = [_record(m, summaries[m.record_id]) for m in fresh.values() if m.record_id in summaries]
    if not records:
        return
    groups = _groups_near(registry, records)
    circle = Circle(registry, _to_compare(records, groups))
    for record in sorted(records, key=lambda r: (-r.score, r.record_id)):
        mine = groups.setdefault(record.target_id, [])
        group = next((g for g in _nearest(mine, record) if _belongs(circle, record, g)), None)
        if group is None:
            group = Group(_hit(record, held[record.target_id].state), [], is_new=True)
            mine.append(group)
        group.records.append(record)
        group.joined.append(record)
    _write(actor, [g for mine in groups.values() for g in mine if g.joined], held)


def _groups_near(registry: str, records: Sequence[HitRecord]) -> dict[UUID, list[Group]]:
    """The hits there are of the same targets and about the same days, with their records."""
    days = {r.day + timedelta(days=n) for r in records if r.day for n in range(-DAYS_APART, DAYS_APART + 1)}
    hits = selectors.hits_near(registry, {r.target_id for r in records}, days) if days else {}
    theirs = selectors.records(hits.keys()) if hits else {}
    groups: dict[UUID, list[Group]] = {}
    for hit in hits.values():
        groups.setdefault(hit.target_id, []).append(Group(hit, theirs[hit.id], is_new=False))
    return groups


def _to_compare(records: Sequence[HitRecord], groups: Mapping[UUID, Sequence[Group]]) -> set[UUID]:
    """Records that may be of one event with another: nearly always none, and then no subject is read."""
    by_target: dict[UUID, list[HitRecord]] = {}
    for group in (g for mine in groups.values() for g in mine):
        by_target.setdefault(group.hit.target_id, []).extend(group.records)
    for record in records:
        by_target.setdefault(record.target_id, []).append(record)
    wanted: set[UUID] = set()
    for theirs in by_target.values():
        by_day: dict[date, set[UUID]] = {}
        for record in theirs:
            if record.day is not None:
                by_day.setdefault(record.day, set()).add(record.record_id)
        for day, ids in by_day.items():
            near = ids.union(*(by_day.get(day + timedelta(days=n), set()) for n in range(1, DAYS_APART + 1)))
            wanted |= near if len(near) > 1 else set()
    return wanted


def _nearest(groups: Sequence[Group], record: HitRecord) -> list[Group]:
    """Groups whose event may be the record's: those of the very day first, then the older."""
    near = [g for g in groups if domain.may_be_one_event(g.records[0].day, record.day)]
    return sorted(near, key=lambda g: (g.records[0].day != record.day, g.hit.opened_at, g.hit.id))


def _belongs(circle: Circle, record: HitRecord, group: Group) -> bool:
    return any(circle.holds(record, other) for other in group.records[-MOST_COMPARED:])


def _occasion(record: HitRecord) -> Occasion:
    return Occasion(record.day, record.record_agency_id, str(record.summary.get("clave_registro", "")))


def _write(actor: Actor, groups: Sequence[Group], held: Mapping[UUID, selectors.HeldTarget]) -> None:
    judged = selectors.judged_on([g.hit.id for g in groups if not g.is_new])
    events: list[HitEvent] = []
    for group in groups:
        was_below = group.hit.below_threshold
        moved = show_best(group.hit, group.records, held[group.hit.target_id].own_threshold)
        first = group.joined[0] if group.is_new else None
        if group.is_new:
            detail = {"band": group.hit.band, "below_threshold": group.hit.below_threshold}
            events.append(event(group.hit, HitEventKind.OPENED, actor.username, detail))
        events += [_joined(group.hit, r, actor) for r in group.joined if r is not first]
        if not group.is_new:
            events += [event(group.hit, kind, actor.username, {"below_threshold_before": was_below}) for kind in moved]
            news = reopen(group.hit, judged.get(group.hit.id, {}))
            events += [event(group.hit, HitEventKind.REOPENED, actor.username, news)] if news is not None else []
    new, grown = [g.hit for g in groups if g.is_new], [g.hit for g in groups if not g.is_new]
    Hit.objects.bulk_create(new, batch_size=1_000)
    Hit.objects.bulk_update(grown, FACE, batch_size=500)
    joined = [_of(r, g.hit) for g in groups for r in g.joined]
    HitRecord.objects.bulk_create(joined, batch_size=1_000)
    HitEvent.objects.bulk_create(events, batch_size=1_000)
    opened = list(Hit.objects.filter(pk__in=[h.id for h in new]).select_related("agency"))
    leave_lines(actor, Action.HIT_OPENED, opened)
    leave_lines(actor, Action.HIT_UPDATED, grown)


def _joined(hit: Hit, record: HitRecord, actor: Actor) -> HitEvent:
    return event(hit, HitEventKind.RECORD_JOINED, actor.username, {"band": record.band}, about=record)


def _of(record: HitRecord, hit: Hit) -> HitRecord:
    record.hit = hit
    return record


def _record(meeting: Meeting, summary: RecordSummary) -> HitRecord:
    moment = clock.now()
    explanation: dict[str, Any] = meeting.explanation.to_dict()
    return HitRecord(
        target_id=meeting.watched.target_id,
        agency_id=meeting.watched.agency_id,
        registry=meeting.registry,
        record_id=meeting.record_id,
        version=meeting.record_version,
        record_agency_id=summary.agency_id,
        day=summary.detained_on,
        score=meeting.explanation.score,
        band=meeting.explanation.band,
        exact=domain.agrees_exactly(meeting.explanation),
        explanation=explanation,
        summary=summary_of(summary),
        joined_at=moment,
        updated_at=moment,
    )


def _hit(record: HitRecord, target_state: str) -> Hit:
    """A hit without its face, which its records give it."""
    return Hit(
        id=new_id(),
        agency_id=record.agency_id,
        target_id=record.target_id,
        registry=record.registry,
        record_id=record.record_id,
        target_state=target_state,
        opened_at=record.joined_at,
        updated_at=record.joined_at,
    )
