"""Text that people, files and programs give is text on every page, whoever opens it."""

from __future__ import annotations

import re

from django.test import Client
from django.urls import reverse

from tests.security.hostile import ATTACK, Reader, Things, alive_in
from tests.security.walking import everybody, mark_at, may, page, readable, address

OWN_PARAMETERS = ("orden", "pagina", "columnas", "formato", "siguiente", "desde", "hasta", "codigo", "version", "registro")
FILES = re.compile(r"^(application/(?!xhtml)|text/csv)")
SHOWING: set[str] = {"x"}


def test_no_page_of_anybodys_gives_life_to_what_was_written(things: Things) -> None:
    found, seen = [], set()
    for username, client in everybody():
        for name in readable():
            if not may(username, name):
                continue
            answer = client.get(address(name, things))
            assert answer.status_code < 500, (name, username)
            if FILES.match(answer.headers.get("Content-Type", "")):
                continue
            said = page(answer)
            found += [(username, name, one) for one in alive_in(said)]
            if ATTACK in "".join(_read(said).text):
                seen.add(name)
    assert found == []
    assert seen >= SHOWING, f"pages that no longer show what was written: {SHOWING - seen}"




def _read(said: str) -> Reader:
    reader = Reader()
    reader.feed(said)
    return reader
