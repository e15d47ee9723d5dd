"""Intake holds one chunk in memory, however long the file."""

from __future__ import annotations

import pytest

from tests.node import Node
from tests.world import JUAN, csv_text

MOST_GROWTH_KIB = 60 * 1024


def _file(node: Node, rows: int) -> str:
    shared = JUAN | {"fecha_detencion": "2024-03-01"}
    people = [
        shared | {"clave_registro": f"M{rows}-{number}", "nombre": f"Ana {number % 977}", "motivo": f"motivo {number}",
                  "fecha_nacimiento": f"19{50 + number % 50}-05-1{number % 9}"}
        for number in range(rows)
    ]  # fmt: skip
    return node.file(f"memory-{rows}.csv", csv_text(people))


@pytest.mark.slow
def test_a_file_three_times_as_long_takes_no_more_memory(node: Node) -> None:
    peaks = {}
    for rows in (10_000, 30_000):
        told = node.begin("supply", path=_file(node, rows), key=f"memory-{rows}").said()
        assert told["counts"]["nuevos"] == rows
        peaks[rows] = told["peak_kib"]
    assert peaks[30_000] - peaks[10_000] < MOST_GROWTH_KIB, peaks
