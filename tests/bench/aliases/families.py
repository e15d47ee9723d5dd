"""Families of queries: what is asked of a person, which records can answer, and what tells other people apart in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.aliases.people import FullName, Maker, Person, pieces
from tests.bench.aliases.writing import (
    Fields,
    damaged,
    day_field,
    mistyped_day,
    mistyped_id,
    mistyped_name,
    name_fields,
    styled,
    transposed_id,
)

Ask = Callable[[Maker, Person], Fields]
Fits = Callable[[Person], object]

NAME = frozenset({"given", "paternal", "maternal"})


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of query.

    `fits` tells which held records can answer, `bears` which people can be asked about. `shows` are the fields that a query
    carries, `blurs` those in which it differs from the record by its own kind: a relative who differs in no other shown field
    cannot be told from the person. `exact`: the query agrees exactly with the record in an identifier, or in name and date.
    """

    name: str
    ask: Ask
    fits: Fits
    bears: Fits
    shows: frozenset[str]
    blurs: frozenset[str] = frozenset()
    exact: str = ""


DIFFERS = {
    "fresh": NAME | {"date", "ids", "apodo", "alias"},
    "namesake": frozenset({"date", "ids", "apodo", "alias"}),
    "sibling": frozenset({"given", "date", "ids", "apodo", "alias"}),
    "parent_or_child": frozenset({"maternal", "date", "ids", "apodo", "alias"}),
    "twin": frozenset({"given", "ids", "apodo", "alias"}),
}
"""In which fields each kind of other person differs from the one in the base that it resembles."""


def decidable(family: Family, kind: str, held: Person | None = None) -> bool:
    """Whether what a query of this family shows can tell such a person from the one of the base that it resembles.

    `held`: what the base keeps of that one; what it does not keep cannot differ.
    """
    telling = (DIFFERS[kind] & family.shows) - family.blurs
    if held is not None and not held.dates:
        telling -= {"date"} if held.curps or held.rfcs else {"date", "ids"}
    return bool(telling)


def _always(person: Person) -> bool:
    return True


def _dated(person: Person) -> bool:
    return bool(person.dates)


def _sexed(m: Maker, person: Person) -> Fields:
    """Sex and state of birth, as half of the askers know them."""
    return {"sex": person.sex, "birth_state": person.state} if m.dice.random() < 0.5 else {}


def _by_name(way: Callable[[Maker, Person], FullName], *, date: bool) -> Ask:
    def ask(m: Maker, p: Person) -> Fields:
        fields = name_fields(m.dice, way(m, p))
        return fields | day_field(m.dice, p.dates[:1]) | _sexed(m, p) if date else fields

    return ask


def _own(m: Maker, p: Person) -> FullName:
    return p.name


def _unrelated(m: Maker, p: Person) -> FullName:
    if p.unrelated is None:
        raise ValueError("no unrelated name")
    return p.unrelated


def _unrelated_alias(m: Maker, p: Person) -> Fields:
    """An alias given as one's name; one in six as "N. (a) ALIAS" or as what somebody said."""
    alias = _unrelated(m, p)
    if m.dice.random() < 1 / 6:
        text = styled(m.dice, str(alias))
        return {"full_name": m.dice.choice(["QUIEN DIJO LLAMARSE {}", "N.N. (A) {}", "quien dijo ser {}"]).format(text)}
    return name_fields(m.dice, alias)


def _has_two_names(p: Person) -> bool:
    return len(pieces(p.name.given)) > 1 or bool(p.name.maternal)


def _apodo_and_one_name(m: Maker, p: Person) -> Fields:
    word = m.dice.choice([pieces(p.name.given)[0], p.name.paternal])
    alias = styled(m.dice, p.apodos[0])
    way = m.dice.randrange(4)
    if way == 0:
        return {"given" if word != p.name.paternal else "paternal": word, "aliases": alias}
    return {"full_name": [f"{word} (A) {alias}", f'{word} "{alias}"', f"{word} ALIAS {alias}"][way - 1]}


