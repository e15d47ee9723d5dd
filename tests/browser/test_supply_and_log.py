"""Supply, the log and administration, as people see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from tests.browser.conftest import World
from tests.browser.looking import looked_at
from tests.world import JUAN, csv_text, react

Listen = Callable[[Page], list[str]]
WRONG = JUAN | {"clave_registro": "NAY-0002", "fecha_detencion": "31/02/2026"}


@pytest.fixture(scope="module")
def world(browser_world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world whose files are its own."""
    with override_settings(FILES=tmp_path_factory.mktemp("files")):
        yield browser_world


def entered(world: World, username: str, purpose: str) -> Page:
    """A page of somebody who has stated a purpose."""
    page = world.page(username)
    page.goto("/finalidad/")
    page.get_by_label(purpose).check()
    page.get_by_label("Folio").fill("OFICIO-77")
    page.get_by_role("button", name="Continuar").click()
    return page


def test_a_file_goes_from_the_drop_to_its_receipt_and_back(world: World, tmp_path: Path, errors_of: Listen) -> None:
    page = entered(world, "nayarit_capturist", "Suministro de información")
    said = errors_of(page)
    file = tmp_path / "octubre.csv"
    file.write_text(csv_text([JUAN, WRONG]), encoding="utf-8")
    page.goto("/suministro/nuevo/")
    page.locator("#id_file").set_input_files(file)
    expect(page.get_by_text("octubre.csv (0.0 MiB)")).to_be_visible()
    looked_at(page, "suministro-subir")
    page.get_by_role("button", name="Revisar el archivo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Revisar el archivo")
    looked_at(page, "suministro-revisar")
    page.get_by_role("button", name="Suministrar", exact=True).click()
    expect(page.get_by_text("En espera de turno")).to_be_visible()
    looked_at(page, "suministro-en-proceso")
    react()
    expect(page.get_by_text("Renglones por corregir: 1")).to_be_visible()
    looked_at(page, "suministro-acuse")
    for name, address in (("lotes", "/suministro/"), ("calidad", "/suministro/calidad/"), ("bandeja", "/")):
        page.goto(address)
        looked_at(page, f"suministro-{name}")
    assert said == []


def test_a_file_too_large_is_told_before_it_is_sent(world: World, tmp_path: Path) -> None:
    page = entered(world, "nayarit_capturist", "Suministro de información")
    file = tmp_path / "grande.csv"
    file.write_bytes(b"x" * 3_000_000)
    with override_settings(MOST_UPLOAD=1 << 20):
        page.goto("/suministro/nuevo/")
        page.locator("#id_file").set_input_files(file)
        expect(page.get_by_text("no se envió")).to_be_visible()
        expect(page.get_by_role("button", name="Revisar el archivo")).to_be_disabled()
        page.evaluate("document.querySelector('#subir button').disabled = false")
        page.get_by_role("button", name="Revisar el archivo").click()
        expect(page.get_by_role("alert").filter(has_text="pasa de 1 MiB")).to_be_visible()
        looked_at(page, "suministro-demasiado-grande")


def test_the_log_and_its_check_are_well_seen(world: World, errors_of: Listen) -> None:
    page = entered(world, "hub_auditor", "Auditoría de la bitácora")
    said = errors_of(page)
    page.goto("/bitacora/")
    looked_at(page, "bitacora")
    page.goto("/bitacora/comprobacion/")
    page.get_by_role("button", name="Comprobar todas las cadenas").click()
    expect(page.get_by_text("La bitácora está íntegra")).to_be_visible()
    looked_at(page, "bitacora-comprobacion")
    page.goto("/bitacora/quien-vio/")
    page.get_by_label("Identificador del registro").fill("0193a000-0000-7000-8000-000000000000")
    page.get_by_role("button", name="Preguntar").click()
    looked_at(page, "bitacora-quien-vio")
    assert said == []


def test_administration_is_well_seen(world: World, errors_of: Listen) -> None:
    page = entered(world, "hub_operator", "Administración del sistema")
    said = errors_of(page)
    for name, address in (
        ("inicio", ""),
        ("catalogos", "catalogos/"),
        ("catalogo", "catalogos/delito/"),
        ("parametros", "parametros/"),
        ("dependencias", "dependencias/"),
        ("dependencia", "dependencias/NT-SSPC/"),
        ("nueva-dependencia", "dependencias/nueva/"),
    ):
        page.goto(f"/administracion/{address}")
        looked_at(page, f"administracion-{name}")
    page.goto("/administracion/parametros/rnd.arrest_limit_hours/cambiar/")
    page.get_by_label("Valor").fill("24")
    page.get_by_label("Vigente desde").fill("2030-01-01")
    page.get_by_label("Documento que lo dispone").fill("DOF 15-10-2029")
    page.get_by_role("button", name="Revisar qué cambia").click()
    expect(page.get_by_text("Esto es lo que cambia")).to_be_visible()
    looked_at(page, "administracion-parametro-cambio")
    page.goto("/administracion/catalogos/prioridad/nueva-version/")
    looked_at(page, "administracion-version")
    assert said == []
