"""Writing segments and looking keys up, over a connection to PostgreSQL and in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tequio.kernel.prepared import Connection
from tequio.search.segments.blocks import BLOCK, Postings, Segment, blocks_of
from tequio.search.segments.compiled import HEAD, RUN, entries_of, find_runs
from tequio.search.segments.wire import Integers, binary_cursor

MOST_BLOCKS = 3
"""Blocks read of one key in one segment by a look-up, at least two. What more it has is counted, and read only if wanted."""

Entries = NDArray[np.int64]

_NEW_SEGMENT = "INSERT INTO search_segment (first_entry, last_entry, postings) VALUES (%s, %s, %s) RETURNING id"
_HELD = "SELECT id, first_entry, last_entry, postings FROM search_segment ORDER BY first_entry, id"
_COPY_BLOCKS = "COPY search_block (segment, last_key, last_entry, first_key, postings) FROM STDIN (FORMAT binary)"
_PART = "int4send(w.place::int) || int4send({kind}) || int4send({first}) || int4send(octet_length({block})) || {block}"
_FIRST = _PART.format(kind=0, first="b.first_key", block="b.postings")
_MORE = _PART.format(kind="f.kind", first="f.first_key", block="f.postings")
_LOOK_UP = f"""
SELECT (
    SELECT string_agg({_FIRST} || CASE WHEN b.last_key = w.key THEN (
        SELECT coalesce(string_agg({_MORE}, ''), '') FROM (
            SELECT count(*) AS ending FROM search_block WHERE segment = s.id AND last_key = w.key
        ) AS c
        CROSS JOIN LATERAL (
            (
                SELECT 0 AS kind, first_key, postings FROM search_block
                WHERE segment = s.id AND last_key >= w.key ORDER BY last_key, last_entry OFFSET 1 LIMIT {MOST_BLOCKS - 1}
            )
            UNION ALL
            SELECT 1, (c.ending - {MOST_BLOCKS})::int, '' WHERE c.ending > {MOST_BLOCKS}
            UNION ALL (
                SELECT 2, first_key, postings FROM search_block
                WHERE c.ending >= {MOST_BLOCKS} AND segment = s.id AND last_key > w.key ORDER BY last_key, last_entry LIMIT 1
            )
        ) AS f
        WHERE f.first_key <= w.key OR f.kind = 1
    ) ELSE '' END, '')
    FROM search_segment s CROSS JOIN unnest(%(keys)s) WITH ORDINALITY AS w(key, place)
    CROSS JOIN LATERAL (
        SELECT first_key, last_key, postings FROM search_block
        WHERE segment = s.id AND last_key >= w.key ORDER BY last_key, last_entry LIMIT 1
    ) AS b
    WHERE b.first_key <= w.key
), ARRAY(SELECT id FROM search_segment), pg_current_snapshot()::text, beside.* FROM ({{beside}}) AS beside
"""
"""What a key has in a segment begins in the first block whose last key is not smaller, and ends in the first whose last key is
larger. Where that is not among those read, the blocks that end with the key are counted, and the one after is read for what it
still has. One value, see `compiled`: a row each would cost more to receive than to find."""
_READ = """
SELECT string_agg(int4send(1) || int4send(0) || int4send(b.first_key) || int4send(octet_length(b.postings)) || b.postings, '')
FROM search_segment s CROSS JOIN LATERAL (
    SELECT first_key, postings FROM search_block
    WHERE segment = s.id AND last_key >= %(key)s ORDER BY last_key, last_entry LIMIT %(blocks)s
) AS b WHERE b.first_key <= %(key)s
"""
_STANDING = """
SELECT stood.retired, stood.moved OR held.segments <> cardinality(%(segments)s), beside.* FROM (
    SELECT array_agg(r.entry) AS retired, coalesce(bool_or(
        NOT pg_visible_in_snapshot(r.retired_by::text::xid8, %(snapshot)s::pg_snapshot)
        AND r.retired_by IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
    ), false) AS moved
    FROM search_retired r WHERE r.entry = ANY(%(entries)s)
) AS stood
CROSS JOIN (SELECT count(*) AS segments FROM search_segment WHERE id = ANY(%(segments)s)) AS held
LEFT JOIN ({beside}) AS beside ON true
"""
_NOTHING = "SELECT 1 AS one"
_RETIRE = """
INSERT INTO search_retired (entry, retired_by) SELECT unnest(%s::int[]), pg_current_xact_id()::text::bigint
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Read:
    """What a look-up brought, see `compiled`."""

    value: NDArray[np.uint8]
    runs: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Group:
    """The postings of one key: how many, retired ones included, and where those are that were read."""

    key: int
    size: int
    whole: bool
    """Whether all were read."""
    place: int
    """Which of the keys asked for."""
    read: Read

    def entries(self) -> Entries:
        """The entries that were read, in ascending order. O(n log n)."""
        found: Entries = entries_of(self.read.value, self.read.runs, self.place)
        return found


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Groups of the keys asked for, in their order; the segments that there are, and what the look-up saw."""

    groups: list[Group]
    segments: list[int]
    snapshot: str
    beside: tuple[Any, ...]
    """The one row of what was asked beside it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Which entries of a look-up are retired, and whether the index has moved on since: then it must be asked again."""

    retired: frozenset[int]
    moved: bool
    beside: list[tuple[Any, ...]]
    """Rows of what was asked beside it."""


def look_up(connection: Connection, keys: Sequence[int], block: int = BLOCK, *, beside: str = _NOTHING) -> LookedUp:
    """The groups of those keys, each once. O(keys x segments x log blocks). `block`: what segments were written with.

    One statement, which may answer another query of one row `beside` what it is for.
    """
    asked = np.array(keys, np.int64)
    with binary_cursor(connection) as cursor:
        cursor.execute(_look_up(beside), {"keys": Integers(asked)})
        value, segments, snapshot, *row = cursor.fetchall()[0]
    read = np.frombuffer(value or b"", np.uint8)
    runs = np.empty((len(keys) * max(len(segments), 1) * MOST_BLOCKS, RUN), np.int64)
    sizes, unread = np.zeros((2, len(keys)), np.int64)
    count = find_runs(read, asked, block, sizes, unread, runs)
    brought = Read(read, runs[:count])
    groups = [
        Group(key, size, not more, place, brought)
        for place, (key, size, more) in enumerate(zip(keys, sizes.tolist(), unread.tolist(), strict=True))
    ]
    return LookedUp(groups, segments, snapshot, tuple(row))


@lru_cache(maxsize=8)
def _look_up(beside: str) -> str:
    return _LOOK_UP.format(beside=beside)


@lru_cache(maxsize=8)
def _standing(beside: str) -> str:
    return _STANDING.format(beside=beside)


def read(connection: Connection, key: int, most: int, block: int = BLOCK) -> Entries:
    """The first entries of a key, ascending, retired ones included, `most` at most. O(segments x most)."""
    with binary_cursor(connection) as cursor:
        cursor.execute(_READ, {"key": key, "blocks": -(-most // block) + 1})
        value = cursor.fetchall()[0][0]
    read = np.frombuffer(value or b"", np.uint8)
    sizes, unread = np.zeros((2, 1), np.int64)
    runs = np.empty((len(read) // HEAD, RUN), np.int64)
    count = find_runs(read, np.array([key]), block, sizes, unread, runs)
    found: Entries = entries_of(read, runs[:count], 0)[:most]
    return found


def standing(
    connection: Connection,
    found: LookedUp,
    entries: Sequence[int] | Entries,
    *,
    beside: str = _NOTHING,
    wanted: Mapping[str, object] | None = None,
) -> Standing:
    """Which of a look-up's entries a correction or a cancellation has retired: they are to be passed over.

    Asked in a statement of its own: where an entry was retired, or segments were merged, after the look-up had seen the index,
    its record stands elsewhere now and the look-up must be repeated. O(entries). The statement may answer another query
    `beside`, of what is `wanted`, about the base as it is then.
    """
    asked = {
        "snapshot": found.snapshot,
        "entries": Integers(entries),
        "segments": Integers(found.segments),
        **(wanted or {}),
    }
    with binary_cursor(connection) as cursor:
        rows = cursor.execute(_standing(beside), asked).fetchall()
    retired, moved = rows[0][:2]
    return Standing(frozenset(retired or ()), bool(moved), [row[2:] for row in rows if row[2] is not None])


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
