"""A ceiling for any matcher on the shared benchmark: the posterior of somebody who knows how its queries were made.

For every query, the ten candidates of a matcher and, where there is one, the right record are given the probability that
the query is a corrupted copy of that record and not a stranger, by Bayes' rule. Known to the oracle: the kinds of
corruption and their shares (`OPS`, `OPW`), what is left out and how often, the kinds of strangers and their shares, and the
frequencies of names in the base.

Assumptions. Fields are independent given the kind of corruption, except that identifiers follow from name, date, sex and
state. Several corruptions at once ("multi") are taken as independent, each with its share. A stranger's spelling is worth
the frequency of its words, a corrupted word a small share of those that sound alike. Only relatives and namesakes of the
candidates are weighed, not of the whole base. So it is a good estimate of the ceiling, from slightly below; it reads no
truth but for adding the right record.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random
from typing import Any

from rapidfuzz.distance import OSA

from tequio.kernel.text import LOST, fold
from tests.bench import shared
from tests.bench.answers import Answer
from tests.bench.shared import Row, Shared

STRANGERS = {"fresh": 0.4, "homonym": 0.2, "sibling": 0.2, "twin": 0.1, "junior": 0.1}
"""Kinds of stranger among those who are not in the base."""

DAYS = 22_000
"""About as many birth dates as are likely."""

NEVER = 1e-30
MULTI_EACH = 0.233
"""Share of each of ten corruptions in a query with several: two, two or three of ten."""

Names = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared of a row: folded names and what its identifiers should begin with."""

    row: Row
    names: Names
    alias: str
    derived: str


def side(row: Row) -> Side:
    """Fold a row once. `derived`: the CURP's first 16 that follow from the row, empty if something is missing."""
    bench = shared.generator()
    given, pat, mat = (fold(row[key]) for key in shared.NAMES)
    derived = ""
    day = row["dob"]
    if day % 100 and row["state"] and row["sex"] and pat and given:
        with suppress(ValueError):  # a name so damaged that the generator has no letter for it
            derived = bench.curp(row["given"], row["pat"], row["mat"], row["sex"], day, row["state"], Random(0))[:16]
    return Side(row, (given, pat, mat), fold(row["alias"]), derived)


# Names.


@lru_cache(maxsize=1 << 18)
def typo(asked: str, true: str) -> float:
    """Probability that one typing error made `asked` of `true`."""
    if not asked or abs(len(asked) - len(true)) > 1 or OSA.distance(asked, true, score_cutoff=1) != 1:
        return 0.0
    words = max(1, sum(len(word) > 3 for word in true.split()))
    letters = max(1.0, len(true) / max(1, len(true.split())) - 1)
    way = (
        0.3 if len(asked) < len(true) else 0.02 if len(asked) > len(true) else 0.25 if sorted(asked) == sorted(true) else 0.025
    )
    return way / words / letters


@lru_cache(maxsize=1 << 18)
def sound(asked: str, true: str) -> float:
    """Probability that one swap of letters that sound alike made `asked` of `true`."""
    text = true.lower()
    swaps = [(a, b) for a, b in shared.generator().SW if a in text]
    if not swaps:
        return typo(asked, true)
    made = sum(fold(text.replace(a, b, 1)) == asked for a, b in swaps)
    return made / len(swaps)


@lru_cache(maxsize=1 << 18)
def damaged(asked: str, true: str) -> bool:
    """Whether `asked` is `true` with letters lost on the way."""
    if LOST not in asked or len(asked) != len(true):
        return asked == true
    return all(a in (LOST, t) for a, t in zip(asked, true, strict=True))


@lru_cache(maxsize=1 << 16)
def _nicknames() -> dict[str, list[str]]:
    return {fold(name): [fold(nick) for nick in nicks] for name, nicks in shared.generator().NICK.items()}


