"""What only the RND knows about its rows: places, aliases, catalogue texts, and fields that contradict each other. Pure.

Runs on columns that the general checks have typed. Adds the columns that `staging` stores; cost O(rows).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from tequio.kernel.contract import Severity
from tequio.kernel.identifiers import parse_curp, renapo_key
from tequio.kernel.text import fold

Found = tuple[int, str, str, Severity]
"""(row, field, code, severity)."""

DERIVED = (
    "state_code",
    "municipality_code",
    "birth_state",
    "fault_code",
    "offence_code",
    "authority_code",
    "alias_list",
    "fecha_nacimiento_texto",
)
"""Columns that `refine` adds."""

WARNING = Severity.WARNING
_ALIAS_SEPARATORS = re.compile(r"\s*[;/|,\n]\s*")
_MINIMUM_AGE = 12
"""Under this age no detention proceeds (LNSIIPA art. 4: adolescents from 12). Such a row is stored and said."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """Catalogues in force, by folded text. `municipalities` is {(state code, folded name or 3-digit code): code}."""

    state: Callable[[str], str | None]
    """INEGI code of the state that a text names, or None."""
    municipalities: Mapping[tuple[str, str], str]
    faults: Mapping[str, str]
    offences: Mapping[str, str]
    authorities: Mapping[str, str]


def refine(columns: dict[str, list[Any]], raw: Mapping[str, Sequence[str]], lookups: Lookups, home_state: str) -> list[Found]:
    """Add derived columns to `columns` and return what was found. `home_state` is the supplier's, for rows that name none."""
    found: list[Found] = []
    count = len(columns["clave_registro"])
    _places(columns, lookups, home_state, found)
    columns["birth_state"] = [renapo_key(text) if text else None for text in columns["entidad_nacimiento"]]
    columns["fault_code"] = [_code(lookups.faults, text) for text in columns["falta"]]
    columns["offence_code"] = [_code(lookups.offences, text) for text in columns["delito"]]
    columns["authority_code"] = [_code(lookups.authorities, text) for text in columns["autoridad_destino"]]
    columns["alias_list"] = [_aliases(text) for text in columns["alias"]]
    birth_texts = raw.get("fecha_nacimiento") or [""] * count
    columns["fecha_nacimiento_texto"] = [
        text.strip()[:40] if typed is None and text.strip() else None
        for typed, text in zip(columns["fecha_nacimiento"], birth_texts, strict=True)
    ]
    for row in range(count):
        _contradictions(columns, row, found)
    return found


def _places(columns: dict[str, list[Any]], lookups: Lookups, home_state: str, found: list[Found]) -> None:
    states: list[str | None] = []
    municipalities: list[str | None] = []
    for row, (state_text, place_text) in enumerate(
        zip(columns["entidad_detencion"], columns["municipio_detencion"], strict=True)
    ):
        state = lookups.state(state_text) if state_text else home_state or None
        if state_text and state is None:
            found.append((row, "entidad_detencion", "ENTIDAD_DESCONOCIDA", WARNING))
        place = None
        if place_text:
            place = _municipality(place_text, state, lookups)
            if place is None:
                found.append((row, "municipio_detencion", "MUNICIPIO_DESCONOCIDO", WARNING))
            elif state is None:
                state = place[:2]
        states.append(state)
        municipalities.append(place)
    columns["state_code"] = states
    columns["municipality_code"] = municipalities


def _municipality(text: str, state: str | None, lookups: Lookups) -> str | None:
    digits = text.strip()
    if digits.isdigit():
        if len(digits) in {4, 5}:  # a spreadsheet eats the leading zero of 01001
            digits = digits.zfill(5)
            return lookups.municipalities.get((digits[:2], digits[2:]))
        return lookups.municipalities.get((state, digits.zfill(3))) if state else None
    return lookups.municipalities.get((state, fold(text))) if state else None


def _code(table: Mapping[str, str], text: str | None) -> str | None:
    return table.get(fold(text)) if text else None


def _aliases(text: str | None) -> str | None:
    if not text:
        return None
    return "\x1f".join(part[:200] for part in _ALIAS_SEPARATORS.split(text) if part) or None


def _contradictions(columns: dict[str, list[Any]], row: int, found: list[Found]) -> None:
    detained = (columns["fecha_detencion"][row], columns["hora_detencion"][row])
    if _before(columns["fecha_registro"][row], columns["hora_registro"][row], *detained):
        found.append((row, "fecha_registro", "REGISTRO_ANTES_DE_DETENCION", WARNING))
    if _before(columns["fecha_disposicion"][row], columns["hora_disposicion"][row], *detained):
        found.append((row, "fecha_disposicion", "DISPOSICION_ANTES_DE_DETENCION", WARNING))
    if columns["tipo_registro"][row] == "falta_administrativa" and columns["tipo_detencion"][row] == "orden_aprehension":
        found.append((row, "tipo_detencion", "FALTA_CON_ORDEN", WARNING))
    born, age = columns["fecha_nacimiento"][row], columns["edad"][row]
    if born and detained[0]:
        years = detained[0].year - born.year - ((detained[0].month, detained[0].day) < (born.month, born.day))
        if age is not None and abs(years - age) > 1:
            found.append((row, "edad", "EDAD_CONTRA_FECHA", WARNING))
        age = years
    if age is not None and age < _MINIMUM_AGE:
        found.append((row, "edad", "PERSONA_MENOR", WARNING))
    curp = columns["curp"][row]
    if curp:
        parsed = parse_curp(curp)
        if parsed.birth_date and born and parsed.birth_date != born:
            found.append((row, "curp", "CURP_CONTRA_FECHA", WARNING))
        if parsed.sex and columns["sexo"][row] and parsed.sex != columns["sexo"][row]:
            found.append((row, "curp", "CURP_CONTRA_SEXO", WARNING))


def _before(day: date | None, hour: time | None, other_day: date | None, other_hour: time | None) -> bool:
    if day is None or other_day is None:
        return False
    if day != other_day or hour is None or other_hour is None:
        return day < other_day
    return hour < other_hour
