"""Entering and leaving: wrong attempts, pauses, and their lines on the log."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from tequio.access import selectors as access
from tequio.access.domain import Actor
from tequio.access.models import User
from tequio.accounts import domain
from tequio.accounts.domain import Attempts, Lockout
from tequio.accounts.models import CacheEntry, FailedAttempts, PasswordLink, Session
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.catalogs import selectors as catalogs
from tequio.kernel import clock

NOBODYS_CHAIN: Final = "FED-SSPC"
"""Chain of the log for attempts under a name that is nobody's: the hub's."""
FROM_ONE_ADDRESS: Final = 4
"""How many times more wrong attempts an address may make than a name: an office has one address and many people."""


def refused_until(username: str, address: str) -> bool:
    """Whether attempts under that name, or from that address, are in a pause. One query."""
    now = clock.now()
    keys = [key for key, _ in _keys(username, address)]
    return FailedAttempts.objects.filter(pk__in=keys, locked_until__gt=now).exists()


def count_failure(username: str, address: str, *, step: str) -> None:
    """Count a wrong attempt and leave its line. The answer is alike for a name that is nobody's, and so is what it costs.

    The typed name is not kept: people type passwords where names go. A name of an account is, as its owner's line.
    """
    rule = lockout()
    found = User.objects.filter(username=username).first()
    with transaction.atomic():
        locked = [
            _count(key, Lockout(rule.failures * times, rule.window, rule.pause)) for key, times in _keys(username, address)
        ]
    actor = of_user(found) if found else _nobody()
    action = Action.SIGN_IN_LOCKED if any(locked) else Action.SIGN_IN_FAILED
    _tell(actor, action, {"known": found is not None, "step": step})


def forget_failures(username: str) -> None:
    """After the right password the name starts anew. An address does not: one good account would pay for guessing others."""
    FailedAttempts.objects.filter(pk=_name_key(username)).delete()


def tell(user: User, action: Action, **facts: Any) -> None:
    """Leave a line about somebody's own entering, leaving or credentials."""
    _tell(of_user(user), action, facts)


def close_sessions(user_ids: list[int], *, but: str = "") -> int:
    """End sessions of these people, except the one with key `but`. Returns how many."""
    rows = Session.objects.filter(user_id__in=user_ids).exclude(session_key=but)
    return rows.delete()[0]


def close_own_session(*, actor: Actor, session_key: str) -> None:
    """End one of the actor's own sessions. Another person's is as if it did not exist. Repeating it changes nothing."""
    with unit_of_work(actor=actor, purpose=None, action=Action.SESSION_CLOSED):
        if Session.objects.filter(session_key=session_key, user_id=actor.user_id or 0).delete()[0]:
            record(actor=actor, purpose=None, action=Action.SESSION_CLOSED, subject_kind="user", subjects=[actor.user_id])


def clear_expired() -> int:
    """Remove sessions, attempts, links and shared values that no longer count. Returns how many. For the worker's clock."""
    now = clock.now()
    removed = Session.objects.filter(expire_date__lt=now).delete()[0]
    removed += Session.objects.filter(
        Q(seen_at__lt=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS)), user__isnull=False
    ).delete()[0]
    removed += CacheEntry.objects.filter(expires__lt=now).delete()[0]
    removed += FailedAttempts.objects.filter(since__lt=now - timedelta(days=1)).delete()[0]
    return removed + PasswordLink.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()[0]


def lockout() -> Lockout:
    """The rule in force. Two queries."""
    today = clock.now().astimezone(clock.MEXICO).date()
    minutes = catalogs.parameter("accounts.lockout_minutes", today)
    pause = timedelta(minutes=int(minutes))
    return Lockout(int(catalogs.parameter("accounts.lockout_failures", today)), pause, pause)


def of_user(user: User) -> Actor:
    """The user as an actor, whether or not the account is active: for the line that says so."""
    today = clock.now().astimezone(clock.MEXICO).date()
    agency = user.agency
    return Actor(user.username, agency.pk, agency.code, agency.state_id or "", access.roles(user.pk, today), user.pk)


def _nobody() -> Actor:
    return Actor("", 0, NOBODYS_CHAIN, "", frozenset())


def _tell(actor: Actor, action: Action, facts: dict[str, Any]) -> None:
    with unit_of_work(actor=actor, purpose=None, action=action):
        subjects = [actor.user_id] if actor.user_id else []
        record(actor=actor, purpose=None, action=action, subject_kind="user", subjects=subjects, facts=facts)


def _count(key: str, rule: Lockout) -> bool:
    """One more wrong attempt under `key`. Returns whether it begins a pause. The row is held, so that no attempt is lost."""
    now = clock.now()
    FailedAttempts.objects.bulk_create([FailedAttempts(key=key, failures=0, since=now)], ignore_conflicts=True)
    row = FailedAttempts.objects.select_for_update().get(pk=key)
    after = domain.after_failure(Attempts(row.failures, row.since, row.locked_until), now, rule)
    row.failures, row.since, row.locked_until = after.failures, after.since, after.locked_until
    row.save()
    return after.failures == rule.failures


def _keys(username: str, address: str) -> list[tuple[str, int]]:
    """What is counted, and how many times the attempts of a name it may make.

    Addresses of this machine are not counted: behind a proxy that TEQUIO_PROXIES does not name everybody comes from there.
    """
    keys = [(_name_key(username), 1)] if username.strip() else []
    if address and not _is_own(address):
        keys.append((domain.keyed(f"address:{address}", settings.SECRET_KEY), FROM_ONE_ADDRESS))
    return keys


def _name_key(username: str) -> str:
    return domain.keyed(f"name:{username.strip().lower()}", settings.SECRET_KEY)


def _is_own(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return True
