"""The two files that SESNSP published, unchanged, against answers counted on the files themselves.

They are too large to travel with the code. Put them in `../shared/data` beside the repository, or say where they are in
TEQUIO_REFERENCE_DATA; without them these tests say so and are skipped.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tequio.access.domain import Purpose, PurposeCode
from tequio.registries.incidence import selectors
from tequio.registries.incidence.services import LoadSummary, load_monthly_file

if TYPE_CHECKING:
    from tests.world import Cast

pytestmark = pytest.mark.django_db
REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("TEQUIO_REFERENCE_DATA", REPOSITORY.parent / "shared" / "data"))
OLD, NEW = "sesnsp_IDEFC_NM_oct2020.csv", "sesnsp_estatal_n_2026.csv"
MOST_SECONDS = 15.0
"""Three times the promise of five seconds, for whoever runs the tests on a machine that is busy with something else."""


def load(cast: Cast, name: str) -> LoadSummary:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"no está {path}: ponga ahí el archivo del SESNSP o indique la carpeta en TEQUIO_REFERENCE_DATA")
    purpose = Purpose(PurposeCode.SUPPLY, "OFICIO-0003/2026")
    return load_monthly_file(actor=cast.hub_operator, purpose=purpose, path=path)


def test_the_file_of_2020_loads_unchanged_with_its_known_answers(cast: Cast) -> None:
    started = time.monotonic()
    summary = load(cast, OLD)
    assert time.monotonic() - started < MOST_SECONDS
    assert (summary.rows, summary.keys, summary.blank_cells) == (18_816, 98, 6_272)
    assert (summary.years, summary.encoding, summary.catalog) == (tuple(range(2015, 2021)), "utf-8", "sesnsp_2015")
    total = selectors.total("Homicidio doloso", 2019)
    assert (total.count, total.unknown_cells) == (29_458, 0)
    assert selectors.total("Homicidio doloso", 2020).unknown_months == (11, 12)
    proposed = {remark.value: remark.proposed_name for remark in summary.remarks}
    assert (proposed["Extorsin"], proposed["Quertaro"]) == ("Extorsión", "Querétaro")
    assert not [remark for remark in summary.remarks if remark.code == "NOMBRE_FUERA_DE_CATALOGO"]


def test_the_file_of_2026_loads_unchanged_with_its_known_answers(cast: Cast) -> None:
    summary = load(cast, NEW)
    assert (summary.rows, summary.keys, summary.encoding) == (3_648, 114, "latin-1")
    assert (summary.blank_cells, summary.catalog) == (9 * 3_648, "sesnsp_2026")
    total = selectors.total("Homicidio doloso", 2026)
    assert (total.count, total.unknown_months) == (3_996, tuple(range(4, 13)))
