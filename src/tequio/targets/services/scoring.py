"""Weighing pairs of target and record: one scorer for new records, new targets, corrections and runs over everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tequio.matching import ALERT_THRESHOLD, KEY_VERSION, Explanation, Rarity, compare, compare_many, steps, weigh_many
from tequio.people.domain import Subject
from tequio.search import selectors as search
from tequio.search.services import tokens
from tequio.targets import domain, selectors
from tequio.targets.domain import Model
from tequio.targets.selectors import Watched

TARGETS_REMEMBERED = 25_000
"""Targets kept in memory while a batch is screened, some 3 kB each: each piece meets a third of them, so forgetting is dear."""
_THRESHOLD = round(ALERT_THRESHOLD * 100)
"""In hundredths of a bit, as `weigh` gives them."""

Pair = tuple[UUID, UUID]
"""(target, record)."""
Subjects = Mapping[UUID, tuple[int, Subject | None]]
"""(version, subject) by record; a tombstone has no subject."""
_Met = tuple[Watched, UUID, int, Subject]
"""Target, record, its version and its subject."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A target and a record that score enough for a person to look at."""

    watched: Watched
    registry: str
    record_id: UUID
    record_version: int
    explanation: Explanation


class Screen:
    """Scores pairs. Remembers the targets and the rarity that it has read."""

    def __init__(self, registry: str) -> None:
        self._registry = registry
        self._watched: dict[UUID, Watched | None] = {}
        self._counts: dict[str, int] = {}
        self._base = search.base_size()

    def score(self, pairs: Sequence[Pair], subjects: Subjects) -> list[Meeting]:
        """The pairs that a person must look at. One query for targets not read yet, one for how rare both sides' names are."""
        met = list(self._pairs(pairs, subjects))
        rarity = self._rarity(met)
        weights = weigh_many([(target.subject, subject) for target, _, _, subject in met], rarity).tolist()
        telling = [
            one
            for one, weight in zip(met, weights, strict=True)
            if weight >= _THRESHOLD or domain.may_agree_exactly(one[0].subject, one[3])
        ]
        return [meeting for meeting in self._explained(telling, rarity) if domain.alerts(meeting.explanation)]

    def explain(self, pairs: Sequence[Pair], subjects: Subjects) -> dict[Pair, Meeting]:
        """Every pair that can be compared, whatever its score; without those whose target or record no longer stands."""
        met = list(self._pairs(pairs, subjects))
        return {(one.watched.target_id, one.record_id): one for one in self._explained(met, self._rarity(met))}

    def _explained(self, met: Sequence[_Met], rarity: Rarity) -> list[Meeting]:
        found = compare_many([(target.subject, subject) for target, _, _, subject in met], rarity)
        return [
            Meeting(target, self._registry, record_id, version, explanation)
            for (target, record_id, version, _), explanation in zip(met, found, strict=True)
        ]

    def _rarity(self, met: Sequence[_Met]) -> Rarity:
        """How rare the names of both sides are: two words that are alike are worth what the commoner one is. One query."""
        subjects = {id(subject): subject for target, _, _, record in met for subject in (target.subject, record)}
        wanted = steps.counted({token for subject in subjects.values() for token in tokens(subject)}) - self._counts.keys()
        counts = search.token_counts(wanted)
        self._counts |= {token: counts.get(token, 0) for token in wanted}
        return Rarity(self._counts, self._base)

    def _pairs(self, pairs: Sequence[Pair], subjects: Subjects) -> Iterator[_Met]:
        self._read_targets({target_id for target_id, _ in pairs})
        for target_id, record_id in pairs:
            target, (version, subject) = self._watched[target_id], subjects.get(record_id, (0, None))
            if target is not None and subject is not None:
                yield target, record_id, version, subject

    def _read_targets(self, target_ids: set[UUID]) -> None:
        if len(self._watched) > TARGETS_REMEMBERED:
            self._watched.clear()
        fresh = target_ids - self._watched.keys()
        if not fresh:
            return
        found = selectors.watched(list(fresh))
        self._watched |= {target_id: found.get(target_id) for target_id in fresh}


def model_in_force() -> Model:
    """What decides scores now. The algorithm is asked of the scorer itself, which writes it into each explanation."""
    return Model(compare(Subject(), Subject()).algorithm, KEY_VERSION, ALERT_THRESHOLD)
