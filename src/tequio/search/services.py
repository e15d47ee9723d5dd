"""Keeping the key index, and searching with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import connection

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose, Role
from tequio.access.scoping import NATIONAL, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.institutions.models import Agency
from tequio.kernel import clock, outbox
from tequio.kernel.errors import Invalid
from tequio.kernel.identifiers.problems import squeeze
from tequio.matching import keys, name_tokens
from tequio.people.domain import Subject
from tequio.registries.events import RecordsChanged
from tequio.registries.rnd.selectors import RecordSummary
from tequio.search import asking, budget, selectors, tending, writing
from tequio.search.asking import Candidate
from tequio.search.budget import Exhausted
from tequio.search.domain import Answer, Found, NumberAnswer, Reference
from tequio.search.events import PieceEntered, RecordsEntered
from tequio.search.models import PendingChange
from tequio.search.rebuilding import rebuild_index
from tequio.search.registries import SEARCHED
from tequio.search.tending import tend_index

__all__ = ["enter_records", "index_change", "rebuild_index", "search_number", "search_person", "tend_index", "tokens"]

EXPLAINED = frozenset({Role.ANALYST, Role.SUPERVISOR})
"""Roles that see why a record may be the person. The others see whose record it is and how sure the machine is."""

SHORTEST_NUMBER = 6
"""Letters and digits of a number worth looking for."""
MOST_NUMBERED = 20
"""Records shown of one number."""


class NothingToSearch(Invalid):
    """The question has nothing that tells a person apart."""

    code = "BUSQUEDA_SIN_DATOS"


def enter_records(event: RecordsChanged) -> None:
    """Write the entries and postings of a change set's records, piece by piece, in their transaction: whoever sees the records
    finds them. O(records)."""
    names: Counter[str] = Counter()
    pending = PendingChange(change_set=event.change_set, registry=event.registry, created_at=clock.now())
    pieces = 0
    snapshot = selectors.snapshot()
    with reach(NATIONAL), connection.cursor() as cursor:
        writing.begin(cursor)
        for piece in SEARCHED[event.registry].as_subjects(event.change_set):
            grown = writing.enter_piece(cursor, event, piece)
            for _, version, _, subject in piece:
                if version == 1 and subject is not None:
                    names.update(tokens(subject))
                    pending.records += 1
            pending.living += grown
            pieces += 1
            if pieces == 1:  # screening weighs names with those of the batch itself: a search that comes later will do so too
                _store_pending(pending, names)
            subjects = {record_id: (version, subject) for record_id, version, _, subject in piece}
            outbox.publish(PieceEntered(event.registry, event.change_set, event.agency_id, subjects))
    if pieces != 1:
        _store_pending(pending, names)
    outbox.publish(RecordsEntered(event.registry, event.change_set, event.agency_id, snapshot))


def index_change(event: RecordsEntered) -> None:
    """Count the names of a committed change set, and merge the segments that it made if they are small. Repeating it changes
    nothing. Large merges are the worker's, see `tend_index`."""
    pending = PendingChange.objects.select_for_update().filter(change_set=event.change_set).first()
    if pending is not None:
        with connection.cursor() as cursor:
            writing.count(cursor, pending)
        pending.delete()
    tending.merge_small()


