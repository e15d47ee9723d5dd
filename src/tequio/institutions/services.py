"""Loading the reference data of institutions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from tequio.institutions import domain, selectors, sync
from tequio.institutions.domain import AgencyKind, Editor, Level, Reason
from tequio.institutions.events import ReferenceLoaded
from tequio.institutions.models import Agency, AgencyName, Municipality, Post, State, Unit, Zone, ZoneMembership
from tequio.institutions.reference import day, flag, rows
from tequio.institutions.sync import Tally
from tequio.kernel import outbox
from tequio.kernel.errors import Conflict, Invalid

_AGENCY_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,28}[A-Z0-9]")
_LONGEST_NAME = 200
_LONGEST_ABBREVIATION = 30


class AgencyCodeTaken(Conflict):
    """Another agency has that code."""

    code = "CLAVE_DE_DEPENDENCIA_OCUPADA"


class AgencyClosed(Conflict):
    """The agency has no name in force to end."""

    code = "DEPENDENCIA_CERRADA"


def load_reference(*, actor: Editor, purpose: Reason | None) -> Tally:
    """Bring states, municipalities, zones and agencies to what the package says. A repeat changes nothing and says so.

    Set-wise, O(rows): some 2,900 rows. Raises NotAllowed, PurposeRequired, Conflict (two periods of one thing overlap).
    """
    reason = domain.require_editor(actor, purpose)
    with transaction.atomic():
        tally = _load_territory() + _load_agencies()
        if not tally.changed_nothing:
            announce("institutions", actor, reason, tally)
    return tally


@dataclass(frozen=True, slots=True)
class NewAgency:
    """An agency that begins to be, under its first name, by a document."""

    code: str
    level: Level
    kind: AgencyKind
    state: str
    """INEGI code; empty for a federal one."""
    parent: str
    """Code of the agency above it; empty if none is known."""
    name: str
    abbreviation: str
    valid_from: date
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class NewName:
    """How an agency is called from a day on, by a document."""

    name: str
    abbreviation: str
    valid_from: date
    source: str
    confirmed: bool


def add_agency(new: NewAgency) -> Agency:
    """Make an agency with its first name. The caller authorises and audits; part of the caller's transaction.

    Raises Invalid (its code, no name, no document, level and state that do not fit), StateUnknown, AgencyUnknown (the one
    above), AgencyCodeTaken.
    """
    with transaction.atomic():
        if not _AGENCY_CODE.fullmatch(new.code):
            raise Invalid(
                "La clave lleva de 3 a 30 letras mayúsculas, cifras y guiones.",
                hint="P. ej. NT-SSPC.",
                facts={"field": "code"},
            )
        if (new.level is Level.FEDERAL) != (not new.state):
            raise Invalid(
                "Una dependencia federal no lleva entidad; las demás sí.",
                hint="Revise orden y entidad.",
                facts={"field": "state"},
            )
        _refuse_unnamed(new.name, new.abbreviation, new.source)
        if new.state and not State.objects.filter(code=new.state).exists():
            selectors.state_by_any(new.state)
        parent = selectors.agency_by_code(new.parent) if new.parent else None
        if Agency.objects.filter(code=new.code).exists():
            raise AgencyCodeTaken(
                f"Ya hay una dependencia con la clave {new.code}.", hint="Elija otra clave.", facts={"field": "code"}
            )
        agency = Agency.objects.create(
            code=new.code, level=new.level.value, state_id=new.state or None, kind=new.kind.value, parent=parent
        )
        _begin_name(agency, NewName(new.name, new.abbreviation, new.valid_from, new.source, new.confirmed))
    return agency


def rename_agency(code: str, new: NewName) -> tuple[AgencyName | None, AgencyName]:
    """Call an agency otherwise from a day on: its last name ends there. Returns (before, after).

    The caller authorises and audits; part of the caller's transaction. Raises AgencyUnknown, Invalid (no name, no document,
    begins no later than the last name, says nothing new).
    """
    with transaction.atomic():
        agency, last = _last_name(code)
        _refuse_unnamed(new.name, new.abbreviation, new.source)
        if last is not None:
            _refuse_early(new.valid_from, last.valid_from)
            if (last.name, last.abbreviation, last.confirmed) == (
                new.name,
                new.abbreviation,
                new.confirmed,
            ) and not last.valid_to:
                raise Invalid("Ya se llama así.", hint="Cambie el nombre.", facts={"field": "name"})
            if last.valid_to is None or last.valid_to > new.valid_from:
                AgencyName.objects.filter(pk=last.pk).update(valid_to=new.valid_from)
        name = _begin_name(agency, new)
    return last, name


def close_agency(code: str, *, on: date) -> AgencyName:
    """End an agency: from that day it has no name. Its records, and what it did, stay. Returns its last name.

    The caller authorises and audits; part of the caller's transaction. Raises AgencyUnknown, Invalid (ends before it began),
    AgencyClosed.
    """
    with transaction.atomic():
        _, last = _last_name(code)
        if last is None or last.valid_to is not None:
            raise AgencyClosed(f"La dependencia {code} ya no tiene nombre vigente.", hint="Revise sus nombres y fechas.")
        _refuse_early(on, last.valid_from)
        AgencyName.objects.filter(pk=last.pk).update(valid_to=on)
        last.valid_to = on
    return last


def _last_name(code: str) -> tuple[Agency, AgencyName | None]:
    """The agency, held until the transaction ends, and its latest name."""
    found = selectors.agency_by_code(code)
    agency = Agency.objects.select_for_update().get(pk=found.pk)
    return agency, AgencyName.objects.filter(agency=agency).order_by("-valid_from").first()


def _begin_name(agency: Agency, new: NewName) -> AgencyName:
    return AgencyName.objects.create(
        agency=agency,
        name=new.name.strip(),
        abbreviation=new.abbreviation.strip(),
        valid_from=new.valid_from,
        source=new.source.strip(),
        confirmed=new.confirmed,
    )


def _refuse_unnamed(name: str, abbreviation: str, source: str) -> None:
    wanted = (("name", name, _LONGEST_NAME), ("abbreviation", abbreviation, _LONGEST_ABBREVIATION), ("source", source, 10_000))
    for field, text, longest in wanted:
        if not text.strip() or len(text) > longest or "\x00" in text:
            raise Invalid(
                f"Faltan nombre (hasta {_LONGEST_NAME}), siglas (hasta {_LONGEST_ABBREVIATION}) o documento.",
                hint="Escríbalos completos.",
                facts={"field": field},
            )


def _refuse_early(day: date, began: date) -> None:
    if day <= began:
        raise Invalid(
            f"Debe ser posterior al {began:%d/%m/%Y}, en que empezó lo vigente: lo pasado no se reescribe.",
            hint="Indique una fecha posterior.",
            facts={"field": "valid_from"},
        )


def announce(room: str, actor: Editor, reason: Reason, tally: Tally) -> None:
    """Publish what a load did, for the log."""
    outbox.publish(
        ReferenceLoaded(
            room=room,
            username=actor.username,
            agency_code=actor.agency_code,
            roles=tuple(sorted(str(role) for role in actor.roles)),
            purpose=str(reason.code),
            folio=reason.folio,
            created=tally.created,
            updated=tally.updated,
            kept=tally.kept,
            changes=tally.changes,
        )
    )


def _load_territory() -> Tally:
    states = [{k: row[k] for k in ("code", "renapo", "name", "abbreviation", "time_zone")} for row in rows("states")]
    municipalities = [
        {
            "code": row["code"],
            "state_id": row["state"],
            "name": row["name"],
            "population": int(row["population"]) if row["population"] else None,
        }
        for row in rows("municipalities")
    ]
    members = [
        {
            "zone_id": row["zone"],
            "state_id": row["state"],
            "valid_from": day(row["valid_from"]),
            "valid_to": day(row["valid_to"]),
            "source": row["source"],
        }
        for row in rows("zone_memberships")
    ]
    return (
        sync.load(State, states, ("code",))
        + sync.load(Municipality, municipalities, ("code",))
        + sync.load(Zone, [dict(row) for row in rows("zones")], ("code",))
        + sync.load_dated(ZoneMembership, members, ("zone_id", "state_id"))
    )


def _load_agencies() -> Tally:
    agencies = [
        {"code": row["code"], "level": row["level"], "state_id": row["state"] or None, "kind": row["kind"]}
        for row in rows("agencies")
    ]
    known = set(Agency.objects.values_list("code", flat=True))
    tally = sync.load(Agency, agencies, ("code",))
    ids = dict(Agency.objects.values_list("code", "id"))
    tally += _hang_from_parents(ids, known)
    return (
        tally
        + sync.load_dated(AgencyName, _dated("agency_names", ids, "name", "abbreviation"), ("agency_id",))
        + sync.load_dated(Unit, _dated("units", ids, "code", "name", "abbreviation"), ("agency_id", "code"))
        + sync.load_dated(Post, _dated("posts", ids, "title"), ("agency_id", "title"))
    )


def _hang_from_parents(ids: dict[str, int], known: set[str]) -> Tally:
    """Parents are agencies too, so they are set once all rows are in. Counts only what moved among the `known`."""
    parents = {row["code"]: row["parent"] for row in rows("agencies")}
    codes = {number: code for code, number in ids.items()}
    moved = []
    for agency in Agency.objects.filter(code__in=parents):
        if codes.get(agency.parent_id or 0, "") != parents[agency.code]:
            agency.parent_id = ids.get(parents[agency.code])
            moved.append(agency)
    Agency.objects.bulk_update(moved, ["parent"])
    changes = tuple(f"Agency {one.code}: parent -> {parents[one.code] or '—'}" for one in moved if one.code in known)
    return Tally(updated=len(changes), changes=changes)


def _dated(name: str, ids: dict[str, int], *columns: str) -> list[sync.Row]:
    """Rows of a file of things of agencies, with their period, source and, where the file has it, confirmation."""
    out = []
    for row in rows(name):
        dated: sync.Row = {"agency_id": ids[row["agency"]], **{column: row[column] for column in columns}}
        dated |= {"valid_from": day(row["valid_from"]), "valid_to": day(row["valid_to"]), "source": row["source"]}
        if "confirmed" in row:
            dated["confirmed"] = flag(row["confirmed"])
        out.append(dated)
    return out
