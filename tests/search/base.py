"""A registry in memory, searched as any other: what the index makes of records, without storing them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from tequio.institutions.models import Agency
from tequio.people.domain import Subject
from tequio.registries.events import RecordsChanged
from tequio.registries.rnd.selectors import RecordSummary
from tequio.search import asking, segments, selectors, services
from tequio.search.events import RecordsEntered
from tequio.search.registries import SEARCHED, Searched

NAME = "ficticio"
Shown = list[tuple[object, float, str]]


class Registry:
    """Records by identifier. `enter`, `correct` and `cancel` are what a supply does."""

    def __init__(self) -> None:
        self._records: dict[UUID, tuple[int, UUID, Subject | None]] = {}
        self._agency = Agency.objects.values_list("pk", flat=True)[0]
        self._uncounted: list[UUID] = []

    def enter(self, people: Sequence[Subject]) -> list[UUID]:
        """New records, one change set."""
        ids = [person.id if isinstance(person.id, UUID) else uuid4() for person in people]
        self._change({record_id: (1, person) for record_id, person in zip(ids, people, strict=True)})
        return ids

    def correct(self, record_id: UUID, person: Subject) -> None:
        """What the record says from now on."""
        self._change({record_id: (self._records[record_id][0] + 1, person)})

    def cancel(self, record_id: UUID) -> None:
        """A tombstone from now on."""
        self._change({record_id: (self._records[record_id][0] + 1, None)})

    def count(self) -> None:
        """Let the reactions run."""
        for change_set in self._uncounted:
            services.index_change(RecordsEntered(NAME, change_set, self._agency, ""))
        self._uncounted.clear()

    def _change(self, changed: dict[UUID, tuple[int, Subject | None]]) -> None:
        change_set = uuid4()
        for record_id, (version, person) in changed.items():
            named = replace(person, id=record_id) if person is not None else None
            self._records[record_id] = (version, change_set, named)
        services.enter_records(RecordsChanged(NAME, change_set, self._agency))
        self._uncounted.append(change_set)

    def as_subjects(self, change_set: UUID) -> Iterator[list[tuple[UUID, int, int, Subject | None]]]:
        """See `search.registries.Searched`."""
        found = [(key, v, self._agency, s) for key, (v, of, s) in self._records.items() if of == change_set]
        for start in range(0, len(found), 250):
            yield found[start : start + 250]

    def subjects(self, record_ids: Sequence[UUID]) -> dict[UUID, tuple[int, Subject | None]]:
        """See `search.registries.Searched`."""
        return {key: (self._records[key][0], self._records[key][2]) for key in record_ids}

    def by_number(self, number: str, limit: int) -> list[UUID]:
        """None has a number."""
        return []

    def summaries(self, record_ids: Sequence[UUID]) -> dict[UUID, RecordSummary]:
        """Nothing to show."""
        return {}


@pytest.fixture
def registry(db: None, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """An empty registry that is searched."""
    made = Registry()
    searched(made, monkeypatch)
    return made


def searched(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a registry searched."""
    monkeypatch.setitem(
        SEARCHED, NAME, Searched(registry.as_subjects, registry.subjects, registry.summaries, registry.by_number)
    )


def merge_all() -> None:
    """One segment of all."""
    if held := segments.segments(selectors.raw()):
        segments.merge(selectors.raw(), held)


def answer(person: Subject, budget: int = 300, limit: int = 10) -> tuple[Shown, bool]:
    """(record, score, band) of the live index's best, and whether something was left unread."""
    asked = asking.ask(person, budget=budget)
    best = asked.candidates[:limit]
    return [(str(c.kept.record_id), c.score / 100, c.weighed.band(c.place)) for c in best], asked.cut
