"""A batch's life and its receipts (acuses). Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class BatchState(StrEnum):
    """Received means durable: it will be processed, whatever dies meanwhile. Refused: it could not be read to its end."""

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


@dataclass(frozen=True, slots=True)
class Shares:
    """Rows of a batch by outcome, in hundredths of a percent of all its rows; they add up to 10,000."""

    accepted: int
    warned: int
    quarantined: int
    rejected: int


WHOLE = 10_000
"""Hundredths of a percent in the whole."""


def shares(counts: Mapping[str, int]) -> Shares | None:
    """The shares of a batch's counts, or None where there is no row to share."""
    rows = counts.get("renglones", 0)
    if not rows:
        return None
    warned, quarantined, rejected = (
        round(WHOLE * counts.get(name, 0) / rows) for name in ("advertidos", "en_cuarentena", "rechazados")
    )
    return Shares(WHOLE - warned - quarantined - rejected, warned, quarantined, rejected)


def to_mend(counts: Mapping[str, int]) -> int:
    """Rows that were not stored and wait to be mended."""
    return counts.get("en_cuarentena", 0) + counts.get("rechazados", 0)


def supplied_names(headers: Sequence[Sequence[str | None]]) -> list[str]:
    """Under which name a row keeps each column of its file: the contract's field, or "+header" for one that is no field.

    A header that repeats, or is blank, also says its place. "" for a column left out on purpose by the agency's profile.
    """
    names: list[str] = []
    for index, (header, field) in enumerate(headers):
        name = field if field is not None else f"+{header}"
        while field is None and (name == "+" or name in names):
            name = f"{name}#{index + 1}"
        names.append(name)
    return names


def sealed_text(receipt: Mapping[str, Any]) -> str:
    """What a receipt's seal signs: everything it says but the seal."""
    return json.dumps(
        {k: v for k, v in receipt.items() if k != "sello"}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
