"""The own account: who one is here, the sessions that are open, the one-time link."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tequio.access import selectors as access
from tequio.accounts import selectors, services


@login_required
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Who one is here, and what one may do."""
    return render(request, "accounts/own.html", {"account": selectors.own_account(access.actor(request.user.get_username()))})


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """The browsers that are in under the own name."""
    found = selectors.sessions(access.actor(request.user.get_username()))
    return render(
        request, "accounts/sessions.html", {"sessions": found, "current": selectors.reference(request.session.session_key)}
    )


@login_required
@require_POST
def close_session(request: HttpRequest, reference: str) -> HttpResponse:
    """End one of them."""
    actor = access.actor(request.user.get_username())
    services.close_own_session(actor=actor, session_key=selectors.session_key(actor, reference))
    messages.success(request, _("Sesión cerrada."))
    return redirect("accounts:sessions")
