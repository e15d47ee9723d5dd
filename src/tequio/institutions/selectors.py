"""Reads of institutions. They are public facts, so no scope applies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from rapidfuzz import fuzz, process

from tequio.institutions import domain
from tequio.institutions.domain import StateBook
from tequio.institutions.models import Agency, AgencyName, Municipality, Post, State, Unit, ZoneMembership
from tequio.institutions.reference import state_entries
from tequio.kernel.errors import NotFound
from tequio.kernel.text import fold

_HINTS = 3
_ABROAD = {"NE", "NACIDO EN EL EXTRANJERO", "NACIDA EN EL EXTRANJERO", "EXTRANJERO"}
_BORN_ABROAD = "En la CURP, NE es «nacido en el extranjero»: no hay entidad que anotar."
_ALIKE = 60  # least likeness, of 100, that makes a useful hint


class AgencyUnknown(NotFound):
    """No agency has that code."""

    code = "DEPENDENCIA_DESCONOCIDA"


class StateUnknown(NotFound):
    """The text names none of the thirty-two states."""

    code = "ENTIDAD_DESCONOCIDA"


def in_force(on: date) -> Q:
    """Condition for rows whose period covers the day `on`."""
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))


def agency_by_code(code: str) -> Agency:
    """The agency, with its state. One query; a second one on failure, for hints. Raises AgencyUnknown."""
    wanted = code.strip().upper()
    agency = Agency.objects.select_related("state").filter(code=wanted).first()
    if agency is None:
        close = closest(wanted, Agency.objects.values_list("code", flat=True))
        raise AgencyUnknown(f"No hay dependencia con la clave «{code}».", hint=_suggest(close), facts={"closest": close})
    return agency


def agency_name(agency: Agency, on: date) -> str:
    """How the agency was called on a day; its code if no name is known for that day. One query."""
    return agency_names([agency], on)[agency.pk]


def agency_names(agencies: Iterable[Agency], on: date) -> dict[int, str]:
    """Names in force on a day, by agency id; the code where none is known. One query for all."""
    names = {agency.pk: agency.code for agency in agencies}
    return names | agency_names_by_id(names, on)


def agency_names_by_id(ids: Iterable[int], on: date) -> dict[int, str]:
    """Names in force on a day, by agency id; an agency without a known name that day is left out. One query for all."""
    return dict(AgencyName.objects.filter(in_force(on), agency_id__in=list(ids)).values_list("agency_id", "name"))


def agency_names_by_code(codes: Iterable[str], on: date) -> dict[str, str]:
    """Names in force on a day, by the agency's code; an agency without a known name that day is left out. One query for all."""
    return dict(AgencyName.objects.filter(in_force(on), agency__code__in=list(codes)).values_list("agency__code", "name"))


@dataclass(frozen=True, slots=True)
class AgencySummary:
    """An agency on a day. `name` None: it has none in force; it was closed, or is not yet open."""

    agency: Agency
    name: AgencyName | None


def agencies(on: date, *, state: str = "", text: str = "") -> list[AgencySummary]:
    """Agencies, by code: those of a state, or whose code or name holds `text`. Two queries; their rows are hundreds."""
    rows = Agency.objects.select_related("state", "parent").order_by("code")
    if state:
        rows = rows.filter(state_id=state)
    known = {name.agency_id: name for name in AgencyName.objects.filter(in_force(on))}
    found = [AgencySummary(agency, known.get(agency.pk)) for agency in rows]
    wanted = fold(text)
    return [one for one in found if not wanted or wanted in fold(f"{one.agency.code} {one.name.name if one.name else ''}")]


def agency_history(agency: Agency) -> list[AgencyName]:
    """Names of an agency, the latest first. One query."""
    return list(AgencyName.objects.filter(agency=agency).order_by("-valid_from"))


def agency_units(agency: Agency, on: date) -> list[Unit]:
    """Units of an agency in force on a day, by code. One query."""
    return list(Unit.objects.filter(in_force(on), agency=agency).order_by("code"))


def agency_posts(agency: Agency, on: date) -> list[Post]:
    """Posts of an agency in force on a day, by title. One query."""
    return list(Post.objects.filter(in_force(on), agency=agency).order_by("title"))


def states() -> list[State]:
    """The thirty-two states, by INEGI code. One query."""
    return list(State.objects.order_by("code"))


def state_book() -> StateBook:
    """For set-wise use: tells a state from any text, without a query per row. No query at all: the book is package data."""
    return StateBook(state_entries())


def state_by_any(text: str) -> State:
    """The state that a text names: INEGI code with or without its zero, RENAPO key, name in any case or damage, abbreviation.

    Lost letters are tolerated ("Quertaro", "Quer?taro"); a likeness is not a name, it only makes the hint. One query.
    Raises StateUnknown.
    """
    book = state_book()
    code = book.find(text)
    if code is None:
        names = book.names()
        close = closest(fold(text), [fold(name) for name in names], names)
        hint = _BORN_ABROAD if fold(text) in _ABROAD else _suggest(close)
        raise StateUnknown(f"«{text}» no es una entidad federativa.", hint=hint, facts={"closest": close})
    state = State.objects.filter(code=code).first()
    if state is None:
        raise StateUnknown(f"La entidad {code} no está en la base.", hint="Cargue los datos de referencia y repita.")
    return state


def municipalities(state_code: str) -> list[Municipality]:
    """Those of a state, by name. One query."""
    return list(Municipality.objects.filter(state_id=state_code).order_by("name"))


def municipality_lookup() -> dict[tuple[str, str], str]:
    """INEGI code of five digits by (state code, text), for set-wise use. One query, some 12,000 keys.

    The text may be the folded name, whole or without its accented letters, or the municipality's digits with or without
    zeros. With an empty state code, the text is the five-digit code, with or without its zero. A name that two municipalities
    of a state share is left out: it cannot be told.
    """
    out: dict[tuple[str, str], str] = {}
    doubtful: set[tuple[str, str]] = set()
    for code, state, name in Municipality.objects.values_list("code", "state_id", "name"):
        number = code[2:]
        keys = {(state, number), (state, str(int(number))), ("", code), ("", str(int(code))), (state, code)}
        keys |= {(state, fold(name)), (state, fold(domain.without_accented_letters(name)))}
        for key in keys:
            if out.setdefault(key, code) != code:
                doubtful.add(key)
    for key in doubtful:
        del out[key]
    return out


def zone_states(zone: str, on: date) -> list[State]:
    """States that belong to the zone on a day, by code. One query."""
    members = ZoneMembership.objects.filter(in_force(on), zone_id=zone).values("state_id")
    return list(State.objects.filter(code__in=members).order_by("code"))


def closest(text: str, choices: Iterable[str], labels: list[str] | None = None) -> list[str]:
    """Up to three of `choices` that look like `text`, best first, for hints; shown as their `labels`. O(choices)."""
    pool = list(choices)
    found = process.extract(text, pool, scorer=fuzz.WRatio, limit=_HINTS, score_cutoff=_ALIKE)
    return [(labels or pool)[at] for _choice, _score, at in found]


def _suggest(close: list[str]) -> str:
    return f"¿Quiso decir {' o '.join(close)}?" if close else "Revise la clave contra el catálogo de dependencias y entidades."
