"""What the tests of intake stand on: a day that does not pass, and a cast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tequio.kernel import clock


@pytest.fixture
def today() -> Iterator[datetime]:
    """A clock held at noon of 1 November 2026 in Mexico."""
    moment = datetime(2026, 11, 1, 18, tzinfo=UTC)
    with clock.at(moment):
        yield moment
