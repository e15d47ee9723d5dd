"""The steps of processing a batch, in its transaction: stage, judge, store, tell.

Memory is that of one chunk; time is O(rows). Reactions to the stored records (keys, screening) run inside the registry's
writer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from django.db import connection
from django.db.backends.utils import CursorWrapper

from tequio.access.domain import Actor
from tequio.catalogs import selectors as catalogs
from tequio.kernel import clock
from tequio.kernel.contract import Kind, Severity
from tequio.supply import readers, staging
from tequio.supply.checks.codes import Finding
from tequio.supply.checks.engine import Checked, Checker, Piece, gravest
from tequio.supply.checks.readings import Frame
from tequio.supply.domain import Tally, supplied_names
from tequio.supply.models import Batch
from tequio.supply.readers import Chunk, FileFacts, RowProblem
from tequio.supply.registries import Intake, Refine, intake

CHUNK = 2_000
"""Rows in memory at a time. Larger chunks are no faster, and each thousand rows of 50 columns costs some 20 MB."""

Progress = Callable[[int], None]


def run(*, batch: Batch, actor: Actor, path: Path, progress: Progress) -> Tally:
    """Process the file of a locked batch. Returns its tally. Raises FileRefused if the file cannot be read to its end."""
    found = intake(batch.registry)
    today = clock.now().astimezone(clock.MEXICO).date()
    frame = Frame(
        today, {f.catalog: catalogs.lookup(f.catalog, today) for f in found.contract.fields if f.kind is Kind.CATALOG}
    )
    with connection.cursor() as cursor:
        staging.create(cursor, found.contract, found.derived)
        rows = _stage(batch, found, Checker(found.contract, frame), found.refiner(today, actor.state_code), path, progress)
        _judge_repeated_keys(cursor)
        counts = found.upsert(actor=actor, change_set=batch.id, table=staging.TABLE)
        outcomes = _tell(cursor, batch)
    held = outcomes.get(Severity.QUARANTINE.value, 0) + outcomes.get(Severity.REJECTION.value, 0)
    warned = outcomes.get(Severity.WARNING.value, 0)
    return Tally(
        rows=rows,
        accepted=rows - held - warned,
        warned=warned,
        quarantined=outcomes.get(Severity.QUARANTINE.value, 0),
        rejected=outcomes.get(Severity.REJECTION.value, 0),
        new=counts.inserted,
        new_version=counts.updated,
        cancelled=counts.cancelled,
        unchanged=counts.unchanged,
    )


def _stage(batch: Batch, found: Intake, checker: Checker, refine: Refine, path: Path, progress: Progress) -> int:
    """Read, check and COPY the file piece by piece. Returns how many rows it has."""
    total = 0
    facts = FileFacts.from_dict(batch.file_facts)
    known = frozenset(readers.header_key(header) for header, _ in batch.headers)  # whatever the profile says by now
    for chunk in readers.rows(path, facts, known=known, chunk=CHUNK):
        if chunk.lines:
            checked = checker.check(_piece(batch, chunk))
            raw = {field: chunk.cells[i] for i, (_, field) in enumerate(batch.headers) if field}
            _add_found(checked, refine(checked.columns, raw))
            staging.load(found.contract, found.derived, checked)
        _load_problems(chunk.problems)
        total += len(chunk.lines) + len(chunk.problems)
        progress(total)
    return total


def _piece(batch: Batch, chunk: Chunk) -> Piece:
    values, extra = {}, {}
    for (header, field), name, cells in zip(batch.headers, supplied_names(batch.headers), chunk.cells, strict=True):
        if field:
            values[field] = cells
        elif name and not readers.is_own(header):
            extra[name] = cells
    return Piece(chunk.lines, values, extra)


def _add_found(checked: Checked, found: Iterable[tuple[int, str, str, Severity]]) -> None:
    for row, field, code, severity in found:
        value = checked.columns[field][row] if field in checked.columns else ""
        checked.findings.append(Finding(checked.lines[row], field, code, severity, str(value or "")))
        checked.verdicts[row] = gravest(checked.verdicts[row], severity)


def _load_problems(problems: list[RowProblem]) -> None:
    staging.load_held([(p.line, Severity.REJECTION, json.dumps({"_cells": p.cells}, ensure_ascii=False)) for p in problems])
    staging.load_findings([Finding(p.line, "", p.code, Severity.REJECTION) for p in problems])


def _judge_repeated_keys(cursor: CursorWrapper) -> None:
    """Of rows with one key, equal ones count once; different ones all wait, since nobody here can say which is right."""
    cursor.execute(
        f"""
        UPDATE {staging.TABLE} s SET verdict = g.verdict, verdict_code = g.code
        FROM (
            SELECT line, clave_registro,
                CASE WHEN different > 1 THEN 'cuarentena' WHEN place > 1 THEN 'sin_cambio' END AS verdict,
                CASE WHEN different > 1 THEN 'CLAVE_REPETIDA_DISTINTA' WHEN place > 1 THEN 'CLAVE_REPETIDA_IGUAL' END AS code
            FROM (
                SELECT line, clave_registro, row_number() OVER (k ORDER BY line) AS place,
                    count(*) OVER k AS times,
                    CASE WHEN min(said) OVER k = max(said) OVER k THEN 1 ELSE 2 END AS different
                FROM (SELECT line, clave_registro, content_hash || coalesce(operacion, '') AS said FROM {staging.TABLE}) AS told
                WINDOW k AS (PARTITION BY clave_registro)
            ) AS ranked WHERE times > 1
        ) AS g WHERE g.line = s.line AND g.verdict IS NOT NULL
        """
    )


_VERDICT_SEVERITY = {"cuarentena": Severity.QUARANTINE, "rechazada": Severity.REJECTION}


def _tell(cursor: CursorWrapper, batch: Batch) -> dict[str, int]:
    """Write findings and held rows, and count rows by their gravest finding."""
    for verdict, severity in _VERDICT_SEVERITY.items():
        cursor.execute(
            f"INSERT INTO {staging.HELD} SELECT line, %s, supplied FROM {staging.TABLE} WHERE verdict = %s",
            [severity.value, verdict],
        )
    cursor.execute(
        f"""
        INSERT INTO {staging.FINDINGS} (line, field, code, severity, value)
        SELECT line, 'clave_registro', verdict_code,
            CASE verdict WHEN 'cuarentena' THEN 'cuarentena' WHEN 'rechazada' THEN 'rechazada' ELSE 'advertida' END,
            left(clave_registro, 2) || '•••'
        FROM {staging.TABLE} WHERE verdict_code IS NOT NULL
        """
    )
    cursor.execute(
        f"""
        INSERT INTO supply_rowfinding (batch_id, line, field, code, severity, value)
        SELECT %s, line, left(field, 120), code, severity, left(value, 40) FROM {staging.FINDINGS} ORDER BY line
        """,
        [batch.id],
    )
    cursor.execute(
        f"""
        INSERT INTO supply_heldrow (batch_id, line, severity, raw)
        SELECT %s, line, severity, raw FROM {staging.HELD} ORDER BY line
        """,
        [batch.id],
    )
    cursor.execute(
        f"""
        SELECT gravest, count(*) FROM (
            SELECT line, CASE max(CASE severity WHEN 'rechazada' THEN 3 WHEN 'cuarentena' THEN 2 ELSE 1 END)
                WHEN 3 THEN 'rechazada' WHEN 2 THEN 'cuarentena' ELSE 'advertida' END AS gravest
            FROM {staging.FINDINGS} GROUP BY line
        ) AS by_line GROUP BY gravest
        """
    )
    return {str(severity): int(count) for severity, count in cursor.fetchall()}
