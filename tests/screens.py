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


"""Somebody of the cast at a browser, with a purpose stated: what tests of screens begin with."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from tequio.access.domain import PurposeCode
from tests.web import signed_in


def browser(username: str, code: PurposeCode | None = PurposeCode.HIT_REVIEW, folio: str = "OFICIO-3") -> Client:
    """A browser in which that person has signed in and stated a purpose; with None, no purpose."""
    client = signed_in(Client(raise_request_exception=False), username)
    if code is not None:
        stated = client.post(reverse("ui:purpose"), {"code": code.value, "folio": folio})
        assert stated.status_code == 302, stated.content
    return client


def text_of(response: Any) -> str:
    """What a page says, without its markup."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def value_of(response: Any, name: str) -> str:
    """The value of the first input of that name."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', response.content.decode())
    assert found is not None, name
    return unescape(found[1])
