"""Forms of the entrance: the library's own, with our words, and with every wrong code on the log."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateCodeForm
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from tequio.accounts import services
from tequio.accounts.adapters import CODE, AccountAdapter
from tequio.ui.web.forms import Form


class SignInForm(LoginForm, Form):  # type: ignore[misc]
    """Name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Usuario")
        self.fields["login"].widget.attrs = {"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}
        self.fields["password"].label = _("Contraseña")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}


class ConfirmForm(ReauthenticateForm, Form):  # type: ignore[misc]
    """The password again, before something sensitive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Contraseña")
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}


class _Counted:
    """A code that is wrong counts as a wrong attempt of its owner."""

    user: Any

    def _emit_authentication_failed(self, authenticator: Any) -> None:
        address = AccountAdapter(context.request).get_client_ip(context.request)
        services.count_failure(self.user.username, address, step=CODE)


class CodeForm(_Counted, AuthenticateForm, Form):  # type: ignore[misc]
    """Second step of entering."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self.fields["code"])


class ConfirmCodeForm(_Counted, ReauthenticateCodeForm, Form):  # type: ignore[misc]
    """A code again, before something sensitive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self.fields["code"])


class EnrolForm(ActivateTOTPForm, Form):  # type: ignore[misc]
    """The first code of a new authenticator application."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self.fields["code"])


class PasswordForm(ChangePasswordForm, Form):  # type: ignore[misc]
    """The own password, changed by its owner."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"oldpassword": _("Contraseña actual"), "password1": _("Contraseña nueva"), "password2": _("Repítala")}
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)


class RemoveCodeForm(DeactivateTOTPForm, Form):  # type: ignore[misc]
    """Takes the authenticator application away."""


class NewCodesForm(GenerateRecoveryCodesForm, Form):  # type: ignore[misc]
    """Makes recovery codes anew."""


class KeyForm(AddWebAuthnForm, Form):  # type: ignore[misc]
    """A new passkey or security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Nombre de la llave")
        self.fields["passwordless"].label = _("Para entrar solo con ella, sin contraseña")
        self.fields["passwordless"].help_text = _("La llave pedirá además su huella, su rostro o su PIN.")


class KeyNameForm(EditWebAuthnForm, Form):  # type: ignore[misc]
    """Another name for a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Nombre de la llave")


class RecoverForm(Form):
    """Who cannot enter, and asks for a link by mail."""

    username = forms.CharField(label=_("Usuario"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"}))


class NewPasswordForm(Form):
    """The first password of an account, or a new one, by a one-time link."""

    password1 = forms.CharField(
        label=_("Contraseña nueva"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Doce caracteres o más; una frase sirve. Que no se parezca a su nombre ni sea de las más usadas."),
    )
    password2 = forms.CharField(
        label=_("Repítala"), max_length=256, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Both alike, and good enough."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("No es igual a la primera."))
        elif first:
            try:
                password_validation.validate_password(first, self.user)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return cleaned


def _code_field(field: forms.Field) -> None:
    field.label = _("Código")
    field.widget.attrs = {"autocomplete": "one-time-code", "autofocus": True, "inputmode": "text", "autocapitalize": "none"}
