"""A batch's life and its receipts (acuses). Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class BatchState(StrEnum):
    """Received means durable: it will be processed, whatever dies meanwhile. Refused: the file turned out unreadable half-way."""

    RECEIVED = "recibido"
    PROCESSED = "procesado"
    REFUSED = "rechazado"


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows of a batch by outcome: each row has exactly one. `unchanged`, `new`... split the stored ones another way."""

    rows: int
    accepted: int
    warned: int
    quarantined: int
    rejected: int
    new: int
    new_version: int
    cancelled: int
    unchanged: int

    def __post_init__(self) -> None:
        by_outcome = self.accepted + self.warned + self.quarantined + self.rejected
        by_effect = self.new + self.new_version + self.cancelled + self.unchanged
        if by_outcome != self.rows or by_effect != self.accepted + self.warned:
            raise ValueError(f"tally does not add up: {self}")

    def as_dict(self) -> dict[str, int]:
        """Counts under the names that receipts use."""
        return {
            "renglones": self.rows,
            "aceptados": self.accepted,
            "advertidos": self.warned,
            "en_cuarentena": self.quarantined,
            "rechazados": self.rejected,
            "nuevos": self.new,
            "nuevas_versiones": self.new_version,
            "cancelados": self.cancelled,
            "sin_cambio": self.unchanged,
        }


def sealed_text(receipt: Mapping[str, Any]) -> str:
    """What a receipt's seal signs: everything it says but the seal."""
    return json.dumps(
        {k: v for k, v in receipt.items() if k != "sello"}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
