"""A base of any number of synthetic records, entered into the index by the product's services, and questions to it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from uuid import UUID

from django.core.management import call_command
from django.db import connection, transaction

from tequio.access import walls
from tequio.access.scoping import NATIONAL, reach
from tequio.access.selectors import actor
from tequio.catalogs.models import Parameter
from tequio.institutions.models import Agency
from tequio.kernel import clock, outbox
from tequio.kernel.ids import new_id
from tequio.matching import keys
from tequio.people.domain import Subject
from tequio.registries.events import RecordsChanged
from tequio.registries.rnd.models import Detention
from tequio.search import budget, services
from tests.bench import shared
from tests.bench.base import EMPTIED
from tests.world import INQUIRY, load_reference, make_cast

BATCH = 20_000
"""Records of one change set."""
SHOWN = 10
_FIRST = UUID("019ab000-0000-7000-8000-000000000000").int
_MEBIBYTE = 1 << 20
_PARTS = (
    "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
    "WHERE relkind = 'r' AND relname LIKE 'search\\_%' AND relnamespace = 'public'::regnamespace ORDER BY relname"
)


def record_id(number: int) -> UUID:
    """Identifier of the benchmark's record of that number. In order, as those that a node gives."""
    return UUID(int=_FIRST + number)


def fill(records: int, seed: int) -> dict[str, float]:
    """Empty the base and enter that many records. Seconds: in all, and of them in storing the rows, which is not measured."""
    shared.ready(records, seed)
    call_command("migrate", verbosity=0)
    with walls.as_owner(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {EMPTIED} CASCADE")
    load_reference()
    make_cast()
    agency = Agency.objects.get(code="NT-SSPC").pk
    storing = entering = after = 0.0
    rows = shared.records(records, seed)
    while piece := list(islice(rows, BATCH)):
        change_set = new_id()
        with transaction.atomic():
            start = time.perf_counter()
            _store(piece, change_set, agency)
            stored = time.perf_counter()
            outbox.publish(RecordsChanged("rnd", change_set, agency))
        entered = time.perf_counter()
        outbox.drain()
        services.tend_index()
        ended = time.perf_counter()
        storing, entering, after = storing + stored - start, entering + entered - stored, after + ended - entered
    with walls.as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {
        "entered_per_s": round(records / (entering + after)),
        "entering_s": round(entering, 1),
        "after_s": round(after, 1),
        "storing_s": round(storing, 1),
    }


def _store(rows: Iterable[shared.Row], change_set: UUID, agency: int) -> None:
    fields = [field for field in Detention._meta.concrete_fields if field.column is not None]
    constant = {field.column: field.get_db_prep_save(field.get_default(), connection) for field in fields}
    constant |= {
        "agency_id": agency,
        "change_set": change_set,
        "changed_at": clock.now(),
        "changed_by": "banco",
        "contract_version": "1",
        "supplied": "{}",
        "absences": "{}",
        "record_type": "hecho_probablemente_delictivo",
        "detained_on": "2026-01-02",
        "state_code": "18",
    }
    columns = list(constant)
    names = ", ".join(columns)
    with reach(NATIONAL), connection.cursor() as cursor:  # COPY itself is refused where row-level security stands
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS bench_row (LIKE rnd_detention) ON COMMIT DELETE ROWS")
        with cursor.copy(f"COPY bench_row ({names}) FROM STDIN") as copy:
            for row in rows:
                values = constant | _identity(row)
                copy.write_row([values[column] for column in columns])
        cursor.execute(f"INSERT INTO rnd_detention ({names}) SELECT {names} FROM bench_row")


def _identity(row: shared.Row) -> dict[str, object]:
    day = shared.day_text(row["dob"]) or ""
    whole = len(day) == len("1978-01-02")
    return {
        "id": record_id(row["id"]),
        "supplier_key": f"B-{row['id']}",
        "content_hash": str(row["id"]),
        "given_names": row["given"],
        "paternal_surname": row["pat"],
        "maternal_surname": row["mat"],
        "sex": row["sex"],
        "birth_date": day if whole else None,
        "birth_date_text": "" if whole else day,
        "birth_state": row["state"],
        "curp": row["curp"],
        "rfc": row["rfc"],
        "aliases": [row["alias"]] if row["alias"] else [],
        "phone": row["phone"],
        "plate": row["plate"],
    }


def questions(records: int, seed: int, count: int) -> tuple[list[Subject], list[UUID | None]]:
    """Some of the benchmark's queries, evenly, and the record that each is about, if any."""
    every = shared.load(records, seed)
    step = max(1, len(every.queries) // count)
    chosen: Iterator[tuple[shared.Row, int]] = islice(zip(every.queries, every.truth, strict=True), 0, None, step)
    subjects, truth = [], []
    for row, right in islice(chosen, count):
        subject = Subject.from_fields(**shared.fields(row))
        if keys(subject):  # a query with nothing to search by is refused before it costs anything
            subjects.append(subject)
            truth.append(record_id(right) if right >= 0 else None)
    return subjects, truth


def ask(queries: Sequence[Subject]) -> tuple[list[float], list[list[UUID]]]:
    """Seconds and records of each answer, as an analyst gets them."""
    who = actor("jalisco_analyst")
    Parameter.objects.filter(key__in=[budget.PER_HOUR, budget.PER_DAY]).update(value=1_000_000)
    seconds, answers = [], []
    for query in queries:
        start = time.perf_counter()
        answer = services.search_person(actor=who, purpose=INQUIRY, subject=query, limit=SHOWN)
        seconds.append(time.perf_counter() - start)
        answers.append([found.record_id for found in answer.found])
    return seconds, answers


def sizes() -> dict[str, float]:
    """Mebibytes on disk of each table of the index, its own indexes included."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTS)
        found = {name: size / _MEBIBYTE for name, size in cursor.fetchall()}
    return {name: round(size, 1) for name, size in found.items() if size >= 1} | {"total": round(sum(found.values()), 1)}
