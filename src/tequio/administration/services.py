"""Edits of catalogues, parameters and agencies, and the question who looked at a record: authorised, and on the log.

What is national (catalogues, parameters, other states' agencies) is edited by whoever holds the permission in a federal agency.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final
from uuid import UUID

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose
from tequio.access.scoping import NATIONAL, own, reach
from tequio.administration import finders
from tequio.audit import reading
from tequio.audit.domain import Action
from tequio.audit.reading import Looks
from tequio.audit.services import record, unit_of_work
from tequio.catalogs import domain as catalog_rules
from tequio.catalogs import selectors as catalogs_read
from tequio.catalogs import services as catalogs
from tequio.catalogs.models import Catalog, Parameter
from tequio.catalogs.services import NewValue, NewVersion
from tequio.institutions import selectors as institutions_read
from tequio.institutions import services as institutions
from tequio.institutions.models import Agency, AgencyName
from tequio.institutions.services import NewAgency, NewName
from tequio.kernel.errors import Invalid, NotAllowed

_CURP_LENGTH: Final = 18
_MOST_TOLD: Final = 200
"""Codes of a catalogue's change that a line of the log lists, of each kind."""


class NotNational(NotAllowed):
    """What belongs to the whole nation is not edited from a state."""

    code = "NO_ES_FEDERAL"


def edits_national(actor: Actor) -> bool:
    """Whether the actor may edit what is national."""
    return Permission.CATALOG_EDIT in actor.permissions and not actor.state_code


def edits_agencies_of(actor: Actor, state_code: str) -> bool:
    """Whether the actor may edit agencies of that state; with "", federal ones."""
    return Permission.CATALOG_EDIT in actor.permissions and actor.state_code in ("", state_code)


def log_reading(*, actor: Actor, purpose: Purpose | None, screen: str) -> None:
    """Leave the line of whoever looks at reference data. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.REFERENCE_READ):
        policy.require(actor, Permission.CATALOG_EDIT)
        record(actor=actor, purpose=purpose, action=Action.REFERENCE_READ, subject_kind="reference", facts={"screen": screen})


def add_catalog_version(*, actor: Actor, purpose: Purpose, new: NewVersion) -> Catalog:
    """Begin another version of a catalogue. Raises NotAllowed, CatalogUnknown, Invalid, VersionTaken."""
    with _editing(actor, purpose, Action.CATALOG_VERSION_ADDED):
        _require_national(actor)
        before, after = catalogs.add_version(new)
        changed = catalog_rules.changes(catalogs_read.version_items(before), new.items)
        facts = {
            "before": _version(before),
            "after": _version(after),
            "source": new.source,
            "added": [item.code for item in changed.added[:_MOST_TOLD]],
            "removed": [item.code for item in changed.removed[:_MOST_TOLD]],
            "changed": [item.code for _, item in changed.changed[:_MOST_TOLD]],
        }
        record(
            actor=actor,
            purpose=purpose,
            action=Action.CATALOG_VERSION_ADDED,
            subject_kind="catalog",
            subjects=[new.code],
            facts=facts,
        )
    return after


def change_parameter(*, actor: Actor, purpose: Purpose, new: NewValue) -> Parameter:
    """Give a parameter another value from a day on. Raises NotAllowed, ParameterUnknown, Invalid."""
    with _editing(actor, purpose, Action.PARAMETER_CHANGED):
        _require_national(actor)
        before, after = catalogs.set_parameter(new)
        record(
            actor=actor,
            purpose=purpose,
            action=Action.PARAMETER_CHANGED,
            subject_kind="parameter",
            subjects=[new.key[:64]],
            facts={"before": _value(before), "after": _value(after), "source": new.source},
        )
    return after


def add_agency(*, actor: Actor, purpose: Purpose, new: NewAgency) -> Agency:
    """Make an agency. Raises NotAllowed, Invalid, StateUnknown, AgencyUnknown, AgencyCodeTaken."""
    with _editing(actor, purpose, Action.AGENCY_ADDED):
        _require_agencies_of(actor, new.state)
        agency = institutions.add_agency(new)
        facts = {
            "after": {"name": new.name, "abbreviation": new.abbreviation, "valid_from": new.valid_from.isoformat()},
            "level": new.level.value,
            "kind": new.kind.value,
            "state": new.state,
            "parent": new.parent,
            "source": new.source,
        }
        _tell_agency(actor, purpose, Action.AGENCY_ADDED, new.code, facts)
    return agency


def rename_agency(*, actor: Actor, purpose: Purpose, code: str, new: NewName) -> AgencyName:
    """Call an agency otherwise from a day on. Raises NotAllowed, AgencyUnknown, Invalid."""
    with _editing(actor, purpose, Action.AGENCY_RENAMED):
        _require_agencies_of(actor, institutions_read.agency_by_code(code).state_id or "")
        before, after = institutions.rename_agency(code, new)
        facts = {"before": _name(before), "after": _name(after), "source": new.source}
        _tell_agency(actor, purpose, Action.AGENCY_RENAMED, code, facts)
    return after


def close_agency(*, actor: Actor, purpose: Purpose, code: str, on: date, source: str) -> AgencyName:
    """End an agency on a day. Raises NotAllowed, AgencyUnknown, AgencyClosed, Invalid (no document, ends before it began)."""
    with _editing(actor, purpose, Action.AGENCY_CLOSED):
        _require_agencies_of(actor, institutions_read.agency_by_code(code).state_id or "")
        if not source.strip():
            raise Invalid("Falta el documento que lo dispone.", hint="Indique el DOF o el acuerdo.", facts={"field": "source"})
        last = institutions.close_agency(code, on=on)
        facts = {"before": {"name": last.name, "valid_to": None}, "after": {"valid_to": on.isoformat()}, "source": source}
        _tell_agency(actor, purpose, Action.AGENCY_CLOSED, code, facts)
    return last


def find_looks(*, actor: Actor, purpose: Purpose, asked: str) -> Looks:
    """Who did or saw something with a record, named by its id, or with the records of a person, named by CURP.

    A federal auditor's question reaches every agency's records and chains; another's, the own agency's. The CURP goes nowhere.
    Raises NotAllowed, Invalid for what is neither id nor CURP.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.LOOKS_READ):
        policy.require(actor, Permission.AUDIT_READ)
        wanted = asked.strip()
        record_id = _identifier(wanted)
        if record_id is not None:
            return reading.list_looks(actor=actor, purpose=purpose, kind="record", subjects=[str(record_id)], asked_by="id")
        if len(wanted) != _CURP_LENGTH or not wanted.isalnum():
            raise Invalid(
                "No es un identificador de registro ni una CURP.",
                hint="Escriba el identificador que muestra la ficha, o la CURP de 18 posiciones.",
                facts={"field": "asked"},
            )
        with reach(NATIONAL if reading.reach_all(actor) else own(actor)):
            subjects = [record_id for finder in finders.every() for record_id in finder.find(wanted.upper())]
        return reading.list_looks(actor=actor, purpose=purpose, kind="record", subjects=subjects, asked_by="curp")


