"""Events of the targets room."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tequio.kernel.outbox import Event


@dataclass(frozen=True, slots=True)
class TargetActivated(Event):
    """A target begins to be searched: every record already there must be looked at."""

    target_id: UUID
