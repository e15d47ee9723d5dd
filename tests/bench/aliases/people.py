"""People of the benchmark: what is true of each, what a record holds of it, and their relatives and namesakes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from tequio.kernel.identifiers import STATES, curp_check_digit, derive_curp, rfc_check_digit
from tests.bench.aliases.pools import PARTICLES, Pools, apodo

SHARES = {
    "another name": 0.45,
    "unrelated": 1 / 6,
    "nickname": 0.40,
    "two-word alias": 0.10,
    "second birth date": 0.07,
    "second CURP": 0.06,
    "second RFC": 0.05,
    "CURP on record": 0.60,
    "RFC on record": 0.45,
    "birth date on record": 0.94,
    "sex on record": 0.92,
    "state on record": 0.75,
    "no maternal surname": 0.04,
    "born abroad": 0.02,
}
"""Assumed. Only "unrelated" (of all other names, those that share nothing with the first) follows a count of real aliases."""


@dataclass(frozen=True, slots=True)
class FullName:
    """A name in its three parts, upper case, without accents but with Ñ."""

    given: str
    paternal: str
    maternal: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """All words but particles."""
        text = f"{self.given} {self.paternal} {self.maternal}".replace(".", " ")
        return tuple(word for word in text.split() if word not in PARTICLES)

    def __str__(self) -> str:
        return " ".join(part for part in (self.given, self.paternal, self.maternal) if part)


@dataclass(frozen=True, slots=True)
class Person:
    """What is true of a person, or what a record holds. The first of several values is the usual one."""

    sex: str
    name: FullName
    unrelated: FullName | None = None
    others: tuple[FullName, ...] = ()
    two_word: str = ""
    apodos: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()
    state: str = ""
    curps: tuple[str, ...] = ()
    rfcs: tuple[str, ...] = ()


def pieces(given: str) -> list[str]:
    """Given names one by one, particles with the name that follows: "MARIA DEL CARMEN" -> MARIA, DEL CARMEN."""
    found: list[str] = []
    held: list[str] = []
    for word in given.split():
        held.append(word)
        if word not in PARTICLES:
            found.append(" ".join(held))
            held = []
    return found or [given]


class Maker:
    """Draws people. Deterministic for a given `dice`."""

    def __init__(self, dice: Random, pools: Pools) -> None:
        self.dice = dice
        self.pools = pools

    def chance(self, share: str) -> bool:
        """Whether the thing named in SHARES happens."""
        return self.dice.random() < SHARES[share]

    def surname(self) -> str:
        """A surname by its frequency."""
        return self.pools.surnames.draw(self.dice)

    def single(self, sex: str) -> str:
        """One given name of one word."""
        return next(p for p in iter(lambda: self.pools.given(sex).draw(self.dice), "") if " " not in p and "." not in p)

    def name(self, sex: str) -> FullName:
        """A whole name."""
        maternal = "" if self.chance("no maternal surname") else self.surname()
        return FullName(self.pools.given(sex).draw(self.dice), self.surname(), maternal)

    def day(self) -> date:
        """A birth date of an adult, most about 35 years old."""
        year = int(self.dice.triangular(1945, 2005, 1987))
        return date(year, 1, 1) + timedelta(days=self.dice.randrange(365))

    def curp(self, name: FullName, day: date, sex: str, state: str) -> str:
        """A whole CURP; its seventeenth character is seldom other than 0 or A, as homonyms are seldom."""
        first16 = derive_curp(
            given=name.given, paternal=name.paternal, maternal=name.maternal, birth_date=day, sex=sex, state=state
        )
        if first16 is None or len(first16) != 16:
            raise ValueError(f"no CURP follows from {name}")
        usual, seldom = ("0", "123") if day.year < 2000 else ("A", "BC")
        first17 = first16 + (usual if self.dice.random() < 0.96 else self.dice.choice(seldom))
        return first17 + curp_check_digit(first17)

    def rfc(self, curp: str) -> str:
        """An RFC of the letters and date of a CURP."""
        first12 = curp[:10] + "".join(self.dice.choices("ABCDEFGHIJKLMNPQRSTUVWXYZ123456789", k=2))
        return first12 + rfc_check_digit(first12)

    def unrelated(self, name: FullName, sex: str) -> FullName:
        """A name that shares no word with `name`."""
        return next(n for n in iter(lambda: self.name(sex), None) if not set(n.words) & set(name.words))

    def second_day(self, day: date) -> date:
        """Another birth date of the same person: day and month changed over, a digit apart, or of another year."""
        way = self.dice.random()
        if way < 0.25 and day.day <= 12 and day.day != day.month:
            return date(day.year, day.day, day.month)
        if way < 0.6:
            return day.replace(year=day.year + self.dice.choice([-10, -2, -1, 1, 2, 10]), day=min(day.day, 28))
        return next(d for d in iter(self.day, None) if d != day)

    def person(self, *, rich: bool = False) -> Person:
        """A stranger. `rich`: with at least one of everything, so that any question can be asked about it."""
        sex = "H" if self.dice.random() < 0.7 else "M"
        state = "NE" if self.chance("born abroad") else self.dice.choice(STATES).renapo
        return self.furnish(Person(sex, self.name(sex), dates=(self.day(),), state=state), rich=rich)

    def furnish(self, person: Person, *, rich: bool = False) -> Person:
        """Aliases, second dates and identifiers for a person of known name, first date, sex and state."""
        has_other = rich or self.chance("another name")
        unrelated = rich or (has_other and self.chance("unrelated"))
        others = (self.changed(person),) if has_other and (rich or not unrelated or self.dice.random() < 0.3) else ()
        nicknames = 1 + (self.dice.random() < 0.25) if rich or self.chance("nickname") else 0
        day = person.dates[0]
        days = (day, self.second_day(day)) if rich or self.chance("second birth date") else (day,)
        two_word = self.two_word(person) if rich or self.chance("two-word alias") else ""
        curps = [self.curp(person.name, day, person.sex, person.state)]
        if rich or self.chance("second CURP"):
            elsewhere = next(s.renapo for s in iter(lambda: self.dice.choice(STATES), None) if s.renapo != person.state)
            curps.append(self.curp(person.name, days[-1], person.sex, person.state if len(days) > 1 else elsewhere))
        rfcs = [self.rfc(curps[0])] + ([self.rfc(curps[-1])] if rich or self.chance("second RFC") else [])
        return replace(
            person,
            unrelated=self.unrelated(person.name, person.sex) if unrelated else None,
            others=others,
            two_word=two_word,
            apodos=tuple(dict.fromkeys(apodo(self.dice, person.sex) for _ in range(nicknames))),
            dates=days,
            curps=tuple(dict.fromkeys(curps)),
            rfcs=tuple(dict.fromkeys(rfcs)),
        )

    def two_word(self, person: Person) -> str:
        """A short other name of two words: given and surname, neither the person's own."""
        other = self.unrelated(person.name, person.sex)
        return f"{pieces(other.given)[0]} {other.paternal.split()[-1]}"

    # Names made from the first one, as aliases are.

    def changed(self, person: Person) -> FullName:
        """Another name of the person, related to the first in one of the usual ways."""
        ways = (self.given_changed, self.surname_changed, self.one_surname_kept, self.name_dropped, self.name_added)
        return self.dice.choices(ways, (5, 5, 4, 4, 3))[0](person)

    def given_changed(self, person: Person) -> FullName:
        """One given name put for another."""
        parts = pieces(person.name.given)
        at = self.dice.randrange(len(parts))
        parts[at] = next(n for n in iter(lambda: self.single(person.sex), "") if n not in person.name.words)
        return replace(person.name, given=" ".join(parts))

    def surname_changed(self, person: Person) -> FullName:
        """One surname put for another."""
        other = next(n for n in iter(self.surname, "") if n not in (person.name.paternal, person.name.maternal))
        if person.name.maternal and self.dice.random() < 0.5:
            return replace(person.name, maternal=other)
        return replace(person.name, paternal=other)

    def surnames_swapped(self, person: Person) -> FullName:
        """Maternal surname first."""
        return replace(person.name, paternal=person.name.maternal, maternal=person.name.paternal)

    def one_surname_kept(self, person: Person) -> FullName:
        """One surname kept in its place, everything else changed."""
        other = self.unrelated(person.name, person.sex)
        if person.name.maternal and self.dice.random() < 0.4:
            return replace(other, maternal=person.name.maternal)
        return replace(other, paternal=person.name.paternal)

    def name_dropped(self, person: Person) -> FullName:
        """A given name or the maternal surname left out."""
        parts = pieces(person.name.given)
        if len(parts) > 1 and (not person.name.maternal or self.dice.random() < 0.6):
            parts.pop(self.dice.randrange(len(parts)))
            return replace(person.name, given=" ".join(parts))
        return replace(person.name, maternal="")

    def name_added(self, person: Person) -> FullName:
        """A given name more."""
        extra = next(n for n in iter(lambda: self.single(person.sex), "") if n not in person.name.words)
        parts = pieces(person.name.given)
        parts.insert(self.dice.randint(0, len(parts)), extra)
        return replace(person.name, given=" ".join(parts))

    def married(self, person: Person) -> FullName:
        """A husband's surname in place of the maternal one: "ROSA PEREZ DE GARZA"."""
        husband = next(n for n in iter(self.surname, "") if " " not in n and n not in person.name.words)
        return replace(person.name, maternal=f"DE {husband}")

    # Other people who resemble a person.

    def namesake(self, of: Person) -> Person:
        """Another person of the same full name, born at least two years apart."""
        day = next(d for d in iter(self.day, None) if abs(d.year - of.dates[0].year) > 2)
        return self.furnish(Person(of.sex, of.name, dates=(day,), state=self.dice.choice(STATES).renapo), rich=True)

    def sibling(self, of: Person, *, twin: bool = False) -> Person:
        """Same surnames, another given name; born one to twelve years apart, or on the same day."""
        sex = of.sex if self.dice.random() < (0.7 if twin else 0.5) else "HM"[of.sex == "H"]
        given = next(
            g
            for g in iter(lambda: self.pools.given(sex).draw(self.dice), "")
            if not set(g.split()) & set(of.name.given.split())
        )
        apart = timedelta(days=0 if twin else self.dice.choice([-1, 1]) * self.dice.randint(330, 4400))
        name = replace(of.name, given=given)
        return self.furnish(Person(sex, name, dates=(of.dates[0] + apart,), state=of.state), rich=True)

    def twin(self, of: Person) -> Person:
        """Born on the same day of the same parents."""
        return self.sibling(of, twin=True)

    def parent_or_child(self, of: Person) -> Person:
        """Father or child of a person, half of them with the same given name where sex allows."""
        years = timedelta(days=365 * self.dice.randint(18, 40)) * (-1 if of.dates[0].year > 1975 else 1)
        sex = self.dice.choice("HM") if years.days > 0 else "H"
        given = of.name.given if sex == of.sex and self.dice.random() < 0.5 else self.pools.given(sex).draw(self.dice)
        name = FullName(given, of.name.paternal, next(s for s in iter(self.surname, "") if s != of.name.maternal))
        return self.furnish(Person(sex, name, dates=(of.dates[0] + years,), state=of.state), rich=True)

    def held(self, truth: Person) -> Person:
        """What a record keeps of a person."""
        keeps_curp = self.chance("CURP on record")
        keeps_rfc = self.chance("RFC on record")
        return replace(
            truth,
            dates=truth.dates if self.chance("birth date on record") else (),
            sex=truth.sex if self.chance("sex on record") else "",
            state=truth.state if self.chance("state on record") else "",
            curps=truth.curps if keeps_curp else (),
            rfcs=truth.rfcs if keeps_rfc else (),
        )
