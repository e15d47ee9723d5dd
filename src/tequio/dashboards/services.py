"""Counting as it happens, and counting anew."""

from __future__ import annotations

from django.db import connection, transaction

from tequio.access.scoping import NATIONAL, reach
from tequio.dashboards import counting
from tequio.registries.events import RecordsChanged
from tequio.registries.rnd.events import CustodyChanged

REGISTRY = "rnd"


def count_change(event: RecordsChanged) -> None:
    """Count what a change set brought, corrected or cancelled. Repeating it changes nothing."""
    if event.registry != REGISTRY:
        return
    _recount("d.change_set = %(change_set)s", {"change_set": event.change_set})


def count_custody(event: CustodyChanged) -> None:
    """Count anew the detention whose custody went on. Repeating it changes nothing."""
    _recount("d.id = %(detention)s", {"detention": event.detention_id})


def count_everything() -> int:
    """Count all detentions anew: after an installation over a registry that is there, or a change of rules. O(detentions)."""
    with reach(NATIONAL), transaction.atomic(), connection.cursor() as cursor:
        return counting.count_all(cursor)


def _recount(condition: str, values: dict[str, object]) -> None:
    with reach(NATIONAL), transaction.atomic(), connection.cursor() as cursor:
        counting.recount(cursor, condition, values)
