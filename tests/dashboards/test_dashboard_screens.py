"""The dashboard's pages: who may open what, what they show, and what they leave on the log."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tequio.access.domain import Permission
from tequio.dashboards import services, tiles
from tequio.dashboards.domain.asking import Period, Question
from tequio.dashboards.tiles.model import Tile
from tequio.institutions.models import Agency, AgencyName
from tequio.kernel.errors import NotFound
from tequio.registries.incidence.services import load_monthly_file
from tests.incidence.sesnsp_files import new_text
from tests.screens import MARKUP, assert_refused, browser, text_of
from tests.story import last_line, last_line_id, lines_of, today
from tests.world import JUAN, WHY, Cast, supply

__all__ = ["today"]
YEAR = Period.of_year(2026)


@pytest.fixture
def some(cast: Cast, tmp_path: Path, today: object) -> Cast:
    """Nayarit's detentions of a year: many in one municipality, two in another, on every day of the week."""
    rows = [
        JUAN | {
            "clave_registro": f"K-{n}", "fecha_detencion": f"2026-{1 + n % 10:02}-{1 + n % 27:02}",
            "hora_detencion": f"{n % 24:02}:15", "municipio_detencion": "18017" if n >= 2 else "18004",
            "tipo_registro": "falta_administrativa" if n % 3 else "hecho_probablemente_delictivo",
            "tipo_detencion": "arresto" if n % 3 else "flagrancia",
        }
        for n in range(180)
    ]  # fmt: skip
    supply(cast.nayarit_capturist, tmp_path, rows)
    return cast


def tile(cast: Cast, key: str, who: str = "nayarit_analyst", **asked: object) -> Tile:
    question = Question(YEAR, **({"state": "18"} | asked))  # type: ignore[arg-type]
    return services.read_tile(actor=getattr(cast, who), purpose=None, question=question, key=key)


def cells(found: Tile, label: str) -> list[str]:
    [row] = [row for row in found.rows if label in row.label]
    return row.texts


def test_the_page_and_every_tile_open_and_leave_a_line(some: Cast) -> None:
    client = browser("nayarit_analyst")
    page = client.get("/tablero/")
    assert page.status_code == 200
    assert "En resumen" in text_of(page)
    for key in tiles.TITLES:
        before = last_line_id()
        assert client.get(f"/tablero/{key}/").status_code == 200, key
        assert lines_of(some.nayarit_analyst, before) == [("dashboard.read", "hecho")]
    assert last_line(some.nayarit_analyst).facts["state"] == "18"


@pytest.mark.parametrize("username", ["nayarit_supervisor", "nayarit_liaison", "outsider", "hub_operator"])
def test_other_roles_with_the_permission_open_it(some: Cast, username: str) -> None:
    assert Permission.DASHBOARD_READ in getattr(some, username).permissions
    assert browser(username).get("/tablero/").status_code == 200


@pytest.mark.parametrize("username", ["nayarit_capturist", "jalisco_auditor", "administrator"])
@pytest.mark.parametrize("address", ["/tablero/", "/tablero/lugares/", "/tablero/informe.pdf"])
def test_roles_without_it_are_refused_on_the_log(some: Cast, username: str, address: str) -> None:
    assert_refused(some, username, address)


def test_an_outsider_sees_another_state_only_in_the_nations_sums(some: Cast) -> None:
    client = browser("outsider")
    assert "Nayarit" in text_of(client.get("/tablero/lugares/?entidad=todas"))
    refused = client.get("/tablero/lugares/?entidad=18")
    assert refused.status_code == 422
    assert "Tepic" not in text_of(refused)
    with pytest.raises(NotFound):
        services.read_tile(actor=some.outsider, purpose=None, question=Question(YEAR, state="18"), key="lugares")


def test_the_hub_opens_any_state(some: Cast) -> None:
    assert "Tepic" in text_of(browser("hub_operator").get("/tablero/lugares/?entidad=18"))


def test_a_small_municipality_and_what_gives_it_away_are_protected(some: Cast) -> None:
    found = tile(some, "lugares")
    assert cells(found, "18004")[-1] == "protegido"
    assert cells(found, "18017")[-1] == "protegido"  # the only other one: the state's total would tell
    assert cells(tile(some, "resumen"), "Detenciones") == ["180"]


def test_the_page_of_a_protected_municipality_tells_nothing(some: Cast) -> None:
    for key in tiles.TITLES:
        found = tile(some, key, municipality="18004")
        assert found.rows == ()
        assert "no se muestran" in found.notes[0]


def test_below_a_state_figures_are_rounded(some: Cast) -> None:
    told = cells(tile(some, "resumen", kind="flagrancia"), "Detenciones")
    assert told == ["≈ 60"]


