"""Entering: name, password, second factor, pauses, and the lines that all of it leaves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from tequio.access.models import User
from tequio.accounts.models import Session
from tests.story import last_line_id
from tests.web import signed_in
from tests.world import Cast

PASSWORD = "una frase larga y propia 7"
ENTRANCE = "/entrar/"


@pytest.fixture
def client(cast: Cast) -> Iterator[Client]:
    yield Client()


@pytest.fixture
def analyst(cast: Cast) -> User:
    user = User.objects.get(username="jalisco_analyst")
    user.set_password(PASSWORD)
    user.save()
    return user


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def enter(client: Client, username: str, password: str = PASSWORD, **more: str):
    return client.post(ENTRANCE, {"login": username, "password": password, **more})


def test_who_has_no_second_factor_gets_no_further_than_its_page(client: Client, analyst: User) -> None:
    assert enter(client, "jalisco_analyst").status_code == 302
    away = client.get("/cuenta/sesiones/")
    assert away.status_code == 302 and away["Location"] == "/cuenta/segundo-factor/"
    assert client.get("/cuenta/segundo-factor/").status_code == 200
    page = client.get("/cuenta/segundo-factor/aplicacion/")
    assert page.status_code == 200 and "<svg" in page.content.decode()
    secret = page.context["form"].secret
    done = client.post("/cuenta/segundo-factor/aplicacion/", {"code": code_of(secret)})
    assert done.status_code == 302 and "recuperacion" in done["Location"]
    shown = client.get(done["Location"])
    assert len(shown.context["unused_codes"]) == 10
    assert client.get("/cuenta/sesiones/").status_code == 200
    assert secret not in str(Authenticator.objects.get(user=analyst, type="totp").data)


def test_password_and_code_enter_and_both_are_on_the_log(client: Client, analyst: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(analyst, secret)
    mark = last_line_id()
    first = enter(client, "jalisco_analyst", siguiente="/cuenta/")
    assert first["Location"] == "/entrar/codigo/"
    assert client.get("/cuenta/").status_code == 302
    assert client.get("/entrar/codigo/").status_code == 200
    assert client.post("/entrar/codigo/", {"code": "000000"}).status_code == 200
    done = client.post("/entrar/codigo/", {"code": code_of(secret)})
    assert done["Location"] == "/cuenta/"
    assert client.get("/cuenta/").status_code == 200
    assert lines_of_user("jalisco_analyst", mark) == [("session.sign_in_failed", "hecho"), ("session.signed_in", "hecho")]
    row = Session.objects.get(user=analyst)
    assert row.address == "127.0.0.1" and row.opened_at is not None


def lines_of_user(username: str, since: int) -> list[tuple[str, str]]:
    from tequio.audit.models import Line

    return list(Line.objects.filter(username=username, id__gt=since).order_by("id").values_list("action", "outcome"))


def test_signed_in_is_as_entering(client: Client) -> None:
    signed_in(client, "outsider")
    assert client.get("/cuenta/").status_code == 200
