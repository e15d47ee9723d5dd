"""A browser with somebody signed in, second factor included."""

from __future__ import annotations

import time

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from tequio.access.models import User
from tequio.accounts import sessions
from tequio.kernel import clock

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(client: Client, username: str, *, second_factor: bool = True) -> Client:
    """`client` with that person's session, as sign-in leaves it: begun now, second factor enrolled and used, just confirmed."""
    user = User.objects.get(username=username)
    client.force_login(user, backend=BACKEND)
    session = client.session
    now = clock.now().isoformat()
    session[sessions.OPENED], session[sessions.SEEN] = now, now
    session[sessions.ADDRESS], session[sessions.DEVICE] = "127.0.0.1", "prueba"
    methods = [{"method": "password", "at": time.time(), "username": username}]
    if second_factor:
        if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            TOTP.activate(user, generate_totp_secret())
        methods.append({"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True})
    session[AUTHENTICATION_METHODS_SESSION_KEY] = methods
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client
