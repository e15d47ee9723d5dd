"""Targets as people register them: one proposes, another approves; suspended and closed ones stop being searched."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from tequio.access import policy
from tequio.access.domain import Actor, IdempotencyKey, Permission, Purpose
from tequio.access.scoping import NATIONAL, own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.catalogs import selectors as catalogs
from tequio.kernel import clock, outbox
from tequio.kernel.ids import new_id
from tequio.matching import keys, screening_keys
from tequio.people.domain import Subject
from tequio.targets import domain, selectors
from tequio.targets.domain import HitEventKind, TargetDraft, TargetState, Terms
from tequio.targets.events import TargetActivated
from tequio.targets.models import Hit, HitEvent, Target, TargetEvent, TargetKey


def propose_target(*, actor: Actor, purpose: Purpose, draft: TargetDraft, key: IdempotencyKey = "") -> Target:
    """Register a target, still unsearched. Raises NotAllowed, Incomplete."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TARGET_PROPOSED), reach(own(actor)):
        policy.require(actor, Permission.TARGET_PROPOSE)
        policy.refuse_unstorable(*draft.texts())
        today = today_here()
        domain.refuse_if_incomplete(draft, frozenset(catalogs.items("fundamento_objetivo", today)), today)
        domain.refuse_if_too_long(draft.valid_to, today, terms_of(today))
        subject = as_subject(draft)
        _refuse_unsearchable(subject)
        target_id = new_id()
        target = Target.objects.create(
            id=target_id,
            agency_id=actor.agency_id,
            folio=f"OP-{actor.agency_code}-{today.year}-{str(target_id)[-8:].upper()}",
            state=TargetState.PROPOSED.value,
            subject=subject.to_dict(),
            title=(subject.name or draft.paternal)[:200],
            grounds=draft.grounds,
            document=draft.document,
            priority=draft.priority.value,
            covert=draft.covert,
            tell_holder=draft.tell_holder,
            note=draft.note,
            valid_from=today,
            valid_to=draft.valid_to,
            proposed_by=actor.username,
            proposed_at=clock.now(),
        )
        _log(target, actor, "")
        record(
            actor=actor, purpose=purpose, action=Action.TARGET_PROPOSED, subject_kind="target", subjects=[target.id], key=key
        )
    return target


def approve_target(*, actor: Actor, purpose: Purpose, target_id: UUID) -> Target:
    """Second person: from here on the target is searched, in every record there is and in each that comes.

    Raises NotAllowed, NotFound, SamePerson, WrongState.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TARGET_APPROVED), reach(own(actor)):
        policy.require_person(actor)
        policy.require(actor, Permission.TARGET_APPROVE)
        target = selectors.lock_target(target_id)
        if target.state == TargetState.ACTIVE.value and target.approved_by == actor.username:
            return target
        domain.refuse_unless(target.state, TargetState.PROPOSED)
        domain.refuse_same_person(target.proposed_by, actor.username)
        target.approved_by = actor.username
        target.approved_at = clock.now()
        target.validate_by = domain.validate_by(
            today_here(), int(catalogs.parameter("target.validation_first_days", today_here())["max"])
        )
        _activate(target)
        _log(target, actor, "")
        record(actor=actor, purpose=purpose, action=Action.TARGET_APPROVED, subject_kind="target", subjects=[target.id])
        outbox.publish(TargetActivated(target.id))
    return target


def validate_target(*, actor: Actor, purpose: Purpose, target_id: UUID, reason: str) -> Target:
    """State that the grounds still stand, until the next validation. Raises NotAllowed, NotFound, WrongState."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TARGET_VALIDATED), reach(own(actor)):
        policy.require(actor, Permission.TARGET_APPROVE)
        policy.refuse_unstorable(reason)
        target = selectors.lock_target(target_id)
        domain.refuse_unless(target.state, TargetState.ACTIVE)
        target.validate_by = domain.validate_by(
            today_here(), int(catalogs.parameter("target.validation_period_days", today_here()))
        )
        target.validated_at = clock.now()
        target.save(update_fields=["validate_by", "validated_at"])
        _log(target, actor, reason)
        record(actor=actor, purpose=purpose, action=Action.TARGET_VALIDATED, subject_kind="target", subjects=[target.id])
    return target


