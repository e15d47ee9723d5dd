"""Events of the rooms of reference data."""

from __future__ import annotations

from dataclasses import dataclass

from tequio.kernel.outbox import Event


@dataclass(frozen=True, slots=True)
class ReferenceLoaded(Event):
    """Package data of `room` was loaded by somebody, for a reason. Whoever keeps the log reacts `within`.

    This room lies below `access` and `audit` and may not import them: rule 2 of the house sends the deed upwards.
    """

    room: str
    username: str
    agency_code: str
    roles: tuple[str, ...]
    purpose: str
    folio: str
    created: int
    updated: int
    kept: int
    changes: tuple[str, ...]
    """What an update replaced, «thing: field: before -> after», so that the former value is never lost."""
