"""Somebody at a browser, with a purpose stated."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client

from tequio.audit.models import Line
from tests.story import last_line_id
from tests.web import signed_in

MARKUP = "<script>alert(1)</script>"
FOLIO = "CARPETA-9"


def entered(username: str, purpose: str = "") -> Client:
    """A browser in which the named person has signed in, and has stated a purpose if one is given."""
    client = signed_in(Client(), username)
    if purpose:
        answer = client.post("/finalidad/", {"code": purpose, "folio": FOLIO})
        assert answer.status_code == 302, answer.content.decode()
    return client


def text(answer: HttpResponse) -> str:
    """What a page says."""
    return answer.content.decode()


def lines_since(number: int) -> list[tuple[str, str, str, dict[str, Any]]]:
    """(person, action, outcome, facts) of the log's lines after one."""
    rows = Line.objects.filter(id__gt=number).order_by("id")
    return list(rows.values_list("username", "action", "outcome", "facts"))


def mark() -> int:
    """Where the log ends."""
    return last_line_id()