def search_person(*, actor: Actor, purpose: Purpose | None, subject: Subject, limit: int = 20) -> Answer:
    """Search every registry of every state for a person. Purpose and folio are mandatory; the answer is on the log.

    Raises NotAllowed, PurposeRequired, BudgetSpent, NothingToSearch.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.PERSON_SEARCHED):
        policy.require(actor, Permission.SEARCH_PERSON)
        purpose = policy.require_purpose(purpose)
        budget.spend(actor)
        if not keys(subject):
            raise NothingToSearch(
                "Con esos datos no se puede buscar a nadie.",
                hint="Dé al menos dos palabras del nombre, o la CURP, el RFC, un teléfono o una placa.",
            )
        asked = asking.ask(subject)
        answer = Answer(
            found=_as_found(actor, asked.candidates[: max(limit, 1)]),
            compared=len(asked.candidates),
            cut=asked.cut,
            base=asked.state.living,
            outdated=asked.state.outdated,
        )
        record(
            actor=actor,
            purpose=purpose,
            action=Action.PERSON_SEARCHED,
            subject_kind="record",
            subjects=[found.record_id for found in answer.found],
            facts={"compared": answer.compared, "shown": len(answer.found), "cut": answer.cut},
        )
    return answer


def search_number(*, actor: Actor, purpose: Purpose | None, number: str) -> NumberAnswer:
    """Search every registry for a record whose RND number or IPH number is that one. The answer is on the log.

    Two queries by index. Raises NotAllowed, PurposeRequired, BudgetSpent, NothingToSearch.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.NUMBER_SEARCHED):
        policy.require(actor, Permission.SEARCH_PERSON)
        purpose = policy.require_purpose(purpose)
        budget.spend(actor)
        policy.refuse_unstorable(number)
        if len(squeeze(number)) < SHORTEST_NUMBER:
            raise NothingToSearch(
                "Ese número es demasiado corto para buscarlo.", hint="Escríbalo completo, con sus letras y cifras."
            )
        found: list[Reference] = []
        for name, registry in SEARCHED.items():
            with reach(NATIONAL):
                summaries = registry.summaries(registry.by_number(number, MOST_NUMBERED))
            codes = _codes(summaries.values())
            found += [
                Reference(name, one.record_id, codes[one.agency_id], one.state_code, one.detained_on, one.record_type)
                for one in summaries.values()
                if one.cancelled_at is None
            ]
        record(
            actor=actor,
            purpose=purpose,
            action=Action.NUMBER_SEARCHED,
            subject_kind="record",
            subjects=[one.record_id for one in found],
            facts={"shown": len(found)},
        )
    return NumberAnswer(tuple(sorted(found, key=lambda one: (one.detained_on or date.min, str(one.record_id)), reverse=True)))


def read_budgets(*, actor: Actor, purpose: Purpose | None) -> list[Exhausted]:
    """People of the actor's agency who have spent their budget of searches today. On the log. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.BUDGETS_READ):
        policy.require(actor, Permission.SEARCH_SUPERVISE)
        found = budget.exhausted(actor.agency_id)
        record(
            actor=actor,
            purpose=purpose,
            action=Action.BUDGETS_READ,
            subject_kind="user",
            subjects=[one.username for one in found],
        )
    return found


def _codes(summaries: Iterable[RecordSummary]) -> dict[int, str]:
    return dict(Agency.objects.filter(pk__in={one.agency_id for one in summaries}).values_list("id", "code"))


def tokens(subject: Subject) -> set[str]:
    """Folded words of a subject's names, each once."""
    return name_tokens(subject)


def _store_pending(pending: PendingChange, names: Counter[str]) -> None:
    pending.tokens = dict(names)
    pending.save()


def _as_found(actor: Actor, candidates: Sequence[Candidate]) -> tuple[Found, ...]:
    summaries: dict[UUID, RecordSummary] = {}
    for registry in {candidate.kept.registry for candidate in candidates}:
        with reach(NATIONAL):
            ids = [candidate.kept.record_id for candidate in candidates if candidate.kept.registry == registry]
            summaries |= SEARCHED[registry].summaries(ids)
    codes = _codes(summaries.values())
    explanations = asking.explain(candidates) if actor.roles & EXPLAINED else [None] * len(candidates)
    return tuple(
        Found(
            registry=candidate.kept.registry,
            record_id=candidate.kept.record_id,
            agency_code=codes[summary.agency_id],
            state_code=summary.state_code,
            detained_on=summary.detained_on,
            record_type=summary.record_type,
            score=explanation.score if explanation is not None else candidate.score / 100,
            band=explanation.band if explanation is not None else candidate.weighed.band(candidate.place),
            explanation=explanation,
        )
        for candidate, explanation in zip(candidates, explanations, strict=True)
        if (summary := summaries.get(candidate.kept.record_id)) is not None and summary.cancelled_at is None
    )
