"""Targets and hits as their issuer reads them. Each reading is on the log."""

from __future__ import annotations

from uuid import UUID

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose
from tequio.access.scoping import own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.targets import selectors
from tequio.targets.models import Hit, Target


def list_targets(*, actor: Actor, purpose: Purpose, state: str = "", limit: int = 50) -> list[Target]:
    """The targets of the actor's agency, latest first; `state` empty gives all. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TARGET_READ), reach(own(actor)):
        policy.require(actor, Permission.TARGET_READ)
        found = selectors.targets(state=state, limit=limit)
        record(actor=actor, purpose=purpose, action=Action.TARGET_READ, subject_kind="target", subjects=[t.id for t in found])
    return found


def read_target(*, actor: Actor, purpose: Purpose | None, target_id: UUID) -> Target:
    """One target with its identity, e.g. for whoever approves it. Raises NotAllowed, NotFound, PurposeRequired."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TARGET_READ), reach(own(actor)):
        policy.require(actor, Permission.TARGET_READ)
        purpose = policy.require_purpose(purpose)
        found = selectors.target(target_id)
        record(actor=actor, purpose=purpose, action=Action.TARGET_READ, subject_kind="target", subjects=[found.id])
    return found


def list_hits(*, actor: Actor, purpose: Purpose, state: str, standing_only: bool = False, limit: int = 50) -> list[Hit]:
    """The hits of the actor's agency, best first; `state` empty gives all. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.HIT_READ), reach(own(actor)):
        policy.require(actor, Permission.HIT_READ)
        found = selectors.hits(state=state, standing_only=standing_only, limit=limit)
        record(actor=actor, purpose=purpose, action=Action.HIT_READ, subject_kind="hit", subjects=[h.id for h in found])
    return found
