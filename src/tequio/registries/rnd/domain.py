"""Rules of a detention's custody and of the 36-hour arrest. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


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


_PRESENTED = {CustodyKind.TO_PROSECUTOR, CustodyKind.TO_CIVIC_JUDGE}
_NEXT: dict[CustodyKind | None, frozenset[CustodyKind]] = {
    None: frozenset({CustodyKind.REGISTERED}),
    CustodyKind.REGISTERED: frozenset({CustodyKind.IN_TRANSFER, *_PRESENTED, CustodyKind.RELEASED}),
    CustodyKind.IN_TRANSFER: frozenset({CustodyKind.IN_TRANSFER, *_PRESENTED, CustodyKind.RELEASED}),
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
