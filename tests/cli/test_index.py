"""The search index by command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import tequio
from tests.world import JUAN, Cast, supply


def test_the_index_can_be_made_anew_and_finds_the_same(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    ask = (
        "search",
        "person",
        "--name",
        "Filiberto Muñoz Zepeda",
        "--purpose",
        "investigacion",
        "--folio",
        "CARPETA-4",
        "--json",
    )
    before = tequio(*ask, user="jalisco_analyst").data["found"]
    assert before
    assert tequio("reindex", "--json").data["entries"] >= 1
    assert tequio(*ask, user="jalisco_analyst").data["found"] == before
