"""The list and the sheet on screen: who sees what, what is on the log, and what never is in an address."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tequio.kernel import clock
from tequio.registries.rnd import services
from tequio.registries.rnd.domain import CustodyKind
from tequio.registries.rnd.services import CustodyStep
from tests.rnd.web import MARKUP, entered, lines_since, mark, text
from tests.story import NOON
from tests.world import INQUIRY, JUAN, SUPPLY, Cast, detention, supply

pytestmark = pytest.mark.usefixtures("today")

MARKED = JUAN | {
    "clave_registro": f"X-{MARKUP}",
    "nombre": "Ana <b>",
    "primer_apellido": "Íñiguez",
    "motivo": MARKUP,
    "tipo_registro": "falta_administrativa",
    "fecha_detencion": "2026-10-31",
    "hora_detencion": "10:00",
    "fecha_disposicion": "2026-10-31",
    "hora_disposicion": "11:00",
    "autoridad_destino": "juez cívico",
    "padecimiento": "sí",
    "estado_civil": "no aplica",
    "columna_rara": f"={MARKUP}",
}


@pytest.fixture
def two(cast: Cast, tmp_path: Path) -> Cast:
    supply(cast.nayarit_capturist, tmp_path, [JUAN, MARKED])
    return cast


def url(cast: Cast, key: str = "NAY-0001", then: str = "") -> str:
    return f"/detenciones/{detention(cast.nayarit_analyst, key).id}/{then}"


def test_a_list_needs_somebody_a_role_and_a_purpose(two: Cast) -> None:
    assert entered("nayarit_analyst").get("/detenciones/").url.startswith("/finalidad/?siguiente=")
    since = mark()
    assert entered("administrator").get("/detenciones/").status_code == 403
    assert lines_since(since)[-1][:3] == ("administrator", "screen.refused", "negado")


def test_the_list_shows_the_agency_s_records_escaped_with_one_line_of_the_log(two: Cast) -> None:
    client, since = entered("nayarit_analyst", "investigacion"), mark()
    page = text(client.get("/detenciones/"))
    assert "NAY-0001" in page
    assert "Muñoz Zepeda, Filiberto" in page
    assert MARKUP not in page
    assert "&lt;script&gt;" in page
    assert [line[1] for line in lines_since(since)] == ["detention.read"]
    other = entered("outsider", "investigacion").get("/detenciones/")
    assert other.status_code == 200
    assert "NAY-0001" not in text(other)


def test_the_list_filters_sorts_and_chooses_columns(two: Cast) -> None:
    client = entered("nayarit_analyst", "investigacion")
    page = text(client.get("/detenciones/?tipo=falta_administrativa&columnas=clave&columnas=edad&orden=nombre"))
    assert "NAY-0001" not in page
    assert "Edad" in page
    assert client.get("/detenciones/?desde=2026-12-01&hasta=2026-01-01").status_code == 422
    assert client.get("/detenciones/?pagina=9999").status_code == 422
    assert "NAY-0001" in text(client.get("/detenciones/?numero=NAY-&municipio=18017"))


def test_a_name_is_filtered_by_without_ever_being_in_an_address(two: Cast) -> None:
    client = entered("nayarit_analyst", "investigacion")
    answer = client.post("/detenciones/nombre/", {"nombre": "munoz", "siguiente": "/detenciones/"})
    assert answer.url == "/detenciones/"
    page = text(client.get("/detenciones/"))
    assert "NAY-0001" in page
    assert "X-&lt;script" not in page
    client.post("/detenciones/nombre/", {"nombre": ""})
    assert "X-&lt;script" in text(client.get("/detenciones/"))
    assert client.post("/detenciones/nombre/", {"nombre": "x", "siguiente": "https://example.org/"}).url == "/detenciones/"


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_file_is_for_few_and_on_the_log_with_its_records(two: Cast, form: str) -> None:
    client, since = entered("nayarit_analyst", "investigacion"), mark()
    answer = client.get(f"/detenciones/?formato={form}")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    done = {action: facts for _, action, _, facts in lines_since(since)}
    assert done["detention.exported"]["rows"] == 2
    page = text(entered("nayarit_capturist", "suministro").get("/detenciones/"))
    assert "formato=csv" not in page
    assert entered("nayarit_capturist", "suministro").get(f"/detenciones/?formato={form}").status_code == 403


def test_a_sheet_tells_all_with_its_three_values_and_one_line_of_the_log(two: Cast) -> None:
    client, since = entered("nayarit_supervisor", "custodia"), mark()
    page = text(client.get(url(two, MARKED["clave_registro"])))
    assert "no aplica" in page
    assert "sin información" in page
    assert "columna_rara" in page
    assert "Llegó en el archivo" in page
    assert "lote-" in page
    assert MARKUP not in page
    assert [line[1] for line in lines_since(since)] == ["detention.read"]


def test_a_sheet_has_the_clock_of_the_arrest(two: Cast) -> None:
    page = url(two, MARKED["clave_registro"])
    assert "Quedan" in text(entered("nayarit_supervisor", "custodia").get(page))
    with clock.at(NOON + timedelta(days=2)):
        assert "Venció hace" in text(entered("nayarit_supervisor", "custodia").get(page))


def test_sensitive_columns_are_for_some_roles_and_for_custody(two: Cast) -> None:
    page = text(entered("nayarit_analyst", "investigacion").get(url(two, MARKED["clave_registro"])))
    assert "reservado" in page
    assert "persona supervisora" in page
    assert "reservado" not in text(entered("nayarit_liaison", "custodia").get(url(two, MARKED["clave_registro"])))


@pytest.mark.parametrize("then", ["", "corregir/", "custodia/"])
def test_a_record_of_another_state_does_not_exist(two: Cast, then: str) -> None:
    client = entered("jalisco_supervisor", "investigacion")
    assert client.get(url(two, then=then)).status_code == 404
    assert client.get(f"/detenciones/{uuid4()}/{then}").status_code == 404


def test_versions_tell_what_changed_by_whom_when_and_why(two: Cast) -> None:
    found = detention(two.nayarit_analyst, "NAY-0001")
    services.correct_detention(
        actor=two.nayarit_capturist,
        purpose=SUPPLY,
        detention_id=found.id,
        changes={"maternal_surname": "Cepeda", "age": 42},
        reason=f"acta {MARKUP}",
    )
    page = text(entered("nayarit_analyst", "investigacion").get(url(two)))
    assert "Versión 2, de nayarit_capturist" in page
    assert "Cepeda" in page
    assert "Zepeda" in page
    assert "acta &lt;script&gt;" in page
    assert "Se capturó aquí" in page


def test_a_cancelled_record_tells_that_and_no_datum(two: Cast) -> None:
    found = detention(two.nayarit_analyst, "NAY-0001")
    services.cancel_detention(actor=two.nayarit_supervisor, purpose=SUPPLY, detention_id=found.id, reason="duplicado")
    page = text(entered("nayarit_supervisor", "custodia").get(url(two)))
    assert "Registro cancelado" in page
    assert "duplicado" in page
    assert "Muñoz" not in page
    assert "Cancelar este registro" not in page


def test_arrests_near_their_end_wait_in_the_inbox(two: Cast) -> None:
    assert "Arresto" not in text(entered("nayarit_capturist").get("/"))
    with clock.at(NOON + timedelta(hours=8)):
        page = text(entered("nayarit_capturist").get("/"))
        assert "Arresto" in page
        assert "Quedan" in page
    with clock.at(NOON + timedelta(days=1)):
        assert "Venció hace" in text(entered("nayarit_capturist").get("/"))
        assert "Arresto" not in text(entered("jalisco_supervisor").get("/"))
    found = detention(two.nayarit_analyst, MARKED["clave_registro"])
    services.add_custody_event(
        actor=two.nayarit_supervisor, purpose=INQUIRY, detention_id=found.id, step=CustodyStep(CustodyKind.RELEASED, NOON)
    )
    with clock.at(NOON + timedelta(days=1)):
        assert "Arresto" not in text(entered("nayarit_capturist").get("/"))