@lru_cache(maxsize=1 << 16)
def reshaped(true: Names) -> dict[str, list[tuple[Names, float]]]:
    """Names as each kind of corruption that changes no letter writes them, with probabilities within the kind."""
    given, pat, mat = true
    words = given.split()
    whole = " ".join(part for part in true if part)
    nicks: list[tuple[Names, float]] = []
    for at, word in enumerate(words):
        if found := _nicknames().get(word):
            for nick in found:
                full = " ".join([*words[:at], nick, *words[at + 1 :]])
                nicks += [((full, pat, mat), 0.5 / len(found)), ((nick, pat, mat), 0.5 / len(found))]
            break
    rest = " ".join(words[1:])
    short = words[0] if words else ""
    initials = {"MARIA": ["MA", "M"], "MA": ["MARIA"], "JOSE": ["J", "JO"]}.get(short, [short[:1]])
    return {
        "swap_surnames": [((given, mat, pat) if mat else true, 1.0)],
        "drop_second": [((short, pat, mat), 1.0)],
        "only_second": [((words[-1] if words else "", pat, mat), 1.0)],
        "nickname": nicks,
        "ma_maria": [((f"{i} {rest}", pat, mat), 1 / len(initials)) for i in initials] if rest else [(true, 1.0)],
        "drop_maternal": [((given, pat, ""), 1.0)],
        "unsplit": [((whole, "", ""), 1.0)],
        "unsplit_inv": [((" ".join(part for part in (pat, mat, given) if part), "", ""), 1.0)],
    }


SEVERAL = ("drop_second", "nickname", "swap_surnames", "drop_maternal", "unsplit")


@lru_cache(maxsize=1 << 15)
def several(true: Names) -> tuple[tuple[Names, float], ...]:
    """Shapes of a name after none, one or two of the corruptions that come together."""
    made: dict[Names, float] = {true: (1 - MULTI_EACH) ** len(SEVERAL)}
    for at, first in enumerate(SEVERAL):
        for shape, chance in reshaped(true).get(first, []):
            made[shape] = made.get(shape, 0.0) + MULTI_EACH * chance
            for second in SEVERAL[at + 1 :]:
                for shape2, chance2 in reshaped(shape).get(second, []):
                    made[shape2] = made.get(shape2, 0.0) + MULTI_EACH**2 * chance * chance2
    return tuple(made.items())


@lru_cache(maxsize=1 << 18)
def names_given(asked: Names, true: Names) -> tuple[tuple[str, float], ...]:
    """Probability of the asked name for each kind of corruption under which it is possible."""
    words = set(" ".join(true).split())
    if not any(part[:1] == other[:1] for part in " ".join(asked).split() for other in words):
        return ()
    found: dict[str, float] = {}
    fields = [at for at in range(3) if true[at]]
    if asked == true:
        found["same"] = 1.0
    differ = [at for at in range(3) if asked[at] != true[at]]
    if len(differ) == 1 and differ[0] in fields:
        found["typo1"] = typo(asked[differ[0]], true[differ[0]]) / len(fields)
    if set(differ) == {0, 1}:
        found["typo2"] = typo(asked[0], true[0]) * typo(asked[1], true[1])
    if 1 <= len(differ) <= 2 and set(differ) <= set(fields):
        found["phonetic"] = 0.5 / len(fields) * math.prod(sound(asked[at], true[at]) for at in differ)
    if LOST in "".join(asked) or asked == true:
        found["moji"] = float(all(damaged(a, t) for a, t in zip(asked, true, strict=True)))
    for kind, shapes in reshaped(true).items():
        found[kind] = sum(chance for shape, chance in shapes if shape == asked)
    if asked[1:] == ("", "") and true[0] and asked[0] == true[0].split()[0]:
        found["alias_only"] = 1.0
    found["multi"] = sum(chance * _letters(asked, shape) for shape, chance in several(true))
    return tuple((kind, chance) for kind, chance in found.items() if chance)


def _letters(asked: Names, shape: Names) -> float:
    """Probability of the letters, when each field may have been mistyped or swapped by sound."""
    chance = 1.0
    for a, t in zip(asked, shape, strict=True):
        if a != t:
            chance *= MULTI_EACH * (typo(a, t) / 3 + sound(a, t) / 2) if a and t else 0.0
        if not chance:
            return 0.0
    return chance


