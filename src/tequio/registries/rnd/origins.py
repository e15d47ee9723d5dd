"""Where a version came from, when it came in a batch. The intake lies above this room: wiring says whom to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tequio.access.domain import Actor


@dataclass(frozen=True, slots=True)
class Origin:
    """A batch: the file as it was called, who sent it and when, and the address of its receipt, if there is such a page."""

    file_name: str
    received_by: str
    received_at: datetime
    url: str = ""


Reader = Callable[[Actor, Sequence[UUID]], Mapping[UUID, Origin]]
_readers: list[Reader] = []


def read_with(reader: Reader) -> None:
    """Ask `reader` from now on. It answers for the batches of the actor's agency, by change set."""
    _readers[:] = [reader]


def origins(actor: Actor, change_sets: Sequence[UUID]) -> Mapping[UUID, Origin]:
    """Batches of those change sets. A change set that is none was captured by hand. One query."""
    return _readers[0](actor, change_sets) if _readers and change_sets else {}
