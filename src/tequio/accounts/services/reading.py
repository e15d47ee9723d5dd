"""Reading accounts, requests and tokens: each list leaves its line, and reaches the own agency, or all for the hub."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Role
from tequio.access.models import RoleGrant, User
from tequio.accounts import domain
from tequio.accounts.domain import Step, Training
from tequio.accounts.models import AccountRequest, ApiToken, Decision, TrainingRecord
from tequio.accounts.services import requests, users
from tequio.accounts.services.common import days, is_hub, reaches, today
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.kernel import clock

MOST_ROWS = 10_001
"""Rows that one reading gives at most: an export and one more."""
_ORDERS = {"username", "full_name", "agency__code", "last_login", "said", "created_at"}
_REQUEST_ORDERS = {"requested_at", "username", "agency__code", "state", "expires_at"}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as its list shows it."""

    username: str
    full_name: str
    agency: str
    roles: tuple[Role, ...]
    active: bool
    suspended_for: str
    last_login: datetime | None
    certify_before: datetime
    training: Training
    training_valid_to: date | None


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held, once or now."""

    role: Role
    valid_from: date
    valid_to: date | None
    document: str
    granted_by: str


@dataclass(frozen=True, slots=True)
class AccountSheet:
    """An account whole."""

    row: AccountRow
    email: str
    federated_name: str
    created_at: datetime
    suspended_at: datetime | None
    grants: tuple[Grant, ...]
    trainings: tuple[TrainingRecord, ...]


@dataclass(frozen=True, slots=True)
class RequestSheet:
    """A request, what was said of it, and what the reader may do now."""

    request: AccountRequest
    decisions: tuple[Decision, ...]
    step: Step | None
    """The step that the reader may take now."""


def read_accounts(
    *, actor: Actor, text: str = "", state: str = "", order: str = "username", offset: int = 0, limit: int = 26
) -> tuple[list[AccountRow], int]:
    """A page of accounts and how many there are. `state`: activas, suspendidas, por_recertificar or empty. Five queries.

    Raises NotAllowed.
    """
    with unit_of_work(actor=actor, purpose=None, action=Action.USERS_READ):
        policy.require(actor, Permission.ACCOUNT_LIST)
        rows = _accounts(actor)
        if text.strip():
            policy.refuse_unstorable(text)
            rows = rows.filter(Q(username__icontains=text.strip()) | Q(full_name__icontains=text.strip()))
        rows = _in_state(rows, state)
        total = rows.count()
        page = list(rows.order_by(*_order(order, _ORDERS, "username"), "pk")[offset : offset + min(limit, MOST_ROWS)])
        record(actor=actor, purpose=None, action=Action.USERS_READ, subject_kind="user", subjects=[u.pk for u in page])
    return _rows(page), total


def read_account(*, actor: Actor, username: str) -> AccountSheet:
    """An account whole. Raises NotAllowed, NotFound."""
    with unit_of_work(actor=actor, purpose=None, action=Action.USERS_READ):
        policy.require(actor, Permission.ACCOUNT_LIST)
        user = _accounts(actor).filter(username=username).first()
        if user is None:
            raise policy.not_found()
        record(actor=actor, purpose=None, action=Action.USERS_READ, subject_kind="user", subjects=[user.pk])
    grants = RoleGrant.objects.filter(user=user).order_by("-valid_from", "role")[:200]
    return AccountSheet(
        _rows([user])[0],
        user.email,
        user.federated_name,
        user.created_at,
        user.suspended_at,
        tuple(Grant(Role(g.role), g.valid_from, g.valid_to, g.document, g.granted_by) for g in grants),
        tuple(TrainingRecord.objects.filter(user=user).order_by("-recorded_at")[:50]),
    )


def read_requests(
    *, actor: Actor, state: str = "", order: str = "-requested_at", offset: int = 0, limit: int = 26
) -> tuple[list[AccountRequest], int]:
    """A page of requests and how many there are. `state`: one of RequestState, abiertas, or empty. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=None, action=Action.REQUESTS_READ):
        policy.require(actor, Permission.ACCOUNT_REQUEST)
        rows = AccountRequest.objects.select_related("agency")
        if not is_hub(actor):
            rows = rows.filter(agency_id=actor.agency_id)
        if state == "abiertas":
            rows = rows.filter(state__in=requests.OPEN)
        elif state:
            rows = rows.filter(state=state)
        total = rows.count()
        ordered = rows.order_by(*_order(order, _REQUEST_ORDERS, "-requested_at"), "pk")
        page = list(ordered[offset : offset + min(limit, MOST_ROWS)])
        _requests_line(actor, page)
    return page, total


