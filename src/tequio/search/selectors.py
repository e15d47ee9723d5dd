"""Reads of the key index. References only: scoring needs the records, which their registries give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from tequio.kernel.prepared import raw
from tequio.matching import KEY_VERSION, Rarity, keys_of
from tequio.people.domain import readings
from tequio.search import segments
from tequio.search.domain import Pair
from tequio.search.models import PendingChange
from tequio.search.registries import SEARCHED
from tequio.search.segments import Entries, Group, LookedUp, Standing
from tequio.search.segments.wire import Integers, binary_cursor

_COUNTED = """
SELECT token, records FROM search_tokencount WHERE token = ANY(%(short)s::text[])
UNION ALL
SELECT w.token, (p.tokens ->> w.token)::bigint FROM search_pendingchange p CROSS JOIN unnest(%(tokens)s::text[]) AS w(token)
WHERE p.tokens ? w.token
"""
_LONGEST = 60
"""Characters of a token that are counted."""


_STATE = """
SELECT coalesce(b.records, 0) + p.records, coalesce(b.living, 0) + p.living, b.key_version FROM (
    SELECT coalesce(sum(records), 0)::bigint AS records, coalesce(sum(living), 0)::bigint AS living FROM search_pendingchange
) AS p LEFT JOIN search_base b ON true
"""
_KEPT = "SELECT id, registry, record_id, version, packed FROM search_entry WHERE id = ANY(%(kept)s) AND NOT gone"
_RECORDS = "SELECT id, registry, record_id FROM search_entry WHERE id = ANY(%s) AND NOT gone"
AT_A_TIME = 5_000
"""Entries whose standing and records are asked for in one statement."""
TRIES = 5


@dataclass(frozen=True, slots=True)
class State:
    """What the index is as a whole."""

    records: int
    """Records that the counts of names stand for."""
    living: int
    """Records that stand."""
    outdated: bool
    """Some keys may have been made by older rules."""


def state() -> State:
    """How large the index is and whether it is of these rules, change sets not counted yet included. One query."""
    with binary_cursor(raw()) as cursor:
        cursor.execute(_STATE)
        return _state(cursor.fetchall()[0])


def _state(row: Sequence[Any]) -> State:
    records, living, version = row
    return State(records, living, outdated=version is not None and version < KEY_VERSION)


def look_up(keys: Sequence[int]) -> tuple[LookedUp, State]:
    """The groups of those keys, and the index as a whole. One query."""
    found = segments.look_up(raw(), keys, beside=_STATE)
    return found, _state(found.beside)


class Kept(NamedTuple):
    """What the index keeps of an entry's record."""

    registry: str
    record_id: UUID
    version: int
    packed: bytes | None


def kept(entries: Sequence[int]) -> dict[int, Kept]:
    """Each entry that stands, with what is weighed of it. One query by primary key."""
    with binary_cursor(raw()) as cursor:
        cursor.execute(_KEPT, {"kept": Integers(entries)})
        return {entry: Kept(*told) for entry, *told in cursor.fetchall()}


def standing(found: LookedUp, entries: Entries, wanted: Sequence[int]) -> tuple[Standing, dict[int, Kept]]:
    """Which entries of a look-up are retired by now; and what is weighed of those wanted that stand. One query."""
    stood = segments.standing(raw(), found, entries, beside=_KEPT, wanted={"kept": Integers(wanted)})
    return stood, {entry: Kept(*told) for entry, *told in stood.beside}


def records(entries: Sequence[int]) -> dict[int, Pair]:
    """The record of each entry that stands. One query by primary key."""
    with binary_cursor(raw()) as cursor:
        cursor.execute(_RECORDS, [Integers(entries)])
        return {entry: Pair(registry, record_id) for entry, registry, record_id in cursor.fetchall()}


