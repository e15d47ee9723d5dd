"""Subjects as bytes, some 200 each: so that an index can show what it found without keeping ten million objects alive."""

from __future__ import annotations

import marshal
from datetime import date

from tequio.kernel.identifiers import parse_curp, parse_rfc
from tequio.people.domain import Alias, Name, PartialDate, Subject, Supplied


def freeze(subject: Subject) -> bytes:
    """A subject as bytes; `thaw` gives back an equal one."""
    s = subject
    return marshal.dumps(
        (
            s.id,
            tuple([(*name[:5], tuple(name.supplied)) for name in s.names]),
            s.sex,
            tuple([tuple(born) for born in s.birth_dates]),
            s.birth_state,
            tuple([curp.value for curp in s.curps]),
            tuple([rfc.value for rfc in s.rfcs]),
            tuple([(alias.text, alias.tokens) for alias in s.aliases]),
            s.phones,
            s.plates,
            s.documents,
            s.places,
            s.age,
            s.at.toordinal() if s.at is not None else None,
            tuple(sorted(s.derived)) if s.derived else (),
        )
    )


def thaw(frozen: bytes) -> Subject:
    """The subject that was frozen. Only for bytes of `freeze` in this process: they are no format."""
    number, names, sex, dates, state, curps, rfcs, aliases, phones, plates, documents, places, age, at, derived = marshal.loads(  # noqa: S302
        frozen
    )
    return Subject(
        number,
        tuple(Name._make((*roles, Supplied(*supplied))) for *roles, supplied in names),
        sex,
        tuple(PartialDate(*parts) for parts in dates),
        state,
        tuple(parse_curp(value) for value in curps),
        tuple(parse_rfc(value) for value in rfcs),
        tuple(Alias(text, tokens) for text, tokens in aliases),
        phones,
        plates,
        documents,
        places,
        age,
        date.fromordinal(at) if at is not None else None,
        frozenset(derived),
    )
