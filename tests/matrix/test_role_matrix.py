"""Every address against every role: the right one may, the others may not, and the refusal is on the log."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tequio.access import selectors as access
from tequio.access.domain import Actor, PurposeCode, Role
from tequio.access.models import User
from tequio.accounts.services import create_user, grant_roles
from tequio.institutions import selectors as institutions
from tequio.ui.web.screens import Screen, mark_of
from tests.matrix.table import LETTERS, PUBLIC, SCREENS, SIGNED
from tests.story import last_line_id, lines_of
from tests.web import signed_in
from tests.world import WHY, Cast

SIGN_IN = "/entrar/"
OF_A_PURPOSE = {Role.AUDITOR: PurposeCode.AUDIT, Role.ADMINISTRATOR: PurposeCode.ADMINISTRATION,
                Role.HUB_OPERATOR: PurposeCode.ADMINISTRATION, Role.CAPTURE: PurposeCode.SUPPLY}  # fmt: skip
_PLACES = {"uuid": str(uuid.UUID(int=7)), "str": "NADIE", "slug": "nadie", "int": "7"}


def addresses(patterns: list[Any] | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(name, pattern) of every address of the web application; the API has a table of its own."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name == "ninja" or str(pattern.pattern).startswith("api/"):
                continue
            yield from addresses(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name}", pattern


def address_of(name: str, pattern: URLPattern) -> str:
    """An address of that name about things that do not exist."""
    asked = {key: _PLACES[_kind(converter)] for key, converter in pattern.pattern.converters.items()}
    return reverse(name, kwargs=asked)


def _kind(converter: object) -> str:
    return type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")


@pytest.fixture
def somebody(cast: Cast) -> dict[Role, Actor]:
    """One person for each role, with that role alone, in one agency."""
    system = Actor("sistema", 0, "FED-SSPC", "", frozenset(), is_system=True)
    found = {}
    for role in Role:
        agency = institutions.agency_by_code("FED-SSPC" if role is Role.HUB_OPERATOR else "NT-SSPC")
        name = f"matriz_{role.value}"
        user = User.objects.filter(username=name).first() or create_user(
            actor=system, purpose=WHY, username=name, full_name=name, agency=agency
        )
        grant_roles(actor=system, purpose=WHY, user=user, roles=[role], valid_from=date(2020, 1, 1), document="pruebas")
        found[role] = access.actor(name)
    return found


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    there = {name for name, _ in addresses()}
    assert there - SCREENS.keys() == set(), "an address nobody decided on: add its row to tests/matrix/table.py"
    assert SCREENS.keys() - there == set(), "a row of an address that is no more"


def test_every_view_says_who_may_open_it() -> None:
    assert [name for name, pattern in addresses() if mark_of(pattern.callback) is None] == []


@pytest.mark.parametrize(("name", "pattern"), list(addresses()), ids=[name for name, _ in addresses()])
def test_who_is_not_signed_in_is_sent_to_sign_in(db: None, name: str, pattern: URLPattern) -> None:
    mark = _mark(pattern)
    answer = _send(Client(raise_request_exception=False), mark, address_of(name, pattern))
    sent_away = answer.status_code == 302 and answer.headers["Location"].startswith(SIGN_IN)
    if SCREENS[name] != PUBLIC:
        assert sent_away, (answer.status_code, answer.headers.get("Location"))
    else:
        assert answer.status_code < 500


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_a_role_opens_what_is_its_own_and_nothing_else(somebody: dict[Role, Actor], role: Role) -> None:
    client = signed_in(Client(raise_request_exception=False), somebody[role].username)
    code = OF_A_PURPOSE.get(role, PurposeCode.INVESTIGATION)
    assert client.post(reverse("ui:purpose"), {"code": code.value, "folio": "MATRIZ-1"}).status_code == 302
    wrong = []
    for name, pattern in addresses():
        allowed = SCREENS[name]
        if allowed in (PUBLIC, SIGNED):
            continue
        may = role in {LETTERS[letter] for letter in allowed}
        before = last_line_id()
        answer = _send(client, _mark(pattern), address_of(name, pattern))
        refused = ("screen.refused", "negado") in lines_of(somebody[role], before)
        if may and (refused or answer.status_code >= 500 or _sent_to_sign_in(answer)):
            wrong.append(f"{name}: may, and got {answer.status_code}")
        if not may and not (answer.status_code == 403 and refused):
            wrong.append(f"{name}: may not, and got {answer.status_code}, on the log: {refused}")
    assert wrong == []


def _mark(pattern: URLPattern) -> Screen:
    mark = mark_of(pattern.callback)
    assert mark is not None
    return mark


def _send(client: Client, mark: Screen, address: str) -> Any:
    return client.get(address) if "GET" in mark.methods else client.post(address, {})


def _sent_to_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and str(answer.headers["Location"]).startswith(SIGN_IN)