# Dates.


@lru_cache(maxsize=1 << 18)
def date_given(asked: int, true: int) -> tuple[tuple[str, float], ...]:
    """Probability of the asked date for each kind of corruption of dates; "same" is what all other kinds leave."""
    year, month, day = true // 10_000, true // 100 % 100, true % 100
    bench = shared.generator().Gen
    beside = (bench.shift(true, -1), bench.shift(true, 1))
    swapped = [(year * 10_000 + day * 100 + month, 1.0)] if day <= 12 else [(d, 0.5) for d in beside]
    off = [(d, 1 / 6) for d in beside]
    off += [((year + n) * 10_000 + month * 100 + min(day, 28), 1 / 12) for n in (-1, 1, -10, 10)]
    off += [(year * 10_000 + (month % 12 + 1) * 100 + min(day, 28), 1 / 3)]
    made = {
        "same": 0.8 * (asked == true) + 0.2 * (asked == 0),
        "dob_swap": sum(chance for value, chance in swapped if value == asked),
        "dob_off": sum(chance for value, chance in off if value == asked),
        "dob_year": float(asked == year * 10_000),
        "alias_only": float(asked == year * 10_000),
    }
    made["multi"] = made["same"] * (1 - 2 * MULTI_EACH) + MULTI_EACH * (made["dob_off"] + made["dob_year"])
    return tuple(made.items())


def date_unknown(asked: int) -> dict[str, float]:
    """The same where the true date is anybody's."""
    if asked == 0:
        return {
            "same": 0.2,
            "dob_swap": 0.0,
            "dob_off": 0.0,
            "dob_year": 0.0,
            "alias_only": 0.0,
            "multi": 0.2 * (1 - 2 * MULTI_EACH),
        }
    if asked % 10_000 == 0:
        year = 1 / 60
        return {"same": 0.0, "dob_swap": 0.0, "dob_off": 0.0, "dob_year": year, "alias_only": year, "multi": MULTI_EACH * year}
    day = 1 / DAYS
    return {"same": 0.8 * day, "dob_swap": day, "dob_off": day, "dob_year": 0.0, "alias_only": 0.0, "multi": 0.8 * day}


