"""What the tests of intake stand on: a day that does not pass, and a cast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tequio.kernel import clock
from tests.node import Node, new_node


@pytest.fixture
def today() -> Iterator[datetime]:
    """A clock held at noon of 1 November 2026 in Mexico."""
    moment = datetime(2026, 11, 1, 18, tzinfo=UTC)
    with clock.at(moment):
        yield moment


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """A node of its own, with a durable database, that may be killed. Shared: use keys of your own."""
    with new_node() as node:
        yield node
