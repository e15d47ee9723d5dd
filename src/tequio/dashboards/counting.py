"""Set-wise counting: from detentions to facts, and from what changed in the facts to every sum.

One counter works at a time (a lock of the database, held until the transaction ends), so sums are read, changed and written
without anybody in between. What was counted of a detention is its row of facts: it is taken away whole and the new one is
added whole, so counting the same change twice changes nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any

from django.db.backends.utils import CursorWrapper

from tequio.dashboards.domain import histogram
from tequio.dashboards.models import EVERY_AGENCY, EVERY_KIND, NATION
from tequio.kernel import signing
from tequio.registries.rnd.domain import CustodyKind, RecordType

_LOCK = 0x7E901D45
"""Key of the counters' lock, of this room alone."""
_CURP = "^[A-Z]{4}[0-9]{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-ZÑ]{3}[0-9A-Z][0-9]$"
_CURP_LETTERS = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
_PIECE = 500
"""Sums of hours and times written at once."""

FAULT, OFFENCE = "F", "H"
TYPES = {FAULT: RecordType.FAULT.value, OFFENCE: RecordType.OFFENCE.value}
"""Letter of a fact's type and the RND's code of it."""

COLUMNS = (
    "detention_id, agency_id, state_code, municipality_code, day, hour, record_type, kind, record_minutes, "
    "presentation_minutes, presented, updated, numbered, open_arrest_since, person"
)


def _in(*kinds: CustodyKind) -> str:
    return "(" + ", ".join(f"'{kind.value}'" for kind in kinds) + ")"


def _minutes(later: str) -> str:
    """SQL of whole minutes from the detention; null where they cannot be known."""
    seconds = f"extract(epoch FROM d.{later} - d.detained_at)"
    return f"CASE WHEN d.{later} >= d.detained_at THEN least(floor({seconds} / 60), 1000000000)::int END"


def _check_digit(curp: str) -> str:
    """SQL, for a statement with values, of whether the last digit of a CURP is the one that the others give."""
    letters = (f"(strpos('{_CURP_LETTERS}', substr({curp}, {at}, 1)) - 1) * {19 - at}" for at in range(1, 18))
    return f"(10 - ({' + '.join(letters)}) %% 10) %% 10 = substr({curp}, 18, 1)::int"


_PRESENTED = f"""(d.presented_at IS NOT NULL OR d.custody_state IN {
    _in(
        CustodyKind.TO_PROSECUTOR,
        CustodyKind.TO_CIVIC_JUDGE,
        CustodyKind.BOUND_OVER,
        CustodyKind.SANCTIONED,
        CustodyKind.IMPRISONED,
    )
})"""
_FOLLOWED = _in(CustodyKind.RELEASED, CustodyKind.BOUND_OVER, CustodyKind.SANCTIONED, CustodyKind.IMPRISONED)
_ARREST_ENDED = _in(CustodyKind.RELEASED, CustodyKind.SANCTIONED, CustodyKind.TO_PROSECUTOR)

_FACTS = f"""
SELECT d.id AS detention_id, d.agency_id, d.state_code,
    CASE WHEN d.municipality_code <> '' THEN d.municipality_code ELSE d.state_code || '000' END AS municipality_code,
    d.detained_on AS day,
    extract(hour FROM d.detained_at AT TIME ZONE coalesce(st.time_zone, 'America/Mexico_City'))::smallint AS hour,
    CASE d.record_type WHEN '{RecordType.FAULT.value}' THEN '{FAULT}' WHEN '{RecordType.OFFENCE.value}' THEN '{OFFENCE}'
        ELSE '' END AS record_type,
    d.detention_kind AS kind, {_minutes("recorded_at")} AS record_minutes,
    {_minutes("presented_at")} AS presentation_minutes, {_PRESENTED} AS presented,
    {_PRESENTED} AND d.custody_state IN {_FOLLOWED} AS updated, d.rnd_number <> '' AS numbered,
    CASE WHEN d.record_type = '{RecordType.FAULT.value}' AND d.custody_state NOT IN {_ARREST_ENDED}
        THEN d.presented_at END AS open_arrest_since,
    CASE WHEN CASE WHEN d.curp ~ '{_CURP}' THEN {_check_digit("d.curp")} END
        THEN encode(substr(sha256(convert_to(%(key)s || d.curp, 'UTF8')), 1, 16), 'hex')::uuid END AS person
FROM rnd_detention d LEFT JOIN institutions_state st ON st.code = d.state_code
WHERE d.cancelled_at IS NULL AND d.detained_on IS NOT NULL
"""
"""Facts of detentions as they stand; a cancelled one has none, nor has one whose day is not known. `%(key)s` as `_key()`."""

