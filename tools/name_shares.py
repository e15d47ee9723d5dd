"""Writes the prior of names, `src/tequio/matching/data/name_shares.csv`: python tools/name_shares.py FOLDER

FOLDER holds the three files of tools/sep_payroll.py, which says where they come from. What is done to them:

- tokens are those that the product itself makes of a name; a damaged form counts for the name it is read as;
- a surname's share is the part of all workers who bear it first or second;
- given names are shares of men and of women apart, then averaged: the payroll has three women for every two men. The names
  left out by the source (23 % of the people, nearly all with two given names) are taken to be like the rarest kept;
- given names are carried from the payroll's mean year of birth, 1969, to 1981, that of the adults of the years 2020: a name
  whose bearers were younger than the rest is more frequent since, and the other way round. The factor assumes that a
  name's use rises or falls at one rate, and it is bounded; XIMENA and KEVIN stay below what the young would show;
- single letters are left out, but O (de la O);
- names outside the table get the share that a bearer's name has where fewer than five bear it, from the tail's slope.

The payroll is of adults at work in 2012, teachers most of them: names given since 1990 are few or missing (BRAYAN), and the
names of a region weigh as its payrolls do. A node's own counts take over as its records grow.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from math import exp, log
from pathlib import Path

from sep_payroll import LEAST_BEARERS, WORKERS, Given, Surname, men, surnames, women

from tequio.people.domain.damage import readings
from tequio.people.domain.names import given_tokens, surname_tokens
from tequio.people.domain.vocabulary import PARTICLES

TARGET = Path(__file__).resolve().parent.parent / "src" / "tequio" / "matching" / "data" / "name_shares.csv"
UNKNOWN = "*"
"""Row of the share of a name that the table does not know."""

YEARS_LATER = 12
"""From the payroll's mean year of birth to that of the people compared."""

AGE_SPREAD = 10.0
"""Standard deviation, in years, of the ages of people at work."""

MOST_FACTOR, LEAST_FACTOR = 8.0, 0.8
"""Bounds of the change of a name's share between the two: a frequent name is not called rare for having aged."""

ONE_LETTER = frozenset({"O"})
"""Surnames of one letter (de la O); any other letter alone is an initial."""

_RARE = 9  # entries of five to nine bearers stand for those that the source left out
_TAIL = 20


def _is_name(token: str) -> bool:
    return token.isalpha() and token not in PARTICLES and (len(token) > 1 or token in ONE_LETTER)


def _intact(tokens: Iterable[str]) -> set[str]:
    return {reading for token in tokens if _is_name(reading := readings(token)[0])}


def surname_shares(entries: list[Surname]) -> dict[str, float]:
    """Part of the people who bear a token as first or second surname; the two are nearly independent."""
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    for entry in entries:
        own, married = surname_tokens(entry.text)
        for token in _intact(own + married):
            first[token] += entry.first
            second[token] += entry.second
    return {t: 1 - (1 - first[t] / WORKERS) * (1 - second[t] / WORKERS) for t in first.keys() | second.keys()}


def given_shares(entries: list[Given], people: float) -> dict[str, float]:
    """Part of `people` who bear a token, the people whose names were left out like those with the rarest kept."""
    counted: Counter[str] = Counter()
    rare: Counter[str] = Counter()
    years: defaultdict[str, float] = defaultdict(float)
    for entry in entries:
        for token in _intact(given_tokens(entry.text)):
            counted[token] += entry.bearers
            years[token] += entry.bearers * entry.age
            if entry.bearers <= _RARE:
                rare[token] += entry.bearers
    known = sum(entry.bearers for entry in entries)
    mean_age = sum(entry.bearers * entry.age for entry in entries) / known
    left_out = (people - known) / _rare_bearers(entries)
    return {
        token: (count + left_out * rare[token]) / people * _carried(mean_age - years[token] / count)
        for token, count in counted.items()
    }


def _carried(years_younger: float) -> float:
    """Factor from a name's share on the payroll to that among the people compared, by how young its bearers were."""
    return min(MOST_FACTOR, max(LEAST_FACTOR, exp(years_younger * YEARS_LATER / AGE_SPREAD**2)))


def _rare_bearers(entries: list[Given]) -> int:
    return sum(entry.bearers for entry in entries if entry.bearers <= _RARE)


def both_sexes(males: list[Given], females: list[Given]) -> dict[str, float]:
    """Part of a population, half men and half women, who bear a token as a given name."""
    known_m, known_w = (sum(e.bearers for e in entries) for entries in (males, females))
    rare_m, rare_w = _rare_bearers(males), _rare_bearers(females)
    left_out = WORKERS - known_m - known_w
    shares_m = given_shares(males, known_m + left_out * rare_m / (rare_m + rare_w))
    shares_w = given_shares(females, known_w + left_out * rare_w / (rare_m + rare_w))
    return {t: (shares_m.get(t, 0.0) + shares_w.get(t, 0.0)) / 2 for t in shares_m.keys() | shares_w.keys()}


def unknown_share(counts: Iterable[int]) -> float:
    """Share of the name of someone whose name has one to four bearers: the slope of the names of 5 to 20, carried on."""
    sizes = Counter(count for count in counts if LEAST_BEARERS <= count <= _TAIL)
    low = sum(sizes[c] for c in (5, 6, 7))
    high = sum(sizes[c] for c in range(15, _TAIL + 1)) / 2
    slope = log(low / high) / log(17.5 / 6)
    unlisted = [float(c) for c in range(1, LEAST_BEARERS)]
    bearers = sum(pow(c, 2 - slope) for c in unlisted) / sum(pow(c, 1 - slope) for c in unlisted)
    return float(bearers) / WORKERS


def main(folder: Path) -> None:
    """Write the table, the most borne token first, in bearers per million people."""
    entries = surnames(folder)
    surname = surname_shares(entries)
    given = both_sexes(men(folder), women(folder))
    unknown = unknown_share(e.first for e in entries) + unknown_share(e.second for e in entries)
    shares = {t: (surname.get(t, 0.0) * 1e6, given.get(t, 0.0) * 1e6) for t in surname.keys() | given.keys()}
    lines = ["token,as_surname,as_given", f"{UNKNOWN},{unknown * 1e6:.1f},0.0"]
    for token, (one, other) in sorted(shares.items(), key=lambda item: (-sum(item[1]), item[0])):
        lines.append(f"{token},{one:.1f},{other:.1f}")
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines) - 2} names; unknown {unknown * 1e6:.1f} per million -> {TARGET}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
