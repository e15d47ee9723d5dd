"""Folios of the police world: número RND and the IPH's reference number. Parts are a reading; nothing is refused for them.

The RND number's 23 boxes `AA/BB/MMM/DDMMAAAA/NNNN` are an inference from a form (por confirmar), so only its length warns.
The IPH's 21 characters are `EDO2 INST2 GOB2 MPIO3 DDMMAAAA HHMM`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from tequio.kernel.identifiers.problems import Problem, squeeze

RND_SHAPE = Problem("RND_FORMA", "El número RND no tiene los 23 caracteres esperados. Se conserva como llegó; confírmelo.")
IPH_SHAPE = Problem("IPH_FORMA", "El número de referencia del IPH no tiene 21 caracteres. Se conserva como llegó; confírmelo.")
FOLIO_DATE = Problem("FOLIO_FECHA", "La fecha dentro del folio no existe.")

_RND = re.compile(r"(\w{2})(\w{2})(\w{3})(\d{8})(\d{4})", re.ASCII)
_IPH = re.compile(r"(\w{2})(\w{2})(\w{2})(\w{3})(\d{8})(\d{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Folio:
    """A folio, squeezed, with the parts that could be read (names in English) and the moment inside it, if any."""

    value: str
    problems: tuple[Problem, ...] = ()
    parts: dict[str, str] = field(default_factory=dict)
    at: datetime | None = None


def _moment(day: str, time: str) -> datetime | None:
    try:
        return datetime.strptime(day + time, "%d%m%Y%H%M")
    except ValueError:
        return None


def parse_numero_rnd(text: object) -> Folio:
    """Read an RND number with or without its slashes (19 or 23 characters)."""
    value = squeeze(text)
    match = _RND.fullmatch(value)
    if match is None:
        return Folio(value, (RND_SHAPE,))
    parts = dict(zip(("first", "second", "third", "date", "sequence"), match.groups(), strict=True))
    at = _moment(parts["date"], "0000")
    return Folio(value, () if at else (FOLIO_DATE,), parts, at)


def parse_iph(text: object) -> Folio:
    """Read an IPH reference number; `at` is local time as written on the form, without zone."""
    value = squeeze(text)
    match = _IPH.fullmatch(value)
    if match is None:
        return Folio(value, (IPH_SHAPE,))
    parts = dict(zip(("state", "institution", "government", "municipality", "date", "time"), match.groups(), strict=True))
    at = _moment(parts["date"], parts["time"])
    return Folio(value, () if at else (FOLIO_DATE,), parts, at)