_PERSONS = """
WITH persons AS (
    SELECT person, min(day) AS began, (array_agg(DISTINCT day ORDER BY day))[2] AS again,
        (array_agg(state_code ORDER BY day, detention_id))[1] AS place,
        min(day) FILTER (WHERE record_type = 'F') AS fault, min(day) FILTER (WHERE record_type = 'H') AS offence,
        (array_agg(state_code ORDER BY day, detention_id) FILTER (WHERE record_type = 'F'))[1] AS fault_place
    FROM dashboards_fact WHERE {which} GROUP BY person
)
SELECT 'R' AS study, place AS state_code, began, coalesce(again - began, -1) AS days FROM persons
UNION ALL
SELECT 'E', fault_place, fault, coalesce(offence - fault, -1) FROM persons
WHERE fault IS NOT NULL AND (offence IS NULL OR offence > fault)
"""
"""Each person in each study. Who had an offence before the first fault, or on that day, is in no cohort of escalation."""


def lock(cursor: CursorWrapper) -> None:
    """Wait until nobody else counts."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def recount(cursor: CursorWrapper, condition: str, values: dict[str, Any]) -> int:
    """Count anew the detentions that `condition` (on `d`, with `values`) finds. Returns how many. In a transaction.

    Cost O(those detentions, and the others of the same persons), whatever the size of the registry.
    """
    lock(cursor)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.dash_touched, pg_temp.dash_delta, pg_temp.dash_person")
    cursor.execute(
        f"CREATE TEMP TABLE dash_touched ON COMMIT DROP AS SELECT d.id FROM rnd_detention d WHERE {condition}", values
    )
    touched: int = cursor.rowcount
    cursor.execute("ANALYZE dash_touched")
    cursor.execute(
        f"CREATE TEMP TABLE dash_delta ON COMMIT DROP AS SELECT {COLUMNS}, -1 AS sign FROM dashboards_fact "
        f"WHERE detention_id IN (SELECT id FROM dash_touched)"
    )
    cursor.execute(
        f"INSERT INTO dash_delta SELECT {COLUMNS}, 1 FROM ({_FACTS} AND d.id IN (SELECT id FROM dash_touched)) AS f",
        {"key": _key()},
    )
    cursor.execute("ANALYZE dash_delta")
    cursor.execute(
        "CREATE TEMP TABLE dash_person ON COMMIT DROP AS SELECT DISTINCT person FROM dash_delta WHERE person IS NOT NULL"
    )
    cursor.execute("ANALYZE dash_person")
    _add_intervals(cursor, _OF_TOUCHED, -1)
    cursor.execute("DELETE FROM dashboards_fact WHERE detention_id IN (SELECT id FROM dash_touched)")
    cursor.execute(f"INSERT INTO dashboards_fact ({COLUMNS}) SELECT {COLUMNS} FROM dash_delta WHERE sign = 1")
    _add_intervals(cursor, _OF_TOUCHED, 1)
    cursor.execute("DELETE FROM dashboards_interval WHERE n = 0")
    _add_tallies(cursor)
    _add_shapes(cursor)
    return touched


_OF_TOUCHED = "person IN (SELECT person FROM dash_person)"


def _add_intervals(cursor: CursorWrapper, which: str, sign: int) -> None:
    cursor.execute(
        f"""
        INSERT INTO dashboards_interval AS i (study, state_code, start, days, n)
        WITH every AS (
            SELECT study, state_code, CASE WHEN days < 0 THEN began ELSE date_trunc('month', began)::date END AS start, days,
                {sign} * count(*) AS n FROM ({_PERSONS.format(which=which)}) AS s GROUP BY 1, 2, 3, 4
        )
        SELECT * FROM every UNION ALL SELECT study, '{NATION}', start, days, sum(n) FROM every GROUP BY 1, 3, 4
        ON CONFLICT (study, state_code, start, days) DO UPDATE SET n = i.n + excluded.n
        """
    )


_MEASURES = ("n", "presented", "updated", "numbered", "linked", "open_arrests")
_MEASURED = """sum({sign}), sum({sign} * presented::int), sum({sign} * updated::int), sum({sign} * numbered::int),
    sum({sign} * (person IS NOT NULL)::int), sum({sign} * (open_arrest_since IS NOT NULL)::int)"""
_GRAINS = (
    ("d", "state_code", "day"),
    ("s", "state_code", "date_trunc('month', day)::date"),
    ("m", "municipality_code", "date_trunc('month', day)::date"),
)


def tallies(source: str, sign: str) -> str:
    """SQL of every row of `Tally` that `source`, facts with a `sign`, comes to."""
    return " UNION ALL ".join(
        f"SELECT '{grain}' AS grain, {place} AS place, {start} AS start, agency_id AS agency, record_type, kind, "
        f"{_MEASURED.format(sign=sign)} FROM {source} GROUP BY {place}, {start}, agency_id, record_type, kind"
        for grain, place, start in _GRAINS
    )


def _add_tallies(cursor: CursorWrapper) -> None:
    added = ", ".join(f"{name} = t.{name} + excluded.{name}" for name in _MEASURES)
    cursor.execute(
        f"""
        INSERT INTO dashboards_tally AS t (grain, place, start, agency, record_type, kind, {", ".join(_MEASURES)})
        SELECT * FROM ({tallies("dash_delta", "sign")}) AS s
        ON CONFLICT (grain, place, start, agency, record_type, kind) DO UPDATE SET {added}
        """
    )
    keys = " UNION ".join(
        f"SELECT '{grain}', {place}, {start}, agency_id, record_type, kind FROM dash_delta" for grain, place, start in _GRAINS
    )
    cursor.execute(f"DELETE FROM dashboards_tally WHERE n = 0 AND (grain, place, start, agency, record_type, kind) IN ({keys})")


_SLOTS = f"""
SELECT day, state_code, agency_id, record_type, kind, sign,
    (extract(isodow FROM day)::int - 1) * {histogram.HOURS} + coalesce(hour, {histogram.HOURS - 1}) AS slot FROM {{source}}