def read_request(*, actor: Actor, request_id: UUID) -> RequestSheet:
    """A request whole. Raises NotAllowed, NotFound."""
    with unit_of_work(actor=actor, purpose=None, action=Action.REQUESTS_READ):
        policy.require(actor, Permission.ACCOUNT_REQUEST)
        found = AccountRequest.objects.select_related("agency").filter(pk=request_id).first()
        if found is None or not reaches(actor, found.agency_id):
            raise policy.not_found()
        _requests_line(actor, [found])
    decisions = tuple(found.decisions.order_by("at"))
    return RequestSheet(found, decisions, requests.step_for(actor, found, [one.by for one in decisions]))


def waiting_requests(actor: Actor, limit: int = 50) -> list[AccountRequest]:
    """Requests whose next step the actor may take, first those that run out. For the inbox: a count and names, no line."""
    if Permission.ACCOUNT_APPROVE not in actor.permissions:
        return []
    rows = AccountRequest.objects.select_related("agency").filter(state__in=requests.OPEN, expires_at__gt=clock.now())
    if not is_hub(actor):
        rows = rows.filter(agency_id=actor.agency_id)
    said = [
        (one, [d.by for d in one.decisions.all()]) for one in rows.prefetch_related("decisions").order_by("expires_at")[:200]
    ]
    return [one for one, hands in said if requests.step_for(actor, one, hands) is not None][:limit]


def accounts_to_certify(actor: Actor, within_days: int = 15, limit: int = 50) -> list[AccountRow]:
    """Accounts that the actor should certify soon, first the most pressing. For the inbox."""
    if Permission.ACCOUNT_CERTIFY not in actor.permissions:
        return []
    limit_day = clock.now() - timedelta(days=days("accounts.recertification_days") - within_days)
    rows = _accounts(actor).filter(agency_id=actor.agency_id, is_active=True, said__lt=limit_day).exclude(pk=actor.user_id or 0)
    return _rows(list(rows.order_by("said")[:limit]))


def read_tokens(*, actor: Actor) -> list[ApiToken]:
    """The agency's tokens, newest first, at most 500. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=None, action=Action.TOKENS_READ):
        policy.require(actor, Permission.TOKEN_ADMINISTER)
        rows = list(ApiToken.objects.filter(agency_id=actor.agency_id).order_by("-made_at")[:500])
        record(actor=actor, purpose=None, action=Action.TOKENS_READ, subject_kind="token", subjects=[t.pk for t in rows])
    return rows


def _accounts(actor: Actor) -> QuerySet[Any]:
    """Accounts that the actor reaches, with when each was last certified and its last training."""
    last = TrainingRecord.objects.filter(user=OuterRef("pk")).order_by("-recorded_at")
    rows = User.objects.select_related("agency").annotate(
        said=Coalesce("certified_at", "created_at"),
        training=Subquery(last.values("state")[:1]),
        training_to=Subquery(last.values("valid_to")[:1]),
    )
    return rows if actor.is_system or is_hub(actor) else rows.filter(agency_id=actor.agency_id)


def _in_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    if state == "activas":
        return rows.filter(is_active=True)
    if state == "suspendidas":
        return rows.filter(is_active=False)
    if state == "por_recertificar":
        soon = clock.now() - timedelta(days=days("accounts.recertification_days") - 15)
        return rows.filter(is_active=True, said__lt=soon)
    return rows


def _rows(found: Sequence[User]) -> list[AccountRow]:
    held = users.held_roles([user.pk for user in found])
    every = days("accounts.recertification_days")
    day = today()
    return [_row(user, held.get(user.pk, ()), every, day) for user in found]


def _row(user: User, roles: tuple[Role, ...], every: int, day: date) -> AccountRow:
    noted = vars(user)
    training = domain.training_now(Training(noted["training"] or Training.NONE.value), noted["training_to"], day)
    return AccountRow(
        user.username,
        user.full_name,
        user.agency.code,
        roles,
        user.is_active,
        user.suspended_for,
        user.last_login,
        domain.certification_due(noted["said"], every),
        training,
        noted["training_to"],
    )


def _order(wanted: str, known: Iterable[str], default: str) -> tuple[Any, ...]:
    name = wanted.lstrip("-")
    chosen = wanted if name in known else default
    field = F(chosen.lstrip("-"))
    return (field.desc(nulls_last=True) if chosen.startswith("-") else field.asc(nulls_last=True),)


def _requests_line(actor: Actor, page: Sequence[AccountRequest]) -> None:
    subjects = [one.pk for one in page]
    record(actor=actor, purpose=None, action=Action.REQUESTS_READ, subject_kind="account_request", subjects=subjects)
