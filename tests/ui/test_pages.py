"""The node's own page, its health, and what every answer carries."""

from __future__ import annotations

import re

import pytest
from django.db import OperationalError
from django.test import Client

from tequio.ui import health


@pytest.fixture
def client(db: None) -> Client:
    return Client(raise_request_exception=False)


def gone() -> int:
    raise OperationalError("connection to server at 10.0.0.1 failed")


def test_the_page_of_the_node_says_what_the_node_is_and_what_can_be_done(client: Client) -> None:
    page = client.get("/nodo/")
    text = page.content.decode()
    assert page.status_code == 200 and 'lang="es-mx"' in text
    for words in ("En servicio", "Migraciones pendientes", "tequio supply rnd", "docs/tour.md"):
        assert words in text


@pytest.mark.parametrize("address", ["/", "/nodo/", "/salud", "/no-existe", "/finalidad/"])
def test_every_answer_forbids_what_is_foreign_framed_or_kept(client: Client, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';") and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store" and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY" and headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("address", ["/nodo/", "/no-existe"])
def test_pages_need_nothing_inline_nor_from_elsewhere(client: Client, address: str) -> None:
    text = client.get(address).content.decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?://", text)


def test_health_is_json(client: Client) -> None:
    answer = client.get("/salud")
    assert answer.status_code == 200
    assert answer.json()["ok"] is True and answer.json()["gauges"] == {"index_outdated": 0, "index_pending": 0}


def test_without_a_database_health_is_503_and_the_page_says_what_to_run(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "pending_migrations", gone)
    assert client.get("/salud").status_code == 503
    page = client.get("/nodo/")
    assert page.status_code == 200 and "tequio up" in page.content.decode() and "10.0.0.1" not in page.content.decode()


def test_without_migrations_health_is_503_and_the_page_says_what_to_run(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "pending_migrations", lambda: 3)
    assert client.get("/salud").status_code == 503
    assert "tequio migrate" in client.get("/nodo/").content.decode()


@pytest.mark.parametrize("address", ["/nodo/", "/salud"])
def test_only_reading_is_admitted(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


def test_what_does_not_exist_is_told_in_spanish(client: Client) -> None:
    page = client.get("/no-existe")
    assert page.status_code == 404 and "No existe, o no está a su alcance." in page.content.decode()


def test_a_failure_is_told_in_spanish_and_short(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("secreto")

    monkeypatch.setattr(health, "read", broken)
    page = client.get("/nodo/")
    assert page.status_code == 500 and "Falla interna" in page.content.decode() and "secreto" not in page.content.decode()
