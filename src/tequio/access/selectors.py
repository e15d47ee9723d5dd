"""Who a user is now."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from tequio.access.domain import Actor, Role
from tequio.access.models import RoleGrant, User
from tequio.institutions.models import Agency
from tequio.kernel import clock
from tequio.kernel.errors import NotAllowed


class UnknownUser(NotAllowed):
    """There is no active user of that name."""

    code = "USUARIO_DESCONOCIDO"


def actor(username: str) -> Actor:
    """The user as an actor, with the roles in force today. Raises UnknownUser. Two queries."""
    user = User.objects.filter(username=username, is_active=True).select_related("agency").first()
    if user is None:
        raise UnknownUser(
            f"No hay una persona usuaria activa «{username}».", hint="Revise el nombre, o pida su alta a quien administra."
        )
    return Actor(
        username=user.username,
        agency_id=user.agency_id,
        agency_code=user.agency.code,
        state_code=user.agency.state_id or "",
        roles=roles(user.pk, clock.now().astimezone(clock.MEXICO).date()),
        user_id=user.pk,
    )


def roles(user_id: int, on: date) -> frozenset[Role]:
    """Roles that the user holds on a day."""
    held = RoleGrant.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), user_id=user_id, valid_from__lte=on)
    return frozenset(Role(value) for value in held.values_list("role", flat=True))


def system_actor(agency_code: str) -> Actor:
    """The system itself, acting in an agency's chain: installation, workers, reference data."""
    agency = Agency.objects.filter(code=agency_code).first()
    return Actor(
        "sistema",
        agency.pk if agency else 0,
        agency_code,
        (agency.state_id or "") if agency else "",
        frozenset(),
        is_system=True,
    )
