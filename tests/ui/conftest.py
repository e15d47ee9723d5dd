"""Somebody at a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.web import signed_in
from tests.world import Cast


@pytest.fixture
def enter(cast: Cast) -> Callable[[str], Client]:
    """A browser in which the named person has signed in."""

    def entered(username: str) -> Client:
        return signed_in(Client(raise_request_exception=False), username)

    return entered
