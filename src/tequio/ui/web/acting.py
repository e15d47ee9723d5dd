"""Who asks: the signed-in person as an actor, on every request."""

from __future__ import annotations

from collections.abc import Callable

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse

from tequio.access import selectors as access
from tequio.access.domain import Actor
from tequio.access.selectors import UnknownUser
from tequio.kernel.errors import NotAllowed


class Asked(HttpRequest):
    """A request that has passed through `Acting`. Views take this type."""

    actor: Actor | None
    """The signed-in, active person with the roles in force now; None for anybody else."""
    actor_unknown: DatabaseError | None
    """Why nobody could tell who asks. A page that needs somebody raises it; one that needs nobody is still served."""


class Acting:
    """Sets `request.actor`. Two queries for who is signed in, none for who is not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Asked) -> HttpResponse:
        request.actor, request.actor_unknown = None, None
        try:
            request.actor = _read(request)
        except DatabaseError as error:
            request.actor_unknown = error
        return self.get_response(request)


def who(request: HttpRequest) -> Actor:
    """The actor of a view that admits only signed-in people. Raises NotAllowed if there is none."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise NotAllowed("No ha entrado al sistema.", hint="Entre con su cuenta y repita.")
    return actor


def _read(request: HttpRequest) -> Actor | None:
    user = request.user
    if not user.is_authenticated:
        return None
    try:
        return access.actor(user.get_username())
    except UnknownUser:  # suspended since it signed in
        return None
