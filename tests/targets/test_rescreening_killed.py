"""A run over everything whose process or database is killed goes on where it was: nothing is lost, nothing is done twice."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest

from tests.node import Node, new_node
from tests.world import JUAN, csv_text

ROWS, CHUNK, KILLS, SEED = 120, 10, 6, 20_261_101
NEWEST = "otro/fin"


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """A node where one person, whom Jalisco looks for, has been detained many times."""
    with new_node() as made:
        made.begin("watch", row=JUAN, document="RUN").said()
        rows = [
            JUAN | {"clave_registro": f"RUN-{n}", "fecha_detencion": f"20{15 + n // 50}-{1 + n % 12:02}-{1 + 3 * (n % 9):02}"}
            for n in range(ROWS)
        ]
        made.begin("supply", path=made.file("run.csv", csv_text(rows)), key="run").said()
        made.begin("drain").said()
        yield made


def _strike(node: Node, number: int, after: float) -> None:
    deed = node.begin("rescreen", chunk=CHUNK, algorithm=NEWEST)
    time.sleep(after)
    if number % 2:
        node.kill_database()
        deed.end(30)
        node.start_database()
    else:
        deed.kill()
        deed.end(30)


@pytest.mark.slow
def test_a_run_killed_at_any_moment_can_be_finished_and_changes_each_hit_once(node: Node) -> None:
    records = node.count("SELECT count(*) FROM targets_hitrecord")
    assert records == ROWS
    start = time.monotonic()
    node.begin("rescreen", chunk=CHUNK, algorithm="otro/calma").said()
    pace = time.monotonic() - start
    dice = random.Random(SEED)
    seen = set()
    for number in range(KILLS):
        _strike(node, number, pace * (number + dice.random()) / KILLS)
        runs = node.ask("SELECT state, entries_done, applied_to FROM targets_rescreening ORDER BY started_at DESC LIMIT 1")
        seen.add(runs[0])
        changed = node.count("SELECT count(*) FROM targets_hitevent WHERE detail ->> 'algorithm' = %s", NEWEST)
        assert changed == node.count("SELECT count(*) FROM targets_hitrecord WHERE explanation ->> 'algorithm' = %s", NEWEST)
    said = node.begin("rescreen", chunk=CHUNK, algorithm=NEWEST).said()
    assert said["state"] == "aplicada"
    assert len(seen) > 1, seen
    assert node.count("SELECT count(*) FROM targets_hitrecord WHERE explanation ->> 'algorithm' <> %s", NEWEST) == 0
    assert node.count("SELECT count(*) FROM targets_hitevent WHERE detail ->> 'algorithm' = %s", NEWEST) == ROWS
    assert node.count("SELECT count(*) FROM targets_rescreening WHERE state = 'en_curso'") == 0
    assert node.begin("verify").said()["breaks"] == 0
