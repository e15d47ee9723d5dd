"""What stands between a session and any page: the session's limits, and the second factor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from tequio.access.domain import Actor, needs_second_factor
from tequio.access.models import User
from tequio.accounts import services, sessions
from tequio.audit.domain import Action
from tequio.kernel import clock
from tequio.ui.web import htmx
from tequio.ui.web.screens import UNAUTHENTICATED

TOUCH_EVERY: Final = timedelta(seconds=60)
"""How often a session in use is written: its idle time is exact to this, always to the short side."""
GetResponse = Callable[[HttpRequest], HttpResponse]

WITHOUT_SECOND_FACTOR: Final = frozenset(
    {
        *("account_logout", "sign_out", "account_reauthenticate", "mfa_index", "second_factor", "mfa_activate_totp"),
        *("mfa_add_webauthn", "health", "language", "theme"),
    }
)
"""Names of addresses that a person who still has to enrol a second factor may use."""


class SessionLimits:
    """Ends a session that was idle too long, that is too old, or whose account no longer enters."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User):
            why = _over(request)
            if why:
                services.tell(user, Action.SESSION_EXPIRED, why=why)
                logout(request)
                messages.warning(request, gettext("Su sesión terminó. Entre de nuevo para seguir."))
            else:
                _touch(request)
        return self.get_response(request)


class SecondFactor:
    """Lets nobody whose roles need a second factor past its page, nor in with a session that skipped it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """Send away to enrol, or to enter again, before the view runs."""
        user = request.user
        if not isinstance(user, User) or _used(request, user):
            return None
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None or not needs_second_factor(actor.roles):
            return None
        if is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
            logout(request)
            return _send(request, reverse("accounts:sign_in"))
        match = request.resolver_match
        if match is not None and match.url_name in WITHOUT_SECOND_FACTOR:
            return None
        return _send(request, reverse("accounts:second_factor"))


def _over(request: HttpRequest) -> str:
    """Why the session is over, or nothing."""
    now = clock.now()
    opened, seen = sessions.moment(request.session, sessions.OPENED), sessions.moment(request.session, sessions.SEEN)
    if opened is None or seen is None:
        return "sin inicio"
    if now - opened >= timedelta(seconds=settings.SESSION_MOST_SECONDS):
        return "duración"
    return "inactividad" if now - seen >= timedelta(seconds=settings.SESSION_IDLE_SECONDS) else ""


def _touch(request: HttpRequest) -> None:
    seen = sessions.moment(request.session, sessions.SEEN)
    if seen is None or clock.now() - seen >= TOUCH_EVERY:
        request.session[sessions.SEEN] = clock.now().isoformat()


def _used(request: HttpRequest, user: User) -> bool:
    """Whether this session proved a second factor: at its start, or by enrolling one in it."""
    return any(one.get("method") == "mfa" for one in get_authentication_records(request, user))


def _send(request: HttpRequest, address: str) -> HttpResponse:
    """Send a browser there; a part of a page takes the whole page along."""
    return htmx.go_to(address, UNAUTHENTICATED) if htmx.asked_by(request) else HttpResponseRedirect(address)