class Oracle:
    """Probabilities for one benchmark: its base's frequencies, and the generator's shares."""

    def __init__(self, bench: Shared, wanted: set[Any]) -> None:
        generator = shared.generator()
        total = sum(generator.OPW)
        self.ops = {op: weight / total for op, weight in zip(generator.OPS, generator.OPW, strict=True)}
        self.size = bench.size
        self.sides: dict[Any, Side] = {}
        self.words: Counter[str] = Counter()
        self.states: Counter[str] = Counter()
        for row in shared.records(bench.size, bench.seed):
            names = [fold(row[key]) for key in shared.NAMES]
            self.words.update(f"{at}{name}" for at, name in enumerate(names))
            self.states[row["state"]] += 1
            if row["id"] in wanted:
                self.sides[row["id"]] = side(row)

    def _word(self, at: int, text: str) -> float:
        return (self.words[f"{at}{text}"] + 0.02) / self.size

    def _name(self, asked: Names) -> float:
        """Probability that a stranger's name reads so, whatever happened to it."""
        if asked[1] or not asked[0]:
            return math.prod(self._word(at, text) for at, text in enumerate(asked))
        parts = asked[0].split()
        if len(parts) < 3:
            return 0.1 * self._word(0, asked[0]) if len(parts) < 2 else 0.1 * self._word(0, parts[0]) * self._word(1, parts[1])
        ways = (
            (" ".join(parts[:-2]), parts[-2], parts[-1]),
            (" ".join(parts[2:]), parts[0], parts[1]),
        )
        return 0.1 * sum(math.prod(self._word(at, text) for at, text in enumerate(way)) for way in ways)

    def _state(self, asked: str) -> float:
        return (self.states[asked] + 1) / self.size if asked else 1.0

    def kinds(self, query: Side, true: Names, dates: dict[str, float], *, clean: bool = False) -> float:
        """Sum over kinds of corruption of their share, of the name so corrupted and of the date so corrupted."""
        names = dict(names_given(query.names, true))
        if not names:
            return 0.0
        shares = {"clean": 0.5, "no_curp": 0.5} if clean else self.ops
        same = names.get("same", 0.0)
        total = 0.0
        for op, share in shares.items():
            name = names.get(op, same if op in {"clean", "no_curp", "curp_typo", "dob_swap", "dob_off", "dob_year"} else 0.0)
            total += share * name * dates.get(op, dates["same"])
        return total

    def identifiers(self, query: Row, record: Side) -> float:
        """Probability of the asked identifiers if the query is of this record; relative to a stranger whose own they are."""
        chance = 1.0
        row = record.row
        if asked := query["curp"]:
            if row["curp"]:
                near = asked != row["curp"] and OSA.distance(asked, row["curp"], score_cutoff=2) <= 1
                chance *= 0.95 if asked == row["curp"] else 0.05 / 200 if near else 0.0
            elif record.derived:
                near = OSA.distance(asked[:16], record.derived, score_cutoff=2) <= 1
                chance *= 0.9 if asked[:16] == record.derived else 0.05 / 200 if near else 0.0
            else:
                chance *= 1 / DAYS if not row["dob"] else self._state(asked[11:13])
        if asked := query["rfc"]:
            known = row["rfc"] or ""
            head = row["curp"][:10] or record.derived[:10]
            if known:
                chance *= float(asked == known)
            else:
                chance *= 34**-3 * (float(asked[:10] == head) if head else 1 / DAYS if not row["dob"] else 1.0)
        for key, share, worth in (("phone", 0.4, 1e-8), ("plate", 0.2, 1e-8)):
            if query[key]:
                chance *= 0.25 if query[key] == row[key] else 0.0 if row[key] else worth * share
            else:
                chance *= 0.75 if row[key] else 1.0
        return chance

    def own_identifiers(self, query: Side) -> float:
        """Probability of the asked identifiers for a stranger: they follow from his own name and date, as far as asked."""
        row = query.row
        chance = 1.0
        if row["curp"]:
            day = row["curp"][4:10]
            chance *= 1.0 if row["dob"] % 100 and f"{row['dob'] % 1_000_000:06d}" == day else 1 / DAYS
            chance *= 1.0 if row["state"] else self._state(row["curp"][11:13])
        if row["rfc"]:
            dated = row["curp"] or row["dob"] % 100
            chance *= 34**-3 * (1.0 if dated else 1 / DAYS)
        for key, share in (("phone", 0.4), ("plate", 0.2)):
            chance *= share * 0.25 * 1e-8 if row[key] else 1 - share * 0.25
        return chance

    def alias(self, query: Side, record: Side | None) -> float:
        """Probability of the asked alias for a record, or for a stranger."""
        if record is None:
            return 0.15 * 0.5 / 200 if query.alias else 0.925
        if query.alias:
            return 0.5 if damaged(query.alias, record.alias) else 0.0
        return 0.5 if record.alias else 1.0

    def rest(self, query: Row, row: Row) -> float:
        """Probability of the asked sex and state for a record."""
        chance = 1.0
        if query["sex"] and row["sex"]:
            chance *= float(query["sex"] == row["sex"])
        if query["state"]:
            chance *= float(query["state"] == row["state"]) if row["state"] else self._state(query["state"])
        return chance

    def match(self, query: Side, record: Side) -> float:
        """Probability of the query if it is of this record."""
        row = record.row
        true = row["dob"] or _date_of(row["curp"])
        dates = dict(date_given(query.row["dob"], true)) if true else date_unknown(query.row["dob"])
        head = self.identifiers(query.row, record) * self.alias(query, record) * self.rest(query.row, row)
        return head * self.kinds(query, record.names, dates) if head else 0.0

    def relative(self, query: Side, record: Side) -> float:
        """Probability of the query if it is of somebody like this record: namesake, sibling, twin, junior."""
        asked, row = query.row, record.row
        true = row["dob"] or _date_of(row["curp"])
        own = self.own_identifiers(query) * self.alias(query, None)
        anybody = date_unknown(asked["dob"])
        sex = (0.72 if asked["sex"] == "H" else 0.28) if asked["sex"] else 1.0
        same_sex = float(asked["sex"] in ("", row["sex"]))
        state = self.rest(asked, {**row, "sex": ""})
        given, pat, mat = query.names
        lone = self._word(0, given)
        surnames = (given, record.names[1], record.names[2])
        dated = dict(date_given(asked["dob"], true)) if true else anybody
        total = (
            STRANGERS["homonym"]
            * (asked["dob"] != 0)
            * same_sex
            / (32 if asked["state"] else 1)
            * self.kinds(query, record.names, anybody, clean=True)
        )
        if pat:
            window = {kind: chance * DAYS / 5_340 * _within(asked["dob"], true) for kind, chance in anybody.items()}
            total += STRANGERS["sibling"] * 0.5 * state * lone * self.kinds(query, surnames, window)
            total += STRANGERS["twin"] * (0.85 if same_sex else 0.15) * state * lone * self.kinds(query, surnames, dated)
            junior = (record.names[0], record.names[1], mat)
            total += (
                STRANGERS["junior"]
                * same_sex
                * state
                * self._word(2, mat)
                * self.kinds(query, junior, _junior(asked["dob"], true))
            )
        return float(total * own * max(sex, 0.3))

    def fresh(self, query: Side) -> float:
        """Probability of the query if it is of somebody new."""
        asked = query.row
        dates = date_unknown(asked["dob"])
        dated = sum(self.ops.get(op, 0.0) * dates.get(op, dates["same"]) for op in self.ops)
        sex = (0.72 if asked["sex"] == "H" else 0.28) if asked["sex"] else 1.0
        own = self.own_identifiers(query) * self.alias(query, None)
        return float(STRANGERS["fresh"] * self._name(query.names) * dated * sex * self._state(asked["state"]) * own)


