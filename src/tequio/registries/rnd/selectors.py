"""Reads of detentions. All need an open scope (`access.scoping.reach`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Q

from tequio.access.policy import not_found
from tequio.kernel import prepared
from tequio.people.domain import Subject
from tequio.registries.rnd.domain import CustodyKind
from tequio.registries.rnd.models import CustodyEvent, Detention

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


def custody(detention_id: UUID) -> list[CustodyEvent]:
    """Steps of custody in order. One query."""
    return list(CustodyEvent.objects.filter(detention_id=detention_id).order_by("at", "recorded_at"))


def latest_custody_moment(detention_id: UUID) -> datetime | None:
    """When the last step of custody happened. One query."""
    latest: datetime | None = CustodyEvent.objects.filter(detention_id=detention_id).aggregate(latest=Max("at"))["latest"]
    return latest


def overdue_arrests(now: datetime, limit_hours: int) -> list[Detention]:
    """Administrative arrests past their limit with no end recorded: the 36-hour alarm. Counted from the presentation."""
    ended = [CustodyKind.RELEASED.value, CustodyKind.SANCTIONED.value, CustodyKind.TO_PROSECUTOR.value]
    return list(
        Detention.objects.filter(
            ~Q(custody_state__in=ended),
            record_type="falta_administrativa",
            cancelled_at=None,
            presented_at__lt=now - timedelta(hours=limit_hours),
        ).order_by("presented_at")
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
