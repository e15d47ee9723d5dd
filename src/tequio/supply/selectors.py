"""Reads of batches, receipts, findings and rows to fix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.urls import reverse

from tequio.access import policy
from tequio.access.domain import Actor
from tequio.access.scoping import own, reach
from tequio.registries.rnd.origins import Origin
from tequio.supply import readers
from tequio.supply.checks.codes import CODES
from tequio.supply.domain import BatchState, supplied_names, to_mend
from tequio.supply.models import Batch, HeldRow, MappingProfile, RowFinding, Upload


def batch(batch_id: UUID) -> Batch:
    """One batch of the scope. Raises NotFound."""
    found = Batch.objects.filter(pk=batch_id).select_related("agency").first()
    if found is None:
        raise policy.not_found()
    return found


def lock_batch(batch_id: UUID) -> Batch:
    """The same, held until the transaction ends."""
    found = Batch.objects.select_for_update(of=("self",)).filter(pk=batch_id).select_related("agency").first()
    if found is None:
        raise policy.not_found()
    return found


def batch_by_key(agency_id: int, registry: str, batch_key: str) -> Batch:
    """The agency's batch of that key, which exists. Held until the transaction ends."""
    return (
        Batch.objects.select_for_update(of=("self",))
        .select_related("agency")
        .get(agency_id=agency_id, registry=registry, batch_key=batch_key)
    )


def origins(actor: Actor, change_sets: Sequence[UUID]) -> dict[UUID, Origin]:
    """Which of those change sets are batches of the actor's agency, for a record's sheet. One query."""
    with reach(own(actor)):
        found = list(Batch.objects.filter(pk__in=change_sets).only("id", "file_name", "received_by", "received_at"))
    return {
        one.id: Origin(one.file_name, one.received_by, one.received_at, reverse("supply:receipt", args=[one.id]))
        for one in found
    }


def batches(
    *,
    registry: str,
    state: str,
    since: datetime | None,
    until: datetime | None,
    order: str,
    offset: int,
    limit: int,
) -> tuple[list[Batch], int]:
    """A page of the scope's batches and how many there are. Two queries; index (agency, received_at)."""
    wanted: dict[str, object] = {
        "registry": registry,
        "state": state,
        "received_at__gte": since,
        "received_at__lte": until,
    }
    rows = Batch.objects.filter(**{name: value for name, value in wanted.items() if value})
    page = rows.defer("receipt_received", "receipt_processed", "headers", "received_as").order_by(order, "-id")
    return list(page[offset : offset + limit]), rows.count()


def last_ended(registry: str, limit: int) -> list[Batch]:
    """The scope's last batches of a registry that ended, oldest first. One query."""
    rows = Batch.objects.filter(registry=registry).exclude(processed_at=None)
    return list(rows.order_by("-received_at")[:limit])[::-1]


def waiting_to_be_mended(limit: int) -> list[Batch]:
    """The scope's latest batches, among the last hundred, with rows held back and no later batch that corrects them."""
    latest = list(Batch.objects.order_by("-received_at")[:100])
    corrected = {batch.corrects_id for batch in latest}
    return [batch for batch in latest if to_mend(batch.counts) and batch.pk not in corrected][:limit]


def corrections(found: Batch) -> list[Batch]:
    """Batches that say to correct this one, oldest first."""
    return list(Batch.objects.filter(corrects=found).order_by("received_at"))


def upload(upload_id: UUID, username: str) -> Upload:
    """A file of that person that waits to be confirmed. Raises NotFound."""
    found = Upload.objects.filter(pk=upload_id, made_by=username).select_related("corrects").first()
    if found is None:
        raise policy.not_found()
    return found


def unfinished(agency_id: int | None = None) -> list[UUID]:
    """Batches received and not processed, of one agency or of all, oldest first. Index `batch_unfinished`."""
    waiting = Batch.objects.filter(processed_at=None, state=BatchState.RECEIVED.value)
    if agency_id is not None:
        waiting = waiting.filter(agency_id=agency_id)
    return list(waiting.order_by("received_at").values_list("id", flat=True))


def mapping_profile(agency_id: int, registry: str) -> dict[str, str] | None:
    """The mapping in force: {header: contract field}, or None."""
    latest = MappingProfile.objects.filter(agency_id=agency_id, registry=registry).order_by("-valid_from", "-pk").first()
    return latest.mapping if latest else None


def findings(found: Batch, limit: int | None = None) -> list[RowFinding]:
    """What was found, in line order."""
    rows = RowFinding.objects.filter(batch=found).order_by("line", "id")
    return list(rows[:limit] if limit is not None else rows)


def findings_page(found: Batch, code: str, offset: int, limit: int) -> tuple[list[RowFinding], int]:
    """A page of what was found, in line order, and how many in all. Two queries; index (batch, line)."""
    rows = RowFinding.objects.filter(batch=found, **({"code": code} if code else {}))
    return list(rows.order_by("line", "id")[offset : offset + limit]), rows.count()


def rows_to_fix(found: Batch) -> Iterator[readers.RowToFix]:
    """Held rows with their cells in the file's order and what to do with each. Two queries, streamed."""
    held = HeldRow.objects.filter(batch=found).order_by("line").iterator(chunk_size=2_000)
    told = (
        RowFinding.objects.filter(batch=found).exclude(severity="advertida").order_by("line", "id").iterator(chunk_size=2_000)
    )
    next_told = next(told, None)
    for row in held:
        said = []
        while next_told is not None and next_told.line <= row.line:
            if next_told.line == row.line:
                code = CODES.get(next_told.code)
                said.append(readers.FixFinding(next_told.code, next_told.field, f"{code.message} {code.hint}" if code else ""))
            next_told = next(told, None)
        yield readers.RowToFix(row.line, _cells(found, row.raw), said)


def write_fix_file(found: Batch, path: Path, *, workbook: bool) -> int:
    """Write the rows to mend and send again, as CSV or as XLSX. Returns how many."""
    write = readers.write_fix_workbook if workbook else readers.write_fix_file
    return write(path, [header for header, _ in found.headers], rows_to_fix(found))


def _cells(found: Batch, raw: dict[str, object]) -> list[str]:
    if "_cells" in raw:
        cells = raw["_cells"]
        return [str(cell) for cell in cells] if isinstance(cells, list) else []
    return [str(raw.get(name) or "") for name in supplied_names(found.headers)]
