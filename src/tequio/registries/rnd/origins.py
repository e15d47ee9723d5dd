"""Where a version came from, when it came in a batch. The intake lies above this room: `config/wiring.py` says how to ask it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Origin:
    """A batch: the file as it was called, who sent it and when, and the address of its receipt, if there is such a page."""

    file_name: str
    received_by: str
    received_at: datetime
    url: str = ""


Reader = Callable[[Sequence[UUID]], Mapping[UUID, Origin]]
_readers: list[Reader] = []


def read_with(reader: Reader) -> None:
    """Ask `reader` from now on. It answers for the batches of the open scope, by change set."""
    _readers[:] = [reader]


def origins(change_sets: Sequence[UUID]) -> Mapping[UUID, Origin]:
    """Batches of those change sets. A change set that is none was captured by hand. One query."""
    return _readers[0](change_sets) if _readers and change_sets else {}
