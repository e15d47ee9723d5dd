"""The benchmark made: a base of records, queries about people in it, and the same kinds of query about people who are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.bench.aliases.families import FAMILIES, Family, decidable
from tests.bench.aliases.people import Maker, Person
from tests.bench.aliases.pools import PAYROLL, load
from tests.bench.aliases.writing import Fields, record_fields

KINDS = {"fresh": 0.40, "namesake": 0.20, "sibling": 0.20, "parent_or_child": 0.14, "twin": 0.06}
"""Who the people outside the base are. Assumed; far more relatives than a street has, so that the threshold is tried."""

_IN_BASE = {"sibling": 0.06, "twin": 0.006, "parent_or_child": 0.02, "namesake": 0.03}
"""Share of records that are followed by such a relative or namesake in the base itself."""


@dataclass(frozen=True, slots=True)
class Query:
    """One question. `truth`: row of the record asked for, or -1 if that person is not in the base."""

    fields: Fields
    truth: int
    family: str
    kind: str = "positive"
    decidable: bool = True


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Records are arguments of `Subject.from_fields` with `id` their row; `held` says what each keeps of its person."""

    records: list[Fields]
    held: list[Person]
    queries: list[Query]
    source: str


def _people(maker: Maker, size: int) -> Iterator[Person]:
    while True:
        person = maker.person()
        yield person
        for kind, share in _IN_BASE.items():
            if maker.dice.random() < share:
                yield _thinner(maker, getattr(maker, kind)(person))


def _thinner(maker: Maker, person: Person) -> Person:
    """A relative as known as anybody else: relatives are drawn with one of everything."""
    return maker.furnish(Person(person.sex, person.name, dates=person.dates[:1], state=person.state))


def make(size: int = 20_000, seed: int = 2026, each: int = 300, negatives: int = 300, names: Path = PAYROLL) -> Benchmark:
    """A benchmark of `size` records, `each` queries and as many as `negatives` about strangers for each family.

    Deterministic for its arguments and the name files. Raises ValueError if the base is too small for a family.
    """
    pools = load(names)
    maker = Maker(Random(seed), pools)
    people = [person for person, _ in zip(_people(maker, size), range(size), strict=False)]
    maker.dice.shuffle(people)
    held = [maker.held(person) for person in people]
    records: list[Fields] = [{"id": row, **record_fields(maker.dice, kept)} for row, kept in enumerate(held)]
    asker = Maker(Random(seed + 1), pools)
    queries = [query for family in FAMILIES for query in _positives(asker, family, people, held, each)]
    stranger = Maker(Random(seed + 2), pools)
    queries += [query for family in FAMILIES for query in _negatives(stranger, family, people, held, negatives)]
    return Benchmark(records, held, queries, pools.source)


def _positives(maker: Maker, family: Family, people: list[Person], held: list[Person], count: int) -> Iterator[Query]:
    rows = [row for row, kept in enumerate(held) if family.fits(kept) and family.bears(people[row])]
    if not rows:
        raise ValueError(f"no record of the base can answer {family.name!r}: make it larger")
    for row in maker.dice.sample(rows, count) if len(rows) >= count else maker.dice.choices(rows, k=count):
        yield Query(family.ask(maker, people[row]), row, family.name)


def _negatives(maker: Maker, family: Family, people: list[Person], held: list[Person], count: int) -> Iterator[Query]:
    for kind, share in KINDS.items():
        made = 0
        while made < round(share * count):
            row = maker.dice.randrange(len(people))
            person = maker.person(rich=True) if kind == "fresh" else getattr(maker, kind)(people[row])
            if family.bears(person):
                made += 1
                told = decidable(family, kind, None if kind == "fresh" else held[row])
                yield Query(family.ask(maker, person), -1, family.name, kind, told)
