"""The file that goes back to the supplier with only the bad rows, and comes back fixed.

A cell that a spreadsheet would take for a formula goes out behind an apostrophe (CSV injection), and the reader takes exactly
that apostrophe away. A cell that already starts with apostrophes and then such a character gets one more, so nothing is lost.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from tequio.kernel.errors import Invalid
from tequio.supply.readers.headers import is_own

_RISKY: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")

_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_CELL: Final = 32_767
_SHEET_ROWS: Final = 1_048_575
"""Rows of a sheet under its headers."""

OWN_COLUMNS: Final = ("tequio_linea", "tequio_codigo", "tequio_campo", "tequio_que_hacer")
ABSENT_MARK: Final = "#FALTA"
"""Fills the cells that a short row lacks: sent back unfixed, it is refused again instead of passing as blanks."""


class TooManyToFix(Invalid):
    """More rows than a sheet has."""

    code = "HOJA_LLENA"


@dataclass(frozen=True, slots=True)
class FixFinding:
    """One thing wrong with a row, in the supplier's words."""

    code: str
    field: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class RowToFix:
    """A row that goes back: its line in the file that came, its cells as they came, and what is wrong with it."""

    line: int
    cells: Sequence[str]
    findings: Sequence[FixFinding]


def guard(text: str) -> str:
    """The text as it may be opened in a spreadsheet. `unguard(guard(text)) == text` for every text."""
    return "'" + text if _RISKY.match(text) else text


def unguard(text: str) -> str:
    """Take away the apostrophe that `guard` put, and no other."""
    return text[1:] if _GUARDED.match(text) else text


def write_fix_file(path: Path, headers: Sequence[str], rows_with_errors: Iterable[RowToFix]) -> int:
    """Write the rows to fix as CSV, UTF-8 with its mark (Excel needs it). Returns how many. One row in memory at a time."""
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as target:
        writer = csv.writer(target)
        return sum(1 for row in _rows(headers, rows_with_errors) if writer.writerow(row)) - 1


def write_fix_workbook(path: Path, headers: Sequence[str], rows_with_errors: Iterable[RowToFix]) -> int:
    """The same as XLSX, every cell of it text: nothing is taken for a date or a number. One row in memory at a time.

    Raises TooManyToFix: a sheet has no more rows.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("por corregir")
    count = -1
    for row in _rows(headers, rows_with_errors):
        count += 1
        if count == _SHEET_ROWS:
            raise TooManyToFix("Los renglones por corregir no caben en una hoja.", hint="Sáquelos en CSV.")
        sheet.append([_text_cell(sheet, cell) for cell in row])
    book.save(path)
    return count


def _rows(headers: Sequence[str], rows_with_errors: Iterable[RowToFix]) -> Iterator[list[str]]:
    """Headers and rows, guarded.

    The surplus cells of a row wider than its headers go after our columns, under no header: sent back unfixed, the row is
    again too wide. Our own columns of an earlier round are dropped and written anew.
    """
    kept = [index for index, header in enumerate(headers) if not is_own(header)]
    yield [*(guard(headers[index]) for index in kept), *OWN_COLUMNS]
    for row in rows_with_errors:
        cells = [row.cells[index] if index < len(row.cells) else ABSENT_MARK for index in kept]
        yield [guard(cell) for cell in (*cells, *_said(row), *row.cells[len(headers) :])]


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value="")
    cell.value = _UNPRINTABLE.sub("\ufffd", text)[:_LONGEST_CELL]
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _said(row: RowToFix) -> tuple[str, str, str, str]:
    return (
        str(row.line),
        " | ".join(finding.code for finding in row.findings),
        " | ".join(finding.field for finding in row.findings),
        " | ".join(finding.what_to_do for finding in row.findings),
    )
