"""Subject: what a record says of one person, in the one shape that every registry, the index and the matcher share.

A value may be missing, partial or several. What was not supplied but follows from the CURP (else, for the date, from the
RFC) is filled in and named in `derived`, so that nobody takes it for what the record says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tequio.kernel.identifiers import Curp, Rfc, parse_curp, parse_phone, parse_plate, parse_rfc, renapo_key
from tequio.kernel.identifiers.problems import squeeze
from tequio.kernel.text import fold
from tequio.people.domain.dates import PartialDate, parse_date
from tequio.people.domain.names import (
    LONGEST,
    Alias,
    Name,
    Supplied,
    is_name_like,
    parse_alias,
    read_text,
    split_name,
    unsplit_name,
)

_SEXES = {
    "H": "H",
    "HOMBRE": "H",
    "MASCULINO": "H",
    "MASC": "H",
    "VARON": "H",
    "MALE": "H",
    "M": "M",
    "MUJER": "M",
    "FEMENINO": "M",
    "FEM": "M",
    "F": "M",
    "FEMALE": "M",
    "X": "X",
    "NO BINARIO": "X",
    "NO BINARIA": "X",
}


def parse_sex(value: object) -> str | None:
    """H, M or X as in the CURP. A bare M is mujer: a source that writes M for masculino must say so in its mapping."""
    if value is None:
        return None
    text = str(value)
    return _SEXES.get(text) or _SEXES.get(fold(text[:40]))


def parse_age(value: object) -> int | None:
    """Whole years from 0 to 120, also from "35 años"; else None."""
    if isinstance(value, str):
        digits = fold(value[:20]).split(" ")[0]
        value = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 3 else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 120 else None


def _several(value: object) -> tuple[object, ...]:
    """One value or several, as a tuple; blank is none."""
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, (list, tuple, set, frozenset)):
        return tuple(v for v in value if v is not None and v != "")
    return (value,)


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None or isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class Subject:
    """One person as one record tells it. Build with `from_fields`; immutable, so safe to share between threads."""

    id: str | int | None = None
    names: tuple[Name, ...] = ()
    sex: str | None = None
    birth_dates: tuple[PartialDate, ...] = ()
    birth_state: str | None = None
    curps: tuple[Curp, ...] = ()
    rfcs: tuple[Rfc, ...] = ()
    aliases: tuple[Alias, ...] = ()
    phones: tuple[str, ...] = ()
    plates: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    age: int | None = None
    at: date | None = None
    derived: frozenset[str] = frozenset()

    @classmethod
    def from_fields(
        cls,
        *,
        id: object = None,
        given: object = None,
        paternal: object = None,
        maternal: object = None,
        full_name: object = None,
        names: Iterable[object] | None = (),
        sex: object = None,
        birth_date: object = None,
        birth_state: object = None,
        curp: object = None,
        rfc: object = None,
        aliases: object = (),
        phones: object = (),
        plates: object = (),
        documents: object = (),
        places: object = (),
        age: object = None,
        at: object = None,
    ) -> Subject:
        """Read the fields as found in the wild. Never raises: what cannot be read counts as missing. O(length).

        `documents`: numbers of passport, credential or licence; `places`: of residence, an INEGI code or a name.
        """
        curps = _curps(curp) if curp else ()
        rfcs = tuple([r for v in _several(rfc) if (r := parse_rfc(v)).usable]) if rfc else ()
        dates = _dates(birth_date)
        listed = _several(names) if names is None or isinstance(names, (str, bytes)) else tuple(names)
        known, nicknames = _read_names(given, paternal, maternal, (full_name, *listed), aliases)
        own_sex, state = parse_sex(sex), renapo_key(birth_state) if birth_state is not None else None
        derived: frozenset[str] = _NOTHING
        telling = _telling(curps) if curps else ()
        if telling:
            if own_sex is None and (told := _only({c.sex for c in telling})):
                own_sex, derived = told, derived | {"sex"}
            if state is None and (told := _only({c.state for c in telling})):
                state, derived = told, derived | {"birth_state"}
        if (curps or rfcs) and not any(d.day for d in dates):
            found = _dates_told(telling or rfcs, dates)
            if found:
                dates, derived = (*found, *dates), derived | {"birth_date"}
        return cls(
            id if isinstance(id, (int, str)) or id is None else str(id),
            known,
            own_sex,
            dates,
            state,
            curps,
            rfcs,
            nicknames,
            tuple(dict.fromkeys([k for v in _several(phones) if (k := parse_phone(v).key)])) if phones else (),
            tuple(dict.fromkeys([k for v in _several(plates) if (k := parse_plate(v).key)])) if plates else (),
            _documents(documents) if documents else (),
            tuple(dict.fromkeys([f for v in _several(places) if (f := fold(_text(v)[:80]))])) if places else (),
            parse_age(age) if age is not None else None,
            _day(at) if at is not None else None,
            derived,
        )

    @property
    def name(self) -> str:
        """First name as supplied, for display."""
        return self.names[0].text if self.names else ""

    @property
    def birth_date(self) -> PartialDate | None:
        return self.birth_dates[0] if self.birth_dates else None

    @property
    def curp(self) -> str | None:
        return self.curps[0].value if self.curps else None

    @property
    def rfc(self) -> str | None:
        return self.rfcs[0].value if self.rfcs else None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` gives back an equal subject."""
        return {
            "id": self.id,
            "names": [{**{k: list(getattr(n, k)) for k in _ROLES}, "supplied": list(n.supplied)} for n in self.names],
            "sex": self.sex,
            "birth_dates": [str(d) for d in self.birth_dates],
            "birth_state": self.birth_state,
            "curps": [c.value for c in self.curps],
            "rfcs": [r.value for r in self.rfcs],
            "aliases": [{"text": a.text, "tokens": list(a.tokens)} for a in self.aliases],
            "phones": list(self.phones),
            "plates": list(self.plates),
            "documents": list(self.documents),
            "places": list(self.places),
            "age": self.age,
            "at": self.at.isoformat() if self.at else None,
            "derived": sorted(self.derived),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Subject:
        """Rebuild a subject stored by `to_dict`. Raises KeyError on a mapping that is not one."""
        return cls(
            id=data["id"],
            names=tuple(Name(**{k: tuple(n[k]) for k in _ROLES}, supplied=Supplied(*n["supplied"])) for n in data["names"]),
            sex=data["sex"],
            birth_dates=tuple(d for text in data["birth_dates"] if (d := parse_date(text))),
            birth_state=data["birth_state"],
            curps=tuple(parse_curp(v) for v in data["curps"]),
            rfcs=tuple(parse_rfc(v) for v in data["rfcs"]),
            aliases=tuple(Alias(a["text"], tuple(a["tokens"])) for a in data["aliases"]),
            phones=tuple(data["phones"]),
            plates=tuple(data["plates"]),
            documents=tuple(data.get("documents", ())),
            places=tuple(data.get("places", ())),
            age=data["age"],
            at=date.fromisoformat(data["at"]) if data["at"] else None,
            derived=frozenset(data["derived"]),
        )


_ROLES = ("given", "paternal", "maternal", "unsplit", "married")
_NOTHING: frozenset[str] = frozenset()


_CURP_LENGTHS = range(15, 21)
_SHORTEST_DOCUMENT = 5


def _curps(value: object) -> tuple[Curp, ...]:
    """CURPs worth comparing: well formed, or near enough in length to be one with a mistyped character."""
    return tuple([c for v in _several(value) if (c := parse_curp(v)).usable or len(c.value) in _CURP_LENGTHS])


def _telling(curps: tuple[Curp, ...]) -> tuple[Curp, ...]:
    """The CURPs whose parts stand for fields that were not supplied: the valid ones, else those of the right shape."""
    return tuple([c for c in curps if c.valid]) or tuple([c for c in curps if c.usable])


def _only(values: set[str | None]) -> str | None:
    """The one value that all codes tell; None where they tell several, or none."""
    return next(iter(values)) if len(values) == 1 else None


def _dates_told(codes: tuple[Curp, ...] | tuple[Rfc, ...], dates: tuple[PartialDate, ...]) -> list[PartialDate]:
    """Birth dates that codes tell and that no supplied year denies."""
    told = dict.fromkeys([c.birth_date for c in codes if c.birth_date is not None])
    return [PartialDate(t.year, t.month, t.day) for t in told if not dates or any(d.year == t.year for d in dates)]


def _documents(value: object) -> tuple[str, ...]:
    """Document numbers without signs; one of fewer than five characters tells nobody apart."""
    return tuple(dict.fromkeys([n for v in _several(value) if len(n := squeeze(_text(v)[:40])) >= _SHORTEST_DOCUMENT]))


def _dates(value: object) -> tuple[PartialDate, ...]:
    if isinstance(value, (list, set, frozenset)) or type(value) is tuple:
        return tuple(dict.fromkeys([d for v in value if (d := parse_date(v))]))
    found = parse_date(value)
    return (found,) if found else ()


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    parsed = parse_date(value)
    return parsed.as_date() if parsed else None


def _read_names(
    given: object, paternal: object, maternal: object, full_names: tuple[object, ...], aliases: object
) -> tuple[tuple[Name, ...], tuple[Alias, ...]]:
    """All names and aliases of a record, without repeats, in the order supplied."""
    known: list[Name] = []
    nicknames: list[Alias] = []
    if given or paternal or maternal:
        heads, more = read_text(_text(given))
        nicknames += more
        if first := split_name(heads[0] if heads else "", _text(paternal)[:LONGEST], _text(maternal)[:LONGEST]):
            known.append(first)
        if len(heads) > 1:
            known += [n for text in heads[1:] if (n := unsplit_name(text))]
    for full in full_names:
        if full:
            texts, more = read_text(_text(full))
            nicknames += more
            known += [n for text in texts if (n := unsplit_name(text))]
    if aliases:
        for text in _several(aliases):
            nicknames += parse_alias(_text(text))
    if nicknames:
        known += [n for a in nicknames if is_name_like(a) and (n := unsplit_name(a.text))]
        nicknames = list(dict.fromkeys(nicknames))
    return tuple(known) if len(known) < 2 else tuple(dict.fromkeys(known)), tuple(nicknames)
