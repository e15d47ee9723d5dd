"""Accounts and the roles that they hold: opening, suspending, certifying, training. Each with its line on the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose, Role, Suspension
from tequio.access.models import RoleGrant, User
from tequio.accounts import domain
from tequio.accounts.domain import SameHand, Training
from tequio.accounts.models import PasswordLink, TrainingRecord
from tequio.accounts.services.common import days, lock_user, today
from tequio.accounts.services.entering import close_sessions
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.institutions.models import Agency
from tequio.kernel import clock
from tequio.kernel.errors import Conflict, Invalid, NotAllowed

ENDS_ROLES = frozenset({Suspension.TRANSFER, Suspension.LEAVING})
"""Suspensions after which the roles do not come back with the account: another request gives them."""


class OwnRoles(NotAllowed):
    """Who administers accounts would give roles to their own, or say of their own that it is still needed."""

    code = "ROLES_PROPIOS"


class UsernameTaken(Conflict):
    """Another agency's account has that username."""

    code = "USUARIO_OCUPADO"


class FederatedNameTaken(Conflict):
    """Another account has that name of the identity provider."""

    code = "IDENTIDAD_OCUPADA"


def create_user(*, actor: Actor, purpose: Purpose, username: str, full_name: str, agency: Agency) -> User:
    """Make an account, or return the one that is there. Raises NotAllowed, NotFound for another agency, UsernameTaken."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.USER_CREATED):
        _require(actor, agency)
        return make_user(actor=actor, purpose=purpose, username=username, full_name=full_name, agency=agency)


def make_user(*, actor: Actor, purpose: Purpose, username: str, full_name: str, agency: Agency) -> User:
    """The account of that name, made if there is none: for services that have already authorised. Raises UsernameTaken."""
    policy.refuse_unstorable(username, full_name)
    now = clock.now()
    user, fresh = User.objects.get_or_create(
        username=username, defaults={"full_name": full_name, "agency": agency, "created_at": now, "certified_at": now}
    )
    if user.agency_id != agency.pk:
        raise UsernameTaken(f"El nombre «{username}» ya lo usa otra cuenta.", hint="Elija otro nombre de usuario.")
    if fresh:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        record(actor=actor, purpose=purpose, action=Action.USER_CREATED, subject_kind="user", subjects=[user.pk])
    return user


def grant_roles(
    *,
    actor: Actor,
    purpose: Purpose,
    user: User,
    roles: Iterable[Role],
    valid_from: date,
    document: str,
    valid_to: date | None = None,
) -> None:
    """Give roles from a day on, by a document. Roles already held without an end are left as they are."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.ROLE_GRANTED):
        _require(actor, user.agency)
        if user.pk == actor.user_id:
            raise OwnRoles("Nadie se da roles a sí mismo.", hint="Pídalos a otra persona administradora de su dependencia.")
        give_roles(
            actor=actor, purpose=purpose, user=user, roles=roles, valid_from=valid_from, valid_to=valid_to, document=document
        )


def give_roles(
    *,
    actor: Actor,
    purpose: Purpose,
    user: User,
    roles: Iterable[Role],
    valid_from: date,
    valid_to: date | None,
    document: str,
) -> None:
    """The grants and their line: for services that have already authorised."""
    wanted = sorted(roles)
    open_ended = set(RoleGrant.objects.filter(user=user, valid_to=None).values_list("role", flat=True))
    grants = [
        RoleGrant(
            user=user, role=r.value, valid_from=valid_from, valid_to=valid_to, document=document, granted_by=actor.username
        )
        for r in wanted
        if r.value not in open_ended
    ]
    RoleGrant.objects.bulk_create(grants, ignore_conflicts=True)
    facts = {"roles": [r.value for r in wanted], "until": valid_to.isoformat() if valid_to else ""}
    record(actor=actor, purpose=purpose, action=Action.ROLE_GRANTED, subject_kind="user", subjects=[user.pk], facts=facts)


