"""Writing segments and looking keys up, over a connection to PostgreSQL and in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.pq import Format

from tequio.search.segments.blocks import BLOCK, Postings, Segment, blocks_of, entries_at, places_of

MOST_BLOCKS = 3
"""Blocks read of one key in one segment by a look-up, at least two. What more it has is counted, and read only if wanted."""

Connection = psycopg.Connection[Any]

_NEW_SEGMENT = "INSERT INTO search_segment (first_entry, last_entry, postings) VALUES (%s, %s, %s) RETURNING id"
_HELD = "SELECT id, first_entry, last_entry, postings FROM search_segment ORDER BY first_entry, id"
_COPY_BLOCKS = "COPY search_block (segment, last_key, last_entry, first_key, postings) FROM STDIN (FORMAT binary)"
_LOOK_UP = """
SELECT s.id, w.key, b.first_key, b.last_key, b.postings, pg_current_snapshot()::text
FROM search_segment s CROSS JOIN unnest(%(keys)s::int[]) AS w(key)
CROSS JOIN LATERAL (
    SELECT first_key, last_key, postings FROM search_block
    WHERE segment = s.id AND last_key >= w.key ORDER BY last_key, last_entry LIMIT 1
) AS b
WHERE b.first_key <= w.key
"""
"""What a key has in a segment begins in the first block whose last key is not smaller; it ends there unless that is its own."""
_GO_ON = """
SELECT w.segment, w.key, b.first_key, b.postings, h.ending, h.after_key, h.after
FROM unnest(%(segments)s::int[], %(keys)s::int[]) AS w(segment, key)
CROSS JOIN LATERAL (
    SELECT first_key, last_key, postings, row_number() OVER () AS place FROM (
        SELECT first_key, last_key, postings FROM search_block
        WHERE segment = w.segment AND last_key >= w.key ORDER BY last_key, last_entry LIMIT %(blocks)s
    ) AS a
) AS b
LEFT JOIN LATERAL (
    SELECT (SELECT count(*) FROM search_block x WHERE x.segment = w.segment AND x.last_key = w.key) AS ending,
        a.first_key AS after_key, a.postings AS after
    FROM (SELECT 1) AS one LEFT JOIN LATERAL (
        SELECT first_key, postings FROM search_block
        WHERE segment = w.segment AND last_key > w.key ORDER BY last_key, last_entry LIMIT 1
    ) AS a ON a.first_key <= w.key
    WHERE b.place = %(blocks)s AND b.last_key = w.key
) AS h ON true
WHERE b.first_key <= w.key AND b.place > 1
"""
"""The blocks after the first, of keys that go on. What a key has ends in the first block whose last key is larger: where that
is not among those read (`h`), the blocks that end with the key are counted, and the one after is read for what it still has."""
_READ = """
SELECT b.first_key, b.postings FROM search_segment s CROSS JOIN LATERAL (
    SELECT first_key, postings FROM search_block
    WHERE segment = s.id AND last_key >= %(key)s ORDER BY last_key, last_entry LIMIT %(blocks)s
) AS b WHERE b.first_key <= %(key)s
"""
_STANDING = """
SELECT r.entry, NOT pg_visible_in_snapshot(r.retired_by::text::xid8, %(snapshot)s::pg_snapshot)
    AND r.retired_by IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
