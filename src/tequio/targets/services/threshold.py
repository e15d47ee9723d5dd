"""A target's own threshold: a supervisor raises it, with a reason, when the target drowns its reviewers. Nothing is lost."""

from __future__ import annotations

from uuid import UUID

from tequio.access import policy
from tequio.access.domain import Actor, IdempotencyKey, Permission, Purpose
from tequio.access.scoping import own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.kernel import clock
from tequio.targets import domain, selectors
from tequio.targets.domain import HitEventKind, TargetState
from tequio.targets.models import Hit, HitEvent, Target, TargetEvent
from tequio.targets.services.reading import Listed
from tequio.targets.services.writing import event


def set_threshold(
    *, actor: Actor, purpose: Purpose, target_id: UUID, bits: float | None, reason: str, key: IdempotencyKey = ""
) -> Listed:
    """Say from which score, in bits, the target's hits are listed; None goes back to the product's. Saying it again changes
    nothing. Hits that fall below are kept and counted, those with an equal CURP or RFC stay in the list, and all come back
    when the threshold is lowered. O(hits of the target).

    Raises NotAllowed, NotFound, ThresholdRefused, WrongState for a closed target, Invalid without a reason.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TARGET_THRESHOLD_SET), reach(own(actor)):
        policy.require(actor, Permission.TARGET_THRESHOLD)
        policy.require_reason(reason)
        wanted = domain.read_threshold(bits) if bits is not None else None
        target = selectors.lock_target(target_id)
        domain.refuse_unless(target.state, TargetState.PROPOSED, TargetState.ACTIVE, TargetState.SUSPENDED)
        if target.own_threshold == wanted:
            return _listed(target)
        before = target.threshold
        target.own_threshold = wanted
        target.save(update_fields=["own_threshold"])
        moved = _move_hits(target, actor, reason)
        TargetEvent.objects.create(
            target=target,
            state=target.state,
            at=clock.now(),
            by=actor.username,
            reason=reason,
            detail={"threshold": {"from": before, "to": target.threshold}},
        )
        # The log holds no floats: thresholds in hundredths of a bit.
        facts = {"from_centibits": round(before * 100), "to_centibits": round(target.threshold * 100), "hits_moved": moved}
        record(
            actor=actor,
            purpose=purpose,
            action=Action.TARGET_THRESHOLD_SET,
            subject_kind="target",
            subjects=[target.id],
            facts=facts,
            key=key,
        )
        return _listed(target)


def _listed(target: Target) -> Listed:
    return Listed(target, selectors.below_threshold([target.id]).get(target.id, 0))


def _move_hits(target: Target, actor: Actor, reason: str) -> int:
    """Put each hit on its side of the threshold. Returns how many open ones changed sides."""
    moved = []
    for hit in Hit.objects.select_for_update(of=("self",)).filter(target=target).order_by("id"):
        below = domain.is_below(hit.score, hit.exact, target.own_threshold)
        if below != hit.below_threshold:
            hit.below_threshold, hit.updated_at = below, clock.now()
            moved.append(hit)
    Hit.objects.bulk_update(moved, ["below_threshold", "updated_at"], batch_size=1_000)
    HitEvent.objects.bulk_create([_event(hit, target, actor, reason) for hit in moved], batch_size=1_000)
    return sum(hit.state == domain.HitState.OPEN.value for hit in moved)


def _event(hit: Hit, target: Target, actor: Actor, reason: str) -> HitEvent:
    kind = HitEventKind.BELOW_THRESHOLD if hit.below_threshold else HitEventKind.ABOVE_THRESHOLD
    return event(hit, kind, actor.username, {"threshold": target.threshold, "reason": reason})
