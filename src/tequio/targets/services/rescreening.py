"""All records against all active targets, after a change of model or keys. First it looks, and stores what would change; then,
in a second step that a person asks for, it is applied.

Chunks of the index's entries, in order; each is one transaction that also moves the run's position, so a run whose process dies
goes on where it was. Within a chunk: the records are read once, their keys computed anew, met with the targets' keys in one
sorted join in memory, and scored. O(records x keys x log(target keys)); memory: 24 bytes a target key and one chunk.

The operator who runs it sees counts for each agency; which target and which record, only the issuer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import numpy as np
from django.db import OperationalError, transaction
from numpy.typing import NDArray

from tequio.access import policy
from tequio.access.domain import Actor, IdempotencyKey, Permission, Purpose
from tequio.access.scoping import NATIONAL, own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.kernel import clock
from tequio.kernel.errors import NotAllowed
from tequio.kernel.ids import new_id
from tequio.matching import keys_of, screening_keys
from tequio.search.registries import SEARCHED
from tequio.targets import domain, selectors
from tequio.targets.domain import Held, Progress, RunState
from tequio.targets.models import HitRecord, Rescreening, RescreeningChange, TargetKey
from tequio.targets.services.applying import apply_chunk
from tequio.targets.services.scoring import Meeting, Pair, Screen, Subjects, model_in_force

T = TypeVar("T")
Report = Callable[[Progress], None]

ENTRIES_AT_A_TIME = 2_000
CHANGES_AT_A_TIME = 500
TARGETS_AT_A_TIME = 1_000
TRIES, FIRST_WAIT, LONGEST_WAIT = 12, 0.1, 5.0
"""A chunk that meets a record in other hands is tried again after that many seconds, each time twice as many."""
_IN_OTHER_HANDS = frozenset({"55P03", "40P01", "40001"})
"""PostgreSQL's states for a lock not to be had, a deadlock, and a serialisation that failed."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A run and how many pairs would change, by agency and kind."""

    run: Rescreening
    by_agency: dict[str, dict[str, int]]


def rescreen(*, actor: Actor, purpose: Purpose | None, report: Report = lambda progress: None) -> Counted:
    """Look at every record and store what would change. Goes on with a run of the same model that was left half way.

    Nothing of a hit changes. The targets' keys, which are derived, are brought to the rules in force first.
    Raises NotAllowed, PurposeRequired.
    """
    run = _begin(actor, purpose)
    with reach(NATIONAL):
        _renew_keys(run, report)
        book = _Book.read()
        screens: dict[str, Screen] = {}
        run_id = run.id
        while run.state == RunState.RUNNING.value and run.position < run.last_entry:
            run = _patiently(lambda: _look_at_chunk(run_id, book, screens))
            report(Progress(run_id, "registros", run.entries_done, run.entries, run.found))
    return _finish(actor, purpose, run_id)


