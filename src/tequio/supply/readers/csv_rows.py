"""Records of a CSV, as fast as the standard parser allows and with a slower one for the rows that it gives up on.

The fast parser runs in strict mode: a quote out of place stops it instead of silently joining two people's rows. Only that
record is then read by hand; the lines that it had swallowed are read again as rows of their own.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from tequio.supply.readers.parts import FileFacts, Limits, UnclosedQuote
from tequio.supply.readers.sniff import is_separator_line, open_text
from tequio.supply.readers.table import Record

QUOTE: Final = '"'


def csv_records(path: Path, facts: FileFacts, limits: Limits) -> Iterator[Record]:
    """Every record with text or without, in order. Raises UnclosedQuote. Memory: one record."""
    with open_text(path, facts.encoding) as source:
        yield from _Reader(source, facts.delimiter, limits).records()


class _Reader:
    """Reads records and knows the physical line where each starts."""

    def __init__(self, source: TextIO, delimiter: str, limits: Limits) -> None:
        self._source = source
        self._delimiter = delimiter
        self._limits = limits
        self._record: list[str] = []
        """Lines taken for the record under way."""
        self._again: list[str] = []
        """Lines swallowed by a bad record, to be read again; the next one last."""
        self._reread = 0
        self._done = 0
        """Lines of the records already delivered."""

    def records(self) -> Iterator[Record]:
        lines = self._lines()
        record = self._record
        parser = csv.reader(lines, delimiter=self._delimiter, strict=True)
        while True:
            try:
                for cells in parser:
                    start = self._done + 1
                    self._done += len(record)
                    if start > 1 or not is_separator_line(record[0]):
                        yield start, cells, ""
                    record.clear()
                return
            except csv.Error:
                yield self._by_hand(lines)

    def _lines(self) -> Iterator[str]:
        record, again = self._record, self._again
        for line in self._source:
            record.append(line)
            if len(record) > 1:
                self._refuse_swallowed()
            yield line
            while again:
                given_back = again.pop()
                record.append(given_back)
                yield given_back

    def _refuse_swallowed(self) -> None:
        """A record of too many lines, or too large, is a quote left open."""
        if len(self._record) > self._limits.quoted_lines or sum(map(len, self._record)) > self._limits.line_chars:
            raise self._unclosed()

    def _unclosed(self) -> UnclosedQuote:
        by_hand = _Splitter(self._delimiter)
        for line in self._record:
            by_hand.take(line)
        opened = self._done + by_hand.opened_at
        return UnclosedQuote(
            f"La comilla que se abre en la línea {opened} no se cierra, y se traga los renglones que siguen.",
            hint=f"Cierre o quite la comilla de la línea {opened} y envíe el archivo de nuevo. "
            'Una comilla dentro de un texto se escribe doble: "".',
            facts={"line": opened},
        )

    def _by_hand(self, lines: Iterator[str]) -> Record:
        """Split the record on which the strict parser stopped. Raises UnclosedQuote. O(characters of the record)."""
        splitter = _Splitter(self._delimiter)
        taken = 0
        while True:
            while taken < len(self._record):
                splitter.take(self._record[taken])
                taken += 1
            if not splitter.open or splitter.stray:
                break
            if next(lines, None) is None:
                raise self._unclosed()
        start = self._done + 1
        wrong = ""
        if splitter.stray:
            wrong = f"Hay una comilla fuera de lugar en la línea {start}. Dentro de un texto entre comillas se escriben dobles."
            if taken > 1:
                wrong = f"La comilla que se abre en la línea {start} no se cierra en su renglón. Ciérrela o quítela."
                self._reread += taken - 1
                if self._reread > self._limits.reread_lines:
                    raise self._unclosed()
                splitter = _Splitter(self._delimiter)
                splitter.take(self._record[0])
                self._again.extend(reversed(self._record[1:]))
                taken = 1
        self._done += taken
        self._record.clear()
        return start, splitter.cells(), wrong


class _Splitter:
    """Splits one record, line by line, forgiving quotes out of place and remembering that there were."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._cells: list[str] = []
        self._cell: list[str] = []
        self._lines = 0
        self.open = False
        self.stray = False
        self.opened_at = 1
        """Line of the record, from 1, where the last quoted cell opened."""

    def cells(self) -> list[str]:
        """The cells so far; a cell left open ends where the lines did, without its line break."""
        return [*self._cells, "".join(self._cell).rstrip("\r\n")] if self.open else list(self._cells)

    def take(self, line: str) -> None:
        self._lines += 1
        body = line.rstrip("\r\n")
        position = 0
        if not self.open:
            position = self._start_cell(line, 0)
        while True:
            if self.open:
                position = self._quoted(line, position)
                if self.open:
                    return
            end = body.find(self._delimiter, position)
            self._cell.append(body[position:] if end < 0 else body[position:end])
            self._cells.append("".join(self._cell))
            self._cell.clear()
            if end < 0:
                return
            position = self._start_cell(line, end + 1)

    def _start_cell(self, line: str, position: int) -> int:
        if line[position : position + 1] == QUOTE:
            self.open, self.opened_at = True, self._lines
            return position + 1
        return position

    def _quoted(self, line: str, position: int) -> int:
        """Read the inside of a quoted cell. Returns where to go on; still open when the line ended first."""
        while (end := line.find(QUOTE, position)) >= 0:
            self._cell.append(line[position:end])
            if line[end + 1 : end + 2] != QUOTE:
                self.open = False
                self.stray = self.stray or line[end + 1 : end + 2] not in ("", "\r", "\n", self._delimiter)
                return end + 1
            self._cell.append(QUOTE)
            position = end + 2
        self._cell.append(line[position:])
        return position
