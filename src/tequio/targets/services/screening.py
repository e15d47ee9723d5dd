"""Where records and targets meet. A new record against all targets and a new target against all records run the same code:
candidates by equal keys, then the scorer, then a hit in the issuer's list.

Nothing here tells anybody but the issuer: lines of the log go to the issuer's chain, in the system's name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from tequio.access.domain import Actor
from tequio.access.scoping import NATIONAL, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.institutions.models import Agency
from tequio.kernel import clock
from tequio.kernel.ids import new_id
from tequio.matching import ALERT_THRESHOLD, Explanation, Rarity, compare, screening_keys, weigh
from tequio.people.domain import Subject
from tequio.registries.rnd.selectors import RecordSummary
from tequio.search import selectors as search
from tequio.search.domain import EXHAUSTIVE_CAP
from tequio.search.events import PieceEntered, RecordsEntered
from tequio.search.registries import SEARCHED
from tequio.search.services import tokens
from tequio.targets import selectors
from tequio.targets.domain import REOPENING_GAIN, HitEventKind, HitState, RecordStanding
from tequio.targets.events import TargetActivated
from tequio.targets.models import Hit, HitEvent
from tequio.targets.selectors import Watched

KEYS = "targets_targetkey"
PAIRS_AT_A_TIME = 2_000
TARGETS_REMEMBERED = 25_000
"""Targets kept in memory while a batch is screened, some 3 kB each: each piece meets a third of them, so forgetting is dear."""
_THRESHOLD = round(ALERT_THRESHOLD * 100)
"""In hundredths of a bit, as `weigh` gives them."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A target and a record that score enough for a person to look at."""

    watched: Watched
    registry: str
    record_id: UUID
    record_version: int
    explanation: Explanation


def screen_piece(event: PieceEntered) -> None:
    """Screen records being entered against every active target, in the transaction that stores them."""
    pairs = search.pairs_of_piece(KEYS, "target_id")
    if not pairs:
        return
    with _as_system(event.agency_id) as actor, reach(NATIONAL):
        meetings = _screen_of(event.registry).score(pairs, event.subjects)
        if meetings:
            _open_hits(actor, event.registry, meetings)


def follow_records(event: RecordsEntered) -> None:
    """Tell the hits that a change set's records already had what became of them."""
    _screens.clear()
    with _as_system(event.agency_id) as actor, reach(NATIONAL):
        _follow_records(actor, event)


def rescreen_change(event: RecordsEntered) -> None:
    """After the commit: screen the change set against the targets that were being activated meanwhile, which the first
    screening could not see. Their own search may have started before our commit: one of the two sees the other."""
    with reach(NATIONAL):
        unseen = selectors.activated_unseen(event.snapshot)
    if not unseen:
        return
    with _as_system(event.agency_id) as actor, reach(NATIONAL):
        _meet_stored(actor, event.registry, search.pairs_of_change(event.change_set, KEYS, "target_id", unseen))


def search_target(event: TargetActivated) -> None:
    """Search every record of every state for a target: index and tail. O(keys x cap), see `search`."""
    with reach(NATIONAL):
        watched = selectors.watched([event.target_id]).get(event.target_id)
        if watched is None:  # suspended or closed before its turn came
            return
        pairs, _ = search.candidates(screening_keys(watched.subject), cap=EXHAUSTIVE_CAP, budget=EXHAUSTIVE_CAP)
        with _as_system(watched.agency_id) as actor:
            for registry in sorted({pair.registry for pair in pairs}):
                _meet_stored(
                    actor, registry, [(watched.target_id, pair.record_id) for pair in pairs if pair.registry == registry]
                )


