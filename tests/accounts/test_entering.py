"""Entering: name, password, second factor, pauses, limits of a session, and the lines that all of it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.hashers import MD5PasswordHasher
from django.http import HttpResponse
from django.test import Client

from tequio.access.domain import Suspension
from tequio.access.models import User
from tequio.accounts import services, sessions
from tequio.accounts.models import FailedAttempts, Session
from tequio.audit.models import Line
from tequio.kernel import clock
from tests.story import last_line_id
from tests.web import signed_in
from tests.world import WHY, Cast

PASSWORD = "una frase larga y propia 7"
ENTRANCE, CODE = "/entrar/", "/entrar/codigo/"


@pytest.fixture
def client(cast: Cast) -> Iterator[Client]:
    yield Client()


@pytest.fixture
def analyst(cast: Cast) -> User:
    user = User.objects.get(username="jalisco_analyst")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def secret(analyst: User) -> str:
    made = generate_totp_secret()
    TOTP.activate(analyst, made)
    return made


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def enter(client: Client, username: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post(ENTRANCE, {"login": username, "password": password, **more})


def lines(since: int, username: str = "jalisco_analyst") -> list[str]:
    return list(Line.objects.filter(username=username, id__gt=since).order_by("id").values_list("action", flat=True))


def test_who_has_no_second_factor_gets_no_further_than_its_page(client: Client, analyst: User) -> None:
    assert enter(client, "jalisco_analyst").status_code == 302
    away = client.get("/cuenta/sesiones/")
    assert away.status_code == 302 and away["Location"] == "/cuenta/segundo-factor/"
    part = client.get("/cuenta/sesiones/", headers={"HX-Request": "true"})
    assert part.status_code == 401 and part["HX-Redirect"] == "/cuenta/segundo-factor/"
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
    assert client.get("/cuenta/segundo-factor/aplicacion/quitar/").status_code == 200
    assert client.post("/cuenta/segundo-factor/aplicacion/quitar/").status_code == 200, "the only one stays"
    assert Authenticator.objects.filter(user=analyst, type="totp").exists()


def test_password_and_code_enter_and_both_are_on_the_log(client: Client, analyst: User, secret: str) -> None:
    mark = last_line_id()
    first = enter(client, "jalisco_analyst", siguiente="/cuenta/")
    assert first["Location"] == CODE
    assert client.get("/cuenta/").status_code == 302
    assert client.get(CODE).status_code == 200
    assert client.post(CODE, {"code": "000000"}).status_code == 200
    code = code_of(secret)
    assert client.post(CODE, {"code": code})["Location"] == "/cuenta/"
    assert client.get("/cuenta/").status_code == 200
    assert lines(mark) == ["session.sign_in_failed", "session.signed_in"]
    row = Session.objects.get(user=analyst)
    assert row.address == "127.0.0.1" and row.opened_at is not None
    other = Client()
    enter(other, "jalisco_analyst")
    assert other.post(CODE, {"code": code}).status_code == 200, "a code is used once"


def test_a_recovery_code_enters_once(client: Client, analyst: User, secret: str) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    code = RecoveryCodes.activate(analyst).get_unused_codes()[0]
    enter(client, "jalisco_analyst")
    assert client.post(CODE, {"code": code}).status_code == 302
    other = Client()
    enter(other, "jalisco_analyst")
    assert other.post(CODE, {"code": code}).status_code == 200


def test_signed_in_is_as_entering(client: Client) -> None:
    signed_in(client, "outsider")
    assert client.get("/cuenta/").status_code == 200


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer_at_the_same_cost(
    client: Client, analyst: User, today: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    answers, costs = [], []
    for name in ("jalisco_analyst", "nobody.at.all", "outsider"):  # the outsider has no password yet
        hashed.clear()
        answer = enter(Client(), name, "otra frase larga 12345")
        answers.append(answer.content.decode().replace(name, "-").split("<main")[1].split("csrfmiddlewaretoken")[0])
        costs.append(len(hashed))
        assert answer.status_code == 200 and "no son correctos" in answer.content.decode()
    assert len(set(answers)) == 1
    assert len(set(costs)) == 1 and costs[0] >= 1


@pytest.mark.parametrize("name", ["jalisco_analyst", "nobody.at.all"])
def test_after_five_wrong_passwords_the_right_one_waits_too(client: Client, analyst: User, secret: str, name: str) -> None:
    mark = last_line_id()
    for _ in range(5):
        enter(client, name, "mala contraseña")
    refused = enter(client, name)
    assert "Demasiados intentos" in refused.content.decode()
    who = name if name == "jalisco_analyst" else ""
    assert lines(mark, who) == ["session.sign_in_failed"] * 4 + ["session.locked"]
    assert name not in str(list(FailedAttempts.objects.values()))
    with clock.at(clock.now() + timedelta(minutes=16)):
        later = enter(client, name)
        assert later.status_code == (302 if name == "jalisco_analyst" else 200)


def test_an_address_that_guesses_at_many_names_is_paused(client: Client, analyst: User) -> None:
    for n in range(20):
        client.post(ENTRANCE, {"login": f"alguien{n}", "password": "x"}, REMOTE_ADDR="203.0.113.9")
    refused = client.post(ENTRANCE, {"login": "jalisco_analyst", "password": PASSWORD}, REMOTE_ADDR="203.0.113.9")
    assert "Demasiados intentos" in refused.content.decode()
    assert enter(client, "jalisco_analyst").status_code == 302, "from elsewhere the person enters"


def test_wrong_codes_run_into_a_limit(client: Client, analyst: User, secret: str) -> None:
    enter(client, "jalisco_analyst")
    for _ in range(5):
        client.post(CODE, {"code": "000000"})
    assert client.post(CODE, {"code": code_of(secret)}).status_code == 200


@pytest.mark.parametrize("where", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)", "http:x"])
def test_entering_leads_nowhere_else(client: Client, analyst: User, where: str) -> None:
    assert enter(client, "jalisco_analyst", siguiente=where)["Location"] == "/"


def test_the_session_has_another_key_after_entering(client: Client, analyst: User, secret: str) -> None:
    enter(client, "jalisco_analyst")
    before = client.session.session_key
    client.post(CODE, {"code": code_of(secret)})
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_a_session_that_somebody_else_made_up_is_not_taken(client: Client, analyst: User) -> None:
    client.cookies["tequio"] = "a" * 32
    enter(client, "jalisco_analyst")
    assert client.cookies["tequio"].value != "a" * 32


def test_the_cookies_are_closed_to_scripts_and_other_sites(client: Client, analyst: User) -> None:
    client.get(ENTRANCE)
    enter(client, "jalisco_analyst")
    for name in ("tequio", "tequio-csrf"):
        cookie = client.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"


@pytest.mark.parametrize("minutes,over", [(14, False), (15, True)])
def test_a_session_that_does_nothing_ends(client: Client, minutes: int, over: bool) -> None:
    signed_in(client, "outsider")
    mark = last_line_id()
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        answer = client.get("/cuenta/")
    assert answer.status_code == (302 if over else 200)
    assert lines(mark, "outsider") == (["session.expired"] if over else [])


def test_a_session_ends_after_ten_hours_however_busy(client: Client) -> None:
    signed_in(client, "outsider")
    start = clock.now()
    for minutes in range(10, 600, 10):
        session = client.session
        session[sessions.SEEN] = (start + timedelta(minutes=minutes)).isoformat()
        session.save()
    with clock.at(start + timedelta(minutes=599)):
        assert client.get("/cuenta/").status_code == 200
    with clock.at(start + timedelta(hours=10)):
        assert client.get("/cuenta/").status_code == 302


def test_a_session_without_a_beginning_is_no_session(client: Client) -> None:
    client.force_login(User.objects.get(username="outsider"), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/cuenta/").status_code == 302


def test_a_session_that_skipped_the_second_factor_gets_nowhere(client: Client, analyst: User, secret: str) -> None:
    signed_in(client, "jalisco_analyst", second_factor=False)
    assert client.get("/cuenta/")["Location"] == "/entrar/"
    assert client.get("/cuenta/")["Location"].startswith("/entrar/?")


def test_one_closes_a_session_of_ones_own_and_no_other(client: Client) -> None:
    signed_in(client, "outsider")
    other = signed_in(Client(), "outsider")
    stranger = signed_in(Client(), "jalisco_second")
    listed = client.get("/cuenta/sesiones/").context["sessions"]
    assert len(listed) == 2
    keys = {c: c.session.session_key for c in (client, other, stranger)}
    assert not any(key in client.get("/cuenta/sesiones/").content.decode() for key in keys.values())
    from tequio.accounts.selectors import reference

    assert client.post(f"/cuenta/sesiones/{reference(keys[stranger])}/cerrar/").status_code == 404
    assert client.post(f"/cuenta/sesiones/{reference(keys[other])}/cerrar/").status_code == 302
    assert other.get("/cuenta/").status_code == 302 and stranger.get("/cuenta/").status_code == 200


def test_whoever_is_suspended_is_out_at_once_and_is_told_so_only_with_the_password(
    client: Client, cast: Cast, analyst: User
) -> None:
    signed_in(client, "jalisco_analyst")
    services.suspend_user(
        actor=cast.jalisco_supervisor, purpose=WHY, username="jalisco_analyst", cause=Suspension.MANUAL, reason="x"
    )
    assert client.get("/cuenta/").status_code == 302 and not Session.objects.filter(user=analyst).exists()
    assert enter(Client(), "jalisco_analyst")["Location"] == "/entrar/suspendida/"
    assert "no son correctos" in enter(Client(), "jalisco_analyst", "otra cosa").content.decode()


def test_nobody_makes_an_account_alone(client: Client) -> None:
    for address in ("/registro/", "/entrar/registro/", "/accounts/signup/", "/cuenta/correo/"):
        assert client.get(address).status_code == 404


def test_leaving_is_on_the_log_and_ends_the_session(client: Client) -> None:
    signed_in(client, "outsider")
    mark = last_line_id()
    assert client.get("/salir/").status_code == 200
    assert client.post("/salir/")["Location"] == "/entrar/"
    assert lines(mark, "outsider") == ["session.signed_out"]
    assert client.get("/cuenta/").status_code == 302


@pytest.mark.parametrize("password", ["corta", "123456789012345", "contraseña", "jalisco_analyst", "password12345"])
def test_a_weak_password_is_refused(client: Client, password: str) -> None:
    signed_in(client, "jalisco_analyst")
    user = User.objects.get(username="jalisco_analyst")
    user.set_password(PASSWORD)
    user.save()
    signed_in(client, "jalisco_analyst")
    form = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert client.post("/cuenta/contrasena/", form).status_code == 200
    form |= {"password1": "otra frase buena y larga", "password2": "otra frase buena y larga"}
    other = signed_in(Client(), "jalisco_analyst")
    assert client.post("/cuenta/contrasena/", form).status_code == 302
    assert client.get("/cuenta/").status_code == 200 and other.get("/cuenta/").status_code == 302
