"""Purpose and folio: stated once per case, for those who may state it, and seen on every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client, override_settings

from tequio.access.domain import PERMISSIONS, PurposeCode, Role
from tequio.ui import words
from tequio.ui.web.purpose import OFFERED

Enter = Callable[[str], Client]
STATED = {"code": "investigacion", "folio": "CI/1/2026", "siguiente": "/consulta/"}


@pytest.fixture(autouse=True)
def sample_pages() -> Iterator[None]:
    """The product with the sample pages beside it."""
    with override_settings(ROOT_URLCONF="tests.ui.gallery"):
        yield


def test_every_role_has_a_purpose_to_state_and_every_purpose_its_words() -> None:
    assert set(OFFERED) == set(Role) == set(PERMISSIONS) and all(OFFERED.values())
    assert set(words.PURPOSES) == set(PurposeCode) and set(words.ROLES) == set(Role)


def test_a_purpose_is_stated_and_then_seen_on_every_page(enter: Enter) -> None:
    client = enter("jalisco_analyst")
    answer = client.post("/finalidad/", STATED)
    assert answer.status_code == 302 and answer.headers["Location"] == "/consulta/"
    assert "CI/1/2026" in client.get("/consulta/").content.decode()
    page = client.get("/lista/").content.decode()
    assert "CI/1/2026" in page and "Investigación de un delito" in page and "cambiar" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "auditoria"},
        {"code": "otra"},
        {"code": ""},
        {"folio": ""},
        {"folio": "   "},
        {"folio": "x" * 121},
        {"folio": "a\u202eb"},
        {"folio": "a\x00b"},
    ],
)
def test_what_cannot_be_stated_is_told_beside_its_field(enter: Enter, wrong: dict[str, str]) -> None:
    client = enter("jalisco_analyst")
    answer = client.post("/finalidad/", STATED | wrong)
    assert answer.status_code == 422 and "Falta corregir" in answer.content.decode()
    assert client.get("/consulta/").status_code == 302


def test_the_purpose_of_one_person_is_not_of_the_next_at_the_same_browser(enter: Enter) -> None:
    client = enter("jalisco_analyst")
    client.post("/finalidad/", STATED)
    session = client.session
    kept = session["tequio.purpose"]
    other = enter("nayarit_analyst")
    session = other.session
    session["tequio.purpose"] = kept
    session.save()
    assert other.get("/consulta/").status_code == 302


@pytest.mark.parametrize(
    "kept", ["x", {}, {"username": "jalisco_analyst", "code": "nada", "folio": "1"}, {"username": "jalisco_analyst"}]
)
def test_a_session_that_says_nonsense_has_no_purpose(enter: Enter, kept: object) -> None:
    client = enter("jalisco_analyst")
    session = client.session
    session["tequio.purpose"] = kept
    session.save()
    assert client.get("/consulta/").status_code == 302


def test_a_case_ends(enter: Enter) -> None:
    client = enter("jalisco_analyst")
    client.post("/finalidad/", STATED)
    assert client.post("/finalidad/terminar/").headers["Location"] == "/"
    assert client.get("/consulta/").status_code == 302


def test_what_a_person_writes_is_only_text(enter: Enter) -> None:
    client = enter("jalisco_analyst")
    client.post("/finalidad/", STATED | {"folio": "<b>\"'&", "siguiente": "//evil.example/"})
    page = client.get("/lista/").content.decode()
    assert "<b>" not in page and "&lt;b&gt;&quot;&#x27;&amp;" in page
    assert client.get("/finalidad/?siguiente=//evil.example/").content.decode().count("evil.example") == 0
