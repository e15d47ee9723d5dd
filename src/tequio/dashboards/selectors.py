"""Reads of the sums. What they return is whole: `tiles` decides what of it may be shown.

A whole month is a few rows of sums; days at the ends of a period come from the sums of days, or from the facts where a single
municipality is asked for. Facts need an open scope (`access.scoping.reach`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from tequio.dashboards.counting import EDGES
from tequio.dashboards.domain import histogram
from tequio.dashboards.domain.asking import Period, Question, Span
from tequio.dashboards.models import EVERY_AGENCY, EVERY_KIND, NATION, Fact, Grain, Interval, Shape, Study, Tally

MEASURES = ("n", "presented", "updated", "numbered", "linked", "open_arrests")


@dataclass(frozen=True, slots=True)
class Sums:
    """Detentions of one row of a table, in a month, of a type."""

    key: str
    month: date
    record_type: str
    n: int
    presented: int
    updated: int
    numbered: int
    linked: int
    open_arrests: int


def sums(question: Question, by: str = "", *, monthly: bool = True) -> list[Sums]:
    """Sums by type, by month unless not `monthly`, and by `by`: place (states, or the municipalities of the state asked for),
    agency, kind, or nothing. One query, and one for each end of the period that is no whole month."""
    fine = bool(question.municipality) or (by == "place" and bool(question.state))
    whole, rests = question.period.split()
    parts: list[tuple[str, dict[str, Any]]] = []
    values = _values(question) | {"begin": question.period.first}
    month = "date_trunc('month', {})::date" if monthly else "%(begin)s::date"
    if whole:
        grain = Grain.MUNICIPALITY_MONTH if fine else Grain.STATE_MONTH
        text = _tally(question, by, fine, "start" if monthly else month)
        parts.append((text, values | {"grain": grain.value, "first": whole[0], "last": whole[1]}))
    for first, last in rests:
        text = _facts(question, by, month.format("day")) if fine else _tally(question, by, fine, month.format("start"))
        parts.append((text, values | {"grain": Grain.STATE_DAY.value, "first": first, "last": last}))
    return _added(parts)


def by_day(question: Question) -> list[tuple[date, str, int]]:
    """(day, type, detentions). One query."""
    period, of_types = question.period, {"record_type__in": question.types}
    if question.municipality:
        rows = _of_facts(question, [(period.first, period.last)]).filter(**of_types)
        return list(rows.values_list("day", "record_type").annotate(n=Count("*")).order_by("day"))
    cells = Tally.objects.filter(grain=Grain.STATE_DAY, start__range=(period.first, period.last), **of_types)
    if question.state:
        cells = cells.filter(place=question.state)
    cells = _narrowed(cells, question)
    return list(cells.values_list("start", "record_type").annotate(n=Sum("n")).order_by("start"))


def shapes(question: Question) -> dict[tuple[date, str], histogram.Bins]:
    """Hours and times by (month, type). Two queries, or one for each end of the period; O(months x width)."""
    whole, rests = question.period.split()
    found: dict[tuple[date, str], histogram.Bins] = {}
    plain = not question.narrow
    spans = [(question.period.first, question.period.last)] if question.municipality else rests
    if whole and not question.municipality:
        cells = Shape.objects.filter(daily=False, start__range=whole, record_type__in=question.types)
        if plain:
            cells = cells.filter(state_code=question.state or NATION, agency=EVERY_AGENCY, kind=EVERY_KIND)
        else:
            cells = _narrowed(cells.exclude(agency=EVERY_AGENCY), question)
            cells = cells.filter(state_code=question.state) if question.state else cells
        _gather(found, cells)
    if spans and plain and not question.state:
        within = Q()
        for span in spans:
            within |= Q(start__range=span)
        _gather(found, Shape.objects.filter(within, daily=True, state_code=NATION, record_type__in=question.types))
    elif spans:
        _gather_facts(found, question, spans)
    return found


def young_arrests(question: Question, since: datetime) -> int:
    """Arrests without an end recorded whose presentation is later than `since`. One query; index on their beginning."""
    period = question.period
    rows = Fact.objects.filter(open_arrest_since__gte=since, day__range=(period.first, period.last))
    return _of_place(_narrowed(rows, question, facts=True), question).count()


def intervals(study: Study, state: str, period: Period) -> tuple[dict[int, int], dict[date, int]]:
    """People who began in the months of the period: ({days until it happened: people}, {day of beginning: people to whom it
    has not}). Two queries.
    """
    months = period.months()
    last = Period.of_month(months[-1].year, months[-1].month).last
    rows = Interval.objects.filter(study=study, state_code=state or NATION, start__range=(months[0], last))
    happened = rows.filter(days__gt=0).values_list("days").annotate(people=Sum("n"))
    waiting = rows.filter(days=-1).values_list("start").annotate(people=Sum("n"))
    return dict(happened), dict(waiting)


def years() -> tuple[int, int] | None:
    """First and last year with a detention counted; None if there is none. One query on an index."""
    found = Tally.objects.filter(grain=Grain.STATE_MONTH).aggregate(first=Min("start"), last=Max("start"))
    return (found["first"].year, found["last"].year) if found["first"] else None


def agencies(state: str) -> list[int]:
    """Institutions with detentions counted in the state, or in any. One query."""
    rows = Tally.objects.filter(grain=Grain.STATE_MONTH)
    if state:
        rows = rows.filter(place=state)
    return sorted(rows.values_list("agency", flat=True).distinct())


def _values(question: Question) -> dict[str, Any]:
    return {
        "state": question.state,
        "low": f"{question.state}000",
        "high": f"{question.state}999",
        "municipality": question.municipality,
        "types": list(question.types),
        "kind": question.kind,
        "agency": question.agency,
    }


def _conditions(question: Question, agency: str) -> str:
    text = " AND record_type = ANY(%(types)s)"
    text += " AND kind = %(kind)s" if question.kind else ""
    return text + (f" AND {agency} = %(agency)s" if question.agency else "")


def _tally(question: Question, by: str, fine: bool, month: str) -> str:
    key = {"": "''", "place": "place", "agency": "agency::text", "kind": "kind"}[by]
    place = ""
    if question.municipality:
        place = " AND place = %(municipality)s"
    elif question.state:
        place = " AND place BETWEEN %(low)s AND %(high)s" if fine else " AND place = %(state)s"
    added = ", ".join(f"sum({name})" for name in MEASURES)
    return f"""SELECT {key} AS key, {month} AS month, record_type, {added} FROM dashboards_tally
        WHERE grain = %(grain)s AND start BETWEEN %(first)s AND %(last)s{place}{_conditions(question, "agency")}
        GROUP BY 1, 2, 3"""


def _facts(question: Question, by: str, month: str) -> str:
    key = {"": "''", "place": "municipality_code", "agency": "agency_id::text", "kind": "kind"}[by]
    place = "municipality_code = %(municipality)s" if question.municipality else "state_code = %(state)s"
    yes = ("presented", "updated", "numbered", "person IS NOT NULL", "open_arrest_since IS NOT NULL")
    added = ", ".join(f"count(*) FILTER (WHERE {what})" for what in yes)
    return f"""SELECT {key} AS key, {month} AS month, record_type, count(*), {added} FROM dashboards_fact
        WHERE {place} AND day BETWEEN %(first)s AND %(last)s{_conditions(question, "agency_id")} GROUP BY 1, 2, 3"""


def _added(parts: Iterable[tuple[str, dict[str, Any]]]) -> list[Sums]:
    found: dict[tuple[str, date, str], list[int]] = {}
    with connection.cursor() as cursor:
        for text, values in parts:
            cursor.execute(text, values)
            for key, month, record_type, *counts in cursor.fetchall():
                row = found.setdefault((key, month, record_type), [0] * len(MEASURES))
                for at, count in enumerate(counts):
                    row[at] += int(count)
    return [Sums(*key, *counts) for key, counts in sorted(found.items())]


def _narrowed(rows: QuerySet[Any], question: Question, *, facts: bool = False) -> QuerySet[Any]:
    """Of the kind and the institution asked for."""
    if question.kind:
        rows = rows.filter(kind=question.kind)
    if question.agency:
        rows = rows.filter(**{"agency_id" if facts else "agency": question.agency})
    return rows


def _of_place(rows: QuerySet[Any], question: Question) -> QuerySet[Any]:
    if question.municipality:
        return rows.filter(municipality_code=question.municipality)
    return rows.filter(state_code=question.state) if question.state else rows


def _of_facts(question: Question, spans: list[Span]) -> QuerySet[Fact]:
    within = Q()
    for span in spans:
        within |= Q(day__range=span)
    return _of_place(_narrowed(Fact.objects.filter(within), question, facts=True), question)


def _gather(found: dict[tuple[date, str], histogram.Bins], cells: QuerySet[Shape]) -> None:
    for start, record_type, bins in cells.values_list("start", "record_type", "bins"):
        _add(found, start, record_type, histogram.unpacked(bins))


_SLOTS = f"""
SELECT month, record_type, array_agg(slot), array_agg(n) FROM (
    SELECT date_trunc('month', f.day)::date AS month, f.record_type, v.slot, count(*) AS n
    FROM ({{facts}}) AS f CROSS JOIN LATERAL (VALUES
        ((extract(isodow FROM f.day)::int - 1) * {histogram.HOURS} + coalesce(f.hour, {histogram.HOURS - 1})),
        ({histogram.RECORD.start} + width_bucket(f.record_minutes, %s::int[]) - 1),
        ({histogram.PRESENTATION.start} + width_bucket(f.presentation_minutes, %s::int[]) - 1)
    ) AS v(slot) WHERE v.slot IS NOT NULL GROUP BY 1, 2, 3
) AS counted GROUP BY 1, 2
"""


def _gather_facts(found: dict[tuple[date, str], histogram.Bins], question: Question, spans: list[Span]) -> None:
    facts = _of_facts(question, spans).filter(record_type__in=question.types)
    columns = facts.values("day", "record_type", "hour", "record_minutes", "presentation_minutes")
    text, values = columns.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_SLOTS.format(facts=text), [*values, EDGES, EDGES])
        for month, record_type, slots, counts in cursor.fetchall():
            bins = histogram.empty()
            bins[slots] = counts
            _add(found, month, record_type, bins)


def _add(found: dict[tuple[date, str], histogram.Bins], start: date, record_type: str, bins: histogram.Bins) -> None:
    key = (start.replace(day=1), record_type)
    found[key] = found[key] + bins if key in found else bins
