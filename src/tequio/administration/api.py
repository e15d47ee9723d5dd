"""Institutions, states, catalogues and the log, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from tequio.access.domain import Permission
from tequio.audit import reading
from tequio.audit.domain import Filters, Outcome, Place
from tequio.audit.models import Line
from tequio.catalogs import selectors as catalogs
from tequio.institutions import selectors as institutions
from tequio.institutions.models import Agency
from tequio.kernel import clock
from tequio.ui.api.asking import May, Paged, Reasoned, Word, actor, read_cursor, write_cursor
from tequio.ui.api.problems import answers

router = Router(tags=["Referencia"])
log = Router(tags=["Bitácora"])
LOG = "audit"


class Institution(Schema):
    """An institution on a day."""

    code: str
    name: str | None = Field(description="Nulo si ese día no tiene nombre vigente.")
    level: str
    kind: str
    state: str = Field(description="Clave INEGI; vacía si es federal.")


class Institutions(Schema):
    """Institutions, by code."""

    institutions: list[Institution]


class State(Schema):
    """A state."""

    code: str
    renapo: str
    name: str
    time_zone: str


class States(Schema):
    """The thirty-two states."""

    states: list[State]


class Municipality(Schema):
    """A municipality."""

    code: str
    name: str


class Municipalities(Schema):
    """Those of a state."""

    municipalities: list[Municipality]


class CatalogRow(Schema):
    """A list on a day."""

    code: str
    title: str
    entries: int
    valid_from: date
    valid_to: date | None


class Catalogs(Schema):
    """The official lists."""

    catalogs: list[CatalogRow]


class Entry(Schema):
    """An entry of a list."""

    code: str
    name: str
    parent: str


class CatalogSheet(Schema):
    """A list with its entries."""

    code: str
    on: date
    entries: list[Entry]


class LogLine(Schema):
    """Who did or saw what. References only."""

    chain: str
    number: int
    at: datetime
    username: str
    action: str
    outcome: str
    purpose: str
    folio: str
    subject_kind: str
    subjects: list[str]
    facts: dict[str, Any]
    fingerprint: str


class LogLines(Schema):
    """A part of the log, the latest first."""

    lines: list[LogLine]
    next: str


class LogFilter(Schema):
    """Which lines are asked for; empty: all."""

    username: Word = ""
    action: Word = ""
    outcome: Outcome | None = None
    folio: Word = ""
    subject: UUID | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    def filters(self) -> Filters:
        """The same, as the log reads it."""
        return Filters(
            username=self.username,
            action=self.action,
            outcome=self.outcome.value if self.outcome else "",
            folio=self.folio,
            subject=str(self.subject or ""),
            since=self.since,
            until=self.until,
        )


@router.get("/institutions", auth=May(), response=answers(Institutions), operation_id="list_institutions")
def list_institutions(request: HttpRequest, state: Word = "", text: Word = "", on: date | None = None) -> dict[str, Any]:
    """Las instituciones, con el nombre que tienen en una fecha."""
    found = institutions.agencies(_day(on), state=state, text=text)
    return {"institutions": [_institution(one.agency, one.name.name if one.name else None) for one in found]}


@router.get("/institutions/{code}", auth=May(), response=answers(Institution), operation_id="get_institution")
def get_institution(request: HttpRequest, code: str, on: date | None = None) -> dict[str, Any]:
    """Una institución por su clave."""
    agency = institutions.agency_by_code(code)
    return _institution(agency, institutions.agency_names_by_id([agency.pk], _day(on)).get(agency.pk))


@router.get("/states", auth=May(), response=answers(States), operation_id="list_states")
def list_states(request: HttpRequest) -> dict[str, Any]:
    """Las treinta y dos entidades federativas."""
    found = institutions.states()
    return {"states": [{"code": s.code, "renapo": s.renapo, "name": s.name, "time_zone": s.time_zone} for s in found]}


@router.get("/states/{code}/municipalities", auth=May(), response=answers(Municipalities), operation_id="list_municipalities")
def list_municipalities(request: HttpRequest, code: str) -> dict[str, Any]:
    """Los municipios de una entidad, por su clave INEGI, su clave de CURP o su nombre."""
    found = institutions.municipalities(institutions.state_by_any(code).code)
    return {"municipalities": [{"code": one.code, "name": one.name} for one in found]}


@router.get("/catalogs", auth=May(), response=answers(Catalogs), operation_id="list_catalogs")
def list_catalogs(request: HttpRequest, on: date | None = None) -> dict[str, Any]:
    """Los catálogos oficiales vigentes en una fecha."""
    rows = [
        {
            "code": one.catalog.code,
            "title": one.catalog.name,
            "entries": one.entries,
            "valid_from": one.catalog.valid_from,
            "valid_to": one.catalog.valid_to,
        }
        for one in catalogs.catalogs(_day(on))
    ]
    return {"catalogs": rows}


@router.get("/catalogs/{code}", auth=May(), response=answers(CatalogSheet), operation_id="get_catalog")
def get_catalog(request: HttpRequest, code: str, on: date | None = None) -> dict[str, Any]:
    """Un catálogo con sus claves, como está en una fecha."""
    day = _day(on)
    rows = [{"code": one.code, "name": one.name, "parent": one.parent} for one in catalogs.entries(code, day)]
    return {"code": code, "on": day, "entries": rows}


@log.get("/lines", auth=May(Permission.AUDIT_READ), response=answers(LogLines), operation_id="list_audit_lines")
def list_audit_lines(
    request: HttpRequest,
    why: Reasoned,
    part: Paged,
    wanted: Query[LogFilter],
) -> dict[str, Any]:
    """La bitácora de su dependencia, de lo último a lo primero. Exige finalidad y folio."""
    place = read_cursor(request, LOG, part.cursor)
    found = reading.list_lines(
        actor=actor(request),
        purpose=why.needed(),
        filters=wanted.filters(),
        before=Place.read(place) if place else None,
        limit=part.limit + 1,
    )
    shown = found[: part.limit]
    following = write_cursor(request, LOG, str(Place(shown[-1].at, shown[-1].pk))) if len(found) > part.limit else ""
    return {"lines": [_line(one) for one in shown], "next": following}


def _day(on: date | None) -> date:
    return on or clock.now().astimezone(clock.MEXICO).date()


def _institution(agency: Agency, name: str | None) -> dict[str, Any]:
    return {"code": agency.code, "name": name, "level": agency.level, "kind": agency.kind, "state": agency.state_id or ""}


def _line(one: Line) -> dict[str, Any]:
    return {name: getattr(one, name) for name in LogLine.model_fields}
