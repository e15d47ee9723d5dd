"""The entrance has one door: no address opens to who has not passed it whole."""

from __future__ import annotations

import re
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tequio.access.models import User
from tequio.accounts import services
from tequio.accounts.middleware import WITHOUT_SECOND_FACTOR
from tequio.accounts.models import Session
from tequio.kernel import clock
from tests.matrix.table import PUBLIC, SCREENS
from tests.matrix.test_role_matrix import address_of
from tests.security.walking import PATTERNS, mark_at
from tests.web import signed_in
from tests.world import WHY, Cast

PASSWORD = "una frase larga y propia 7"


def test_no_address_opens_to_a_session_that_skipped_its_second_factor(cast: Cast) -> None:
    user = User.objects.get(username="nayarit_supervisor")
    TOTP.activate(user, generate_totp_secret())
    wrong = []
    for name, pattern in PATTERNS.items():
        for method in mark_at(name).methods:
            client = signed_in(Client(raise_request_exception=False), user.username, second_factor=False)
            answer = client.generic(method, address_of(name, pattern))
            inside = Session.objects.filter(user=user).exists()
            if inside or answer.status_code != 302 or not answer.headers["Location"].startswith("/entrar/"):
                wrong.append(f"{method} {name}: {answer.status_code}")
    assert wrong == []


def test_who_has_no_second_factor_yet_opens_only_what_enrols_one(cast: Cast) -> None:
    client = signed_in(Client(raise_request_exception=False), "nayarit_supervisor", second_factor=False)
    assert not Authenticator.objects.filter(user__username="nayarit_supervisor").exists()
    wrong = []
    for name, pattern in PATTERNS.items():
        if pattern.name in WITHOUT_SECOND_FACTOR:
            continue
        for method in mark_at(name).methods:
            answer = client.generic(method, address_of(name, pattern))
            if answer.status_code != 302 or answer.headers["Location"] != reverse("accounts:second_factor"):
                wrong.append(f"{method} {name}: {answer.status_code}")
    assert wrong == []


def test_between_password_and_code_nothing_is_open(cast: Cast) -> None:
    user = User.objects.get(username="jalisco_analyst")
    user.set_password(PASSWORD)
    user.save()
    TOTP.activate(user, generate_totp_secret())
    client, wrong = Client(raise_request_exception=False), []
    assert client.post("/entrar/", {"login": user.username, "password": PASSWORD}).headers["Location"] == "/entrar/codigo/"
    for name, pattern in PATTERNS.items():
        if SCREENS[name] == PUBLIC:
            continue
        answer = client.generic(mark_at(name).methods[0], address_of(name, pattern))
        if answer.status_code != 302 or not answer.headers["Location"].startswith("/entrar/"):
            wrong.append(f"{name}: {answer.status_code}")
    assert wrong == []


def test_a_link_for_a_password_serves_once_and_for_its_hours(cast: Cast) -> None:
    secret = services.make_password_link(actor=cast.administrator, purpose=WHY, username="nayarit_analyst")
    where = reverse("accounts:set_password", kwargs={"secret": secret})
    form = {"password1": PASSWORD, "password2": PASSWORD}
    open_session = signed_in(Client(), "nayarit_analyst")
    assert open_session.get("/cuenta/").status_code == 200
    with clock.at(clock.now() + timedelta(days=30)):
        assert Client().get(where).status_code == 404
    assert Client().post(where, form).status_code == 302
    assert Client().post(where, form).status_code == 404
    assert open_session.get("/cuenta/").status_code == 302, "who knew the former password is out"
    used, never = Client().get(where), Client().get(reverse("accounts:set_password", kwargs={"secret": "x" * 43}))
    assert _bare(used, secret) == _bare(never, "x" * 43)


def _bare(answer: HttpResponse, secret: str) -> str:
    """A page without what differs each time: the secret of its address and the form's token."""
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode().replace(secret, "-"))


def test_the_secret_of_a_link_does_not_leave_its_page(cast: Cast) -> None:
    secret = services.make_password_link(actor=cast.administrator, purpose=WHY, username="nayarit_analyst")
    said = Client().get(reverse("accounts:set_password", kwargs={"secret": secret}))
    assert said.headers["Referrer-Policy"] in ("same-origin", "no-referrer") and "no-store" in said.headers["Cache-Control"]