def suspend_user(*, actor: Actor, purpose: Purpose, username: str, cause: Suspension, reason: str) -> User:
    """Stop an account: it enters no more, and its sessions end now. A change of agency or a leaving also ends its roles.

    Repeating it changes nothing. Raises NotAllowed, NotFound, Invalid without a reason, SameHand for the own account.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.USER_SUSPENDED):
        policy.require_reason(reason)
        user = lock_user(actor, username, Permission.ACCOUNT_SUSPEND)
        if user.pk == actor.user_id:
            raise SameHand("Nadie suspende su propia cuenta.", hint="Pídalo a otra persona administradora.")
        if user.is_active or user.suspended_for != cause.value:
            _suspend(actor, purpose, [user], cause)
    return user


def reinstate_user(*, actor: Actor, purpose: Purpose, username: str, reason: str) -> User:
    """Let a suspended account enter again. After a change of agency or a leaving only a new request does.

    Raises NotAllowed, NotFound, Invalid without a reason, Conflict, SameHand for the own account.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.USER_REINSTATED):
        policy.require_reason(reason)
        user = lock_user(actor, username, Permission.ACCOUNT_CERTIFY)
        if user.suspended_for in ENDS_ROLES:
            raise Conflict(
                "Esta cuenta terminó por cambio de adscripción o por baja.",
                hint="Presente una solicitud para la persona, con su oficio.",
            )
        if not user.is_active:
            restore(actor, purpose, user)
    return user


def restore(actor: Actor, purpose: Purpose, user: User) -> None:
    """Let it enter, certified now: for services that have already authorised."""
    user.is_active, user.suspended_at, user.suspended_for = True, None, ""
    user.certified_at = clock.now()
    user.save(update_fields=["is_active", "suspended_at", "suspended_for", "certified_at"])
    record(actor=actor, purpose=purpose, action=Action.USER_REINSTATED, subject_kind="user", subjects=[user.pk])


def certify_user(*, actor: Actor, purpose: Purpose, username: str) -> User:
    """Say that the person still needs the account: it is not suspended for another quarter. Nobody says it of their own.

    Raises NotAllowed, NotFound, OwnRoles, Conflict for a suspended account.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.USER_CERTIFIED):
        user = lock_user(actor, username, Permission.ACCOUNT_CERTIFY)
        if user.pk == actor.user_id:
            raise OwnRoles("Nadie certifica su propia cuenta.", hint="Pídalo a otra persona supervisora, o al nodo nacional.")
        if not user.is_active:
            raise Conflict("La cuenta está suspendida.", hint="Reactívela: eso también la certifica.")
        user.certified_at = clock.now()
        user.save(update_fields=["certified_at"])
        record(actor=actor, purpose=purpose, action=Action.USER_CERTIFIED, subject_kind="user", subjects=[user.pk])
    return user


def suspend_uncertified(*, actor: Actor) -> int:
    """Suspend every account that nobody certified in time. Returns how many. For the worker's clock. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=None, action=Action.USER_SUSPENDED):
        policy.require_system(actor)
        limit = clock.now() - timedelta(days=days("accounts.recertification_days"))
        overdue = User.objects.annotate(said=Coalesce("certified_at", "created_at")).filter(is_active=True, said__lt=limit)
        users = list(overdue.select_for_update(of=("self",)).order_by("pk"))
        if users:
            _suspend(actor, None, users, Suspension.RECERTIFICATION)
    return len(users)


def record_training(
    *, actor: Actor, purpose: Purpose, username: str, state: Training, valid_to: date | None, document: str
) -> TrainingRecord:
    """Write down the state of a person's training. Raises NotAllowed, NotFound, Invalid for a valid one without an end."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.TRAINING_RECORDED):
        user = lock_user(actor, username, Permission.USER_ADMINISTER)
        return write_training(actor=actor, purpose=purpose, user=user, state=state, valid_to=valid_to, document=document)


def write_training(
    *, actor: Actor, purpose: Purpose, user: User, state: Training, valid_to: date | None, document: str
) -> TrainingRecord:
    """The record and its line: for services that have already authorised. Raises Invalid."""
    refuse_bad_training(state, valid_to, document)
    made = TrainingRecord.objects.create(
        user=user,
        state=state.value,
        valid_to=valid_to,
        document=document,
        recorded_by=actor.username,
        recorded_at=clock.now(),
    )
    facts = {"state": state.value, "until": valid_to.isoformat() if valid_to else ""}
    record(actor=actor, purpose=purpose, action=Action.TRAINING_RECORDED, subject_kind="user", subjects=[user.pk], facts=facts)
    return made


def refuse_bad_training(state: Training, valid_to: date | None, document: str) -> None:
    """Raises Invalid for a training that says too little or too much."""
    policy.refuse_unstorable(document)
    if (state is Training.VALID) != (valid_to is not None):
        raise Invalid(
            "La capacitación vigente lleva fecha de término; las demás no.",
            hint="Escriba hasta cuándo vale la constancia, o cambie el estado.",
            facts={"field": "training_valid_to"},
        )


def link_identity(*, actor: Actor, purpose: Purpose, username: str, federated_name: str) -> User:
    """Say under which name the identity provider knows a person; empty takes it away, and the sessions with it.

    Raises NotAllowed, NotFound, FederatedNameTaken.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.USER_LINKED):
        name = federated_name.strip()[:150]
        policy.refuse_unstorable(name)
        user = lock_user(actor, username, Permission.USER_ADMINISTER)
        if name and User.objects.filter(federated_name=name).exclude(pk=user.pk).exists():
            raise FederatedNameTaken(
                "Otra cuenta ya tiene esa identidad.", hint="Revise el nombre en el proveedor de identidad."
            )
        if user.federated_name != name:
            user.federated_name = name
            user.save(update_fields=["federated_name"])
            SocialAccount.objects.filter(user_id=user.pk).delete()
            close_sessions([user.pk])
            record(actor=actor, purpose=purpose, action=Action.USER_LINKED, subject_kind="user", subjects=[user.pk])
    return user


