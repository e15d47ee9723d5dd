"""People say what a hit is. Only from here does a notice leave, and in the bands that a parameter names only when two agree."""

from __future__ import annotations

from uuid import UUID

from tequio.access import policy
from tequio.access.domain import Actor, IdempotencyKey, Permission, Purpose
from tequio.access.scoping import own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.catalogs import selectors as catalogs
from tequio.kernel import clock
from tequio.matching import BANDS
from tequio.notices.domain import NoticeKind, Urgency
from tequio.notices.services import Message, issue_notice, withdraw_notices
from tequio.targets import domain, selectors
from tequio.targets.domain import HIT_STATE_OF, HitEventKind, HitState, Priority, Reading, RecordStanding, TargetState, Verdict
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
    *,
    actor: Actor,
    purpose: Purpose | None,
    hit_id: UUID,
    verdict: Verdict,
    reason: str,
    seen: str = "",
    key: IdempotencyKey = "",
) -> Hit:
    """Say whether the record is the target. Confirming tells the issuer, changing one's mind takes the notice back; in bands
    that ask for a second reader, the first positive judgement only proposes. Saying the same again changes nothing.

    `seen`: sign of what was shown (`seen_of`); where the hit has changed since, nothing is judged.
    Raises NotAllowed, NotFound, PurposeRequired, HitChanged, SupervisorDecides, HitWithoutStanding, Invalid without a reason.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.HIT_JUDGED), reach(own(actor)):
        policy.require_person(actor)
        policy.require(actor, Permission.HIT_JUDGE)
        purpose = policy.require_purpose(purpose)
        policy.require_reason(reason)
        hit = selectors.lock_hit(hit_id)
        reading = _read(actor, hit, verdict)
        if _says_nothing_new(hit, reading, verdict):
            return hit
        _refuse_if_changed(hit, seen)
        if verdict is Verdict.POSITIVE:
            _refuse_without_standing(hit)
        stood = hit.state == HitState.CONFIRMED.value
        _judge(actor, hit, verdict, reading, reason)
        record(
            actor=actor,
            purpose=purpose,
            action=Action.HIT_JUDGED,
            subject_kind="hit",
            subjects=[hit.id, hit.record_id],
            facts={"verdict": verdict.value, "state": hit.state},
            key=key,
        )
        if reading.state is HitState.CONFIRMED:
            _tell(actor, purpose, hit)
        elif stood:
            withdraw_notices(actor=actor, purpose=purpose, about_kind=ABOUT, about_id=hit.id, reason=f"juicio {verdict.value}")
    return hit


def seen_of(hit: Hit) -> str:
    """Sign of what a reviewer is shown of a hit: evidence, standing of record and target, and what people have said of it."""
    return domain.fingerprint_of(
        str(hit.id), hit.registry, str(hit.record_id), hit.record_version, hit.record_standing, hit.target_state, hit.state,
        hit.record_count, hit.explanation, hit.said,
    )  # fmt: skip


def second_reader_bands() -> tuple[str, ...]:
    """Bands in which two people must agree, by the dated parameter; the highest where nobody has given it a value."""
    today = clock.now().astimezone(clock.MEXICO).date()
    value = catalogs.parameter_in_force("target.second_reader_bands", today).value
    return BANDS[:1] if value is None else tuple(str(band) for band in value)


def _read(actor: Actor, hit: Hit, verdict: Verdict) -> Reading:
    return domain.read(
        HitState(hit.state),
        hit.said,
        actor.username,
        verdict,
        two_needed=domain.needs_second(hit.band, second_reader_bands()),
        may_settle=Permission.HIT_SETTLE in actor.permissions,
    )


def _says_nothing_new(hit: Hit, reading: Reading, verdict: Verdict) -> bool:
    """Whether the hit already is what the verdict makes of it, or the same person has said the same in this round."""
    return hit.state == reading.state.value and (hit.state == HIT_STATE_OF[verdict].value or reading.said == hit.said)


def _judge(actor: Actor, hit: Hit, verdict: Verdict, reading: Reading, reason: str) -> None:
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
    hit.state, hit.said = reading.state.value, dict(reading.said)
    hit.judged_score = hit.score
    hit.updated_at = moment
    hit.save(update_fields=["state", "said", "judged_score", "updated_at"])
    HitEvent.objects.create(
        hit=hit,
        kind=HitEventKind.JUDGED.value,
        at=moment,
        by=actor.username,
        record_version=hit.record_version,
        score=hit.score,
        detail={"verdict": verdict.value, "state": hit.state},
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


def _refuse_if_changed(hit: Hit, seen: str) -> None:
    if seen and seen != seen_of(hit):
        raise domain.HitChanged(
            "La coincidencia cambió mientras la revisaba: no se juzgó nada.",
            hint="Revise otra vez lo que muestra ahora y la línea de tiempo, y juzgue eso.",
        )


def _refuse_without_standing(hit: Hit) -> None:
    if hit.record_standing != RecordStanding.STANDS.value or hit.target_state != TargetState.ACTIVE.value:
        raise domain.HitWithoutStanding(
            f"La coincidencia no se puede confirmar: registro {hit.record_standing}, objetivo {hit.target_state}.",
            hint="Revise la línea de tiempo; si el objetivo debe seguir, reanúdelo primero.",
        )
