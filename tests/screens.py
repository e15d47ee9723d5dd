"""A browser with somebody signed in and a purpose stated, and what is asked of every screen."""

from __future__ import annotations

from django.http import HttpResponse
from django.test import Client

from tests.story import last_line_id, lines_of
from tests.web import signed_in
from tests.world import Cast

OFICIO = "OFICIO-77"
MARKUP = "<script>alert(1)</script>\"'&"


def browser(username: str, purpose: str = "") -> Client:
    """A browser in which the named person has signed in and, if given, stated that purpose."""
    client = signed_in(Client(raise_request_exception=False), username)
    if purpose:
        answer = client.post("/finalidad/", {"code": purpose, "folio": OFICIO})
        assert answer.status_code == 302, answer.content.decode()
    return client


def text_of(answer: HttpResponse) -> str:
    """A page's text, streamed or not."""
    content = b"".join(answer.streaming_content) if getattr(answer, "streaming", False) else answer.content  # type: ignore[attr-defined]
    return bytes(content).decode()


def assert_refused(cast: Cast, username: str, address: str, purpose: str = "") -> None:
    """The person may not open that address, and the refusal is on the log."""
    before = last_line_id()
    client = browser(username, purpose)
    assert client.get(address).status_code == 403
    assert ("screen.refused", "negado") in lines_of(getattr(cast, username), before)
