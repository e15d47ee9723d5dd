"""Reads the room's own tables: CSV files whose first lines, marked '#', say where the data comes from."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from tequio.demo.domain.dice import Weighted


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of data/`name`."""
    text = files("tequio.demo").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@cache
def phrases(kind: str) -> Weighted[str]:
    """Texts of one kind (falta, delito, calle...) with their weights."""
    return Weighted((row["text"], int(row["weight"])) for row in read_table("phrases.csv") if row["kind"] == kind)
