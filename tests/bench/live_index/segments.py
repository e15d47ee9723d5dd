"""A key index of immutable sorted segments, kept as rows of PostgreSQL: the reference of decision 0006.

A posting says that an entry has a key. A batch's postings are sorted and written as one segment, cut into blocks of some
hundred; a block is one row, found by a B-tree on (segment, last posting). Segments of one size are merged into one of the
next, so a posting is written some five times in its life. A lookup is one statement: for each segment and key the blocks that
may hold it. Readers see one snapshot, so a merge under way is invisible to them.

An entry is one version of one record and its number is never used again: a correction is a new entry, and the old one is
`retired`. Postings of retired entries are left out when read and dropped when merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, log
from struct import unpack_from

import numpy as np
import psycopg
from numpy.typing import NDArray

BLOCK = 124
"""Postings of a full block. Twelve such rows, of five bytes a posting, fill a page of 8 KiB to 99 %."""
FAN = 4
"""Segments of one size that are merged into one of the next. Fewer: fewer segments to read, more often written."""
LARGEST = 128_000_000
"""Postings that a merge may make at most (some 5 M records): bounds what a merge writes, holds back and costs in disk."""
WINDOW = 4_000_000
"""Postings that a merge holds in memory at once: some 300 MB with their copies."""
MOST_RETIRED = 0.2
"""Share of retired entries above which a segment that no merge is due for is written anew without them."""
MOST_BLOCKS = 3
"""Blocks read of one key in one segment. A key that fills them is too common to tell anybody apart."""
_AT_ONCE = 2_048
"""Blocks encoded at once: what a processor's cache holds."""
_HEAD = 5
_KEYS = 1 << 32
_LOWEST = -(1 << 31)

Postings = NDArray[np.int64]
"""key << 32 | entry, ascending: key any signed 32-bit integer, entry from 0 to 2^31 - 1."""

SCHEMA = """
CREATE TABLE search_segment (
    id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, first_entry int NOT NULL, last_entry int NOT NULL, postings bigint NOT NULL
);
CREATE TABLE search_block (
    segment int NOT NULL, last_key int NOT NULL, last_entry int NOT NULL, first_key int NOT NULL, postings bytea NOT NULL,
    PRIMARY KEY (segment, last_key, last_entry)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE search_block ALTER COLUMN postings SET STORAGE PLAIN;
CREATE TABLE search_retired (entry int PRIMARY KEY)
"""
NEW_SEGMENT = "INSERT INTO search_segment (first_entry, last_entry, postings) VALUES (%s, %s, %s) RETURNING id"
HELD = "SELECT id, first_entry, last_entry, postings FROM search_segment ORDER BY first_entry"
COPY_BLOCKS = "COPY search_block (segment, last_key, last_entry, first_key, postings) FROM STDIN (FORMAT binary)"
LOOK_UP = """
SELECT w.key, b.first_key, b.postings,
    CASE WHEN b.last_key = w.key
        THEN (SELECT count(*) FROM search_block x WHERE x.segment = s.id AND x.last_key = w.key) ELSE 0 END
FROM search_segment s CROSS JOIN unnest(%(keys)s::int[]) AS w(key)
CROSS JOIN LATERAL (
    SELECT first_key, last_key, postings FROM search_block
    WHERE segment = s.id AND last_key >= w.key ORDER BY last_key, last_entry LIMIT %(blocks)s
) AS b
WHERE b.first_key <= w.key
"""
RETIRED_AMONG = "SELECT entry FROM search_retired WHERE entry = ANY(%s::text::int[])"
WORN = """
SELECT s.id, s.first_entry, s.last_entry, s.postings FROM search_segment s CROSS JOIN LATERAL (
    SELECT count(*) AS entries FROM search_retired r WHERE r.entry BETWEEN s.first_entry AND s.last_entry
) AS r WHERE r.entries > %s * (s.last_entry - s.first_entry + 1) ORDER BY s.first_entry LIMIT 1
"""
_OF_WINDOW = """
SELECT first_key, postings FROM search_block WHERE segment = ANY(%(segments)s) AND last_key >= %(low)s AND last_key < %(high)s
UNION ALL
SELECT b.first_key, b.postings FROM unnest(%(segments)s::int[]) AS s(id) CROSS JOIN LATERAL (
    SELECT first_key, postings FROM search_block
    WHERE segment = s.id AND last_key >= %(high)s ORDER BY last_key, last_entry LIMIT 1
) AS b WHERE b.first_key < %(high)s
"""


