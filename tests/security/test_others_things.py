"""What is another institution's is, for whoever asks, what does not exist: same answer, same work, a line, and no change."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any, Final

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tequio.access import selectors as access
from tequio.access.domain import Actor, PurposeCode, Role
from tequio.access.models import User
from tequio.access.scoping import NATIONAL, reach
from tequio.accounts.models import AccountRequest, ApiToken, Decision, PasswordLink, TrainingRecord
from tequio.accounts.services import create_user, grant_roles
from tequio.institutions import selectors as institutions
from tequio.notices.models import Notice
from tequio.registries.rnd.models import CustodyEvent, Detention
from tequio.supply.models import Batch, Upload
from tequio.targets.models import Hit, Judgement, Target, TargetEvent
from tests.screens import browser
from tests.security.hostile import Things
from tests.security.walking import PATTERNS, address, mark_at, page
from tests.story import last_line_id, lines_of
from tests.world import LOADER, WHY, Cast

OF_NAYARIT: Final = {"detention_id", "batch_id", "upload_id", "request_id", "token_id"}
OF_JALISCO: Final = {"target_id", "hit_id", "notice_id", "username"}
SHARED: Final = {
    "accounts:set_password": "the secret of a link is whoever's who holds it",
    "accounts:close_session": "a reference is looked for among the own sessions alone: tests/accounts",
    "openid_connect_login": "names of providers are the node's",
    "openid_connect_callback": "names of providers are the node's",
    "mfa_remove_webauthn": "keys of the own account: below",
    "mfa_edit_webauthn": "keys of the own account: below",
    "search:ask": "a way to search",
    "supply:contract": "a published contract",
    "dashboards:tile": "figures, told under the rules of disclosure",
    **{name: "reference data of everybody" for name in PATTERNS if name.startswith("administration:")},
}
"""Addresses whose parameter names nobody's thing, each with why."""
OWNED: Final = [name for name, at in PATTERNS.items() if at.pattern.converters and name not in SHARED]
FORM: Final = {
    "reason": "porque sí", "motivo": "porque sí", "visto": "x", "bits": "9",
    "document": "OFICIO-1", "agree": "si", "verdict": "positiva", "kind": "EN_TRASLADO",
    "at": "2026-10-31T10:00", "threshold": "9", "cause": "baja", "state": "vigente", "federated_name": "ajeno",
    "accion": "recibir", "campo": "-", "text": "x", "version": "1", "nombre": "Otro",
}  # fmt: skip
"""What every form asks, in one: what a form does not know it does not read."""


@pytest.fixture
def oaxaca(cast: Cast) -> Actor:
    """Somebody of a third state with every role that decides."""
    agency = institutions.agency_by_code("OC-SSPC")
    user = User.objects.filter(username="oaxaca_all").first() or create_user(
        actor=LOADER, purpose=WHY, username="oaxaca_all", full_name="oaxaca_all", agency=agency
    )
    roles = [Role.SUPERVISOR, Role.ADMINISTRATOR, Role.CAPTURE]
    grant_roles(actor=LOADER, purpose=WHY, user=user, roles=roles, valid_from=date(2020, 1, 1), document="pruebas")
    return access.actor("oaxaca_all")


def test_every_address_that_takes_something_is_asked_about() -> None:
    known = OF_NAYARIT | OF_JALISCO
    assert [name for name in OWNED if not set(PATTERNS[name].pattern.converters) <= known] == []


def test_what_is_anothers_is_as_what_is_nobodys(things: Things, cast: Cast, oaxaca: Actor) -> None:
    before = _everything()
    wrong: list[str] = []
    for asking in (cast.nayarit_supervisor, cast.administrator, cast.jalisco_supervisor, oaxaca):
        client = _confirmed(asking)
        for name in OWNED:
            [parameter] = PATTERNS[name].pattern.converters
            own = asking.state_code == ("18" if parameter in OF_NAYARIT else "14")
            if own or mark_at(name).permission not in asking.permissions:
                continue
            wrong += [f"{asking.username} {name}: {one}" for one in _told_apart(client, asking, name, parameter, things)]
    assert wrong == []
    assert _everything() == before


