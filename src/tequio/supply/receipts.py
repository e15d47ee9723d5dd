"""Receipts (acuses): what a supplier can show, sealed with this node's key. The same batch has the same receipt for ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count

from tequio.kernel import signing
from tequio.kernel.contract import Contract
from tequio.supply.domain import sealed_text
from tequio.supply.models import Batch, RowFinding
from tequio.supply.readers import FileFacts, HeaderNote


def file_notes(facts: FileFacts, contract: Contract, absent: Sequence[str], preamble: Sequence[int]) -> list[HeaderNote]:
    """What whoever sent the file should know of it as a whole. Said once here and not for each row."""
    notes = []
    if facts.other_sheets:
        others = ", ".join(f"«{name}»" for name in facts.other_sheets)
        notes.append(
            HeaderNote("HOJAS_NO_LEIDAS", f"Solo se leyó la hoja «{facts.sheet}». No se leyeron: {others}. Envíelas aparte.")
        )
    if facts.macros:
        notes.append(HeaderNote("LIBRO_CON_MACROS", "El libro lleva macros. No se ejecutaron: solo se leen las celdas."))
    if preamble:
        lines = ", ".join(map(str, preamble))
        notes.append(
            HeaderNote("RENGLONES_SOBRE_ENCABEZADOS", f"Sobre los encabezados hay renglones que no son datos: {lines}.")
        )
    missing = [group for group in contract.advised if all(name in absent for name in group)]
    if missing:
        labels = "; ".join(" o ".join(contract.field_named(name).label for name in group) for group in missing)
        said = f"El archivo no trae columnas que el registro espera: {labels}."
        notes.append(HeaderNote("FALTAN_COLUMNAS_RECOMENDADAS", said))
    return notes


def received(batch: Batch, notes: Sequence[HeaderNote] = ()) -> dict[str, Any]:
    """First stage: the file is here, durable, with this hash, and this is what its headers say."""
    return _seal(
        {
            "acuse": "recibido",
            **_batch(batch),
            "recibido_el": batch.received_at.isoformat(timespec="seconds"),
            "recibido_por": batch.received_by,
            "avisos": [{"codigo": note.code, "mensaje": note.message} for note in notes],
        }
    )


def processed(batch: Batch) -> dict[str, Any]:
    """Second stage: what became of its rows."""
    found = (
        RowFinding.objects.filter(batch=batch)
        .values_list("severity", "code")
        .annotate(rows=Count("line", distinct=True))
        .order_by("severity", "code")
    )
    return _seal(
        {
            "acuse": "procesado",
            **_batch(batch),
            "procesado_el": batch.processed_at.isoformat(timespec="seconds") if batch.processed_at else "",
            "avisos": batch.receipt_received.get("avisos", []),
            "renglones": batch.counts,
            "hallazgos": [{"resultado": severity, "codigo": code, "renglones": rows} for severity, code, rows in found],
        }
    )


def refused(batch: Batch, code: str, message: str) -> dict[str, Any]:
    """Second stage of a file that could not be read to its end: nothing of it was stored, and why."""
    return _seal({"acuse": "rechazado", **_batch(batch), "codigo": code, "motivo": message})


def holds(receipt: dict[str, Any]) -> bool:
    """Whether the seal is this node's over this receipt."""
    seal = receipt.get("sello")
    if not isinstance(seal, dict):
        return False
    key = signing.node_key()
    return seal.get("clave") == key.key_id and key.verifies(sealed_text(receipt), str(seal.get("firma", "")))


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "folio": str(batch.id),
        "registro": batch.registry,
        "dependencia": batch.agency.code,
        "lote": batch.batch_key,
        "archivo": batch.file_name,
        "sha256": batch.sha256,
        "contrato": batch.contract_version,
        "codificacion": batch.file_facts.get("encoding", ""),
    }


def _seal(receipt: dict[str, Any]) -> dict[str, Any]:
    key = signing.node_key()
    return receipt | {"sello": {"algoritmo": "Ed25519", "clave": key.key_id, "firma": key.sign(sealed_text(receipt))}}
