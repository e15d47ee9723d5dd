"""Reads of accounts, sessions, requests and tokens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, Subquery

from tequio.access.domain import Actor, Role
from tequio.access.models import User
from tequio.accounts.domain import Training
from tequio.accounts.models import Session, TrainingRecord
from tequio.kernel import clock
from tequio.kernel.errors import NotFound

MOST_SESSIONS = 100
"""Sessions that the list shows."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser that is in. `reference` names it without being its key: who reads the page cannot use the session."""

    reference: str
    opened_at: datetime | None
    seen_at: datetime | None
    address: str
    device: str


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Who somebody is here."""

    username: str
    full_name: str
    agency: str
    roles: tuple[Role, ...]
    email: str
    certified_at: datetime | None


def own_account(actor: Actor) -> OwnAccount:
    """The actor's own account. One query."""
    user = User.objects.select_related("agency").get(pk=actor.user_id or 0)
    roles = tuple(sorted(actor.roles))
    return OwnAccount(user.username, user.full_name, str(user.agency), roles, user.email, user.certified_at)


def sessions(actor: Actor) -> list[OpenSession]:
    """The actor's open sessions, last seen first. One query."""
    return [
        OpenSession(reference(row.session_key), row.opened_at, row.seen_at, row.address, row.device)
        for row in _open_sessions(actor)
    ]


def session_key(actor: Actor, wanted: str) -> str:
    """Key of one of the actor's sessions. Raises NotFound for any other."""
    for row in _open_sessions(actor):
        if reference(row.session_key) == wanted:
            return row.session_key
    raise NotFound("Esa sesión ya no está abierta.", hint="Vea de nuevo la lista.")


def reference(key: str | None) -> str:
    """Public name of a session."""
    return hashlib.sha256(f"session:{key}".encode()).hexdigest()[:20]


def _open_sessions(actor: Actor) -> list[Session]:
    now = clock.now()
    rows = Session.objects.filter(
        user_id=actor.user_id or 0, expire_date__gt=now, seen_at__gt=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    )
    return list(rows.order_by("-seen_at")[:MOST_SESSIONS])


@dataclass(frozen=True, slots=True)
class PeopleOfState:
    """Accounts of the agencies of a state (`state` empty: federal ones): figures without anybody's name."""

    state: str
    active: int
    suspended: int
    trained: int
    """Active, with a training that is valid today."""
    enrolled: int
    """Active, enrolled in one and without a valid one."""


def people_by_state() -> list[PeopleOfState]:
    """Active and trained users by state, by INEGI code; federal agencies first. One query."""
    today = clock.now().astimezone(clock.MEXICO).date()
    last = TrainingRecord.objects.filter(user=OuterRef("pk")).order_by("-recorded_at")
    users = User.objects.annotate(
        training=Subquery(last.values("state")[:1]), training_to=Subquery(last.values("valid_to")[:1])
    )
    on = Q(is_active=True)
    rows = (
        users.values("agency__state_id")
        .annotate(
            active=Count("pk", filter=on),
            suspended=Count("pk", filter=~on),
            trained=Count("pk", filter=on & Q(training=Training.VALID.value, training_to__gte=today)),
            enrolled=Count("pk", filter=on & Q(training=Training.ENROLLED.value)),
        )
        .order_by(F("agency__state_id").asc(nulls_first=True))
    )
    return [PeopleOfState(r["agency__state_id"] or "", r["active"], r["suspended"], r["trained"], r["enrolled"]) for r in rows]