def review_target(*, actor: Actor, purpose: Purpose, target_id: UUID, reason: str) -> Target:
    """State that the target was reviewed in full (grounds, identity, need), which also validates it.

    Raises NotAllowed, NotFound, WrongState, Invalid without a reason.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TARGET_REVIEWED), reach(own(actor)):
        policy.require(actor, Permission.TARGET_APPROVE)
        policy.require_reason(reason)
        target = selectors.lock_target(target_id)
        domain.refuse_unless(target.state, TargetState.ACTIVE)
        target.reviewed_on = today_here()
        target.validated_at = clock.now()
        target.validate_by = domain.validate_by(
            today_here(), int(catalogs.parameter("target.validation_period_days", today_here()))
        )
        target.save(update_fields=["reviewed_on", "validated_at", "validate_by"])
        _log(target, actor, reason, {"review": True})
        record(actor=actor, purpose=purpose, action=Action.TARGET_REVIEWED, subject_kind="target", subjects=[target.id])
    return target


def suspend_target(*, actor: Actor, purpose: Purpose, target_id: UUID, reason: str) -> Target:
    """Stop searching for now. Its open hits stay and say so. Raises NotAllowed, NotFound, WrongState."""
    return _stop(actor, purpose, target_id, reason, TargetState.SUSPENDED)


def close_target(*, actor: Actor, purpose: Purpose, target_id: UUID, reason: str) -> Target:
    """Stop searching for good. Raises NotAllowed, NotFound, WrongState."""
    return _stop(actor, purpose, target_id, reason, TargetState.CLOSED)


def resume_target(*, actor: Actor, purpose: Purpose, target_id: UUID, reason: str) -> Target:
    """Search again a suspended target, also in what came meanwhile. Raises NotAllowed, NotFound, WrongState."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TARGET_RESUMED), reach(own(actor)):
        policy.require(actor, Permission.TARGET_APPROVE)
        policy.require_reason(reason)
        target = selectors.lock_target(target_id)
        domain.refuse_unless(target.state, TargetState.SUSPENDED)
        target.validate_by = domain.validate_by(
            today_here(), int(catalogs.parameter("target.validation_period_days", today_here()))
        )
        _activate(target)
        _log(target, actor, reason)
        _tell_hits(target, actor, HitEventKind.TARGET_RESUMED)
        record(actor=actor, purpose=purpose, action=Action.TARGET_RESUMED, subject_kind="target", subjects=[target.id])
        outbox.publish(TargetActivated(target.id))
    return target


def suspend_overdue(*, actor: Actor) -> list[Target]:
    """Suspend the targets that nobody validated in time or whose validity ended. The worker calls it hourly.

    Raises NotAllowed for a person.
    """
    with unit_of_work(actor=actor, purpose=None, action=Action.TARGET_SUSPENDED), reach(NATIONAL):
        policy.require_system(actor)
        late = selectors.overdue_validation(today_here())
        for target in late:
            target.state = TargetState.SUSPENDED.value
            target.save(update_fields=["state"])
            _log(target, actor, "sin validación en plazo o vigencia terminada")
            _tell_hits(target, actor, HitEventKind.TARGET_SUSPENDED)
        TargetKey.objects.filter(target__in=late).delete()
        if late:
            record(
                actor=actor, purpose=None, action=Action.TARGET_SUSPENDED, subject_kind="target", subjects=[t.id for t in late]
            )
    return late


