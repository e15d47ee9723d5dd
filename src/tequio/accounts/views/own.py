"""The own account, the sessions that are open, and what somebody who cannot enter can do."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tequio.accounts import selectors, services
from tequio.accounts.adapters import AccountAdapter
from tequio.accounts.forms.entrance import NewPasswordForm, RecoverForm
from tequio.ui.web.acting import Asked, who
from tequio.ui.web.screens import screen
from tequio.ui.words import ROLES

UNPROCESSABLE = 422


@screen()
def own(request: Asked) -> HttpResponse:
    """Who one is here, and what one may do."""
    account = selectors.own_account(who(request))
    roles = ", ".join(str(ROLES[role]) for role in account.roles)
    return render(request, "accounts/own.html", {"account": account, "roles": roles})


@screen()
def sessions(request: Asked) -> HttpResponse:
    """The browsers that are in under the own name."""
    found = selectors.sessions(who(request))
    here = selectors.reference(request.session.session_key)
    return render(request, "accounts/sessions.html", {"sessions": found, "current": here})


@screen(methods=("POST",))
def close_session(request: Asked, reference: str) -> HttpResponse:
    """End one of them."""
    actor = who(request)
    services.close_own_session(actor=actor, session_key=selectors.session_key(actor, reference))
    messages.success(request, _("Sesión cerrada."))
    return redirect("accounts:sessions")


@screen(public=True, methods=("GET", "POST"))
def recover(request: Asked) -> HttpResponse:
    """What somebody who cannot enter can do; where there is mail, ask for a link. The answer never says whether it was sent."""
    form = RecoverForm(request.POST or None) if settings.EMAIL_HOST else None
    if request.method == "POST" and form is not None and form.is_valid():
        root = request.build_absolute_uri(reverse("accounts:set_password", kwargs={"secret": "-"}))
        services.mail_password_link(
            username=form.cleaned_data["username"],
            address=AccountAdapter(request).get_client_ip(request),
            url_of=root.removesuffix("-/"),
        )
        messages.info(request, _("Si la cuenta existe y tiene correo, ahí llega un enlace que sirve una vez."))
        return redirect("accounts:sign_in")
    return render(request, "accounts/recover.html", {"form": form}, status=UNPROCESSABLE if form and form.is_bound else 200)


@screen(public=True, methods=("GET", "POST"))
def set_password(request: Asked, secret: str) -> HttpResponse:
    """Set a password by a one-time link. Opening it spends nothing: who previews addresses must not use it up."""
    user = services.user_of_link(secret)
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        address = AccountAdapter(request).get_client_ip(request)
        services.set_password(secret=secret, password=form.cleaned_data["password1"], address=address)
        messages.success(request, _("Contraseña guardada. Entre con ella."))
        return redirect("accounts:sign_in")
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "accounts/set_password.html", {"form": form, "username": user.username}, status=status)
