"""Reads of the key index. Candidates only: scoring needs the records, which their registries give."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db import connection

from tequio.matching import Rarity
from tequio.search.domain import Pair
from tequio.search.models import PendingChange

_CANDIDATES = """
WITH wanted AS (SELECT unnest(%(keys)s::bigint[]) AS key),
indexed AS (
    SELECT w.key, k.entry_id FROM wanted w
    CROSS JOIN LATERAL (SELECT entry_id FROM search_key WHERE key = w.key LIMIT %(cap)s) AS k
),
tail AS (
    SELECT w.key, e.id AS entry_id FROM search_pendingchange p
    JOIN search_entry e ON e.change_set = p.change_set
    CROSS JOIN LATERAL unnest(e.keys) AS ek(key) JOIN wanted w ON w.key = ek.key
    WHERE e.keys && %(keys)s::bigint[]
),
met AS (
    SELECT entry_id, count(DISTINCT key) AS shared
    FROM (SELECT * FROM indexed UNION ALL SELECT * FROM tail) AS every GROUP BY entry_id
),
cut AS (SELECT coalesce(max(n), 0) >= %(cap)s AS cut FROM (SELECT count(*) AS n FROM indexed GROUP BY key) AS sizes)
SELECT e.registry, e.record_id, m.shared, cut.cut FROM met m JOIN search_entry e ON e.id = m.entry_id CROSS JOIN cut
WHERE e.keys && %(keys)s::bigint[]
ORDER BY m.shared DESC, e.id LIMIT %(budget)s + 1
"""


_COUNTED = """
SELECT w.token, (coalesce(c.records, 0) + coalesce(t.records, 0))::bigint FROM unnest(%s::text[]) AS w(token)
LEFT JOIN search_tokencount c ON c.token = left(w.token, 60)
LEFT JOIN LATERAL (
    SELECT sum((p.tokens ->> w.token)::bigint) AS records FROM search_pendingchange p WHERE p.tokens ? w.token
) AS t ON true
WHERE c.records IS NOT NULL OR t.records IS NOT NULL
"""


def candidates(keys: Collection[int], *, cap: int, budget: int) -> tuple[list[Pair], bool]:
    """Records that share a key, most keys first, and whether some were left out. Index and tail in one statement.

    What the index still says of a record's former keys does not count. O(keys x cap), whatever the size of the base, plus the
    tail.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, {"keys": sorted(keys), "cap": cap, "budget": budget})
        rows = cursor.fetchall()
    cut = bool(rows) and (bool(rows[0][3]) or len(rows) > budget)
    return [Pair(registry, record_id, shared) for registry, record_id, shared, _ in rows[:budget]], cut


def pairs_of_piece(key_table: str, owner: str) -> list[tuple[UUID, UUID]]:
    """(owner, record) pairs that share a key between the piece being entered and `key_table` (key, owner): one join."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT t.{owner}, i.record_id FROM search_incoming i CROSS JOIN LATERAL unnest(i.keys) AS k(key) "
            f"JOIN {key_table} t ON t.key = k.key"
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def pairs_of_change(change_set: UUID, key_table: str, owner: str, owners: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """The same for all entries of a change set, with some owners only."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT t.{owner}, e.record_id FROM search_entry e CROSS JOIN LATERAL unnest(e.keys) AS k(key) "
            f"JOIN {key_table} t ON t.key = k.key AND t.{owner} = ANY(%s) WHERE e.change_set = %s",
            [list(owners), change_set],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


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
    return Rarity(token_counts(tokens), base_size())


def token_counts(tokens: Iterable[str]) -> dict[str, int]:
    """Records that carry each of those name tokens, tail included: a score must not depend on what is indexed. One query."""
    wanted = sorted(set(tokens))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [wanted])
        return dict(cursor.fetchall())


def base_size() -> int:
    """Records that the counts stand for, tail included. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce((SELECT sum(records) FROM search_base), 0) "
            "+ coalesce((SELECT sum(records) FROM search_pendingchange), 0)"
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def pending() -> int:
    """Change sets that the index still lacks."""
    return PendingChange.objects.count()


def snapshot() -> str:
    """What the current statement sees, in PostgreSQL's own text form."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        row = cursor.fetchone()
    return str(row[0]) if row else ""
