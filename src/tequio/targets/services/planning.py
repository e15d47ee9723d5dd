"""Targets as whoever answers for them plans: the list, the calendar of validations, and what a new one may repeat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose
from tequio.access.scoping import own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.catalogs import selectors as catalogs
from tequio.kernel import clock
from tequio.matching import ALERT_THRESHOLD, Explanation, compare_many, screening_keys, weigh_many
from tequio.people.domain import Subject
from tequio.search import selectors as search
from tequio.search.services import tokens
from tequio.targets import domain, selectors
from tequio.targets.domain import Due, TargetDraft, TargetState, Terms
from tequio.targets.models import Hit, Target
from tequio.targets.selectors import listing
from tequio.targets.selectors.listing import TargetFilter
from tequio.targets.services.reading import Studied, study_target
from tequio.targets.services.registering import as_subject, terms_of, today_here

PAGE = 25
MOST_DUE = 500
"""Lines of a calendar."""
MOST_SHARED = 200
"""Searched targets that a draft is compared with: those that share most keys with it."""
MOST_UNSEARCHED = 2_000
"""Targets that are not searched and have no keys: so many of the latest are compared one by one, some 0.1 s."""
MOST_ALIKE = 10


@dataclass(frozen=True, slots=True)
class TargetPage:
    """Some targets of a list. `below`: by target, how many hits its own threshold keeps from the list."""

    targets: list[Target]
    below: dict[UUID, int]
    total: int


@dataclass(frozen=True, slots=True)
class Alike:
    """A target of the same agency that may be the same person, and why."""

    target: Target
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Sheet:
    """A target with its hits and what falls due of it."""

    studied: Studied
    hits: list[Hit]
    dues: list[Due]
    grounds: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """What falls due until a day, and the targets that time has suspended."""

    dues: list[Due]
    suspended: list[Target]
    today: date
    until: date


def browse_targets(
    *, actor: Actor, purpose: Purpose, wanted: TargetFilter, order: str = "-proposed_at", offset: int = 0, limit: int = PAGE
) -> TargetPage:
    """A page of the agency's targets. `order`: a column, `-` before it for descending. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TARGET_READ), reach(own(actor)):
        policy.require(actor, Permission.TARGET_READ)
        found = listing.target_page(wanted, order=order, offset=offset, limit=limit)
        below = selectors.below_threshold([t.id for t in found])
        total = listing.count_targets(wanted)
        record(actor=actor, purpose=purpose, action=Action.TARGET_READ, subject_kind="target", subjects=[t.id for t in found])
    return TargetPage(found, below, total)


def read_sheet(*, actor: Actor, purpose: Purpose | None, target_id: UUID, hits: int = 20) -> Sheet:
    """One target in full. Raises NotAllowed, NotFound, PurposeRequired."""
    studied = study_target(actor=actor, purpose=purpose, target_id=target_id)
    target = studied.target
    with reach(own(actor)):
        found = listing.hits_of_target(target.id, hits) if Permission.HIT_READ in actor.permissions else []
    dues = _dues([target], terms_of(today_here())) if target.state == TargetState.ACTIVE.value else []
    named = catalogs.items("fundamento_objetivo", target.valid_from)
    return Sheet(studied, found, dues, named.get(target.grounds, target.grounds))


def read_calendar(*, actor: Actor, purpose: Purpose, days: int = 90) -> Calendar:
    """What the agency must validate, review or let end in the coming days, soonest first. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TARGET_READ), reach(own(actor)):
        policy.require(actor, Permission.TARGET_READ)
        now = today_here()
        terms = terms_of(now)
        until = now + timedelta(days=days)
        noticed = domain.months_before(until, 12 * terms.review_years - terms.review_notice_months)
        found = listing.expiring(until, noticed, MOST_DUE)
        late = [t for t in listing.suspended_for_time(50) if _over(t, now)]
        shown = [t.id for t in [*found, *late]]
        record(actor=actor, purpose=purpose, action=Action.TARGET_READ, subject_kind="target", subjects=shown)
    return Calendar(domain.in_order(_dues(found, terms), until), late, now, until)


def find_alike(*, actor: Actor, purpose: Purpose, draft: TargetDraft) -> list[Alike]:
    """Targets of the actor's agency, in any state, that may be the person of a draft, best first. Other agencies' never.

    The same engine that screens records. O(targets that share a key), and `MOST_UNSEARCHED` of those that have none.
    Raises NotAllowed.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TARGET_READ), reach(own(actor)):
        policy.require(actor, Permission.TARGET_PROPOSE)
        policy.refuse_unstorable(*draft.texts())
        subject = as_subject(draft)
        found = listing.sharing_keys(screening_keys(subject), MOST_SHARED) + listing.not_searched(MOST_UNSEARCHED)
        alike = _alike(subject, found)
        record(
            actor=actor,
            purpose=purpose,
            action=Action.TARGET_READ,
            subject_kind="target",
            subjects=[one.target.id for one in alike],
            facts={"compared": len(found)},
        )
    return alike


def _alike(subject: Subject, targets: list[Target]) -> list[Alike]:
    others = [Subject.from_dict(target.subject) for target in targets]
    words = {token for one in (subject, *others) for token in tokens(one)}
    rarity = search.rarity(words)
    weights = weigh_many([(subject, other) for other in others], rarity).tolist()
    telling = [
        (target, other)
        for target, other, weight in zip(targets, others, weights, strict=True)
        if weight >= round(ALERT_THRESHOLD * 100) or domain.may_agree_exactly(subject, other)
    ]
    explained = compare_many([(subject, other) for _, other in telling], rarity)
    found = [Alike(target, e) for (target, _), e in zip(telling, explained, strict=True) if domain.alerts(e)]
    return sorted(found, key=lambda one: -one.explanation.score)[:MOST_ALIKE]


def _dues(targets: list[Target], terms: Terms) -> list[Due]:
    return [
        due
        for t in targets
        for due in domain.dues_of(
            t,
            t.reviewed_on or (t.approved_at.astimezone(clock.MEXICO).date() if t.approved_at else None),
            t.validate_by,
            t.valid_to,
            t.validated_at is None,
            terms,
        )
    ]


def _over(target: Target, now: date) -> bool:
    return (target.validate_by is not None and target.validate_by < now) or (
        target.valid_to is not None and target.valid_to < now
    )
