"""Rules of a detention: its custody, the 36-hour arrest, how it is listed, and who sees which of its fields. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tequio.access.domain import Actor, Purpose, PurposeCode, Role


class RecordType(StrEnum):
    """What the detention is for. Codes of the catalogue `tipo_registro`."""

    FAULT = "falta_administrativa"
    OFFENCE = "hecho_probablemente_delictivo"


class CustodyKind(StrEnum):
    """Steps of custody, in the order in which they can happen."""

    REGISTERED = "REGISTRADA"
    IN_TRANSFER = "EN_TRASLADO"
    TO_PROSECUTOR = "PUESTA_A_DISPOSICION_MP"
    TO_CIVIC_JUDGE = "PUESTA_A_DISPOSICION_JUEZ_CIVICO"
    RELEASED = "LIBERADA"
    BOUND_OVER = "VINCULADA"
    SANCTIONED = "SANCIONADA"
    IMPRISONED = "INTERNADA"


PRESENTED = frozenset({CustodyKind.TO_PROSECUTOR, CustodyKind.TO_CIVIC_JUDGE})
"""Steps that leave the person with an authority."""
_NEXT: dict[CustodyKind | None, frozenset[CustodyKind]] = {
    None: frozenset({CustodyKind.REGISTERED}),
    CustodyKind.REGISTERED: frozenset({CustodyKind.IN_TRANSFER, *PRESENTED, CustodyKind.RELEASED}),
    CustodyKind.IN_TRANSFER: frozenset({CustodyKind.IN_TRANSFER, *PRESENTED, CustodyKind.RELEASED}),
    CustodyKind.TO_PROSECUTOR: frozenset(
        {CustodyKind.IN_TRANSFER, CustodyKind.RELEASED, CustodyKind.BOUND_OVER, CustodyKind.IMPRISONED}
    ),
    CustodyKind.TO_CIVIC_JUDGE: frozenset({CustodyKind.RELEASED, CustodyKind.SANCTIONED, CustodyKind.TO_PROSECUTOR}),
    CustodyKind.BOUND_OVER: frozenset({CustodyKind.IMPRISONED, CustodyKind.RELEASED}),
    CustodyKind.SANCTIONED: frozenset({CustodyKind.RELEASED}),
    CustodyKind.IMPRISONED: frozenset({CustodyKind.RELEASED}),
    CustodyKind.RELEASED: frozenset(),
}


def may_follow(current: CustodyKind | None, following: CustodyKind) -> bool:
    """Whether `following` can be the next step after `current`."""
    return following in _NEXT[current]


def next_steps(current: CustodyKind | None) -> tuple[CustodyKind, ...]:
    """Steps that can follow, in order."""
    return tuple(kind for kind in CustodyKind if kind in _NEXT[current])


def arrest_ends(presented_at: datetime, limit_hours: int) -> datetime:
    """When an administrative arrest must have ended: `limit_hours` (dated parameter, 36 by CPEUM 21) from presentation."""
    return presented_at + timedelta(hours=limit_hours)


def arrest_runs(record_type: str, custody_state: str) -> bool:
    """Whether an administrative arrest may still be running."""
    return record_type == RecordType.FAULT and custody_state not in ARREST_ENDS


ARREST_ENDS = frozenset({CustodyKind.RELEASED, CustodyKind.SANCTIONED, CustodyKind.TO_PROSECUTOR})
"""States in which no administrative arrest runs any more."""

_PLAIN = "abcdefghijklmnopqrstuvwxyz"
LISTED_FROM = _PLAIN + "áéíóúüñÁÉÍÓÚÜÑ"
LISTED_TO = _PLAIN.upper() + "AEIOUUNAEIOUUN"
"""Letters that lists read alike, for Python and for SQL's `translate`: the database's own rules differ by its locale."""
_LISTED = str.maketrans(LISTED_FROM, LISTED_TO)


def folded(text: str) -> str:
    """Text as lists sort it and find it: capitals without accents, single spaces."""
    return " ".join(text.split(" ")).translate(_LISTED).strip(" ")


def listed_name(given: str, paternal: str, maternal: str, full_name: str) -> str:
    """A person's name as lists sort it: surnames first where they are told apart, else as it came. `staging` has it in SQL."""
    if not paternal:
        return (full_name or f"{given} {maternal}").strip(" ").translate(_LISTED)
    return " ".join(part for part in (paternal, maternal, given) if part).translate(_LISTED)


class Standing(StrEnum):
    """Which records a list shows."""

    IN_FORCE = "vigentes"
    CANCELLED = "canceladas"
    ALL = "todas"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of detentions is asked for. Blank: not asked.

    `number` begins the key, the RND number or the IPH's; `name` begins the name as lists sort it.
    """

    since: date | None = None
    until: date | None = None
    record_type: str = ""
    custody_state: str = ""
    municipality_code: str = ""
    detention_kind: str = ""
    number: str = ""
    name: str = ""
    standing: Standing = Standing.IN_FORCE


HEALTH = frozenset({"visible_injuries", "disability", "illness", "vulnerable_group", "criminal_group"})
"""Sensitive columns: health, and what is only reported of a person."""
HEALTH_FIELDS = frozenset(
    {
        "lesiones_visibles", "lesiones_descripcion", "discapacidad", "padecimiento", "grupo_vulnerable", "grupo_delictivo",
        "etnia", "familiar_nombre", "familiar_telefono",
    }
)  # fmt: skip
"""The same as fields of the contract, with what is said of third persons."""
_SEES_HEALTH = frozenset({Role.CAPTURE, Role.SUPERVISOR})


def sees_health(actor: Actor, purpose: Purpose) -> bool:
    """Whether sensitive columns are shown: to whoever captures or supervises, and to anybody who follows the custody itself."""
    return bool(actor.roles & _SEES_HEALTH) or purpose.code is PurposeCode.CUSTODY
