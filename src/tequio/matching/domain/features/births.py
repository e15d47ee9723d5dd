"""Birth date, and the age that stands in for it.

Weights are log2 of how often a pair of records of one person looks so, over how often two strangers do: some 22,000 birth
dates are in use, a slip touches one pair of records in thirty, day and month are exchanged in one of seventy.
"""

from __future__ import annotations

from datetime import date

from tequio.matching.domain.features.base import CONTRADICTS, DIFFERENT, EQUAL, NEAR, PARTIAL, Feature, Finding, absent
from tequio.matching.domain.rarity import Context
from tequio.people.domain import PartialDate, Subject

SAME_DATE, SAME_DATE_DOUBTFUL, SAME_FIRST_OF_JANUARY = 1350, 1250, 1000
SWAPPED, NEXT_DAY, SAME_DAY_OTHER_YEAR, ONE_DIGIT = 800, 600, 500, 450
SAME_MONTH, SAME_MONTH_NO_DAY, SAME_YEAR, SAME_YEAR_ONLY_YEAR = 100, 850, -100, 500
YEAR_OFF_BY_ONE, YEAR_OFF_BY_ONE_ONLY_YEAR, YEARS_APART, FAR_APART = -300, 50, -800, -1000
FAR_YEARS = 5
_MOST_DATES = 4

_APART = Finding(CONTRADICTS, YEARS_APART, "fecha de nacimiento a años de distancia")
_FAR = Finding(CONTRADICTS, FAR_APART, "fecha de nacimiento a años de distancia")


def _swap(d: PartialDate) -> PartialDate | None:
    if d.month and d.day and d.day <= 12 and d.day != d.month:
        return PartialDate(d.year, d.day, d.month)
    return None


def _digits_apart(a: PartialDate, b: PartialDate) -> int:
    left = f"{a.year:04d}{a.month:02d}{a.day:02d}"
    right = f"{b.year:04d}{b.month:02d}{b.day:02d}"
    return sum(x != y for x, y in zip(left, right, strict=True))


def _whole_pair(a: PartialDate, b: PartialDate) -> Finding:
    """Two whole dates."""
    if a[:3] == b[:3]:
        if a.month == 1 and a.day == 1:  # the date written when none is known
            return Finding(EQUAL, SAME_FIRST_OF_JANUARY)
        return Finding(EQUAL, SAME_DATE_DOUBTFUL if a.ambiguous or b.ambiguous else SAME_DATE)
    swapped = _swap(a)
    if swapped is not None and swapped[:3] == b[:3]:
        return Finding(NEAR, SAME_DATE_DOUBTFUL if a.ambiguous or b.ambiguous else SWAPPED)
    left, right = a.as_date() or date.min, b.as_date() or date.min
    if abs((left - right).days) == 1:
        return Finding(NEAR, NEXT_DAY)
    years = abs(a.year - b.year)
    if (a.month, a.day) == (b.month, b.day) and (years in {1, 10} or _digits_apart(a, b) == 1):
        return Finding(NEAR, SAME_DAY_OTHER_YEAR)
    if years == 0 and (_digits_apart(a, b) == 1 or (a.day == b.day and abs((a.month or 0) - (b.month or 0)) in {1, 11})):
        return Finding(NEAR, ONE_DIGIT)
    return _by_year(years, SAME_MONTH if a.month == b.month else SAME_YEAR, YEAR_OFF_BY_ONE)


def _by_year(years: int, same: int, off_by_one: int) -> Finding:
    if years == 0:
        return Finding(PARTIAL if same > 0 else DIFFERENT, same)
    if years == 1:
        return Finding(NEAR if off_by_one > 0 else DIFFERENT, off_by_one)
    return _APART if years < FAR_YEARS else _FAR


def weigh_dates(a: PartialDate, b: PartialDate) -> Finding:
    """Two dates, whole or in part."""
    if a.day and b.day:
        return _whole_pair(a, b)
    years = abs(a.year - b.year)
    if years == 0 and a.month and b.month:
        return Finding(PARTIAL, SAME_MONTH_NO_DAY) if a.month == b.month else Finding(DIFFERENT, SAME_YEAR)
    return _by_year(years, SAME_YEAR_ONLY_YEAR, YEAR_OFF_BY_ONE_ONLY_YEAR)


def weigh(a: Subject, b: Subject, _context: Context) -> Finding:
    """The pair of dates that agrees best: several dates are several claims, one of which may be true."""
    if not a.birth_dates or not b.birth_dates:
        return absent(a.birth_dates, b.birth_dates)
    if len(a.birth_dates) == 1 and len(b.birth_dates) == 1:
        return weigh_dates(a.birth_dates[0], b.birth_dates[0])
    findings = [weigh_dates(x, y) for x in a.birth_dates[:_MOST_DATES] for y in b.birth_dates[:_MOST_DATES]]
    return max(findings, key=lambda f: (f.centibits, f.level))


def show(subject: Subject) -> str:
    """Dates as known, marked where they were derived."""
    text = " / ".join(str(d).rstrip("~") for d in subject.birth_dates[:_MOST_DATES])
    return text + (" (deducida)" if "birth_date" in subject.derived else "")


SAME_AGE, NEAR_AGE, OTHER_AGE, FAR_AGE = 350, 150, -150, -500
FAR_AGE_YEARS = 10


def _birth_years(subject: Subject) -> tuple[int, int] | None:
    """Earliest and latest birth year that date or age admit."""
    if subject.birth_dates:
        years = [d.year for d in subject.birth_dates[:_MOST_DATES]]
        return min(years), max(years)
    if subject.age is not None and subject.at is not None:
        return subject.at.year - subject.age - 1, subject.at.year - subject.age
    return None


def weigh_age(a: Subject, b: Subject, _context: Context) -> Finding:
    """Ages speak only where birth dates cannot: they are the same fact, and a stated age is often rounded."""
    left, right = _birth_years(a), _birth_years(b)
    if left is None or right is None or (a.birth_dates and b.birth_dates):
        return absent(a.age is not None, b.age is not None)
    gap = max(0, left[0] - right[1], right[0] - left[1])
    if gap == 0:
        return Finding(EQUAL, SAME_AGE)
    if gap <= 2:
        return Finding(NEAR, NEAR_AGE)
    if gap < FAR_AGE_YEARS:
        return Finding(DIFFERENT, OTHER_AGE)
    return Finding(CONTRADICTS, FAR_AGE, "edad incompatible")


def show_age(subject: Subject) -> str:
    """Age, and when it was told."""
    if subject.age is None:
        return ""
    return f"{subject.age} años" + (f" al {subject.at.isoformat()}" if subject.at else "")


BIRTH_DATE = Feature("fecha de nacimiento", weigh, show, identifying=True)
AGE = Feature("edad", weigh_age, show_age, identifying=False)
