"""What people read when something fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client, override_settings

from tests.ui.gallery import MARKUP

Enter = Callable[[str], Client]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def sample_pages() -> Iterator[None]:
    """The product with the sample pages beside it."""
    with override_settings(ROOT_URLCONF="tests.ui.gallery"):
        yield


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("conflict", 409, "CONFLICTO"),
        ("missing", 404, "NO_ENCONTRADO"),
        ("invalid", 422, "DATO_INVALIDO"),
        ("down", 503, "NO_DISPONIBLE"),
        ("bug", 500, "FALLA_INTERNA"),
    ],
)
def test_each_error_is_a_page_with_its_code_and_what_to_do(enter: Enter, kind: str, status: int, code: str) -> None:
    page = enter("jalisco_analyst").get(f"/falla/{kind}/")
    text = page.content.decode()
    assert page.status_code == status and code in text and "secreto" not in text and text.count("<h1>") == 1


def test_a_part_that_fails_goes_to_the_place_for_failures(enter: Enter) -> None:
    answer = enter("jalisco_analyst").get("/falla/conflict/", **HTMX)  # type: ignore[arg-type]
    assert answer.status_code == 409 and answer.headers["HX-Retarget"] == "#fallas"
    assert "<html" not in answer.content.decode() and "Vuelva a abrirlo." in answer.content.decode()


def test_a_hint_for_the_command_line_is_not_shown_and_values_are_only_text(enter: Enter) -> None:
    client = enter("jalisco_analyst")
    text = client.get("/falla/invalid/").content.decode()
    assert "--reason" not in text and MARKUP not in text and "&lt;script&gt;" in text
    assert "tequio up" not in client.get("/falla/down/").content.decode()


def test_a_failure_of_the_program_has_a_reference_to_give(enter: Enter) -> None:
    text = enter("jalisco_analyst").get("/falla/bug/").content.decode()
    assert "referencia" in text and "dé la referencia" in text and "Traceback" not in text


def test_a_form_of_elsewhere_is_refused_in_words(enter: Enter) -> None:
    signed_in = enter("jalisco_analyst")
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in.cookies
    answer = client.post("/finalidad/", {"code": "investigacion", "folio": "1"})
    assert answer.status_code == 403 and "FORMULARIO_VENCIDO" in answer.content.decode()


def test_the_last_error_pages_need_nobody(client: Client, db: None) -> None:
    assert "No existe" in client.get("/nada/").content.decode()
    answer = client.get("/nodo/", HTTP_HOST="evil.example")
    assert answer.status_code == 400 and "Petición inválida" in answer.content.decode()
