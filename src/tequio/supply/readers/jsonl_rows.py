"""Rows of a JSONL: one flat object a line. Objects have no fixed columns, so a first pass gathers their keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tequio.supply.readers.parts import (
    Chunk,
    EmptyFile,
    FileFacts,
    Limits,
    NoRows,
    RowFault,
    RowProblem,
    too_many_columns,
)
from tequio.supply.readers.sniff import open_text
from tequio.supply.readers.table import Columns

_UNSTORABLE: Final = frozenset("\x00") | frozenset(map(chr, range(0xD800, 0xE000)))


class _Unfit(ValueError):
    """The line is JSON, or not even, but not a row. Its text says why."""


def jsonl_chunks(path: Path, facts: FileFacts, *, size: int, limits: Limits) -> Iterator[Chunk]:
    """Read the file twice: its keys, then its rows. Memory: one chunk. Raises EmptyFile, NoRows, TooManyColumns.

    Numbers keep the digits they came with (1.0 is not 1); true and false are si and no; null is blank, as is an absent key.
    """
    headers = _keys(path, facts, limits)
    block = _Block(headers, limits)
    for line, text in _lines(path, facts):
        block.add(line, text)
        if block.count >= size or block.chars >= limits.chunk_chars:
            yield block.chunk()
            block = _Block(headers, limits)
    if block.count:
        yield block.chunk()


def _lines(path: Path, facts: FileFacts) -> Iterator[tuple[int, str]]:
    with open_text(path, facts.encoding) as source:
        for line, text in enumerate(source, start=1):
            if not text.isspace():
                yield line, text.rstrip("\r\n")


def _keys(path: Path, facts: FileFacts, limits: Limits) -> tuple[str, ...]:
    keys: dict[str, None] = {}
    lines = 0
    for line, text in _lines(path, facts):
        lines += 1
        try:
            row = _row(text)
        except _Unfit:
            continue
        if not keys.keys() >= row.keys():
            keys.update(dict.fromkeys(row))
            if len(keys) > limits.columns:
                raise too_many_columns(limits, line)
    if not lines:
        raise EmptyFile("El archivo no tiene datos.", hint="Revise que guardó el archivo correcto.")
    if not keys:
        raise NoRows(
            "Ninguna línea del archivo es un objeto JSON con datos.",
            hint='Escriba un objeto por línea, por ejemplo {"curp": "...", "nombre": "..."}, sin saltos de línea dentro.',
        )
    return tuple(keys)


class _Block:
    """The rows of the chunk under way."""

    def __init__(self, headers: tuple[str, ...], limits: Limits) -> None:
        self._headers, self._limits = headers, limits
        self._lines: list[int] = []
        self._columns = Columns(len(headers))
        self._problems: list[RowProblem] = []
        self._first_line = 0
        self.count = 0
        self.chars = 0

    def add(self, line: int, text: str) -> None:
        """Take a line; an object with nothing in it is a blank line."""
        self.chars += len(text)
        try:
            row = _row(text)
        except _Unfit as unfit:
            self._count(line)
            self._problems.append(RowProblem(line, RowFault.BAD_JSON.value, str(unfit), (text[: self._limits.cell_chars],)))
            return
        cells = [row.get(header, "") for header in self._headers]
        if not any(map(str.strip, cells)):
            return
        self._count(line)
        longest = self._limits.cell_chars
        if max(map(len, cells)) > longest:
            cut = tuple(cell[:longest] for cell in cells)
            message = f"Un valor pasa de {longest:,} caracteres."
            self._problems.append(RowProblem(line, RowFault.LONG_CELL.value, message, cut))
            return
        self._lines.append(line)
        self._columns.add(cells)

    def _count(self, line: int) -> None:
        self.count += 1
        self._first_line = self._first_line or line

    def chunk(self) -> Chunk:
        return Chunk(
            headers=self._headers,
            first_line=self._first_line,
            lines=self._lines,
            cells=self._columns.lists(),
            problems=self._problems,
            header_line=0,
        )


def _no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    row = dict(pairs)
    if len(row) < len(pairs):
        raise _Unfit("El objeto repite una clave: no se sabe cuál de los dos valores vale.")
    return row


def _no_constants(name: str) -> str:
    raise _Unfit(f"{name} no es un valor JSON.")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_no_repeats, parse_float=str, parse_int=str, parse_constant=_no_constants)


def _row(text: str) -> dict[str, str]:
    """The object of a line, its values as text. Raises _Unfit."""
    try:
        row = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _Unfit(f"La línea no es JSON válido (carácter {error.pos + 1}).") from error
    except RecursionError as error:
        raise _Unfit("El objeto tiene demasiados niveles.") from error
    if not isinstance(row, dict):
        raise _Unfit("La línea no es un objeto JSON: debe ir entre llaves { }.")
    return {_storable(key): _text(key, value) for key, value in row.items()}


def _text(key: str, value: object) -> str:
    if isinstance(value, str):
        return _storable(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "si" if value else "no"
    raise _Unfit(f"El valor de «{key[:60]}» es una lista o un objeto. Debe ser texto, número, true, false o null.")


def _storable(text: str) -> str:
    if ("\x00" in text or not text.isascii()) and not _UNSTORABLE.isdisjoint(text):
        raise _Unfit("El objeto contiene un carácter nulo o medio carácter (sustituto suelto).")
    return text