def _mistyped_name_date(m: Maker, p: Person) -> Fields:
    if m.dice.random() < 0.7:
        return name_fields(m.dice, mistyped_name(m.dice, p.name)) | day_field(m.dice, p.dates[:1])
    return name_fields(m.dice, p.name) | day_field(m.dice, (mistyped_day(m.dice, p.dates[0]),))


def _wildcard(m: Maker, p: Person) -> FullName:
    return damaged(m.dice, p.name, m.dice.choice("???*�#"))


def _lost(m: Maker, p: Person) -> FullName:
    return damaged(m.dice, p.name, "")


def _contradicting(m: Maker, p: Person) -> Fields:
    return name_fields(m.dice, m.unrelated(p.name, p.sex))


def _thin(p: Person) -> bool:
    """A record with only name, date, sex and state."""
    return bool(not p.curps and not p.rfcs and p.dates and p.sex and p.state)


def _and_dated(borne: Fits) -> Fits:
    def fits(person: Person) -> bool:
        return bool(borne(person) and person.dates)

    return fits


def _dateless_ids(p: Person) -> bool:
    return bool(not p.curps and not p.rfcs and p.dates)


def _family(name: str, ask: Ask, fits: Fits, shows: set[str] | frozenset[str], **more: object) -> Family:
    return Family(name, ask, fits, more.pop("bears", _always), frozenset(shows), **more)  # type: ignore[arg-type]


def _variants() -> list[Family]:
    """Names made from the first one and not on record, each with and without the birth date."""
    woman: Fits = lambda p: p.sex == "M"  # noqa: E731
    rows: list[tuple[str, Callable[[Maker, Person], FullName], Fits, set[str]]] = [
        ("given name changed", Maker.given_changed, _always, {"given"}),
        ("surname changed", Maker.surname_changed, _always, {"paternal", "maternal"}),
        ("surnames swapped", Maker.surnames_swapped, lambda p: p.name.maternal, set()),
        ("name dropped", Maker.name_dropped, _has_two_names, {"given", "maternal"}),
        ("name added", Maker.name_added, _always, {"given"}),
        ("married surname", Maker.married, lambda p: p.sex == "M" and p.name.maternal, {"maternal"}),
    ]
    found = []
    for name, way, borne, blurs in rows:
        bears = woman if way is Maker.married else borne
        told = _by_name(way, date=True)
        found.append(_family(f"{name} + date", told, _and_dated(borne), NAME | {"date"}, blurs=frozenset(blurs), bears=bears))
        untold = _by_name(way, date=False)
        found.append(_family(f"{name}, no date", untold, borne, NAME, blurs=frozenset(blurs), bears=bears))
    kept = _by_name(Maker.one_surname_kept, date=True)
    found.append(_family("one surname kept + date", kept, _dated, NAME | {"date"}, blurs=NAME))
    return found


def _aliases() -> list[Family]:
    def two_word(m: Maker, p: Person) -> Fields:
        return {"full_name": styled(m.dice, p.two_word)}

    def apodo_date(m: Maker, p: Person) -> Fields:
        return {"aliases": styled(m.dice, p.apodos[0])} | day_field(m.dice, p.dates[:1])

    def typed_in(m: Maker, p: Person) -> Fields:
        return {"full_name": styled(m.dice, p.apodos[0])} | day_field(m.dice, p.dates[:1])

    def alias_date(m: Maker, p: Person) -> Fields:
        return _unrelated_alias(m, p) | day_field(m.dice, p.dates[:1])

    def two_word_date(m: Maker, p: Person) -> Fields:
        return two_word(m, p) | day_field(m.dice, p.dates[:1])

    def long_nickname(p: Person) -> bool:
        return bool(p.apodos)

    return [
        _family("unrelated alias + date", alias_date, lambda p: p.unrelated and p.dates, {"alias", "date"}),
        _family("unrelated alias, no date", _unrelated_alias, lambda p: p.unrelated, {"alias"}),
        _family("two-word alias + date", two_word_date, lambda p: p.two_word and p.dates, {"alias", "date"}),
        _family("two-word alias, no date", two_word, lambda p: p.two_word, {"alias"}),
        _family("apodo + date", apodo_date, lambda p: p.apodos and p.dates, {"apodo", "date"}),
        _family("apodo typed in as a name + date", typed_in, lambda p: p.apodos and p.dates, {"apodo", "date"}),
        _family("apodo + one name", _apodo_and_one_name, long_nickname, {"apodo"}),
    ]


