"""The screens of catalogues, parameters and agencies: nothing is overwritten, everything is dated and on the log."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from tequio.catalogs import selectors as catalogs_read
from tequio.catalogs import services as catalogs
from tequio.catalogs.models import Catalog, Parameter
from tequio.institutions import selectors as institutions_read
from tequio.institutions import services as institutions
from tequio.institutions.models import AgencyName
from tests.screens import MARKUP, assert_refused, browser, text_of
from tests.story import last_line, last_line_id, lines_of
from tests.world import LOADER, WHY, Cast

DOF = "DOF 15-10-2026, art. 4"
KEY = "rnd.arrest_limit_hours"
PARAMETER = f"/administracion/parametros/{KEY}/"
CATALOG = "/administracion/catalogos/prioridad/"
AGENCY = "/administracion/dependencias/NT-SSPC/"
TOMORROW = date(2026, 11, 2)
PAGES = ("", "catalogos/", "catalogos/delito/", "parametros/", f"parametros/{KEY}/", "dependencias/", "dependencias/NT-SSPC/")


@pytest.fixture
def federal(cast: Cast, today: datetime) -> Client:
    """Who operates the national hub."""
    return browser("hub_operator", "administracion")


@pytest.fixture
def state(cast: Cast, today: datetime) -> Client:
    """Nayarit's administrator."""
    return browser("administrator", "administracion")


def change(client: Client, value: str, step: str = "confirmar", **more: str) -> HttpResponse:
    data = {"value": value, "valid_from": TOMORROW.isoformat(), "source": DOF, "confirmed": "on", "accion": step}
    return client.post(f"{PARAMETER}cambiar/", data | more)  # type: ignore[return-value]


def begin(client: Client, items: str, step: str = "confirmar", **more: str) -> HttpResponse:
    data = {"version": "2026", "valid_from": TOMORROW.isoformat(), "source": DOF, "items": items, "accion": step}
    return client.post(f"{CATALOG}nueva-version/", data | more)  # type: ignore[return-value]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_read_by_whoever_administers_and_leaves_a_line(state: Client, cast: Cast, page: str) -> None:
    before = last_line_id()
    assert state.get(f"/administracion/{page}").status_code == 200
    assert lines_of(cast.administrator, before) == [("catalog.read", "hecho")]


@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_opens_them(cast: Cast, page: str) -> None:
    for username in ("nayarit_supervisor", "hub_auditor", "outsider"):
        assert_refused(cast, username, f"/administracion/{page}")


def test_a_parameter_is_seen_before_it_changes_and_changes_from_a_day_on(federal: Client, cast: Cast) -> None:
    preview = text_of(change(federal, "24", "revisar"))
    assert "Esto es lo que cambia" in preview and ">36" in preview and ">24<" in preview
    assert catalogs_read.parameter(KEY, TOMORROW) == 36
    assert change(federal, "24").status_code == 302
    assert (catalogs_read.parameter(KEY, TOMORROW - timedelta(days=1)), catalogs_read.parameter(KEY, TOMORROW)) == (36, 24)
    assert [row.valid_to for row in Parameter.objects.filter(key=KEY).order_by("valid_from")] == [TOMORROW, None]
    line = last_line(cast.hub_operator)
    assert line.action == "catalog.parameter_changed" and line.folio == "OFICIO-77"
    assert (line.facts["before"]["value"], line.facts["after"]["value"], line.facts["source"]) == ("36", "24", DOF)
    page = text_of(federal.get(PARAMETER))  # type: ignore[arg-type]
    assert "confirmado" in page and "por confirmar" in page and DOF in page


def test_fractions_go_on_the_log_as_text(federal: Client, cast: Cast) -> None:
    assert change(federal, "36.5").status_code == 302
    assert last_line(cast.hub_operator).facts["after"]["value"] == "36.5"


