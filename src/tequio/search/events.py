"""Events of the search room."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tequio.kernel.outbox import Event


@dataclass(frozen=True, slots=True)
class RecordsEntered(Event):
    """The keys of a change set are known; its transaction is still open.

    `snapshot` is PostgreSQL's, taken before anybody screened: whatever it does not see, another transaction was writing.
    """

    registry: str
    change_set: UUID
    agency_id: int
    snapshot: str