def remove_second_factor(*, actor: Actor, purpose: Purpose, username: str, reason: str) -> User:
    """Take away a lost second factor, so that its owner enrols another. Sessions end.

    Whoever made a password link for the account in the last day may not: both together would be the account.
    Raises NotAllowed, NotFound, Invalid without a reason, SameHand.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.SECOND_FACTOR_CHANGED):
        policy.require_reason(reason)
        user = lock_user(actor, username, Permission.ACCOUNT_CERTIFY)
        lately = clock.now() - timedelta(days=1)
        makers = set(PasswordLink.objects.filter(user=user, made_at__gte=lately).values_list("made_by", flat=True))
        domain.refuse_same_hand(actor.username, frozenset(makers | {user.username}))
        Authenticator.objects.filter(user_id=user.pk).delete()
        close_sessions([user.pk])
        facts = {"change": "retirado"}
        record(
            actor=actor,
            purpose=purpose,
            action=Action.SECOND_FACTOR_CHANGED,
            subject_kind="user",
            subjects=[user.pk],
            facts=facts,
        )
    return user


def none_yet() -> bool:
    """Whether nobody has an active account: the first one is made by the system, since nobody could."""
    return not User.objects.filter(is_active=True).exists()


@dataclass(frozen=True, slots=True)
class Account:
    """An account of an agency and the roles that it holds today."""

    username: str
    full_name: str
    active: bool
    roles: tuple[Role, ...]


def list_accounts(*, actor: Actor) -> list[Account]:
    """The accounts of the actor's agency, by username. The reading is on the log. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=None, action=Action.USERS_READ):
        policy.require(actor, Permission.USER_ADMINISTER)
        users = list(User.objects.filter(agency_id=actor.agency_id).order_by("username"))
        record(actor=actor, purpose=None, action=Action.USERS_READ, subject_kind="user", subjects=[u.pk for u in users])
    held = held_roles([u.pk for u in users])
    return [Account(u.username, u.full_name, u.is_active, held.get(u.pk, ())) for u in users]


def held_roles(user_ids: Iterable[int]) -> dict[int, tuple[Role, ...]]:
    """Roles in force today by user. One query."""
    day = today()
    found: dict[int, set[Role]] = {}
    in_force = RoleGrant.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), user_id__in=list(user_ids), valid_from__lte=day)
    for user_id, role in in_force.values_list("user_id", "role"):
        found.setdefault(user_id, set()).add(Role(role))
    return {user_id: tuple(sorted(roles)) for user_id, roles in found.items()}


def _suspend(actor: Actor, purpose: Purpose | None, users: Sequence[User], cause: Suspension) -> None:
    ids = [user.pk for user in users]
    now = clock.now()
    for user in users:
        user.is_active, user.suspended_at, user.suspended_for = False, now, cause.value
    User.objects.bulk_update(users, ["is_active", "suspended_at", "suspended_for"])
    if cause in ENDS_ROLES:
        day = today()
        open_now = RoleGrant.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), user_id__in=ids)
        open_now.update(valid_to=Greatest(F("valid_from"), day))
    close_sessions(ids)
    record(
        actor=actor,
        purpose=purpose,
        action=Action.USER_SUSPENDED,
        subject_kind="user",
        subjects=ids,
        facts={"cause": cause.value},
    )


def _require(actor: Actor, agency: Agency) -> None:
    if not actor.is_system:
        policy.require(actor, Permission.USER_ADMINISTER, agency.pk)
