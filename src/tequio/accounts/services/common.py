"""What services of accounts share: days, the hub, and finding the account that a step is about."""

from __future__ import annotations

from datetime import date

from tequio.access import policy
from tequio.access.domain import Actor, Permission
from tequio.access.models import User
from tequio.catalogs import selectors as catalogs
from tequio.kernel import clock


def today() -> date:
    """The day in central Mexico."""
    return clock.now().astimezone(clock.MEXICO).date()


def days(parameter: str) -> int:
    """A dated parameter in force, as a whole number. One query."""
    return int(catalogs.parameter(parameter, today()))


def is_hub(actor: Actor) -> bool:
    """Whether the actor approves accounts of every agency."""
    return Permission.ACCOUNT_APPROVE_HUB in actor.permissions and not actor.state_code


def lock_user(actor: Actor, username: str, permission: Permission) -> User:
    """The account, held until the transaction ends. Of the own agency, or of any for the hub and the system.

    Raises NotAllowed, NotFound: alike for a name that is nobody's and for another agency's.
    """
    if not actor.is_system:
        policy.require(actor, permission)
    user = User.objects.select_for_update(of=("self",)).select_related("agency").filter(username=username).first()
    if user is None or not reaches(actor, user.agency_id):
        raise policy.not_found()
    return user


def reaches(actor: Actor, agency_id: int) -> bool:
    """Whether accounts of that agency are the actor's to see."""
    return actor.is_system or actor.agency_id == agency_id or is_hub(actor)
