"""Files from rows: CSV, JSON lines and XLSX of anything, and CSV of any size for benchmarks."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TextIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from tequio.demo.domain.detentions import FIELDS, Row, Values, row_of
from tequio.demo.domain.dice import Dice
from tequio.demo.domain.flaws import FLAWS
from tequio.demo.domain.nation import Nation
from tequio.kernel.errors import Invalid

AnyRow = Mapping[str, object]
MOST_XLSX_ROWS = 1_048_576
"""Rows of a sheet, headers included: the format's limit."""

_BATCH = 4096
"""Lines written at a time."""
_AGAIN = 0.45
"""Share of records of a large file whose person was in it before: people from the stream's pool cost nothing to make."""


def write_csv(path: Path, rows: Iterable[AnyRow], *, encoding: str = "utf-8", delimiter: str = ",", newline: str = "\n") -> int:
    """Write `rows` under the columns of the first. Returns how many. UnicodeEncodeError if `encoding` lacks a character."""
    columns, all_rows = _columns(rows)
    count = 0
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out, delimiter=delimiter, lineterminator=newline)
        writer.writerow(columns)
        for row in all_rows:
            writer.writerow([as_text(row.get(column)) for column in columns])
            count += 1
    return count


def write_jsonl(path: Path, rows: Iterable[AnyRow]) -> int:
    """Write one JSON object a line, UTF-8. Returns how many. TypeError for a value that JSON lacks."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
            count += 1
    return count


def write_xlsx(path: Path, rows: Iterable[AnyRow], sheet: str = "Registros") -> int:
    """Write one sheet under the columns of the first row. Returns how many rows. Text stays text, even if it looks a formula.

    Raises Invalid for a character that the format forbids or more rows than a sheet holds. About 30 us a cell.
    """
    columns, all_rows = _columns(rows)
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.append(list(columns))
    count = 0
    for count, row in enumerate(all_rows, start=1):
        if count >= MOST_XLSX_ROWS:
            raise Invalid(f"Una hoja de Excel admite {MOST_XLSX_ROWS - 1} filas.", hint="Escriba CSV o varios archivos.")
        try:
            page.append([_cell(page, row.get(column)) for column in columns])
        except IllegalCharacterError as error:
            raise Invalid(
                f"La fila {count} tiene un carácter de control que Excel no admite.", hint="Quite el carácter o escriba CSV."
            ) from error
    book.save(path)
    return count


def write_large(path: Path, rows: int, bad_share: float = 0.0, seed: int = 2026) -> Counter[str]:
    """Write `rows` detentions as CSV (UTF-8, commas, names of the RND contract) and return how many have each flaw.

    Streams: constant memory. The same arguments give the same bytes. Raises Invalid for a share outside 0 to 1.
    """
    if not 0 <= bad_share <= 1 or rows < 0:
        raise Invalid("El número de filas no puede ser negativo; la proporción de malas va de 0 a 1.", hint="Corríjalos.")
    flawed: Counter[str] = Counter()
    stream = Nation(seed).background(rows, again=_AGAIN)
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(",".join(FIELDS) + "\n")
        writer = csv.writer(out, lineterminator="\n")
        lines: list[str] = []
        for values in _flawed(stream, bad_share, Dice(seed, "flaws"), flawed) if bad_share else stream:
            line = ",".join(values)
            # Most rows need no quotes, and for those joining is four times as fast as a CSV writer.
            if '"' not in line and line.count(",") == len(FIELDS) - 1 and "\n" not in line and "\r" not in line:
                lines.append(line)
            else:
                _flush(out, lines)
                writer.writerow(values)
            if len(lines) >= _BATCH:
                _flush(out, lines)
        _flush(out, lines)
    return flawed


def _flush(out: TextIO, lines: list[str]) -> None:
    if lines:
        out.write("\n".join(lines) + "\n")
        lines.clear()


def _flawed(stream: Iterable[Values], share: float, dice: Dice, counted: Counter[str]) -> Iterator[Values]:
    """The stream with one flaw in `share` of its rows."""
    kinds = tuple(flaw for flaw in FLAWS if not flaw.valid)
    previous: Values = ()
    for values in stream:
        if previous and dice.roll() < share:
            flaw = dice.one_of(kinds)
            row: Row = row_of(values)
            flaw.spoil(row, row_of(previous))
            counted[flaw.kind] += 1
            yield tuple(row.values())
        else:
            yield values
        previous = values


def as_text(value: object) -> str:
    """The value as a cell of text: blank for nothing, si/no for a boolean, lists joined with "; "."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "SI" if value else "NO"
    if isinstance(value, (list, tuple)):
        return "; ".join(as_text(part) for part in value)
    return str(value)


def _cell(page: WriteOnlyWorksheet, value: object) -> object:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    text = as_text(value)
    if not text.startswith("="):
        return text
    cell = WriteOnlyCell(page, value=text)
    cell.data_type = "s"
    return cell


def _columns(rows: Iterable[AnyRow]) -> tuple[tuple[str, ...], Iterator[AnyRow]]:
    remaining = iter(rows)
    first = next(remaining, None)
    return ((), remaining) if first is None else (tuple(first), chain((first,), remaining))
