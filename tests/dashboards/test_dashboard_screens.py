"""The dashboard's pages: who may open what, what they show, and what they leave on the log."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from tequio.dashboards import tiles
from tests.story import last_line_id, lines_of, today
from tests.web import signed_in
from tests.world import JUAN, Cast, supply


@pytest.fixture
def some(cast: Cast, tmp_path: Path, today: object) -> Cast:
    rows = [
        JUAN | {
            "clave_registro": f"K-{n}", "fecha_detencion": f"2026-{1 + n % 10:02}-{1 + n % 27:02}",
            "hora_detencion": f"{n % 24:02}:15", "municipio_detencion": "18017" if n % 9 else "18004",
            "tipo_registro": "falta_administrativa" if n % 3 else "hecho_probablemente_delictivo",
        }
        for n in range(240)
    ]  # fmt: skip
    supply(cast.nayarit_capturist, tmp_path, rows)
    return cast


def test_the_page_and_every_tile_open_and_leave_a_line(some: Cast, client: Client) -> None:
    signed_in(client, "nayarit_analyst")
    assert client.get("/tablero/").status_code == 200
    for key in tiles.TITLES:
        before = last_line_id()
        answer = client.get(f"/tablero/{key}/")
        assert answer.status_code == 200, key
        assert lines_of(some.nayarit_analyst, before) == [("dashboard.read", "hecho")]