def _names() -> list[Family]:
    def name_date(m: Maker, p: Person) -> Fields:
        return name_fields(m.dice, p.name) | day_field(m.dice, p.dates[:1])

    def second_date(m: Maker, p: Person) -> Fields:
        return name_fields(m.dice, p.name) | day_field(m.dice, p.dates[1:2])

    two_dates: Fits = lambda p: len(p.dates) > 1  # noqa: E731
    return [
        _family("name + date", name_date, _dated, NAME | {"date"}, exact="name and date"),
        _family("name + date, one typing error", _mistyped_name_date, _dated, NAME | {"date"}),
        _family("name + second birth date", second_date, two_dates, NAME | {"date"}, bears=two_dates, exact="name and date"),
        _family("name only", _by_name(_own, date=False), _always, NAME),
        _family("wildcard in a name, no date", _by_name(_wildcard, date=False), _always, NAME),
        _family("letter lost from a name, no date", _by_name(_lost, date=False), _always, NAME),
    ]


def _identifiers() -> list[Family]:
    ids = frozenset({"ids"})

    def curp(change: Callable[[Maker, str], str], which: int = 0) -> Ask:
        return lambda m, p: {"curp": change(m, p.curps[which])}

    def rfc(which: int = 0) -> Ask:
        return lambda m, p: {"rfc": p.rfcs[which]}

    def same(m: Maker, value: str) -> str:
        return value

    has_curp: Fits = lambda p: p.curps  # noqa: E731
    has_rfc: Fits = lambda p: p.rfcs  # noqa: E731
    two_curps: Fits = lambda p: len(p.curps) > 1  # noqa: E731
    two_rfcs: Fits = lambda p: len(p.rfcs) > 1  # noqa: E731
    return [
        _family(
            "CURP, contradicting name", lambda m, p: _contradicting(m, p) | {"curp": p.curps[0]}, has_curp, ids, exact="CURP"
        ),
        _family("RFC, contradicting name", lambda m, p: _contradicting(m, p) | {"rfc": p.rfcs[0]}, has_rfc, ids, exact="RFC"),
        _family("CURP alone", curp(same), has_curp, ids, exact="CURP"),
        _family("RFC alone", rfc(), has_rfc, ids, exact="RFC"),
        _family("second CURP alone", curp(same, 1), two_curps, ids, bears=two_curps, exact="CURP"),
        _family("second RFC alone", rfc(1), two_rfcs, ids, bears=two_rfcs, exact="RFC"),
        _family("CURP against name, date, sex, state", curp(same), _thin, ids),
        _family("RFC against name, date", rfc(), _dateless_ids, ids),
        _family("CURP, one character wrong", curp(lambda m, v: mistyped_id(m.dice, v)), has_curp, ids),
        _family("CURP, two characters transposed", curp(lambda m, v: transposed_id(m.dice, v)), has_curp, ids),
        _family("CURP cut to 16 or 17", curp(lambda m, v: v[: m.dice.choice([16, 17])]), has_curp, ids),
    ]


FAMILIES: tuple[Family, ...] = (*_aliases(), *_variants(), *_names(), *_identifiers())
assert len({family.name for family in FAMILIES}) == len(FAMILIES)
