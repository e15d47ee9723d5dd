"""Writing entries, their postings and the counts of names, in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db.backends.utils import CursorWrapper

from tequio.kernel.prepared import raw
from tequio.matching import KEY_VERSION
from tequio.matching.domain.keys import keys_of_pool
from tequio.matching.domain.rarity import PRIOR
from tequio.matching.narrow import Packed, narrow
from tequio.people.domain import Subject
from tequio.registries.events import RecordsChanged
from tequio.search import segments
from tequio.search.models import PendingChange

Piece = Sequence[tuple[UUID, int, int, Subject | None]]
"""(record, version, agency, subject); a tombstone has no subject."""


def begin(cursor: CursorWrapper) -> None:
    """Before the first piece of a change set.

    The lock keeps nobody out but a rebuilding that is about to begin: that must know of every number given before it.
    """
    cursor.execute("LOCK TABLE search_entry IN ROW EXCLUSIVE MODE")
    cursor.execute("DROP TABLE IF EXISTS search_incoming")
    cursor.execute(_INCOMING)


def enter_piece(cursor: CursorWrapper, event: RecordsChanged, piece: Piece) -> int:
    """Write the entries and postings of some records. Returns by how many the records that stand have grown.

    `search_incoming` holds the piece afterwards, for screening.
    """
    made = make([subject for _, _, _, subject in piece])
    entries = new_numbers(cursor, len(piece))
    lines = StringIO()
    for entry, (record_id, version, _, subject), its, packed in zip(entries, piece, made.keys, made.packed, strict=True):
        gone = "f" if subject is not None else "t"
        kept = f"\\\\x{packed.hex()}" if packed is not None else "\\N"
        lines.write(f"{entry}\t{record_id}\t{version}\t{gone}\t{kept}\t{{{','.join(map(str, its))}}}\n")
    cursor.execute("TRUNCATE search_incoming")
    with cursor.copy("COPY search_incoming FROM STDIN") as copy:
        copy.write(lines.getvalue())
    former = 0
    if any(version > 1 for _, version, _, _ in piece):
        cursor.execute(_RETIRE, {"registry": event.registry})
        former = cursor.rowcount
    cursor.execute(_ENTER, {"registry": event.registry, "change_set": event.change_set, "keys": KEY_VERSION})
    add_postings(entries, made.keys)
    return sum(subject is not None for _, _, _, subject in piece) - former


class Made(NamedTuple):
    """Of each subject, its keys and what is weighed of it."""

    keys: list[list[int]]
    packed: list[bytes | None]


def make(subjects: Sequence[Subject | None]) -> Made:
    """Keys and packed row of each subject; of none for a tombstone. Some 30 microseconds a subject."""
    held = Packed()
    words = [held.add(subject) if subject is not None else None for subject in subjects]
    every, counts = keys_of_pool(held.pool(PRIOR))
    flat, texts, at = every.tolist(), held.tokens.texts(), 0
    sizes = iter(counts.tolist())
    keys: list[list[int]] = []
    for row in words:
        size = next(sizes) if row is not None else 0
        keys.append(flat[at : at + size])
        at += size
    return Made(keys, [narrow(row, texts) if row is not None else None for row in words])


def new_numbers(cursor: CursorWrapper, count: int) -> list[int]:
    """Numbers for that many entries, ascending, never given before."""
    cursor.execute("SELECT nextval(pg_get_serial_sequence('search_entry', 'id')) FROM generate_series(1, %s)", [count])
    return sorted(row[0] for row in cursor.fetchall())


def add_postings(entries: Sequence[int], keys: Sequence[Sequence[int]]) -> None:
    """Write the postings of some entries as one segment."""
    if not entries:
        return
    offsets = np.cumsum([0, *map(len, keys)])
    flat = np.fromiter((key for its in keys for key in its), np.int32, int(offsets[-1]))
    segments.add(raw(), segments.postings_of(np.array(entries), offsets, flat), entries[0], entries[-1])


def count(cursor: CursorWrapper, pending: PendingChange) -> None:
    """Add a change set's names and records to the counts."""
    count_names(cursor, pending.tokens)
    cursor.execute(_GROW, {"records": pending.records, "living": pending.living, "keys": KEY_VERSION})


def count_names(cursor: CursorWrapper, names: Mapping[str, int], *, only_anew: bool = False) -> None:
    """Add names to the counts; `only_anew`: to those of a rebuilding alone. Rows in one order: no deadlock."""
    cursor.execute(_COUNT, {"tokens": json.dumps(dict(names)), "share": 0 if only_anew else 1})


_INCOMING = """
CREATE TEMP TABLE search_incoming (
    entry int, record_id uuid, version int, gone bool, packed bytea, keys int[]
) ON COMMIT DROP
"""
_RETIRE = """
WITH former AS (
    SELECT e.id FROM search_incoming i JOIN search_entry e ON e.registry = %(registry)s AND e.record_id = i.record_id
    WHERE i.version > 1 AND NOT e.gone FOR UPDATE OF e
)
INSERT INTO search_retired (entry, retired_by) SELECT id, pg_current_xact_id()::text::bigint FROM former ON CONFLICT DO NOTHING
"""
_ENTER = """
INSERT INTO search_entry (id, registry, record_id, change_set, version, key_version, gone, packed)
SELECT entry, %(registry)s, record_id, %(change_set)s, version, %(keys)s, gone, packed
FROM search_incoming ORDER BY record_id
ON CONFLICT (registry, record_id) DO UPDATE SET id = excluded.id, change_set = excluded.change_set, version = excluded.version,
    key_version = excluded.key_version, gone = excluded.gone, packed = excluded.packed
"""
_COUNT = """
INSERT INTO search_tokencount (token, records, renewed)
SELECT left(t.key, 60), %(share)s * sum(t.value::bigint), sum(t.value::bigint)
FROM jsonb_each_text(%(tokens)s::jsonb) AS t GROUP BY 1 ORDER BY 1
ON CONFLICT (token) DO UPDATE SET
    records = search_tokencount.records + excluded.records, renewed = search_tokencount.renewed + excluded.renewed
"""
_GROW = """
INSERT INTO search_base (id, records, renewed, living, key_version, rebuild_version)
VALUES (1, %(records)s, %(records)s, %(living)s, %(keys)s, 0)
ON CONFLICT (id) DO UPDATE SET records = search_base.records + excluded.records,
    renewed = search_base.renewed + excluded.renewed, living = search_base.living + excluded.living
"""
