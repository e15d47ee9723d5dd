"""Receipts (acuses): what a supplier can show, sealed with this node's key. The same batch has the same receipt for ever."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from tequio.kernel import signing
from tequio.supply.domain import sealed_text
from tequio.supply.models import Batch, RowFinding


def received(batch: Batch) -> dict[str, Any]:
    """First stage: the file is here, durable, with this hash."""
    return _seal(
        {
            "acuse": "recibido",
            **_batch(batch),
            "recibido_el": batch.received_at.isoformat(timespec="seconds"),
            "recibido_por": batch.received_by,
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
            "renglones": batch.counts,
            "hallazgos": [{"resultado": severity, "codigo": code, "renglones": rows} for severity, code, rows in found],
        }
    )


def refused(batch: Batch, code: str, message: str) -> dict[str, Any]:
    """Second stage of a file that could not be read to its end: nothing of it was stored, and why."""
    return _seal({"acuse": "rechazado", **_batch(batch), "codigo": code, "motivo": message})


def holds(receipt: dict[str, Any]) -> bool:
    """Whether the seal is this node's over this receipt."""
    seal = receipt.get("sello") or {}
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
