"""Somebody of the cast at a browser, with a purpose stated, and what a page says: what tests of reviews begin with."""

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
