"""Hits whose records, or whose scores, are no longer what they were: they say so, and they stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tequio.access.domain import Actor
from tequio.audit.domain import Action
from tequio.kernel import clock
from tequio.kernel.ids import new_id
from tequio.matching import Explanation
from tequio.registries.rnd.selectors import RecordSummary
from tequio.targets import domain, selectors
from tequio.targets.domain import HitEventKind, RecordStanding
from tequio.targets.models import Hit, HitEvent, HitRecord
from tequio.targets.services.opening import MOST_COMPARED, Circle
from tequio.targets.services.writing import FACE, event, leave_lines, reopen, show_best, summary_of

_RECORD = ("hit", "version", "day", "standing", "score", "band", "exact", "explanation", "summary", "updated_at")
"""Columns of a hit's record that a new comparison decides."""


@dataclass(frozen=True, slots=True)
class Now:
    """A record as it is now, compared again with its target. No explanation: it was cancelled."""

    version: int
    explanation: Explanation | None
    summary: RecordSummary | None


@dataclass(frozen=True, slots=True)
class _Told:
    """What happened to one record of a hit."""

    kind: HitEventKind
    record: HitRecord
    detail: dict[str, Any]


def follow(actor: Actor, hits: Mapping[UUID, Hit], changed: Mapping[int, Now], *, model_changed: bool = False) -> list[Hit]:
    """Bring held hits up to date with their records. Returns those to which something happened.

    `changed`: by the identifier of the hit's record. `model_changed`: the records are the same and the scorer is another.
    """
    if not hits:
        return []
    records = selectors.records(hits.keys())
    judged = selectors.judged_on(hits.keys())
    told: dict[UUID, list[_Told]] = {}
    for hit_id, theirs in records.items():
        for one in theirs:
            if one.pk in changed and (said := _compare_again(one, changed[one.pk], model_changed=model_changed)) is not None:
                told.setdefault(hit_id, []).append(said)
    events: list[HitEvent] = []
    left = [] if model_changed else _split(hits, records, set(changed))
    for hit_id, hit in hits.items():
        events += _bring_up(actor, hit, records[hit_id], told.get(hit_id, []), judged.get(hit_id, {}))
    events += _open_left(actor, hits, left)
    touched = [one for theirs in records.values() for one in theirs if one.pk in changed]
    Hit.objects.bulk_update(list(hits.values()), FACE, batch_size=500)
    HitRecord.objects.bulk_update([*touched, *(record for _, record in left)], _RECORD, batch_size=500)
    HitEvent.objects.bulk_create(events, batch_size=1_000)
    happened = {e.hit_id: hits[e.hit_id] for e in events if e.hit_id in hits}
    leave_lines(actor, Action.HIT_UPDATED, list(happened.values()))
    return list(happened.values())


def _compare_again(record: HitRecord, now: Now, *, model_changed: bool) -> _Told | None:
    """Write into a record what it is now. Returns what happened, or None if nothing did."""
    former = record.explanation
    record.version, record.updated_at = now.version, clock.now()
    if now.explanation is None:
        record.standing = RecordStanding.CANCELLED.value
        return _Told(HitEventKind.RECORD_CANCELLED, record, {"band": record.band})
    if now.summary is not None:  # a tombstone says less than the reviewer saw: what was seen stays
        record.summary, record.day = summary_of(now.summary), now.summary.detained_on
    stood, before = record.standing == RecordStanding.STANDS.value, record.score
    record.score, record.band = now.explanation.score, now.explanation.band
    record.explanation = now.explanation.to_dict()
    record.exact = domain.agrees_exactly(now.explanation)
    detail = {"band": record.band, "score_before": before, "news": _news(former, record.explanation)}
    if not domain.alerts(now.explanation):
        record.standing = RecordStanding.NO_LONGER_MATCHES.value
        return _Told(HitEventKind.NO_LONGER_MATCHES, record, detail)
    record.standing = RecordStanding.STANDS.value
    if not stood:
        return _Told(HitEventKind.MATCHES_AGAIN, record, detail)
    if model_changed:
        detail |= {"algorithm_before": former.get("algorithm", ""), "algorithm": now.explanation.algorithm}
        return _Told(HitEventKind.MODEL_CHANGED, record, detail)
    return _Told(HitEventKind.EVIDENCE_CHANGED, record, detail) if before != record.score else None


def _news(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [novelty.to_dict() for novelty in domain.news(before, now)]


def _bring_up(
    actor: Actor, hit: Hit, records: Sequence[HitRecord], told: Sequence[_Told], judged: dict[str, Any]
) -> list[HitEvent]:
    """Show the hit's best record again and say what happened. A hit that comes back says only that, and what is new."""
    moved = show_best(hit, records, hit.target.own_threshold)
    news = reopen(hit, judged)
    events = [
        event(hit, said.kind, actor.username, said.detail, about=said.record)
        for said in told
        if news is None or said.kind not in (HitEventKind.EVIDENCE_CHANGED, HitEventKind.MATCHES_AGAIN)
    ]
    events += [event(hit, kind, actor.username, {"band": hit.band}) for kind in moved]
    return events if news is None else [*events, event(hit, HitEventKind.REOPENED, actor.username, news)]


def _split(hits: Mapping[UUID, Hit], records: Mapping[UUID, list[HitRecord]], changed: set[int]) -> list[tuple[Hit, HitRecord]]:
    """Take out of their hits the corrected records that turn out to be of another event or person: each has a new hit."""
    doubtful = [
        one
        for hit_id, theirs in records.items()
        for one in theirs
        if one.pk in changed and one.standing == RecordStanding.STANDS.value and len(theirs) > 1
    ]
    if not doubtful:
        return []
    circles = {
        registry: Circle(registry, {r.record_id for d in doubtful for r in records[d.hit_id] if r.registry == registry})
        for registry in {d.registry for d in doubtful}
    }
    left = []
    for one in doubtful:
        theirs = records[one.hit_id]
        others = [r for r in theirs if r is not one and r.standing == RecordStanding.STANDS.value]
        if not others or any(circles[one.registry].holds(one, r) for r in others[-MOST_COMPARED:]):
            continue
        theirs.remove(one)
        left.append((hits[one.hit_id], one))
    return left


def _open_left(actor: Actor, hits: Mapping[UUID, Hit], left: Sequence[tuple[Hit, HitRecord]]) -> list[HitEvent]:
    events = []
    opened = []
    for former, record in left:
        hit = Hit(
            id=new_id(),
            agency_id=former.agency_id,
            target_id=former.target_id,
            registry=record.registry,
            record_id=record.record_id,
            target_state=former.target_state,
            opened_at=clock.now(),
        )
        show_best(hit, [record], former.target.own_threshold)
        events.append(event(former, HitEventKind.RECORD_LEFT, actor.username, {"hit": str(hit.id)}, about=record))
        detail = {"band": hit.band, "below_threshold": hit.below_threshold, "from_hit": str(former.id)}
        events.append(event(hit, HitEventKind.OPENED, actor.username, detail))
        hit.agency = former.agency
        opened.append(hit)
        record.hit = hit
    Hit.objects.bulk_create(opened, batch_size=500)
    leave_lines(actor, Action.HIT_OPENED, opened)
    return events