@contextmanager
def _editing(actor: Actor, purpose: Purpose, action: Action) -> Iterator[None]:
    with unit_of_work(actor=actor, purpose=purpose, action=action):
        policy.require(actor, Permission.CATALOG_EDIT)
        policy.require_purpose(purpose)
        yield


def _require_national(actor: Actor) -> None:
    if not edits_national(actor):
        raise NotNational(
            "Los catálogos y parámetros son de todo el país: los edita la dependencia federal.",
            hint="Pida el cambio a quien opera el sistema nacional, con el documento que lo dispone.",
        )


def _require_agencies_of(actor: Actor, state_code: str) -> None:
    if not edits_agencies_of(actor, state_code):
        raise NotNational(
            "Solo puede editar dependencias de su entidad.",
            hint="Pida el cambio a la administración de esa entidad o a quien opera el sistema nacional.",
        )


def _tell_agency(actor: Actor, purpose: Purpose, action: Action, code: str, facts: dict[str, Any]) -> None:
    record(actor=actor, purpose=purpose, action=action, subject_kind="agency", subjects=[code], facts=facts)


def _version(catalog: Catalog) -> dict[str, Any]:
    return {"version": catalog.version, "valid_from": catalog.valid_from.isoformat(), "confirmed": catalog.confirmed}


def _value(parameter: Parameter) -> dict[str, Any]:
    """Values go as text: a line holds no fractions."""
    value = json.dumps(parameter.value, ensure_ascii=False)
    return {"value": value, "valid_from": parameter.valid_from.isoformat(), "confirmed": parameter.confirmed}


def _name(name: AgencyName | None) -> dict[str, Any] | None:
    if name is None:
        return None
    return {"name": name.name, "abbreviation": name.abbreviation, "valid_from": name.valid_from.isoformat()}


def _identifier(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
