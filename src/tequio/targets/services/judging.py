"""A person says what a hit is. Only from here does a notice leave."""

from __future__ import annotations

from uuid import UUID

from tequio.access import policy
from tequio.access.domain import Actor, IdempotencyKey, Permission, Purpose
from tequio.access.scoping import own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.kernel import clock
from tequio.notices.domain import NoticeKind, Urgency
from tequio.notices.services import Message, issue_notice, withdraw_notices
from tequio.targets import domain, selectors
from tequio.targets.domain import HIT_STATE_OF, HitEventKind, Priority, RecordStanding, TargetState, Verdict
from tequio.targets.models import Hit, HitEvent, Judgement
from tequio.targets.services.writing import summary_now

ABOUT = "hit"


def read_hit(*, actor: Actor, purpose: Purpose | None, hit_id: UUID) -> Hit:
    """One hit, with both sides, for its reviewer. The reading is on the log. Raises NotAllowed, NotFound, PurposeRequired."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.HIT_READ), reach(own(actor)):
        policy.require(actor, Permission.HIT_READ)
        purpose = policy.require_purpose(purpose)
        hit = selectors.hit(hit_id)
        record(actor=actor, purpose=purpose, action=Action.HIT_READ, subject_kind="hit", subjects=[hit.id, hit.record_id])
    return hit


def judge_hit(
    *, actor: Actor, purpose: Purpose | None, hit_id: UUID, verdict: Verdict, reason: str, key: IdempotencyKey = ""
) -> Hit:
    """Say whether the record is the target. The last judgement is in force; confirming tells the issuer, changing one's mind
    takes the notice back. Saying the same again changes nothing.

    Raises NotAllowed, NotFound, PurposeRequired, Invalid without a reason, HitWithoutStanding.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.HIT_JUDGED), reach(own(actor)):
        policy.require(actor, Permission.HIT_JUDGE)
        purpose = policy.require_purpose(purpose)
        policy.require_reason(reason)
        hit = selectors.lock_hit(hit_id)
        state = HIT_STATE_OF[verdict]
        if hit.state == state.value:
            return hit
        if verdict is Verdict.POSITIVE:
            _refuse_without_standing(hit)
        _judge(actor, hit, verdict, reason)
        record(
            actor=actor,
            purpose=purpose,
            action=Action.HIT_JUDGED,
            subject_kind="hit",
            subjects=[hit.id, hit.record_id],
            facts={"verdict": verdict.value},
            key=key,
        )
        if verdict is Verdict.POSITIVE:
            _tell(actor, purpose, hit)
        else:
            withdraw_notices(actor=actor, purpose=purpose, about_kind=ABOUT, about_id=hit.id, reason=f"juicio {verdict.value}")
    return hit


def _judge(actor: Actor, hit: Hit, verdict: Verdict, reason: str) -> None:
    moment = clock.now()
    former = selectors.judgements(hit.id)
    Judgement.objects.create(
        hit=hit,
        verdict=verdict.value,
        reason=reason,
        by=actor.username,
        at=moment,
        score=hit.score,
        algorithm=str(hit.explanation.get("algorithm", "")),
        explanation=hit.explanation,
        supersedes=former[-1] if former else None,
    )
    hit.state = HIT_STATE_OF[verdict].value
    hit.judged_score = hit.score
    hit.updated_at = moment
    hit.save(update_fields=["state", "judged_score", "updated_at"])
    HitEvent.objects.create(
        hit=hit,
        kind=HitEventKind.JUDGED.value,
        at=moment,
        by=actor.username,
        record_version=hit.record_version,
        score=hit.score,
        detail={"verdict": verdict.value},
    )


def _tell(actor: Actor, purpose: Purpose, hit: Hit) -> None:
    urgency = Urgency.URGENT if hit.target.priority == Priority.HIGH.value else Urgency.ROUTINE
    summary = summary_now(hit)
    told = {"objetivo": hit.target.folio, "coincidencia": str(hit.id), "custodia_de": hit.record_agency.code, **summary}
    del told["clave_registro"]  # the holder's own key
    messages = [(hit.agency, Message(NoticeKind.DETENTION, urgency, ABOUT, hit.id, told))]
    if hit.target.tell_holder and not hit.target.covert and hit.record_agency_id != hit.agency_id:
        told = {"registro": summary["clave_registro"], "busca": hit.agency.code, "fundamento": hit.target.grounds}
        messages.append((hit.record_agency, Message(NoticeKind.HOLDER, urgency, ABOUT, hit.id, told)))
    # Each agency's folio counter is held until the commit: two confirmations that cross take them in the same order.
    for recipient, message in sorted(messages, key=lambda item: item[0].code):
        issue_notice(actor=actor, purpose=purpose, recipient=recipient, message=message)


def _refuse_without_standing(hit: Hit) -> None:
    if hit.record_standing != RecordStanding.STANDS.value or hit.target_state != TargetState.ACTIVE.value:
        raise domain.HitWithoutStanding(
            f"La coincidencia no se puede confirmar: registro {hit.record_standing}, objetivo {hit.target_state}.",
            hint="Revise la línea de tiempo; si el objetivo debe seguir, reanúdelo primero.",
        )