@pytest.mark.parametrize(
    ("value", "more", "field"),
    [
        ("treinta", {}, "value"),
        ('"36"', {}, "value"),
        ("NaN", {}, "value"),
        ("[" * 100_000, {}, "value"),
        ("24", {"source": " "}, "source"),
        ("24", {"valid_from": "2008-06-19"}, "valid_from"),
        ("24", {"valid_from": "mañana"}, "valid_from"),
    ],
)
def test_a_wrong_change_is_told_beside_its_field(federal: Client, value: str, more: dict[str, str], field: str) -> None:
    answer = change(federal, value, **more)
    assert answer.status_code == 422 and f'href="#id_{field}"' in text_of(answer)
    assert Parameter.objects.filter(key=KEY).count() == 1


def test_a_value_can_become_unknown_and_a_text_stays_text(federal: Client) -> None:
    assert change(federal, "").status_code == 302
    with pytest.raises(catalogs_read.ParameterUndecided):
        catalogs_read.parameter(KEY, TOMORROW)
    basis = "/administracion/parametros/purpose.basis.custodia/cambiar/"
    data = {"value": MARKUP, "valid_from": TOMORROW.isoformat(), "source": DOF, "accion": "confirmar"}
    assert federal.post(basis, data).status_code == 302
    assert catalogs_read.parameter("purpose.basis.custodia", TOMORROW) == MARKUP
    assert "<script>alert" not in text_of(federal.get("/administracion/parametros/purpose.basis.custodia/"))  # type: ignore[arg-type]


def test_what_is_national_is_not_edited_from_a_state(state: Client, cast: Cast) -> None:
    before = last_line_id()
    assert change(state, "24").status_code == 403
    assert begin(state, "1;Otra").status_code == 403
    assert [outcome for _, outcome in lines_of(cast.administrator, before)] == ["negado", "negado"]
    assert "Cambiar desde una fecha" not in text_of(state.get(PARAMETER))  # type: ignore[arg-type]


