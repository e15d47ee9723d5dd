"""How things are written for people: days and moments of central Mexico, figures with a comma for thousands, time left."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from tequio.kernel import clock
from tequio.ui.values import Lacking


def day(value: date) -> str:
    """dd/mm/aaaa; of a moment, the day that it was in central Mexico."""
    shown = value.astimezone(clock.MEXICO) if isinstance(value, datetime) else value
    return f"{shown.day:02}/{shown.month:02}/{shown.year:04}"


def instant(value: datetime) -> str:
    """dd/mm/aaaa HH:MM in central Mexico."""
    shown = value.astimezone(clock.MEXICO)
    return f"{day(value)} {shown.hour:02}:{shown.minute:02}"


def number(value: float) -> str:
    """Comma for thousands; at most two decimals of a figure that has any."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def span(length: timedelta) -> str:
    """Its two largest units: «2 días 3 h», «1 h 5 min», «4 min». Less than a minute: «menos de 1 min»."""
    minutes = int(abs(length).total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        said = _("1 día") if days == 1 else _("{n} días").format(n=number(days))
        return f"{said} {hours} h" if hours else said
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else _("menos de 1 min")


def plain(value: object) -> str:
    """Any value of a cell, as text."""
    if value is None or value == "":
        return Lacking.NO_INFORMATION.label
    if isinstance(value, Lacking):
        return value.label
    if isinstance(value, bool):
        return _("sí") if value else _("no")
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int | float):
        return number(value)
    return str(value)
