"""When a target must be looked at again, and which registered target a new one may repeat. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from tequio.kernel.errors import Invalid


class DueKind(StrEnum):
    """What falls due."""

    VALIDATION = "validación"
    REVIEW = "revisión"
    VALIDITY = "fin de vigencia"


class ValidityTooLong(Invalid):
    """The validity asked for is longer than a target may be kept without being entered anew."""

    code = "VIGENCIA_EXCEDIDA"


@dataclass(frozen=True, slots=True)
class Terms:
    """Dated parameters of a target's calendar. Days and months; sources in `catalogs`."""

    first_from_days: int
    """Days after approval from which the first validation may be made."""
    review_years: int
    review_notice_months: int
    longest_days: int


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that falls due. `opens`: from which day it can be done; `on`: last day."""

    kind: DueKind
    opens: date
    on: date
    target: Any

    def overdue(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.on < today

    def open(self, today: date) -> bool:
        """Whether it can be done now."""
        return self.opens <= today


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of a shorter month."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def review_by(approved_on: date, terms: Terms) -> date:
    """Last day to review a target in full: so many years after it was approved."""
    return months_before(approved_on, -12 * terms.review_years)


def refuse_if_too_long(valid_to: date | None, today: date, terms: Terms) -> None:
    """Raises ValidityTooLong for an end beyond the longest validity."""
    last = today + timedelta(days=terms.longest_days)
    if valid_to is not None and valid_to > last:
        raise ValidityTooLong(
            f"La vigencia puede llegar hasta el {last:%d/%m/%Y}.",
            hint="Indique una fecha anterior; después se registra de nuevo.",
        )


def dues_of(
    target: Any, approved_on: date | None, validate_by: date | None, valid_to: date | None, first: bool, terms: Terms
) -> list[Due]:
    """What falls due of one active target. `first`: it has not been validated since it was approved."""
    found = []
    if validate_by is not None:
        opens = validate_by - timedelta(days=30)
        if first and approved_on is not None:
            opens = min(approved_on + timedelta(days=terms.first_from_days), validate_by)
        found.append(Due(DueKind.VALIDATION, opens, validate_by, target))
    if approved_on is not None:
        last = review_by(approved_on, terms)
        found.append(Due(DueKind.REVIEW, months_before(last, terms.review_notice_months), last, target))
    if valid_to is not None:
        found.append(Due(DueKind.VALIDITY, months_before(valid_to, terms.review_notice_months), valid_to, target))
    return found


def in_order(dues: Iterable[Due], until: date) -> list[Due]:
    """Those that fall due until a day, or are open by then, soonest first."""
    return sorted((due for due in dues if due.on <= until or due.opens <= until), key=lambda due: (due.on, due.kind))