@dataclass(frozen=True, slots=True)
class Segment:
    """A sorted run of postings. Entries of one segment lie between those of its neighbours."""

    id: int
    first_entry: int
    last_entry: int
    postings: int


@dataclass(slots=True)
class Group:
    """The entries of one key: where they are, and how many (exact unless there are more than were read, then an estimate)."""

    key: int
    size: int = 0
    found: list[tuple[bytes, int, int]] = field(default_factory=list)
    """Block, and first and last place but one of the key in it."""

    def entries(self, most: int) -> list[int]:
        """The entries, or that many of them. O(entries)."""
        entries: list[int] = []
        for block, start, end in self.found:
            entries += entries_at(block, start, min(end, start + most - len(entries)))
        return entries


def postings_of(entries: NDArray[np.int64], offsets: NDArray[np.int64], keys: NDArray[np.int32]) -> Postings:
    """Sorted postings of a batch: entry i has keys[offsets[i]:offsets[i + 1]]. O(n log n)."""
    return np.sort((keys.astype(np.int64) << 32) | np.repeat(entries, np.diff(offsets)))


@lru_cache(maxsize=64)
def _payload(count: int, key_width: int, entry_width: int) -> np.dtype[np.void]:
    """A block: its widths and base; each key above the block's first; each entry above the base, its low half and the rest."""
    keys, rest = ("<u2", "<u4")[key_width // 4], ("u1", "<u2")[entry_width - 3]
    return np.dtype(
        [("widths", "u1"), ("base", "<i4"), ("keys", keys, (count,)), ("low", "<u2", (count,)), ("high", rest, (count,))]
    )


@lru_cache(maxsize=64)
def _row(count: int, key_width: int, entry_width: int) -> np.dtype[np.void]:
    """A block as a row of COPY's binary form: number of columns, then length and value of each."""
    columns = [(f"{part}{name}", ">i4") for name in ("segment", "last_key", "last_entry", "first_key") for part in ("n_", "")]
    payload = _payload(count, key_width, entry_width)
    return np.dtype([("columns", ">i2"), *columns, ("n_payload", ">i4"), ("payload", payload)])


def blocks_of(segment: Segment, postings: Postings, block: int = BLOCK) -> Iterator[bytes]:
    """Sorted postings of a segment as rows of COPY's binary form, without its header and trailer. O(n)."""
    whole = len(postings) // block * block
    for at in range(0, whole, block * _AT_ONCE):
        yield from _rows(segment, postings[at : min(whole, at + block * _AT_ONCE)].reshape(-1, block))
    if whole < len(postings):
        yield from _rows(segment, postings[whole:].reshape(1, -1))


def _rows(segment: Segment, blocks: Postings) -> Iterator[bytes]:
    keys = blocks >> 32
    above = (blocks & (_KEYS - 1)) - segment.first_entry
    entry_width = 3 if segment.last_entry - segment.first_entry < 1 << 24 else 4
    near = keys[:, -1] - keys[:, 0] < 1 << 16
    for key_width, which in ((2, near), (4, ~near)):
        of = np.flatnonzero(which)
        if not len(of):
            continue
        k, e = (keys, above) if len(of) == len(keys) else (keys[of], above[of])
        rows = np.empty(len(of), _row(blocks.shape[1], key_width, entry_width))
        rows["columns"], rows["n_payload"] = 5, rows.dtype["payload"].itemsize
        last = e[:, -1] + segment.first_entry
        for name, values in (("segment", segment.id), ("last_key", k[:, -1]), ("last_entry", last), ("first_key", k[:, 0])):
            rows["n_" + name], rows[name] = 4, values
        payload = rows["payload"]
        payload["widths"], payload["base"] = key_width << 4 | entry_width, segment.first_entry
        payload["keys"] = k - k[:, :1]
        payload["low"] = e & 0xFFFF
        payload["high"] = e >> 16
        yield rows.tobytes()


def decode(rows: Iterable[tuple[int, bytes]]) -> Postings:
    """All postings of blocks given as (first key, block), in no order. O(n)."""
    alike: dict[tuple[int, int], tuple[list[int], list[bytes]]] = {}
    for first_key, block in rows:
        firsts, blocks = alike.setdefault((len(block), block[0]), ([], []))
        firsts.append(first_key)
        blocks.append(block)
    found = [np.empty(0, np.int64)]
    for (length, widths), (firsts, blocks) in alike.items():
        payload = np.frombuffer(b"".join(blocks), _payload(_count(length, widths), widths >> 4, widths & 15))
        start = (np.array(firsts, np.int64) << 32) + payload["base"]
        keys = payload["keys"].astype(np.int64)
        keys <<= 32
        keys += start[:, None]
        keys += payload["low"]
        keys += payload["high"].astype(np.int64) << 16
        found.append(keys.ravel())
    return np.concatenate(found)


def places_of(key: int, first_key: int, block: bytes) -> tuple[int, int]:
    """First and last place but one that a key has in a block, equal if none. The key is not below the first nor above the last.

    Two searches for bytes, since the keys are sorted.
    """
    widths = block[0]
    width = widths >> 4
    end = _HEAD + _count(len(block), widths) * width
    wanted = (key - first_key).to_bytes(width, "little")
    at = block.find(wanted, _HEAD, end)
    while at >= 0 and (at - _HEAD) % width:
        at = block.find(wanted, at + 1, end)
    if at < 0:
        return 0, 0
    last = block.rfind(wanted, at, end)
    while (last - _HEAD) % width:
        last = block.rfind(wanted, at, last + width - 1)
    return (at - _HEAD) // width, (last - _HEAD) // width + 1


def entries_at(block: bytes, start: int, end: int) -> list[int]:
    """Entries from one place of a block to before another. O(entries)."""
    widths = block[0]
    count, high_width = _count(len(block), widths), (widths & 15) - 2
    base = int.from_bytes(block[1:_HEAD], "little")
    lows = _HEAD + count * (widths >> 4)
    low = unpack_from(f"<{end - start}H", block, lows + 2 * start)
    high = unpack_from(f"<{end - start}{'BH'[high_width - 1]}", block, lows + 2 * count + high_width * start)
    return [base + a + (b << 16) for a, b in zip(low, high, strict=True)]


def _count(length: int, widths: int) -> int:
    return (length - _HEAD) // ((widths >> 4) + (widths & 15))


def look_up(connection: psycopg.Connection, keys: Sequence[int], block: int = BLOCK, blocks: int = MOST_BLOCKS) -> list[Group]:
    """The groups of those keys that have entries, smallest first. One statement, O(keys x segments x log blocks)."""
    groups = {key: Group(key) for key in keys}
    with connection.cursor(binary=True) as cursor:
        cursor.execute(LOOK_UP, {"keys": list(keys), "blocks": blocks})
        for key, first_key, payload, ending in cursor:
            start, end = places_of(key, first_key, payload)
            if start < end:
                group = groups[key]
                group.found.append((payload, start, end))
                group.size += end - start if ending < blocks else ceil(ending * block / blocks)
    return sorted((group for group in groups.values() if group.found), key=lambda group: group.size)


def retired_among(connection: psycopg.Connection, entries: Sequence[int]) -> set[int]:
    """Those entries that a correction or a cancellation has retired: to be left out of an answer.

    To be asked in the snapshot of the look-up (REPEATABLE READ): a merge that commits between the two forgets what it dropped.
    """
    written = ",".join(map(str, entries))  # a list is dumped number by number, ten times as slowly
    return {row[0] for row in connection.execute(RETIRED_AMONG, [f"{{{written}}}"], binary=True)}


def retire(connection: psycopg.Connection, entries: Sequence[int]) -> None:
    """Leave those entries out from now on. O(entries)."""
    connection.execute("INSERT INTO search_retired SELECT unnest(%s::int[]) ON CONFLICT DO NOTHING", [list(entries)])


def add(connection: psycopg.Connection, postings: Postings, first_entry: int, last_entry: int, block: int = BLOCK) -> None:
    """Write a batch's sorted postings as a segment, in the caller's transaction."""
    _copy(connection, _new(connection, first_entry, last_entry, len(postings)), postings, block)


def _new(connection: psycopg.Connection, first_entry: int, last_entry: int, postings: int) -> Segment:
    row = connection.execute(NEW_SEGMENT, [first_entry, last_entry, postings]).fetchone()
    assert row is not None
    return Segment(row[0], first_entry, last_entry, postings)


def segments(connection: psycopg.Connection) -> list[Segment]:
    """The segments, oldest first."""
    rows = connection.execute(HELD)
    return [Segment(*row) for row in rows]


def due(held: Sequence[Segment], fan: int = FAN) -> Sequence[Segment]:
    """The newest segments, oldest first, if it is time to merge them: `fan` are of one size, and none after them is larger."""
    sizes = [max(0, ceil(log(segment.postings + 1, fan))) for segment in held]
    for size in sorted(set(sizes)):
        run = len(sizes) - next((i for i, other in enumerate(reversed(sizes)) if other > size), len(sizes))
        newest = held[run:]
        if sizes[run:].count(size) >= fan and sum(segment.postings for segment in newest) <= LARGEST:
            return newest
    return ()


def worn(connection: psycopg.Connection) -> Sequence[Segment]:
    """A segment much of which is retired, to be merged with nothing but written anew. O(retired): for now and then."""
    return [Segment(*row) for row in connection.execute(WORN, [MOST_RETIRED])]


def merge(connection: psycopg.Connection, merged: Sequence[Segment], block: int = BLOCK) -> None:
    """Make one segment of neighbouring ones, without what was retired, in the caller's transaction. One at a time.

    O(n log n) time, O(WINDOW) memory. Readers go on with the old segments until it commits.
    """
    ids = [segment.id for segment in merged]
    first, last = min(segment.first_entry for segment in merged), max(segment.last_entry for segment in merged)
    gone = _retired(connection, first, last)
    dropped = np.zeros_like(gone)
    made = _new(connection, first, last, 0)
    kept, rest = 0, np.empty(0, np.int64)
    windows = max(1, ceil(sum(segment.postings for segment in merged) / WINDOW))
    edges = [_LOWEST + _KEYS * i // windows for i in range(windows)] + [_LOWEST + _KEYS]
    for low, high in zip(edges, edges[1:], strict=False):
        window = _window(connection, ids, low, high)
        at = (window & (_KEYS - 1)) - first
        dropped[at[gone[at]]] = True
        window = window[~gone[at]]
        kept += len(window)
        rest = np.concatenate([rest, window])
        whole = len(rest) if high == edges[-1] else len(rest) // block * block
        _copy(connection, made, rest[:whole], block)
        rest = rest[whole:]
    connection.execute("DELETE FROM search_block WHERE segment = ANY(%s)", [ids])
    connection.execute("DELETE FROM search_segment WHERE id = ANY(%s)", [ids])
    connection.execute("UPDATE search_segment SET postings = %s WHERE id = %s", [kept, made.id])
    done = (np.flatnonzero(dropped) + first).tolist()  # others of the range may have postings in a segment yet to be written
    connection.execute("DELETE FROM search_retired WHERE entry = ANY(%s::int[])", [done])


def _retired(connection: psycopg.Connection, first: int, last: int) -> NDArray[np.bool_]:
    """Which of the entries from first to last are retired."""
    rows = connection.execute("SELECT entry FROM search_retired WHERE entry BETWEEN %s AND %s", [first, last])
    gone = np.zeros(last - first + 1, np.bool_)
    gone[np.array([row[0] for row in rows], np.int64) - first] = True
    return gone


def _window(connection: psycopg.Connection, ids: Sequence[int], low: int, high: int) -> Postings:
    """Sorted postings of those segments with low <= key < high."""
    with connection.cursor(binary=True) as cursor:
        cursor.execute(_OF_WINDOW, {"segments": list(ids), "low": low, "high": high})
        found = decode(cursor)
    keys = found >> 32
    return np.sort(found[(keys >= low) & (keys < high)])


def _copy(connection: psycopg.Connection, segment: Segment, postings: Postings, block: int) -> None:
    with connection.cursor() as cursor, cursor.copy(COPY_BLOCKS) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for rows in blocks_of(segment, postings, block):
            copy.write(rows)
        copy.write(b"\xff\xff")
