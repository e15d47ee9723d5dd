"""Supply for programs: the contract, sending a batch, its state, its receipts, what was found, and the rows to mend."""

from __future__ import annotations

import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, cast
from uuid import UUID

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import FileResponse, HttpRequest
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from tequio.access.domain import Permission, PurposeCode
from tequio.kernel.contract import Contract
from tequio.supply import receipts, reports, services, uploading, uploads
from tequio.supply.domain import BatchState, to_mend
from tequio.supply.models import Batch
from tequio.supply.registries import intake
from tequio.supply.reports import BatchFilters
from tequio.ui.api.asking import May, Paged, Reasoned, Word, actor, next_offset, offset_of
from tequio.ui.api.problems import WrongData, answers

router = Router(tags=["Suministro"])
LIST, FINDINGS = "batches", "findings"
OWN = PurposeCode.SUPPLY
KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class ContractField(Schema):
    """A datum of a registry."""

    name: str
    label: str
    kind: str
    required: bool
    catalog: str
    synonyms: list[str]
    note: str


class ContractSheet(Schema):
    """What a registry takes."""

    registry: str
    title: str
    version: str
    source: str
    fields: list[ContractField]
    any_of: list[list[str]] = Field(description="De cada grupo hace falta uno al menos.")


class BatchRow(Schema):
    """A batch."""

    id: UUID
    registry: str
    key: str
    state: str
    sha256: str
    received_at: datetime
    processed_at: datetime | None
    counts: dict[str, int] = Field(description="Renglones por resultado y por efecto; vacío hasta que se procesa.")
    to_mend: int


class Batches(Schema):
    """A part of the list of batches."""

    batches: list[BatchRow]
    total: int
    next: str


class Standing(Schema):
    """Where a batch is."""

    id: UUID
    state: str
    received_at: datetime
    rows_read: int | None


class Receipts(Schema):
    """The receipts of a batch, as they were sealed."""

    id: UUID
    received: dict[str, Any]
    processed: dict[str, Any]
    seals_hold: bool


class Finding(Schema):
    """Something found in a row. The value is masked."""

    line: int
    field: str
    code: str
    severity: str
    value: str


class Findings(Schema):
    """A part of what was found in a batch."""

    findings: list[Finding]
    total: int
    next: str


class Sending(Schema):
    """What is said of a file that is sent."""

    registry: Word = "rnd"
    batch_key: str = Field("", max_length=200, description="Clave propia del lote; si se omite, la da el contenido.")
    corrects: UUID | None = Field(None, description="Lote cuyos renglones trae corregidos.")


@router.get("/contracts/{registry}", auth=May(), response=answers(ContractSheet), operation_id="get_contract")
def get_contract(request: HttpRequest, registry: str) -> dict[str, Any]:
    """El contrato de un registro: qué datos lleva, cómo se llaman y de qué catálogo salen."""
    return _contract(intake(registry).contract)


@router.post("/batches", auth=May(Permission.SUPPLY_SEND), response=answers(BatchRow, 202), operation_id="send_batch")
def send_batch(
    request: HttpRequest,
    why: Reasoned,
    sending: Form[Sending],
    file: File[UploadedFile] = None,  # type: ignore[assignment]  # a request without it is told so in words
) -> Status[dict[str, Any]]:
    """Envía un archivo CSV, XLSX o JSONL. Queda resguardado y con acuse; se procesa enseguida, sin esperar."""
    refusal = uploading.refusal_of(request)
    if refusal is not None:
        raise refusal
    if file is None:
        raise WrongData([("file", "Falta el archivo.")])
    batch = uploads.receive_at_once(
        actor=actor(request),
        purpose=why.or_own(OWN),
        registry=sending.registry,
        path=Path(cast("TemporaryUploadedFile", file).temporary_file_path()),
        file_name=file.name or "",
        batch_key=sending.batch_key,
        corrects=sending.corrects,
    )
    return Status(202, _row(batch))


