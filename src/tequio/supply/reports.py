"""What an agency is told of its batches: their list, one with its findings, and how good the last ones were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose
from tequio.access.scoping import own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.kernel import clock
from tequio.supply import domain, progress_notes, receipts, selectors
from tequio.supply.domain import BatchState, Shares
from tequio.supply.models import Batch, RowFinding

ON_SHEET: Final = 25
"""Findings that a receipt's page shows before its own list of them."""
TREND: Final = 12
"""Batches of the trend."""


@dataclass(frozen=True, slots=True)
class BatchFilters:
    """What a list of batches is narrowed to; empty means no narrowing. Days are of central Mexico, both included."""

    registry: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ReceiptSheet:
    """A batch with everything that its page says."""

    batch: Batch
    findings: list[RowFinding]
    corrected_by: list[Batch]
    seals_hold: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a batch under way is."""

    batch_id: UUID
    state: BatchState
    received_at: datetime
    rows_read: int | None
    """None: nobody is processing it yet, or another machine is."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a batch was."""

    batch: Batch
    shares: Shares | None


def list_batches(
    *,
    actor: Actor,
    purpose: Purpose | None,
    filters: BatchFilters,
    order: str = "-received_at",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Batch], int]:
    """The batches of the actor's agency, and how many there are in all. The reading is on the log. Two queries.

    Raises NotAllowed.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.BATCHES_READ), reach(own(actor)):
        policy.require(actor, Permission.SUPPLY_READ)
        found, total = selectors.batches(
            registry=filters.registry,
            state=filters.state,
            since=_start(filters.since),
            until=_end(filters.until),
            order=order,
            offset=offset,
            limit=limit,
        )
        record(actor=actor, purpose=purpose, action=Action.BATCHES_READ, subject_kind="batch", facts={"listed": len(found)})
    return found, total


def open_receipt(*, actor: Actor, purpose: Purpose, batch_id: UUID) -> ReceiptSheet:
    """A batch of the actor's agency with its first findings. The reading is on the log. Raises NotAllowed, NotFound."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.RECEIPT_READ), reach(own(actor)):
        policy.require(actor, Permission.SUPPLY_READ)
        batch = selectors.batch(batch_id)
        findings = selectors.findings(batch, ON_SHEET)
        mended = selectors.corrections(batch)
        _tell(actor, purpose, batch)
    given = [one for one in (batch.receipt_received, batch.receipt_processed) if one]
    return ReceiptSheet(batch, findings, mended, all(receipts.holds(one) for one in given))


def list_findings(
    *, actor: Actor, purpose: Purpose, batch_id: UUID, code: str = "", offset: int = 0, limit: int = 50
) -> tuple[Batch, list[RowFinding], int]:
    """What was found in a batch, in line order, of one code or of all; and how many in all. On the log.

    Raises NotAllowed, NotFound.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.RECEIPT_READ), reach(own(actor)):
        policy.require(actor, Permission.SUPPLY_READ)
        batch = selectors.batch(batch_id)
        found, total = selectors.findings_page(batch, code, offset, limit)
        _tell(actor, purpose, batch)
    return batch, found, total


def batch_standing(*, actor: Actor, batch_id: UUID) -> Standing:
    """Where a batch is, for whoever waits for it. It says nothing of its rows, so it leaves no line.

    Raises NotAllowed, NotFound. One query.
    """
    policy.require(actor, Permission.SUPPLY_READ)
    with reach(own(actor)):
        batch = selectors.batch(batch_id)
    return Standing(batch.id, BatchState(batch.state), batch.received_at, progress_notes.rows_read(batch.id))


def read_quality(*, actor: Actor, purpose: Purpose | None, registry: str) -> list[Quality]:
    """The last batches of the actor's agency that ended, oldest first. On the log. Raises NotAllowed, NotFound. One query."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.BATCHES_READ), reach(own(actor)):
        policy.require(actor, Permission.SUPPLY_READ)
        last = selectors.last_ended(registry, TREND)
        record(
            actor=actor,
            purpose=purpose,
            action=Action.BATCHES_READ,
            subject_kind="batch",
            subjects=[batch.id for batch in last],
            facts={"listed": len(last)},
        )
    return [Quality(batch, domain.shares(batch.counts)) for batch in last]


def _tell(actor: Actor, purpose: Purpose, batch: Batch) -> None:
    record(actor=actor, purpose=purpose, action=Action.RECEIPT_READ, subject_kind="batch", subjects=[batch.id])


def _start(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, clock.MEXICO)


def _end(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.max, clock.MEXICO)
