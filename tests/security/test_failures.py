"""When something fails, nobody learns from the answer how the program is made, nor from a log whom it was about."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError
from django.test import Client
from django.urls import reverse

from tequio.access.domain import Permission
from tequio.accounts import services
from tequio.config.logs import NOWHERE, Line
from tequio.supply import reports
from tequio.ui.console.faults import LOG_NAME
from tests.api.programs import program
from tests.screens import browser
from tests.security.hostile import Reader, Things, alive_in
from tests.security.walking import PEOPLE, address, mark_at, may, page, readable, writable
from tests.world import WHY, Cast

SAID: Final = "MUZF840307HJCXPL01"
INSIDE: Final = re.compile(
    r"Traceback|\.py\b|site-packages|SELECT |INSERT |psycopg|django\.|tequio\.(?!log)|/root|/home|0x[0-9a-f]{6}"
)
BAD: Final = ("\x00", "\ud800", "9" * 30, "-1", "x" * 30_000, "2026-02-30", "’;--", "[]", "{'$ne': 1}", "٣")
"""Values that no form expects."""


def _quoting(kind: type[Exception]) -> Exception:
    error = kind(f"duplicate key value violates unique constraint DETAIL: Key (curp)=({SAID}) already exists.")
    if kind is not RuntimeError:
        error.__cause__ = psycopg.errors.UniqueViolation(f"DETAIL: Key (curp)=({SAID})")
    return error


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """What the technical log would say."""
    caplog.set_level(logging.DEBUG)
    form = Line("%(asctime)s %(levelname)s %(name)s %(message)s")
    return lambda: "\n".join(form.format(record) for record in caplog.records if record.levelno >= logging.WARNING)


@pytest.mark.parametrize("kind", [IntegrityError, ProgrammingError])
def test_a_fault_is_told_by_a_reference_and_by_nothing_of_the_inside(
    kind: type[Exception], cast: Cast, lines: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**asked: object) -> None:
        raise _quoting(kind)

    monkeypatch.setattr(reports, "list_batches", fail)
    monkeypatch.setenv("TEQUIO_HOME", str(tmp_path))
    asking = program("NT-SSPC", Permission.SUPPLY_READ)
    client = browser("nayarit_capturist", "suministro")
    answers = [client.get("/suministro/"), client.get("/suministro/", headers={"HX-Request": "true"}), asking.get("/batches")]
    for answer in answers:
        said = page(answer)
        assert answer.status_code == 500 and "FALLA_INTERNA" in said
        assert SAID not in said and not INSIDE.search(_body(said)), INSIDE.search(_body(said))
    kept = (tmp_path / LOG_NAME).read_text(encoding="utf-8")
    assert "UniqueViolation" in kept and "list_batches" in kept and SAID not in kept
    assert "list_batches" in lines() and SAID not in lines()


def test_words_that_are_not_the_databases_stay_in_the_owners_log_alone(
    cast: Cast, lines: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**asked: object) -> None:
        raise _quoting(RuntimeError)

    monkeypatch.setattr(reports, "list_batches", fail)
    monkeypatch.setenv("TEQUIO_HOME", str(tmp_path))
    assert SAID not in page(browser("nayarit_capturist", "suministro").get("/suministro/"))
    assert SAID in (tmp_path / LOG_NAME).read_text(encoding="utf-8")
    assert "RuntimeError" in lines() and SAID not in lines()


def test_the_secret_of_a_link_is_in_no_log(cast: Cast, lines: Callable[[], str]) -> None:
    secret = services.make_password_link(actor=cast.administrator, purpose=WHY, username="nayarit_analyst")
    where = reverse("accounts:set_password", kwargs={"secret": secret})
    client = Client(raise_request_exception=False)
    assert client.post(where, {"password1": "123", "password2": "123"}).status_code == 422
    assert client.put(where).status_code == 405
    assert Client(enforce_csrf_checks=True).post(where).status_code == 403
    assert client.get(f"{where}mas/").status_code == 404
    assert secret not in lines()
    assert "<str:secret>" in lines() and NOWHERE in lines()


@pytest.mark.slow
def test_no_form_breaks_on_what_it_does_not_expect(things: Things, lines: Callable[[], str]) -> None:
    wrong = []
    for name in writable():
        client = _who_may(name)
        if client is None or name in ("accounts:sign_out", "account_logout"):
            continue
        where = address(name, things)
        fields = _fields(page(client.get(where))) if "GET" in mark_at(name).methods else set()
        fields |= {
            "motivo",
            "reason",
            "document",
            "kind",
            "at",
            "cadena",
            "siguiente",
            "cause",
            "state",
            "bits",
            "campo",
            "accion",
        }
        for bad in BAD:
            answer = client.post(where, dict.fromkeys(fields, bad.encode("utf-8", "surrogatepass") if bad == "\ud800" else bad))
            wrong += [f"{name} {bad[:9]!r}: {answer.status_code}"] if answer.status_code >= 500 else []
    assert wrong == []
    assert "Traceback" not in lines()


@pytest.mark.slow
def test_no_address_breaks_on_what_it_does_not_expect(things: Things, lines: Callable[[], str]) -> None:
    wrong = []
    for name in readable():
        client = _who_may(name)
        if client is None:
            continue
        where = address(name, things)
        fields = _fields(page(client.get(where))) | {
            "orden",
            "pagina",
            "columnas",
            "formato",
            "desde",
            "hasta",
            "antes",
            "codigo",
        }
        fields |= {"version", "registro", "corrige", "subtipo", "siguiente", "entidad", "municipio", "anio", "mes"}
        for bad in BAD:
            query = dict.fromkeys(fields, bad.encode("utf-8", "surrogatepass") if bad == "\ud800" else bad[:3_000])
            for asked in (query, {key: value for key, value in query.items() if key != "pagina"}):
                answer = client.get(where, asked)
                wrong += [f"{name} {bad[:9]!r}: {answer.status_code}"] if answer.status_code >= 500 else []
                if "html" in answer.headers.get("Content-Type", ""):
                    wrong += [f"{name}: {one}" for one in alive_in(page(answer))]
    assert wrong == []
    assert "Traceback" not in lines()


def _who_may(name: str) -> Client | None:
    who = next((one for one in PEOPLE if may(one, name)), None)
    return browser(who, PEOPLE[who].value) if who else None


def _fields(said: str) -> set[str]:
    """Names of the fields of a page's forms."""
    return set(re.findall(r'<(?:input|select|textarea)[^>]*\bname="([^"]+)"', said)) - {"csrfmiddlewaretoken"}


def _body(said: str) -> str:
    """A page without the names of its own files, which end in .css and .js."""
    reader: Any = Reader()
    reader.feed(said)
    return "".join(reader.text)
