"""How much a person may search: so many an hour and a day, by dated parameters. Over it a search is refused, on the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import connection
from django.db.models import Max, Sum

from tequio.access.domain import Actor
from tequio.catalogs import selectors as catalogs
from tequio.kernel import clock
from tequio.kernel.errors import NotAllowed
from tequio.search.models import Spent

PER_HOUR, PER_DAY = "search.per_hour", "search.per_day"
_KEPT = timedelta(days=35)
"""Counts older than this are of no use."""


class BudgetSpent(NotAllowed):
    """The person has searched as much as the hour or the day admits."""

    code = "PRESUPUESTO_AGOTADO"
    status = 429


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has searched of what may be searched."""

    hour: int
    of_hour: int
    day: int
    of_day: int


@dataclass(frozen=True, slots=True)
class Exhausted:
    """A person who has searched all that the day, or an hour of it, admits."""

    username: str
    full_name: str
    day: int
    most_in_an_hour: int


def spend(actor: Actor) -> None:
    """Count one search of a person, in the caller's transaction: a search that fails is not counted. Raises BudgetSpent.

    Two statements. The row is held until the transaction ends, so that a person's searches of one hour wait for each other and
    none slips through. The system's own work has no budget.
    """
    if actor.is_system or actor.user_id is None:
        return
    now = clock.now()
    hour, midnight = _hour(now), _midnight(now)
    of_hour, of_day = limits(now)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_spent AS s (user_id, hour, searches) VALUES (%s, %s, 1) "
            "ON CONFLICT (user_id, hour) DO UPDATE SET searches = s.searches + 1 RETURNING searches",
            [actor.user_id, hour],
        )
        [in_hour] = cursor.fetchone()
    if in_hour == 1:
        Spent.objects.filter(user_id=actor.user_id, hour__lt=now - _KEPT).delete()
    in_day = Spent.objects.filter(user_id=actor.user_id, hour__gte=midnight).aggregate(all=Sum("searches"))["all"]
    if in_hour > of_hour:
        raise _refusal(of_hour, "esta hora", (hour + timedelta(hours=1)).astimezone(clock.MEXICO).strftime("a las %H:%M"))
    if in_day > of_day:
        raise _refusal(of_day, "hoy", "mañana")


def standing(actor: Actor) -> Standing:
    """What the actor has searched so far. Three queries."""
    now = clock.now()
    of_hour, of_day = limits(now)
    if actor.user_id is None:
        return Standing(0, of_hour, 0, of_day)
    rows = dict(Spent.objects.filter(user_id=actor.user_id, hour__gte=_midnight(now)).values_list("hour", "searches"))
    return Standing(rows.get(_hour(now), 0), of_hour, sum(rows.values()), of_day)


def limits(now: datetime) -> tuple[int, int]:
    """(searches of an hour, of a day) in force. Two queries."""
    today = now.astimezone(clock.MEXICO).date()
    return int(catalogs.parameter(PER_HOUR, today)), int(catalogs.parameter(PER_DAY, today))


def exhausted(agency_id: int) -> list[Exhausted]:
    """People of an agency who have spent the day's budget, or that of an hour of today, most first. Three queries."""
    now = clock.now()
    of_hour, of_day = limits(now)
    rows = (
        Spent.objects.filter(user__agency_id=agency_id, hour__gte=_midnight(now))
        .values_list("user__username", "user__full_name")
        .annotate(day=Sum("searches"), most=Max("searches"))
        .order_by("-day")
    )
    return [Exhausted(*row) for row in rows if row[2] >= of_day or row[3] >= of_hour]


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def _midnight(now: datetime) -> datetime:
    """When the day of central Mexico began."""
    return datetime.combine(now.astimezone(clock.MEXICO).date(), time(), clock.MEXICO)


def _refusal(most: int, span: str, when: str) -> BudgetSpent:
    return BudgetSpent(
        f"Ya hizo las {most} consultas que se admiten {'en ' if span != 'hoy' else ''}{span}.",
        hint=f"Podrá consultar otra vez {when}. Si el caso no puede esperar, pídalo a su persona supervisora.",
    )
