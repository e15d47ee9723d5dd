"""Checking a piece of a file against a contract: typed columns for what can be stored, findings for the rest.

Cost: O(cells). Values that repeat (dates, catalogue texts, places) are read once and remembered; memory is that of the piece
plus the bounded memory of readings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tequio.kernel.contract import Contract, Field, Kind, Severity
from tequio.kernel.text import fold
from tequio.supply.checks.codes import Finding
from tequio.supply.checks.readings import Frame, Reading, Value, read

REMEMBERED = 10_000
"""Readings kept per field. A field of more distinct values (keys, CURP) starts its memory afresh."""

_BLANK = Reading(None)
_CANCEL = "cancelacion"
"""Code of the operation that ends a record."""
_HASH_SKIPS = frozenset({"operacion", "motivo_cambio"})
"""Fields that say what to do with a record, not what it is: they do not make another version of it."""


@dataclass(slots=True)
class Piece:
    """Part of a file by columns. `values[field]` are texts in the order of `lines`; `extra` are columns nobody asked for, under
    the names by which they are kept."""

    lines: Sequence[int]
    values: Mapping[str, Sequence[str]]
    extra: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Checked:
    """Outcome of a piece. `columns` hold every row; `verdicts[i]` is the gravest finding of row i, or None."""

    lines: list[int]
    columns: dict[str, list[Any]]
    supplied: list[str]
    absences: list[str]
    hashes: list[str]
    verdicts: list[Severity | None]
    findings: list[Finding]
    cancels: frozenset[int] = frozenset()


class Checker:
    """Checks pieces of one file. Keeps what it has read, so make one per file; not for several threads."""

    def __init__(self, contract: Contract, frame: Frame) -> None:
        self._contract = contract
        self._frame = frame
        self._memory: dict[str, dict[str, Reading]] = {f.name: {} for f in contract.fields}
        self._groups = [(group, "FALTA_ALGUNO", Severity.REJECTION) for group in contract.any_of]
        self._groups += [(group, "FALTA_RECOMENDADO", Severity.WARNING) for group in contract.advised]

    def check(self, piece: Piece) -> Checked:
        """Read every cell, then what rows need as a whole."""
        count = len(piece.lines)
        out = Checked(list(piece.lines), {}, [], [], [], [None] * count, [])
        absences: list[dict[str, str]] = [{} for _ in range(count)]
        out.cancels = self._cancellations(piece)
        for column in self._contract.fields:
            texts = piece.values.get(column.name)
            if texts is None:
                out.columns[column.name] = [None] * count
                if column.required:
                    self._missing(column, range(count), out)
            else:
                out.columns[column.name] = self._column(column, texts, out, absences)
        self._check_groups(piece, out)
        self._keep_supplied(piece, out)
        out.absences = [json.dumps(item, ensure_ascii=False) if item else "{}" for item in absences]
        return out

    def _column(self, column: Field, texts: Sequence[str], out: Checked, absences: list[dict[str, str]]) -> list[Value]:
        """Read each distinct text once; then look only at the rows whose text has something to say."""
        memory = self._memory[column.name]
        distinct = set(texts)
        if len(memory) + len(distinct) > REMEMBERED:
            memory.clear()
        for raw in distinct - memory.keys():
            text = raw.strip()
            memory[raw] = read(column, text, self._frame) if text else _BLANK
        values = [memory[raw].value for raw in texts]
        telling = {raw for raw in distinct if (r := memory[raw]).findings or r.absence or (r is _BLANK and column.required)}
        if telling:
            for row, raw in enumerate(texts):
                if raw in telling:
                    self._tell(column, row, raw, memory[raw], out, absences)
        return values

    def _tell(self, column: Field, row: int, raw: str, reading: Reading, out: Checked, absences: list[dict[str, str]]) -> None:
        if reading is _BLANK:
            self._missing(column, (row,), out)
            return
        if reading.absence:
            absences[row][column.name] = reading.absence
        for code, severity in reading.findings:
            out.findings.append(Finding(out.lines[row], column.name, code, severity, raw))
            out.verdicts[row] = gravest(out.verdicts[row], severity)

    def _cancellations(self, piece: Piece) -> frozenset[int]:
        """Rows that only ask to cancel a record: their key is all they must bring."""
        texts = piece.values.get(self._contract.operation)
        if texts is None:
            return frozenset()
        known = self._frame.catalogs[self._contract.field_named(self._contract.operation).catalog]
        cancelling = {text for text in set(texts) if text.strip() and known.get(fold(text)) == _CANCEL}
        return frozenset(row for row, text in enumerate(texts) if text in cancelling) if cancelling else frozenset()

    def _missing(self, column: Field, rows: Sequence[int], out: Checked) -> None:
        for row in rows:
            if row in out.cancels and column.kind is not Kind.KEY:
                continue
            out.findings.append(Finding(out.lines[row], column.name, "FALTA_DATO_OBLIGATORIO", Severity.REJECTION))
            out.verdicts[row] = Severity.REJECTION

    def _check_groups(self, piece: Piece, out: Checked) -> None:
        for group, code, severity in self._groups:
            present = [piece.values[name] for name in group if name in piece.values]
            if not present and severity is Severity.WARNING:
                continue  # the file does not carry the column at all: said once for the file, not for each row
            for row, line in enumerate(out.lines):
                if row not in out.cancels and not any(texts[row] and not texts[row].isspace() for texts in present):
                    out.findings.append(Finding(line, "/".join(group), code, severity))
                    out.verdicts[row] = gravest(out.verdicts[row], severity)

    def _keep_supplied(self, piece: Piece, out: Checked) -> None:
        """What each row said, and its fingerprint: by name, so that another order of columns is not another version."""
        columns = {**piece.values, **piece.extra}
        names = sorted(columns)
        skips = _HASH_SKIPS & columns.keys()
        version = self._contract.version.encode()
        for row in zip(*(columns[name] for name in names), strict=True):
            kept = {name: text for name, text in zip(names, row, strict=True) if text}
            said = supplied = json.dumps(kept, ensure_ascii=False)
            if skips & kept.keys():
                said = json.dumps({name: text for name, text in kept.items() if name not in skips}, ensure_ascii=False)
            out.supplied.append(supplied)
            out.hashes.append(hashlib.sha256(version + said.encode()).hexdigest())


_GRAVITY = {None: 0, Severity.WARNING: 1, Severity.QUARANTINE: 2, Severity.REJECTION: 3}


def gravest(one: Severity | None, other: Severity | None) -> Severity | None:
    """The graver of two."""
    return one if _GRAVITY[one] >= _GRAVITY[other] else other


def named(contract: Contract, kind: Kind) -> list[str]:
    """Names of the contract's fields of a kind."""
    return [f.name for f in contract.fields if f.kind is kind]
