"""The entrance: the sign-in library's views on our addresses, with our templates."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as second
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount.adapter import get_adapter as federated
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tequio.accounts.drawing import squares

NEXT = "siguiente"
"""Parameter with the page to go to after entering."""


class SignIn(account.LoginView):  # type: ignore[misc]
    """Name and password; then, for whoever has one, the second factor."""

    redirect_field_name = NEXT

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """With the identity providers that there are."""
        return super().get_context_data(**more) | {"providers": federated().list_providers(self.request)}


class SignOut(account.LogoutView):  # type: ignore[misc]
    """Ends the session."""

    redirect_field_name = NEXT


class EnrolCode(totp.ActivateTOTPView):  # type: ignore[misc]
    """Enrols an authenticator application. The first code proves it, so the session has used its second factor."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """With the code to scan, as squares that the template draws."""
        made = super().get_context_data(**more)
        return made | squares(made["totp_url"])

    def form_valid(self, form: Any) -> HttpResponse:
        """Enrol, and remember that it was used."""
        response: HttpResponse = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp", reauthenticated=True)
        return response


class EnrolKey(keys.AddWebAuthnView):  # type: ignore[misc]
    """Enrols a passkey or security key. Making it proves that it is at hand."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Enrol, and remember that it was used."""
        response: HttpResponse = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="webauthn", reauthenticated=True)
        return response


def not_linked(request: HttpRequest) -> HttpResponse:
    """The identity provider knows the person, and no account here was linked to that name."""
    return render(request, "accounts/not_linked.html", status=403)


def recover(request: HttpRequest) -> HttpResponse:
    """What somebody who cannot enter can do."""
    return render(request, "accounts/recover.html")


sign_in, sign_out = SignIn.as_view(), SignOut.as_view()
enrol_code, enrol_key = EnrolCode.as_view(), EnrolKey.as_view()
inactive, confirm, change_password = account.account_inactive, account.reauthenticate, account.password_change
code, confirm_code, second_factor = second.authenticate, second.reauthenticate, second.index
remove_code = totp.deactivate_totp
list_keys, confirm_key, key_sign_in = keys.list_webauthn, keys.reauthenticate_webauthn, keys.login_webauthn
remove_key, rename_key = keys.remove_webauthn, keys.edit_webauthn
recovery_codes, new_recovery_codes = recovery.view_recovery_codes, recovery.generate_recovery_codes
