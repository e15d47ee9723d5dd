"""What the readers share: limits, what is known of a file, what a chunk holds, and why a file is refused.

A file is *refused* (an exception) when nothing in it can be trusted; a row is a *problem* (data) when only that row is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, Literal

from tequio.kernel.errors import Invalid

MIB: Final = 1024 * 1024

FileFormat = Literal["csv", "xlsx", "jsonl"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read before it is taken for an attack or a mistake. Ours, not a norm."""

    file_bytes: int = 2048 * MIB
    columns: int = 500
    cell_chars: int = 32_000
    """A longer cell spoils its row. Excel itself admits 32,767."""
    line_chars: int = 4 * MIB
    """A longer physical line refuses the file: the whole line must fit in memory."""
    quoted_lines: int = 1_000
    """A quoted cell with more lines than this is a quote that nobody closed."""
    reread_lines: int = 100_000
    """Lines read again because an earlier quote had swallowed them. A file with more has its quotes wrong throughout."""
    chunk_chars: int = 64 * MIB
    """A chunk with this much text ends early, so that a file of enormous cells does not fill the memory."""
    zip_members: int = 2_000
    expanded_bytes: int = 3072 * MIB
    """All of an XLSX once expanded. A million rows of forty columns expand to about 1.5 GiB."""
    expansion_ratio: int = 200
    """Of one member larger than 16 MiB. Real sheets shrink 5 to 60 times."""
    shared_text_bytes: int = 512 * MIB
    """Distinct texts of an XLSX, which must stay in memory while it is read."""


DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What one pass over a file tells, before any row is read."""

    sha256: str
    bytes: int
    format: FileFormat
    encoding: str
    """'utf-8', 'utf-8-sig', 'utf-16', 'cp1252' or 'latin-1'. Of an XLSX, 'utf-8'."""
    delimiter: str = ""
    """Only of a CSV: comma, semicolon, tab or bar."""
    damaged: int = 0
    """Estimate of letters lost or garbled before the file reached us (mojibake). Not exact: a '?' between letters counts."""
    sheet: str = ""
    """Only of an XLSX: the first visible sheet with data, the one that is read."""
    other_sheets: tuple[str, ...] = ()
    """Visible sheets with data that are not read: whoever receives the file must say so."""
    macros: bool = False
    """The workbook carries macros. They are never run; only cells are read."""

    def as_dict(self) -> dict[str, object]:
        """Form that is stored as JSON; `from_dict` gives the facts back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> FileFacts:
        """The facts that `as_dict` wrote. Raises TypeError for anything else."""
        return cls(**{**stored, "other_sheets": tuple(stored.get("other_sheets", ()))})


class RowFault(StrEnum):
    """Why a row cannot be read as it is."""

    TOO_MANY = "FILA_CON_COLUMNAS_DE_MAS"
    TOO_FEW = "FILA_CON_COLUMNAS_DE_MENOS"
    LONG_CELL = "CELDA_DEMASIADO_LARGA"
    STRAY_QUOTE = "COMILLA_MAL_PUESTA"
    BAD_JSON = "JSON_INVALIDO"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that does not load, with what it held so that it can be returned for fixing.

    `cells` is the row as read, of whatever width, each cell cut at the limit of length; of a JSONL line, the line itself.
    """

    line: int
    code: str
    message: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some thousands of consecutive rows.

    `cells` is by column: one list of texts per header, all as long as `lines`. That is the shape that becomes a polars frame
    soonest: `pl.DataFrame(chunk.cells, schema=[...], orient="col")` (measured: 0.6 of the time of rows). Only well-formed rows
    are there; the others are in `problems`. A cell without data is "".
    """

    headers: tuple[str, ...]
    first_line: int
    """Line of the chunk's first row, well formed or not."""
    lines: list[int]
    """Physical line where each row starts, from 1; of an XLSX, the sheet's row."""
    cells: list[list[str]]
    problems: list[RowProblem]
    header_line: int
    """Line of the headers; of a JSONL file, which has none, 0."""
    preamble: tuple[int, ...] = ()
    """Lines with text above the headers (titles, notes), which were not read as data."""
    sheet: str = ""

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Each well-formed row with its line. For few rows; a million is for columns."""
        yield from zip(self.lines, zip(*self.cells, strict=True), strict=True)


class FileRefused(Invalid):
    """The file as a whole cannot be taken in. Nothing of it may be kept, not even chunks already read."""

    code = "ARCHIVO_RECHAZADO"


class EmptyFile(FileRefused):
    """No bytes, or nothing but blanks."""

    code = "ARCHIVO_VACIO"


class NoRows(FileRefused):
    """Headers and nothing under them."""

    code = "SIN_RENGLONES"


class NotTabular(FileRefused):
    """An image, a document, another compressed file: not CSV, XLSX or JSONL."""

    code = "ARCHIVO_NO_TABULAR"


class HasNuls(FileRefused):
    """NUL characters in a text file: truncated, from a damaged disk, or UTF-16 without its mark."""

    code = "ARCHIVO_CON_NULOS"


class BadEncoding(FileRefused):
    """The file says how it is encoded (byte order mark) and is not."""

    code = "CODIFICACION_DANADA"


class TooLarge(FileRefused):
    """More bytes than the limit."""

    code = "ARCHIVO_DEMASIADO_GRANDE"


class LineTooLong(FileRefused):
    """One physical line larger than any row can be."""

    code = "LINEA_DEMASIADO_LARGA"


class TooManyColumns(FileRefused):
    """More columns than any registry has."""

    code = "DEMASIADAS_COLUMNAS"


class UnclosedQuote(FileRefused):
    """A quote opens a cell and swallows the rows that follow."""

    code = "COMILLA_SIN_CERRAR"


class ExpandedXlsx(FileRefused):
    """An XLSX that expands beyond reason (zip bomb)."""

    code = "XLSX_EXPANDIDO"


class UnsafeXlsx(FileRefused):
    """An XLSX whose XML declares a document type or entities, or whose directory repeats a name."""

    code = "XLSX_INSEGURO"


class EncryptedXlsx(FileRefused):
    """An XLSX with a password."""

    code = "XLSX_CIFRADO"


class DamagedXlsx(FileRefused):
    """An XLSX that cannot be expanded or whose XML is broken."""

    code = "XLSX_DANADO"


class RepeatedHeader(FileRefused):
    """Two columns of the file claim the same field."""

    code = "ENCABEZADO_DUPLICADO"


class MissingColumns(FileRefused):
    """The file lacks columns without which no row can be accepted."""

    code = "FALTAN_COLUMNAS"


class BadProfile(FileRefused):
    """The institution's header profile names a field that the contract does not have."""

    code = "PERFIL_DE_ENCABEZADOS_INVALIDO"


def too_many_columns(limits: Limits, line: int) -> TooManyColumns:
    """The refusal for a row wider than the limit."""
    return TooManyColumns(
        f"El renglón {line} tiene más de {limits.columns} columnas.",
        hint="Deje solo las columnas del registro. Si el archivo es correcto, revise que el separador sea el de siempre.",
        facts={"line": line, "limit": limits.columns},
    )
