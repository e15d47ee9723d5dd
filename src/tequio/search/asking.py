"""One question put to the live index: the rule of `matching.steps`, over segments and registries.

Statements see the base each as it is then, so a correction may fall between two of them. Its record is under another entry
afterwards; whoever meets that asks again, so that no record that stands all the while is missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from tequio.access.scoping import NATIONAL, reach
from tequio.kernel.prepared import raw
from tequio.matching import Explanation, compare, steps
from tequio.matching.domain.retrieval import FIRST_WEIGHED
from tequio.matching.narrow import Packed, is_readable
from tequio.matching.steps import BUDGET, Weighed
from tequio.people.domain import Subject
from tequio.search import counts, segments, selectors
from tequio.search.registries import SEARCHED
from tequio.search.segments import Entries, LookedUp
from tequio.search.selectors import Kept

TRIES = 5
"""Times that a question is asked while corrections and merges fall between its statements; each takes some milliseconds."""


class Candidate(NamedTuple):
    """A record weighed: where, and by which weighing."""

    entry: int
    kept: Kept
    weighed: Weighed
    place: int

    @property
    def score(self) -> int:
        """In hundredths of a bit."""
        return int(self.weighed.scores[self.place])

    @property
    def order(self) -> tuple[int, int]:
        """What answers are sorted by."""
        return -self.weighed.order(self.place), self.entry


@dataclass(frozen=True, slots=True)
class Asked:
    """Records weighed, best first. `cut`: records that share only very common keys were left unread."""

    candidates: list[Candidate]
    cut: bool
    state: selectors.State


def ask(subject: Subject, *, budget: int = BUDGET) -> Asked:
    """The best candidates of a subject. Two or three statements, O(budget), whatever the size of the base."""
    for _ in range(TRIES):
        found, missed = _ask(subject, budget)
        if not missed:
            break
    return found


def _ask(subject: Subject, budget: int) -> tuple[Asked, bool]:
    """The answer, and whether the index has moved on meanwhile."""
    packed = Packed()
    packed.add(subject)
    wanted = steps.keys_of_first(packed)
    found, state = selectors.look_up(wanted)
    parts, cut = steps.plan([group.size for group in found.groups], budget)
    read = [(found.groups[place].size, _entries(found, place, take)) for place, take in parts]
    most = steps.most_weighed(budget)
    entries, met = steps.rank(read, (), state.living, most)
    stood, kept = selectors.standing(found, met, entries[:FIRST_WEIGHED])
    missed = stood.moved
    if stood.retired:
        entries, met = steps.rank(read, stood.retired, state.living, most)
    candidates: list[Candidate] = []
    for piece in (entries[:FIRST_WEIGHED], entries[FIRST_WEIGHED:]):
        if piece and not steps.is_clear(_best(candidates)):
            if lacking := [entry for entry in piece if entry not in kept]:
                kept |= selectors.kept(lacking)
            standing = [(entry, kept[entry]) for entry in piece if entry in kept]
            missed = missed or len(standing) < len(piece)
            candidates += _weigh(subject, packed, standing, state)
    cut = cut or (len(met) > len(entries) and not steps.is_clear(_best(candidates)))
    return Asked(sorted(candidates, key=lambda candidate: candidate.order), cut, state), missed


def _best(candidates: Sequence[Candidate]) -> int:
    return max((candidate.score for candidate in candidates), default=0)


def _entries(found: LookedUp, place: int, take: int) -> Entries:
    group = found.groups[place]
    return group.entries()[:take] if group.whole else segments.read(raw(), group.key, take)


def _weigh(subject: Subject, packed: Packed, chosen: Sequence[tuple[int, Kept]], state: selectors.State) -> list[Candidate]:
    """Weigh records by the rows kept of them, which are added to `packed`.

    One query, for how common their names are, where that is not remembered.
    """
    first = len(packed)
    met = [(entry, kept) for entry, kept in chosen if is_readable(kept.packed)]
    packed.put_kept([kept.packed for _, kept in met if kept.packed is not None])
    for entry, kept in chosen:
        if not is_readable(kept.packed) and (other := _read(kept)) is not None:
            packed.add(other)
            met.append((entry, kept))
    if not met:
        return []
    weighed = steps.weigh_packed(subject, packed, counts.names.rarity(packed.tokens.texts(), state.records), first)
    return [Candidate(entry, kept, weighed, place) for place, (entry, kept) in enumerate(met)]


def explain(candidates: Sequence[Candidate]) -> list[Explanation | None]:
    """Why each scores what it does; None for a record that is cancelled by now. One query a registry."""
    subjects: dict[tuple[str, UUID], tuple[int, Subject | None]] = {}
    for registry in {candidate.kept.registry for candidate in candidates}:
        ids = [candidate.kept.record_id for candidate in candidates if candidate.kept.registry == registry]
        with reach(NATIONAL):
            found = SEARCHED[registry].subjects(ids)
        subjects |= {(registry, record_id): told for record_id, told in found.items()}
    return [_explain(one, *subjects.get((one.kept.registry, one.kept.record_id), (0, None))) for one in candidates]


def _explain(candidate: Candidate, version: int, other: Subject | None) -> Explanation | None:
    if other is None:
        return None
    weighed = candidate.weighed
    if version != candidate.kept.version:  # corrected since it was weighed
        return compare(weighed.subject, other, weighed.context, weighed.model)
    return weighed.explain(candidate.place, other)


def _read(kept: Kept) -> Subject | None:
    """The record as its registry tells it now. One query."""
    with reach(NATIONAL):
        return SEARCHED[kept.registry].subjects([kept.record_id]).get(kept.record_id, (0, None))[1]
