"""Records of an XLSX's sheet, as text: what the supplier sees on screen, never what a formula claims to be worth.

A number is written without exponent or '.0'; a number format of zeros only (00000) gives the leading zeros back; a date is
ISO; true and false are si and no; a formula is its own text, so that the check of its row refuses it; an error cell is its
text (#REF!). An integer of 16 digits or more lost its last ones in Excel: it is left as Excel shows it (1.23E+17), never as
digits that look whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Final

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from tequio.supply.readers.parts import FileFacts, Limits, too_many_columns
from tequio.supply.readers.table import Record
from tequio.supply.readers.xlsx_package import (
    Attributes,
    Package,
    SharedStrings,
    TextCollector,
    damage_is_refused,
    damaged,
    new_parser,
)

_LAST_ROW: Final = 1_048_576
_SECONDS: Final = 86_400
_SAFE_DIGITS: Final = 15
_LARGEST_EXPONENT: Final = 300
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_LETTERS: Final = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ZEROS: Final = re.compile(r"0{2,15}")
_MIDNIGHT: Final = re.compile(r"T00:00(:00(\.0+)?)?Z?$")


class Look(Enum):
    """What a cell's number format makes of a number."""

    NUMBER = "number"
    DATE = "date"
    DURATION = "duration"


class Numbers:
    """Writes the numbers of a workbook as its sheet shows them."""

    def __init__(self, formats: list[str | int], *, from_1904: bool) -> None:
        self._epoch = MAC_EPOCH if from_1904 else WINDOWS_EPOCH
        codes = [BUILTIN_FORMATS.get(code, "General") if isinstance(code, int) else code for code in formats]
        self._looks = [_look(code) for code in codes]
        self._widths = [len(code) if _ZEROS.fullmatch(code) else 0 for code in codes]

    def text(self, raw: str, style: int) -> str:
        """The number `raw` under a style. What is not a number is left as it is."""
        look = self._looks[style] if style < len(self._looks) else Look.NUMBER
        if look is not Look.NUMBER:
            return self._moment(raw, look)
        text = raw if raw.isdecimal() and len(raw) <= _SAFE_DIGITS else plain_number(raw)
        width = self._widths[style] if style < len(self._widths) else 0
        return text.zfill(width) if width and text.isdecimal() else text

    def _moment(self, raw: str, look: Look) -> str:
        """A date, time or duration; a number that is none (negative, after the year 9999) stays a number, as no valid date."""
        try:
            days = round(float(raw) * _SECONDS) / _SECONDS
            if days < 0:
                return plain_number(raw)
            value = from_excel(days, self._epoch, timedelta=look is Look.DURATION)
        except (ValueError, OverflowError):
            return plain_number(raw)
        if isinstance(value, timedelta):
            return _duration(value)
        return _iso(value)


def _look(code: str) -> Look:
    if is_timedelta_format(code):
        return Look.DURATION
    return Look.DATE if is_date_format(code) else Look.NUMBER


def _iso(value: datetime | date | time) -> str:
    if isinstance(value, datetime):
        value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return _MIDNIGHT.sub("", value.isoformat())
    return value.isoformat(timespec="seconds") if isinstance(value, time) else value.isoformat()


