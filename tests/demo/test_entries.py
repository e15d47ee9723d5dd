"""Whoever tries the demonstration can enter as each of its people."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from tequio.demo import entries, services


@pytest.mark.django_db
def test_each_of_the_cast_enters_with_what_the_demonstration_shows(tmp_path: Path) -> None:
    services.make_people()
    (tmp_path / "demo").mkdir()
    ways = entries.give(tmp_path)
    assert tuple(way.username for way in ways) == entries.CAST
    assert entries.give(tmp_path) == ways
    assert (tmp_path / entries.FILE).stat().st_mode & 0o077 == 0
    client = Client()
    client.post("/entrar/", {"login": ways[0].username, "password": ways[0].password})
    assert client.post("/entrar/codigo/", {"code": ways[0].codes[0]})["Location"] == "/"
    assert client.get("/").status_code == 200
