"""Applying what a run over everything found, some changes at a time: new hits are opened, the others brought up to date."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tequio.access.domain import Actor
from tequio.matching import Explanation
from tequio.search import selectors as search
from tequio.search.registries import SEARCHED
from tequio.targets import domain, selectors
from tequio.targets.domain import ChangeKind, Outcome, RecordStanding, RunState
from tequio.targets.models import RescreeningChange
from tequio.targets.selectors import Watched
from tequio.targets.services.following import Now, follow
from tequio.targets.services.opening import open_hits
from tequio.targets.services.scoring import Meeting, Screen
from tequio.targets.services.writing import as_system


def apply_chunk(run_id: UUID, most: int, screens: dict[str, Screen]) -> int:
    """Apply the run's next changes and move its position, in one transaction. Returns how many; 0 when all are applied.

    A record that has another version than the run saw is scored again; a cancelled one, a stopped target, and a pair that a
    correction has taken apart meanwhile are left as they are.
    """
    run = selectors.run(run_id)
    ahead = selectors.changes_after(run_id, run.applied_to, 1)
    if not ahead:
        return 0
    with as_system(ahead[0].agency_id) as actor:
        run = selectors.lock_run(run_id)
        changes = selectors.changes_after(run_id, run.applied_to, most)
        if not changes or run.state != RunState.APPLYING.value:
            return 0
        for registry in sorted({change.registry for change in changes}):
            theirs = [change for change in changes if change.registry == registry]
            meetings = _as_they_are(registry, theirs, screens.setdefault(registry, Screen(registry)))
            selectors.hold_targets({change.target_id for change in theirs})
            _bring_up(actor, registry, meetings)
        RescreeningChange.objects.bulk_update(changes, ["outcome"], batch_size=500)
        run.applied_to = changes[-1].pk
        run.save(update_fields=["applied_to"])
    return len(changes)


def _as_they_are(registry: str, changes: Sequence[RescreeningChange], screen: Screen) -> list[Meeting]:
    """The changes' pairs as they score now; each change is told what becomes of it. The records are held."""
    held = search.hold_versions(registry, {change.record_id for change in changes})
    watched = selectors.watched(list({change.target_id for change in changes}))
    stale = [c for c in changes if held.get(c.record_id) != c.record_version]
    again = (
        screen.explain(
            [(c.target_id, c.record_id) for c in stale],
            SEARCHED[registry].subjects(list({c.record_id for c in stale})),
        )
        if stale
        else {}
    )
    meetings = []
    for change in changes:
        target = watched.get(change.target_id)
        meeting = again.get((change.target_id, change.record_id)) if change in stale else _stored(change, target)
        if target is None or meeting is None or (change.kind == ChangeKind.NEW and not domain.alerts(meeting.explanation)):
            change.outcome = Outcome.VOID.value
            continue
        change.outcome = (Outcome.RESCORED if change in stale else Outcome.APPLIED).value
        meetings.append(meeting)
    return meetings


def _stored(change: RescreeningChange, target: Watched | None) -> Meeting | None:
    if target is None:
        return None
    explanation = Explanation.from_dict(change.explanation)
    return Meeting(target, change.registry, change.record_id, change.record_version, explanation)


def _bring_up(actor: Actor, registry: str, meetings: Sequence[Meeting]) -> None:
    known = selectors.met(registry, {m.watched.target_id for m in meetings}, {m.record_id for m in meetings})
    fresh = [m for m in meetings if (m.watched.target_id, m.record_id) not in known]
    changed = {
        held.pk: Now(m.record_version, m.explanation, None)
        for m in meetings
        if (held := known.get((m.watched.target_id, m.record_id))) is not None
        and held.standing != RecordStanding.CANCELLED.value
    }
    hits = selectors.hold_hits({held.hit_id for held in known.values() if held.pk in changed})
    follow(actor, hits, changed, model_changed=True)
    open_hits(actor, registry, fresh)
