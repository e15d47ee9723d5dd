"""Text that people, files and programs give is text on every page, whoever opens it."""

from __future__ import annotations

import re
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from tests.screens import browser
from tests.security.hostile import ATTACK, Reader, Things, alive_in
from tests.security.walking import PATTERNS, PEOPLE, address, everybody, may, page, readable
from tests.world import Cast

OF_EVERY_LIST: Final = {"orden", "columnas", "siguiente", "next", "desde", "hasta", "antes", "codigo", "version", "registro",
                        "corrige", "subtipo", "entidad", "municipio", "anio", "mes", "process", "error"}  # fmt: skip
SHOWING: Final = {
    "rnd:sheet", "rnd:list", "targets:target", "targets:targets", "targets:hit", "accounts:tokens", "accounts:request",
    "accounts:sheet", "accounts:requests", "accounts:list", "administration:agency",
    "administration:parameter", "supply:preview",
    "supply:history", "ui:purpose", "administration:log", "mfa_list_webauthn", "rnd:switches",
}  # fmt: skip
"""Pages that show what the hostile world says; the test of a page that shows nothing of it would prove nothing."""


@pytest.mark.slow
def test_no_page_of_anybodys_gives_life_to_what_was_written(things: Things) -> None:
    found, seen = [], set()
    for username, client in everybody():
        stated = client.post(reverse("ui:purpose"), {"code": PEOPLE[username].value, "folio": ATTACK})
        assert stated.status_code == 302
        client.post("/aspecto/", {"aspecto": ATTACK})
        for name in readable():
            if not may(username, name):
                continue
            answer = client.get(address(name, things))
            assert answer.status_code < 500, (name, username)
            if "html" not in answer.headers.get("Content-Type", ""):
                continue
            said = page(answer)
            found += [(username, name, one) for one in alive_in(said)]
            if ATTACK in _text(said):
                seen.add(name)
    assert found == []
    assert SHOWING - seen == set()


@pytest.mark.slow
def test_what_an_address_says_is_text_on_its_page(things: Things) -> None:
    found = []
    for name in readable():
        who = next((one for one in PEOPLE if may(one, name)), None)
        client = browser(who, PEOPLE[who].value) if who else Client(raise_request_exception=False)
        where = address(name, things)
        fields = set(re.findall(r'<(?:input|select|textarea)[^>]*\bname="([^"]+)"', page(client.get(where)))) | OF_EVERY_LIST
        for query in (dict.fromkeys(fields - {"pagina"}, ATTACK), {"pagina": ATTACK}, {ATTACK: ATTACK}):
            for headers in ({}, {"HX-Request": "true", "HX-Target": "tabla", "HX-Current-URL": f"http://testserver/{ATTACK}"}):
                answer = client.get(where, query, headers=headers)
                if "html" in answer.headers.get("Content-Type", ""):
                    found += [(name, sorted(query)[:1], one) for one in alive_in(page(answer))]
                assert not any(ATTACK in value for value in answer.headers.values()), name
                assert answer.status_code < 500, name
    assert found == []


def test_what_stands_in_an_address_is_text_too(cast: Cast) -> None:
    found = []
    for name, pattern in PATTERNS.items():
        converters = {key: type(one).__name__ for key, one in pattern.pattern.converters.items()}
        if set(converters.values()) != {"StringConverter"} or "GET" not in pattern.callback.screen.methods:
            continue
        for username in ("administrator", "hub_operator"):
            answer = browser(username, "administracion").get(reverse(name, kwargs=dict.fromkeys(converters, ATTACK)))
            assert answer.status_code < 500, name
            found += [(name, one) for one in alive_in(page(answer))]
    lost = browser("outsider").get(f"/{ATTACK}/")
    assert lost.status_code == 404
    assert found + alive_in(page(lost)) == []


def _text(said: str) -> str:
    reader = Reader()
    reader.feed(said)
    fields = re.findall(r'value="([^"]*)"', said)
    return "".join(reader.text) + (ATTACK if any("&lt;tq-x" in one for one in fields) else "")
