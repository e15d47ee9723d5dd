"""The registries that are searched: one line each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from tequio.people.domain import Subject
from tequio.registries.rnd import selectors as rnd
from tequio.registries.rnd.selectors import RecordSummary

Rows = Iterator[list[tuple[UUID, int, int, Subject | None]]]


@dataclass(frozen=True, slots=True)
class Searched:
    """How a registry tells its records: by change set, by id, and as references."""

    as_subjects: Callable[[UUID], Rows]
    subjects: Callable[[Sequence[UUID]], dict[UUID, tuple[int, Subject | None]]]
    summaries: Callable[[Sequence[UUID]], dict[UUID, RecordSummary]]
    by_number: Callable[[str, int], list[UUID]]


SEARCHED: dict[str, Searched] = {"rnd": Searched(rnd.as_subjects, rnd.subjects, rnd.summaries, rnd.by_number)}
