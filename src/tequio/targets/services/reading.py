"""Targets and hits as their issuer reads them. Each reading is on the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose
from tequio.access.scoping import own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.catalogs import selectors as catalogs
from tequio.kernel import clock
from tequio.targets import domain, selectors
from tequio.targets.domain import Budget, Suggestion
from tequio.targets.models import Hit, Target, TargetEvent

WITHOUT_BUDGET = 50
"""Hits listed where nobody has said how many a reviewer judges in a day."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A target with what its threshold keeps from the list."""

    target: Target
    below: int


@dataclass(frozen=True, slots=True)
class Advice:
    """A target that has more to judge than a day's budget, and the threshold that would help, if any would."""

    target: Target
    waiting: int
    suggestion: Suggestion | None


@dataclass(frozen=True, slots=True)
class Studied:
    """A target as whoever answers for it sees it. `advice` is empty unless it drowns its reviewers."""

    target: Target
    steps: list[TargetEvent]
    below: int
    advice: list[Advice]


@dataclass(frozen=True, slots=True)
class Review:
    """A reviewer's list: what the day's budget is worth of it, and all that is not shown."""

    hits: list[Hit]
    budget: Budget
    waiting: Mapping[str, int]
    """Hits to judge that are not shown, by band."""
    below: int
    """Hits below the own threshold of their targets."""
    advice: list[Advice]


def list_targets(*, actor: Actor, purpose: Purpose, state: str = "", limit: int = 50) -> list[Target]:
    """The targets of the actor's agency, latest first; `state` empty gives all. Raises NotAllowed."""
    return [listed.target for listed in survey_targets(actor=actor, purpose=purpose, state=state, limit=limit)]


def survey_targets(*, actor: Actor, purpose: Purpose, state: str = "", limit: int = 50) -> list[Listed]:
    """The same, each with how many hits its own threshold keeps from the list. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TARGET_READ), reach(own(actor)):
        policy.require(actor, Permission.TARGET_READ)
        found = selectors.targets(state=state, limit=limit)
        below = selectors.below_threshold([t.id for t in found])
        record(actor=actor, purpose=purpose, action=Action.TARGET_READ, subject_kind="target", subjects=[t.id for t in found])
    return [Listed(target, below.get(target.id, 0)) for target in found]


def read_target(*, actor: Actor, purpose: Purpose | None, target_id: UUID) -> Target:
    """One target with its identity, e.g. for whoever approves it. Raises NotAllowed, NotFound, PurposeRequired."""
    return study_target(actor=actor, purpose=purpose, target_id=target_id).target


def study_target(*, actor: Actor, purpose: Purpose | None, target_id: UUID) -> Studied:
    """The same, with what its threshold keeps from the list and what would help if it drowns its reviewers.

    Raises NotAllowed, NotFound, PurposeRequired.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TARGET_READ), reach(own(actor)):
        policy.require(actor, Permission.TARGET_READ)
        purpose = policy.require_purpose(purpose)
        found = selectors.target(target_id)
        record(actor=actor, purpose=purpose, action=Action.TARGET_READ, subject_kind="target", subjects=[found.id])
        a_day = _a_day()
        drowned = selectors.drowned(a_day, target_id=found.id) if a_day is not None else []
        advice = [_advise(waiting, a_day) for waiting in drowned if a_day is not None]
        below = selectors.below_threshold([found.id]).get(found.id, 0)
        steps = selectors.target_timeline(found.id)
    return Studied(found, steps, below, advice)


def list_hits(
    *, actor: Actor, purpose: Purpose, state: str, standing_only: bool = False, below: bool = False, limit: int = 50
) -> list[Hit]:
    """The hits of the actor's agency, best first; `state` empty gives all; `below`, those under their target's own threshold.

    Raises NotAllowed.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.HIT_READ), reach(own(actor)):
        policy.require(actor, Permission.HIT_READ)
        found = selectors.hits(state=state, standing_only=standing_only, below=below, limit=limit)
        record(actor=actor, purpose=purpose, action=Action.HIT_READ, subject_kind="hit", subjects=[h.id for h in found])
    return found


def read_review(*, actor: Actor, purpose: Purpose, standing_only: bool = False, limit: int | None = None) -> Review:
    """The hits that the actor's day still has room for, best first, and how many wait beyond it. Nothing is dropped.

    `limit` shows so many, whatever the budget. Raises NotAllowed.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.HIT_READ), reach(own(actor)):
        policy.require(actor, Permission.HIT_READ)
        budget = budget_of(actor)
        shown = limit if limit is not None else budget.left if budget.left is not None else WITHOUT_BUDGET
        found = selectors.hits(standing_only=standing_only, limit=shown)
        waiting = Counter(selectors.count_by_band(standing_only=standing_only))
        waiting.subtract(hit.band for hit in found)
        below = sum(selectors.below_threshold().values())
        advice = [_advise(w, budget.a_day) for w in selectors.drowned(budget.a_day)] if budget.a_day is not None else []
        record(actor=actor, purpose=purpose, action=Action.HIT_READ, subject_kind="hit", subjects=[h.id for h in found])
    return Review(found, budget, {band: n for band, n in waiting.items() if n > 0}, below, advice)


def _advise(waiting: selectors.Waiting, a_day: int) -> Advice:
    scores = selectors.waiting_scores(waiting.target.id)
    exact = sum(is_exact for _, is_exact in scores)
    suggestion = domain.suggest_threshold(
        [score for score, is_exact in scores if not is_exact],
        max(a_day - exact, 0),
        waiting.target.own_threshold,
        selectors.lowest_confirmed(waiting.target.id),
    )
    return Advice(waiting.target, waiting.hits, suggestion)


def budget_of(actor: Actor) -> Budget:
    """What is left of the actor's day. Two queries. Needs an open scope."""
    today = clock.now().astimezone(clock.MEXICO).date()
    return Budget(_a_day(), selectors.judged_since(actor.username, datetime.combine(today, time.min, clock.MEXICO)))


def _a_day() -> int | None:
    """The dated parameter, or None while it has no value."""
    value = catalogs.parameter_in_force("target.review_budget_per_day", clock.now().astimezone(clock.MEXICO).date()).value
    return int(value) if value is not None else None
