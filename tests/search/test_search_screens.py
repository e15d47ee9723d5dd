"""The search on screen: what it tells whom, what it costs, and what never is in an address or on the log."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tequio.audit.models import Line
from tequio.catalogs.models import Parameter
from tequio.kernel import clock
from tequio.kernel.errors import NotAllowed
from tequio.people.domain import Subject
from tequio.search import budget, services
from tequio.search.budget import BudgetSpent
from tests.rnd.web import MARKUP, entered, lines_since, mark, text
from tests.story import NOON
from tests.world import INQUIRY, JUAN, Cast, detention, supply

pytestmark = pytest.mark.usefixtures("today")

FULL = JUAN | {
    "telefono": "311 123 4567",
    "placa": "RAB123A",
    "numero_rnd": "18/01/017/20102026/0007",
    "numero_iph": "18PM02017201020260215",
    "curp": "MUZF840307HJCXPL02",
}
PERSON = {"name": "Filiberto Muñoz Zepeda", "birth": "07/03/1984"}


@pytest.fixture
def known(cast: Cast, tmp_path: Path) -> Cast:
    """Nayarit has detained a person."""
    supply(cast.nayarit_capturist, tmp_path, [FULL])
    return cast


def ask(client: Client, by: str = "persona", **told: str) -> Any:
    return client.post(f"/buscar/{by}/", told or PERSON)


def test_a_search_needs_a_role_and_a_purpose(known: Cast) -> None:
    assert entered("jalisco_analyst").get("/buscar/persona/").url.startswith("/finalidad/")
    since = mark()
    assert entered("nayarit_capturist", "suministro").get("/buscar/persona/").status_code == 403
    assert ask(entered("hub_auditor")).status_code == 403
    assert {line[1] for line in lines_since(since)} == {"screen.refused"}


def test_each_way_to_ask_is_a_tab(known: Cast) -> None:
    client = entered("jalisco_analyst", "investigacion")
    assert client.get("/buscar/").url == "/buscar/persona/"
    for by in ("persona", "telefono", "vehiculo", "documento"):
        page = text(client.get(f"/buscar/{by}/"))
        assert 'aria-current="page"' in page
        assert "Consultas hechas: 0 de 60" in page
    assert client.get("/buscar/otra/").status_code == 404


def test_an_analyst_reads_why_in_words_and_in_bits_that_add_up(known: Cast) -> None:
    client, since = entered("jalisco_analyst", "investigacion"), mark()
    answer = ask(client)
    page = text(answer)
    assert answer.status_code == 200
    assert "Posibles" in page
    assert "Se compararon 1 registros, de 1." in page
    assert "la misma persona" in page
    assert "Ver por qué" in page
    asked = Subject.from_fields(full_name=PERSON["name"], birth_date=PERSON["birth"])
    found = services.search_person(actor=known.jalisco_analyst, purpose=INQUIRY, subject=asked).found[0]
    assert found.explanation is not None
    assert sum(one.centibits for one in found.explanation.features) == round(found.score * 100)
    assert f"{found.score:.2f}" in page
    assert "pídalo a" in page
    assert f"/detenciones/{found.record_id}/" not in page
    [line] = [one for one in lines_since(since) if one[1] == "search.person"][:1]
    assert line[0] == "jalisco_analyst"
    assert answer["Cache-Control"] == "no-store"


def test_the_own_agency_s_record_is_one_click_away(known: Cast) -> None:
    page = text(ask(entered("nayarit_analyst", "investigacion")))
    assert f"/detenciones/{detention(known.nayarit_analyst, 'NAY-0001').id}/" in page


def test_other_roles_see_whose_it_is_and_how_sure_but_not_why(known: Cast) -> None:
    page = text(ask(entered("outsider", "investigacion")))
    assert "Ver por qué" not in page
    assert "reservado" in page
    assert "persona analista o supervisora" in page
    assert "1984-03-07" not in page


def test_nobody_found_is_said_as_such_with_what_was_searched(known: Cast) -> None:
    page = text(ask(entered("jalisco_analyst", "investigacion"), name=f"Zutano Perengano {MARKUP}"))
    assert "No se encontró" in page
    assert "no quiere decir que no exista" in page
    assert MARKUP not in page
    assert "Zutano Perengano" in page


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("telefono", {"phone": "3111234567"}),
        ("vehiculo", {"plate": "rab-123-a"}),
        ("documento", {"kind": "curp", "value": "MUZF840307HJCXPL02"}),
        ("documento", {"kind": "rnd", "value": "18/01/017/20102026/0007"}),
        ("documento", {"kind": "rnd", "value": "18pm02017201020260215"}),
    ],
)
def test_a_telephone_a_plate_and_a_document_find_their_record(known: Cast, by: str, told: dict[str, str]) -> None:
    page = text(ask(entered("jalisco_analyst", "investigacion"), by, **told))
    assert "No se encontró" not in page
    assert "Hecho probablemente delictivo" in page


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("persona", {"name": "Ana"}),
        ("persona", {"name": "x", "birth": "ayer"}),
        ("persona", {"curp": "MUZF84"}),
        ("telefono", {"phone": "12"}),
        ("vehiculo", {"plate": "??"}),
        ("documento", {"kind": "rfc", "value": "XAXX010101000"}),
        ("documento", {"kind": "rnd", "value": "12"}),
        ("documento", {"kind": "otro", "value": "MUZF840307HJCXPL02"}),
        ("telefono", {"phone": ""}),
        ("persona", {"name": "a\x00b c"}),
    ],
)
def test_what_cannot_be_searched_is_said_beside_its_field(known: Cast, by: str, told: dict[str, str]) -> None:
    answer = ask(entered("jalisco_analyst", "investigacion"), by, **told)
    assert answer.status_code == 422
    assert "Falta corregir" in text(answer)


def test_the_question_is_not_on_the_log(known: Cast) -> None:
    since = mark()
    ask(entered("jalisco_analyst", "investigacion"))
    ask(entered("jalisco_analyst", "investigacion"), "documento", kind="rnd", value="18/01/017/20102026/0007")
    rows = Line.objects.filter(id__gt=since)
    assert {row.action for row in rows} == {"search.person", "search.number"}
    assert all("Filiberto" not in str(row.facts) and "0007" not in str(row.facts) for row in rows)


def test_over_the_budget_a_search_is_refused_on_the_log_and_the_supervisor_sees_it(known: Cast) -> None:
    Parameter.objects.filter(key="search.per_hour").update(value=2)
    client = entered("jalisco_analyst", "investigacion")
    assert "1 de 2 en esta hora" in text(ask(client))
    ask(client)
    since = mark()
    answer = ask(client)
    assert answer.status_code == 429
    assert "Ya hizo las 2 consultas" in text(answer)
    assert "a las 13:00" in text(answer)
    assert lines_since(since)[-1][1:3] == ("search.person", "negado")
    assert lines_since(since)[-1][3]["code"] == "PRESUPUESTO_AGOTADO"
    assert ask(entered("jalisco_second", "investigacion")).status_code == 200
    boss = entered("jalisco_supervisor")
    assert "agotó su presupuesto" in text(boss.get("/"))
    assert "jalisco_analyst" in text(boss.get("/buscar/presupuestos/"))
    assert "jalisco_analyst" not in text(entered("nayarit_supervisor").get("/buscar/presupuestos/"))
    assert entered("jalisco_analyst").get("/buscar/presupuestos/").status_code == 403
    with clock.at(NOON + timedelta(hours=1)):
        assert ask(entered("jalisco_analyst", "investigacion")).status_code == 200


def test_the_day_has_a_budget_too(known: Cast) -> None:
    Parameter.objects.filter(key="search.per_day").update(value=1)
    budget.spend(known.jalisco_analyst)
    with clock.at(NOON + timedelta(hours=3)), pytest.raises(BudgetSpent, match="hoy"):
        budget.spend(known.jalisco_analyst)
    with clock.at(NOON + timedelta(hours=12)):
        budget.spend(known.jalisco_analyst)
        assert budget.standing(known.jalisco_analyst).day == 1


def test_a_search_that_fails_is_not_counted(known: Cast) -> None:
    client = entered("jalisco_analyst", "investigacion")
    ask(client, name="Ana")
    assert "0 de 60 en esta hora" in text(client.get("/buscar/persona/"))


def test_the_services_hold_without_a_screen(known: Cast) -> None:
    with pytest.raises(NotAllowed):
        services.search_number(actor=known.nayarit_capturist, purpose=INQUIRY, number="18/01/017/20102026/0007")
    with pytest.raises(NotAllowed):
        services.read_budgets(actor=known.jalisco_analyst, purpose=None)
