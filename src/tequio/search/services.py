"""Keeping the key index, and searching with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from io import StringIO
from uuid import UUID

from django.db import connection, transaction

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose, Role
from tequio.access.scoping import NATIONAL, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.institutions.models import Agency
from tequio.kernel import clock, outbox
from tequio.kernel.errors import Invalid
from tequio.matching import Explanation, compare_many, keys, keys_of, name_tokens
from tequio.people.domain import Subject
from tequio.registries.events import RecordsChanged
from tequio.registries.rnd.selectors import RecordSummary
from tequio.search import selectors
from tequio.search.domain import BUCKET_CAP, BUDGET, Answer, Found, Pair
from tequio.search.events import PieceEntered, RecordsEntered
from tequio.search.models import PendingChange
from tequio.search.registries import SEARCHED

EXPLAINED = frozenset({Role.ANALYST, Role.SUPERVISOR})
"""Roles that see why a record may be the person. The others see whose record it is and how sure the machine is."""


class NothingToSearch(Invalid):
    """The question has nothing that tells a person apart."""

    code = "BUSQUEDA_SIN_DATOS"


def enter_records(event: RecordsChanged) -> None:
    """Compute the keys of a change set's records and write their entries, piece by piece, in their transaction."""
    names: Counter[str] = Counter()
    pending = PendingChange(change_set=event.change_set, registry=event.registry, created_at=clock.now())
    pieces = 0
    snapshot = selectors.snapshot()
    with reach(NATIONAL), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS search_incoming")
        cursor.execute(_INCOMING)
        for piece in SEARCHED[event.registry].as_subjects(event.change_set):
            lines = StringIO()
            found = iter(keys_of([subject for _, _, _, subject in piece if subject is not None]))
            for record_id, version, agency_id, subject in piece:
                its_keys = ",".join(map(str, next(found))) if subject is not None else ""
                lines.write(f"{record_id}\t{agency_id}\t{version}\t{{{its_keys}}}\n")
                if version == 1 and subject is not None:
                    names.update(tokens(subject))
                    pending.records += 1
            cursor.execute("TRUNCATE search_incoming")
            with cursor.copy("COPY search_incoming FROM STDIN") as copy:
                copy.write(lines.getvalue())
            cursor.execute(_ENTER, {"registry": event.registry, "change_set": event.change_set})
            pieces += 1
            if pieces == 1:  # screening weighs names with those of the batch itself: a search that comes later will do so too
                _store_pending(pending, names)
            subjects = {record_id: (version, subject) for record_id, version, _, subject in piece}
            outbox.publish(PieceEntered(event.registry, event.change_set, event.agency_id, subjects))
    if pieces != 1:
        _store_pending(pending, names)
    outbox.publish(RecordsEntered(event.registry, event.change_set, event.agency_id, snapshot))


def index_change(event: RecordsEntered) -> None:
    """Bring a committed change set from the tail into the index. Set-wise; repeating it changes nothing.

    One at a time: of two change sets of one record, the later takes out of the index what the former has put there.
    """
    _take_turn()
    pending = PendingChange.objects.select_for_update().filter(change_set=event.change_set).first()
    if pending is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_OUT, [event.change_set])
        cursor.execute(_PUT_IN, [event.change_set])
        cursor.execute(
            "UPDATE search_entry SET stale_keys = NULL WHERE change_set = %s AND stale_keys IS NOT NULL", [event.change_set]
        )
        cursor.execute(_COUNT, [json.dumps(pending.tokens)])
        cursor.execute(_GROW, [pending.records])
    pending.delete()