def _date_of(curp: str) -> int:
    if len(curp) < 17 or not curp[4:10].isdigit():
        return 0
    return (20_000_000 if curp[16].isalpha() else 19_000_000) + int(curp[4:10])


def _day(value: int) -> date | None:
    try:
        return date(value // 10_000, value // 100 % 100, value % 100)
    except ValueError:
        return None


def _within(asked: int, true: int) -> float:
    """Whether two dates may be those of siblings."""
    a, b = _day(asked), _day(true)
    return 1.0 if a is None or b is None else float(300 <= abs((a - b).days) <= 3_030)


def _junior(asked: int, true: int) -> dict[str, float]:
    """Probability of the asked date for a junior: so many years of 365 days later, or earlier."""
    unknown = date_unknown(asked)
    a, b = _day(asked), _day(true)
    if a is None or b is None:
        return unknown
    apart = (a - b).days
    exact = apart % 365 == 0 and 18 <= abs(apart) // 365 <= 35
    return {kind: (1 / 18 if exact and kind in {"same", "multi"} else 1e-3 * chance) for kind, chance in unknown.items()}


def rescore(bench: Shared, answers: Sequence[Answer]) -> list[Answer]:
    """Log-odds of each candidate, and of the right record, best first. Some milliseconds a query."""
    wanted = {found for answer in answers for found, _ in answer} | {truth for truth in bench.truth if truth >= 0}
    knows = Oracle(bench, wanted)
    made: list[Answer] = []
    for row, truth, answer in zip(bench.queries, bench.truth, answers, strict=True):
        ids = list(dict.fromkeys([found for found, _ in answer] + ([truth] if truth >= 0 else [])))
        query = side(row)
        matches = {found: knows.match(query, knows.sides[found]) / bench.size for found in ids}
        strangers = knows.fresh(query) + sum(knows.relative(query, knows.sides[found]) for found in ids) / bench.size
        everything = sum(matches.values())
        scored = [
            (found, math.log2(max(chance, NEVER)) - math.log2(max(everything - chance + strangers, NEVER)))
            for found, chance in matches.items()
        ]
        made.append(sorted(scored, key=lambda pair: -pair[1]))
    return made
