"""Our answers to what the sign-in library asks: who may enter, with what, where to go next, and what goes on the log."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from tequio.access.models import User
from tequio.accounts import services, sessions
from tequio.audit.domain import Action
from tequio.kernel import clock

PASSWORD, CODE = "contraseña", "segundo factor"
"""Steps at which an attempt can go wrong, as the log names them."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Password sign-in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("El usuario o la contraseña no son correctos."),
        "too_many_login_attempts": _("Demasiados intentos. Espere unos minutos, o pida ayuda a quien administra las cuentas."),
        "rate_limited": _("Demasiados intentos. Espere unos minutos, o pida ayuda a quien administra las cuentas."),
        "incorrect_code": _("El código no es correcto."),
        "incorrect_password": _("La contraseña no es correcta."),
        "enter_current_password": _("Escriba su contraseña actual."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account alone."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse attempts during a pause, whether or not the name is somebody's."""
        if services.refused_until(credentials.get("username", ""), self.get_client_ip(request)):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the wrong password."""
        services.count_failure(credentials.get("username", ""), self.get_client_ip(request), step=PASSWORD)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person of a name and a password, or None. A NUL in either is nobody's."""
        if any("\x00" in value for value in credentials.values()):
            credentials = {"username": "", "password": "-"}
        found: User | None = super().authenticate(request, **credentials)
        if found is not None:
            services.forget_failures(found.username)
        return found

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin the session, under a new key, with what its limits and its list need."""
        super().login(request, user)
        begin_session(request, self.get_client_ip(request))
        services.tell(user, Action.SIGNED_IN, methods=methods_of(request))

    def logout(self, request: HttpRequest) -> None:
        """End the session."""
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            services.tell(user, Action.SIGNED_OUT)

    def is_safe_url(self, url: str | None) -> bool:
        """Whether somebody may be sent there after entering: a path of this site and nothing else."""
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The inbox."""
        return reverse("ui:home")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """The entrance."""
        return reverse("accounts:sign_in")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """The own account."""
        return reverse("accounts:own")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Address of the browser; empty if the server does not say."""
        try:
            return str(super().get_client_ip(request))
        except PermissionDenied:
            return ""

    def send_notification_mail(self, template_prefix: str, user: User, *more: Any, **options: Any) -> None:
        """The library tells here that a credential changed: it goes on the log, not into a mail."""
        kind = template_prefix.rpartition("/")[2]
        action = Action.PASSWORD_CHANGED if kind.startswith("password") else Action.SECOND_FACTOR_CHANGED
        services.tell(user, action, change=kind)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factor."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("El código no es correcto."),
        "cannot_delete_authenticator": _("Su rol exige un segundo factor: agregue otro antes de quitar el único que tiene."),
    }

    def encrypt(self, text: str) -> str:
        """Secrets are kept encrypted with a key of the data folder: a copy of the database alone makes no codes."""
        return Fernet(settings.SECOND_FACTOR_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The inverse of `encrypt`."""
        return Fernet(settings.SECOND_FACTOR_KEY).decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Not the only one."""
        kind = type(authenticator)
        others = kind.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=kind.Type.RECOVERY_CODES).exists())


class FederatedAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in through an identity provider (OpenID Connect)."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Entering never makes an account."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Let in the account that was given the provider's name beforehand, and only that one.

        A link made earlier does not outlive the name: once an administrator takes it away, the provider opens nothing.
        """
        name = self._name_of(sociallogin)
        user = User.objects.filter(federated_name=name, is_active=True).first() if name else None
        linked = sociallogin.user if sociallogin.is_existing else None
        if user is None or (linked is not None and linked.pk != user.pk):
            services.count_failure("", AccountAdapter(request).get_client_ip(request), step="proveedor de identidad")
            raise ImmediateHttpResponse(self._refusal(request))
        if linked is None:
            sociallogin.connect(request, user)

    def _name_of(self, sociallogin: Any) -> str:
        data = sociallogin.account.extra_data
        claims = data.get("userinfo") or data.get("id_token") or data
        return str(claims.get(settings.OIDC_CLAIM, ""))[:150]

    def _refusal(self, request: HttpRequest) -> HttpResponse:
        return redirect(reverse("accounts:not_linked"))


def begin_session(request: HttpRequest, address: str) -> None:
    """Write down when and where a session began. Whoever has just entered need not confirm who they are for some minutes."""
    now = clock.now().isoformat()
    request.session[sessions.OPENED], request.session[sessions.SEEN] = now, now
    request.session[sessions.ADDRESS] = address
    request.session[sessions.DEVICE] = request.headers.get("User-Agent", "")[:200]
    proofs = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [proof | {"reauthenticated": True} for proof in proofs]


def methods_of(request: HttpRequest) -> list[str]:
    """How the person proved who they are in this session."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return [f"{one['method']}:{one['type']}" if "type" in one else str(one["method"]) for one in records]
