"""Events of the incidence registry."""

from __future__ import annotations

from dataclasses import dataclass

from tequio.kernel.outbox import Event


@dataclass(frozen=True, slots=True)
class IncidenceLoaded(Event):
    """A monthly file was loaded and its figures are in force."""

    file_id: int
    years: tuple[int, ...]
