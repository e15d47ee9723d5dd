"""Whatever dies, and whenever, a batch is whole or absent, can be finished, and its receipt says the same for ever."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import Any

import pytest

from tests.node import Deed, Node
from tests.world import JUAN, csv_text

ROWS = 1_500
SEED = 20_261_101
SUPPLY_KILLS, DRAIN_KILLS = 15, 6
GIVEN = ("Ana", "Luis", "Carmen", "Jorge", "Elena", "Raúl", "Rosa", "Iván", "Julia", "Omar")
SURNAMES = ("Pérez", "Núñez", "Cruz", "Ibarra", "Solís", "Vega", "Rangel", "Tapia", "Orozco", "Lara", "Cano")
COUNTS = {
    "renglones": ROWS, "aceptados": ROWS - 2, "advertidos": 1, "en_cuarentena": 1, "rechazados": 0,
    "nuevos": ROWS - 1, "nuevas_versiones": 0, "cancelados": 0, "sin_cambio": 0,
}  # fmt: skip
"""Of each file: one row is warned, one waits, the others are accepted. One of them is the person whom Jalisco looks for."""


def people(prefix: str, count: int = ROWS) -> list[dict[str, str]]:
    """Rows of detentions, the same for the same prefix. The first is the person whom Jalisco looks for."""
    dice = random.Random(prefix)
    rows = [JUAN | {"clave_registro": f"{prefix}-0", "fecha_detencion": "2024-03-01"}]
    for number in range(1, count):
        born = f"{dice.randint(1950, 2003)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
        rows.append(rows[0] | {
            "clave_registro": f"{prefix}-{number}", "nombre": dice.choice(GIVEN), "primer_apellido": dice.choice(SURNAMES),
            "segundo_apellido": dice.choice(SURNAMES), "fecha_nacimiento": born,
        })  # fmt: skip
    return rows


def _text(prefix: str) -> str:
    rows = people(prefix)
    rows[ROWS // 3]["nombre"] = "=1+1"
    rows[ROWS // 2]["hora_detencion"] = "noche"
    return csv_text(rows)


@dataclass(frozen=True)
class Tried:
    """One file under trial on a node."""

    node: Node
    prefix: str
    path: str

    @property
    def asked(self) -> dict[str, str]:
        return {"path": self.path, "key": self.prefix}

    def begin(self) -> Deed:
        return self.node.begin("supply", **self.asked)

    def stored(self) -> tuple[int, int, int, int, int]:
        """Records, entries of search, findings, held rows, lines of the log."""
        like = f"{self.prefix}-%"
        [found] = self.node.ask(
            "SELECT (SELECT count(*) FROM rnd_detention WHERE supplier_key LIKE %s),"
            " (SELECT count(*) FROM search_entry e JOIN rnd_detention d ON d.id = e.record_id WHERE d.supplier_key LIKE %s),"
            " (SELECT count(*) FROM supply_rowfinding f JOIN supply_batch b ON b.id = f.batch_id WHERE b.batch_key = %s),"
            " (SELECT count(*) FROM supply_heldrow h JOIN supply_batch b ON b.id = h.batch_id WHERE b.batch_key = %s),"
            " (SELECT count(*) FROM audit_line WHERE key = %s)",
            like, like, self.prefix, self.prefix, self.prefix,
        )  # fmt: skip
        return found[0], found[1], found[2], found[3], found[4]

    def batch(self) -> tuple[str, dict[str, Any]]:
        """State of the batch and its second receipt; ("ausente", {}) if it is not there."""
        rows = self.node.ask("SELECT state, receipt_processed FROM supply_batch WHERE batch_key = %s", self.prefix)
        return rows[0] if rows else ("ausente", {})

    def hits(self) -> int:
        return self.node.count(
            "SELECT count(*) FROM targets_hitrecord h JOIN rnd_detention d ON d.id = h.record_id WHERE d.supplier_key LIKE %s",
            f"{self.prefix}-%",
        )


WHOLE = (ROWS - 1, ROWS - 1, 2, 1, 2)
NOTHING = {"ausente": (0, 0, 0, 0, 0), "recibido": (0, 0, 0, 0, 1), "procesado": WHOLE}


def _new(node: Node, prefix: str) -> Tried:
    return Tried(node, prefix, node.file(f"{prefix}.csv", _text(prefix)))


@pytest.fixture(scope="module")
def pace(node: Node) -> dict[str, float]:
    """Jalisco looks for one person. How long supplying and draining take when nothing dies, in seconds."""
    node.begin("watch", row=JUAN, document="CRASH").said()
    node.begin("drain").said()
    times = {}
    for prefix in ("calm1", "calm2"):
        tried = _new(node, prefix)
        start = time.monotonic()
        tried.begin().said()
        times["supply"] = time.monotonic() - start
        start = time.monotonic()
        node.begin("drain").said()
        times["drain"] = time.monotonic() - start
        assert tried.stored() == WHOLE
        assert tried.hits() == 1
    return times


def _strike(node: Node, deed: Deed, *, server: bool, after: float) -> None:
    time.sleep(after)
    if server:
        node.kill_database()
        deed.end(30)
        node.start_database()
    else:
        deed.kill()
        deed.end(30)


def _finish(tried: Tried) -> None:
    """Go on as a person would, and see that nothing is lost nor double."""
    before = tried.batch()[1]
    done = tried.node.begin("finish", **tried.asked).said()
    assert (done["state"], done["counts"]) == ("procesado", COUNTS)
    assert done["same"]
    assert done["holds"]
    assert before in ({}, done["receipt"])
    assert tried.stored() == WHOLE
    assert tried.hits() == 1
    assert tried.node.count("SELECT count(*) FROM kernel_outboxentry WHERE done_at IS NULL") == 0
    assert tried.node.count("SELECT count(*) FROM search_pendingchange") == 0


def _settled(tried: Tried) -> str:
    """State of the batch after a crash, once the server has let go of what the dead client had in hand."""
    limit = time.monotonic() + 10
    while tried.node.count(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    ):
        assert time.monotonic() < limit
        time.sleep(0.01)
    state, receipt = tried.batch()
    assert bool(receipt) == (state == "procesado")
    assert tried.stored() == NOTHING[state]
    return state


@pytest.mark.slow
def test_a_batch_killed_at_any_moment_is_whole_or_absent_and_can_be_finished(node: Node, pace: dict[str, float]) -> None:
    dice = random.Random(SEED)
    states = []
    for number in range(SUPPLY_KILLS):
        tried = _new(node, f"supply{number:02}")
        _strike(node, tried.begin(), server=number % 2 == 1, after=pace["supply"] * (number + dice.random()) / SUPPLY_KILLS)
        states.append(_settled(tried))
        _finish(tried)
    assert len(set(states)) > 1, states


@pytest.mark.slow
def test_reactions_killed_at_any_moment_still_happen_and_only_once(node: Node, pace: dict[str, float]) -> None:
    dice = random.Random(SEED)
    for number in range(DRAIN_KILLS):
        tried = _new(node, f"drain{number:02}")
        tried.begin().said()
        _strike(node, node.begin("drain"), server=number % 2 == 1, after=pace["drain"] * (number + dice.random()) / DRAIN_KILLS)
        assert _settled(tried) == "procesado"
        _finish(tried)


@pytest.mark.slow
def test_after_every_crash_the_log_is_unbroken(node: Node, pace: dict[str, float]) -> None:
    said = node.begin("verify").said()
    assert said["lines"] > 0
    assert said["breaks"] == 0
