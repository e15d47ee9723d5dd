"""Upkeep of the segments: few are quick to read. One process at a time; others go on and leave it to that one."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from tequio.kernel.prepared import raw
from tequio.search import segments
from tequio.search.models import Base
from tequio.search.segments import Segment

SMALL = 1_500_000
"""Postings that are merged at once by whoever has committed a change set: about a second."""
_LOCK = "hashtextextended('search:merge', 0)"


def merge_small() -> None:
    """Do the small merges that are due, in the caller's transaction, unless another process is merging."""
    if not _try_turn():
        return
    while (newest := _due()) and _size(newest) <= SMALL:
        segments.merge(raw(), newest)


def tend_index() -> int:
    """Do every merge that is due and write worn segments anew, each in its own transaction. Returns how many; the worker's job.

    While a rebuilding is under way nothing counts as worn: it drops the old segments whole.
    """
    done = 0
    while _merge_next():
        done += 1
    if not Base.objects.exclude(rebuild_upto=None).exists():
        done += sum(_write_anew(segment) for segment in segments.worn(raw()))
    return done


def settle_index() -> int:
    """Leave as few segments as the largest allows, each merge in its own transaction: a search asks each segment for each key.

    For an hour in which few search: writes anew nearly all of the index if anything was added, some four million postings a
    second. Returns how many merges it took; none while a rebuilding is under way, which drops the old segments whole.
    """
    done = 0
    while not Base.objects.exclude(rebuild_upto=None).exists() and _join_next():
        done += 1
    return done


def take_turn() -> None:
    """Wait until nobody merges, and keep everybody from it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _merge_next() -> bool:
    with transaction.atomic():
        newest = _due() if _try_turn() else ()
        if newest:
            segments.merge(raw(), newest)
    return bool(newest)


def _join_next() -> bool:
    with transaction.atomic():
        run = segments.joinable(segments.segments(raw())) if _try_turn() else ()
        if run:
            segments.merge(raw(), run)
    return bool(run)


def _write_anew(segment: Segment) -> bool:
    with transaction.atomic():
        stands = _try_turn() and segment in segments.segments(raw())
        if stands:
            segments.merge(raw(), [segment])
    return stands


def _due() -> Sequence[Segment]:
    return segments.due(segments.segments(raw()))


def _size(held: Sequence[Segment]) -> int:
    return sum(segment.postings for segment in held)


def _try_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({_LOCK})")
        row = cursor.fetchone()
    return bool(row and row[0])
