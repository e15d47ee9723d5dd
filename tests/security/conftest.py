"""What these tests stand on: a day that does not pass, and a world full of attacks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.test import override_settings

from tests.security.hostile import Things, build
from tests.story import today
from tests.world import Cast

__all__ = ["today"]


@pytest.fixture
def things(cast: Cast, today: datetime, tmp_path: Path) -> Iterator[Things]:
    """The hostile world, with its files in a folder of its own."""
    with override_settings(FILES=tmp_path / "files"):
        yield build(cast, tmp_path)
