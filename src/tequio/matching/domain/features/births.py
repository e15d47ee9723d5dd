"""Birth date, and the age that stands in for it.

Weights are log2 of how often a pair of records of one person looks so, over how often two strangers do: some 22,000 birth
dates are in use, a slip touches one pair of records in thirty, day and month are exchanged in one of seventy.
"""

from __future__ import annotations

from typing import Any

from tequio.matching.domain.compiled import inlined
from tequio.matching.domain.features.base import Feature, Level, Place, put, put_absent
from tequio.matching.domain.model import Weight
from tequio.matching.domain.packing import DOUBTFUL, MOST_DATES, YEARS, Part
from tequio.people.domain import Subject

FAR_YEARS, FAR_AGE_YEARS = 5, 10
YEARS_APART = 1
_MONTH_ENDS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DATE_MASK = DOUBTFUL - 1


@inlined
def _year(word: int) -> int:
    return (word & _DATE_MASK) >> 9


@inlined
def _is_next_day(a: int, b: int) -> bool:
    """Whether date b is the day after date a."""
    year, month, day = _year(a), (a >> 5) & 15, a & 31
    last = _MONTH_ENDS[month] + (month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    if day < last:
        return b == a + 1
    if month < 12:
        return b == (year << 9 | (month + 1) << 5 | 1)
    return b == ((year + 1) << 9 | 1 << 5 | 1)


@inlined
def _two_digits_apart(a: int, b: int) -> int:
    return (a // 10 != b // 10) + (a % 10 != b % 10)


@inlined
def _digits_apart(a: int, b: int) -> int:
    """How many of the eight digits of two dates differ."""
    years = _two_digits_apart(_year(a) // 100, _year(b) // 100) + _two_digits_apart(_year(a) % 100, _year(b) % 100)
    return years + _two_digits_apart((a >> 5) & 15, (b >> 5) & 15) + _two_digits_apart(a & 31, b & 31)


@inlined
def _whole_pair(one: int, other: int) -> tuple[Weight, Level]:
    """Two whole dates."""
    a, b = one & _DATE_MASK, other & _DATE_MASK
    doubtful = ((one | other) & DOUBTFUL) != 0
    if a == b:
        if (a & 511) == (1 << 5 | 1):  # the first of January: written where none is known
            return Weight.SAME_FIRST_OF_JANUARY, Level.EQUAL
        return Weight.SAME_DATE_DOUBTFUL if doubtful else Weight.SAME_DATE, Level.EQUAL
    month, day = (a >> 5) & 15, a & 31
    if day <= 12 and b == (_year(a) << 9 | day << 5 | month):
        return Weight.SAME_DATE_DOUBTFUL if doubtful else Weight.SWAPPED_DATE, Level.NEAR
    if _is_next_day(a, b) or _is_next_day(b, a):
        return Weight.NEXT_DAY, Level.NEAR
    years, digits = abs(_year(a) - _year(b)), _digits_apart(a, b)
    if (a & 511) == (b & 511) and (years in (1, 10) or digits == 1):
        return Weight.SAME_DAY_OTHER_YEAR, Level.NEAR
    months = abs(month - ((b >> 5) & 15))
    if years == 0 and (digits == 1 or (day == (b & 31) and months in (1, 11))):
        return Weight.ONE_DIGIT, Level.NEAR
    if years == 0:
        return (Weight.SAME_MONTH, Level.PARTIAL) if months == 0 else (Weight.SAME_YEAR, Level.DIFFERENT)
    return _by_year(years, Weight.YEAR_OFF_BY_ONE, Level.DIFFERENT)


@inlined
def _by_year(years: int, off_by_one: Weight, level: Level) -> tuple[Weight, Level]:
    if years == 1:
        return off_by_one, level
    return Weight.YEARS_APART if years < FAR_YEARS else Weight.FAR_APART, Level.CONTRADICTS


@inlined
def date_pair(one: int, other: int) -> tuple[Weight, Level]:
    """Two dates, whole or in part."""
    if (one & 31) != 0 and (other & 31) != 0:
        return _whole_pair(one, other)
    years = abs(_year(one) - _year(other))
    if years != 0:
        return _by_year(years, Weight.YEAR_OFF_BY_ONE_ONLY_YEAR, Level.NEAR)
    month, other_month = (one >> 5) & 15, (other >> 5) & 15
    if month != 0 and other_month != 0:
        return (Weight.SAME_MONTH_NO_DAY, Level.PARTIAL) if month == other_month else (Weight.SAME_YEAR, Level.DIFFERENT)
    return Weight.SAME_YEAR_ONLY_YEAR, Level.PARTIAL


@inlined
def weigh(a: Any, sections_a: Any, b: Any, sections_b: Any, weights: Any, found: Any) -> None:
    """The pair of dates that agrees best: several dates are several claims, one of which may be true."""
    dates_a, dates_b = sections_a.count[Part.DATES], sections_b.count[Part.DATES]
    if dates_a == 0 or dates_b == 0:
        put_absent(found, Place.BIRTH_DATE, dates_a, dates_b)
        return
    best, best_weight, best_level = -(1 << 30), Weight.FAR_APART, Level.CONTRADICTS
    for i in range(dates_a):
        for j in range(dates_b):
            weight, level = date_pair(a.words[sections_a.at[Part.DATES] + i], b.words[sections_b.at[Part.DATES] + j])
            if weights[weight] > best or (weights[weight] == best and level < best_level):
                best, best_weight, best_level = weights[weight], weight, level
    put(found, Place.BIRTH_DATE, best, best_level)
    found.used[best_weight] += 1
    found.conflict[Place.BIRTH_DATE] = YEARS_APART if best_level == Level.CONTRADICTS else 0


@inlined
def weigh_age(a: Any, sections_a: Any, b: Any, sections_b: Any, weights: Any, found: Any) -> None:
    """Ages speak only where birth dates cannot: they are the same fact, and a stated age is often rounded."""
    left, right = sections_a.fixed[YEARS], sections_b.fixed[YEARS]
    dated_a, dated_b = sections_a.count[Part.DATES] > 0, sections_b.count[Part.DATES] > 0
    if left == 0 or right == 0 or (dated_a and dated_b):
        put_absent(found, Place.AGE, left != 0 and not dated_a, right != 0 and not dated_b)
        return
    gap = max(0, (left & 0xFFFF) - (right >> 16), (right & 0xFFFF) - (left >> 16))
    weight, level = Weight.OTHER_AGE, Level.DIFFERENT
    if gap == 0:
        weight, level = Weight.SAME_AGE, Level.EQUAL
    elif gap <= 2:
        weight, level = Weight.NEAR_AGE, Level.NEAR
    elif gap >= FAR_AGE_YEARS:
        weight, level = Weight.FAR_AGE, Level.CONTRADICTS
        found.conflict[Place.AGE] = 1
    put(found, Place.AGE, weights[weight], level)
    found.used[weight] += 1


def show(subject: Subject) -> str:
    """Dates as known, marked where they were derived."""
    text = " / ".join(str(d).rstrip("~") for d in subject.birth_dates[:MOST_DATES])
    return text + (" (deducida)" if "birth_date" in subject.derived else "")


def show_age(subject: Subject) -> str:
    """Age, and when it was told."""
    if subject.age is None:
        return ""
    return f"{subject.age} años" + (f" al {subject.at.isoformat()}" if subject.at else "")


BIRTH_DATE = Feature("fecha de nacimiento", show, identifying=True, conflicts=("fecha de nacimiento a años de distancia",))
AGE = Feature("edad", show_age, identifying=False, conflicts=("edad incompatible",))
