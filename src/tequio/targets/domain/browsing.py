"""What a list of hits is asked for, and where its next page begins. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from uuid import UUID

from tequio.kernel.errors import Invalid
from tequio.targets.domain.life import HitState


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hit is in the list: those with an equal CURP or RFC first, then by score, then the latest."""

    exact: bool
    score: float
    hit_id: UUID

    def __str__(self) -> str:
        return f"{int(self.exact)}_{self.score!r}_{self.hit_id}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which hits a list is to show; empty text: all. `folio`: of the target. `below`: only those under its own threshold."""

    state: str = HitState.OPEN.value
    band: str = ""
    folio: str = ""
    below: bool = False


def read_place(text: str) -> Place | None:
    """The place that a page's address names; empty is the beginning. Raises Invalid."""
    if not text:
        return None
    parts = text.split("_")
    try:
        exact, score, hit_id = parts
        place = Place(bool(int(exact)), float(score), UUID(hit_id))
    except ValueError:
        place = None
    if place is None or not isfinite(place.score):
        raise Invalid("La página que se pide no existe.", hint="Vuelva al principio de la lista.")
    return place