def _meet_stored(actor: Actor, registry: str, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Score pairs whose records must be read first, some at a time. A record corrected meanwhile is scored as it is then."""
    screen = _Screen(registry)
    for start in range(0, len(pairs), PAIRS_AT_A_TIME):
        meetings = _score_stored(screen, registry, pairs[start : start + PAIRS_AT_A_TIME])
        held = search.hold_versions(registry, {m.record_id for m in meetings})
        stale = [(m.watched.target_id, m.record_id) for m in meetings if held.get(m.record_id) != m.record_version]
        if stale:
            meetings = [m for m in meetings if held.get(m.record_id) == m.record_version]
            meetings += _score_stored(screen, registry, stale)
        if meetings:
            _open_hits(actor, registry, meetings)


def _score_stored(screen: _Screen, registry: str, pairs: Sequence[tuple[UUID, UUID]]) -> list[Meeting]:
    return screen.score(pairs, SEARCHED[registry].subjects(list({record_id for _, record_id in pairs})))


@contextmanager
def _as_system(agency_id: int) -> Iterator[Actor]:
    """A unit of work in the system's name, in the chain of an agency."""
    agency = Agency.objects.get(pk=agency_id)
    actor = Actor("sistema", agency.pk, agency.code, agency.state_id or "", frozenset(), is_system=True)
    with unit_of_work(actor=actor, purpose=None, action=Action.HIT_OPENED):
        yield actor


class _Screen:
    """Scores pairs. Remembers the targets and the rarity that it has read."""

    def __init__(self, registry: str) -> None:
        self._registry = registry
        self._watched: dict[UUID, Watched | None] = {}
        self._counts: dict[str, int] = {}
        self._base = search.base_size()

    def score(self, pairs: Sequence[tuple[UUID, UUID]], subjects: Mapping[UUID, tuple[int, Subject | None]]) -> list[Meeting]:
        """The (target, record) pairs that score enough. One query for targets not read yet, one for their names' rarity."""
        self._read_targets({target_id for target_id, _ in pairs})
        rarity = Rarity(self._counts, self._base)
        meetings = []
        for target_id, record_id in pairs:
            target, (version, subject) = self._watched[target_id], subjects.get(record_id, (0, None))
            if target is None or subject is None or weigh(target.subject, subject, rarity) < _THRESHOLD:
                continue
            meetings.append(Meeting(target, self._registry, record_id, version, compare(target.subject, subject, rarity)))
        return meetings

    def _read_targets(self, target_ids: set[UUID]) -> None:
        if len(self._watched) > TARGETS_REMEMBERED:
            self._watched.clear()
        fresh = target_ids - self._watched.keys()
        if not fresh:
            return
        found = selectors.watched(list(fresh))
        self._watched |= {target_id: found.get(target_id) for target_id in fresh}
        wanted = {token for item in found.values() for token in tokens(item.subject)} - self._counts.keys()
        counts = search.token_counts(wanted)
        self._counts |= {token: counts.get(token, 0) for token in wanted}


_screens: dict[str, _Screen] = {}
"""The screening under way of each transaction, so that a target is read once for all its pieces.

Never of two transactions: what a failed one remembers of the targets may be over when its change set is tried again.
"""


def _screen_of(registry: str) -> _Screen:
    current = selectors.transaction_id()
    screen = _screens.get(current)
    if screen is None:
        _screens.clear()  # what a failed transaction left behind; another thread's would only be read again
        screen = _screens[current] = _Screen(registry)
    return screen


def _open_hits(actor: Actor, registry: str, meetings: Sequence[Meeting]) -> None:
    """One hit for each target and record, whoever else is opening the same: the database keeps them apart."""
    summaries = SEARCHED[registry].summaries([m.record_id for m in meetings])
    states = selectors.hold_states({m.watched.target_id for m in meetings})
    hits = [_hit(m, summaries[m.record_id], states[m.watched.target_id]) for m in meetings]
    ids = {h.id for h in hits}
    Hit.objects.bulk_create(hits, ignore_conflicts=True, batch_size=1_000)
    opened = list(Hit.objects.filter(id__in=ids).select_related("agency"))
    HitEvent.objects.bulk_create([_event(h, HitEventKind.OPENED, actor, {"band": h.band}) for h in opened])
    _leave_lines(actor, Action.HIT_OPENED, opened)


def _leave_lines(actor: Actor, action: Action, hits: Sequence[Hit]) -> None:
    """One line for each issuer, in its own chain."""
    by_issuer: dict[str, list[Hit]] = {}
    for hit in hits:
        by_issuer.setdefault(hit.agency.code, []).append(hit)
    for code, theirs in sorted(by_issuer.items()):
        issuer = Actor(actor.username, theirs[0].agency_id, code, "", frozenset(), is_system=True)
        record(actor=issuer, purpose=None, action=action, subject_kind="hit", subjects=[h.id for h in theirs])


def _hit(meeting: Meeting, summary: RecordSummary, target_state: str) -> Hit:
    moment = clock.now()
    return Hit(
        id=new_id(),
        agency_id=meeting.watched.agency_id,
        target_id=meeting.watched.target_id,
        registry=meeting.registry,
        record_id=meeting.record_id,
        record_version=meeting.record_version,
        record_agency_id=summary.agency_id,
        target_state=target_state,
        score=meeting.explanation.score,
        band=meeting.explanation.band,
        explanation=meeting.explanation.to_dict(),
        record_summary=_summary(summary),
        opened_at=moment,
        updated_at=moment,
    )


def summary_now(hit: Hit) -> dict[str, str]:
    """Where the hit's record and its custody stand at this moment, e.g. for a notice that leaves now. One query."""
    with reach(NATIONAL):
        return _summary(SEARCHED[hit.registry].summaries([hit.record_id])[hit.record_id])


def _summary(summary: RecordSummary) -> dict[str, str]:
    return {
        "clave_registro": summary.supplier_key,
        "detenida_el": summary.detained_on.isoformat() if summary.detained_on else "",
        "entidad": summary.state_code,
        "municipio": summary.municipality_code,
        "tipo_registro": summary.record_type,
        "custodia": summary.custody_state,
    }


def _follow_records(actor: Actor, event: RecordsEntered) -> None:
    """Tell the hits of corrected and cancelled records what became of them. Nothing disappears."""
    hits = selectors.hits_of_change(event.registry, event.change_set)
    if not hits:
        return
    record_ids = list({hit.record_id for hit in hits})
    subjects = SEARCHED[event.registry].subjects(record_ids)
    summaries = SEARCHED[event.registry].summaries(record_ids)
    watched = {hit.target_id: Subject.from_dict(hit.target.subject) for hit in hits}
    rarity = search.rarity({token for subject in watched.values() for token in tokens(subject)})
    events = []
    for hit in hits:
        version, subject = subjects[hit.record_id]
        kind = _follow(hit, version, subject, watched[hit.target_id], rarity)
        if subject is not None:  # a tombstone says less than the reviewer saw: what was seen stays
            hit.record_summary = _summary(summaries[hit.record_id])
        if kind is not None:
            events.append(_event(hit, kind, actor, {"band": hit.band}))
    Hit.objects.bulk_update(
        hits,
        ["state", "record_standing", "record_version", "score", "band", "explanation", "record_summary", "updated_at"],
        batch_size=500,
    )
    HitEvent.objects.bulk_create(events)
    _leave_lines(actor, Action.HIT_UPDATED, [event.hit for event in events])


def _follow(hit: Hit, version: int, subject: Subject | None, target: Subject, rarity: Rarity) -> HitEventKind | None:
    """Bring one hit up to date with its record. Returns what happened, or None if nothing did."""
    if hit.record_version == version:
        return None
    hit.record_version = version
    hit.updated_at = clock.now()
    if subject is None:
        hit.record_standing = RecordStanding.CANCELLED.value
        return HitEventKind.RECORD_CANCELLED
    explanation = compare(target, subject, rarity)
    former, hit.score, hit.band, hit.explanation = hit.score, explanation.score, explanation.band, explanation.to_dict()
    if explanation.score < ALERT_THRESHOLD:
        hit.record_standing = RecordStanding.NO_LONGER_MATCHES.value
        return HitEventKind.NO_LONGER_MATCHES
    matched = hit.record_standing == RecordStanding.STANDS.value
    hit.record_standing = RecordStanding.STANDS.value
    if hit.state == HitState.REJECTED.value and hit.judged_score is not None and hit.score >= hit.judged_score + REOPENING_GAIN:
        hit.state = HitState.OPEN.value
        return HitEventKind.REOPENED
    if not matched:
        return HitEventKind.MATCHES_AGAIN
    return HitEventKind.EVIDENCE_CHANGED if former != hit.score else None


def _event(hit: Hit, kind: HitEventKind, actor: Actor, detail: dict[str, str]) -> HitEvent:
    return HitEvent(
        hit=hit,
        kind=kind.value,
        at=clock.now(),
        by=actor.username,
        record_version=hit.record_version,
        score=hit.score,
        detail=detail,
    )
