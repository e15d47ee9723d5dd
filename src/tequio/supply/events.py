"""Events of intake."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tequio.kernel.outbox import Event


@dataclass(frozen=True, slots=True)
class BatchReceived(Event):
    """A file came by the web and is durable: somebody must process it. Whoever reacts does so `after`."""

    batch_id: UUID
