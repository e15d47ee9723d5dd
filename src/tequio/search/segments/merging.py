"""Merging segments: what is due, and doing it. One merge at a time; readers and writers go on meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from tequio.kernel.prepared import Connection
from tequio.search.segments.blocks import BLOCK, KEYS, LOWEST, Postings, Segment, decode
from tequio.search.segments.store import copy_blocks, new_segment
from tequio.search.segments.wire import binary_cursor

FAN = 4
"""Segments of one size that are merged into one of the next. Fewer: fewer segments to read, more often written."""
LARGEST = 128_000_000
"""Postings that a merge may make at most (some 3.5 M records): bounds what a merge writes, holds back and costs in disk."""
WINDOW = 4_000_000
"""Postings that a merge holds in memory at once: some 300 MB with their copies."""
MOST_RETIRED = 0.2
"""Share of retired entries above which a segment that no merge is due for is written anew without them."""

_WORN = """
SELECT s.id, s.first_entry, s.last_entry, s.postings FROM search_segment s CROSS JOIN LATERAL (
    SELECT count(*) AS entries FROM search_retired r WHERE r.entry BETWEEN s.first_entry AND s.last_entry
) AS r WHERE r.entries > %s * (s.last_entry - s.first_entry + 1) ORDER BY s.first_entry
"""
_OF_WINDOW = """
SELECT first_key, postings FROM search_block WHERE segment = ANY(%(segments)s) AND last_key >= %(low)s AND last_key < %(high)s
UNION ALL
SELECT b.first_key, b.postings FROM unnest(%(segments)s::int[]) AS s(id) CROSS JOIN LATERAL (
    SELECT first_key, postings FROM search_block
    WHERE segment = s.id AND last_key >= %(high)s ORDER BY last_key, last_entry LIMIT 1
) AS b WHERE b.first_key < %(high)s
"""


def due(held: Sequence[Segment], fan: int = FAN) -> Sequence[Segment]:
    """The newest segments, oldest first, if it is time to merge them: `fan` are of one size, and none after them is larger."""
    sizes = [max(0, ceil(log(segment.postings + 1, fan))) for segment in held]
    for size in sorted(set(sizes)):
        run = len(sizes) - next((i for i, other in enumerate(reversed(sizes)) if other > size), len(sizes))
        newest = held[run:]
        if sizes[run:].count(size) >= fan and sum(segment.postings for segment in newest) <= LARGEST:
            return newest
    return ()


def joinable(held: Sequence[Segment], largest: int = LARGEST) -> Sequence[Segment]:
    """The oldest neighbours that one merge can make one of, as many as it may hold; none if no two fit."""
    run: list[Segment] = []
    for segment in held:
        if sum(one.postings for one in run) + segment.postings > largest:
            if len(run) > 1:
                break
            run = []
        run.append(segment)
    return run if len(run) > 1 else ()


def worn(connection: Connection) -> list[Segment]:
    """Segments much of which is retired, to be merged each with nothing but written anew. O(retired): for now and then."""
    return [Segment(*row) for row in connection.execute(_WORN, [MOST_RETIRED])]


def merge(connection: Connection, merged: Sequence[Segment], block: int = BLOCK) -> int:
    """Make one segment of some, without what was retired, in the caller's transaction. Returns how many entries that swept.

    O(n log n) time, O(WINDOW) memory. Readers go on with the old segments until it commits.
    """
    ids = [segment.id for segment in merged]
    first, last = min(segment.first_entry for segment in merged), max(segment.last_entry for segment in merged)
    gone = _retired(connection, first, last)
    dropped = np.zeros_like(gone)
    made = new_segment(connection, first, last, 0)
    kept, rest = 0, np.empty(0, np.int64)
    windows = max(1, ceil(sum(segment.postings for segment in merged) / WINDOW))
    edges = [LOWEST + KEYS * i // windows for i in range(windows)] + [LOWEST + KEYS]
    for low, high in pairwise(edges):
        window = _window(connection, ids, low, high)
        at = (window & (KEYS - 1)) - first
        dropped[at[gone[at]]] = True
        window = window[~gone[at]]
        kept += len(window)
        rest = np.concatenate([rest, window])
        whole = len(rest) if high == edges[-1] else len(rest) // block * block
        copy_blocks(connection, made, rest[:whole], block)
        rest = rest[whole:]
    _remove(connection, ids)
    if kept:
        connection.execute("UPDATE search_segment SET postings = %s WHERE id = %s", [kept, made.id])
    else:
        _remove(connection, [made.id])
    done = (np.flatnonzero(dropped) + first).tolist()  # others of the range may have postings in a segment yet to be written
    connection.execute("DELETE FROM search_retired WHERE entry = ANY(%s::int[])", [done])
    return len(done)


def drop_before(connection: Connection, entry: int) -> None:
    """Forget the segments all of whose entries are below that one, which their caller knows to be retired. O(blocks)."""
    rows = connection.execute("SELECT id FROM search_segment WHERE last_entry < %s", [entry]).fetchall()
    if rows:
        _remove(connection, [row[0] for row in rows])
        first = connection.execute("SELECT min(first_entry) FROM search_segment").fetchone()
        lowest = entry if first is None or first[0] is None else min(entry, first[0])
        connection.execute("DELETE FROM search_retired WHERE entry < %s", [lowest])


def _remove(connection: Connection, ids: Sequence[int]) -> None:
    connection.execute("DELETE FROM search_block WHERE segment = ANY(%s::int[])", [list(ids)])
    connection.execute("DELETE FROM search_segment WHERE id = ANY(%s::int[])", [list(ids)])


def _retired(connection: Connection, first: int, last: int) -> NDArray[np.bool_]:
    """Which of the entries from first to last are retired."""
    rows = connection.execute("SELECT entry FROM search_retired WHERE entry BETWEEN %s AND %s", [first, last])
    gone = np.zeros(last - first + 1, np.bool_)
    gone[np.array([row[0] for row in rows], np.int64) - first] = True
    return gone


def _window(connection: Connection, ids: Sequence[int], low: int, high: int) -> Postings:
    """Sorted postings of those segments with low <= key < high."""
    with binary_cursor(connection) as cursor:
        cursor.execute(_OF_WINDOW, {"segments": list(ids), "low": low, "high": high})
        found = decode(cursor)
    keys = found >> 32
    return np.sort(found[(keys >= low) & (keys < high)])
