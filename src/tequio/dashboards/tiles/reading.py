"""What the tiles of one page read, each thing once, already as it may be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np

from tequio.dashboards import selectors
from tequio.dashboards.domain.asking import FAULT, OFFENCE, UNTYPED, Period, Question
from tequio.dashboards.domain.disclosure import Counts, Mask
from tequio.dashboards.domain.figures import HIDDEN, Figure, Year, guarded, rough
from tequio.dashboards.selectors import Sums
from tequio.kernel import clock

Split = Callable[[Sums], Mapping[str, int]]
"""How one row of sums divides among the rows of a table."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A table of the period asked for. `figure(row, types)`: of a row, None for all of them."""

    rows: tuple[str, ...]
    figure: Callable[[str | None, tuple[str, ...]], Figure]


class Reader:
    """Reads for one question. `k`: people under which a figure is not told; `may_ask`: whether the viewer may open a page."""

    def __init__(self, question: Question, *, k: int, now: datetime, may_ask: Callable[[Question], bool]) -> None:
        self.question, self.k, self.now, self.may_ask = question, k, now, may_ask
        self._sums: dict[tuple[Question, str, bool], list[Sums]] = {}

    @cached_property
    def types(self) -> tuple[str, ...]:
        """Types of the question that may be told of: of a row that a wider page hides, none are. A span of days tells nothing
        of a row that one of its years hides."""
        asked = self.question.types
        for by, row, wider in self.question.wider():
            if wider.narrow:
                continue
            for period in self._calendars():
                year = self.year(wider.over(period), by, _by_key)
                asked = tuple(one for one in asked if one in year.counts and year.figure(row, period.month, (one,)) != HIDDEN)
        return asked

    def _calendars(self) -> list[Period]:
        """The year or the month asked for; of a span of days, the years that it touches."""
        period = self.question.period
        if period.calendar:
            return [period]
        return [Period.of_year(year) for year in range(period.first.year, period.last.year + 1)]

    @cached_property
    def today(self) -> date:
        """The day in central Mexico."""
        return self.now.astimezone(clock.MEXICO).date()

    @property
    def closed(self) -> bool:
        """Whether nothing may be told."""
        return not self.types

    def cells(self, by: str, split: Split | None = None) -> Cells:
        """The table by `by` (see `selectors.sums`), or by what `split` makes of each row."""
        divide = split or _by_key
        if self.question.exact:
            year, month = self.year(self.question, by, divide), self.question.period.month
            return Cells(year.rows, lambda row, types: year.figure(row, month, types))
        counts: dict[tuple[str | None, str], int] = {}
        for one in self.sums(self.question, by, monthly=False):
            for row, count in divide(one).items():
                for at in (row, None):
                    counts[at, one.record_type] = counts.get((at, one.record_type), 0) + count

        hidden = self._hidden(by, divide)

        def figure(row: str | None, types: tuple[str, ...]) -> Figure:
            if any((one not in self.types and one != UNTYPED) or (row, one) in hidden for one in types):
                return HIDDEN
            return rough(sum(counts.get((row, one), 0) for one in types), self.k)

        return Cells(tuple(sorted({row for row, _type in counts if row is not None})), figure)

    def _hidden(self, by: str, divide: Split) -> set[tuple[str | None, str]]:
        """(row, type) of what the years of a span of days hide of a whole place."""
        if self.question.narrow or not by:
            return set()
        years = [self.year(self.question.over(period), by, divide) for period in self._calendars()]
        return {
            (row, one) for year in years for row in year.rows for one in year.counts if year.figure(row, None, (one,)) == HIDDEN
        }

    def year(self, question: Question, by: str, divide: Split) -> Year:
        """The whole year of an exact question, by row, month and type."""
        whole = question.over(question.period.year)
        rows: dict[str, int] = {}
        cells: list[tuple[str, int, str, int]] = []
        for one in self.sums(whole, by):
            for row, count in divide(one).items():
                rows.setdefault(row, 0)
                cells.append((row, one.month.month - 1, one.record_type, count))
        names = tuple(sorted(rows))
        place = {name: at for at, name in enumerate(names)}
        counts: dict[str, Counts] = {FAULT: _blank(names), OFFENCE: _blank(names)}
        for row, month, record_type, count in cells:
            counts.setdefault(record_type, _blank(names))[place[row], month] += count
        return guarded(names, counts, self.k, self.spines(whole))

    def spines(self, whole: Question) -> dict[str, Mask] | None:
        """What is hidden of the totals of a place in a year: of a state, what the nation's table by state hides of it. Of the
        nation, None: what its own months say."""
        if not whole.state:
            return None
        nation = Question(whole.period, record_type=whole.record_type)
        return self.year(nation, "place", _by_key).spine(whole.state)

    def sums(self, question: Question, by: str, *, monthly: bool = True) -> list[Sums]:
        """Read once for each page."""
        key = (question, by, monthly)
        if key not in self._sums:
            self._sums[key] = selectors.sums(question, by, monthly=monthly)
        return self._sums[key]


def _by_key(one: Sums) -> dict[str, int]:
    return {one.key: one.n}


def _blank(names: tuple[str, ...]) -> Counts:
    return np.zeros((len(names), 12), dtype=np.int64)
