"""How long detentions take from the fact to the record and from there to this system."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

INTERVALS: Final = {
    "hecho_registro": ("detained_at", "recorded_at"),
    "registro_suministro": ("recorded_at", "%(supplied)s::timestamptz"),
    "hecho_suministro": ("detained_at", "%(supplied)s::timestamptz"),
}
"""Name of each interval: from, to. Detention, record by the supplier, reception here."""


def of_change_set(change_set: UUID, supplied_at: datetime) -> dict[str, dict[str, int]]:
    """{interval: {rows, p50, p95}} in whole minutes, over the records that the change set brought for the first time.

    A row that lacks a moment, or whose end comes before its beginning, does not count; an interval without rows is left out:
    not computable. Needs an open scope. One query, O(rows of the change set).
    """
    columns = ", ".join(_columns(since, until) for since, until in INTERVALS.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM rnd_detention WHERE change_set = %(change_set)s AND version = 1",
            {"change_set": change_set, "supplied": supplied_at},
        )
        values = cursor.fetchone() or ()
    found = {}
    for place, name in enumerate(INTERVALS):
        rows, p50, p95 = values[3 * place : 3 * place + 3]
        if rows:
            found[name] = {"rows": int(rows), "p50": int(p50), "p95": int(p95)}
    return found


def _columns(since: str, until: str) -> str:
    counted = f"FILTER (WHERE {until} >= {since})"
    minutes = f"(extract(epoch FROM {until} - {since}) / 60)::bigint"
    spread = [f"percentile_disc({share}) WITHIN GROUP (ORDER BY {minutes}) {counted}" for share in (0.5, 0.95)]
    return ", ".join([f"count(*) {counted}", *spread])
