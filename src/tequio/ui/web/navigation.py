"""The entries of the side navigation. Rooms add theirs in `config/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from tequio.access.domain import Actor, Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to go. Shown to whoever has any of `permissions`; with none, to everybody signed in."""

    url_name: str
    label: str | Promise
    permissions: frozenset[Permission]
    order: int
    count: Callable[[Actor], int] | None = None
    """How many things wait there: one short query each time that a page is shown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as one page shows it to one person."""

    label: str
    url: str
    here: bool
    count: int | None


_entries: dict[str, Entry] = {}


def add(entry: Entry) -> None:
    """Add an entry. One of the same address replaces it."""
    _entries[entry.url_name] = entry


def of(request: HttpRequest, actor: Actor) -> list[Shown]:
    """The entries that the actor may use, in order. An address that does not exist is left out."""
    shown = []
    for entry in sorted(_entries.values(), key=lambda one: (one.order, one.url_name)):
        if entry.permissions and not entry.permissions & actor.permissions:
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        count = entry.count(actor) if entry.count else None
        shown.append(Shown(str(entry.label), url, _here(request, url), count))
    return shown


def _here(request: HttpRequest, url: str) -> bool:
    """Whether the page is that one, or below it."""
    return request.path == url or (url != "/" and request.path.startswith(url))