FROM search_retired r WHERE r.entry = ANY(%(entries)s::text::int[])
UNION ALL
SELECT -1, (SELECT count(*) FROM search_segment WHERE id = ANY(%(segments)s::int[])) <> cardinality(%(segments)s::int[])
"""
_RETIRE = """
INSERT INTO search_retired (entry, retired_by) SELECT unnest(%s::int[]), pg_current_xact_id()::text::bigint
ON CONFLICT DO NOTHING
"""


@dataclass(slots=True)
class Group:
    """The postings of one key: how many, retired ones included, and where those are that were read."""

    key: int
    size: int = 0
    whole: bool = True
    """Whether all were read."""
    found: list[tuple[bytes, int, int]] = field(default_factory=list)
    """Block, and first and last place but one of the key in it."""

    def take(self, first_key: int, block: bytes) -> None:
        """Take in what a block has of the key."""
        start, end = places_of(self.key, first_key, block)
        if start < end:
            self.found.append((block, start, end))
            self.size += end - start

    def entries(self) -> list[int]:
        """The entries that were read, in ascending order. O(n log n)."""
        entries: list[int] = []
        for block, start, end in self.found:
            entries += entries_at(block, start, end)
        entries.sort()
        return entries


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Groups of the keys asked for, in their order; the segments that they are in, and what the look-up saw."""

    groups: list[Group]
    segments: frozenset[int]
    snapshot: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Which entries of a look-up are retired, and whether the index has moved on since: then it must be asked again."""

    retired: frozenset[int]
    moved: bool


def binary_cursor(connection: Connection) -> psycopg.Cursor[Any]:
    """A cursor whose answers come in binary form, whatever cursors the connection makes by itself: blocks come as they are."""
    cursor = psycopg.Cursor(connection)
    cursor.format = Format.BINARY
    return cursor


def look_up(connection: Connection, keys: Sequence[int], block: int = BLOCK) -> LookedUp:
    """The groups of those keys. O(keys x segments x log blocks). `block`: what segments were written with.

    Two statements, the second for keys that fill blocks: a segment merged away between the two is missed by `standing`, and the
    question is asked again.
    """
    groups = {key: Group(key) for key in keys}
    met: set[int] = set()
    going_on: list[tuple[int, int]] = []
    snapshot = ""
    with binary_cursor(connection) as cursor:
        cursor.execute(_LOOK_UP, {"keys": list(keys)})
        for segment, key, first_key, last_key, payload, snapshot in cursor:  # noqa: B007
            met.add(segment)
            groups[key].take(first_key, payload)
            if last_key == key:
                going_on.append((segment, key))
        if going_on:
            where, which = zip(*going_on, strict=True)
            cursor.execute(_GO_ON, {"segments": list(where), "keys": list(which), "blocks": MOST_BLOCKS})
            for _, key, first_key, payload, ending, after_key, after in cursor:
                groups[key].take(first_key, payload)
                if ending is not None:
                    more = (ending - MOST_BLOCKS) * block + (_size_in(key, after_key, after) if after is not None else 0)
                    groups[key].size += more
                    groups[key].whole = groups[key].whole and not more
    return LookedUp(list(groups.values()), frozenset(met), snapshot)


def _size_in(key: int, first_key: int, payload: bytes) -> int:
    start, end = places_of(key, first_key, payload)
    return end - start


def read(connection: Connection, key: int, most: int, block: int = BLOCK) -> list[int]:
    """The first entries of a key, ascending, retired ones included, `most` at most. O(segments x most)."""
    entries: list[int] = []
    with binary_cursor(connection) as cursor:
        cursor.execute(_READ, {"key": key, "blocks": -(-most // block) + 1})
        for first_key, payload in cursor:
            entries += entries_at(payload, *places_of(key, first_key, payload))
    return sorted(entries)[:most]


def standing(connection: Connection, found: LookedUp, entries: Sequence[int]) -> Standing:
    """Which of a look-up's entries a correction or a cancellation has retired: they are to be passed over.

    Asked in a statement of its own: where an entry was retired, or segments were merged, after the look-up had seen the index,
    its record stands elsewhere now and the look-up must be repeated. O(entries).
    """
    if not found.segments:
        return Standing(frozenset(), moved=False)
    written = f"{{{','.join(map(str, entries))}}}"  # a list is dumped number by number, ten times as slowly
    asked = {"snapshot": found.snapshot, "entries": written, "segments": sorted(found.segments)}
    with binary_cursor(connection) as cursor:
        rows = cursor.execute(_STANDING, asked).fetchall()
    return Standing(frozenset(entry for entry, _ in rows if entry >= 0), any(moved for _, moved in rows))


def retire(connection: Connection, entries: Sequence[int]) -> None:
    """Leave those entries out from now on. O(entries)."""
    connection.execute(_RETIRE, [list(entries)])


def add(connection: Connection, postings: Postings, first_entry: int, last_entry: int, block: int = BLOCK) -> None:
    """Write sorted postings as a segment."""
    if len(postings):
        copy_blocks(connection, new_segment(connection, first_entry, last_entry, len(postings)), postings, block)


def new_segment(connection: Connection, first_entry: int, last_entry: int, postings: int) -> Segment:
    """A segment whose blocks are yet to be written."""
    [(number,)] = connection.execute(_NEW_SEGMENT, [first_entry, last_entry, postings]).fetchall()
    return Segment(number, first_entry, last_entry, postings)


def segments(connection: Connection) -> list[Segment]:
    """The segments, oldest entries first."""
    return [Segment(*row) for row in connection.execute(_HELD)]


def copy_blocks(connection: Connection, segment: Segment, postings: Postings, block: int) -> None:
    """Write sorted postings of a segment as blocks. All but the last are full. O(n)."""
    with connection.cursor() as cursor, cursor.copy(_COPY_BLOCKS) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for rows in blocks_of(segment, postings, block):
            copy.write(rows)
        copy.write(b"\xff\xff")