def terms_of(on: date) -> Terms:
    """The dated parameters of a target's calendar on a day. Four queries."""
    return Terms(
        first_from_days=int(catalogs.parameter("target.validation_first_days", on)["min"]),
        review_years=int(catalogs.parameter("target.review_years", on)),
        review_notice_months=int(catalogs.parameter("target.review_notice_months", on)),
        longest_days=int(catalogs.parameter("target.max_validity_days", on)),
    )


def as_subject(draft: TargetDraft) -> Subject:
    """The identity of a draft in the matcher's form."""
    return Subject.from_fields(
        given=draft.given,
        paternal=draft.paternal,
        maternal=draft.maternal,
        names=draft.names,
        sex=draft.sex,
        birth_date=draft.birth_dates,
        birth_state=draft.birth_state,
        curp=draft.curps,
        rfc=draft.rfcs,
        aliases=draft.aliases,
        phones=draft.phones,
        plates=draft.plates,
    )


def _refuse_unsearchable(subject: Subject) -> None:
    """A target that could never raise a hit must not look as if it were being searched. Raises Incomplete."""
    if screening_keys(subject):
        return
    if keys(subject):
        raise domain.Incomplete(
            "Con solo ese nombre el objetivo no daría coincidencias: demasiadas personas se llaman así.",
            hint="Añada fecha de nacimiento, CURP, RFC, alias, teléfono o placa.",
        )
    raise domain.Incomplete(
        "Con esos datos no se puede buscar a nadie.",
        hint="Dé al menos dos palabras del nombre, o CURP, RFC, teléfono o placa.",
    )


def _stop(actor: Actor, purpose: Purpose, target_id: UUID, reason: str, state: TargetState) -> Target:
    suspending = state is TargetState.SUSPENDED
    action = Action.TARGET_SUSPENDED if suspending else Action.TARGET_CLOSED
    with unit_of_work(actor=actor, purpose=purpose, action=action), reach(own(actor)):
        policy.require(actor, Permission.TARGET_SUSPEND if suspending else Permission.TARGET_CLOSE)
        policy.require_reason(reason)
        target = selectors.lock_target(target_id)
        if target.state == state.value:
            return target
        admitted = (TargetState.ACTIVE,) if suspending else (TargetState.PROPOSED, TargetState.ACTIVE, TargetState.SUSPENDED)
        domain.refuse_unless(target.state, *admitted)
        target.state = state.value
        target.save(update_fields=["state"])
        TargetKey.objects.filter(target=target).delete()
        _log(target, actor, reason)
        _tell_hits(target, actor, HitEventKind.TARGET_SUSPENDED if suspending else HitEventKind.TARGET_CLOSED)
        record(actor=actor, purpose=purpose, action=action, subject_kind="target", subjects=[target.id])
    return target


def _activate(target: Target) -> None:
    target.activated_xid = int(selectors.transaction_id())
    target.state = TargetState.ACTIVE.value
    target.save()
    found = screening_keys(Subject.from_dict(target.subject))
    TargetKey.objects.bulk_create([TargetKey(key=k, target=target) for k in sorted(found)], ignore_conflicts=True)


def _tell_hits(target: Target, actor: Actor, kind: HitEventKind) -> None:
    hits = list(Hit.objects.select_for_update(of=("self",)).filter(target=target).order_by("id"))
    moment = clock.now()
    Hit.objects.filter(target=target).update(target_state=target.state, updated_at=moment)
    HitEvent.objects.bulk_create(
        [
            HitEvent(hit=h, kind=kind.value, at=moment, by=actor.username, record_version=h.record_version, score=h.score)
            for h in hits
        ]
    )


def _log(target: Target, actor: Actor, reason: str, detail: dict[str, object] | None = None) -> None:
    TargetEvent.objects.create(
        target=target, state=target.state, at=clock.now(), by=actor.username, reason=reason, detail=detail or {}
    )


def today_here() -> date:
    """The day that it is in central Mexico."""
    return clock.now().astimezone(clock.MEXICO).date()
