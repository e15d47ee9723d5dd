"""The screens of accounts: who gets in, what is shown, and what markup in a name does (nothing)."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tequio.access.domain import Permission, Role
from tequio.access.models import User
from tequio.accounts import services
from tequio.accounts.models import AccountRequest, ApiToken
from tequio.audit.models import Line
from tests.story import last_line_id
from tests.web import signed_in
from tests.world import WHY, Cast

MARKUP = "<script>alert(1)</script>\"'>&"
ASKED = {
    "agency": "JC-SSP", "username": "nueva.persona", "full_name": MARKUP, "roles": ["analista"], "document": "OFICIO <b>1</b>",
    "document_date": "2026-10-01", "training": "sin_capacitacion",
}  # fmt: skip
LISTS = {
    "accounts:list": ({"nayarit_supervisor", "administrator", "hub_operator"}, "user.read"),
    "accounts:requests": ({"nayarit_supervisor", "nayarit_liaison", "administrator", "hub_operator"}, "account.requests_read"),
    "accounts:tokens": ({"nayarit_supervisor"}, "token.read"),
}
EVERYBODY = (
    "nayarit_capturist",
    "nayarit_supervisor",
    "nayarit_liaison",
    "administrator",
    "hub_operator",
    "hub_auditor",
    "outsider",
)


def page(reader: str, name: str, **parts: object) -> tuple[int, str]:
    answer = signed_in(Client(), reader).get(reverse(name, kwargs=parts or None))
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("username", EVERYBODY)
def test_each_list_opens_to_its_roles_and_is_on_the_log(cast: Cast, username: str, name: str) -> None:
    mark = last_line_id()
    status, _ = page(username, name)
    admitted, action = LISTS[name]
    lines = set(Line.objects.filter(username=username, id__gt=mark).values_list("action", "outcome"))
    assert status == (200 if username in admitted else 403)
    assert ((action, "hecho") if username in admitted else ("screen.refused", "negado")) in lines


def test_a_list_shows_the_own_agency_and_to_the_hub_all(cast: Cast) -> None:
    assert "jalisco_analyst" not in page("nayarit_supervisor", "accounts:list")[1]
    assert "jalisco_analyst" in page("hub_operator", "accounts:list")[1]
    assert page("nayarit_supervisor", "accounts:sheet", username="jalisco_analyst")[0] == 404
    assert page("nayarit_supervisor", "accounts:sheet", username="no.existe")[0] == 404
    assert page("nayarit_supervisor", "accounts:sheet", username="nayarit_analyst")[0] == 200


def test_a_request_goes_its_way_through_the_screens(cast: Cast) -> None:
    liaison = signed_in(Client(), "jalisco_liaison")
    done = liaison.post(reverse("accounts:request_new"), ASKED)
    assert done.status_code == 302
    request = AccountRequest.objects.get(username="nueva.persona")
    where, decide = (reverse(f"accounts:{name}", kwargs={"request_id": request.pk}) for name in ("request", "decide"))
    text = liaison.get(where).content.decode()
    assert MARKUP not in text and "&lt;script&gt;" in text and "decidir" not in text
    assert signed_in(Client(), "nayarit_supervisor").get(where).status_code == 404
    assert liaison.post(decide, {"agree": "si"}).status_code == 403
    supervisor = signed_in(Client(), "jalisco_supervisor")
    assert "Solicitud de cuenta" in supervisor.get("/").content.decode()
    assert supervisor.post(decide, {"agree": "no", "reason": ""}).status_code == 422
    assert supervisor.post(decide, {"agree": "si"}).status_code == 302
    assert signed_in(Client(), "hub_operator").post(decide, {"agree": "si"}).status_code == 302
    assert User.objects.get(username="nueva.persona").full_name == MARKUP
    for username, name, parts in (
        ("jalisco_supervisor", "accounts:list", {}),
        ("jalisco_supervisor", "accounts:sheet", {"username": "nueva.persona"}),
        ("hub_operator", "accounts:requests", {}),
    ):
        status, text = page(username, name, **parts)
        assert status == 200 and MARKUP not in text and "<b>1</b>" not in text


@pytest.mark.parametrize("wrong", [{"agency": "NT-SSPC"}, {"agency": "X"}])
def test_a_request_for_another_agency_is_refused(cast: Cast, wrong: dict[str, str]) -> None:
    answer = signed_in(Client(), "jalisco_liaison").post(reverse("accounts:request_new"), ASKED | wrong)
    assert answer.status_code in (404, 422) and not AccountRequest.objects.exists()


@pytest.mark.parametrize("wrong", [{"username": "Ñ"}, {"roles": []}, {"document_date": "2090-01-01"}, {"training": "vigente"}])
def test_a_wrong_request_says_what_to_mend(cast: Cast, wrong: dict[str, object]) -> None:
    answer = signed_in(Client(), "jalisco_liaison").post(reverse("accounts:request_new"), ASKED | wrong)
    assert answer.status_code == 422 and "Falta corregir" in answer.content.decode()


def test_what_is_done_with_an_account_is_asked_with_its_document(cast: Cast) -> None:
    boss = signed_in(Client(), "nayarit_supervisor")

    def do(client: Client, name: str, **said: str) -> int:
        return client.post(reverse(f"accounts:{name}", kwargs={"username": "nayarit_analyst"}), said).status_code

    assert do(boss, "certify") == 422
    assert do(boss, "certify", document="OFICIO 1") == 302
    assert do(boss, "suspend", cause="motivo", document="OFICIO 1", reason="Revisión.") == 302
    assert not User.objects.get(username="nayarit_analyst").is_active
    assert do(boss, "reinstate", document="OFICIO 1", reason="Concluyó.") == 302
    assert do(boss, "password_link", document="OFICIO 1") == 403
    admin = signed_in(Client(), "administrator")
    made = admin.post(reverse("accounts:password_link", kwargs={"username": "nayarit_analyst"}), {"document": "OFICIO 1"})
    link = made.context["link"]
    assert made.status_code == 200 and link in made.content.decode() and Client().get(link).status_code == 200
    assert do(admin, "training", state="vigente", document="C-1") == 422
    assert do(admin, "training", state="vigente", training_valid_to="2027-01-01", document="C-1") == 302


def test_a_sensitive_step_asks_again_who_one_is(cast: Cast) -> None:
    admin = signed_in(Client(), "administrator")
    session = admin.session
    session["account_authentication_methods"] = [
        one | {"at": one["at"] - 3_600} for one in session["account_authentication_methods"]
    ]
    session.save()
    asked = admin.post(reverse("accounts:password_link", kwargs={"username": "nayarit_analyst"}), {"document": "OFICIO 1"})
    assert asked.status_code == 302 and asked["Location"].startswith("/cuenta/confirmar/")
    assert admin.get(asked["Location"]).status_code == 200


def test_a_token_is_shown_once(cast: Cast) -> None:
    boss = signed_in(Client(), "jalisco_supervisor")
    said = {"label": MARKUP, "scopes": ["supply.send"], "valid_days": "30", "document": "OFICIO 1"}
    made = boss.post(reverse("accounts:token_new"), said)
    secret = made.context["secret"]
    assert services.authenticate(secret).permissions == {Permission.SUPPLY_SEND}
    text = boss.get(reverse("accounts:tokens")).content.decode()
    assert secret not in text and MARKUP not in text
    token = ApiToken.objects.get()
    revoke = reverse("accounts:token_revoke", kwargs={"token_id": token.pk})
    assert signed_in(Client(), "nayarit_supervisor").post(revoke, {"document": "O", "reason": "x"}).status_code == 404
    assert boss.post(revoke, {"document": "O", "reason": "x"}).status_code == 302
    assert boss.post(reverse("accounts:token_new"), said | {"scopes": ["hit.judge"]}).status_code == 422


def test_forms_need_their_sign(cast: Cast) -> None:
    strict = signed_in(Client(enforce_csrf_checks=True), "jalisco_liaison")
    assert strict.post(reverse("accounts:request_new"), ASKED).status_code == 403
    assert Client(enforce_csrf_checks=True).post("/entrar/", {"login": "a", "password": "b"}).status_code == 403


def test_every_page_of_the_entrance_and_of_the_own_account_is_drawn(cast: Cast) -> None:
    user = User.objects.get(username="outsider")
    user.set_password("una frase larga y propia 3")
    user.save()
    client = signed_in(Client(), "outsider")
    for address in (
        "/cuenta/", "/cuenta/sesiones/", "/cuenta/contrasena/", "/cuenta/segundo-factor/", "/cuenta/segundo-factor/llaves/",
        "/cuenta/segundo-factor/llaves/agregar/", "/cuenta/segundo-factor/recuperacion/nuevos/", "/cuenta/confirmar/codigo/",
        "/salir/",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200 and answer.content.decode().count("<h1") == 1, address
    for address in ("/entrar/", "/entrar/ayuda/", "/entrar/suspendida/", "/entrar/proveedor/error/"):
        answer = Client().get(address)
        assert answer.status_code in (200, 401) and answer.content.decode().count("<h1") == 1, address
    assert Client().get("/entrar/proveedor/institucional/").status_code == 404


def test_a_role_of_the_hub_is_not_asked_for_in_a_state(cast: Cast) -> None:
    answer = signed_in(Client(), "jalisco_liaison").post(
        reverse("accounts:request_new"), ASKED | {"roles": [Role.HUB_OPERATOR.value]}
    )
    assert answer.status_code == 422


def test_filters_and_export_of_the_accounts(cast: Cast) -> None:
    boss = signed_in(Client(), "nayarit_supervisor")
    services.record_training(
        actor=cast.administrator, purpose=WHY, username="nayarit_analyst", state=services_training(), valid_to=date(2090, 1, 1),
        document="x",
    )  # fmt: skip
    where = reverse("accounts:list")
    assert "nayarit_liaison" not in boss.get(where, {"texto": "analyst"}).content.decode()
    for state in ("activas", "suspendidas", "por_recertificar"):
        assert boss.get(where, {"estado": state}).status_code == 200
    for order in ("usuario", "-entrada", "certificar"):
        assert boss.get(where, {"orden": order}).status_code == 200
    assert boss.get(where, {"formato": "csv"}).status_code == 200


def services_training() -> object:
    from tequio.accounts.domain import Training

    return Training.VALID
