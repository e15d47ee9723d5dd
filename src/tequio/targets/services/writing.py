"""What every change of a hit leaves: its best record shown, its event, and its line in the issuer's chain of the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tequio.access.domain import Actor
from tequio.access.scoping import NATIONAL, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.institutions.models import Agency
from tequio.kernel import clock
from tequio.registries.rnd.selectors import RecordSummary
from tequio.search.registries import SEARCHED
from tequio.targets import domain
from tequio.targets.domain import REOPENABLE, HitEventKind, HitState, RecordStanding
from tequio.targets.models import Hit, HitEvent, HitRecord

FACE = (
    "registry", "record_id", "record_version", "record_agency", "record_standing", "score", "band", "explanation",
    "record_summary", "record_count", "exact", "below_threshold", "event_day", "state", "updated_at",
)  # fmt: skip
"""Columns of a hit that its records decide."""


@contextmanager
def as_system(agency_id: int) -> Iterator[Actor]:
    """A unit of work in the system's name, in the chain of an agency."""
    agency = Agency.objects.get(pk=agency_id)
    actor = Actor("sistema", agency.pk, agency.code, agency.state_id or "", frozenset(), is_system=True)
    with unit_of_work(actor=actor, purpose=None, action=Action.HIT_OPENED):
        yield actor


def event(hit: Hit, kind: HitEventKind, by: str, detail: dict[str, Any], about: HitRecord | None = None) -> HitEvent:
    """A line of a hit's timeline, unsaved. `about`: the record that it tells of, if not the one that the hit shows."""
    if about is not None:
        detail = detail | {"record": str(about.record_id), "key": about.summary.get("clave_registro", "")}
    return HitEvent(
        hit=hit,
        kind=kind.value,
        at=clock.now(),
        by=by,
        record_version=about.version if about is not None else hit.record_version,
        score=about.score if about is not None else hit.score,
        detail=detail,
    )


def leave_lines(actor: Actor, action: Action, hits: Sequence[Hit]) -> None:
    """One line for each issuer, in its own chain."""
    by_issuer: dict[str, dict[object, Hit]] = {}
    for hit in hits:
        by_issuer.setdefault(hit.agency.code, {})[hit.id] = hit
    for code, theirs in sorted(by_issuer.items()):
        issuer = Actor(actor.username, next(iter(theirs.values())).agency_id, code, "", frozenset(), is_system=True)
        record(actor=issuer, purpose=None, action=action, subject_kind="hit", subjects=list(theirs))


def show_best(hit: Hit, records: Sequence[HitRecord], own_threshold: float | None) -> list[HitEventKind]:
    """Bring a hit to its best record that stands. Returns what that did to its place in the list.

    `records`: all of the hit's, in the order in which they joined. Where none stands, what was shown stays.
    """
    standing = [r for r in records if r.standing == RecordStanding.STANDS.value]
    best = max(
        standing or [r for r in records if r.record_id == hit.record_id] or records,
        key=lambda r: (r.score, r.record_id == hit.record_id),
    )
    hit.registry, hit.record_id, hit.record_version = best.registry, best.record_id, best.version
    hit.record_agency_id, hit.record_standing = best.record_agency_id, best.standing
    hit.score, hit.band, hit.explanation, hit.record_summary = best.score, best.band, best.explanation, best.summary
    hit.record_count = len(records)
    hit.exact = any(r.exact for r in standing)
    hit.event_day = records[0].day
    hit.updated_at = clock.now()
    if not standing:
        return []
    was, hit.below_threshold = hit.below_threshold, domain.is_below(hit.score, hit.exact, own_threshold)
    if was == hit.below_threshold:
        return []
    return [HitEventKind.BELOW_THRESHOLD if hit.below_threshold else HitEventKind.ABOVE_THRESHOLD]


def reopen(hit: Hit, judged: dict[str, Any]) -> dict[str, Any] | None:
    """Bring a rejected or unsure hit back if what is new speaks enough for it. Returns what is new, or None if it stays.

    `judged`: the explanation that whoever judged was shown.
    """
    stands = hit.record_standing == RecordStanding.STANDS.value
    if hit.state not in REOPENABLE or not stands or not domain.brings_back(judged, hit.judged_score, hit.explanation):
        return None
    former, hit.state = hit.state, HitState.OPEN.value
    found = [novelty.to_dict() for novelty in domain.news(judged, hit.explanation)] if judged else []
    return {"band": hit.band, "was": former, "judged_score": hit.judged_score, "news": found}


def summary_now(hit: Hit) -> dict[str, str]:
    """Where the hit's record and its custody stand at this moment, e.g. for a notice that leaves now. One query."""
    with reach(NATIONAL):
        return summary_of(SEARCHED[hit.registry].summaries([hit.record_id])[hit.record_id])


def summary_of(summary: RecordSummary) -> dict[str, str]:
    """What a hit shows of its record's event."""
    return {
        "clave_registro": summary.supplier_key,
        "detenida_el": summary.detained_on.isoformat() if summary.detained_on else "",
        "entidad": summary.state_code,
        "municipio": summary.municipality_code,
        "tipo_registro": summary.record_type,
        "custodia": summary.custody_state,
    }
