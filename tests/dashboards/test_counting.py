"""Whatever is supplied, corrected, cancelled or goes on in custody, the sums are those of counting everything anew."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tequio.access import selectors as access
from tequio.access.domain import Actor
from tequio.access.scoping import NATIONAL, own, reach
from tequio.dashboards import services
from tequio.dashboards.counting import EDGES
from tequio.dashboards.domain import histogram
from tequio.kernel import outbox
from tequio.kernel.errors import Conflict
from tequio.kernel.models import OutboxEntry
from tequio.registries.rnd.domain import CustodyKind, next_steps
from tequio.registries.rnd.models import Detention
from tequio.registries.rnd.services import CustodyStep, add_custody_event, cancel_detention, correct_detention
from tests.dashboards import naive
from tests.world import JUAN, SUPPLY, Cast, detention, react, supply

CURPS = ("", "", "BOXW310820HNERXN09", "MUZF840307HJCXPL08", "XAXX010101HDFNNN00", "PEGJ900101MNTRRN09")
TABLES = ("fact", "tally", "shape", "interval")


def dump() -> dict[str, list[tuple[Any, ...]]]:
    out = {}
    with reach(NATIONAL), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM dashboards_{table}")
            rows = [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]
            out[table] = sorted(rows, key=repr)
    return out


def some_row(dice: random.Random, number: int) -> dict[str, str]:
    day = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=dice.randint(0, 45))
    hour, later = (
        dice.choice(["", f"{dice.randint(0, 23):02d}:{dice.randint(0, 59):02d}"]),
        day + timedelta(days=dice.randint(0, 2)),
    )
    fault = dice.random() < 0.6
    return JUAN | {
        "clave_registro": f"K-{number}",
        "tipo_registro": "falta_administrativa" if fault else "hecho_probablemente_delictivo",
        "tipo_detencion": dice.choice(["", "arresto" if fault else "flagrancia"]),
        "numero_rnd": dice.choice(["", f"RND/{number}"]),
        "fecha_detencion": f"{day:%Y-%m-%d}",
        "hora_detencion": hour,
        "fecha_registro": f"{later:%Y-%m-%d}",
        "hora_registro": f"{dice.randint(0, 23):02d}:10",
        "fecha_disposicion": dice.choice(["", f"{later:%Y-%m-%d}"]),
        "hora_disposicion": "13:00",
        "autoridad_destino": "juez cívico" if fault else "MP",
        "municipio_detencion": dice.choice(["18017", "18004", "", "18020"]),
        "curp": dice.choice(CURPS),
        "fecha_nacimiento": "",
    }


@pytest.mark.parametrize("seed", range(4))
def test_sums_are_those_of_counting_anew(cast: Cast, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    rows = [some_row(dice, n) for n in range(40)]
    supply(cast.nayarit_capturist, tmp_path, rows)
    supply(cast.nayarit_capturist, tmp_path, [some_row(dice, n) for n in dice.sample(range(60), 25)])
    for _ in range(12):
        change_one(cast.nayarit_supervisor, dice)
        if dice.random() < 0.5:
            react()
    react()
    incremental = dump()
    counted = services.count_everything(actor=access.system_actor("FED-SSPC"))
    assert counted == len(incremental["fact"]) > 20
    assert dump() == incremental
    agree_with_the_records()


def agree_with_the_records() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place, start, agency, record_type, kind, n, presented, updated, numbered FROM dashboards_tally "
            "WHERE grain = 'm'"
        )
        assert {row[:5]: row[5:] for row in cursor.fetchall()} == naive.tallies()
        cursor.execute("SELECT bins FROM dashboards_shape WHERE state_code = 'MX' AND NOT daily")
        whole = sum((histogram.unpacked(bins) for (bins,) in cursor.fetchall()), histogram.empty())
        assert {slot: n for slot, n in enumerate(whole.tolist()) if n} == naive.nation()
        cursor.execute("SELECT study, start, days, n FROM dashboards_interval WHERE state_code = 'MX'")
        whole_nation = cursor.fetchall()
        assert {row[:3]: row[3] for row in whole_nation} == naive.intervals()
        cursor.execute("SELECT study, start, days, sum(n) FROM dashboards_interval WHERE state_code <> 'MX' GROUP BY 1, 2, 3")
        assert sorted(cursor.fetchall()) == sorted(whole_nation)


def change_one(actor: Actor, dice: random.Random) -> None:
    with reach(own(actor)):
        found = dice.choice(list(Detention.objects.filter(cancelled_at=None).order_by("supplier_key")))
    kind = dice.choice(["correct", "cancel", "custody", "custody"])
    if kind == "correct":
        changes = {
            "municipality_code": dice.choice(["18001", ""]),
            "record_type": dice.choice(["falta_administrativa", found.record_type]),
            "curp": dice.choice(CURPS), "detained_on": found.detained_on + timedelta(days=dice.randint(0, 40)),
            "detained_at": dice.choice([None, found.detained_at]), "detention_kind": dice.choice(["", "caso_urgente"]),
        }  # fmt: skip
        correct_detention(actor=actor, purpose=SUPPLY, detention_id=found.id, changes=changes, reason="Se verificó.")
    elif kind == "cancel":
        cancel_detention(actor=actor, purpose=SUPPLY, detention_id=found.id, reason="Duplicado.")
    else:
        steps = next_steps(CustodyKind(found.custody_state))
        if steps:
            step = CustodyStep(dice.choice(steps), datetime(2026, 6, 1, tzinfo=UTC) + timedelta(minutes=dice.randint(0, 60)))
            try:
                add_custody_event(actor=actor, purpose=SUPPLY, detention_id=found.id, step=step)
            except Conflict:
                return


def test_counting_the_same_change_twice_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    dice = random.Random(9)
    supply(cast.nayarit_capturist, tmp_path, [some_row(dice, n) for n in range(15)])
    before = dump()
    OutboxEntry.objects.filter(reaction="dashboards.services.count_change").update(done_at=None)
    outbox.drain()
    assert dump() == before


def test_a_cancelled_detention_leaves_no_trace_in_the_sums(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [some_row(random.Random(1), 1)])
    assert dump()["tally"]
    found = detention(cast.nayarit_supervisor, "K-1")
    cancel_detention(actor=cast.nayarit_supervisor, purpose=SUPPLY, detention_id=found.id, reason="Duplicado.")
    react()
    assert dump() == {table: [] for table in TABLES}


def test_a_custody_step_is_counted_without_a_new_version(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    assert [row[6:10] for row in dump()["tally"]] == [(1, 0, 0, 0)] * 3
    found = detention(cast.nayarit_supervisor, JUAN["clave_registro"])
    at = datetime(2026, 10, 21, 12, tzinfo=UTC)
    for kind in (CustodyKind.TO_PROSECUTOR, CustodyKind.BOUND_OVER):
        at += timedelta(hours=1)
        add_custody_event(actor=cast.nayarit_supervisor, purpose=SUPPLY, detention_id=found.id, step=CustodyStep(kind, at))
    react()
    assert [row[6:10] for row in dump()["tally"]] == [(1, 1, 1, 0)] * 3


@pytest.mark.django_db
def test_the_database_puts_a_time_in_the_same_slot_as_the_rules_do() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT m, width_bucket(m, %s::int[]) - 1 FROM generate_series(0, 60000) m", [EDGES])
        assert all(slot == histogram.slot_of(minutes) for minutes, slot in cursor.fetchall())
