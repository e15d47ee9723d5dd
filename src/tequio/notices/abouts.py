"""Where the thing that a notice is about can be seen. Rooms above add theirs in `config/wiring.py`: this one knows none."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.urls import reverse

from tequio.access.domain import Actor, Permission
from tequio.notices.domain import NoticeKind

_places: Final[dict[tuple[str, NoticeKind], tuple[str, Permission]]] = {}


def add(about_kind: str, kind: NoticeKind, url_name: str, permission: Permission) -> None:
    """Say which page shows the things of `about_kind`, for notices of `kind` only: whom the others tell may not see it."""
    _places[about_kind, kind] = (url_name, permission)


def url(actor: Actor, kind: NoticeKind, about_kind: str, about_id: UUID) -> str:
    """The page of the thing, or empty where the actor has none to see."""
    url_name, permission = _places.get((about_kind, kind), ("", None))
    return reverse(url_name, args=[about_id]) if permission in actor.permissions and url_name else ""
