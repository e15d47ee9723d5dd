"""Reads of detentions. All need an open scope (`access.scoping.reach`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Max, Q, QuerySet

from tequio.access.policy import not_found
from tequio.catalogs import selectors as catalogs
from tequio.institutions import selectors as institutions
from tequio.kernel import clock, prepared
from tequio.kernel.identifiers import parse_iph, parse_numero_rnd
from tequio.people.domain import Subject
from tequio.registries.rnd import staging
from tequio.registries.rnd.capture import FIELD_OF
from tequio.registries.rnd.checks import Lookups
from tequio.registries.rnd.domain import ARREST_ENDS, CustodyKind, Filters, RecordType, Standing, folded
from tequio.registries.rnd.models import CustodyEvent, Detention

ARREST_LIMIT = "rnd.arrest_limit_hours"
"""Parameter: hours of an administrative arrest."""
_LAST = "\U0010ffff"
"""Sorts after whatever begins alike. Ranges and not LIKE: only they read an index behind row-level security."""
_RECENT = timedelta(days=10)
"""Older arrests without an end are a matter of missing updates and no longer of a clock."""

_IDENTITY = (
    "id", "given_names", "paternal_surname", "maternal_surname", "full_name", "aliases", "sex", "age", "birth_date",
    "birth_date_text", "birth_state", "curp", "rfc", "phone", "plate", "detained_on", "version", "cancelled_at",
)  # fmt: skip


_SUMMARY = (
    "id", "agency_id", "supplier_key", "version", "detained_on", "state_code", "municipality_code", "record_type",
    "custody_state", "cancelled_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordSummary:
    """What a reference to a detention shows: whose it is, when and where, and whether it still stands."""

    record_id: UUID
    agency_id: int
    supplier_key: str
    version: int
    detained_on: date | None
    state_code: str
    municipality_code: str
    record_type: str
    custody_state: str
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """A column that a version changed."""

    column: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record: who made it, when, why, from which batch or capture, and what it changed of the one before."""

    number: int
    at: datetime
    by: str
    reason: str
    change_set: UUID
    cancelled: bool
    changes: tuple[Change, ...]


def get(detention_id: UUID) -> Detention:
    """One detention of the scope. Raises NotFound. One query."""
    found = Detention.objects.filter(pk=detention_id).select_related("agency").first()
    if found is None:
        raise not_found()
    return found


def lock(detention_id: UUID) -> Detention:
    """The same, held until the transaction ends."""
    found = Detention.objects.select_for_update().filter(pk=detention_id).first()
    if found is None:
        raise not_found()
    return found


def by_supplier_key(agency_id: int, supplier_key: str) -> Detention | None:
    """The agency's record with that key, if any."""
    return Detention.objects.filter(agency_id=agency_id, supplier_key=supplier_key).first()


def page(filters: Filters, *, order: str = "-detained_on", offset: int = 0, limit: int = 50) -> list[Detention]:
    """Detentions of the scope that the filters admit. `order` is a column, `-` before it for descending. One query.

    Indexes (agency, day), (agency, name), (agency, municipality, day), (agency, custody, day) and (agency, key).
    """
    column = order.lstrip("-")
    sign = "-" if order.startswith("-") else ""
    rows = _filtered(filters).order_by(order, f"{sign}id") if column != "id" else _filtered(filters).order_by(order)
    return list(rows.defer("supplied", "absences")[offset : offset + limit])


def _filtered(filters: Filters) -> QuerySet[Detention]:
    rows = Detention.objects.all()
    exact = {
        "record_type": filters.record_type,
        "custody_state": filters.custody_state,
        "municipality_code": filters.municipality_code,
        "detention_kind": filters.detention_kind,
        "detained_on__gte": filters.since,
        "detained_on__lte": filters.until,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if filters.standing is not Standing.ALL:
        rows = rows.filter(cancelled_at__isnull=filters.standing is Standing.IN_FORCE)
    if filters.number:
        rows = rows.filter(_begins("supplier_key", filters.number) | _numbered(filters.number))
    if filters.name:
        rows = rows.filter(_begins("listed_name", folded(filters.name)))
    return rows


def _begins(column: str, text: str) -> Q:
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + _LAST})


def _numbered(text: str) -> Q:
    return _begins("rnd_number", text) | _begins("iph_number", text)


def by_number(text: str, limit: int) -> list[UUID]:
    """Records whose RND number or IPH number is that one, as written or without its signs, newest first. One query."""
    forms = {text.strip(), text.strip().upper(), parse_numero_rnd(text).value, parse_iph(text).value} - {""}
    if not forms:
        return []
    rows = Detention.objects.filter(Q(rnd_number__in=forms) | Q(iph_number__in=forms), cancelled_at=None)
    return list(rows.order_by("-detained_on", "-id").values_list("id", flat=True)[:limit])