def _duration(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def plain_number(raw: str) -> str:
    """A number as Excel shows it: 15 significant digits, no exponent, no '.0'. What is no number of Excel, as it came."""
    if not _NUMBER.fullmatch(raw):
        return raw
    number = Decimal(raw)
    if abs(number.adjusted()) > _LARGEST_EXPONENT:
        return raw
    if number == number.to_integral_value():
        return format(number, ".0f") if number.adjusted() < _SAFE_DIGITS else format(float(number), ".15G")
    return format(Decimal(format(float(number), ".15g")), "f")


def xlsx_records(path: Path, facts: FileFacts, limits: Limits) -> Iterator[Record]:
    """Every row of the sheet named in `facts`. Raises a FileRefused. Memory: the shared texts and the rows of 64 KiB of XML."""
    with Package(path, limits) as package:
        book = package.workbook()
        part = next((part for name, part, _ in book.sheets if name == facts.sheet), "")
        numbers = Numbers(package.styles(book).formats, from_1904=book.from_1904)
        reader = _SheetReader(package.strings(book), numbers, limits)
        for block in package.blocks(part):
            with damage_is_refused(part):
                reader.parser.Parse(block, False)
            yield from reader.take()
        with damage_is_refused(part):
            reader.parser.Parse(b"", True)
        yield from reader.take()


class _SheetReader:
    """Handlers of a worksheet's XML. Tags are compared with the prefix that the root uses."""

    def __init__(self, strings: SharedStrings, numbers: Numbers, limits: Limits) -> None:
        self._strings, self._numbers, self._limits = strings, numbers, limits
        self._rows: list[Record] = []
        self._row = 0
        self._column = 0
        self._cells: list[str] = []
        self._kind = "n"
        self._style = 0
        self._value: list[str] = []
        self._value_length = 0
        self._in_value = False
        self._formula: str | None = None
        self._shared: dict[str, str] = {}
        self._group = ""
        self._inline: TextCollector | None = None
        self._columns: dict[str, int] = {}
        self._root = ""
        self.parser = new_parser()
        self.parser.StartElementHandler = self._first
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data

    def take(self) -> list[Record]:
        """The rows finished since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def _first(self, name: str, attributes: Attributes) -> None:
        prefix = name[: name.rfind(":") + 1]
        self._tag_row, self._tag_cell, self._tag_value = prefix + "row", prefix + "c", prefix + "v"
        self._tag_formula, self._tag_inline = prefix + "f", prefix + "is"
        self.parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == self._tag_cell:
            self._start_cell(attributes)
        elif name == self._tag_value:
            self._in_value = True
        elif self._inline is not None:
            self._inline.start(name, attributes)
        elif name == self._tag_formula:
            self._in_value = True
            self._group = attributes.get("si", "") if attributes.get("t") == "shared" else ""
        elif name == self._tag_row:
            self._start_row(attributes.get("r"))
        elif name == self._tag_inline:
            self._inline = TextCollector(self._limits.cell_chars + 1)

    def _start_row(self, number: str | None) -> None:
        before = self._row
        self._row = before + 1 if number is None else int(number) if number.isdecimal() and len(number) < 8 else 0
        if not before < self._row <= _LAST_ROW:
            raise damaged(f"el renglón que sigue al {before} no está en orden")
        self._cells = []
        self._column = 0

    def _start_cell(self, attributes: Attributes) -> None:
        where = attributes.get("r")
        self._column = self._column + 1 if where is None else self._column_of(where)
        self._kind = attributes.get("t", "n")
        style = attributes.get("s", "0")
        self._style = int(style) if style.isdecimal() and len(style) < 8 else 0
        self._formula = None

    def _column_of(self, where: str) -> int:
        letters = where.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            if not _LETTERS.fullmatch(where):
                raise damaged("una celda no dice bien su lugar")
            column = 0
            for letter in letters:
                column = column * 26 + ord(letter) - 64
            self._columns[letters] = column
        return column

    def _data(self, text: str) -> None:
        if self._in_value:
            if self._value_length <= self._limits.cell_chars:
                self._value.append(text)
                self._value_length += len(text)
        elif self._inline is not None:
            self._inline.data(text)

    def _end(self, name: str) -> None:
        if name == self._tag_value:
            self._in_value = False
        elif name == self._tag_cell:
            self._end_cell()
        elif name == self._tag_row:
            self._rows.append((self._row, self._cells, ""))
        elif self._inline is not None:
            if self._inline.end(name):
                self._value.append(self._inline.take())
                self._inline = None
        elif name == self._tag_formula:
            self._in_value = False
            self._formula = self._formula_text(self._take())

    def _take(self) -> str:
        text = "".join(self._value)
        self._value.clear()
        self._value_length = 0
        return text

    def _formula_text(self, text: str) -> str:
        """A shared formula is written once; the other cells of its group get its text as it is: it will be refused."""
        if self._group:
            text = self._shared.setdefault(self._group, text)
        return "=" + text

    def _end_cell(self) -> None:
        raw = self._take()
        text = self._formula if self._formula is not None else self._text(raw) if raw else ""
        if not text:
            return
        column, cells = self._column, self._cells
        gap = column - len(cells) - 1
        if gap > 0:
            if column > self._limits.columns:
                raise too_many_columns(self._limits, self._row)
            cells.extend([""] * gap)
        elif gap < 0:
            raise damaged(f"las celdas del renglón {self._row} no están en orden")
        elif column > self._limits.columns:
            raise too_many_columns(self._limits, self._row)
        cells.append(text)

    def _text(self, raw: str) -> str:
        kind = self._kind
        if kind == "s":
            index = int(raw) if raw.isdecimal() else -1
            if not 0 <= index < len(self._strings):
                raise damaged("una celda apunta a un texto que no existe")
            return _unescaped(self._strings[index])
        if kind == "n":
            return self._numbers.text(raw, self._style)
        if kind == "b":
            return "si" if raw == "1" else "no"
        if kind == "d":
            return _MIDNIGHT.sub("", raw)
        return raw if kind == "e" else _unescaped(raw)


def _unescaped(text: str) -> str:
    """Undo OOXML's `_x000D_` escapes, but for NUL and surrogates, which no text may hold."""
    return _ESCAPED.sub(_escaped_char, text) if "_x" in text else text


def _escaped_char(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    return match.group() if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)
