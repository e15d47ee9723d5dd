"""What a browser may be made to send: forms of elsewhere, other verbs, other hosts, fields that no form has."""

from __future__ import annotations

from typing import Any, Final

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tequio.access.domain import Permission
from tequio.accounts.models import AccountRequest
from tequio.registries.rnd import public
from tequio.targets.models import Target
from tests.api.programs import ROOT, WHY, program
from tests.matrix.test_role_matrix import address_of
from tests.screens import browser
from tests.security.walking import PATTERNS, mark_at, writable
from tests.story import last_line_id, lines_of
from tests.web import signed_in
from tests.world import Cast, stored

EVIL: Final = (
    "https://evil.example/x", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "///evil.example", "http:evil.example", "javascript:alert(1)", "data:text/html,x", "https://testserver@evil.example/",
    "https:///evil.example", " //evil.example", "/\x00/evil.example", "https://testserver.evil.example/", "/..//evil.example",
)  # fmt: skip
"""Places that are not ours, some of which look as if they were."""
NAMES: Final = ("siguiente", "next", "url", "redirect_to")


@pytest.mark.parametrize("name", writable())
def test_a_form_without_its_sign_or_with_a_made_up_one_does_nothing(name: str, cast: Cast) -> None:
    where = address_of(name, PATTERNS[name])
    client = signed_in(Client(enforce_csrf_checks=True, raise_request_exception=False), "nayarit_supervisor")
    before = last_line_id()
    for sent in ({}, {"csrfmiddlewaretoken": "a" * 64}, {"csrfmiddlewaretoken": "corto"}):
        answer = client.post(where, sent)
        assert answer.status_code == 403 and "FORMULARIO_VENCIDO" in answer.content.decode(), sent
    assert lines_of(cast.nayarit_supervisor, before) == []


def test_a_form_sent_from_another_site_does_nothing(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/entrar/")
    sign = client.cookies["tequio-csrf"].value
    data = {"login": "outsider", "password": "x", "csrfmiddlewaretoken": sign}
    assert client.post("/entrar/", data, headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.post("/entrar/", data, headers={"Origin": "null"}).status_code == 403
    assert client.post("/entrar/", data, headers={"Origin": "http://testserver"}).status_code == 200


@pytest.mark.slow
def test_no_address_does_anything_with_a_verb_that_it_does_not_name(cast: Cast) -> None:
    client, wrong = browser("nayarit_supervisor", "investigacion"), []
    for name, pattern in PATTERNS.items():
        admitted = set(mark_at(name).methods) | ({"HEAD"} if "GET" in mark_at(name).methods else set())
        for verb in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} - admitted:
            before = last_line_id()
            answer = client.generic(verb, address_of(name, pattern), headers={"X-HTTP-Method-Override": "POST"})
            if answer.status_code != 405 or lines_of(cast.nayarit_supervisor, before):
                wrong.append(f"{verb} {name}: {answer.status_code}")
            elif "POST" not in admitted and "POST" in answer.headers["Allow"]:
                wrong.append(f"{name} says that it takes POST")
    assert wrong == []


def test_asking_for_the_head_tells_no_more_than_asking_for_the_page(cast: Cast) -> None:
    client, wrong = browser("nayarit_supervisor", "investigacion"), []
    for name, pattern in PATTERNS.items():
        if "GET" not in mark_at(name).methods or name in ("accounts:sign_out", "account_logout"):
            continue
        where = address_of(name, pattern)
        head, whole = client.head(where), client.get(where)
        if head.content or head.status_code != whole.status_code:
            wrong.append(f"{name}: {head.status_code} {whole.status_code} {len(head.content)}")
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("somebody", [True, False], ids=["entered", "stranger"])
def test_nothing_leads_to_another_site(somebody: bool, cast: Cast) -> None:
    client = browser("nayarit_supervisor", "investigacion") if somebody else Client(raise_request_exception=False)
    ends = {"accounts:sign_out", "account_logout", "ui:purpose_end"}
    wrong = []
    for name, pattern in PATTERNS.items():
        if name in ends:
            continue
        where = address_of(name, pattern)
        for place in EVIL[:3] + EVIL[8:9] if name not in TAKES_NEXT else EVIL:
            said = dict.fromkeys(NAMES, place)
            answers = [client.get(where, said)] if "GET" in mark_at(name).methods else []
            answers += [client.post(where, said)] if "POST" in mark_at(name).methods and name in TAKES_NEXT else []
            wrong += [f"{name}: {place!r} -> {there}" for answer in answers if (there := _leads(answer))]
    assert wrong == []


@pytest.mark.parametrize("place", EVIL)
@pytest.mark.parametrize(
    "name", ["accounts:sign_out", "account_logout", "ui:purpose_end", "ui:purpose", "ui:theme", "ui:language"]
)
def test_what_is_done_and_goes_on_goes_on_here(name: str, place: str, cast: Cast) -> None:
    client = browser("nayarit_supervisor", "investigacion")
    data = {"code": "investigacion", "folio": "X-1", "aspecto": "oscuro", "idioma": "en"} | dict.fromkeys(NAMES, place)
    answer = client.post(reverse(name), data)
    assert answer.status_code == 302 and not _leads(answer), answer.headers["Location"]
    part = browser("nayarit_supervisor").get("/buscar/persona/", headers={"HX-Request": "true", "HX-Current-URL": place})
    assert "evil" not in part.headers.get("HX-Redirect", "").partition("?")[0]
    assert not part.headers.get("HX-Redirect", "").startswith("//")


TAKES_NEXT: Final = {
    "ui:purpose", "ui:theme", "ui:language", "accounts:sign_in", "account_login", "account_reauthenticate", "mfa_authenticate",
    "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_login_webauthn", "account_change_password",
}  # fmt: skip
"""Addresses that go on to another page."""


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "evil.example:80", "testserver:80@evil.example", ""]
)
def test_a_request_for_another_host_is_refused(host: str, db: None) -> None:
    answer = Client().get("/entrar/ayuda/", headers={"Host": host} if host else {"Host": "[::1"})
    assert answer.status_code == 400 and b"evil" not in answer.content


