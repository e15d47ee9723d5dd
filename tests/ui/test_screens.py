"""Who may open a screen, where the others are sent, and what stays on the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from tequio.access import selectors as access
from tequio.access.models import User
from tequio.audit.models import Line
from tequio.ui.web import screens
from tests.ui import gallery
from tests.world import Cast

HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/lista/?orden=veces"}
Enter = Callable[[str], Client]


@pytest.fixture(autouse=True)
def sample_pages() -> Iterator[None]:
    """The product with the sample pages beside it."""
    with override_settings(ROOT_URLCONF="tests.ui.gallery"):
        yield


def test_every_address_of_the_product_says_who_may_open_it() -> None:
    with override_settings(ROOT_URLCONF="tequio.config.urls"):
        assert [name for name, view in views() if screens.mark_of(view) is None] == []


def test_a_view_without_a_mark_is_noticed() -> None:
    assert screens.mark_of(gallery.unmarked) is None
    assert screens.mark_of(gallery.listed) == screens.Screen(gallery.Permission.TARGET_READ, False, ("GET",), False)


def test_whoever_has_the_permission_enters_and_a_refusal_is_on_the_log(enter: Enter) -> None:
    assert enter("jalisco_analyst").get("/lista/").status_code == 200
    assert not Line.objects.filter(action="screen.refused").exists()
    refused = enter("outsider").get("/lista/")
    assert refused.status_code == 403 and "Su rol no incluye esta página." in refused.content.decode()
    line = Line.objects.get(action="screen.refused")
    assert (line.username, line.outcome) == ("outsider", "negado")
    assert line.facts == {"code": "NO_PERMITIDO", "permission": "target.read", "screen": "listed"}


def test_who_has_not_signed_in_goes_to_sign_in_and_comes_back(client: Client, cast: Cast) -> None:
    answer = client.get("/lista/?orden=veces")
    assert answer.status_code == 302 and answer.headers["Location"] == "/entrar/?siguiente=%2Flista%2F%3Forden%3Dveces"
    assert client.get("/").headers["Location"] == "/entrar/"
    assert client.post("/finalidad/").headers["Location"] == "/entrar/"


def test_a_part_of_a_page_takes_the_whole_page_to_sign_in(client: Client, cast: Cast) -> None:
    answer = client.get("/lista/", **HTMX)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/entrar/?siguiente=%2Flista%2F%3Forden%3Dveces"


def test_who_is_suspended_is_nobody(enter: Enter) -> None:
    client = enter("jalisco_analyst")
    User.objects.filter(username="jalisco_analyst").update(is_active=False)
    assert client.get("/lista/").headers["Location"].startswith("/entrar/")


def test_a_consultation_without_purpose_goes_to_state_it(enter: Enter) -> None:
    client = enter("jalisco_analyst")
    assert client.get("/consulta/").headers["Location"] == "/finalidad/?siguiente=%2Fconsulta%2F"
    part = client.get("/consulta/", **HTMX)  # type: ignore[arg-type]
    assert part.status_code == 403 and part.headers["HX-Redirect"].startswith("/finalidad/?siguiente=")


def test_the_permission_is_asked_before_the_purpose(enter: Enter) -> None:
    assert enter("outsider").get("/consulta/").status_code == 403


@pytest.mark.parametrize("verb", ["put", "patch", "delete", "post"])
def test_only_the_verbs_of_a_screen_are_admitted(enter: Enter, verb: str) -> None:
    answer = getattr(enter("jalisco_analyst"), verb)("/lista/")
    assert answer.status_code == 405 and answer.headers["Allow"] == "GET, HEAD"
    assert "METODO_NO_ADMITIDO" in answer.content.decode()


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example/",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
        "///evil.example",
        "evil",
        "\t//evil.example",
        "/\n/evil.example",
    ],
)
def test_nobody_is_sent_elsewhere(wanted: str) -> None:
    request = RequestFactory().get("/", {screens.NEXT: wanted})
    assert screens.safe_next(request) == "/"


def test_a_page_of_ours_is_gone_on_to() -> None:
    assert screens.safe_next(RequestFactory().get("/", {screens.NEXT: "/lista/?orden=veces"})) == "/lista/?orden=veces"
    assert screens.safe_next(RequestFactory().post("/", {screens.NEXT: "/lista/"})) == "/lista/"


def test_without_a_database_a_screen_says_so_and_shows_nothing_of_the_person(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter("jalisco_analyst")

    def gone(username: str) -> None:
        raise OperationalError("connection to server at 10.0.0.1 failed")

    monkeypatch.setattr(access, "actor", gone)
    page = client.get("/lista/")
    text = page.content.decode()
    assert page.status_code == 503 and "BASE_NO_DISPONIBLE" in text and "10.0.0.1" not in text and "jalisco" not in text
    assert client.get("/nodo/").status_code == 200


def test_an_administrator_sees_no_place_to_go_that_is_refused(enter: Enter) -> None:
    page = enter("administrator").get("/").content.decode()
    assert "Bandeja" in page and 'href="/lista/"' not in page


def views(resolver: URLResolver | None = None, at: str = "") -> Iterator[tuple[str, object]]:
    """(address, view) of every address."""
    for one in (resolver or get_resolver("tequio.config.urls")).url_patterns:
        where = f"{at}{one.pattern}"
        if isinstance(one, URLPattern):
            yield where, one.callback
        else:
            yield from views(one, where)
