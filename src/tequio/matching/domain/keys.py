"""Keys under which two records of one person meet: screening is a plain join on equal keys, the same function on both sides.

A key is a signed 64-bit integer, equal on every machine and in every process. Tokens count by their Spanish consonant skeleton
and without their role, so swapped surnames, one-column names, B/V, S/Z, a damaged Ñ and nicknames still meet. No key rests on
one name token alone. Kinds, and what each survives:

    t3  three name tokens                       any error outside them
    t2  two name tokens                         any error outside them (large groups; read last)
    t0  two name tokens of a record with no birth date   what a dated target is screened under instead of t2
    py  two name tokens and birth year          wrong day or month, year-only dates
    pd  two name tokens, day and month          wrong year
    td  one name token and whole birth date     every other name wrong; day and month swapped
    c10 first ten characters of CURP or RFC, supplied or derived from name and date
    c16 first sixteen of the CURP, supplied or derived
    c14 fifth to last character of the CURP     wrong letters of the name in the CURP
    ph, pl  telephone, plate
    an  alias and one name token;  ad  alias and birth date

Hashes of parts are random 64-bit numbers (BLAKE2b), and a key is their sum, so order never matters. Changing any rule that
decides a key must raise KEY_VERSION: stored keys are rebuilt then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations
from math import log2

from tequio.kernel.identifiers import derive_curp
from tequio.kernel.text import skeletons
from tequio.matching.domain.rarity import prior_share
from tequio.people.domain import FORMAL_NAMES, Alias, Name, PartialDate, Subject

KEY_VERSION = 1
"""Raise with every change of rule, list or prior that changes keys."""

MOST_PAIRED, MOST_TRIPLED = 5, 4
"""Of a longer name only its rarest tokens make pairs and triples."""
_MOST_NAMES, _MOST_ALIASES, _MOST_DATES = 4, 3, 3
_MOST_CODES = 8  # readings of one token: nickname's formal names, readings of lost letters

Codes = tuple[int, ...]
_MASK = (1 << 64) - 1
_HALF = 1 << 63


@lru_cache(maxsize=1 << 17)
def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, person=b"tequio.keys").digest(), "big")


def _kind(name: str) -> int:
    return _hash(f"kind {KEY_VERSION} {name}")


_T3, _T2, _T0, _PY, _PD, _TD = (_kind(k) for k in ("t3", "t2", "t0", "py", "pd", "td"))
_C10, _C16, _C14, _PH, _PL, _AN, _AD = (_kind(k) for k in ("c10", "c16", "c14", "ph", "pl", "an", "ad"))


@lru_cache(maxsize=1 << 16)
def _codes(token: str, given: bool) -> tuple[float, Codes]:
    """Share of a token (to put the rarest first) and the hashes of its skeletons; a given name also by its formal names."""
    readings = [token, *(FORMAL_NAMES.get(token, ()) if given else ())]
    sounds = dict.fromkeys(s for reading in readings for s in skeletons(reading))
    return min(prior_share(r) for r in readings), tuple([_hash(s) for s in sounds][:_MOST_CODES])


def _rarest(name: Name) -> list[tuple[float, Codes]]:
    """Share and codes of a name's tokens, rarest first. Initials are left out where enough else is known."""
    found = [_codes(t, True) for t in name.given + name.unsplit if len(t) > 1]
    found += [_codes(t, False) for t in name.paternal + name.maternal + name.married]
    if len(found) < 2:
        found = [_codes(t, True) for t in name.given + name.unsplit]
        found += [_codes(t, False) for t in name.paternal + name.maternal + name.married]
    found.sort()
    return found[:MOST_PAIRED]


def _sums(groups: Iterable[tuple[Codes, ...]]) -> list[int]:
    """Sum of every choice of one code from each token of a group."""
    found: list[int] = []
    for group in groups:
        partial = [0]
        for codes in group:
            partial = [p + c for p in partial for c in codes]
        found += partial
    return found


@lru_cache(maxsize=1 << 15)
def _whole_date(date: PartialDate) -> int:
    """One code for a date and for the same with day and month swapped; a year and a day-month code go apart."""
    low, high = sorted((date.month or 0, date.day or 0)) if (date.day or 0) <= 12 else (date.month or 0, date.day or 0)
    return _hash(f"date {date.year} {low} {high}")


@lru_cache(maxsize=1 << 10)
def _year(year: int) -> int:
    return _hash(f"year {year}")


@lru_cache(maxsize=1 << 10)
def _day_month(date: tuple[int, int]) -> int:
    return _hash(f"day {min(date)} {max(date)}" if max(date) <= 12 else f"day {date[0]} {date[1]}")


def _years(subject: Subject) -> list[int]:
    """Possible birth years: of the dates, else from an age at a date (two years, one of which is right)."""
    if subject.birth_dates:
        return list(dict.fromkeys([d.year for d in subject.birth_dates[:_MOST_DATES]]))
    if subject.age is not None and subject.at is not None:
        return [subject.at.year - subject.age, subject.at.year - subject.age - 1]
    return []


