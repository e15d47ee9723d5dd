"""Requests of accounts: asked for with an oficio, agreed to by the agency's supervisor and then by the hub; or they run out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose, PurposeCode, Role, Suspension
from tequio.access.models import User
from tequio.accounts import domain
from tequio.accounts.domain import RequestState, Step, Training
from tequio.accounts.models import AccountRequest, Decision
from tequio.accounts.services import users
from tequio.accounts.services.common import days, is_hub, reaches, today
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.institutions import selectors as institutions
from tequio.institutions.models import Agency
from tequio.kernel import clock
from tequio.kernel.errors import Conflict, Invalid, TequioError

OPEN: Final = (RequestState.REQUESTED.value, RequestState.SUPERVISED.value)
"""States in which a request waits for somebody."""


class RequestOpen(Conflict):
    """Another request for that person waits."""

    code = "SOLICITUD_ABIERTA"


@dataclass(frozen=True, slots=True)
class RequestDraft:
    """What a request says."""

    username: str
    full_name: str
    roles: frozenset[Role]
    document: str
    document_date: date
    training: Training = Training.NONE
    training_valid_to: date | None = None
    email: str = ""


def request_account(*, actor: Actor, agency_code: str, draft: RequestDraft) -> AccountRequest:
    """Ask for an account for a person of the agency, or for more roles for somebody who has one.

    Raises NotAllowed, NotFound for another agency, Invalid, UsernameTaken, SameHand, RequestOpen.
    """
    purpose = Purpose(PurposeCode.ADMINISTRATION, draft.document)
    with unit_of_work(actor=actor, purpose=purpose, action=Action.ACCOUNT_REQUESTED):
        policy.require(actor, Permission.ACCOUNT_REQUEST)
        agency = institutions.agency_by_code(agency_code)
        if not reaches(actor, agency.pk):
            raise policy.not_found()
        domain.refuse_same_hand(actor.username, frozenset({draft.username}))
        _refuse_bad(draft, agency)
        there = _account_of(draft, agency)
        now = clock.now()
        try:
            with transaction.atomic():
                made = AccountRequest.objects.create(
                    agency=agency,
                    username=draft.username,
                    full_name=draft.full_name.strip(),
                    email=draft.email,
                    roles=sorted(draft.roles),
                    document=draft.document.strip(),
                    document_date=draft.document_date,
                    training=draft.training.value,
                    training_valid_to=draft.training_valid_to,
                    state=RequestState.REQUESTED.value,
                    requested_by=actor.username,
                    requested_at=now,
                    expires_at=now + timedelta(days=days("accounts.request_days")),
                    user=there,
                )
        except IntegrityError:
            raise RequestOpen("Ya hay una solicitud en trámite para ese usuario.", hint="Espere a que se resuelva.") from None
        _line(actor, purpose, Action.ACCOUNT_REQUESTED, made, {"roles": sorted(draft.roles)})
    return made


def decide_request(*, actor: Actor, request_id: UUID, agree: bool, reason: str) -> AccountRequest:
    """Say yes or no to a request, at the step whose turn it is. The second yes opens the account and gives its roles.

    Who asked, who agreed before and who would get the account may not. A no needs a reason. Once said it stays said.
    Raises NotAllowed, NotFound, SameHand, RequestClosed, Invalid.
    """
    found = AccountRequest.objects.filter(pk=request_id).first()
    purpose = Purpose(PurposeCode.ADMINISTRATION, found.document if found else "")
    with unit_of_work(actor=actor, purpose=purpose, action=Action.ACCOUNT_DECIDED):
        policy.require(actor, Permission.ACCOUNT_APPROVE)
        request = AccountRequest.objects.select_for_update(of=("self",)).select_related("agency").filter(pk=request_id).first()
        if request is None or not reaches(actor, request.agency_id):
            raise policy.not_found()
        step = domain.next_step(_state_now(request))
        _require_step(actor, request, step)
        hands = {request.requested_by, request.username, *request.decisions.values_list("by", flat=True)}
        domain.refuse_same_hand(actor.username, frozenset(hands))
        if not agree:
            policy.require_reason(reason)
        policy.refuse_unstorable(reason)
        Decision.objects.create(
            request=request, step=step.value, agreed=agree, reason=reason.strip(), by=actor.username, at=clock.now()
        )
        request.state = _state_after(step, agree).value
        if request.state == RequestState.APPROVED.value:
            request.user = _open_account(actor, purpose, request)
        request.save(update_fields=["state", "user"])
        _line(actor, purpose, Action.ACCOUNT_DECIDED, request, {"step": step.value, "state": request.state})
    return request


def step_for(actor: Actor, request: AccountRequest, hands: Sequence[str]) -> Step | None:
    """The step of a request that the actor may take now; None if it is somebody else's. `hands`: who already decided a step."""
    if actor.username in {request.requested_by, request.username, *hands}:
        return None
    try:
        step = domain.next_step(_state_now(request))
        _require_step(actor, request, step)
    except TequioError:
        return None
    return step


