"""RFC, the tax key: 13 characters for a person, 12 for a company. Source: SAT's algorithm (modulo 11).

About 1.5 % of the RFC in use have a wrong digit, so a wrong digit is only a warning. A generic RFC is nobody's.
"""

from __future__ import annotations

import re
from datetime import date
from operator import mul
from typing import NamedTuple

from tequio.kernel.identifiers.problems import Problem, squeeze

_ALPHABET = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ")}
_WEIGHTS = range(13, 1, -1)
_SHAPE = re.compile(r"([A-ZÑ&]{3,4})(\d\d)(\d\d)(\d\d)([0-9A-Z]{3})?")

GENERIC_RFCS = frozenset({"XAXX010101000", "XEXX010101000"})
LATEST_SHORT_YEAR = 10
"""Two-digit years up to this one are 20xx: nobody alive was born earlier in the last century, and RFC holders are adults."""

SHAPE = Problem(
    "RFC_FORMA", "El RFC no tiene la forma oficial (13 caracteres la persona, 12 la empresa). Revise.", blocking=True
)
GENERIC = Problem("RFC_GENERICO", "Es un RFC genérico: no identifica a nadie. Déjelo en blanco.", blocking=True)
SHORT = Problem("RFC_SIN_HOMOCLAVE", "Al RFC le falta la homoclave.")
CHECK = Problem("RFC_DIGITO", "El último carácter del RFC no corresponde. Puede ser correcto: confírmelo con la constancia.")
DATE = Problem("RFC_FECHA", "La fecha dentro del RFC no existe.")


class Rfc(NamedTuple):
    """An RFC as read. `person` tells a person's from a company's; `homoclave` is empty where it was not supplied."""

    value: str
    problems: tuple[Problem, ...]
    person: bool = False
    letters: str = ""
    birth_date: date | None = None
    homoclave: str = ""

    @property
    def usable(self) -> bool:
        """May serve as a key: well formed and not generic."""
        return not self.problems or not any(p.blocking for p in self.problems)


def rfc_check_digit(first12: str) -> str:
    """Last character for the first twelve (a company's eleven take a leading space). KeyError outside the alphabet."""
    rest = sum(map(mul, map(_ALPHABET.__getitem__, first12.rjust(12)), _WEIGHTS)) % 11
    return "0A987654321"[rest]


def parse_rfc(text: object) -> Rfc:
    """Read an RFC with or without homoclave. Never raises. The century is a reading, see LATEST_SHORT_YEAR."""
    keeps_ampersand = isinstance(text, str) and "&" in text
    value = "".join(c for c in str(text).upper() if c.isalnum() or c == "&") if keeps_ampersand else squeeze(text)
    if value in GENERIC_RFCS:
        return Rfc(value, (GENERIC,))
    match = _SHAPE.fullmatch(value)
    if match is None:
        return Rfc(value, (SHAPE,))
    letters, year, month, day, homoclave = match.groups("")
    problems: list[Problem] = []
    born: date | None = None
    short = int(year)
    try:
        born = date((2000 if short <= LATEST_SHORT_YEAR else 1900) + short, int(month), int(day))
    except ValueError:
        problems.append(DATE)
    if not homoclave:
        problems.append(SHORT)
    elif rfc_check_digit(value[:-1]) != value[-1]:
        problems.append(CHECK)
    person = len(letters) == 4
    return Rfc(value, tuple(problems), person, letters, born if person else None, homoclave)