UNION ALL
SELECT day, state_code, agency_id, record_type, kind, sign,
    {histogram.RECORD.start} + width_bucket(record_minutes, %(edges)s::int[]) - 1
FROM {{source}} WHERE record_minutes IS NOT NULL
UNION ALL
SELECT day, state_code, agency_id, record_type, kind, sign,
    {histogram.PRESENTATION.start} + width_bucket(presentation_minutes, %(edges)s::int[]) - 1
FROM {{source}} WHERE presentation_minutes IS NOT NULL
"""


def shapes(source: str) -> str:
    """SQL of the counts of every row of `Shape` that `source`, facts with a `sign`, comes to: key, slot, count; by key.

    Named values: `edges`.
    """
    month = "date_trunc('month', day)::date"
    return f"""
    WITH slots AS ({_SLOTS.format(source=source)}),
    base AS (
        SELECT day, state_code, agency_id, record_type, kind, slot, sum(sign)::int AS n FROM slots GROUP BY 1, 2, 3, 4, 5, 6
    ),
    days AS (SELECT day, state_code, record_type, slot, sum(n)::int AS n FROM base GROUP BY 1, 2, 3, 4)
    SELECT daily, state_code, start, agency, record_type, kind, slot, n FROM (
        SELECT false AS daily, state_code, {month} AS start, agency_id AS agency, record_type, kind, slot, sum(n) AS n
        FROM base GROUP BY state_code, {month}, agency_id, record_type, kind, slot
        UNION ALL
        SELECT false, state_code, {month}, {EVERY_AGENCY}, record_type, '{EVERY_KIND}', slot, sum(n)
        FROM days GROUP BY state_code, {month}, record_type, slot
        UNION ALL
        SELECT false, '{NATION}', {month}, {EVERY_AGENCY}, record_type, '{EVERY_KIND}', slot, sum(n)
        FROM days GROUP BY {month}, record_type, slot
        UNION ALL
        SELECT true, '{NATION}', day, {EVERY_AGENCY}, record_type, '{EVERY_KIND}', slot, sum(n)
        FROM days GROUP BY day, record_type, slot
    ) AS every WHERE n <> 0 ORDER BY 1, 2, 3, 4, 5, 6
    """


EDGES = list(histogram.EDGES)
_Key = tuple[Any, ...]


def _add_shapes(cursor: CursorWrapper) -> None:
    cursor.execute(shapes("dash_delta"), {"edges": EDGES})
    changes = list(gathered(cursor.fetchall()))
    while changes:
        piece, changes = changes[:_PIECE], changes[_PIECE:]
        there = _bins(cursor, [key for key, _bins_of in piece])
        for at, (key, added) in enumerate(piece):
            piece[at] = key, added + histogram.unpacked(there[key]) if key in there else added
        write_shapes(cursor, piece)


def gathered(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[_Key, histogram.Bins]]:
    """Rows of `shapes`, which come by key, as one row of counts for each key."""
    for key, slots in groupby(rows, key=lambda row: row[:6]):
        bins = histogram.empty()
        for *_key_of, slot, count in slots:
            bins[slot] += int(count)
        yield tuple(key), bins


def write_shapes(cursor: CursorWrapper, rows: Iterable[tuple[_Key, histogram.Bins]]) -> None:
    """Write sums of hours and times over whatever is there; what is nought is taken away."""
    remaining = iter(rows)
    while piece := list(islice(remaining, _PIECE)):
        kept = [(*key, histogram.packed(bins)) for key, bins in piece if bins.any()]
        gone = [key for key, bins in piece if not bins.any()]
        if kept:
            marks = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(kept))
            cursor.execute(
                "INSERT INTO dashboards_shape (daily, state_code, start, agency, record_type, kind, bins) VALUES "
                f"{marks} ON CONFLICT (daily, state_code, start, agency, record_type, kind) DO UPDATE SET bins = excluded.bins",
                [value for row in kept for value in row],
            )
        if gone:
            marks = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(gone))
            cursor.execute(
                f"DELETE FROM dashboards_shape WHERE (daily, state_code, start, agency, record_type, kind) IN ({marks})",
                [value for key in gone for value in key],
            )


def _bins(cursor: CursorWrapper, keys: list[_Key]) -> dict[_Key, bytes]:
    marks = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(keys))
    cursor.execute(
        "SELECT daily, state_code, start, agency, record_type, kind, bins FROM dashboards_shape "
        f"WHERE (daily, state_code, start, agency, record_type, kind) IN ({marks})",
        [value for key in keys for value in key],
    )
    return {tuple(row[:6]): bytes(row[6]) for row in cursor.fetchall()}


_ONE_MONTH = """(SELECT *, 1 AS sign FROM dashboards_fact
    WHERE day >= %(month)s::date AND day < %(month)s::date + interval '1 month') AS one_month"""


def count_all(cursor: CursorWrapper, *, keep_facts: bool = False) -> int:
    """Count everything anew. Returns how many detentions are counted. Pages wait meanwhile. O(detentions)."""
    lock(cursor)
    if not keep_facts:
        cursor.execute("DELETE FROM dashboards_fact")
        cursor.execute(f"INSERT INTO dashboards_fact ({COLUMNS}) SELECT {COLUMNS} FROM ({_FACTS}) AS f", {"key": _key()})
    for table in ("tally", "shape", "interval"):
        cursor.execute(f"DELETE FROM dashboards_{table}")
    cursor.execute(
        f"INSERT INTO dashboards_tally (grain, place, start, agency, record_type, kind, {', '.join(_MEASURES)}) "
        f"{tallies('dashboards_fact', '1')}"
    )
    _add_intervals(cursor, "person IS NOT NULL", 1)
    cursor.execute("SELECT DISTINCT start FROM dashboards_tally WHERE grain = 's' ORDER BY 1")
    for (month,) in cursor.fetchall():
        cursor.execute(shapes(_ONE_MONTH), {"edges": EDGES, "month": month})
        write_shapes(cursor, gathered(cursor.fetchall()))
    cursor.execute("SELECT count(*) FROM dashboards_fact")
    return int((cursor.fetchone() or (0,))[0])


def _key() -> str:
    """Secret of this node by which CURPs become digests: a signature that only its key can make, and always makes the same."""
    return base64.b64encode(hashlib.sha256(signing.node_key().sign("tequio dashboards person").encode()).digest()).decode()
