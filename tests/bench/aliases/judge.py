"""Judging of answers to the benchmark: recall by family at ten candidates and at one threshold for every kind of query."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from tests.bench.aliases.bench import Benchmark, Query
from tests.bench.aliases.families import FAMILIES
from tests.bench.aliases.people import Person
from tests.bench.aliases.pools import PARTICLES
from tests.bench.measures import cut_for, wilson

Answer = Sequence[tuple[object, float]]
"""Candidates of one query, best first: id (row of the record) and score."""

RATES = (0.001, 0.01)
"""False alerts per negative query that a threshold may give."""


@dataclass(frozen=True, slots=True)
class Row:
    """One family: positives asked, found in the first ten, and found above each cut of RATES."""

    family: str
    asked: int
    in_ten: int
    above: tuple[int, ...]
    above_decidable: tuple[int, ...]

    def recall(self, hits: int) -> tuple[float, float, float]:
        """Share with its 95 % interval."""
        return hits / max(self.asked, 1), *wilson(hits, self.asked)


@dataclass(frozen=True, slots=True)
class Verdict:
    """All families, the cuts (of all negatives; of those that can be told apart), who reached them, and the rules broken."""

    rows: list[Row]
    cuts: tuple[float, ...]
    cuts_decidable: tuple[float, ...]
    negatives: int
    negatives_decidable: int
    alerts: list[Counter[tuple[str, str]]]
    alerts_decidable: list[Counter[tuple[str, str]]]
    below_fuzzy: list[int] = field(default_factory=list)
    exact_asked: int = 0


def judge(bench: Benchmark, answers: Sequence[Answer]) -> Verdict:
    """Judge one answer a query, in order. O(answers). Raises ValueError if their number is not that of the queries."""
    if len(answers) != len(bench.queries):
        raise ValueError(f"{len(answers)} answers for {len(bench.queries)} queries")
    outside = [(q, best(a)) for q, a in zip(bench.queries, answers, strict=True) if q.truth < 0]
    told = [score for q, score in outside if q.decidable]
    cuts = tuple(cut_for([score for _, score in outside], rate) for rate in RATES)
    cuts_decidable = tuple(cut_for(told, rate) for rate in RATES)
    found: dict[str, list[float]] = defaultdict(list)
    for query, answer in zip(bench.queries, answers, strict=True):
        if query.truth >= 0:
            found[query.family].append(score_of(query.truth, answer))
    rows = [
        Row(
            family.name,
            len(scores := found[family.name]),
            sum(s > -math.inf for s in scores),
            tuple(sum(s > cut for s in scores) for cut in cuts),
            tuple(sum(s > cut for s in scores) for cut in cuts_decidable),
        )
        for family in FAMILIES
    ]
    alerts = [Counter((q.kind, q.family) for q, score in outside if score >= cut) for cut in cuts]
    told_alerts = [
        Counter((q.kind, q.family) for q, score in outside if q.decidable and score >= cut) for cut in cuts_decidable
    ]
    exact = Exact(bench.held)
    asked = [at for at, q in enumerate(bench.queries) if q.truth >= 0 and exact.kind(q)]
    below = [at for at in asked if exact.broken(bench.queries[at], answers[at])]
    return Verdict(rows, cuts, cuts_decidable, len(outside), len(told), alerts, told_alerts, below, len(asked))


def best(answer: Answer) -> float:
    """Score of the first candidate; minus infinity without one."""
    return answer[0][1] if answer else -math.inf


def score_of(truth: int, answer: Answer) -> float:
    """Score that the right record got among the first ten; minus infinity if it is not there."""
    return next((score for found, score in answer[:10] if found == truth), -math.inf)


class Exact:
    """Which records a query agrees with exactly: in a whole identifier, or in all words of a name and the date."""

    _KINDS = {family.name: family.exact for family in FAMILIES}

    def __init__(self, held: Sequence[Person]) -> None:
        self._ids: dict[object, set[int]] = defaultdict(set)
        for row, person in enumerate(held):
            for value in (*person.curps, *person.rfcs):
                self._ids[value].add(row)
            for day in person.dates:
                self._ids[_name_key(str(person.name)), day].add(row)

    def kind(self, query: Query) -> str:
        """In what the family's queries agree exactly; empty if they do not."""
        return self._KINDS[query.family]

    def rows(self, query: Query) -> set[int]:
        """Records of exact agreement."""
        fields = query.fields
        kind = self.kind(query)
        if kind == "CURP":
            return self._ids.get(fields["curp"], set())
        if kind == "RFC":
            return self._ids.get(fields["rfc"], set())
        name = " ".join(str(fields[key]) for key in ("given", "paternal", "maternal", "full_name") if key in fields)
        day = fields["birth_date"]
        return self._ids.get((_name_key(name), day if isinstance(day, date) else date.fromisoformat(str(day))), set())

    def broken(self, query: Query, answer: Answer) -> bool:
        """Whether the right record is missing, or stands below one that does not agree exactly."""
        exact = self.rows(query)
        for found, _ in answer[:10]:
            if found == query.truth:
                return False
            if found not in exact:
                return True
        return True


def _name_key(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFD", text.upper().replace(",", " ").replace(".", " "))
    words = "".join(c for c in plain if not unicodedata.combining(c)).split()
    return tuple(sorted(word for word in words if word not in PARTICLES))
