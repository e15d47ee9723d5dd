"""The life of an account: asked for, agreed to by two, certified each quarter, suspended, linked, given a password."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client

from tequio.access import selectors as access
from tequio.access.domain import TOKEN_SCOPES, Permission, Role, Suspension
from tequio.access.models import RoleGrant, User
from tequio.accounts import services
from tequio.accounts.domain import RequestClosed, RequestState, SameHand, ScopeTooWide, Training
from tequio.accounts.models import AccountRequest, ApiToken, PasswordLink
from tequio.accounts.selectors import people_by_state
from tequio.accounts.services import (
    LinkUnusable,
    OwnRoles,
    RequestDraft,
    RequestOpen,
    TokenRefused,
    UsernameTaken,
    create_user,
    grant_roles,
)
from tequio.institutions.selectors import agency_by_code
from tequio.kernel import clock
from tequio.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.story import last_line
from tests.world import WHY, Cast

pytestmark = pytest.mark.django_db
DRAFT = RequestDraft(
    "nueva.persona", "Persona Nueva", frozenset({Role.ANALYST}), "OFICIO 77/2026", date(2026, 10, 1), Training.VALID,
    date(2027, 10, 1), "nueva@example.org",
)  # fmt: skip
SYSTEM = access.system_actor


def ask(cast: Cast, draft: RequestDraft = DRAFT) -> AccountRequest:
    return services.request_account(actor=cast.jalisco_liaison, agency_code="JC-SSP", draft=draft)


def say(actor: object, request: AccountRequest, agree: bool = True, reason: str = "") -> AccountRequest:
    return services.decide_request(actor=actor, request_id=request.pk, agree=agree, reason=reason)  # type: ignore[arg-type]


def test_an_account_is_opened_by_three_people_and_its_roles_end_in_a_year(cast: Cast) -> None:
    request = ask(cast)
    assert not User.objects.filter(username="nueva.persona").exists()
    assert say(cast.jalisco_supervisor, request).state == RequestState.SUPERVISED.value
    assert say(cast.hub_operator, request).state == RequestState.APPROVED.value
    made = access.actor("nueva.persona")
    assert made.agency_code == "JC-SSP" and made.roles == {Role.ANALYST}
    user = User.objects.get(username="nueva.persona")
    assert not user.has_usable_password() and user.email == "nueva@example.org"
    grant = RoleGrant.objects.get(user=user)
    assert grant.valid_to == grant.valid_from + timedelta(days=365) and grant.document == "OFICIO 77/2026"
    with clock.at(clock.now() + timedelta(days=366)):
        assert access.roles(user.pk, clock.now().date()) == frozenset()
    assert last_line(cast.hub_operator).action == "account.decided"


def test_no_two_steps_are_one_persons(cast: Cast) -> None:
    both = replace(cast.jalisco_supervisor, roles=frozenset({Role.SUPERVISOR, Role.HUB_OPERATOR}), state_code="")
    request = services.request_account(actor=cast.jalisco_supervisor, agency_code="JC-SSP", draft=DRAFT)
    with pytest.raises(SameHand):
        say(cast.jalisco_supervisor, request)
    request = ask(cast, replace(DRAFT, username="otra.persona"))
    say(both, request)
    with pytest.raises(SameHand):
        say(both, request)
    with pytest.raises(SameHand):
        ask(cast, replace(DRAFT, username="jalisco_liaison"))


def test_another_agency_neither_sees_nor_decides(cast: Cast) -> None:
    request = ask(cast)
    with pytest.raises(NotFound):
        say(cast.nayarit_supervisor, request)
    with pytest.raises(NotFound):
        services.read_request(actor=cast.nayarit_supervisor, request_id=request.pk)
    with pytest.raises(NotFound):
        services.request_account(actor=cast.nayarit_liaison, agency_code="JC-SSP", draft=DRAFT)
    assert services.read_requests(actor=cast.nayarit_supervisor)[0] == []
    assert [one.pk for one in services.read_requests(actor=cast.hub_operator)[0]] == [request.pk]


def test_the_hub_does_not_go_first_where_there_is_a_supervisor(cast: Cast) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        say(cast.hub_operator, ask(cast))


def test_an_agency_without_a_supervisor_gets_its_first_through_two_of_the_hub(cast: Cast) -> None:
    second = replace(cast.hub_operator, username="hub_second", user_id=10**9)
    third = replace(cast.hub_operator, username="hub_third", user_id=10**9 + 1)
    draft = replace(DRAFT, roles=frozenset({Role.SUPERVISOR}))
    request = services.request_account(actor=cast.hub_operator, agency_code="OC-SSPC", draft=draft)
    with pytest.raises(SameHand):
        say(cast.hub_operator, request)
    say(second, request)
    assert say(third, request).state == RequestState.APPROVED.value


def test_a_no_needs_a_reason_and_ends_it(cast: Cast) -> None:
    request = ask(cast)
    with pytest.raises(Invalid):
        say(cast.jalisco_supervisor, request, agree=False)
    say(cast.jalisco_supervisor, request, agree=False, reason="No es de aquí.")
    with pytest.raises(RequestClosed):
        say(cast.hub_operator, request)
    ask(cast)


def test_one_request_at_a_time_and_it_runs_out(cast: Cast) -> None:
    request = ask(cast)
    with pytest.raises(RequestOpen):
        ask(cast)
    with clock.at(clock.now() + timedelta(days=31)):
        with pytest.raises(RequestClosed):
            say(cast.jalisco_supervisor, request)
        assert services.expire_requests(actor=SYSTEM("FED-SSPC")) == 1
        ask(cast, replace(DRAFT, document_date=date(2026, 10, 2)))


@pytest.mark.parametrize(
    "change",
    [
        {"roles": frozenset()},
        {"document": " "},
        {"full_name": ""},
        {"document_date": date(2090, 1, 1)},
        {"username": "Ñandú"},
        {"username": "a/b"},
        {"roles": frozenset({Role.HUB_OPERATOR})},
        {"training": Training.NONE},
        {"training_valid_to": None},
        {"full_name": "a\x00b"},
    ],
)
def test_a_request_that_says_too_little_or_too_much_is_refused(cast: Cast, change: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        ask(cast, replace(DRAFT, **change))  # type: ignore[arg-type]


def test_a_name_of_another_agency_is_taken_until_its_owner_moves(cast: Cast) -> None:
    moving = replace(DRAFT, username="nayarit_analyst")
    with pytest.raises(UsernameTaken):
        ask(cast, moving)
    services.suspend_user(
        actor=cast.nayarit_supervisor,
        purpose=WHY,
        username="nayarit_analyst",
        cause=Suspension.TRANSFER,
        reason="Se va a Jalisco.",
    )
    with pytest.raises(Conflict):
        services.reinstate_user(actor=cast.hub_operator, purpose=WHY, username="nayarit_analyst", reason="x")
    request = ask(cast, moving)
    say(cast.jalisco_supervisor, request)
    say(cast.hub_operator, request)
    moved = access.actor("nayarit_analyst")
    assert moved.agency_code == "JC-SSP" and moved.roles == {Role.ANALYST}
    old = RoleGrant.objects.filter(user__username="nayarit_analyst").order_by("valid_from").first()
    assert old is not None and old.valid_to is not None


def test_an_account_that_nobody_certifies_in_a_quarter_is_suspended(cast: Cast) -> None:
    agency = agency_by_code("JC-SSP")
    user = create_user(actor=SYSTEM("JC-SSP"), purpose=WHY, username="olvidada", full_name="Olvidada", agency=agency)
    grant_roles(actor=SYSTEM("JC-SSP"), purpose=WHY, user=user, roles=[Role.ANALYST], valid_from=date(2020, 1, 1), document="x")
    User.objects.exclude(pk=user.pk).update(certified_at=clock.now() + timedelta(days=60))
    with clock.at(clock.now() + timedelta(days=80)):
        assert [row.username for row in services.accounts_to_certify(cast.jalisco_supervisor)] == ["olvidada"]
        assert services.suspend_uncertified(actor=SYSTEM("FED-SSPC")) == 0
    with clock.at(clock.now() + timedelta(days=91)):
        assert services.suspend_uncertified(actor=SYSTEM("FED-SSPC")) == 1
        assert services.suspend_uncertified(actor=SYSTEM("FED-SSPC")) == 0
        with pytest.raises(access.UnknownUser):
            access.actor("olvidada")
        services.reinstate_user(actor=cast.jalisco_supervisor, purpose=WHY, username="olvidada", reason="Sigue aquí.")
        assert access.actor("olvidada").roles == {Role.ANALYST}
        assert services.suspend_uncertified(actor=SYSTEM("FED-SSPC")) == 0
    with pytest.raises(NotAllowed):
        services.suspend_uncertified(actor=cast.hub_operator)


def test_nobody_certifies_or_suspends_their_own(cast: Cast) -> None:
    with pytest.raises(OwnRoles):
        services.certify_user(actor=cast.jalisco_supervisor, purpose=WHY, username="jalisco_supervisor")
    services.certify_user(actor=cast.hub_operator, purpose=WHY, username="jalisco_supervisor")
    with pytest.raises(SameHand):
        services.suspend_user(
            actor=cast.administrator, purpose=WHY, username="administrator", cause=Suspension.LEAVING, reason="x"
        )
    with pytest.raises(NotFound):
        services.certify_user(actor=cast.nayarit_supervisor, purpose=WHY, username="jalisco_analyst")


def test_training_counts_by_state_while_it_is_valid(cast: Cast) -> None:
    today = clock.now().date()
    for name, state, until in (
        ("nayarit_analyst", Training.VALID, today + timedelta(days=10)),
        ("nayarit_liaison", Training.VALID, today + timedelta(days=1)),
        ("nayarit_capturist", Training.ENROLLED, None),
    ):
        services.record_training(
            actor=cast.administrator, purpose=WHY, username=name, state=state, valid_to=until, document="CONSTANCIA 1"
        )

    def nayarit() -> tuple[int, int, int]:
        row = next(one for one in people_by_state() if one.state == cast.nayarit_analyst.state_code)
        return row.active, row.trained, row.enrolled

    active, trained, enrolled = nayarit()
    assert (trained, enrolled) == (2, 1) and active >= 5
    with clock.at(clock.now() + timedelta(days=5)):
        assert nayarit()[1:] == (1, 1)


def test_a_link_sets_a_password_once(cast: Cast) -> None:
    secret = services.make_password_link(actor=cast.administrator, purpose=WHY, username="nayarit_analyst")
    assert secret not in str(list(PasswordLink.objects.values()))
    client = Client()
    address = f"/entrar/contrasena/{secret}/"
    assert client.get(address).status_code == 200 and client.get(address).status_code == 200
    assert client.post(address, {"password1": "corta", "password2": "corta"}).status_code == 422
    long = "una frase larga y propia 9"
    assert client.post(address, {"password1": long, "password2": long})["Location"] == "/entrar/"
    assert client.get(address).status_code == 404
    assert User.objects.get(username="nayarit_analyst").check_password(long)


def test_a_link_runs_out_and_a_newer_one_ends_it(cast: Cast) -> None:
    first = services.make_password_link(actor=cast.administrator, purpose=WHY, username="nayarit_analyst")
    second = services.make_password_link(actor=cast.administrator, purpose=WHY, username="nayarit_analyst")
    with pytest.raises(LinkUnusable):
        services.user_of_link(first)
    assert services.user_of_link(second).username == "nayarit_analyst"
    with clock.at(clock.now() + timedelta(hours=25)), pytest.raises(LinkUnusable):
        services.user_of_link(second)
    with pytest.raises(NotFound):
        services.make_password_link(actor=cast.administrator, purpose=WHY, username="jalisco_analyst")


def test_who_made_the_link_does_not_take_the_second_factor_away(cast: Cast) -> None:
    both = replace(cast.administrator, roles=frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR}))
    services.make_password_link(actor=both, purpose=WHY, username="nayarit_analyst")
    with pytest.raises(SameHand):
        services.remove_second_factor(actor=both, purpose=WHY, username="nayarit_analyst", reason="Perdió el teléfono.")
    services.remove_second_factor(
        actor=cast.nayarit_supervisor, purpose=WHY, username="nayarit_analyst", reason="Perdió el teléfono."
    )


def token(cast: Cast, *scopes: Permission, days: int = 30) -> tuple[ApiToken, str]:
    wanted = scopes or (Permission.SUPPLY_SEND,)
    return services.make_token(actor=cast.jalisco_supervisor, purpose=WHY, label="nodo", scopes=wanted, valid_days=days)


def test_a_token_acts_for_its_agency_with_its_scopes_and_no_more(cast: Cast) -> None:
    made, secret = token(cast, Permission.SUPPLY_SEND, Permission.NOTICE_READ)
    actor = services.authenticate(secret)
    assert actor.agency_id == cast.jalisco_supervisor.agency_id and not actor.roles
    assert actor.permissions == {Permission.SUPPLY_SEND, Permission.NOTICE_READ}
    assert secret not in str(list(ApiToken.objects.values()))
    assert ApiToken.objects.get(pk=made.pk).used_at is not None


@pytest.mark.parametrize("scope", sorted(set(Permission) - TOKEN_SCOPES)[:6])
def test_no_program_decides(cast: Cast, scope: Permission) -> None:
    with pytest.raises(ScopeTooWide):
        token(cast, scope)


def test_a_token_may_no_more_than_its_maker(cast: Cast) -> None:
    lesser = replace(cast.jalisco_supervisor, roles=frozenset(), scopes=frozenset({Permission.TOKEN_ADMINISTER}))
    with pytest.raises(ScopeTooWide):
        services.make_token(actor=lesser, purpose=WHY, label="x", scopes=[Permission.SEARCH_PERSON], valid_days=1)


def test_a_token_ends_when_revoked_or_when_its_days_are_over(cast: Cast) -> None:
    made, secret = token(cast)
    with clock.at(clock.now() + timedelta(days=30)), pytest.raises(TokenRefused):
        services.authenticate(secret)
    with pytest.raises(NotFound):
        services.revoke_token(actor=cast.nayarit_supervisor, purpose=WHY, token_id=made.pk, reason="x")
    services.revoke_token(actor=cast.jalisco_supervisor, purpose=WHY, token_id=made.pk, reason="Ya no se usa.")
    for wrong in (secret, "tq_nada", ""):
        with pytest.raises(TokenRefused):
            services.authenticate(wrong)
    token(cast)
    for days in (0, 366):
        with pytest.raises(Invalid):
            token(cast, days=days)
