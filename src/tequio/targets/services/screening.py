"""Where records and targets meet. A new record against all targets and a new target against all records run the same code:
candidates by equal keys, then the scorer, then a hit in the issuer's list.

Nothing here tells anybody but the issuer: lines of the log go to the issuer's chain, in the system's name.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tequio.access.domain import Actor
from tequio.access.scoping import NATIONAL, reach
from tequio.matching import compare, screening_keys
from tequio.people.domain import Subject
from tequio.search import selectors as search
from tequio.search.events import PieceEntered, RecordsEntered
from tequio.search.registries import SEARCHED
from tequio.search.services import tokens
from tequio.targets import selectors
from tequio.targets.events import TargetActivated
from tequio.targets.services.following import Now, follow
from tequio.targets.services.opening import open_hits
from tequio.targets.services.scoring import Meeting, Pair, Screen
from tequio.targets.services.writing import as_system

KEYS = "targets_targetkey"
PAIRS_AT_A_TIME = 2_000


def screen_piece(event: PieceEntered) -> None:
    """Weigh records being entered against every active target, in the transaction that stores them. Hits wait for its end."""
    pairs = search.pairs_of_piece(KEYS, "target_id")
    if not pairs:
        return
    with reach(NATIONAL):
        work = _work_on(event.registry, event.change_set)
        work.meetings += work.screen.score(pairs, event.subjects)


def follow_records(event: RecordsEntered) -> None:
    """Open the hits of a change set, and tell the hits that its records already had what became of them.

    Once for the whole change set, so that all its targets are held in one fixed order and nobody waits in circles.
    """
    meetings = _met_in(event.change_set)
    with reach(NATIONAL):
        former = selectors.targets_of_change(event.registry, event.change_set)
        held = former | {m.watched.target_id for m in meetings}
        if not held:
            return
        with as_system(event.agency_id) as actor:
            selectors.hold_targets(held)
            _follow_records(actor, event)
            open_hits(actor, event.registry, meetings)


def rescreen_change(event: RecordsEntered) -> None:
    """After the commit: screen the change set against the targets that were being activated meanwhile, which the first
    screening could not see. Their own search may have started before our commit: one of the two sees the other."""
    with reach(NATIONAL):
        unseen = selectors.activated_unseen(event.snapshot)
    if not unseen:
        return
    with as_system(event.agency_id) as actor, reach(NATIONAL):
        _meet_stored(actor, event.registry, search.pairs_of_change(event.registry, event.change_set, KEYS, "target_id", unseen))


def search_target(event: TargetActivated) -> None:
    """Search every record of every state for a target, with no bound that could lose one. O(records that share a key)."""
    with reach(NATIONAL):
        watched = selectors.watched([event.target_id]).get(event.target_id)
        if watched is None:  # suspended or closed before its turn came
            return
        pairs = search.records_with(screening_keys(watched.subject))
        with as_system(watched.agency_id) as actor:
            for registry in sorted({pair.registry for pair in pairs}):
                _meet_stored(
                    actor, registry, [(watched.target_id, pair.record_id) for pair in pairs if pair.registry == registry]
                )


def _meet_stored(actor: Actor, registry: str, pairs: Sequence[Pair]) -> None:
    """Score pairs whose records must be read first, some at a time. A record corrected meanwhile is scored as it is then."""
    screen = Screen(registry)
    for start in range(0, len(pairs), PAIRS_AT_A_TIME):
        meetings = _score_stored(screen, registry, pairs[start : start + PAIRS_AT_A_TIME])
        held = search.hold_versions(registry, {m.record_id for m in meetings})
        stale = [(m.watched.target_id, m.record_id) for m in meetings if held.get(m.record_id) != m.record_version]
        if stale:
            meetings = [m for m in meetings if held.get(m.record_id) == m.record_version]
            meetings += _score_stored(screen, registry, stale)
        open_hits(actor, registry, meetings)


def _score_stored(screen: Screen, registry: str, pairs: Sequence[Pair]) -> list[Meeting]:
    return screen.score(pairs, SEARCHED[registry].subjects(list({record_id for _, record_id in pairs})))


def _follow_records(actor: Actor, event: RecordsEntered) -> None:
    """Tell the hits of corrected and cancelled records what became of them. Nothing disappears."""
    hits, records = selectors.hits_of_change(event.registry, event.change_set)
    if not records:
        return
    record_ids = list({record.record_id for record in records})
    subjects = SEARCHED[event.registry].subjects(record_ids)
    summaries = SEARCHED[event.registry].summaries(record_ids)
    watched = {record.hit_id: Subject.from_dict(hits[record.hit_id].target.subject) for record in records}
    compared = [*watched.values(), *(subject for _, subject in subjects.values() if subject is not None)]
    rarity = search.rarity({token for subject in compared for token in tokens(subject)})
    changed = {}
    for record in records:
        version, subject = subjects[record.record_id]
        if version == record.version:
            continue
        explanation = compare(watched[record.hit_id], subject, rarity) if subject is not None else None
        changed[record.pk] = Now(version, explanation, summaries[record.record_id] if subject is not None else None)
    follow(actor, hits, changed)


@dataclass(slots=True)
class _Work:
    """The screening under way of one change set, so that a target is read once for all its pieces.

    Never of two transactions: what a failed one remembers of the targets may be over when its change set is tried again.
    """

    transaction: str
    change_set: UUID
    screen: Screen
    meetings: list[Meeting] = field(default_factory=list)


class _Hand(threading.local):
    """What this thread is screening: it has one connection, and so one transaction, at a time."""

    work: _Work | None = None


_hand = _Hand()


def _work_on(registry: str, change_set: UUID) -> _Work:
    current = selectors.transaction_id()
    work = _hand.work
    if work is None or (work.transaction, work.change_set) != (current, change_set):
        work = _hand.work = _Work(current, change_set, Screen(registry))
    return work


def _met_in(change_set: UUID) -> list[Meeting]:
    """What the pieces of a change set met, each once."""
    work, _hand.work = _hand.work, None
    if work is None or work.change_set != change_set or work.transaction != selectors.transaction_id():
        return []
    return work.meetings
