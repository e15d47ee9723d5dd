"""The event that every registry publishes when its records change."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tequio.kernel.outbox import Event


@dataclass(frozen=True, slots=True)
class RecordsChanged(Event):
    """Records of one change set (a supplied batch, or one capture) were registered, corrected or cancelled."""

    registry: str
    change_set: UUID
    agency_id: int