def test_a_proxy_that_nobody_named_does_not_change_the_host(db: None) -> None:
    said = Client().get("/", headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    assert said.status_code == 302 and "evil" not in said.headers["Location"]


def test_a_form_takes_what_it_has_and_nothing_more(cast: Cast) -> None:
    client = browser("nayarit_liaison", "investigacion")
    more = {
        "state": "aprobada", "requested_by": "otro", "user": "1", "id": "0190aaaa-0000-7000-8000-000000000000",
        "agency_id": "1",
        "is_active": "1", "is_superuser": "1", "expires_at": "2099-01-01",
    }  # fmt: skip
    form = {
        "agency": "NT-SSPC", "username": "nueva.persona", "full_name": "Persona Nueva", "roles": ["analista"],
        "document": "OFICIO-5", "document_date": "2026-10-01", "training": "sin_capacitacion",
    }  # fmt: skip
    assert client.post(reverse("accounts:request_new"), form | more).status_code == 302
    [made] = AccountRequest.objects.filter(username="nayarit_x") or AccountRequest.objects.filter(username="nueva.persona")
    assert (made.state, made.requested_by, made.user_id) == ("solicitada", "nayarit_liaison", None)
    assert str(made.pk) != more["id"] and made.expires_at.year < 2099


def test_a_target_is_proposed_whatever_else_is_sent(cast: Cast) -> None:
    client = browser("jalisco_analyst", "busqueda_objetivo")
    form = {
        "given": "Ramiro", "paternal": "Ficticio", "birth_dates": "1980-05-06", "grounds": "orden_aprehension",
        "document": "CAUSA 7/2026", "priority": "ordinaria", "state": "vigente", "approved_by": "jalisco_supervisor",
        "proposed_by": "otro", "agency": "NT-SSPC", "threshold": "0", "seen": "", "confirm": "1",
    }  # fmt: skip
    before = {one.pk for one in stored(Target)}
    answer = client.post(reverse("targets:new"), form)
    assert answer.status_code == 302, answer.content.decode()
    [made] = [one for one in stored(Target) if one.pk not in before]
    assert (made.state, made.approved_by, made.proposed_by) == ("propuesto", "", "jalisco_analyst")
    assert made.agency_id == cast.jalisco_analyst.agency_id and made.own_threshold is None


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
def test_a_command_of_the_api_that_a_form_could_send_is_not_taken(kind: str, cast: Cast) -> None:
    """What a browser sends to another site without asking first carries no token either; this is the second wall."""
    asking = program("JC-SSP", Permission.TARGET_PROPOSE)
    body = b'{"given": "Ramiro", "paternal": "Ficticio", "grounds": "orden_aprehension", "document": "CAUSA 7/2026"}'
    headers = {"Authorization": f"Bearer {asking.secret}", "Idempotency-Key": "k1", **WHY}
    before = len(stored(Target))
    answer = asking.client.generic("POST", f"{ROOT}/targets", body, kind, headers=headers)
    assert 400 <= answer.status_code < 500, answer.content
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert len(stored(Target)) == before


def _leads(answer: Any) -> str:
    """The other site that an answer leads to, or nothing."""
    there = answer.headers.get("Location", "") or answer.headers.get("HX-Redirect", "")
    path = there.partition("?")[0]
    here = not path or (path.startswith("/") and not path.startswith(("//", "/\\", "/\t", "/%09/")))
    return "" if here else there


def test_whoever_asks_in_public_is_counted_by_the_address_that_the_proxy_tells(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []

    def ask(*, question: object, address: str) -> tuple[()]:
        counted.append(address)
        return ()

    monkeypatch.setattr(public, "ask", ask)
    monkeypatch.setattr(public, "is_open", lambda: True)
    form = {"detained_on": "2026-10-20", "given": "Ana", "paternal": "Prueba", "maternal": "Muestra", "curp": ""}
    told = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    Client().post(reverse("rnd:public"), form, headers=told)
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
        Client().post(reverse("rnd:public"), form, headers=told)
    assert counted == ["127.0.0.1", "198.51.100.7"], "an address that the browser itself wrote counts for nothing"