@router.get("/batches", auth=May(Permission.SUPPLY_READ), response=answers(Batches), operation_id="list_batches")
def list_batches(
    request: HttpRequest,
    why: Reasoned,
    part: Paged,
    registry: Word = "",
    state: BatchState | None = None,
    since: date | None = None,
    until: date | None = None,
) -> dict[str, Any]:
    """Los lotes de su dependencia, del último al primero."""
    start = offset_of(request, LIST, part)
    found, total = reports.list_batches(
        actor=actor(request),
        purpose=why.or_own(OWN),
        filters=BatchFilters(registry, state.value if state else "", since, until),
        offset=start,
        limit=part.limit,
    )
    following = next_offset(request, LIST, start, len(found), total)
    return {"batches": [_row(one) for one in found], "total": total, "next": following}


@router.get("/batches/{uuid:batch_id}", auth=May(Permission.SUPPLY_READ), response=answers(Standing), operation_id="get_batch")
def get_batch(request: HttpRequest, batch_id: UUID) -> dict[str, Any]:
    """Dónde va un lote, para quien lo espera."""
    found = reports.batch_standing(actor=actor(request), batch_id=batch_id)
    return {"id": found.batch_id, "state": found.state, "received_at": found.received_at, "rows_read": found.rows_read}


@router.get(
    "/batches/{uuid:batch_id}/receipt", auth=May(Permission.SUPPLY_READ), response=answers(Receipts), operation_id="get_receipt"
)
def get_receipt(request: HttpRequest, batch_id: UUID, why: Reasoned) -> dict[str, Any]:
    """Los acuses de un lote, con su sello."""
    found = services.read_receipt(actor=actor(request), purpose=why.or_own(OWN), batch_id=batch_id)
    given = [one for one in (found.receipt_received, found.receipt_processed) if one]
    return {
        "id": found.id,
        "received": found.receipt_received,
        "processed": found.receipt_processed,
        "seals_hold": all(receipts.holds(one) for one in given),
    }


@router.get(
    "/batches/{uuid:batch_id}/findings",
    auth=May(Permission.SUPPLY_READ),
    response=answers(Findings),
    operation_id="list_findings",
)
def list_findings(request: HttpRequest, batch_id: UUID, why: Reasoned, part: Paged, code: Word = "") -> dict[str, Any]:
    """Lo que se encontró en los renglones de un lote. Qué significa cada código: docs/acuses.md."""
    start = offset_of(request, f"{FINDINGS}:{batch_id}", part)
    _, found, total = reports.list_findings(
        actor=actor(request), purpose=why.or_own(OWN), batch_id=batch_id, code=code, offset=start, limit=part.limit
    )
    rows = [{"line": f.line, "field": f.field, "code": f.code, "severity": f.severity, "value": f.value} for f in found]
    following = next_offset(request, f"{FINDINGS}:{batch_id}", start, len(found), total)
    return {"findings": rows, "total": total, "next": following}


@router.get(
    "/batches/{uuid:batch_id}/fix-file",
    auth=May(Permission.SUPPLY_READ),
    response=answers(None),
    operation_id="get_fix_file",
    openapi_extra={
        "responses": {
            200: {
                "description": "Los renglones por corregir.",
                "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS.values()},
            }
        }
    },
)
def get_fix_file(request: HttpRequest, batch_id: UUID, why: Reasoned, format: Literal["csv", "xlsx"] = "csv") -> FileResponse:
    """Los renglones por corregir y reenviar, tal como llegaron y con lo que les pasa."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"por-corregir-{batch_id}.{format}"
        services.export_fix_file(actor=actor(request), purpose=why.or_own(OWN), batch_id=batch_id, path=path)
        file = path.open("rb")  # it outlives its name
    return FileResponse(file, as_attachment=True, filename=path.name, content_type=KINDS[format])


def _row(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.id,
        "registry": batch.registry,
        "key": batch.batch_key,
        "state": batch.state,
        "sha256": batch.sha256,
        "received_at": batch.received_at,
        "processed_at": batch.processed_at,
        "counts": batch.counts,
        "to_mend": to_mend(batch.counts),
    }


def _contract(found: Contract) -> dict[str, Any]:
    return {
        "registry": found.registry,
        "title": found.title,
        "version": found.version,
        "source": found.source,
        "fields": [
            {
                "name": one.name,
                "label": one.label,
                "kind": one.kind.value,
                "required": one.required,
                "catalog": one.catalog,
                "synonyms": list(one.synonyms),
                "note": one.note,
            }
            for one in found.fields
        ],
        "any_of": [list(group) for group in found.any_of],
    }
