"""What waits for a person. Rooms add their sources in `config/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from tequio.access.domain import Actor, Permission

MOST_OF_A_SOURCE: Final = 50
"""Items that one source shows; its own page has the rest."""

_FAR: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do."""

    kind: str
    """What it is, as people read it: «Coincidencia», «Aviso»."""
    title: str
    detail: str
    url: str
    due: datetime | None
    """When its clock runs out; None if it has none."""
    urgent: bool
    at: datetime
    """Since when it waits."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where things to do come from. Read for whoever has any of `permissions`. `read` gives the most pressing first."""

    name: str
    permissions: frozenset[Permission]
    read: Callable[[Actor], list[Item]]


_sources: dict[str, Source] = {}


def add_source(source: Source) -> None:
    """Add a source. One of the same name replaces it."""
    _sources[source.name] = source


def waiting(actor: Actor) -> list[Item]:
    """What waits for the actor: clocks first, the one that runs out soonest on top; then what is urgent; then the oldest."""
    items = [
        item
        for source in _sources.values()
        if source.permissions & actor.permissions
        for item in source.read(actor)[:MOST_OF_A_SOURCE]
    ]
    return sorted(items, key=lambda item: (item.due is None, item.due or _FAR, not item.urgent, item.at))
