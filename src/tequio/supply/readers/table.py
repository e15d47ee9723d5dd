"""From raw records to chunks: find the headers, skip blanks, check widths, turn rows into columns. CSV and XLSX share it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from tequio.supply.readers.fix_file import ABSENT_MARK, unguard
from tequio.supply.readers.headers import find_header, is_own
from tequio.supply.readers.parts import Chunk, EmptyFile, Limits, NoRows, RowFault, RowProblem, too_many_columns

Record = tuple[int, list[str], str]
"""Line where it starts, cells, and what is wrong with it as text ("" when nothing): a quote out of place."""

HEADER_SEARCH: Final = 20
"""How many rows with text are looked at for the headers."""


_FOLD: Final = 100
"""Rows folded into columns at once. Measured: 50 to 500 do alike."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read one file's records."""

    known: AbstractSet[str]
    size: int
    limits: Limits
    sheet: str = ""
    fill_short: bool = False
    """A spreadsheet does not store trailing blanks, so its short rows are whole. In a CSV a short row lost something."""


@dataclass(slots=True)
class _Table:
    """The headers found, and what reading each row needs to know of them."""

    headers: tuple[str, ...]
    line: int
    preamble: tuple[int, ...]
    own: bool
    """The file is one of ours for fixing: its guards are taken off."""


def chunks(records: Iterator[Record], how: Reading) -> Iterator[Chunk]:
    """Cut the records into chunks of at most `how.size` rows. Raises EmptyFile, NoRows, TooManyColumns. O(cells)."""
    filled = (record for record in records if _has_text(record[1]))
    first = list(islice(filled, HEADER_SEARCH))
    table = _find_table(first, how)
    under_way = _Block(table, how)
    empty = True
    for record in chain(first[len(table.preamble) + 1 :], filled):
        empty = False
        under_way.add(record)
        if under_way.full():
            yield under_way.chunk()
            under_way = _Block(table, how)
    if empty:
        raise NoRows(
            f"El archivo trae encabezados (línea {table.line}) y ningún renglón.",
            hint="Si no hubo registros en el periodo, no envíe archivo: declare el periodo sin novedad.",
        )
    if under_way.first_line:
        yield under_way.chunk()


def _has_text(cells: list[str]) -> bool:
    return any(cells) and any(map(str.strip, cells))


def _find_table(first: list[Record], how: Reading) -> _Table:
    if not first:
        raise EmptyFile("El archivo no tiene datos.", hint="Revise que guardó el archivo correcto.")
    candidates = [_without_trailing_blanks(cells) for _, cells, _ in first]
    for (line, _, _), cells in zip(first, candidates, strict=True):
        if len(cells) > how.limits.columns:
            raise too_many_columns(how.limits, line)
    index = find_header(candidates, how.known)
    headers = [cell.replace("\ufeff", "").removeprefix("ï»¿").strip() for cell in candidates[index]]
    own = any(is_own(header) for header in headers)
    return _Table(
        headers=tuple(unguard(header) for header in headers) if own else tuple(headers),
        line=first[index][0],
        preamble=tuple(line for line, _, _ in first[:index]),
        own=own,
    )


def _without_trailing_blanks(cells: list[str]) -> list[str]:
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return cells[:width]


class Columns:
    """Rows turned into columns a few at a time, while they are in the processor's cache: twice as fast as a chunk at once."""

    def __init__(self, width: int) -> None:
        self._columns: list[list[str]] = [[] for _ in range(width)]
        self._rows: list[list[str]] = []
        self.height = 0

    def add(self, row: list[str]) -> None:
        """Take a row, which must have the width."""
        self._rows.append(row)
        self.height += 1
        if len(self._rows) >= _FOLD:
            self._fold()

    def _fold(self) -> None:
        if self._rows:
            for column, piece in zip(self._columns, zip(*self._rows, strict=True), strict=True):
                column.extend(piece)
            self._rows.clear()

    def lists(self) -> list[list[str]]:
        """One list per column."""
        self._fold()
        return self._columns


class _Block:
    """The rows of the chunk under way."""

    def __init__(self, table: _Table, how: Reading) -> None:
        self._table, self._how = table, how
        self._width, self._longest = len(table.headers), how.limits.cell_chars
        self._lines: list[int] = []
        self._columns = Columns(self._width)
        self._problems: list[RowProblem] = []
        self._chars = 0
        self.first_line = 0
        """Line of the first row; 0 while there is none."""

    def full(self) -> bool:
        return self._columns.height + len(self._problems) >= self._how.size or self._chars >= self._how.limits.chunk_chars

    def add(self, record: Record) -> None:
        line, cells, wrong = record
        self.first_line = self.first_line or line
        if self._table.own:
            cells = [unguard(cell) for cell in cells]
        if len(cells) != self._width:
            cells = _to_width(cells, self._width, self._how)
        chars = sum(map(len, cells))
        self._chars += chars
        too_long = chars > self._longest and max(map(len, cells)) > self._longest
        if wrong or too_long or len(cells) != self._width or (self._table.own and ABSENT_MARK in cells):
            self._problems.append(_problem(line, cells, wrong, self._width, self._longest))
        else:
            self._lines.append(line)
            self._columns.add(cells)

    def chunk(self) -> Chunk:
        return Chunk(
            headers=self._table.headers,
            first_line=self.first_line,
            lines=self._lines,
            cells=self._columns.lists(),
            problems=self._problems,
            header_line=self._table.line,
            preamble=self._table.preamble,
            sheet=self._how.sheet,
        )


def _to_width(cells: list[str], width: int, how: Reading) -> list[str]:
    """Blanks to the right of the table are nobody's data; anything else there is."""
    if len(cells) < width:
        return cells + [""] * (width - len(cells)) if how.fill_short else cells
    return cells if any(map(str.strip, cells[width:])) else cells[:width]


def _problem(line: int, cells: list[str], wrong: str, width: int, longest: int) -> RowProblem:
    """Name the fault; the gravest first, since the others may be its consequence."""
    count = len(cells)
    if wrong:
        code, message = RowFault.STRAY_QUOTE, wrong
    elif count > width:
        code = RowFault.TOO_MANY
        message = (
            f"El renglón tiene {count} columnas y los encabezados {width}. Un texto con el separador debe ir entre comillas."
        )
    elif count < width or ABSENT_MARK in cells:
        code = RowFault.TOO_FEW
        message = f"Al renglón le faltan columnas: los encabezados son {width}. Complete las celdas, aunque queden vacías."
    else:
        code = RowFault.LONG_CELL
        message = f"Una celda pasa de {longest:,} caracteres. Suele ser una comilla sin cerrar o un texto pegado por error."
    return RowProblem(line=line, code=code.value, message=message, cells=tuple(cell[:longest] for cell in cells))