def alike(listed_name: str, day: date, but: UUID | None = None) -> list[Detention]:
    """Records in force of the scope with that very name, detained on that day. One query by the index of names."""
    rows = Detention.objects.filter(listed_name=listed_name, detained_on=day, cancelled_at=None)
    rows = rows if but is None else rows.exclude(pk=but)
    return list(rows.only("id", "supplier_key", "agency_id")[:5])


def versions(detention: Detention) -> list[Version]:
    """Versions of a record, the present one first. One query."""
    kept = apps.get_model("rnd", "DetentionVersion")  # the library makes it
    rows: list[Any] = list(kept._default_manager.filter(pgh_obj_id=detention.id).order_by("version"))
    rows.append(detention)
    told = []
    for before, after in zip([None, *rows[:-1]], rows, strict=True):
        changes = () if before is None else _changes(before, after)
        told.append(
            Version(
                after.version, after.changed_at, after.changed_by, after.change_reason, after.change_set,
                after.cancelled_at is not None, changes,
            )
        )  # fmt: skip
    return told[::-1]


_COMPARED = (*(name for name in staging.BLANKS if name not in {"supplied", "absences", "listed_name"}), "detained_on",
    "detained_at", "state_code", "record_type")  # fmt: skip


def _changes(before: Any, after: Any) -> tuple[Change, ...]:
    """Typed columns that differ; of what has none, the values as supplied. A tombstone is one change and not forty."""
    if after.cancelled_at is not None:
        return ()
    typed = [
        Change(name, one, other) for name in _COMPARED if (one := getattr(before, name)) != (other := getattr(after, name))
    ]
    told = {FIELD_OF.get(change.column, change.column) for change in typed} | set(_COMPARED)
    plain = {*before.supplied, *after.supplied} - staging.TYPED
    for field in sorted((plain | before.absences.keys() | after.absences.keys()) - told):
        one, other = _said(before, field), _said(after, field)
        if one != other:
            typed.append(Change(field, one, other))
    return tuple(typed)


def _said(row: Any, field: str) -> str:
    """What a version says of a field without a column: why there is no datum, or the text as it came."""
    return str(row.absences.get(field) or row.supplied.get(field, ""))


def summaries(record_ids: Sequence[UUID]) -> dict[UUID, RecordSummary]:
    """References to records, by id. One query."""
    return {row[0]: RecordSummary(*row) for row in _by_id(_SUMMARY, record_ids)}


def _by_id(columns: tuple[str, ...], record_ids: Sequence[UUID]) -> Iterable[Sequence[Any]]:
    """Some columns of records. Every search asks this: where the scope leaves nothing out, by a statement kept planned."""
    rows = Detention.objects.all()
    if rows.query.where:
        return rows.filter(pk__in=record_ids).values_list(*columns)
    return prepared.fetch(f"SELECT {', '.join(columns)} FROM rnd_detention WHERE id = ANY(%s)", [list(record_ids)])


def as_subjects(change_set: UUID, chunk: int = 5_000) -> Iterator[list[tuple[UUID, int, int, Subject | None]]]:
    """Records of a change set as (record, version, agency, subject), in pieces; a tombstone has no subject. One query."""
    rows = Detention.objects.filter(change_set=change_set).values_list("agency_id", *_IDENTITY).iterator(chunk_size=chunk)
    piece: list[tuple[UUID, int, int, Subject | None]] = []
    for agency_id, *row in rows:
        values = dict(zip(_IDENTITY, row, strict=True))
        piece.append((values["id"], values["version"], agency_id, _subject(values)))
        if len(piece) == chunk:
            yield piece
            piece = []
    if piece:
        yield piece


def subjects(record_ids: Sequence[UUID]) -> dict[UUID, tuple[int, Subject | None]]:
    """(version, subject) of each record asked for. One query."""
    out: dict[UUID, tuple[int, Subject | None]] = {}
    for row in _by_id(_IDENTITY, record_ids):
        values = dict(zip(_IDENTITY, row, strict=True))
        out[values["id"]] = (values["version"], _subject(values))
    return out


@dataclass(frozen=True, slots=True)
class Told:
    """What a record says, value by value as its supplier wrote it, and what could be understood of it.

    `supplied`: by name of the contract; `understood`: names of those whose typed value could be read; `absences`: names with
    "no_aplica" or "sin_informacion". A cancelled record is a tombstone: it tells nothing.
    """

    record_id: UUID
    version: int
    changed_at: datetime
    cancelled_at: datetime | None
    supplied: dict[str, str]
    understood: frozenset[str]
    absences: dict[str, str]