def test_a_free_span_is_rounded_everywhere(some: Cast) -> None:
    client = browser("nayarit_analyst")
    text = text_of(client.get("/tablero/resumen/?desde=2026-01-05&hasta=2026-09-20"))
    assert "≈" in text


def test_a_span_of_days_tells_nothing_of_what_its_year_hides(some: Cast) -> None:
    span = Period(date(2026, 1, 2), date(2026, 12, 30))
    rows = services.read_tile(actor=some.nayarit_analyst, purpose=None, question=Question(span, state="18"), key="lugares").rows
    assert {row.texts[-1] for row in rows} == {"protegido"}
    found = services.read_tile(
        actor=some.nayarit_analyst, purpose=None, question=Question(span, state="18", municipality="18017"), key="resumen"
    )
    assert found.rows == ()


def test_the_heat_map_is_a_table_that_says_its_figures(some: Cast) -> None:
    found = tile(some, "calor")
    assert [row.label for row in found.rows] == ["Lunes", "Martes", "Miércoles", "Jueves", "Viernes", "Sábado", "Domingo"]
    assert all(len(row.cells) == len(row.levels) == 25 for row in found.rows)


@pytest.mark.parametrize(
    "query",
    ["anio=3", "anio=x", "mes=13", "desde=2026-01-01", "desde=2026-02-01&hasta=2026-01-01", "desde=1991-01-01&hasta=2026-01-01",
     "entidad=99", "municipio=99999", "tipo=robo", "modalidad=%27", "dependencia=abc",
     f"entidad={MARKUP}", "desde=%00&hasta=%00"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_says_what_to_correct(some: Cast, query: str) -> None:
    answer = browser("nayarit_analyst").get(f"/tablero/?{query}")
    assert answer.status_code == 422
    assert "Falta corregir" in text_of(answer)
    assert MARKUP not in text_of(answer)


def test_a_tile_that_is_none_does_not_exist(some: Cast) -> None:
    assert browser("nayarit_analyst").get("/tablero/nada/").status_code == 404


def test_names_full_of_markup_are_escaped(some: Cast) -> None:
    agency = Agency.objects.get(code="NT-SSPC")
    AgencyName.objects.filter(agency=agency).update(name=MARKUP)
    text = text_of(browser("nayarit_analyst").get("/tablero/dependencias/"))
    assert MARKUP not in text
    assert "&lt;script&gt;" in text


def test_a_tile_is_taken_out_with_who_when_and_which_filters_on_top(some: Cast) -> None:
    client = browser("nayarit_analyst")
    before = last_line_id()
    answer = client.get("/tablero/modalidades/?formato=xlsx&anio=2026")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    said = " ".join(str(cell) for row in rows for cell in row)
    assert "nayarit_analyst" in said
    assert "Entidad: Nayarit" in said
    assert ["Flagrancia", 0, 60, 60] in rows
    assert ("screen.exported", "hecho") in lines_of(some.nayarit_analyst, before)
    assert text_of(client.get("/tablero/modalidades/?formato=csv")).startswith("\ufeffContenido")


def test_the_report_is_a_pdf_and_is_on_the_log(some: Cast) -> None:
    before = last_line_id()
    answer = browser("nayarit_analyst").get("/tablero/informe.pdf")
    assert answer.content.startswith(b"%PDF-")
    assert ("screen.exported", "hecho") in lines_of(some.nayarit_analyst, before)


@pytest.mark.parametrize(("username", "leads"), [("nayarit_analyst", True), ("hub_operator", False)])
def test_the_list_behind_the_figures_is_offered_to_whom_may_read_it(some: Cast, username: str, leads: bool) -> None:
    text = text_of(browser(username).get("/tablero/?tipo=falta"))
    assert ("/detenciones/?desde=2026-01-01" in text) is leads


def test_a_part_asked_for_by_the_page_comes_without_the_page(some: Cast) -> None:
    client: Callable[..., object] = browser("nayarit_analyst").get  # type: ignore[assignment]
    part = text_of(client("/tablero/tiempo/", headers={"HX-Request": "true"}))  # type: ignore[arg-type]
    assert part.lstrip().startswith("<section")
    assert "<html" not in part


def test_the_incidence_of_sesnsp_stands_beside_the_detentions_with_its_blanks(some: Cast, tmp_path: Path) -> None:
    path = tmp_path / "estatal_n.csv"
    path.write_bytes(new_text(known=3).encode("latin-1"))
    load_monthly_file(actor=some.hub_operator, purpose=WHY, path=path)
    found = text_of(browser("nayarit_analyst").get("/tablero/incidencia/?anio=2026&mes=&subtipo=Homicidio+doloso"))
    assert "Carpetas abiertas: Homicidio doloso" in found
    assert "estatal_n.csv" in found
    assert "sin información" in found
    assert "Extorsión presencial" in text_of(browser("nayarit_analyst").get("/tablero/incidencia/?anio=2026"))
