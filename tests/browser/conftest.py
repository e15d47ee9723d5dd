"""A browser, and a world to look at.

Policy: one server and one world per module, made once and looked at by all of its tests: making them takes seconds, looking
does not. The world's rows are really committed, so it is taken down at the module's end and what every other test stands on
(reference data, cast) is put back. A test that changes the world says so in its name and leaves the others what they need.
Every person signs in in a browser context of their own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.web import signed_in
from tests.world import Cast, load_reference, make_cast

CHROMIUM = shutil.which("chromium")
PATIENCE = 30_000
"""Milliseconds after which what a test waits for will not come, on a machine that has other things to do."""

# Playwright's loop runs in the tests' own thread, and Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is marked, and skipped where there is no Chromium."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no «chromium» on the PATH (Debian and Ubuntu: apt install chromium)"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@dataclass
class World:
    """A server and the people who open pages of it."""

    url: str
    cast: Cast
    browser: Browser
    _contexts: list[BrowserContext] = field(default_factory=list)

    def page(self, username: str = "", **options: Any) -> Page:
        """A page of a browser in which the named person has signed in; of nobody's, without a name."""
        context = self.browser.new_context(base_url=self.url, locale="es-MX", **options)
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        if username:
            context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in cookies(username)])
        return context.new_page()

    def close(self) -> None:
        """Close every page."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()


def cookies(username: str) -> list[tuple[str, str]]:
    """Cookies of somebody who has signed in."""
    return [(name, morsel.value) for name, morsel in signed_in(Client(), username).cookies.items()]


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """A database whose commits are real, with reference data and cast, for the tests of one module."""
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
        load_reference()
        yield make_cast()
        call_command("flush", interactive=False, verbosity=0)
        load_reference()
        make_cast()


@pytest.fixture(scope="module")
def db(committed: Cast) -> None:
    """In the place of pytest-django's own, which is one test's transaction. By this name it knows that a database is wanted."""


@pytest.fixture(scope="module")
def browser_world(committed: Cast, db: None, chromium: Browser) -> Iterator[World]:
    """A server with an empty world. A module that needs more makes it in a fixture of its own that asks for this one."""
    server = LiveServer("localhost")
    world = World(server.url, committed, chromium)
    yield world
    world.close()
    server.stop()
    connections.close_all()


@pytest.fixture
def errors_of() -> Callable[[Page], list[str]]:
    """What a page complains of in its console: list it before going anywhere, read it at the end."""

    def listened(page: Page) -> list[str]:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return said

    return listened
