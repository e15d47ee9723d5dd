"""Both sides of a hit as a reviewer reads them: each feature in words, and what may be shown to whom. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tequio.access.domain import Permission, Purpose, PurposeCode

MASK = "•••"
"""What stands for a value that is not shown: of one length, so that it tells none."""

SHOWN_FOR = frozenset({PurposeCode.HIT_REVIEW, PurposeCode.TARGET_SEARCH, PurposeCode.INVESTIGATION})
"""Purposes for which another agency's personal data may be read in a hit."""


class Agreement(StrEnum):
    """What a feature says, before its weight."""

    AGREES = "coincide"
    NEARLY = "coincide en parte"
    DIFFERS = "difiere"
    CONTRADICTS = "contradice"
    MISSING = "falta"


SIGNS: Mapping[Agreement, str] = {
    Agreement.AGREES: "=",
    Agreement.NEARLY: "≈",
    Agreement.DIFFERS: "≠",
    Agreement.CONTRADICTS: "✗",
    Agreement.MISSING: "?",
}
"""A sign for each, so that nobody reads by colour alone."""

FEATURES = (
    "nombre", "alias", "fecha de nacimiento", "edad", "CURP", "RFC", "sexo", "entidad de nacimiento", "teléfono", "placa",
    "documento", "lugar",
)  # fmt: skip
"""Features in the order in which a reviewer reads them; any other comes after."""


class Hidden(StrEnum):
    """Why the values of a hit are not shown."""

    ROLE = "rol"
    PURPOSE = "finalidad"


@dataclass(frozen=True, slots=True)
class Row:
    """One feature: what each side says as supplied and as compared, what that means, and its weight in bits."""

    feature: str
    target_supplied: tuple[str, ...]
    record_supplied: tuple[str, ...]
    target: str
    record: str
    level: str
    agreement: Agreement
    weight: float
    conflict: str

    @property
    def sign(self) -> str:
        """The agreement as a sign."""
        return SIGNS[self.agreement]

    @property
    def empty(self) -> bool:
        """Whether neither side says anything: it weighs nothing and there is nothing to look at."""
        return not (self.target or self.record or self.target_supplied or self.record_supplied or self.weight)

    @property
    def bits(self) -> str:
        """The weight with its sign."""
        return f"{self.weight:+.2f}"


def hidden_because(permissions: Iterable[Permission], purpose: Purpose) -> Hidden | None:
    """Why a reader may not see the personal data of a hit, or None: only whoever judges does, for a purpose that needs it."""
    if Permission.HIT_JUDGE not in set(permissions):
        return Hidden.ROLE
    return None if purpose.code in SHOWN_FOR else Hidden.PURPOSE


def rows_of(
    explanation: Mapping[str, Any], target: Mapping[str, tuple[str, ...]], record: Mapping[str, tuple[str, ...]]
) -> tuple[Row, ...]:
    """The features of an explanation in reading order; `target` and `record`: values as supplied, by feature.

    A feature that one side supplied and nobody compared is told as missing: it weighs nothing and is not left out.
    """
    compared = {str(one["feature"]): one for one in explanation.get("features", ())}
    known = [*FEATURES, *(name for name in compared if name not in FEATURES)]
    return tuple(
        _row(name, compared.get(name, {}), target.get(name, ()), record.get(name, ()))
        for name in known
        if name in compared or target.get(name) or record.get(name)
    )


def masked(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The same without values: what agrees and what it weighs is told, what is written is not."""
    return tuple(
        Row(
            row.feature, _mask_all(row.target_supplied), _mask_all(row.record_supplied), _mask(row.target), _mask(row.record),
            row.level, row.agreement, row.weight, "hay contradicción" if row.conflict else "",
        )
        for row in rows
    )  # fmt: skip


def total_of(rows: Iterable[Row]) -> float:
    """What the rows add up to, in bits to the hundredth."""
    return round(sum(row.weight for row in rows), 2)


def _row(name: str, one: Mapping[str, Any], target: tuple[str, ...], record: tuple[str, ...]) -> Row:
    left, right, level = str(one.get("left", "")), str(one.get("right", "")), str(one.get("level", ""))
    weight, conflict = float(one.get("weight", 0.0)), str(one.get("conflict", ""))
    return Row(name, target, record, left, right, level, _agreement(left, right, level, weight, conflict), weight, conflict)


def _agreement(left: str, right: str, level: str, weight: float, conflict: str) -> Agreement:
    if conflict:
        return Agreement.CONTRADICTS
    if not (left and right) and weight == 0:
        return Agreement.MISSING
    if level == "igual":
        return Agreement.AGREES
    return Agreement.NEARLY if weight > 0 else Agreement.DIFFERS


def _mask(text: str) -> str:
    return MASK if text else ""


def _mask_all(texts: tuple[str, ...]) -> tuple[str, ...]:
    return (MASK,) if texts else ()