def apply_rescreening(
    *,
    actor: Actor,
    purpose: Purpose | None,
    run_id: UUID,
    key: IdempotencyKey = "",
    report: Report = lambda progress: None,
) -> Counted:
    """Make what a finished run found true. Records that changed since are scored again, and what no longer applies is left.

    Goes on where a former call was cut; once applied, repeating it changes nothing. Raises NotAllowed, NotFound,
    PurposeRequired, RunUnfinished, RunOutdated.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.RESCREENING_APPLIED):
        _require_hub(actor)
        purpose = policy.require_purpose(purpose)
        run = selectors.lock_run(run_id)
        if run.state == RunState.APPLIED.value:
            return _counted(run)
        _refuse_unapplicable(run)
        if run.state == RunState.READY.value:
            run.state, run.applied_by = RunState.APPLYING.value, actor.username
            run.save(update_fields=["state", "applied_by"])
            _log(actor, purpose, Action.RESCREENING_APPLIED, run, {"step": "begun"}, key)
    with reach(NATIONAL):
        total = run.found
        screens: dict[str, Screen] = {}
        done = run.changes.filter(pk__lte=run.applied_to).count()
        while (applied := _patiently(lambda: apply_chunk(run.id, CHANGES_AT_A_TIME, screens))) > 0:
            done += applied
            report(Progress(run.id, "cambios", done, total, total))
    with unit_of_work(actor=actor, purpose=purpose, action=Action.RESCREENING_APPLIED):
        run = selectors.lock_run(run_id)
        if run.state == RunState.APPLYING.value:
            run.state, run.applied_at = RunState.APPLIED.value, clock.now()
            run.save(update_fields=["state", "applied_at"])
            _log(actor, purpose, Action.RESCREENING_APPLIED, run, {"step": "done", "changes": total}, key)
        return _counted(run)


def read_rescreening(*, actor: Actor, purpose: Purpose, run_id: UUID | None = None) -> Counted | None:
    """A run, or with None the last one, with its counts for each agency; None where there is none.

    Raises NotAllowed, NotFound.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.RESCREENING_READ):
        _require_hub(actor)
        run = selectors.run(run_id) if run_id is not None else selectors.latest_run()
        subjects = [run.id] if run is not None else []
        record(actor=actor, purpose=purpose, action=Action.RESCREENING_READ, subject_kind="rescreening", subjects=subjects)
        return _counted(run) if run is not None else None


def list_changes(
    *, actor: Actor, purpose: Purpose, run_id: UUID | None = None, limit: int = 50
) -> tuple[Rescreening | None, list[RescreeningChange]]:
    """What a run, or with None the last finished one, would change or has changed in the actor's own agency's hits.

    Raises NotAllowed, NotFound.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.HIT_READ), reach(own(actor)):
        policy.require(actor, Permission.HIT_READ)
        run = selectors.run(run_id) if run_id is not None else selectors.latest_run(finished=True)
        found = selectors.changes(run.id, limit=limit) if run is not None else []
        subjects = [c.hit_id or c.target_id for c in found]
        record(actor=actor, purpose=purpose, action=Action.HIT_READ, subject_kind="hit", subjects=subjects)
    return run, found


def _begin(actor: Actor, purpose: Purpose | None) -> Rescreening:
    """The run to go on with: one that was left half way by the same model, else a new one."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.RESCREENED):
        _require_hub(actor)
        purpose = policy.require_purpose(purpose)
        model = model_in_force()
        left = Rescreening.objects.select_for_update().filter(state=RunState.RUNNING.value).first()
        if left is not None and _made_by(left) == model:
            _log(actor, purpose, Action.RESCREENED, left, {"step": "resumed"})
            return left
        if left is not None:
            left.state = RunState.ABANDONED.value
            left.save(update_fields=["state"])
        entries, last = selectors.entries_span()
        run = Rescreening.objects.create(
            id=new_id(),
            algorithm=model.algorithm,
            key_version=model.key_version,
            alert_threshold=model.alert_threshold,
            started_by=actor.username,
            started_at=clock.now(),
            last_entry=last,
            entries=entries,
        )
        _log(actor, purpose, Action.RESCREENED, run, {"step": "begun", "entries": entries})
    return run


def _finish(actor: Actor, purpose: Purpose | None, run_id: UUID) -> Counted:
    with unit_of_work(actor=actor, purpose=purpose, action=Action.RESCREENED):
        run = selectors.lock_run(run_id)
        if run.state == RunState.RUNNING.value:
            run.state, run.finished_at = RunState.READY.value, clock.now()
            run.save(update_fields=["state", "finished_at"])
            counted = _counted(run)
            facts: dict[str, object] = {
                "step": "done",
                "changes": {code: sum(_kinds(c).values()) for code, c in counted.by_agency.items()},
            }
            _log(actor, purpose, Action.RESCREENED, run, facts)
            return counted
        return _counted(run)


