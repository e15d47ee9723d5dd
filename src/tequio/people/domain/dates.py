"""Dates as found in files: whole, in part, with day and month in doubt. Nothing is completed by guess."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from tequio.kernel.text import fold

EARLIEST_YEAR, LATEST_YEAR = 1870, 2100
"""Years outside are noise in a date of birth."""

SHORT_YEAR_PIVOT = 30
"""Two-digit years below this are read as 20xx, the others as 19xx."""


class PartialDate(NamedTuple):
    """A date of which only the year need be known. `ambiguous`: day and month could also be the other way round."""

    year: int
    month: int | None = None
    day: int | None = None
    ambiguous: bool = False

    @property
    def whole(self) -> bool:
        return self.day is not None

    def as_date(self) -> date | None:
        """The calendar date, if whole."""
        return date(self.year, self.month, self.day) if self.month and self.day else None

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month:
            text += f"-{self.month:02d}"
        if self.day:
            text += f"-{self.day:02d}"
        return text + ("~" if self.ambiguous else "")


_MONTH_WORDS = "ENERO FEBRERO MARZO ABRIL MAYO JUNIO JULIO AGOSTO SEPTIEMBRE OCTUBRE NOVIEMBRE DICIEMBRE"
_MONTHS = {word[:3]: at for at, word in enumerate(_MONTH_WORDS.split(), 1)} | {
    "JAN": 1,
    "APR": 4,
    "AUG": 8,
    "DEC": 12,
    "SET": 9,
}
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/. ](\d{1,2}|[A-Z]{3,10}))?(?:[-/. ](\d{1,2}))?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2}|[A-Z]{3,10})[-/. ](\d{4}|\d{2})")
_TIME = re.compile(r"(?<=\d)[T ]\d{1,2}:\d{2}.*$")
_JOINING = re.compile(r"\s*\b(?:DE|DEL)\b\s*")


def _partial(year: int, month: int, day: int, ambiguous: bool = False) -> PartialDate | None:
    """Keep what is possible: a day that its month lacks is dropped, a month beyond 12 too."""
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    if not 1 <= month <= 12:
        return PartialDate(year)
    if not 1 <= day <= monthrange(year, month)[1]:
        return PartialDate(year, month)
    return PartialDate(year, month, day, ambiguous)


def _month(text: str | None) -> int:
    if not text:
        return 0
    return int(text) if text.isdecimal() else _MONTHS.get(text[:3], 0)


def _year(text: str) -> int:
    number = int(text)
    if len(text) == 4:
        return number
    return number + (2000 if number < SHORT_YEAR_PIVOT else 1900)


def _from_digits(text: str) -> PartialDate | None:
    if len(text) == 8:
        first = _partial(int(text[:4]), int(text[4:6]), int(text[6:]))
        return first or _day_first(int(text[:2]), int(text[2:4]), int(text[4:]))
    if len(text) == 6:
        return _partial(int(text[:4]), int(text[4:]), 0)
    return _partial(int(text), 0, 0) if len(text) == 4 else None


def _day_first(day: int, month: int, year: int, named: bool = False) -> PartialDate | None:
    """Mexican order. A "month" beyond 12 tells that the order is the other; both within 12 leaves a doubt."""
    if month > 12 >= day >= 1:
        return _partial(year, day, month)
    doubtful = not named and 1 <= day <= 12 and 1 <= month <= 12 and day != month
    return _partial(year, month, day, doubtful)


@lru_cache(maxsize=1 << 16)
def _from_text(text: str) -> PartialDate | None:
    if text.isascii() and text.isdecimal():
        return _from_digits(text)
    certain = not text.endswith("~")
    plain = _JOINING.sub("-", _TIME.sub("", text.strip().rstrip("~").upper()))
    plain = re.sub(r"[\s,]+", " ", plain).strip(" .")
    if not plain.isascii():
        plain = fold(plain)
    if match := _YEAR_FIRST.fullmatch(plain):
        return _partial(int(match[1]), _month(match[2]), int(match[3] or 0), ambiguous=not certain)
    if match := _YEAR_LAST.fullmatch(plain):
        return _day_first(int(match[1]), _month(match[2]), _year(match[3]), named=not match[2].isdecimal())
    return _from_digits(plain) if plain.isascii() and plain.isdecimal() else None


def parse_date(value: object) -> PartialDate | None:
    """Read a date of birth in any form seen so far; None if there is none in it. Never raises.

    "1978-02-00" keeps year and month; "03/04/1978" is 3 April, in doubt; 19780403, "3-ABR-78" and "1978" are read too.
    """
    if isinstance(value, str):
        return _from_text(value) if len(value) <= 40 else None
    if isinstance(value, (date, datetime)):
        return _partial(value.year, value.month, value.day)
    if isinstance(value, PartialDate):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**8:
        return _from_text(str(value))
    return None
