"""What is wrong with the rows of real files, to be put into synthetic ones on purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from tequio.demo.domain.detentions import Row
from tequio.demo.domain.people import curp_of
from tequio.kernel.identifiers import curp_check_digit

_SAMPLE_CURP = curp_of("PRUEBA", "MUESTRA", "EJEMPLO", "M", date(1990, 5, 5), "NT")


class Flaw(NamedTuple):
    """One thing wrong. `value(row, previous)` is what `field` says instead; `valid` marks an odd value that must be taken."""

    kind: str
    field: str
    value: Callable[[Row, Row], str]
    valid: bool = False

    def spoil(self, row: Row, previous: Row) -> None:
        """Put the flaw into `row`, whose earlier neighbour is `previous`."""
        row[self.field] = self.value(row, previous)


def _always(text: str) -> Callable[[Row, Row], str]:
    return lambda row, previous: text


def _wrong_digit(row: Row, previous: Row) -> str:
    body = (row["curp"] or _SAMPLE_CURP)[:17]
    return body + str((int(curp_check_digit(body)) + 1) % 10)


FLAWS: tuple[Flaw, ...] = (
    Flaw("impossible_date", "fecha_detencion", _always("2026-02-31")),
    Flaw("hour_24", "hora_detencion", _always("24:00")),
    Flaw("future_date", "fecha_detencion", _always("2031-03-15")),
    Flaw("curp_check_digit", "curp", _wrong_digit),
    Flaw("missing_key", "clave_registro", _always("")),
    Flaw("duplicate_key", "clave_registro", lambda row, previous: previous["clave_registro"]),
    Flaw("sex_x", "sexo", _always("X"), valid=True),
    Flaw("unknown_municipality", "municipio_detencion", lambda row, previous: row["entidad_detencion"] + "999"),
    Flaw("age_in_words", "edad", _always("TREINTA Y DOS")),
    Flaw("two_digit_year", "fecha_nacimiento", _always("17/04/88")),
    Flaw("formula", "observaciones", _always('=HYPERLINK("http://ejemplo.invalid","ver foto")')),
    Flaw("emoji_in_name", "nombre", lambda row, previous: row["nombre"] + " 😎"),
    Flaw("name_of_200", "nombre", lambda row, previous: ((row["nombre"] + " ") * 200)[:200].strip().ljust(200, "A")),
    Flaw("one_letter_surname", "primer_apellido", lambda row, previous: row["primer_apellido"][:1]),
    Flaw("mojibake_name", "primer_apellido", _always("MUÃ‘OZ")),
    Flaw("lost_letter_name", "primer_apellido", _always("MU?OZ")),
)
"""One of each, in the order in which the Nayarit sample has them."""
