"""People from a table in a file, CSV or Parquet, for fitting and for measuring: what each column is, and what is broken where.

A column is known by its name, in Spanish or English, whatever its accents and case. Values are read as found in the wild
(`Subject.from_fields`); what a value does not tell counts as missing and is reported, what breaks the table is an error.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl

from tequio.kernel.errors import Invalid
from tequio.kernel.text import fold
from tequio.people.domain import Subject

NAMES_OF_FIELDS: Mapping[str, str] = {
    "id": "id, identificador, folio, clave",
    "given": "given, nombres, nombre s, nombre de pila, nombre pila",
    "paternal": "paternal, pat, paterno, apellido paterno, primer apellido, apellido 1",
    "maternal": "maternal, mat, materno, apellido materno, segundo apellido, apellido 2",
    "full_name": "full name, nombre completo, name",
    "names": "names, otros nombres",
    "sex": "sex, sexo, genero",
    "birth_date": "birth date, dob, fecha de nacimiento, fecha nacimiento, fecha nac, nacimiento",
    "birth_state": "birth state, state, entidad de nacimiento, entidad nacimiento, estado de nacimiento, entidad",
    "curp": "curp",
    "rfc": "rfc",
    "aliases": "aliases, alias, apodo, apodos",
    "phones": "phones, phone, telefono, telefonos, celular",
    "plates": "plates, plate, placa, placas",
    "documents": "documents, document, documento, documentos, pasaporte, licencia, clave de elector",
    "places": "places, place, lugar, lugares, municipio, residencia",
    "age": "age, edad",
    "at": "at, fecha, fecha de registro, fecha registro",
}
"""Fields of a subject, and the names that their columns have, folded. "Nombre" is the given name beside surnames, else all."""

SEVERAL = frozenset({"names", "birth_date", "curp", "rfc", "aliases", "phones", "plates", "documents", "places"})
"""Fields with any number of values: several columns, or one with | or ; between them."""

_FIELD_OF = {name: name_of for name_of, names in NAMES_OF_FIELDS.items() for name in names.upper().split(", ")}
_BETWEEN = re.compile(r"\s*[|;]\s*")
_DELIMITERS = ",;\t|"
_NOBODY = ("", "-1")
_ZERO_TELLS = ("id", "age")
_TOLD_BY = {"birth_date": "birth_dates", "sex": "sex", "birth_state": "birth_state", "age": "age"}
_MOST_ERRORS_SHOWN = 60
csv.field_size_limit(1 << 20)


class TableUnreadable(Invalid):
    """The file is no table: its encoding, quotes or cells are broken at some line."""

    code = "TABLA_ILEGIBLE"


class ColumnsUnusable(Invalid):
    """The columns do not tell who is who: none is known, one is lacking, or two are the same."""

    code = "TABLA_COLUMNAS"


class TruthUnusable(Invalid):
    """The column of right answers names a record that the base does not have, or nobody at all."""

    code = "TABLA_RESPUESTAS"


@dataclass(frozen=True, slots=True)
class People:
    """The subjects of a file in its order. `truth`: id of the right record of each, None for nobody, if it was asked for.

    `ignored`: columns that are no field; `unread`: by field, values that tell nothing, and the line of the first.
    """

    path: Path
    digest: str
    subjects: list[Subject]
    lines: list[int]
    truth: list[str | None] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    unread: dict[str, tuple[int, int]] = field(default_factory=dict)

    def told(self) -> dict[str, object]:
        """What a model keeps of the data that it was fitted to: no path, which would tell of a machine."""
        return {"file": self.path.name, "rows": len(self.subjects), "sha256": self.digest}


def read_people(path: Path, truth: str = "") -> People:
    """Read a file. `truth` names the column of right answers. Raises TableUnreadable, ColumnsUnusable, OSError. O(size)."""
    content = path.read_bytes()
    header, rows = _parquet(path) if content[:4] == b"PAR1" else _csv(path, content)
    fields, ignored = _fields_of(path, header)
    answers = _column(path, header, truth) if truth else -1
    people = People(path, hashlib.sha256(content).hexdigest(), [], [])
    people.ignored.extend(name for at, name in enumerate(header) if at in ignored and at != answers)
    unread: dict[str, tuple[int, int]] = {}
    for number, (line, cells) in enumerate(rows, start=1):
        given = _given(fields, cells)
        given.setdefault("id", str(number))
        subject = Subject.from_fields(**given)
        _note_unread(given, subject, line, unread)
        people.subjects.append(subject)
        people.lines.append(line)
        if truth:
            told = _text(cells[answers])
            people.truth.append(None if told in _NOBODY else told)
    if not people.subjects:
        raise TableUnreadable(f"{path.name} no tiene ningún renglón de datos.", hint="Indique un archivo con personas.")
    people.unread.update(unread)
    return people


def check_truth(people: People, base: People) -> None:
    """Refuse right answers that the base does not have, or that are all nobody. Raises TruthUnusable."""
    known = {subject.id for subject in base.subjects}
    for line, right in zip(people.lines, people.truth, strict=True):
        if right is not None and right not in known:
            raise TruthUnusable(
                f"{people.path.name}, línea {line}: la respuesta «{right[:_MOST_ERRORS_SHOWN]}» no es el identificador de "
                f"ningún renglón de {base.path.name}.",
                hint="Escriba el valor de la columna id del registro correcto; vacío si la persona no está.",
                facts={"line": line},
            )
    if not any(people.truth):
        raise TruthUnusable(
            f"En {people.path.name} ninguna consulta tiene respuesta.",
            hint="Indique en --truth la columna con el identificador del registro correcto.",
        )


def subject_of(pairs: Sequence[str], what: str) -> Subject:
    """A subject of «campo=valor» texts, as a person types them. Raises ColumnsUnusable."""
    header, cells = [], []
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ColumnsUnusable(
                f"En {what}, «{pair[:_MOST_ERRORS_SHOWN]}» no tiene la forma campo=valor.",
                hint=f'P. ej. {what} "nombre completo=Ana Prueba" {what} curp=…',
            )
        header.append(name)
        cells.append(value)
    fields: dict[int, str] = {}
    given_name = "full_name" if not {"paternal", "maternal"} & {_FIELD_OF.get(_folded(n)) for n in header} else "given"
    for at, name in enumerate(header):
        known = given_name if _folded(name) == "NOMBRE" else _FIELD_OF.get(_folded(name))
        if known is None or (known in fields.values() and known not in SEVERAL):
            said = "no es un campo" if known is None else "se repite"
            raise ColumnsUnusable(f"En {what}, «{name[:_MOST_ERRORS_SHOWN]}» {said}.", hint=_FIELDS_HINT)
        fields[at] = known
    return Subject.from_fields(**_given(fields, cells))


_FIELDS_HINT = "Campos: nombre, " + ", ".join(
    names.split(", ")[-1 if "," in names else 0] for names in NAMES_OF_FIELDS.values()
)


def _folded(name: str) -> str:
    return fold(name.replace("_", " "))


def _fields_of(path: Path, header: Sequence[str]) -> tuple[dict[int, str], set[int]]:
    """The field of each known column by its place, and the places of the others."""
    known = {at: _FIELD_OF[folded] for at, name in enumerate(header) if (folded := _folded(name)) in _FIELD_OF}
    surnames = {"paternal", "maternal"} & set(known.values())
    for at, name in enumerate(header):
        if _folded(name) == "NOMBRE":
            known[at] = "given" if surnames else "full_name"
    for name, times in Counter(known.values()).items():
        if times > 1 and name not in SEVERAL:
            twice = ", ".join(f"«{header[at]}»" for at, held in known.items() if held == name)
            raise ColumnsUnusable(
                f"{path.name}, línea 1: las columnas {twice} son el mismo dato.",
                hint="Deje una, o cambie el nombre de la otra.",
            )
    if not set(known.values()) - {"id", "sex", "birth_state", "age", "at", "places"}:
        raise ColumnsUnusable(
            f"{path.name}, línea 1: ninguna columna dice quién es la persona.",
            hint="Use nombres como id, nombre, primer apellido, segundo apellido, fecha de nacimiento, sexo, curp, rfc, alias.",
        )
    return known, set(range(len(header))) - set(known)


def _column(path: Path, header: Sequence[str], wanted: str) -> int:
    """Place of a column by its name."""
    places = [at for at, name in enumerate(header) if _folded(name) == _folded(wanted)]
    if len(places) != 1:
        raise ColumnsUnusable(
            f"{path.name}, línea 1: {'no hay' if not places else 'hay más de una'} columna «{wanted[:_MOST_ERRORS_SHOWN]}».",
            hint=f"Columnas: {', '.join(header)[:400]}.",
        )
    return places[0]


def _given(fields: Mapping[int, str], cells: Sequence[Any]) -> dict[str, Any]:
    """Arguments of `Subject.from_fields` for one row; blank cells are left out."""
    given: dict[str, Any] = {}
    for at, name in fields.items():
        value = cells[at]
        if value is None or value in ("", []) or (value == 0 and name not in _ZERO_TELLS):
            continue
        if name in SEVERAL:
            values = value if isinstance(value, list) else _BETWEEN.split(value) if isinstance(value, str) else [value]
            given.setdefault(name, []).extend(v for v in values if v not in (None, ""))
        else:
            given[name] = _text(value) if name == "id" else value
    return given


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _note_unread(given: Mapping[str, Any], subject: Subject, line: int, unread: dict[str, tuple[int, int]]) -> None:
    """Count a value that told nothing."""
    for name, attribute in _TOLD_BY.items():
        told = getattr(subject, attribute)
        nothing = told is None or told == () or (name in subject.derived and (isinstance(told, str) or len(told) == 1))
        if name in given and nothing:
            times, first = unread.get(name, (0, line))
            unread[name] = times + 1, first


def _parquet(path: Path) -> tuple[list[str], Iterator[tuple[int, Sequence[Any]]]]:
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise TableUnreadable(
            f"{path.name} empieza como Parquet y no se puede leer.", hint="Genérelo de nuevo, o expórtelo como CSV en UTF-8."
        ) from error
    return frame.columns, ((at, row) for at, row in enumerate(frame.iter_rows(), start=1))


def _csv(path: Path, content: bytes) -> tuple[list[str], Iterator[tuple[int, Sequence[Any]]]]:
    text = _decoded(path, content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=lambda sign: (first.count(sign), -_DELIMITERS.index(sign)))
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = _checked(path, reader)
    header = next(rows, None)
    if header is None:
        raise TableUnreadable(f"{path.name} está vacío.", hint="Indique un archivo con encabezado y renglones.")
    names = [cell.strip() for cell in header[1]]
    return names, _of_width(path, rows, len(names))


def _checked(path: Path, reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with the line on which each begins."""
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise TableUnreadable(
                f"{path.name}, línea {line}: comillas que no cierran o un valor que no cabe.",
                hint="Revise las comillas de ese renglón y de los anteriores; expórtelo de nuevo como CSV.",
                facts={"line": line},
            ) from error
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield line, row


def _of_width(path: Path, rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    for line, row in rows:
        if len(row) != width:
            raise TableUnreadable(
                f"{path.name}, línea {line}: tiene {len(row)} celdas y el encabezado {width}.",
                hint="Ponga entre comillas los valores que llevan el separador, y complete las celdas vacías.",
                facts={"line": line, "column": min(len(row), width) + 1},
            )
        yield line, row


def _decoded(path: Path, content: bytes) -> str:
    """Text of UTF-8, or of UTF-16 with its mark, else of Windows-1252, which most of Mexico's systems still write."""
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    encodings = ("utf-16",) if marked else ("utf-8-sig", "cp1252")
    fault = 0
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            fault = error.start
            continue
        fault = text.find("\0")
        if fault < 0:
            return text
        break
    before = content[:fault]
    line, column = before.count(b"\n") + 1, fault - (before.rfind(b"\n") + 1) + 1
    raise TableUnreadable(
        f"{path.name}, línea {line}, columna {column}: hay un signo que no es texto.",
        hint="Guárdelo como CSV en UTF-8, o como Parquet.",
        facts={"line": line, "column": column},
    )
