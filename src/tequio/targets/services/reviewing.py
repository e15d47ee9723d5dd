"""A hit as its reviewer sees it: both sides feature by feature, what happened, what may be done. Each reading is on the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose
from tequio.access.scoping import NATIONAL, own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.kernel.identifiers import parse_curp, parse_rfc
from tequio.people.domain import Subject
from tequio.registries.rnd import selectors as rnd
from tequio.registries.rnd.selectors import Told
from tequio.targets import domain, selectors
from tequio.targets.domain import Budget, Hidden, HitState, Novelty, Place, RecordStanding, Row, TargetState, Verdict, Wanted
from tequio.targets.models import Hit, HitEvent, HitRecord, Judgement, TargetEvent
from tequio.targets.selectors import listing
from tequio.targets.services.judging import second_reader_bands, seen_of
from tequio.targets.services.reading import budget_of

PAGE = 25
_IDENTITY = ("nombre", "primer_apellido", "segundo_apellido", "nombre_completo", "fecha_nacimiento", "sexo",
    "entidad_nacimiento", "curp", "rfc")  # fmt: skip
"""Fields that tell who a record is of: how many of them a supplier fills says how far its record can be compared."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some hits of a list. `waiting`: how many there are in each state that waits, at most one more than `MOST_COUNTED`."""

    hits: list[Hit]
    previous: Place | None
    next: Place | None
    total: int
    below: int
    """Open hits under their targets' own thresholds, within the same filters."""
    proposed: int
    disputed: int
    budget: Budget


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the supplier's record is for telling who it is of."""

    filled: int
    of: int
    unread: tuple[str, ...]
    """Fields with a value that could not be understood."""
    absences: Mapping[str, str]
    faults: tuple[str, ...]
    """What is wrong inside an identifier, in words."""


@dataclass(frozen=True, slots=True)
class Powers:
    """What its reader may do with a hit now, and why not where not."""

    judge: bool
    confirm: bool
    because: str
    """Why the reader may not judge or confirm it, in words; empty if they may, or if record and target say it already."""
    two_needed: bool
    said: str
    """The reader's own word in the round in progress, or empty."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A hit with all that a reviewer needs. Where `hidden` says why, values of both sides are masked."""

    hit: Hit
    seen: str
    hidden: Hidden | None
    rows: tuple[Row, ...]
    total: float
    records: list[HitRecord]
    events: list[HitEvent]
    target_events: list[TargetEvent]
    judgements: list[Judgement]
    news: tuple[Novelty, ...]
    """What is new since somebody judged it last."""
    told: Told | None
    quality: Quality | None
    powers: Powers
    next_id: UUID | None


def browse_hits(
    *,
    actor: Actor,
    purpose: Purpose,
    wanted: Wanted,
    after: Place | None = None,
    before: Place | None = None,
    limit: int = PAGE,
) -> Page:
    """A page of the agency's hits: those with an equal CURP or RFC first, then by score. Its cost does not grow with its depth.

    `after` or `before`: the place beside which it is; neither is the beginning. Raises NotAllowed.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.HIT_READ), reach(own(actor)):
        policy.require(actor, Permission.HIT_READ)
        found, previous, following = _slice(wanted, after, before, limit)
        folio = wanted.folio
        page = Page(
            found,
            previous,
            following,
            listing.count_hits(wanted),
            listing.count_hits(Wanted(HitState.OPEN.value, wanted.band, folio, below=True)),
            listing.count_hits(Wanted(HitState.PROPOSED.value, "", folio)),
            listing.count_hits(Wanted(HitState.DISPUTED.value, "", folio)),
            budget_of(actor),
        )
        record(actor=actor, purpose=purpose, action=Action.HIT_READ, subject_kind="hit", subjects=[h.id for h in found])
    return page


def review_hit(*, actor: Actor, purpose: Purpose | None, hit_id: UUID) -> Reviewed:
    """One hit for its reviewer. A dozen queries, however large the base. Raises NotAllowed, NotFound, PurposeRequired."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.HIT_READ), reach(own(actor)):
        policy.require(actor, Permission.HIT_READ)
        purpose = policy.require_purpose(purpose)
        hit = selectors.hit(hit_id)
        reviewed = _reviewed(actor, purpose, hit)
        facts = {"masked": reviewed.hidden.value} if reviewed.hidden else {}
        subjects = [hit.id, *(one.record_id for one in reviewed.records)]
        record(actor=actor, purpose=purpose, action=Action.HIT_READ, subject_kind="hit", subjects=subjects, facts=facts)
    return reviewed


def _slice(
    wanted: Wanted, after: Place | None, before: Place | None, limit: int
) -> tuple[list[Hit], Place | None, Place | None]:
    """The hits of a page, and the places from which the pages before and after it begin."""
    if before is not None:
        found = listing.hit_page_before(wanted, before, limit + 1)
        more, found = len(found) > limit, found[-limit:]
        return found, _place(found[0]) if more else None, _place(found[-1]) if found else None
    found = listing.hit_page(wanted, after, limit + 1)
    more, found = len(found) > limit, found[:limit]
    return found, _place(found[0]) if after is not None and found else None, _place(found[-1]) if more else None