def records_with(keys: Collection[int]) -> list[Pair]:
    """Every record that has one of those keys, oldest entries first: for a search that must miss nothing. O(their postings)."""
    found: list[Pair] = []
    for _ in range(TRIES):
        seen = segments.look_up(raw(), sorted(keys))
        entries = sorted({entry for group in seen.groups for entry in _all_of(group).tolist()})
        found, whole = [], True
        for start in range(0, len(entries), AT_A_TIME):
            piece = entries[start : start + AT_A_TIME]
            stood = segments.standing(raw(), seen, piece)
            standing = [entry for entry in piece if entry not in stood.retired]
            theirs = records(standing)
            whole = whole and not stood.moved and len(theirs) == len(standing)
            found += [theirs[entry] for entry in standing if entry in theirs]
        if whole:
            break
    return found


def _all_of(group: Group) -> Entries:
    return group.entries() if group.whole else segments.read(raw(), group.key, group.size)


def pairs_of_piece(key_table: str, owner: str) -> list[tuple[UUID, UUID]]:
    """(owner, record) pairs that share a key between the piece being entered and `key_table` (key, owner): one join."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT t.{owner}, i.record_id FROM search_incoming i CROSS JOIN LATERAL unnest(i.keys) AS k(key) "
            f"JOIN {key_table} t ON t.key = k.key"
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def pairs_of_change(
    registry: str, change_set: UUID, key_table: str, owner: str, owners: Sequence[UUID]
) -> list[tuple[UUID, UUID]]:
    """The same for a change set's records as they stand, with some owners only. Their keys are computed anew; needs a scope."""
    found: list[tuple[UUID, UUID]] = []
    for piece in SEARCHED[registry].as_subjects(change_set):
        met = [(record_id, subject) for record_id, _, _, subject in piece if subject is not None]
        found_keys = keys_of([subject for _, subject in met])
        theirs = [record_id for (record_id, _), its in zip(met, found_keys, strict=True) for _ in its]
        keys = [key for its in found_keys for key in its]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT t.{owner}, k.record FROM unnest(%s::uuid[], %s::int[]) AS k(record, key) "
                f"JOIN {key_table} t ON t.key = k.key AND t.{owner} = ANY(%s)",
                [theirs, keys, list(owners)],
            )
            found += [(row[0], row[1]) for row in cursor.fetchall()]
    return found


def hold_versions(registry: str, record_ids: Collection[UUID]) -> dict[UUID, int]:
    """Version of each of those records, which nobody corrects or cancels until the transaction ends. One query.

    Never waits, so that nobody waits in circles: if one is being changed just now, the database's refusal has the reaction run
    again a little later.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, version FROM search_entry WHERE registry = %s AND record_id = ANY(%s) FOR SHARE NOWAIT",
            [registry, list(record_ids)],
        )
        return dict(cursor.fetchall())


def rarity(tokens: Iterable[str]) -> Rarity:
    """How common those name tokens are in the base, for the scorer. Two queries."""
    return Rarity(token_counts({form for token in tokens for form in readings(token)}), base_size())


def token_counts(tokens: Iterable[str]) -> dict[str, int]:
    """Records that carry each of those name tokens, those of pending change sets included. One query."""
    wanted = sorted(set(tokens))
    if not wanted:
        return {}
    counts: Counter[str] = Counter()
    with binary_cursor(raw()) as cursor:
        cursor.execute(_COUNTED, {"tokens": wanted, "short": [token[:_LONGEST] for token in wanted]})
        for token, records in cursor:
            counts[token[:_LONGEST]] += records
    return {token: counts[token[:_LONGEST]] for token in wanted if token[:_LONGEST] in counts}


def base_size() -> int:
    """Records that the counts stand for, those not counted yet included. One query."""
    return state().records


def pending() -> int:
    """Change sets that the counts still lack."""
    return PendingChange.objects.count()


def snapshot() -> str:
    """What the current statement sees, in PostgreSQL's own text form."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        row = cursor.fetchone()
    return str(row[0]) if row else ""
