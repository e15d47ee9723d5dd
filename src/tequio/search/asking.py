"""One question put to the live index: the rule of `matching.steps`, over segments and registries.

Statements see the base each as it is then, so a correction may fall between two of them. Its record is under another entry
afterwards; whoever meets that asks again, so that no record that stands all the while is missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tequio.access.scoping import NATIONAL, reach
from tequio.matching import Rarity, keys_of, steps
from tequio.matching.domain.retrieval import FIRST_WEIGHED
from tequio.matching.steps import BUDGET, Weighed
from tequio.people.domain import Subject
from tequio.search import segments, selectors
from tequio.search.domain import Pair
from tequio.search.registries import SEARCHED
from tequio.search.segments import LookedUp

TRIES = 5
"""Times that a question is asked while corrections and merges fall between its statements; each takes some milliseconds."""


class Candidate(NamedTuple):
    """A record weighed: where, and by which weighing."""

    entry: int
    pair: Pair
    weighed: Weighed
    place: int

    @property
    def score(self) -> int:
        """In hundredths of a bit."""
        return int(self.weighed.scores[self.place])

    @property
    def order(self) -> tuple[int, int]:
        """What answers are sorted by."""
        return -steps.sorting(self.score, exact=bool(self.weighed.exact[self.place])), self.entry


@dataclass(frozen=True, slots=True)
class Asked:
    """Records weighed, best first. `cut`: records that share only very common keys were left unread."""

    candidates: list[Candidate]
    cut: bool
    state: selectors.State


def ask(subject: Subject, *, budget: int = BUDGET) -> Asked:
    """The best candidates of a subject. Some ten statements, O(budget), whatever the size of the base."""
    state = selectors.state()
    wanted = keys_of([subject])[0]
    met, pairs, cut = _meet(wanted, budget, state.living)
    chosen = list(pairs.items())
    candidates = _weigh(subject, chosen[:FIRST_WEIGHED], state)
    if len(chosen) > FIRST_WEIGHED and not steps.is_clear(_best(candidates)):
        candidates += _weigh(subject, chosen[FIRST_WEIGHED:], state)
    cut = cut or (met > len(chosen) and not steps.is_clear(_best(candidates)))
    return Asked(sorted(candidates, key=lambda candidate: candidate.order), cut, state)


def _best(candidates: Sequence[Candidate]) -> int:
    return max((candidate.score for candidate in candidates), default=0)


def _meet(wanted: Sequence[int], budget: int, living: int) -> tuple[int, dict[int, Pair], bool]:
    """How many entries were met; those to weigh with their records, in order; whether something was left unread."""
    ranked: list[int] = []
    pairs: dict[int, Pair] = {}
    cut = False
    for _ in range(TRIES):
        found = segments.look_up(selectors.raw(), wanted)
        parts, cut = steps.plan([group.size for group in found.groups], budget)
        read = [(found.groups[place].size, _entries(found, place, take)) for place, take in parts]
        stood = segments.standing(selectors.raw(), found, list({entry for _, group in read for entry in group}))
        ranked = steps.rank(read, stood.retired, living)
        chosen = ranked[: steps.most_weighed(budget)]
        records = selectors.records(chosen)
        pairs = {entry: records[entry] for entry in chosen if entry in records}
        if not stood.moved and len(pairs) == len(chosen):
            break
    return len(ranked), pairs, cut


def _entries(found: LookedUp, place: int, take: int) -> list[int]:
    group = found.groups[place]
    return group.entries()[:take] if group.whole else segments.read(selectors.raw(), group.key, take)


def _weigh(subject: Subject, chosen: Sequence[tuple[int, Pair]], state: selectors.State) -> list[Candidate]:
    """Read the records from their registries and weigh them. One query a registry and one for how common their names are."""
    by_registry: dict[str, list[Pair]] = {}
    for _, pair in chosen:
        by_registry.setdefault(pair.registry, []).append(pair)
    subjects: dict[Pair, Subject | None] = {}
    for registry, pairs in by_registry.items():
        with reach(NATIONAL):
            found = SEARCHED[registry].subjects([pair.record_id for pair in pairs])
        subjects |= {pair: found.get(pair.record_id, (0, None))[1] for pair in pairs}
    met = [(entry, pair, other) for entry, pair in chosen if (other := subjects[pair]) is not None]
    if not met:
        return []
    others = [other for _, _, other in met]
    counts = selectors.token_counts(steps.counted_tokens([subject, *others]))
    weighed = steps.weigh_candidates(subject, others, Rarity(counts, state.records))
    return [Candidate(entry, pair, weighed, place) for place, (entry, pair, _) in enumerate(met)]
