"""The door: tokens, limits, purposes, sizes, cookies, and what is not there."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from tequio.access.domain import Permission as P
from tequio.accounts import services as accounts
from tequio.accounts.models import ApiToken
from tequio.catalogs.models import Parameter
from tequio.kernel import clock
from tests.api.programs import ROOT, Program, program, told
from tests.screens import browser
from tests.story import last_line_id
from tests.world import WHY, Cast


def test_a_request_without_a_token_is_told_how_to_send_one(client: Client, cast: Cast) -> None:
    answer = client.get(f"{ROOT}/detentions")
    assert answer.status_code == 401 and answer.headers["Content-Type"] == "application/problem+json"
    assert told(answer)["code"] == "CLAVE_NO_VALIDA" and "Authorization" in told(answer)["hint"]


@pytest.mark.parametrize("change", [{"revoked_at": True}, {"valid_to": True}])
def test_a_token_that_is_over_opens_nothing_and_is_on_the_log(cast: Cast, change: dict[str, bool]) -> None:
    one = program("NT-SSPC", P.DETENTION_READ)
    ApiToken.objects.filter(label=one.label).update(**dict.fromkeys(change, clock.now() - timedelta(seconds=1)))
    answer = one.get("/detentions")
    assert answer.status_code == 401 and told(answer)["code"] == "CLAVE_NO_VALIDA"
    assert one.lines() == [("token.refused", "hecho")]
    assert told(Program("tq_x", "x").get("/detentions")) == told(answer)


def test_a_token_asks_so_much_a_minute(cast: Cast) -> None:
    Parameter.objects.filter(key="api.per_minute").update(value=2)
    one, other = program("NT-SSPC"), program("NT-SSPC")
    with clock.at(clock.now()):
        assert [one.get("/states").status_code for _ in range(3)] == [200, 200, 429]
        assert int(one.get("/states").headers["Retry-After"]) >= 1
        assert other.get("/states").status_code == 200
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert one.get("/states").status_code == 200


def test_searches_are_counted_apart(cast: Cast) -> None:
    Parameter.objects.filter(key="api.searches_per_hour").update(value=1)
    one = program("NT-SSPC", P.SEARCH_PERSON)
    asked = {"name": "Nadie Conocida Ficticia"}
    assert one.post("/searches/person", asked, key=None).status_code == 200
    refused = one.post("/searches/person", asked, key=None)
    assert refused.status_code == 429 and told(refused)["code"] == "DEMASIADAS_PETICIONES"


@pytest.mark.parametrize("path", ["/detentions", "/targets", "/hits", "/audit/lines"])
def test_what_shows_people_needs_purpose_and_folio(cast: Cast, path: str) -> None:
    one = program("NT-SSPC", P.DETENTION_READ, P.TARGET_READ, P.HIT_READ, P.AUDIT_READ)
    one.why = {}
    answer = one.get(path)
    assert answer.status_code == 403 and told(answer)["code"] == "FALTA_FINALIDAD"
    assert "Tequio-Purpose" in told(answer)["hint"]


def test_a_purpose_that_is_none_is_refused_by_name(cast: Cast) -> None:
    answer = program("NT-SSPC", P.DETENTION_READ).get("/detentions", **{"Tequio-Purpose": "curiosidad"})
    assert answer.status_code == 422
    assert told(answer)["errors"] == [{"field": "Tequio-Purpose", "message": "No es uno de los valores que se admiten."}]


def test_a_session_opens_nothing_here(cast: Cast) -> None:
    person = browser("nayarit_supervisor", "investigacion")
    assert person.get(f"{ROOT}/detentions").status_code == 401


def test_no_cookie_and_no_cross_origin(cast: Cast) -> None:
    answer = program("NT-SSPC").get("/states", Origin="https://otro.example")
    assert not answer.cookies and "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_not_there_is_a_problem_too(cast: Cast) -> None:
    one = program("NT-SSPC")
    assert told(one.get("/nada"))["code"] == "NO_ENCONTRADO"
    refused = one.ask("DELETE", "/states")
    assert refused.status_code == 405 and told(refused)["code"] == "METODO_NO_ADMITIDO" and refused.headers["Allow"] == "GET"


@pytest.mark.parametrize("body", ["{", "[]", '{"values": 7}', '{"values": {"nombre": "\\u0000"}, "x": 1}', "\ud800"])
def test_a_body_that_cannot_be_read_is_refused_in_words(cast: Cast, body: str) -> None:
    one = program("NT-SSPC", P.DETENTION_REGISTER)
    headers = {"Authorization": f"Bearer {one.secret}", "Idempotency-Key": "k"} | one.why
    raw = body.encode("utf-8", "surrogatepass")
    answer = one.client.generic("POST", f"{ROOT}/detentions", raw, "application/json", headers=headers)
    assert answer.status_code in {400, 422}, answer.content
    assert told(answer)["code"] in {"PETICION_INVALIDA", "DATOS_INVALIDOS"}


def test_a_large_body_is_refused(cast: Cast) -> None:
    one = program("NT-SSPC", P.DETENTION_REGISTER)
    answer = one.post("/detentions", {"values": {"nombre": "x" * (1 << 20)}})
    assert answer.status_code == 413 and told(answer)["code"] == "CUERPO_DEMASIADO_GRANDE"


def test_the_description_and_its_page_are_open(client: Client, cast: Cast) -> None:
    schema = json.loads(client.get(f"{ROOT}/openapi.json").content)
    assert schema["openapi"].startswith("3.1") and len(schema["paths"]) > 25
    page = client.get(f"{ROOT}/docs")
    assert page.status_code == 200
    text = page.content.decode()
    assert "/api/v1/detentions" in text and "http://" not in text.replace("http://testserver", "") and "<script>" not in text


def test_a_token_made_by_its_supervisor_opens_what_it_says(cast: Cast) -> None:
    _, secret = accounts.make_token(
        actor=cast.nayarit_supervisor, purpose=WHY, label="nodo", scopes=[P.DETENTION_READ], valid_days=30
    )
    one = Program(secret, "nodo")
    before = last_line_id()
    assert one.get("/detentions").status_code == 200
    assert one.lines(before) == [("detention.read", "hecho")]
