"""Facts as any number of detentions would leave them, made set-wise: places by population, five years, every field filled."""

from __future__ import annotations

import time

from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from tequio.access.walls import as_owner
from tequio.dashboards import counting
from tests.world import load_reference, make_cast

FIRST_DAY, DAYS = "2022-01-01", 1_826

_FACTS = """
WITH towns AS (
    SELECT array_agg(m.code ORDER BY m.code) AS codes, array_agg(m.running ORDER BY m.code) AS ends
    FROM (SELECT code, sum(coalesce(population, 1000)) OVER (ORDER BY code)::float8 AS running FROM institutions_municipality) m
), agencies AS (
    SELECT s.code AS state, max(a.id) FILTER (WHERE a.kind = 'seguridad_publica') AS police,
        max(a.id) FILTER (WHERE a.kind = 'fiscalia') AS prosecutor
    FROM institutions_state s JOIN institutions_agency a ON a.state_id = s.code GROUP BY s.code
), guard AS (SELECT id FROM institutions_agency WHERE code = 'FED-GN'),
drawn AS MATERIALIZED (
    SELECT i, t.codes[1 + width_bucket(random() * t.ends[array_length(t.ends, 1)], t.ends)] AS town, random() AS who,
        random() AS what, random() AS which, random() AS clock, random() AS known, random() AS step, random() AS person,
        floor(random() * %(days)s)::int AS offset_days, random() AS u1, random() AS u2
    FROM generate_series(%(first)s, %(last)s) i CROSS JOIN towns t
), shaped AS (
    SELECT *, what < 0.6 AS fault, sqrt(-2 * ln(greatest(u1, 1e-9))) * cos(2 * pi() * u2) AS normal FROM drawn
)
INSERT INTO dashboards_fact ({columns})
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
    CASE WHEN who < 0.7 THEN a.police WHEN who < 0.9 THEN coalesce(a.prosecutor, a.police) ELSE (SELECT id FROM guard) END,
    left(town, 2), town, date '2022-01-01' + offset_days,
    CASE WHEN clock > 0.03 THEN (18 + floor(12 * clock * clock * 2))::int %% 24 END,
    CASE WHEN fault THEN 'F' ELSE 'H' END,
    CASE WHEN fault THEN 'arresto_administrativo' WHEN which < 0.8 THEN 'flagrancia' WHEN which < 0.95 THEN 'orden_aprehension'
        ELSE 'caso_urgente' END,
    CASE WHEN known < 0.95 THEN floor(40 * exp(normal))::int END,
    CASE WHEN step < 0.9 THEN floor(180 * exp(0.8 * normal))::int END,
    step < 0.92, step < 0.6, known < 0.97,
    CASE WHEN fault AND step > 0.6 AND step < 0.65 THEN (date '2022-01-01' + offset_days)::timestamptz + interval '6 hours' END,
    CASE WHEN person < 0.6 THEN md5(floor(person * %(total)s)::text)::uuid END
FROM shaped JOIN agencies a ON a.state = left(town, 2)
"""
_PIECE = 1_000_000


def fill(detentions: int) -> dict[str, float]:
    """Make the people and the reference data, and `make`."""
    call_command("migrate", verbosity=0)
    load_reference()
    make_cast()
    return make(detentions)


def make(detentions: int) -> dict[str, float]:
    """Empty the dashboard and make the facts of that many detentions and their sums. Seconds of each."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE dashboards_fact, dashboards_tally, dashboards_shape, dashboards_interval")
        start = time.perf_counter()
        indexes = _taken_down(cursor)
        for first in range(1, detentions + 1, _PIECE):
            last = min(first + _PIECE - 1, detentions)
            values = {"first": first, "last": last, "days": DAYS, "total": detentions}
            cursor.execute(_FACTS.format(columns=counting.COLUMNS), values)
        for definition in indexes:
            cursor.execute(definition)
        cursor.execute("ANALYZE dashboards_fact")
        made = time.perf_counter()
        with transaction.atomic():
            counting.count_all(cursor, keep_facts=True)
        counted = time.perf_counter()
        for table in ("fact", "tally", "shape", "interval"):
            cursor.execute(f"VACUUM ANALYZE dashboards_{table}")
    return {"making_s": round(made - start, 1), "counting_s": round(counted - made, 1)}


def _taken_down(cursor: CursorWrapper) -> list[str]:
    """Drop the indexes of the facts, which are quicker made at the end. Returns how to make them."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'dashboards_fact' AND indexname NOT LIKE '%%pkey' "
        "AND schemaname = current_schema()"
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]


def sizes() -> dict[str, tuple[int, float]]:
    """Rows and mebibytes, indexes included, of each table."""
    found = {}
    with as_owner(), connection.cursor() as cursor:
        for table in ("fact", "tally", "shape", "interval"):
            cursor.execute(f"SELECT count(*), pg_total_relation_size('dashboards_{table}') / 1048576.0 FROM dashboards_{table}")
            rows, size = cursor.fetchone()
            found[table] = (rows, round(float(size), 1))
    return found