def test_a_version_is_seen_before_it_begins_and_the_former_is_kept_whole(federal: Client, cast: Cast) -> None:
    form = text_of(federal.get(f"{CATALOG}nueva-version/"))  # type: ignore[arg-type]
    items = catalogs_read.items("prioridad", TOMORROW - timedelta(days=1))
    first = next(iter(items))
    assert f"{first};" in form
    text = "\n".join(f"{code};{name}" for code, name in items.items() if code != first) + f"\nnueva;{MARKUP};;otra|más"
    preview = text_of(begin(federal, text, "revisar"))
    assert "Se agregan" in preview and "Se retiran" in preview and "<script>alert" not in preview
    assert begin(federal, text).status_code == 302
    assert catalogs_read.items("prioridad", TOMORROW - timedelta(days=1)) == items
    assert catalogs_read.items("prioridad", TOMORROW)["nueva"] == MARKUP
    assert catalogs_read.lookup("prioridad", TOMORROW)["OTRA"] == "nueva"
    line = last_line(cast.hub_operator)
    assert line.action == "catalog.version_added"
    assert (line.facts["added"], line.facts["removed"], line.facts["source"]) == (["nueva"], [first], DOF)
    assert "<script>alert" not in text_of(federal.get(f"{CATALOG}?version=2026"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("items", "more", "field"),
    [
        ("", {}, "items"),
        ("a;A\na;B", {}, "items"),
        ("a;A;nadie", {}, "items"),
        ("sin separador", {}, "items"),
        (";sin clave", {}, "items"),
        ('a;"A', {"source": ""}, "source"),
        ("a;A", {"valid_from": "2001-01-01"}, "valid_from"),
        ("a;A", {"version": "1"}, "version"),
    ],
)
def test_a_wrong_version_is_told_beside_its_field(federal: Client, items: str, more: dict[str, str], field: str) -> None:
    taken = Catalog.objects.get(code="prioridad").version
    answer = begin(federal, items, **({"version": taken} if field == "version" else more))
    assert answer.status_code == 422 and f'href="#id_{field}"' in text_of(answer)
    assert Catalog.objects.filter(code="prioridad").count() == 1


def test_what_is_ended_or_begun_here_stays_when_the_package_is_loaded_again(federal: Client, state: Client) -> None:
    assert change(federal, "24").status_code == 302
    assert close(state).status_code == 302
    institutions.load_reference(actor=LOADER, purpose=WHY)
    catalogs.load_reference(actor=LOADER, purpose=WHY)
    assert catalogs_read.parameter(KEY, TOMORROW) == 24
    name = AgencyName.objects.filter(agency__code="NT-SSPC").latest("valid_from")
    assert name.valid_to == TOMORROW


def close(client: Client, address: str = AGENCY) -> HttpResponse:
    return client.post(f"{address}cerrar/", {"valid_from": TOMORROW.isoformat(), "source": DOF})  # type: ignore[return-value]


def named(**more: str) -> dict[str, str]:
    return {"name": "Secretaría de Prueba", "abbreviation": "SP", "valid_from": TOMORROW.isoformat(), "source": DOF} | more


def test_an_agency_is_renamed_from_a_day_on_and_its_former_name_stays(state: Client, cast: Cast) -> None:
    agency = institutions_read.agency_by_code("NT-SSPC")
    before = institutions_read.agency_name(agency, TOMORROW - timedelta(days=1))
    assert state.post(f"{AGENCY}nombre/", named(name=MARKUP)).status_code == 302
    assert institutions_read.agency_name(agency, TOMORROW - timedelta(days=1)) == before
    assert institutions_read.agency_name(agency, TOMORROW) == MARKUP
    line = last_line(cast.administrator)
    assert line.action == "institution.agency_renamed"
    assert (line.facts["before"]["name"], line.facts["after"]["name"]) == (before, MARKUP)
    assert "<script>alert" not in text_of(state.get(AGENCY))  # type: ignore[arg-type]
    assert state.post(f"{AGENCY}nombre/", named(name=MARKUP)).status_code == 422


def test_an_agency_is_closed_once_and_keeps_what_it_was(state: Client, cast: Cast) -> None:
    assert close(state).status_code == 302
    assert last_line(cast.administrator).action == "institution.agency_closed"
    again = close(state)
    assert again.status_code == 422 and "ya no tiene nombre vigente" in text_of(again)
    agency = institutions_read.agency_by_code("NT-SSPC")
    assert institutions_read.agency_name(agency, TOMORROW) == "NT-SSPC"


def test_an_agency_is_added_in_the_own_state_alone(state: Client, federal: Client, cast: Cast) -> None:
    data = named(code="nt-prueba", level="estatal", state="18", kind="policia", parent="NT-SSPC")
    assert state.post("/administracion/dependencias/nueva/", data).url == "/administracion/dependencias/NT-PRUEBA/"  # type: ignore[attr-defined]
    assert last_line(cast.administrator).facts["after"]["name"] == "Secretaría de Prueba"
    assert state.post("/administracion/dependencias/nueva/", data).status_code == 422
    assert state.post("/administracion/dependencias/nueva/", data | {"code": "JC-PRUEBA", "state": "14"}).status_code == 403
    assert federal.post("/administracion/dependencias/nueva/", data | {"code": "JC-PRUEBA", "state": "14"}).status_code == 302
    assert "NT-PRUEBA" in text_of(state.get("/administracion/dependencias/?texto=prueba&entidad=18"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"code": "ñ"}, "code"),
        ({"level": "federal"}, "state"),
        ({"parent": "NADIE"}, "parent"),
        ({"state": "99"}, "state"),
        ({"name": ""}, "name"),
        ({"kind": "otra"}, "kind"),
    ],
)
def test_a_wrong_agency_is_told_beside_its_field(federal: Client, more: dict[str, str], field: str) -> None:
    data = named(code="NT-PRUEBA", level="estatal", state="18", kind="policia", parent="") | more
    answer = federal.post("/administracion/dependencias/nueva/", data)
    assert answer.status_code == 422 and f'href="#id_{field}"' in answer.content.decode()


def test_other_states_agencies_are_not_edited(state: Client) -> None:
    other = "/administracion/dependencias/JC-SSP/"
    assert state.post(f"{other}nombre/", named()).status_code == 403
    assert close(state, other).status_code == 403
    assert "Cambiar el nombre" not in text_of(state.get(other))  # type: ignore[arg-type]


@pytest.mark.parametrize("page", ["catalogos/nada/", "parametros/nada/", "dependencias/NADA/", "catalogos/nada/nueva-version/"])
def test_what_is_not_there_is_told(federal: Client, page: str) -> None:
    assert federal.get(f"/administracion/{page}").status_code == 404
