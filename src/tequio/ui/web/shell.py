"""What the base template shows around every page: who is in, for what, where they can go, and how they like to see it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.http import HttpRequest
from django.utils.functional import cached_property

from tequio.access.domain import Actor, Purpose
from tequio.institutions import selectors as institutions
from tequio.kernel import clock
from tequio.ui import words
from tequio.ui.web import navigation, screens
from tequio.ui.web import purpose as purposes
from tequio.ui.web.navigation import Shown

THEME_COOKIE: Final = "tequio_aspecto"
THEMES: Final = {"claro": "light", "oscuro": "dark"}
"""Value of the cookie, and of the page's `data-theme`. Any other value: as the device says."""


class Shell:
    """Read once per page, and only what the page shows."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.now: datetime = clock.now()
        self.theme = THEMES.get(request.COOKIES.get(THEME_COOKIE, ""), "")

    @property
    def actor(self) -> Actor | None:
        """Who is in."""
        found: Actor | None = getattr(self._request, "actor", None)
        return found

    @cached_property
    def person(self) -> str:
        """Full name, or the username if there is none."""
        return str(getattr(self._request.user, "full_name", "") or (self.actor.username if self.actor else ""))

    @cached_property
    def agency(self) -> str:
        """How the agency is called today, or its code. One query."""
        if self.actor is None:
            return ""
        names = institutions.agency_names_by_id([self.actor.agency_id], self.now.astimezone(clock.MEXICO).date())
        return names.get(self.actor.agency_id, self.actor.agency_code)

    @property
    def roles(self) -> str:
        """The roles held, as people read them."""
        return ", ".join(str(words.ROLES[role]) for role in sorted(self.actor.roles)) if self.actor else ""

    @cached_property
    def purpose(self) -> Purpose | None:
        """The purpose in force."""
        return purposes.current(self._request)

    @property
    def purpose_label(self) -> str:
        """The same, as people read it."""
        return str(words.PURPOSES[self.purpose.code]) if self.purpose else ""

    @property
    def states_purposes(self) -> bool:
        """Whether the person has any purpose to state."""
        return self.actor is not None and bool(purposes.offered(self.actor))

    @cached_property
    def entries(self) -> list[Shown]:
        """Where the person can go."""
        return navigation.of(self._request, self.actor) if self.actor else []

    @property
    def sign_in_url(self) -> str:
        """Where to sign in."""
        return screens.sign_in_url()

    @property
    def sign_out_url(self) -> str:
        """Where to leave."""
        return screens.sign_out_url()

    @property
    def here(self) -> str:
        """The page to come back to after changing the looks."""
        if self._states_purpose:
            return self.purpose_url
        return self._request.get_full_path() if self._request.method in {"GET", "HEAD"} else "/"

    @property
    def purpose_url(self) -> str:
        """Where to state or change the purpose, and come back."""
        return screens.purpose_url(screens.safe_next(self._request) if self._states_purpose else self.here)

    @property
    def _states_purpose(self) -> bool:
        match = self._request.resolver_match
        return match is not None and match.view_name == "ui:purpose"


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: `shell` in every template."""
    return {"shell": Shell(request)}