def rebuild_index() -> int:
    """Make the index anew from the entries: it is derived, losing it loses nothing. Returns how many entries it has."""
    with transaction.atomic(), connection.cursor() as cursor:
        _take_turn()
        cursor.execute("LOCK TABLE search_pendingchange IN EXCLUSIVE MODE")
        cursor.execute("TRUNCATE search_key")
        cursor.execute(
            "INSERT INTO search_key (key, entry_id) SELECT DISTINCT unnest(e.keys), e.id FROM search_entry e "
            "WHERE NOT EXISTS (SELECT 1 FROM search_pendingchange p WHERE p.change_set = e.change_set)"
        )
        cursor.execute("SELECT count(*) FROM search_entry")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def search_person(*, actor: Actor, purpose: Purpose | None, subject: Subject, limit: int = 20) -> Answer:
    """Search every registry of every state for a person. Purpose and folio are mandatory; the answer is on the log.

    Raises NotAllowed, PurposeRequired, NothingToSearch.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.PERSON_SEARCHED):
        policy.require(actor, Permission.SEARCH_PERSON)
        purpose = policy.require_purpose(purpose)
        wanted = keys(subject)
        if not wanted:
            raise NothingToSearch(
                "Con esos datos no se puede buscar a nadie.",
                hint="Dé al menos dos palabras del nombre, o la CURP, el RFC, un teléfono o una placa.",
            )
        pairs, cut = selectors.candidates(wanted, cap=BUCKET_CAP, budget=BUDGET)
        scored = score_pairs(subject, pairs)
        scored.sort(key=lambda item: (-item[1].score, str(item[0].record_id)))
        answer = Answer(_as_found(actor, scored[:limit]), len(pairs), cut, selectors.base_size())
        record(
            actor=actor,
            purpose=purpose,
            action=Action.PERSON_SEARCHED,
            subject_kind="record",
            subjects=[found.record_id for found in answer.found],
            facts={"compared": answer.compared, "shown": len(answer.found), "cut": cut},
        )
    return answer


def score_pairs(subject: Subject, pairs: Iterable[Pair]) -> list[tuple[Pair, Explanation]]:
    """Compare a subject with each candidate record. One query per registry and one for rarity."""
    by_registry: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_registry.setdefault(pair.registry, []).append(pair)
    out: list[tuple[Pair, Explanation]] = []
    rarity = selectors.rarity(tokens(subject))
    for registry, its_pairs in by_registry.items():
        with reach(NATIONAL):
            subjects = SEARCHED[registry].subjects([pair.record_id for pair in its_pairs])
        met = [(pair, other) for pair in its_pairs if (other := subjects.get(pair.record_id, (0, None))[1]) is not None]
        found = compare_many([(subject, other) for _, other in met], rarity)
        out += [(pair, explanation) for (pair, _), explanation in zip(met, found, strict=True)]
    return out


def tokens(subject: Subject) -> set[str]:
    """Folded words of a subject's names, each once."""
    return name_tokens(subject)


def _store_pending(pending: PendingChange, names: Counter[str]) -> None:
    pending.tokens = dict(names)
    pending.save()


def _take_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('search:index', 0))")


def _as_found(actor: Actor, scored: list[tuple[Pair, Explanation]]) -> tuple[Found, ...]:
    codes = dict(Agency.objects.values_list("id", "code"))
    summaries: dict[UUID, RecordSummary] = {}
    for registry in {pair.registry for pair, _ in scored}:
        with reach(NATIONAL):
            summaries |= SEARCHED[registry].summaries([pair.record_id for pair, _ in scored if pair.registry == registry])
    explained = bool(actor.roles & EXPLAINED)
    return tuple(
        Found(
            registry=pair.registry,
            record_id=pair.record_id,
            agency_code=codes[summary.agency_id],
            state_code=summary.state_code,
            detained_on=summary.detained_on,
            record_type=summary.record_type,
            score=explanation.score,
            band=explanation.band,
            explanation=explanation if explained else None,
        )
        for pair, explanation in scored
        if (summary := summaries.get(pair.record_id)) is not None
    )


_INCOMING = "CREATE TEMP TABLE search_incoming (record_id uuid, agency_id bigint, version int, keys bigint[]) ON COMMIT DROP"
_ENTER = """
INSERT INTO search_entry (registry, record_id, agency_id, change_set, version, keys)
SELECT %(registry)s, record_id, agency_id, %(change_set)s, version, keys FROM search_incoming ORDER BY record_id
ON CONFLICT (registry, record_id) DO UPDATE SET
    stale_keys = coalesce(search_entry.stale_keys, '{}') || search_entry.keys,
    keys = excluded.keys, change_set = excluded.change_set, version = excluded.version
"""
_TAKE_OUT = """
DELETE FROM search_key k
USING (SELECT id, unnest(stale_keys) AS key FROM search_entry WHERE change_set = %s AND stale_keys IS NOT NULL) AS s
WHERE k.key = s.key AND k.entry_id = s.id
"""
_PUT_IN = """
INSERT INTO search_key (key, entry_id)
SELECT DISTINCT unnest(keys) AS key, id FROM search_entry WHERE change_set = %s ORDER BY key
ON CONFLICT DO NOTHING
"""
_COUNT = """
INSERT INTO search_tokencount (token, records)
SELECT left(t.key, 60), sum(t.value::bigint) FROM jsonb_each_text(%s::jsonb) AS t GROUP BY 1 ORDER BY 1
ON CONFLICT (token) DO UPDATE SET records = search_tokencount.records + excluded.records
"""
_GROW = """
INSERT INTO search_base (id, records) VALUES (1, %s)
ON CONFLICT (id) DO UPDATE SET records = search_base.records + excluded.records
"""
