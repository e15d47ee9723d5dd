"""Accounts and the roles that they hold, with their lines on the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose, Role
from tequio.access.models import RoleGrant, User
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.institutions.models import Agency
from tequio.kernel import clock
from tequio.kernel.errors import Conflict, NotAllowed


class OwnRoles(NotAllowed):
    """Who administers accounts would give roles to their own."""

    code = "ROLES_PROPIOS"


class UsernameTaken(Conflict):
    """Another agency's account has that username."""

    code = "USUARIO_OCUPADO"


def create_user(*, actor: Actor, purpose: Purpose, username: str, full_name: str, agency: Agency) -> User:
    """Make an account, or return the one that is there. Raises NotAllowed, NotFound for another agency, UsernameTaken."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.USER_CREATED):
        _require(actor, agency)
        user, fresh = User.objects.get_or_create(
            username=username, defaults={"full_name": full_name, "agency": agency, "created_at": clock.now()}
        )
        if user.agency_id != agency.pk:
            raise UsernameTaken(f"El nombre «{username}» ya lo usa otra cuenta.", hint="Elija otro nombre de usuario.")
        if fresh:
            user.set_unusable_password()
            user.save(update_fields=["password"])
            record(actor=actor, purpose=purpose, action=Action.USER_CREATED, subject_kind="user", subjects=[user.pk])
    return user


def grant_roles(*, actor: Actor, purpose: Purpose, user: User, roles: Iterable[Role], valid_from: date, document: str) -> None:
    """Give roles from a day on, by a document. Roles already held are left as they are."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.ROLE_GRANTED):
        _require(actor, user.agency)
        if user.pk == actor.user_id:
            raise OwnRoles("Nadie se da roles a sí mismo.", hint="Pídalos a otra persona administradora de su dependencia.")
        wanted = sorted(roles)
        grants = [
            RoleGrant(user=user, role=r.value, valid_from=valid_from, document=document, granted_by=actor.username)
            for r in wanted
        ]
        RoleGrant.objects.bulk_create(grants, ignore_conflicts=True)
        record(
            actor=actor,
            purpose=purpose,
            action=Action.ROLE_GRANTED,
            subject_kind="user",
            subjects=[user.pk],
            facts={"roles": [r.value for r in wanted]},
        )


def none_yet() -> bool:
    """Whether nobody has an account: the first one is made by the system, since nobody could."""
    return not User.objects.exists()


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
    today = clock.now().astimezone(clock.MEXICO).date()
    held: dict[int, list[Role]] = {}
    in_force = RoleGrant.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), user__in=users, valid_from__lte=today)
    for user_id, role in in_force.order_by("role").values_list("user_id", "role"):
        held.setdefault(user_id, []).append(Role(role))
    return [Account(u.username, u.full_name, u.is_active, tuple(held.get(u.pk, ()))) for u in users]


def _require(actor: Actor, agency: Agency) -> None:
    if not actor.is_system:
        policy.require(actor, Permission.USER_ADMINISTER, agency.pk)