def test_a_key_of_another_persons_account_is_nobodys(things: Things, cast: Cast) -> None:
    client = browser("outsider")
    for name in ("mfa_remove_webauthn", "mfa_edit_webauthn"):
        answers = [client.post(reverse(name, kwargs={"pk": pk}), {"name": "mía"}) for pk in (things.key, 2_000_000_000)]
        assert {answer.status_code for answer in answers} == {404}, name


def test_an_auditor_of_a_state_takes_out_no_other_chain(things: Things, cast: Cast) -> None:
    before = last_line_id()
    answer = browser("jalisco_auditor", PurposeCode.AUDIT.value).post(reverse("administration:export"), {"cadena": "NT-SSPC"})
    assert answer.status_code in (403, 404)
    assert "nayarit" not in page(answer)
    assert [outcome for _, outcome in lines_of(cast.jalisco_auditor, before)] == ["negado"]


def _confirmed(asking: Actor) -> Client:
    code = PurposeCode.ADMINISTRATION if asking.roles == {Role.ADMINISTRATOR} else PurposeCode.INVESTIGATION
    return browser(asking.username, code.value)


def _told_apart(client: Client, asking: Actor, name: str, parameter: str, things: Things) -> list[str]:
    """What tells another's thing from nothing at an address: no difference, or what is to be mended."""
    there = address(name, things, "jalisco_analyst" if asking.state_code != "14" else "nayarit_analyst")
    nowhere = reverse(name, kwargs={parameter: "nadie.nunca" if parameter == "username" else uuid.uuid4()})
    wrong = []
    for method in mark_at(name).methods:
        mark = last_line_id()
        asked, work = _ask(client, method, there)
        refused = [outcome for _, outcome in lines_of(asking, mark)]
        nobody, as_much_work = _ask(client, method, nowhere)
        if asked.status_code != 404 and not _blank_form(name, method):
            wrong.append(f"{method} {asked.status_code}")
        if _plain(asked, there) != _plain(nobody, nowhere):
            wrong.append(f"{method}: another page than for what does not exist")
        if work != as_much_work:
            wrong.append(f"{method}: {work} queries, {as_much_work} for what does not exist")
        if "negado" not in refused and not _blank_form(name, method) and name not in WITHOUT_LINE:
            wrong.append(f"{method}: no line, {refused}")
    return wrong


WITHOUT_LINE: Final = {"supply:preview", "supply:standing"}
"""Reads of how far one's own file is, several times a minute, that leave no line."""


def _blank_form(name: str, method: str) -> bool:
    """A form that is the same for whatever it is asked about."""
    return name == "accounts:token_revoke" and method == "GET"


def _ask(client: Client, method: str, where: str) -> tuple[HttpResponse, int]:
    with CaptureQueriesContext(connection) as seen:
        answer: Any = client.get(where) if method == "GET" else client.post(where, FORM)
    return answer, len(seen)


def _plain(answer: HttpResponse, where: str) -> tuple[int, str]:
    """An answer without what is of one request: its address, and the sign of its forms."""
    said = page(answer).replace(where, "-")
    quoted = re.sub(r"siguiente=[^\"&]*", "siguiente=-", said)
    return answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"', "", quoted)


def _everything() -> dict[str, list[Any]]:
    """What could have been changed, as it stands."""
    columns = {
        Detention: ("pk", "version"), CustodyEvent: ("pk",), Target: ("pk", "state", "own_threshold"), TargetEvent: ("pk",),
        Hit: ("pk", "state"), Judgement: ("pk",), Notice: ("pk", "acknowledged_at"), Batch: ("pk", "state"), Upload: ("pk",),
        AccountRequest: ("pk", "state"), Decision: ("pk",), ApiToken: ("pk", "revoked_at"), PasswordLink: ("pk",),
        TrainingRecord: ("pk",), User: ("pk", "is_active", "password", "federated_name"),
    }  # fmt: skip
    with reach(NATIONAL):
        return {
            model.__name__: list(model._base_manager.order_by("pk").values_list(*names)) for model, names in columns.items()
        }
