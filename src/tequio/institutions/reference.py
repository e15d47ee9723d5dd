"""The data files that come in the package, read as text. No database.

Files are CSV with a header row. An empty cell is None where the column may be unknown.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from importlib import resources

from tequio.institutions.domain import StateEntry


def rows(name: str) -> list[dict[str, str]]:
    """Rows of `data/<name>.csv`."""
    text = resources.files("tequio.institutions").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def state_entries() -> tuple[StateEntry, ...]:
    """The thirty-two states with all their names. Source: INEGI codes, RENAPO keys; other names in common use."""
    return tuple(
        StateEntry(row["code"], row["renapo"], row["name"], row["abbreviation"], tuple(row["aliases"].split("|")))
        for row in rows("states")
    )


def day(text: str) -> date | None:
    """The day of an ISO text; None for an empty one."""
    return date.fromisoformat(text) if text else None


def flag(text: str) -> bool:
    """Whether a cell says «si»."""
    return text == "si"