def _reviewed(actor: Actor, purpose: Purpose, hit: Hit) -> Reviewed:
    hidden = domain.hidden_because(actor.permissions, purpose)
    told = _told(hit)
    supplied = told.supplied if told is not None else {}
    rows = domain.rows_of(hit.explanation, _of_target(Subject.from_dict(hit.target.subject)), _of_record(supplied))
    judgements = selectors.judgements(hit.id)
    last = judgements[-1].explanation if judgements else {}
    return Reviewed(
        hit=hit,
        seen=seen_of(hit),
        hidden=hidden,
        rows=domain.masked(rows) if hidden else rows,
        total=domain.total_of(rows),
        records=selectors.records_of_hit(hit.id),
        events=selectors.timeline(hit.id),
        target_events=selectors.target_timeline(hit.target_id),
        judgements=judgements,
        news=domain.news(last, hit.explanation) if last and not hidden else (),
        told=told if not hidden else None,
        quality=_quality(told) if told is not None else None,
        powers=_powers(actor, hit),
        next_id=_next(actor, hit),
    )


def _next(actor: Actor, hit: Hit) -> UUID | None:
    """The one after it in its list; at the list's end its first; none but itself, none."""
    state = hit.state if hit.state in {s.value for s in domain.WAITING_STATES} else HitState.OPEN.value
    wanted = Wanted(state)
    found = listing.next_hit(actor.username, wanted, _place(hit)) or listing.next_hit(actor.username, wanted, None)
    return found if found != hit.id else None


def next_to_review(actor: Actor, hit: Hit, state: HitState) -> UUID | None:
    """The hit to go on to after judging `hit`, which was in `state`. For who has just read it: it tells an identifier only."""
    with reach(own(actor)):
        wanted = Wanted(state.value if state in domain.WAITING_STATES else HitState.OPEN.value)
        return listing.next_hit(actor.username, wanted, _place(hit)) or listing.next_hit(actor.username, wanted, None)


def _powers(actor: Actor, hit: Hit) -> Powers:
    two_needed = domain.needs_second(hit.band, second_reader_bands())
    said = str(hit.said.get(actor.username, "")) if hit.state in {HitState.PROPOSED.value, HitState.DISPUTED.value} else ""
    if Permission.HIT_JUDGE not in actor.permissions:
        return Powers(False, False, "Su rol consulta coincidencias y no las juzga.", two_needed, said)
    try:
        domain.read(
            HitState(hit.state), hit.said, actor.username, Verdict.UNSURE,
            two_needed=two_needed, may_settle=Permission.HIT_SETTLE in actor.permissions,
        )  # fmt: skip
    except domain.SupervisorDecides as refusal:
        return Powers(False, False, refusal.message, two_needed, said)
    if hit.record_standing != RecordStanding.STANDS.value or hit.target_state != TargetState.ACTIVE.value:
        return Powers(True, False, "", two_needed, said)
    if hit.state == HitState.PROPOSED.value and said == Verdict.POSITIVE.value:
        return Powers(True, False, "Usted la propuso: falta que otra persona la lea y coincida.", two_needed, said)
    return Powers(True, True, "", two_needed, said)


def _place(hit: Hit) -> Place:
    return Place(hit.exact, hit.score, hit.id)


def _told(hit: Hit) -> Told | None:
    """The record as its supplier tells it: of whatever agency, as a person whom the reader's own looks for may be in it."""
    with reach(NATIONAL):
        return rnd.told([hit.record_id]).get(hit.record_id)


def _quality(told: Told) -> Quality:
    faults = [problem.message for problem in parse_curp(told.supplied["curp"]).problems] if "curp" in told.supplied else []
    faults += [problem.message for problem in parse_rfc(told.supplied["rfc"]).problems] if "rfc" in told.supplied else []
    named = "nombre_completo" if "nombre_completo" in told.understood else "nombre"
    wanted = [name for name in _IDENTITY if name not in {"nombre", "nombre_completo"} or name == named]
    return Quality(
        filled=sum(name in told.understood for name in wanted),
        of=len(wanted),
        unread=tuple(sorted(told.supplied.keys() - told.understood)),
        absences=told.absences,
        faults=tuple(faults),
    )


def _of_target(subject: Subject) -> dict[str, tuple[str, ...]]:
    """A target's values as its issuer gave them, by feature."""
    derived = subject.derived
    return {
        "nombre": tuple(name.text for name in subject.names),
        "alias": tuple(alias.text for alias in subject.aliases),
        "fecha de nacimiento": () if "birth_date" in derived else tuple(str(day) for day in subject.birth_dates),
        "edad": (str(subject.age),) if subject.age is not None else (),
        "CURP": tuple(curp.value for curp in subject.curps),
        "RFC": tuple(rfc.value for rfc in subject.rfcs),
        "sexo": () if "sex" in derived or not subject.sex else (subject.sex,),
        "entidad de nacimiento": () if "birth_state" in derived or not subject.birth_state else (subject.birth_state,),
        "teléfono": subject.phones,
        "placa": subject.plates,
        "documento": subject.documents,
        "lugar": subject.places,
    }


def _of_record(supplied: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """A record's values as its supplier wrote them, by feature."""
    parts = " ".join(supplied[name] for name in ("nombre", "primer_apellido", "segundo_apellido") if supplied.get(name))
    one = {
        "alias": "alias", "fecha de nacimiento": "fecha_nacimiento", "edad": "edad", "CURP": "curp", "RFC": "rfc",
        "sexo": "sexo", "entidad de nacimiento": "entidad_nacimiento", "teléfono": "telefono", "placa": "placa",
    }  # fmt: skip
    names = tuple(text for text in (parts, str(supplied.get("nombre_completo", ""))) if text)
    return {"nombre": names} | {feature: (str(supplied[name]),) for feature, name in one.items() if supplied.get(name)}