def _name_keys(subject: Subject, name: Name) -> Iterator[tuple[str, int, list[int]]]:
    """(kind, kind's code, sums before adding it) of one name."""
    codes = [codes for _, codes in _rarest(name)]
    dates = [d for d in subject.birth_dates[:_MOST_DATES] if d.day]
    if all(len(c) == 1 for c in codes):  # nearly every name: no nickname, nothing lost
        single = [c[0] for c in codes]
        pairs = [a + b for a, b in combinations(single, 2)]
        triples = [a + b + c for a, b, c in combinations(single[:MOST_TRIPLED], 3)]
    else:
        single = [c for each in codes for c in each]
        pairs = _sums(combinations(codes, 2))
        triples = _sums(combinations(codes[:MOST_TRIPLED], 3))
    yield "t3", _T3, triples
    yield "t2", _T2, pairs
    if not subject.birth_dates:
        yield "t0", _T0, pairs
    for year in _years(subject):
        yield "py", _PY + _year(year), pairs
    for date in dates:
        yield "pd", _PD + _day_month((date.month or 0, date.day or 0)), pairs
        yield "td", _TD + _whole_date(date), single
    for alias in subject.aliases[:_MOST_ALIASES]:
        yield "an", _AN + _alias(alias), single
    if name.given and name.paternal:
        for date in dates:
            yield from _derived_curp_keys(subject, name, date)


def _derived_curp_keys(subject: Subject, name: Name, date: PartialDate) -> Iterator[tuple[str, int, list[int]]]:
    born = date.as_date()
    if born is None:
        return
    supplied = name.supplied
    derived = derive_curp(
        given=supplied.given or " ".join(name.given),
        paternal=supplied.paternal or " ".join(name.paternal),
        maternal=supplied.maternal or " ".join(name.maternal),
        birth_date=born,
        sex=subject.sex or "",
        state=subject.birth_state or "",
    )
    if derived:
        yield "c10", _C10, [_hash(derived[:10])]
        if len(derived) == 16:
            yield "c16", _C16, [_hash(derived)]


def _alias(alias: Alias) -> int:
    """An alias by the sound of its first telling word: "El Güero" meets "Güero de Tepic"."""
    return _hash("alias " + skeletons(alias.tokens[0])[0])


def _groups(subject: Subject) -> Iterator[tuple[str, int, list[int]]]:
    for name in subject.names[:_MOST_NAMES]:
        yield from _name_keys(subject, name)
    for curp in subject.curps[:3]:
        value = curp.value
        yield "c10", _C10, [_hash(value[:10])]
        yield "c16", _C16, [_hash(value[:16])]
        if len(value) == 18:
            yield "c14", _C14, [_hash(value[4:])]
    for rfc in subject.rfcs[:3]:
        if rfc.person:
            yield "c10", _C10, [_hash(rfc.value[:10])]
    for phone in subject.phones[:4]:
        yield "ph", _PH, [_hash(phone)]
    for plate in subject.plates[:4]:
        yield "pl", _PL, [_hash(plate)]
    for alias in subject.aliases[:_MOST_ALIASES]:
        for date in subject.birth_dates[:_MOST_DATES]:
            if date.day:
                yield "ad", _AD + _alias(alias), [_whole_date(date)]


def keys(subject: Subject) -> frozenset[int]:
    """Keys of a subject, as PostgreSQL bigint; some 30 for a full record, none for one with a single common word.

    Two subjects are worth comparing when their keys have one in common. Cost about 30 microseconds.
    """
    return frozenset([((base + part) & _MASK) - _HALF for _, base, parts in _groups(subject) for part in parts])


def key_kinds(subject: Subject) -> dict[int, str]:
    """The same keys with their kinds, for explaining how two records met and for reading small groups first."""
    return {((base + part) & _MASK) - _HALF: kind for kind, base, parts in _groups(subject) for part in parts}


_LEAST_BITS = {"t3": 13.0, "t2": 15.0, "t0": 15.0, "py": 10.0, "pd": 9.0, "an": 9.0}
"""What the names of a key must be worth for two subjects that share no better one to reach ALERT_THRESHOLD (20 bits) with what
may agree beside them without a key of its own: sex and state (some 6 bits), and the year, the day or the alias in the key."""


def screening_keys(subject: Subject) -> frozenset[int]:
    """Keys under which a watched subject is screened against every record: those of `keys` that can lead to an alert.

    Two common words alone never do, and they are what most pairs of strangers share. Nor do two rare ones against another birth
    date: a subject with a date meets by two words only records without one (t0). What it finds the join of `keys` finds too.
    """
    every = key_kinds(subject)
    kept = {key for key, kind in every.items() if kind not in _LEAST_BITS}
    for name in subject.names[:_MOST_NAMES]:
        kept |= {key for bits, kind, key in _worth(subject, name) if bits >= _LEAST_BITS[kind]}
    return frozenset(kept)


def _worth(subject: Subject, name: Name) -> Iterator[tuple[float, str, int]]:
    """(bits of its names, kind, key) of each of a name's keys that rest on how rare the names are."""
    tokens = [(-log2(share), codes) for share, codes in _rarest(name)]
    bases = [("t0", _T0) if subject.birth_dates else ("t2", _T2)]
    bases += [("py", _PY + _year(year)) for year in _years(subject)]
    dates = [d for d in subject.birth_dates[:_MOST_DATES] if d.day]
    bases += [("pd", _PD + _day_month((d.month or 0, d.day or 0))) for d in dates]
    for first, second in combinations(tokens, 2):
        for part in _sums([(first[1], second[1])]):
            yield from ((first[0] + second[0], kind, _signed(base + part)) for kind, base in bases)
    for group in combinations(tokens[:MOST_TRIPLED], 3):
        for part in _sums([tuple(codes for _, codes in group)]):
            yield sum(bits for bits, _ in group), "t3", _signed(_T3 + part)
    for alias in subject.aliases[:_MOST_ALIASES]:
        for bits, codes in tokens:
            yield from ((bits, "an", _signed(_AN + _alias(alias) + code)) for code in codes)


def _signed(value: int) -> int:
    return (value & _MASK) - _HALF
