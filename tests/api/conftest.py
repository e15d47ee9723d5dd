"""A world to ask about: Nayarit holds Juan, Jalisco looks for him, confirms the hit and is notified."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from tequio.supply.models import Batch
from tequio.targets.domain import Verdict
from tests.story import hit_of_juan, judge, notices_of
from tests.world import Cast, detention, stored


@dataclass(frozen=True)
class World:
    """Identifiers of the things that operations take."""

    detention: UUID
    batch: UUID
    target: UUID
    hit: UUID
    notice: UUID


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    """The story until the notice is issued."""
    target, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.POSITIVE)
    [notice] = notices_of(cast.jalisco_liaison)
    [batch] = stored(Batch)
    return World(detention(cast.nayarit_capturist, "NAY-0001").id, batch.id, target.id, hit.id, notice.id)