def expire_requests(*, actor: Actor) -> int:
    """Close requests that nobody decided in time. Returns how many. For the worker's clock. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=None, action=Action.ACCOUNT_DECIDED):
        policy.require_system(actor)
        late = list(AccountRequest.objects.select_for_update().filter(state__in=OPEN, expires_at__lt=clock.now()))
        for request in late:
            request.state = RequestState.EXPIRED.value
        AccountRequest.objects.bulk_update(late, ["state"])
        if late:
            record(
                actor=actor,
                purpose=None,
                action=Action.ACCOUNT_DECIDED,
                subject_kind="account_request",
                subjects=[request.pk for request in late],
                facts={"state": RequestState.EXPIRED.value},
            )
    return len(late)


def _refuse_bad(draft: RequestDraft, agency: Agency) -> None:
    domain.refuse_bad_username(draft.username)
    policy.refuse_unstorable(draft.full_name, draft.document, draft.email)
    if not draft.full_name.strip() or not draft.document.strip():
        raise Invalid("Faltan el nombre de la persona o el número del oficio.", hint="Escríbalos como están en el oficio.")
    if draft.document_date > today():
        raise Invalid("El oficio tiene fecha futura.", hint="Revise la fecha.", facts={"field": "document_date"})
    if not draft.roles:
        raise Invalid("Falta decir qué roles se piden.", hint="Marque al menos uno.", facts={"field": "roles"})
    if Role.HUB_OPERATOR in draft.roles and agency.state_id:
        raise Invalid("El operador nacional es de una dependencia federal.", hint="Quite ese rol.", facts={"field": "roles"})
    users.refuse_bad_training(draft.training, draft.training_valid_to, draft.document)


def _account_of(draft: RequestDraft, agency: Agency) -> User | None:
    """The account that already has that name. One of another agency is free only after a change of agency or a leaving."""
    found = User.objects.filter(username=draft.username).first()
    if found is not None and found.agency_id != agency.pk and found.suspended_for not in users.ENDS_ROLES:
        raise users.UsernameTaken(f"El nombre «{draft.username}» ya lo usa otra cuenta.", hint="Elija otro nombre de usuario.")
    return found


def _require_step(actor: Actor, request: AccountRequest, step: Step) -> None:
    """Whose step it is. An agency that has no supervisor yet gets its first one through the hub, by two people of it."""
    if step is Step.HUB:
        policy.require(actor, Permission.ACCOUNT_APPROVE_HUB)
        if actor.state_code:
            raise policy.not_found()
        return
    own = Permission.ACCOUNT_APPROVE in actor.permissions and actor.agency_id == request.agency_id
    if not own and not (is_hub(actor) and not _has_supervisor(request)):
        policy.require(actor, Permission.ACCOUNT_APPROVE, request.agency_id)


def _has_supervisor(request: AccountRequest) -> bool:
    """Whether the agency has an active supervisor other than who asked and who would get the account."""
    others = User.objects.filter(agency_id=request.agency_id, is_active=True)
    others = others.exclude(username__in=[request.requested_by, request.username])
    held = users.held_roles(others.values_list("pk", flat=True))
    return any(Role.SUPERVISOR in roles for roles in held.values())


def _state_now(request: AccountRequest) -> RequestState:
    """Its state; one that ran out counts as such, even if the clock has not passed yet."""
    state = RequestState(request.state)
    return RequestState.EXPIRED if request.state in OPEN and request.expires_at <= clock.now() else state


def _state_after(step: Step, agree: bool) -> RequestState:
    if not agree:
        return RequestState.REJECTED
    return RequestState.SUPERVISED if step is Step.SUPERVISOR else RequestState.APPROVED


def _open_account(actor: Actor, purpose: Purpose, request: AccountRequest) -> User:
    draft = RequestDraft(
        request.username, request.full_name, frozenset(map(Role, request.roles)), request.document, request.document_date
    )
    there = _account_of(draft, request.agency)
    if there is not None and there.agency_id != request.agency_id:
        there.agency = request.agency
        there.save(update_fields=["agency"])
    user = users.make_user(
        actor=actor, purpose=purpose, username=request.username, full_name=request.full_name, agency=request.agency
    )
    if request.email and user.email != request.email:
        user.email = request.email
        user.save(update_fields=["email"])
    if user.suspended_for and user.suspended_for != Suspension.MANUAL.value:
        users.restore(actor, purpose, user)
    day = today()
    users.give_roles(
        actor=actor,
        purpose=purpose,
        user=user,
        roles=draft.roles,
        valid_from=day,
        valid_to=day + timedelta(days=days("accounts.grant_days")),
        document=request.document,
    )
    users.write_training(
        actor=actor,
        purpose=purpose,
        user=user,
        state=Training(request.training),
        valid_to=request.training_valid_to,
        document=request.document,
    )
    return user


def _line(actor: Actor, purpose: Purpose, action: Action, request: AccountRequest, facts: dict[str, object]) -> None:
    record(
        actor=actor, purpose=purpose, action=action, subject_kind="account_request", subjects=[request.pk], facts=dict(facts)
    )
