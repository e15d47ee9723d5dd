"""Formats and small parts for templates: `{% load tequio %}`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tequio.kernel import clock
from tequio.ui import formats
from tequio.ui.values import Badge, Lacking, Link, Masked

register = template.Library()


@register.filter
def instant(value: datetime | None) -> str:
    """`<time>` with dd/mm/aaaa HH:MM; «sin información» for none."""
    if value is None:
        return show(Lacking.NO_INFORMATION)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), formats.instant(value))


@register.filter
def day(value: date | None) -> str:
    """`<time>` with dd/mm/aaaa; «sin información» for none."""
    if value is None:
        return show(Lacking.NO_INFORMATION)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.day(value))


@register.filter
def number(value: float | None) -> str:
    """Comma for thousands; «sin información» for none."""
    return show(Lacking.NO_INFORMATION) if value is None else formats.number(value)


@register.filter
def show(value: object) -> SafeString | str:
    """Any value of a cell or a sheet. Text is escaped by whoever prints it; only what is built here is markup."""
    if value is None or value == "":
        value = Lacking.NO_INFORMATION
    if isinstance(value, Lacking):
        return format_html('<span class="lacking">{}</span>', value.label)
    if isinstance(value, Masked):
        why = f"{value.reason} {value.ask}".strip()
        return format_html('<span class="masked">{} <small>{}</small></span>', str(value), why)
    if isinstance(value, Badge):
        return format_html('<span class="badge {}">{}</span>', value.tone.value, value.text)
    if isinstance(value, Link):
        return format_html('<a href="{}">{}</a>', value.url, show(value.text))
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return day(value)
    return formats.plain(value)


@register.filter
def plain(value: object) -> str:
    """Any value, as text only."""
    return formats.plain(value)


@register.inclusion_tag("ui/parts/clock.html")
def clock_of(due: datetime | None, done_at: datetime | None = None) -> dict[str, Any]:
    """Time left until `due`, or by how much it is over; with `done_at`, whether it was done in time."""
    end = done_at or clock.now()
    late = due is not None and end > due
    return {"due": due, "done_at": done_at, "late": late, "span": formats.span(due - end) if due else ""}


@register.simple_tag(takes_context=True)
def nonce(context: dict[str, Any]) -> str:
    """The page's nonce, for an inline script or style that cannot be elsewhere. Using it puts it in the page's policy."""
    request: HttpRequest = context["request"]
    return str(request.csp_nonce)  # type: ignore[attr-defined]


@register.simple_tag
def bar(value: float, most: float, width: int = 100) -> int:
    """Length of a bar for `value` where `most` takes `width`, in whole units; at least 1 for what is not zero."""
    if most <= 0 or value <= 0:
        return 0
    return max(1, min(width, round(width * value / most)))


@register.simple_tag
def count_of(shown: int, total: int | None) -> str:
    """«1,204 resultados», «1 resultado», «Sin resultados»."""
    many = shown if total is None else total
    if not many:
        return _("Sin resultados")
    return _("1 resultado") if many == 1 else _("{n} resultados").format(n=formats.number(many))


@register.simple_tag
def swaps(table: Any, url: str) -> SafeString:
    """Attributes of a link that changes only the table; without JavaScript it opens the page."""
    return format_html(
        'href="{}" hx-get="{}" hx-target="#{}" hx-swap="outerHTML show:none" hx-push-url="true"', url, url, table.id
    )
