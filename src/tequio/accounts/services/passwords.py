"""One-time links with which somebody sets a password: made by who administers, or sent by mail where the node has one."""

from __future__ import annotations

import threading
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from tequio.access.domain import Actor, Permission, Purpose
from tequio.access.models import User
from tequio.accounts import domain
from tequio.accounts.models import PasswordLink
from tequio.accounts.services.common import days, lock_user
from tequio.accounts.services.entering import close_sessions, count_failure, forget_failures, of_user, refused_until
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.kernel import clock
from tequio.kernel.errors import NotFound

BY_MAIL = "correo"
"""Who made a link that the person asked for."""


class LinkUnusable(NotFound):
    """The one-time link never was, was used, or ran out: all answer alike."""

    code = "ENLACE_NO_VALIDO"


def make_password_link(*, actor: Actor, purpose: Purpose, username: str) -> str:
    """Secret of a new one-time link, shown once; earlier ones stop working. Raises NotAllowed, NotFound, SameHand.

    Not for the own account: that password is changed with the one in force.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.PASSWORD_LINK_MADE):
        user = lock_user(actor, username, Permission.USER_ADMINISTER)
        domain.refuse_same_hand(actor.username, frozenset({user.username}))
        secret = _make(user, actor.username)
        record(actor=actor, purpose=purpose, action=Action.PASSWORD_LINK_MADE, subject_kind="user", subjects=[user.pk])
    return secret


def user_of_link(secret: str) -> User:
    """Whose link it is. Raises LinkUnusable. One query."""
    return _find(secret).user


def set_password(*, secret: str, password: str, address: str) -> User:
    """Set the password that the form has already found good, and spend the link. Open sessions end. Raises LinkUnusable."""
    if refused_until("", address):
        raise _unusable()
    try:
        found = _find(secret)
    except LinkUnusable:
        count_failure("", address, step="enlace")
        raise
    actor = of_user(found.user)
    with unit_of_work(actor=actor, purpose=None, action=Action.PASSWORD_CHANGED):
        link = _find(secret, lock=True)
        user = link.user
        link.used_at = clock.now()
        link.save(update_fields=["used_at"])
        user.set_password(password)
        user.save(update_fields=["password"])
        close_sessions([user.pk])
        forget_failures(user.username)
        facts = {"change": "enlace"}
        record(actor=actor, purpose=None, action=Action.PASSWORD_CHANGED, subject_kind="user", subjects=[user.pk], facts=facts)
    return user


def mail_password_link(*, username: str, address: str, url_of: str) -> None:
    """Send a link to the account's own mail, if there is an account and it has one. `url_of`: the address up to the secret.

    Nothing tells which: the answer is the same, and the mail leaves by itself. Attempts are counted as wrong passwords are.
    """
    if refused_until(username, address):
        return
    count_failure(username, address, step="recuperación")
    user = User.objects.select_related("agency").filter(username=username, is_active=True).exclude(email="").first()
    if user is None:
        return
    actor = of_user(user)
    with unit_of_work(actor=actor, purpose=None, action=Action.PASSWORD_LINK_MADE):
        secret = _make(user, BY_MAIL)
        record(actor=actor, purpose=None, action=Action.PASSWORD_LINK_MADE, subject_kind="user", subjects=[user.pk])
    hours = days("accounts.password_link_hours")
    text = _(
        "Alguien pidió cambiar la contraseña de su cuenta en Tequio. El enlace sirve una vez, antes de {hours} horas:"
        "\n\n{url}\n\nSi no fue usted, no haga nada y avise a quien administra las cuentas."
    )
    body = text.format(hours=hours, url=f"{url_of}{secret}")
    send = threading.Thread(
        target=send_mail, args=(_("Contraseña de Tequio"), body, settings.DEFAULT_FROM_EMAIL, [user.email]), daemon=True
    )
    send.start()


def _make(user: User, maker: str) -> str:
    secret = domain.new_secret()
    now = clock.now()
    PasswordLink.objects.filter(user=user, used_at=None).delete()
    PasswordLink.objects.create(
        fingerprint=domain.fingerprint(secret),
        user=user,
        made_by=maker,
        made_at=now,
        expires_at=now + timedelta(hours=days("accounts.password_link_hours")),
    )
    return secret


def _find(secret: str, *, lock: bool = False) -> PasswordLink:
    rows = PasswordLink.objects.select_related("user__agency").filter(
        pk=domain.fingerprint(secret), used_at=None, expires_at__gt=clock.now(), user__is_active=True
    )
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.first()
    if found is None:
        raise _unusable()
    return found


def _unusable() -> LinkUnusable:
    return LinkUnusable(
        "El enlace no sirve: ya se usó, venció o está incompleto.",
        hint="Cópielo completo, o pida otro a quien administra las cuentas de su dependencia.",
    )
