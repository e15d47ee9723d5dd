"""The entrance: the sign-in library's views on our addresses, with our templates and our mark."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as second
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount import views as federated
from allauth.socialaccount.adapter import get_adapter as providers
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.http import HttpResponse
from django.shortcuts import render

from tequio.accounts.drawing import squares
from tequio.ui.web.acting import Asked
from tequio.ui.web.screens import NEXT, screen

BOTH = ("GET", "POST")
FORBIDDEN = 403

anybody = screen(public=True, methods=BOTH)
"""Mark of what somebody who has not entered yet may open."""
signed_in = screen(methods=BOTH)
"""Mark of what everybody who has entered may do with the own account."""


class SignIn(account.LoginView):  # type: ignore[misc]
    """Name and password; then, for whoever has one, the second factor."""

    redirect_field_name = NEXT

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """With the identity providers that there are."""
        return super().get_context_data(**more) | {"providers": providers().list_providers(self.request)}  # type: ignore[no-any-return]


class SignOut(account.LogoutView):  # type: ignore[misc]
    """Ends the session."""

    redirect_field_name = NEXT


class EnrolCode(totp.ActivateTOTPView):  # type: ignore[misc]
    """Enrols an authenticator application. The first code proves it, so the session has used its second factor."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """With the code to scan, as squares that the template draws."""
        made: dict[str, Any] = super().get_context_data(**more)
        return made | squares(made["totp_url"])

    def form_valid(self, form: Any) -> HttpResponse:
        """Enrol, and remember that it was used."""
        response: HttpResponse = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp", reauthenticated=True)
        return response


class EnrolKey(keys.AddWebAuthnView):  # type: ignore[misc]
    """Enrols a passkey or security key. Making it proves that it is at hand."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """The library leaves out the form that was wrong; it stays in."""
        made: dict[str, Any] = super().get_context_data(**more)
        return made | more

    def form_valid(self, form: Any) -> HttpResponse:
        """Enrol, and remember that it was used."""
        response: HttpResponse = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="webauthn", reauthenticated=True)
        return response


@screen(public=True)
def not_linked(request: Asked) -> HttpResponse:
    """The identity provider knows the person, and no account here was linked to that name."""
    return render(request, "accounts/not_linked.html", status=FORBIDDEN)


sign_in, sign_out, inactive = anybody(SignIn.as_view()), anybody(SignOut.as_view()), anybody(account.account_inactive)
code, key_sign_in = anybody(second.authenticate), anybody(keys.login_webauthn)
provider, provider_back = anybody(oidc.login), anybody(oidc.callback)
provider_cancelled, provider_failed = anybody(federated.login_cancelled), anybody(federated.login_error)

confirm, confirm_code = signed_in(account.reauthenticate), signed_in(second.reauthenticate)
confirm_key = signed_in(keys.reauthenticate_webauthn)
change_password = signed_in(account.password_change)
second_factor = signed_in(second.index)
enrol_code, remove_code = signed_in(EnrolCode.as_view()), signed_in(totp.deactivate_totp)
enrol_key, list_keys = signed_in(EnrolKey.as_view()), signed_in(keys.list_webauthn)
remove_key, rename_key = signed_in(keys.remove_webauthn), signed_in(keys.edit_webauthn)
recovery_codes, new_recovery_codes = signed_in(recovery.view_recovery_codes), signed_in(recovery.generate_recovery_codes)
