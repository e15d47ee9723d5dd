"""What the RND tells besides `RecordsChanged`."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tequio.kernel.outbox import Event


@dataclass(frozen=True, slots=True)
class CustodyChanged(Event):
    """A step of custody was added to a detention. Its record is the same version as before."""

    detention_id: UUID
    agency_id: int
