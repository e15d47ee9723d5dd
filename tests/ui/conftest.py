"""Somebody at a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tequio.access.models import User
from tests.world import Cast


@pytest.fixture
def enter(cast: Cast) -> Callable[[str], Client]:
    """A browser in which the named person has signed in."""

    def entered(username: str) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return entered
