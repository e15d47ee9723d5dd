"""From bytes to rows of text: encoding, delimiter, header, width of each row."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Protocol

from tequio.institutions.domain import without_accented_letters
from tequio.kernel.text import LOST, fold
from tequio.registries.incidence.domain.findings import Faults, Finding, shown, whole_file

MOST_BYTES = 100 * 1024 * 1024
"""Largest file that is read. The whole country since 2015 takes some 5 MB."""

MONTHS = (
    "Enero", "Febrero", "Marzo", "Abril", "Mayo", "Junio",
    "Julio", "Agosto", "Septiembre", "Octubre", "Noviembre", "Diciembre",
)  # fmt: skip
_HEADERS: dict[str, tuple[str, ...]] = {
    "year": ("Año", "Anio"),
    "state": ("Clave_Ent", "Cve_Ent", "Clave de entidad"),
    "state_name": ("Entidad",),
    "bien": ("Bien jurídico afectado",),
    "tipo": ("Tipo de delito",),
    "subtipo": ("Subtipo de delito",),
    "modalidad": ("Modalidad",),
    **{f"m{number}": (name,) for number, name in enumerate(MONTHS, start=1)},
}
FIELDS = tuple(_HEADERS)
LABELS = {name: spellings[0] for name, spellings in _HEADERS.items()}
_MOST_COLUMNS = 60
_DELIMITERS = (",", ";", "\t", "|")
_OTHER_FILES = {
    "MUNICIPIO": "Parece el archivo municipal; cargue el estatal.",
    "CVE MUNICIPIO": "Parece el archivo municipal; cargue el estatal.",
    "SEXO": "Parece el archivo de víctimas; cargue el de carpetas de investigación.",
    "RANGO DE EDAD": "Parece el archivo de víctimas; cargue el de carpetas de investigación.",
}


@dataclass(frozen=True, slots=True)
class Rows:
    """Cells as supplied, by field, with the physical line of each row."""

    columns: dict[str, list[str]]
    lines: list[int]
    encoding: str
    delimiter: str


class _Reader(Protocol):
    """What `csv.reader` gives."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> _Reader: ...
    def __next__(self) -> list[str]: ...


def read(data: bytes) -> Rows:
    """Rows of the file. Raises IncidenceFileInvalid for what is no such file. O(bytes)."""
    text, encoding = decode(data)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        places = _header(next(reader, []))
        cells, lines = _body(reader, len(places))
    except csv.Error as error:
        hint = f"Exporte de nuevo el archivo como CSV ({error})."
        raise whole_file("CSV_ROTO", "tiene comillas o celdas mal formadas", hint) from error
    columns = {name: [row[at] for row in cells] for at, name in enumerate(places)}
    return Rows(columns, lines, encoding, delimiter)


def decode(data: bytes) -> tuple[str, str]:
    """Text and encoding: byte order mark, strict UTF-8, then the single-byte ones of Windows. Raises IncidenceFileInvalid."""
    if not data.strip():
        raise whole_file("ARCHIVO_VACIO", "el archivo está vacío", "Descargue de nuevo el archivo.")
    if data.startswith(b"PK\x03\x04"):
        raise whole_file("ES_EXCEL", "es un libro de Excel, no un CSV", "Ábralo y guárdelo como CSV UTF-8.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise whole_file("ES_UTF16", "está en UTF-16", "Guárdelo como CSV UTF-8.")
    if b"\x00" in data:
        raise whole_file("NO_ES_TEXTO", "contiene bytes nulos: no es texto", "Descargue de nuevo el archivo CSV.")
    if data.startswith(b"\xef\xbb\xbf"):
        data, with_mark = data[3:], "utf-8-sig"
    else:
        with_mark = "utf-8"
    for encoding, label in (("utf-8", with_mark), *_single_byte(data)):
        try:
            return data.decode(encoding), label
        except UnicodeDecodeError:
            continue
    raise whole_file("NO_ES_TEXTO", "no se reconoce su codificación", "Guárdelo como CSV UTF-8.")


def _single_byte(data: bytes) -> tuple[tuple[str, str], ...]:
    """The two encodings agree but for 0x80-0x9F, which latin-1 does not print: their presence tells which it is."""
    windows = any(0x80 <= byte <= 0x9F for byte in set(data))
    return (("cp1252", "cp1252" if windows else "latin-1"),)


def _delimiter(text: str) -> str:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)


def _header(cells: list[str]) -> list[str]:
    """Field of each column. Raises IncidenceFileInvalid naming each column that is missing, repeated or of another file."""
    expected = f"El encabezado debe traer: {', '.join(LABELS.values())}."
    places = [_field(cell) for cell in cells[:_MOST_COLUMNS]]
    if len(cells) > _MOST_COLUMNS or len(set(places)) <= len(FIELDS) // 2:
        raise whole_file("OTRO_ARCHIVO", "su encabezado no es el del archivo estatal de incidencia del SESNSP", expected)
    faults = Faults()
    for at, (name, cell) in enumerate(zip(places, cells, strict=True)):
        if not name:
            hint = _OTHER_FILES.get(fold(cell), "Quite la columna o cargue el archivo estatal.")
            message = f"la columna «{shown(cell)}» no es de este archivo"
            faults.add(Finding(1, shown(cell), "COLUMNA_DESCONOCIDA", shown(cell), message, hint))
        elif name in places[:at]:
            message = f"la columna «{LABELS[name]}» está dos veces"
            faults.add(Finding(1, LABELS[name], "COLUMNA_REPETIDA", shown(cell), message, "Deje una sola."))
    for name in FIELDS:
        if name not in places:
            faults.add(Finding(1, LABELS[name], "COLUMNA_FALTANTE", "", f"falta la columna «{LABELS[name]}»", expected))
    faults.refuse()
    return places


def _field(cell: str) -> str:
    return next((name for name, spellings in _HEADERS.items() if _says(cell, spellings)), "")


def _says(cell: str, spellings: tuple[str, ...]) -> bool:
    """Whether a header cell is one of the spellings, whole or with its accented letter lost or marked as lost."""
    found = fold(cell)
    for spelling in spellings:
        whole = fold(spelling)
        if found in (whole, fold(without_accented_letters(spelling))):
            return True
        if LOST in found and len(found) == len(whole) and all(a in (b, LOST) for a, b in zip(found, whole, strict=True)):
            return True
    return False


def _body(reader: _Reader, width: int) -> tuple[list[list[str]], list[int]]:
    cells: list[list[str]] = []
    lines: list[int] = []
    faults = Faults()
    last = reader.line_num
    for row in reader:
        line, last = last + 1, reader.line_num
        if not any(map(str.strip, row)):
            continue
        if len(row) != width:
            message = f"la línea tiene {len(row)} columnas y el encabezado {width}"
            hint = "Revise si esa línea tiene comas sin comillas."
            faults.add(Finding(line, "línea", "COLUMNAS_DE_MAS_O_DE_MENOS", "", message, hint))
            continue
        cells.append(row)
        lines.append(line)
    faults.refuse()
    if not cells:
        raise whole_file("SIN_RENGLONES", "solo tiene encabezado", "Descargue de nuevo el archivo.")
    return cells, lines
