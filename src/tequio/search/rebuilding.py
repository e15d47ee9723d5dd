"""Making the index anew from the registries: after a change of the keys' rules, or when it was lost. Searches go on meanwhile.

Some thousands of entries at a time, each piece one transaction that gives them new numbers, keys by the rules in force and
postings in a new segment; old segments are dropped as soon as nothing stands in them. What is still to be done are the entries
that had a number when it began, so one that was cut goes on where it was. O(records): some ten thousand a second on one core.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from tequio.access.scoping import NATIONAL, reach
from tequio.kernel.prepared import raw
from tequio.matching import KEY_VERSION, name_tokens
from tequio.people.domain import Subject
from tequio.search import segments, tending, writing
from tequio.search.domain import Rebuilt
from tequio.search.models import PendingChange
from tequio.search.registries import SEARCHED

AT_A_TIME = 5_000

Report = Callable[[Rebuilt], None]


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry to be made anew."""

    entry: int
    registry: str
    record_id: UUID
    gone: bool


def rebuild_index(report: Report = lambda rebuilt: None) -> int:
    """Make every entry's keys and postings, and the counts of names, anew. Returns how many entries the index has then.

    Goes on with a rebuilding by the same rules that was cut. Its beginning waits for the batches being stored just then. Needs
    the room of a second index for a while.
    """
    upto, total = _begin()
    done = total - _left(upto)
    report(Rebuilt(done, total))
    while True:
        made = _make_piece(upto)
        if made:
            done += made
            report(Rebuilt(min(done, total), total))
        elif _left(upto):
            _wait_for_another(upto)
        else:
            break
    return _finish(upto)


def _begin() -> tuple[int, int]:
    """(last entry to be made anew, how many there are of those in all)."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE search_entry, search_pendingchange, search_tokencount IN SHARE ROW EXCLUSIVE MODE")
        for pending in PendingChange.objects.all():
            writing.count(cursor, pending)
            pending.delete()
        cursor.execute(_ENSURE, [KEY_VERSION])
        cursor.execute("SELECT rebuild_upto, rebuild_version FROM search_base")
        upto, version = cursor.fetchone() or (None, 0)
        if upto is None or version != KEY_VERSION:
            cursor.execute("UPDATE search_tokencount SET renewed = 0 WHERE renewed <> 0")
            cursor.execute(_START, [KEY_VERSION])
            cursor.execute("SELECT rebuild_upto FROM search_base")
            upto = (cursor.fetchone() or (0,))[0]
        cursor.execute("SELECT count(*) FROM search_entry")
        total = (cursor.fetchone() or (0,))[0]
    return upto, total


def _left(upto: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM search_entry WHERE id <= %s", [upto])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _make_piece(upto: int) -> int:
    """Make some entries anew. Those that somebody is correcting are passed over: that, or a later turn, renews them."""
    with transaction.atomic(), reach(NATIONAL), connection.cursor() as cursor:
        tending.take_turn()
        cursor.execute(_NEXT, {"upto": upto, "most": AT_A_TIME})
        rows = [_Row(*row) for row in cursor.fetchall()]
        if not rows:
            return 0
        subjects = _subjects(rows)
        made = writing.make(subjects)
        entries = writing.new_numbers(cursor, len(rows))
        segments.retire(raw(), [row.entry for row in rows if not row.gone])
        cursor.execute(_RENUMBER, [KEY_VERSION, [row.entry for row in rows], entries, made.packed])
        writing.add_postings(entries, made.keys)
        names: Counter[str] = Counter()
        for subject in subjects:
            names.update(name_tokens(subject) if subject is not None else ())
        writing.count_names(cursor, names, only_anew=True)
        cursor.execute("UPDATE search_base SET renewed = renewed + %s", [sum(s is not None for s in subjects)])
        cursor.execute("SELECT min(id) FROM search_entry WHERE id <= %s", [upto])
        lowest = (cursor.fetchone() or (None,))[0]
        segments.drop_before(raw(), lowest if lowest is not None else upto + 1)
    return len(rows)


def _wait_for_another(upto: int) -> None:
    """Wait until whoever is correcting the next entry has ended. Holds nothing meanwhile, so that nobody waits in a circle."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM search_entry WHERE id <= %s ORDER BY id LIMIT 1 FOR UPDATE", [upto])


def _subjects(rows: Sequence[_Row]) -> list[Subject | None]:
    found: dict[tuple[str, UUID], Subject | None] = {}
    for registry in {row.registry for row in rows}:
        theirs = SEARCHED[registry].subjects([row.record_id for row in rows if row.registry == registry and not row.gone])
        found |= {(registry, record_id): subject for record_id, (_, subject) in theirs.items()}
    return [found.get((row.registry, row.record_id)) for row in rows]


def _finish(upto: int) -> int:
    """Put the new counts in the place of the old ones."""
    with transaction.atomic(), connection.cursor() as cursor:
        tending.take_turn()
        cursor.execute("LOCK TABLE search_pendingchange, search_tokencount IN SHARE ROW EXCLUSIVE MODE")
        segments.drop_before(raw(), upto + 1)
        cursor.execute("DELETE FROM search_tokencount WHERE renewed <= 0")
        cursor.execute("UPDATE search_tokencount SET records = renewed WHERE records <> renewed")
        cursor.execute(_DONE, [KEY_VERSION])
        cursor.execute("SELECT count(*) FROM search_entry")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


_ENSURE = """
INSERT INTO search_base (id, records, renewed, living, key_version, rebuild_version) VALUES (1, 0, 0, 0, %s, 0)
ON CONFLICT DO NOTHING
"""
_START = """
UPDATE search_base SET rebuild_upto = coalesce((SELECT max(id) FROM search_entry), 0), rebuild_version = %s, renewed = 0
"""
_NEXT = """
SELECT id, registry, record_id, gone FROM search_entry WHERE id <= %(upto)s ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
"""
_RENUMBER = """
UPDATE search_entry e SET id = n.new, key_version = %s, packed = n.packed
FROM unnest(%s::int[], %s::int[], %s::bytea[]) AS n(old, new, packed) WHERE e.id = n.old
"""
_DONE = """
UPDATE search_base SET records = renewed, key_version = %s, rebuild_upto = NULL, living =
    (SELECT count(*) FROM search_entry WHERE NOT gone) - (SELECT coalesce(sum(living), 0) FROM search_pendingchange)
"""
