"""Reads of the key index. Candidates only: scoring needs the records, which their registries give."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from uuid import UUID

from django.db import connection

from tequio.matching import Rarity
from tequio.search.domain import Pair
from tequio.search.models import Base, PendingChange, TokenCount

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
met AS (SELECT entry_id, count(DISTINCT key) AS shared FROM (SELECT * FROM indexed UNION ALL SELECT * FROM tail) AS every GROUP BY entry_id),
cut AS (SELECT coalesce(max(n), 0) >= %(cap)s AS cut FROM (SELECT count(*) AS n FROM indexed GROUP BY key) AS sizes)
SELECT e.registry, e.record_id, m.shared, cut.cut FROM met m JOIN search_entry e ON e.id = m.entry_id CROSS JOIN cut
ORDER BY m.shared DESC, e.id LIMIT %(budget)s
"""


def candidates(keys: Collection[int], *, cap: int, budget: int) -> tuple[list[Pair], bool]:
    """Records that share a key, most keys first, and whether a bucket was cut. Index and tail in one statement.

    O(keys x cap), whatever the size of the base, plus the tail.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, {"keys": sorted(keys), "cap": cap, "budget": budget})
        rows = cursor.fetchall()
    return [Pair(registry, record_id, shared) for registry, record_id, shared, _ in rows], bool(rows and rows[0][3])


def pairs_of_change(
    change_set: UUID, key_table: str, owner: str, owners: Sequence[UUID] | None = None
) -> Iterator[list[tuple[UUID, UUID]]]:
    """(owner, record) pairs that share a key between a change set's entries and `key_table` (key, owner): one hash join.

    Given in pieces as the database makes them. `owners` restricts the join to some.
    """
    condition = "AND t." + owner + " = ANY(%(owners)s)" if owners is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT DISTINCT t.{owner}, e.record_id FROM search_entry e CROSS JOIN LATERAL unnest(e.keys) AS k(key)
            JOIN {key_table} t ON t.key = k.key {condition} WHERE e.change_set = %(change_set)s
            """,
            {"change_set": change_set, "owners": list(owners or [])},
        )
        while rows := cursor.fetchmany(5_000):
            yield [(row[0], row[1]) for row in rows]


def rarity(tokens: Iterable[str]) -> Rarity:
    """How common those name tokens are in the base, for the scorer. One query."""
    wanted = sorted(set(tokens))
    counts = dict(TokenCount.objects.filter(token__in=wanted).values_list("token", "records"))
    return Rarity(counts, base_size())


def base_size() -> int:
    """Records that the counts stand for."""
    base = Base.objects.first()
    return base.records if base else 0


def pending() -> int:
    """Change sets that the index still lacks."""
    return PendingChange.objects.count()


def snapshot() -> str:
    """What the current statement sees, in PostgreSQL's own text form."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        row = cursor.fetchone()
    return str(row[0]) if row else ""