def _renew_keys(run: Rescreening, report: Report) -> None:
    """Bring the targets' keys to the rules in force, by which new records are met already. Each piece is a transaction."""
    after: UUID | None = None
    done = 0
    while True:
        with transaction.atomic():
            piece = selectors.active_targets(after, TARGETS_AT_A_TIME)
            if not piece:
                break
            wanted = {target_id: screening_keys(subject) for target_id, subject in piece}
            held = selectors.keys_of(wanted.keys())
            stale = [target_id for target_id, found in wanted.items() if set(found) != held[target_id]]
            TargetKey.objects.filter(target_id__in=stale).delete()
            fresh = [TargetKey(key=key, target_id=target_id) for target_id in stale for key in sorted(wanted[target_id])]
            TargetKey.objects.bulk_create(fresh, batch_size=10_000)
        after, done = piece[-1][0], done + len(piece)
        report(Progress(run.id, "objetivos", done, done, 0))
    Rescreening.objects.filter(pk=run.id).update(targets=done)


@dataclass(frozen=True, slots=True)
class _Book:
    """Keys of every active target, sorted: the larger side of the join, read once for a run."""

    keys: NDArray[np.int64]
    owners: NDArray[np.int32]
    targets: list[UUID]

    @classmethod
    def read(cls) -> _Book:
        """One query. O(target keys)."""
        numbers: dict[UUID, int] = {}
        found: list[int] = []
        owners: list[int] = []
        for key, target_id in TargetKey.objects.order_by("key").values_list("key", "target_id").iterator(chunk_size=50_000):
            found.append(key)
            owners.append(numbers.setdefault(target_id, len(numbers)))
        return cls(np.array(found, np.int64), np.array(owners, np.int32), list(numbers))

    def pairs(self, subjects: Subjects) -> list[Pair]:
        """(target, record) of those that share a key, each once. O(keys x log(target keys) + pairs)."""
        ids = [record_id for record_id, (_, subject) in subjects.items() if subject is not None]
        theirs = keys_of([subject for _, subject in subjects.values() if subject is not None])
        wanted = np.fromiter((key for found in theirs for key in found), np.int64)
        rows = np.repeat(np.arange(len(ids), dtype=np.int64), [len(found) for found in theirs])
        start = np.searchsorted(self.keys, wanted, "left")
        size = np.searchsorted(self.keys, wanted, "right") - start
        met = size > 0
        start, size, rows = start[met], size[met], rows[met]
        if not len(start):
            return []
        places = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size) + np.repeat(start, size)
        once = np.unique(np.repeat(rows, size) << 32 | self.owners[places])
        return [(self.targets[pair & 0xFFFFFFFF], ids[pair >> 32]) for pair in once.tolist()]


def _look_at_chunk(run_id: UUID, book: _Book, screens: dict[str, Screen]) -> Rescreening:
    """Look at the run's next entries and store what would change in their pairs. One transaction."""
    with transaction.atomic():
        run = selectors.lock_run(run_id)
        if run.state != RunState.RUNNING.value:
            return run
        entries = selectors.entries_after(run.position, run.last_entry, ENTRIES_AT_A_TIME)
        by_registry: dict[str, list[UUID]] = {}
        for _, registry, record_id in entries:
            by_registry.setdefault(registry, []).append(record_id)
        changes: list[RescreeningChange] = []
        for registry, record_ids in by_registry.items():
            subjects = SEARCHED[registry].subjects(record_ids)
            pairs = book.pairs(subjects)
            run.pairs += len(pairs)
            screen = screens.setdefault(registry, Screen(registry))
            changes += _changes(run, registry, screen, pairs, subjects)
        RescreeningChange.objects.bulk_create(changes, batch_size=1_000)
        run.position = entries[-1][0] if entries else run.last_entry
        run.entries_done += len(entries)
        run.found += len(changes)
        run.save(update_fields=["position", "entries_done", "pairs", "found"])
    return run


