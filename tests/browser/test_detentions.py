"""Detentions, the search and the public consultation, as people see them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tequio.registries.rnd import public
from tests.browser.conftest import World
from tests.browser.looking import looked_at
from tests.rnd.web import MARKUP
from tests.world import JUAN, WHY, supply

REFUSED = "422 (Unprocessable Entity)"
"""How the browser tells of a form that came back to be corrected."""
Listen = Callable[[Page], list[str]]
ANA = JUAN | {
    "clave_registro": "NAY-0002",
    "nombre": f"Ana {MARKUP}",
    "primer_apellido": "Íñiguez",
    "segundo_apellido": "no aplica",
    "tipo_registro": "falta_administrativa",
    "autoridad_destino": "juez cívico",
    "fecha_disposicion": "2026-10-20",
    "hora_disposicion": "04:00",
    "padecimiento": "sí",
}


@pytest.fixture(scope="module")
def world(browser_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world with two detentions of Nayarit."""
    supply(browser_world.cast.nayarit_capturist, tmp_path_factory.mktemp("files"), [JUAN, ANA])
    return browser_world


def entered(world: World, username: str, purpose: str) -> Page:
    """A page of somebody who has stated a purpose."""
    page = world.page(username)
    page.goto("/finalidad/")
    page.get_by_label(purpose).check()
    page.get_by_label("Folio").fill("OFICIO-77")
    page.get_by_role("button", name="Continuar").click()
    return page


def test_a_record_is_found_read_and_corrected(world: World, errors_of: Listen) -> None:
    page = entered(world, "nayarit_supervisor", "Seguimiento de la custodia")
    said = errors_of(page)
    page.goto("/detenciones/")
    looked_at(page, "detenciones-lista")
    page.get_by_label("El nombre empieza por").fill("iñig")
    page.get_by_role("button", name="Buscar en la lista").click()
    expect(page.get_by_text("Sólo nombres que empiezan por")).to_be_visible()
    page.get_by_role("link", name="NAY-0002").click()
    expect(page.get_by_text("Venció hace")).to_be_visible()
    looked_at(page, "detenciones-ficha")
    page.get_by_role("link", name="Corregir", exact=True).click()
    page.locator("[name=ocupacion]").fill("Carpintera")
    page.get_by_label("Motivo de la corrección").fill("lo dijo ante el juez")
    page.get_by_role("button", name="Guardar la corrección").click()
    looked_at(page, "detenciones-correccion")
    expect(page.get_by_text("Revise antes de guardar:")).to_be_visible()
    page.get_by_role("button", name="Guardar de todos modos").click()
    expect(page.get_by_text("Corregido: va en la versión 2.")).to_be_visible()
    expect(page.get_by_text("Carpintera").first).to_be_visible()
    page.get_by_role("link", name="Agregar paso de custodia").click()
    looked_at(page, "detenciones-custodia")
    assert [line for line in said if REFUSED not in line] == []


def test_a_detention_is_captured(world: World, errors_of: Listen) -> None:
    page = entered(world, "nayarit_capturist", "Suministro de información")
    said = errors_of(page)
    page.goto("/detenciones/nueva/")
    looked_at(page, "detenciones-captura")
    page.get_by_role("button", name="Registrar").click()
    expect(page.get_by_text("Falta corregir:")).to_be_visible()
    looked_at(page, "detenciones-captura-faltas")
    assert [line for line in said if REFUSED not in line] == []


def test_a_person_is_looked_for(world: World, errors_of: Listen) -> None:
    page = entered(world, "jalisco_analyst", "Investigación de un delito")
    said = errors_of(page)
    page.goto("/buscar/")
    looked_at(page, "buscar")
    page.get_by_label("Nombre completo").fill("Filiberto Muñoz Zepeda")
    page.get_by_label("Fecha de nacimiento").fill("07/03/1984")
    page.get_by_role("button", name="Buscar", exact=True).click()
    expect(page.get_by_role("heading", name="Posibles")).to_be_visible()
    page.get_by_text("Ver por qué").first.click()
    looked_at(page, "buscar-respuesta")
    assert "Muñoz" not in page.url
    assert [line for line in said if REFUSED not in line] == []


def test_the_public_asks(world: World, tmp_path: Path) -> None:
    administrator = world.page("administrator")
    administrator.goto("/administracion/consulta-publica/")
    looked_at(administrator, "consulta-publica-cerrada")
    public.open_consultation(actor=world.cast.administrator, purpose=WHY, document="OFICIO 7/2026")
    administrator.goto("/administracion/consulta-publica/")
    looked_at(administrator, "consulta-publica-abierta")
    page = world.page()
    page.goto("/consulta-publica/")
    looked_at(page, "consulta-publica")
    page.get_by_label("Fecha de la detención").fill("2026-10-20")
    page.get_by_label("Nombre o nombres").fill("Filiberto")
    page.get_by_label("Primer apellido").fill("Muñoz")
    page.get_by_label("Segundo apellido").fill("Zepeda")
    page.get_by_label("Fecha de nacimiento").fill("1984-03-07")
    page.get_by_role("button", name="Preguntar").click()
    expect(page.get_by_text("Sí hay una con esos datos.")).to_be_visible()
    looked_at(page, "consulta-publica-respuesta")
