"""Events of the search room."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tequio.kernel.outbox import Event
from tequio.people.domain import Subject


@dataclass(frozen=True, slots=True)
class PieceEntered(Event):
    """Some thousands of a change set's records, just entered, their subjects still in memory: {record: (version, subject)}.

    For reactions `within` only: it carries identities, so it is never written down.
    """

    registry: str
    change_set: UUID
    agency_id: int
    subjects: dict[UUID, tuple[int, Subject | None]]


@dataclass(frozen=True, slots=True)
class RecordsEntered(Event):
    """All keys of a change set are known; its transaction is still open.

    `snapshot` is PostgreSQL's, taken before anybody screened: whatever it does not see, another transaction was writing.
    """

    registry: str
    change_set: UUID
    agency_id: int
    snapshot: str
