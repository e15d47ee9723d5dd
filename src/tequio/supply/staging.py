"""The staging table of one batch: temporary, of one transaction, filled by COPY."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import polars as pl
from django.db import connection
from django.db.backends.utils import CursorWrapper

from tequio.kernel.contract import Contract, Kind, Severity
from tequio.kernel.ids import new_ids
from tequio.supply.checks.codes import Finding
from tequio.supply.checks.engine import Checked
from tequio.supply.checks.masking import mask

TABLE = "supply_staging"
FINDINGS = "supply_staged_finding"
HELD = "supply_staged_held"

_TYPES: dict[Kind, tuple[str, pl.DataType]] = {
    Kind.DATE: ("date", pl.Date()),
    Kind.TIME: ("time", pl.Time()),
    Kind.INTEGER: ("integer", pl.Int64()),
    Kind.DECIMAL: ("numeric(9,6)", pl.Decimal(12, 6)),
}
_TEXT = ("text", pl.String())


def create(cursor: CursorWrapper, contract: Contract, derived: Sequence[str]) -> None:
    """Make the three tables. They vanish with the transaction, or with the next batch of the same one."""
    cursor.execute(f"DROP TABLE IF EXISTS {TABLE}, {FINDINGS}, {HELD}")
    columns = [f'"{f.name}" {_TYPES.get(f.kind, _TEXT)[0]}' for f in contract.fields] + [f'"{name}" text' for name in derived]
    cursor.execute(
        f"CREATE TEMP TABLE {TABLE} (line integer, new_id uuid, content_hash text, supplied jsonb, absences jsonb, "
        f"verdict text, verdict_code text, {', '.join(columns)}) ON COMMIT DROP"
    )
    cursor.execute(
        f"CREATE TEMP TABLE {FINDINGS} (line integer, field text, code text, severity text, value text) ON COMMIT DROP"
    )
    cursor.execute(f"CREATE TEMP TABLE {HELD} (line integer, severity text, raw jsonb) ON COMMIT DROP")


def load(contract: Contract, derived: Sequence[str], checked: Checked) -> None:
    """COPY a checked piece: rows that can be stored, rows held back, and every finding."""
    frame = _frame(contract, derived, checked)
    kept = pl.Series([v in (None, Severity.WARNING) for v in checked.verdicts], dtype=pl.Boolean)
    _copy(TABLE, frame.filter(kept).drop("severity"))
    held = frame.filter(~kept)
    if held.height:
        _copy(HELD, held.select("line", "severity", pl.col("supplied").alias("raw")))
    load_findings(checked.findings)


def load_findings(findings: Sequence[Finding]) -> None:
    """COPY findings, values masked."""
    if findings:
        rows = [(f.line, f.field, f.code, f.severity.value, mask(f.value)) for f in findings]
        schema = {"line": pl.Int64, "field": pl.String, "code": pl.String, "severity": pl.String, "value": pl.String}
        _copy(FINDINGS, pl.DataFrame(rows, schema=schema, orient="row"))


def load_held(rows: Sequence[tuple[int, Severity, str]]) -> None:
    """COPY rows that could not even be read by columns. The third item is JSON text."""
    if rows:
        data = [(line, severity.value, raw) for line, severity, raw in rows]
        _copy(HELD, pl.DataFrame(data, schema={"line": pl.Int64, "severity": pl.String, "raw": pl.String}, orient="row"))


def _frame(contract: Contract, derived: Sequence[str], checked: Checked) -> pl.DataFrame:
    data: dict[str, pl.Series] = {
        "line": pl.Series(checked.lines, dtype=pl.Int64),
        "new_id": pl.Series([str(i) for i in new_ids(len(checked.lines))], dtype=pl.String),
        "content_hash": pl.Series(checked.hashes, dtype=pl.String),
        "supplied": pl.Series(checked.supplied, dtype=pl.String),
        "absences": pl.Series(checked.absences, dtype=pl.String),
        "severity": pl.Series([v.value if v else None for v in checked.verdicts], dtype=pl.String),
    }
    for f in contract.fields:
        data[f.name] = pl.Series(checked.columns[f.name], dtype=_TYPES.get(f.kind, _TEXT)[1])
    for name in derived:
        data[name] = pl.Series(checked.columns[name], dtype=pl.String)
    return pl.DataFrame(data)


def _copy(table: str, frame: pl.DataFrame) -> None:
    buffer = BytesIO()
    frame.write_csv(buffer, include_header=False, null_value="", quote_style="necessary")
    names = ", ".join(f'"{name}"' for name in frame.columns)
    raw: Any = connection.cursor().cursor
    with raw.copy(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, NULL '')") as copy:
        copy.write(buffer.getbuffer())
