"""What a viewer asks of the dashboard: a period, a place and the filters in force."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

FAULT, OFFENCE, UNTYPED = "F", "H", ""
TYPES = (FAULT, OFFENCE, UNTYPED)
"""Letters of the type of a record: administrative fault, probable offence, neither."""
LONGEST_DAILY = 92
"""Days that are shown one by one; a longer period goes by months."""

Span = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar year, one of its months, or any span of days."""

    first: date
    last: date

    @classmethod
    def of_year(cls, year: int) -> Period:
        """The whole year."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def of_month(cls, year: int, month: int) -> Period:
        """The whole month."""
        return cls(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))

    @property
    def month(self) -> int | None:
        """The month that the period is, 1 to 12; None if it is not a month."""
        return self.first.month if self == Period.of_month(self.first.year, self.first.month) else None

    @property
    def calendar(self) -> bool:
        """Whether it is a whole year or a whole month. Only of those are figures told to the unit: spans of days that overlap
        could be subtracted from each other."""
        return self.month is not None or self == Period.of_year(self.first.year)

    @property
    def year(self) -> Period:
        """The year in which it begins."""
        return Period.of_year(self.first.year)

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.last - self.first).days + 1

    @property
    def daily(self) -> bool:
        """Whether it is shown day by day."""
        return self.days <= LONGEST_DAILY

    def months(self) -> list[date]:
        """First days of the months that it touches."""
        found, at = [], self.first.replace(day=1)
        while at <= self.last:
            found.append(at)
            at = (at + timedelta(days=32)).replace(day=1)
        return found

    def split(self) -> tuple[Span | None, list[Span]]:
        """The first days of its first and last whole month, if it has any, and the spans of days that are left."""
        first = self.first if self.first.day == 1 else (self.first.replace(day=1) + timedelta(days=32)).replace(day=1)
        after = self.last + timedelta(days=1)
        end = after.replace(day=1)
        if first >= end:
            return None, [(self.first, self.last)]
        rests = [(self.first, first - timedelta(days=1)), (end, self.last)]
        return (first, (end - timedelta(days=1)).replace(day=1)), [span for span in rests if span[0] <= span[1]]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. Empty: not filtered by."""

    period: Period
    state: str = ""
    """INEGI code; empty for the whole nation."""
    municipality: str = ""
    """Five digits, of the state."""
    record_type: str = ""
    """`FAULT`, `OFFENCE`, or empty for both."""
    kind: str = ""
    agency: int = 0

    @property
    def narrow(self) -> bool:
        """Whether it goes below a state: one municipality, one institution or one kind of detention."""
        return bool(self.municipality or self.kind or self.agency)

    @property
    def exact(self) -> bool:
        """Whether its figures are told to the unit, those that may be; otherwise they are rounded."""
        return self.period.calendar and not self.narrow

    @property
    def types(self) -> tuple[str, ...]:
        """Types that it takes in."""
        return (self.record_type,) if self.record_type else TYPES

    def over(self, period: Period) -> Question:
        """The same of another period."""
        return replace(self, period=period)

    def wider(self) -> list[tuple[str, str, Question]]:
        """Each question of which this is one row: (by what it was opened, which row, the question)."""
        above = [
            ("place", self.municipality, replace(self, municipality="")),
            ("kind", self.kind, replace(self, kind="")),
            ("agency", str(self.agency) if self.agency else "", replace(self, agency=0)),
        ]
        return [one for one in above if one[1]]
