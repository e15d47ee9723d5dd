"""Processes that do the same at once do it once; what crosses in flight is found once; nobody waits for ever."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.node import Deed, Node
from tests.world import JUAN, csv_text

LONGEST = 30.0
"""Seconds in which any of this must be over."""
ROWS = 400


def _people(prefix: str) -> list[dict[str, str]]:
    """Detentions of different people, with keys of that prefix."""
    shared = JUAN | {"fecha_detencion": "2024-03-01", "segundo_apellido": "Rangel"}
    return [
        shared | {"clave_registro": f"{prefix}-{n}", "nombre": f"Ana{'bcdfgh'[n % 6]}i{'lmnprs'[n // 6 % 6]}a",
                  "fecha_nacimiento": f"19{50 + n % 50}-01-{1 + n % 28:02}"}
        for n in range(ROWS)
    ]  # fmt: skip


_GIVEN = ("Xóchitl", "Citlali", "Nayeli", "Quetzalli", "Ofelia", "Brígida", "Herlinda")
_LAST = ("Xicohténcatl", "Quiahua", "Tlapale", "Cuamatzi", "Popoca", "Zempoalteca", "Ahuatzi")


def _wanted(prefix: str, number: int) -> dict[str, str]:
    """Somebody whom no other row of these tests resembles."""
    return JUAN | {
        "clave_registro": f"{prefix}-1", "fecha_detencion": "2024-03-01", "nombre": _GIVEN[number], "sexo": "M",
        "primer_apellido": f"Tzompa{'ntlexqu'[number]}ecatl", "segundo_apellido": _LAST[number],
        "fecha_nacimiento": f"198{number}-0{number + 1}-17",
    }  # fmt: skip


def _said(deeds: Sequence[Deed]) -> list[dict[str, Any]]:
    limit = time.monotonic() + LONGEST
    return [deed.said(max(0.1, limit - time.monotonic())) for deed in deeds]


@pytest.mark.parametrize("processes", [2, 4])
def test_processes_that_supply_the_same_file_at_once_make_one_batch(processes: int, node: Node) -> None:
    prefix = f"same{processes}"
    path = node.file(f"{prefix}.csv", csv_text(_people(prefix)))
    told = _said([node.begin("supply", path=path, key=prefix) for _ in range(processes)])
    assert len({one["id"] for one in told}) == 1
    assert all(one["receipt"] == told[0]["receipt"] and one["counts"]["nuevos"] == ROWS for one in told)
    assert node.count("SELECT count(*) FROM supply_batch WHERE batch_key = %s", prefix) == 1
    assert node.count("SELECT count(*) FROM rnd_detention WHERE supplier_key LIKE %s", f"{prefix}-%") == ROWS
    assert node.count("SELECT count(*) FROM audit_line WHERE key = %s", prefix) == 2


def test_batches_with_the_same_keys_in_opposite_orders_do_not_block_each_other(node: Node) -> None:
    rows = _people("cross")
    changed = [row | {"motivo": "robo"} for row in reversed(rows)]
    one = node.begin("supply", path=node.file("one.csv", csv_text(rows)), key="cross-one")
    other = node.begin("supply", path=node.file("other.csv", csv_text(changed)), key="cross-other")
    counts = [told["counts"] for told in _said([one, other])]
    assert sorted(count["nuevos"] for count in counts) == sorted(count["nuevas_versiones"] for count in counts) == [0, ROWS]
    assert node.count("SELECT count(*) FROM rnd_detention WHERE supplier_key LIKE 'cross-%%' AND version = 2") == ROWS
    assert node.count("SELECT count(*) FROM rnd_detentionversion WHERE supplier_key LIKE 'cross-%%' AND version = 1") == ROWS


def test_agencies_that_supply_the_same_keys_at_once_have_a_record_each(node: Node) -> None:
    path = node.file("both.csv", csv_text(_people("both")))
    whose = ("nayarit_capturist", "jalisco_liaison")
    told = _said([node.begin("supply", path=path, key="both", who=who) for who in whose])
    assert [one["counts"]["nuevos"] for one in told] == [ROWS, ROWS]
    assert told[0]["id"] != told[1]["id"]


def test_agencies_whose_records_meet_the_targets_of_one_another_do_not_block_each_other(node: Node) -> None:
    wanted = [_wanted("meet", number) for number in (4, 5)]
    for row, state in zip(wanted, ("jalisco", "nayarit"), strict=True):
        node.begin("watch", row=row, document=f"MEET-{state}", state=state).said()
    node.begin("drain").said()
    for turn in range(3):
        deeds = []
        for who, rows in (("nayarit_capturist", wanted), ("jalisco_liaison", wanted[::-1])):
            keyed = [row | {"clave_registro": f"meet-{turn}-{place}"} for place, row in enumerate(rows)]
            path = node.file(f"meet-{turn}-{who}.csv", csv_text(keyed))
            deeds.append(node.begin("supply", path=path, key=f"meet-{turn}", who=who))
        _said([*deeds, node.begin("drain")])
        assert _hits(node, f"meet-{turn}") == 4


def test_several_hands_that_drain_at_once_run_each_reaction_once(node: Node) -> None:
    _said([node.begin("drain")])
    for number in range(4):
        key = f"hands{number}"
        node.begin("supply", path=node.file(f"{key}.csv", csv_text(_people(key))), key=key).said()
    waiting = node.count("SELECT count(*) FROM kernel_outboxentry WHERE done_at IS NULL")
    assert sum(told["ran"] for told in _said([node.begin("drain") for _ in range(4)])) == waiting > 0
    assert node.count("SELECT count(*) FROM kernel_outboxentry WHERE attempts > 1") == 0


def _hits(node: Node, prefix: str) -> int:
    return node.count(
        "SELECT count(*) FROM targets_hitrecord h JOIN rnd_detention d ON d.id = h.record_id WHERE d.supplier_key LIKE %s",
        f"{prefix}-%",
    )


def _in_flight(node: Node, do: str, sign: Path, **asked: object) -> Deed:
    """Start a deed and come back when only its commit is missing. Touching `sign` lets it commit."""
    deed = node.begin(do, hold=str(sign), **asked)
    limit = time.monotonic() + LONGEST
    while not Path(f"{sign}.here").exists():
        assert deed.alive, deed.out.with_suffix(".error").read_text()
        assert time.monotonic() < limit
        time.sleep(0.01)
    return deed


def test_a_target_registered_while_a_batch_is_in_flight_finds_its_record_once(node: Node, tmp_path: Path) -> None:
    row, sign = _wanted("flight1", 1), tmp_path / "commit"
    path = node.file("flight1.csv", csv_text([row]))
    batch = _in_flight(node, "supply_slowly", sign, path=path, key="flight1")
    _said([node.begin("watch", row=row, document="FLIGHT-1")])
    _said([node.begin("drain")])
    assert _hits(node, "flight1") == 0
    sign.touch()
    _said([batch])
    _said([node.begin("drain"), node.begin("drain")])
    assert _hits(node, "flight1") == 1


def test_a_batch_supplied_while_a_target_is_in_flight_is_found_once(node: Node, tmp_path: Path) -> None:
    row, sign = _wanted("flight2", 2), tmp_path / "commit"
    target = _in_flight(node, "watch", sign, row=row, document="FLIGHT-2")
    _said([node.begin("supply", path=node.file("flight2.csv", csv_text([row])), key="flight2")])
    _said([node.begin("drain")])
    assert _hits(node, "flight2") == 0
    sign.touch()
    _said([target])
    _said([node.begin("drain"), node.begin("drain")])
    assert _hits(node, "flight2") == 1


def test_a_target_and_a_batch_that_commit_together_meet_once(node: Node, tmp_path: Path) -> None:
    row, signs = _wanted("flight3", 3), (tmp_path / "batch", tmp_path / "target")
    path = node.file("flight3.csv", csv_text([row]))
    batch = _in_flight(node, "supply_slowly", signs[0], path=path, key="flight3")
    target = _in_flight(node, "watch", signs[1], row=row, document="FLIGHT-3")
    for sign in signs:
        sign.touch()
    _said([batch, target])
    _said([node.begin("drain") for _ in range(3)])
    assert _hits(node, "flight3") == 1
