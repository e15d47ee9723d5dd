"""Who may do what is one table and one place that answers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tequio.access import policy, selectors
from tequio.access.domain import PERMISSIONS, Actor, Permission, Purpose, PurposeCode, Role
from tequio.access.models import RoleGrant, User
from tequio.accounts.services import grant_roles
from tequio.kernel import clock
from tequio.kernel.errors import Invalid, NotAllowed, NotFound, PurposeRequired
from tests.story import NOON
from tests.world import WHY, Cast


def _actor(*roles: Role, agency_id: int = 1) -> Actor:
    return Actor("alguien", agency_id, "XX", "01", frozenset(roles))


@given(st.sets(st.sampled_from(Role)), st.sampled_from(Permission))
def test_a_permission_is_held_when_one_of_the_roles_has_it_and_not_otherwise(roles: set[Role], permission: Permission) -> None:
    held = any(permission in PERMISSIONS[role] for role in roles)
    if held:
        policy.require(_actor(*roles), permission)
    else:
        with pytest.raises(NotAllowed) as refusal:
            policy.require(_actor(*roles), permission)
        assert refusal.value.facts == {"permission": permission.value}
        assert refusal.value.hint


def test_every_role_is_in_the_table_and_every_permission_is_somebodys() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert frozenset().union(*PERMISSIONS.values()) == set(Permission)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_whoever_audits_or_administers_sees_nobodys_data(role: Role) -> None:
    seeing = {p for p in Permission if p.value.endswith(".read") or p is Permission.SEARCH_PERSON}
    seeing -= {Permission.AUDIT_READ}  # lines of the log hold references and no record
    assert not PERMISSIONS[role] & seeing


@pytest.mark.parametrize("role", sorted(Role))
def test_nobody_but_an_auditor_has_the_log(role: Role) -> None:
    log = {Permission.AUDIT_EXPORT, Permission.AUDIT_VERIFY}
    assert bool(PERMISSIONS[role] & log) == (role is Role.AUDITOR)


def test_a_thing_of_another_agency_does_not_exist() -> None:
    with pytest.raises(NotFound) as refusal:
        policy.require(_actor(Role.ANALYST), Permission.HIT_READ, agency_id=2)
    assert refusal.value.as_dict() == policy.not_found().as_dict()
    policy.require(_actor(Role.ANALYST), Permission.HIT_READ, agency_id=1)


@pytest.mark.parametrize(
    "purpose", [None, Purpose(PurposeCode.AUDIT, ""), Purpose(PurposeCode.AUDIT, " \t".replace("\t", " "))]
)
def test_a_consultation_needs_purpose_and_folio(purpose: Purpose | None) -> None:
    with pytest.raises(PurposeRequired):
        policy.require_purpose(purpose)


@given(st.text())
def test_a_reason_is_kept_as_it_is_or_refused(reason: str) -> None:
    good = bool(reason.strip()) and "\x00" not in reason
    if good:
        policy.require_reason(reason)
        reason.encode()
    else:
        with pytest.raises(Invalid):
            policy.require_reason(reason)


def test_only_the_system_is_the_system() -> None:
    policy.require_system(Actor("sistema", 0, "FED-SSPC", "", frozenset(), is_system=True))
    with pytest.raises(NotAllowed):
        policy.require_system(_actor(*Role))


@pytest.mark.django_db
def test_a_role_is_held_from_its_first_day_to_the_day_before_its_end(cast: Cast) -> None:
    today = NOON.date()
    user = User.objects.get(username="outsider")
    system = selectors.system_actor("FED-SSPC")
    with clock.at(NOON):
        grant_roles(actor=system, purpose=WHY, user=user, roles=[Role.ANALYST], valid_from=today, document="Oficio 1")
        RoleGrant.objects.filter(user=user, role=Role.ANALYST).update(valid_to=today + timedelta(days=2))
    held = {}
    for days in (-1, 0, 1, 2):
        with clock.at(NOON + timedelta(days=days)):
            held[days] = Role.ANALYST in selectors.actor("outsider").roles
    assert held == {-1: False, 0: True, 1: True, 2: False}


@pytest.mark.django_db
def test_the_day_of_a_role_is_mexicos_and_not_greenwichs(cast: Cast) -> None:
    user = User.objects.get(username="outsider")
    RoleGrant.objects.filter(user=user).update(valid_from=date(2026, 11, 1))
    with clock.at(NOON.replace(hour=5)):  # still 31 October in Mexico
        assert selectors.actor("outsider").roles == frozenset()
    with clock.at(NOON.replace(hour=7)):
        assert selectors.actor("outsider").roles == {Role.CONSULTATION}


@pytest.mark.django_db
def test_an_inactive_user_and_an_unknown_one_are_refused_alike(cast: Cast) -> None:
    User.objects.filter(username="outsider").update(is_active=False)
    said = []
    for username in ("outsider", "nadie"):
        with pytest.raises(selectors.UnknownUser) as refusal:
            selectors.actor(username)
        said.append((refusal.value.message.replace(username, "X"), refusal.value.hint, refusal.value.code))
    assert said[0] == said[1]


@pytest.mark.django_db
def test_granting_again_changes_nothing(cast: Cast) -> None:
    user = User.objects.get(username="outsider")
    grant_roles(
        actor=selectors.system_actor("FED-SSPC"), purpose=WHY, user=user, roles=[Role.CONSULTATION], valid_from=NOON.date(),
        document="Oficio 2",
    )  # fmt: skip
    assert RoleGrant.objects.filter(user=user).count() == 1