_TYPED = {
    "nombre": "given_names", "primer_apellido": "paternal_surname", "segundo_apellido": "maternal_surname",
    "nombre_completo": "full_name", "alias": "aliases", "sexo": "sex", "edad": "age", "fecha_nacimiento": "birth_date",
    "entidad_nacimiento": "birth_state", "curp": "curp", "rfc": "rfc", "telefono": "phone", "placa": "plate",
    "tipo_registro": "record_type", "fecha_detencion": "detained_on", "municipio_detencion": "municipality_code",
    "entidad_detencion": "state_code", "autoridad_destino": "authority_code", "falta": "fault_code", "delito": "offence_code",
}  # fmt: skip
"""Column that holds what was understood of each field of the contract that tells who and what."""


def told(record_ids: Sequence[UUID]) -> dict[UUID, Told]:
    """What records say, by id: for whoever may read them because a person of theirs is looked for. One query."""
    columns = ("id", "version", "changed_at", "cancelled_at", "supplied", "absences", *_TYPED.values())
    return {row["id"]: _told(row) for row in Detention.objects.filter(pk__in=record_ids).values(*columns)}


def _told(row: dict[str, Any]) -> Told:
    """Whatever was captured field by field keeps its values under the names of the columns."""
    kept = row["supplied"]
    supplied = {name: str(text) for name, column in _TYPED.items() if (text := kept.get(name) or kept.get(column) or "")}
    understood = frozenset(name for name, column in _TYPED.items() if row[column] not in (None, "", []))
    for name in understood - supplied.keys():  # a corrected or derived value that the supplier never wrote under this name
        supplied[name] = ", ".join(row[_TYPED[name]]) if name == "alias" else str(row[_TYPED[name]])
    return Told(row["id"], row["version"], row["changed_at"], row["cancelled_at"], supplied, understood, row["absences"])


def custody(detention_id: UUID) -> list[CustodyEvent]:
    """Steps of custody in order. One query."""
    return list(CustodyEvent.objects.filter(detention_id=detention_id).order_by("at", "recorded_at"))


def latest_custody_moment(detention_id: UUID) -> datetime | None:
    """When the last step of custody happened. Registering is none: it may come later than what it tells of. One query."""
    steps = CustodyEvent.objects.filter(detention_id=detention_id).exclude(kind=CustodyKind.REGISTERED.value)
    latest: datetime | None = steps.aggregate(latest=Max("at"))["latest"]
    return latest


def overdue_arrests(now: datetime, limit_hours: int) -> list[Detention]:
    """Administrative arrests past their limit with no end recorded: the 36-hour alarm. Counted from the presentation."""
    return list(_running_arrests().filter(presented_at__lt=now - timedelta(hours=limit_hours)).order_by("presented_at"))


def arrests_near_limit(now: datetime, limit_hours: int, within: timedelta, limit: int) -> list[Detention]:
    """Recent arrests past their limit, or that will be `within` a while, the first to end on top. Index (agency, day)."""
    rows = _running_arrests().filter(
        detained_on__gte=(now - _RECENT).astimezone(clock.MEXICO).date(),
        presented_at__lt=now - timedelta(hours=limit_hours) + within,
    )
    return list(rows.order_by("presented_at")[:limit])


def _running_arrests() -> QuerySet[Detention]:
    ended = [kind.value for kind in ARREST_ENDS]
    return Detention.objects.filter(~Q(custody_state__in=ended), record_type=RecordType.FAULT.value, cancelled_at=None)


def arrest_limit(on: date) -> int:
    """Hours of an administrative arrest on a day, by its dated parameter. One query."""
    return int(catalogs.parameter(ARREST_LIMIT, on))


def lookups(on: date) -> Lookups:
    """Catalogues in force on a day, for the checks of rows and of captures. Seven queries."""
    return Lookups(
        state=institutions.state_book().find,
        municipalities=institutions.municipality_lookup(),
        faults=catalogs.lookup("falta_administrativa", on),
        offences=catalogs.lookup("delito", on),
        authorities=catalogs.lookup("autoridad_destino", on),
    )


def _subject(values: dict[str, Any]) -> Subject | None:
    if values["cancelled_at"] is not None:
        return None
    return Subject.from_fields(
        id=values["id"],
        given=values["given_names"],
        paternal=values["paternal_surname"],
        maternal=values["maternal_surname"],
        full_name=values["full_name"],
        sex=values["sex"],
        birth_date=values["birth_date"] or values["birth_date_text"],
        birth_state=values["birth_state"],
        curp=values["curp"],
        rfc=values["rfc"],
        aliases=tuple(values["aliases"]),
        phones=(values["phone"],) if values["phone"] else (),
        plates=(values["plate"],) if values["plate"] else (),
        age=values["age"],
        at=values["detained_on"],
    )