def _changes(
    run: Rescreening, registry: str, screen: Screen, pairs: Sequence[Pair], subjects: Subjects
) -> list[RescreeningChange]:
    """What would change in the pairs of a chunk: those that share keys, and those that are hits already."""
    known = {(r.target_id, r.record_id): r for r in selectors.records_of(registry, list(subjects))}
    judged = selectors.judged_on({r.hit_id for r in known.values()})
    found = [
        _change(run, m, domain.ChangeKind.NEW, None)
        for m in screen.score([pair for pair in pairs if pair not in known], subjects)
    ]
    for pair, meeting in screen.explain(list(known), subjects).items():
        held = known[pair]
        was = Held(held.standing, held.hit.state, held.explanation, judged.get(held.hit_id, {}), held.hit.judged_score)
        kind = domain.change_of(was, meeting.explanation.to_dict(), domain.alerts(meeting.explanation))
        if kind is not None:
            found.append(_change(run, meeting, kind, held))
    return found


def _change(run: Rescreening, meeting: Meeting, kind: domain.ChangeKind, held: HitRecord | None) -> RescreeningChange:
    explanation = meeting.explanation
    exact = domain.agrees_exactly(explanation)
    return RescreeningChange(
        run=run,
        agency_id=meeting.watched.agency_id,
        target_id=meeting.watched.target_id,
        hit_id=held.hit_id if held is not None else None,
        registry=meeting.registry,
        record_id=meeting.record_id,
        record_version=meeting.record_version,
        kind=kind.value,
        score_before=held.score if held is not None else None,
        score_now=explanation.score,
        band_before=held.band if held is not None else "",
        band_now=explanation.band,
        below_threshold=domain.is_below(explanation.score, exact, meeting.watched.own_threshold),
        explanation=explanation.to_dict(),
    )


def _require_hub(actor: Actor) -> None:
    """Counts of every agency are for whoever operates the hub: no state's own operator may have them. Raises NotAllowed."""
    policy.require(actor, Permission.TARGET_RESCREEN)
    if actor.state_code:
        raise NotAllowed(
            f"«{actor.username}» es de una dependencia estatal: esta corrida abarca a todas.",
            hint="La hace quien opera el nodo nacional; su dependencia ve lo suyo con `tequio hit changes`.",
        )


def _refuse_unapplicable(run: Rescreening) -> None:
    if run.state == RunState.RUNNING.value:
        raise domain.RunUnfinished(
            f"La corrida va en {run.entries_done} de {run.entries} registros.",
            hint="Repita `tequio target rescreen`: sigue donde iba. Después aplíquela.",
        )
    newest = selectors.latest_run()
    if run.state == RunState.ABANDONED.value or (newest is not None and newest.id != run.id):
        raise domain.RunOutdated("Hay una corrida posterior a esta.", hint="Vea la última con `tequio target rescreen --show`.")
    if _made_by(run) != model_in_force():
        raise domain.RunOutdated(
            f"La corrida se hizo con otro modelo ({_made_by(run)}).", hint="Haga otra con `tequio target rescreen`."
        )


def _made_by(run: Rescreening) -> domain.Model:
    return domain.Model(run.algorithm, run.key_version, run.alert_threshold)


def _counted(run: Rescreening) -> Counted:
    with reach(NATIONAL):
        return Counted(run, {code: dict(c) for code, c in sorted(selectors.change_counts(run.id).items())})


def _kinds(counts: dict[str, int]) -> dict[str, int]:
    return {kind.value: counts[kind.value] for kind in domain.ChangeKind if counts.get(kind.value)}


def _log(
    actor: Actor, purpose: Purpose | None, action: Action, run: Rescreening, facts: dict[str, object], key: object = ""
) -> None:
    made = {"algorithm": run.algorithm, "key_version": run.key_version}
    record(
        actor=actor,
        purpose=purpose,
        action=action,
        subject_kind="rescreening",
        subjects=[run.id],
        facts=made | facts,
        key=key,
    )


def _patiently(work: Callable[[], T]) -> T:
    """Do a chunk's work; where it meets a row in other hands, again a little later. Raises OperationalError in the end."""
    wait = FIRST_WAIT
    for _ in range(TRIES - 1):
        try:
            return work()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in _IN_OTHER_HANDS:
                raise
            time.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
    return work()
