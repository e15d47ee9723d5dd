"""What is around every page, and every component, as people see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from tequio.kernel import clock
from tequio.ui.web import inbox, navigation
from tests.browser.conftest import World
from tests.browser.looking import looked_at
from tests.ui import gallery

Listen = Callable[[Page], list[str]]
MOST_TRANSFERRED = 150_000


@pytest.fixture(scope="module")
def world(browser_world: World) -> Iterator[World]:
    """The product with the sample pages beside it."""
    entries = dict(navigation._entries)
    for order, (name, label) in enumerate((("listed", "Objetivos"), ("gallery", "Muestrario"), ("form", "Registrar")), 1):
        navigation.add(navigation.Entry(name, label, frozenset(), order, lambda actor: 3))
    with override_settings(ROOT_URLCONF="tests.ui.gallery"):
        yield browser_world
    navigation._entries.clear()
    navigation._entries.update(entries)


def test_the_components_are_well_seen_by_everybody(world: World, errors_of: Listen) -> None:
    page = world.page("jalisco_analyst")
    said = errors_of(page)
    page.goto("/muestrario/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Muestrario de componentes")
    looked_at(page, "componentes")
    assert said == []


def test_a_form_tells_what_to_correct_and_where(world: World, errors_of: Listen) -> None:
    page = world.page("jalisco_analyst")
    said = errors_of(page)
    page.goto("/formulario/")
    looked_at(page, "formulario")
    page.get_by_label("Nombre").fill(" ")
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.get_by_role("button", name="Registrar").click()
    expect(page.get_by_role("alert").filter(has_text="Falta corregir")).to_be_focused()
    looked_at(page, "formulario-errores")
    page.get_by_role("link", name="Sexo").click()
    expect(page.get_by_label("Hombre")).to_be_focused()
    assert [line for line in said if "422" not in line] == []


def test_a_table_changes_in_place_and_its_address_tells_all(world: World, errors_of: Listen) -> None:
    page = world.page("jalisco_analyst")
    said = errors_of(page)
    page.goto("/lista/")
    looked_at(page, "tabla")
    heading = page.get_by_role("heading", level=1)
    page.evaluate("window.same = true")
    page.get_by_role("link", name="Veces").click()
    expect(page.get_by_role("columnheader", name="Veces")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("link", name="Siguiente").click()
    expect(page.get_by_text("Página 2")).to_be_visible()
    assert "orden=veces" in page.url and "pagina=2" in page.url
    page.get_by_role("textbox", name="Nombre").fill("ñuñez")
    page.get_by_role("button", name="Filtrar").click()
    expect(page.get_by_text("1 resultado", exact=True).first).to_be_visible()
    page.get_by_text("Vista").click()
    page.get_by_label("Alias").check()
    looked_at(page, "tabla-vista")
    page.get_by_role("button", name="Aplicar").click()
    expect(page.get_by_role("columnheader", name="Alias")).to_be_visible()
    assert page.evaluate("window.same") is True
    expect(heading).to_have_text("Objetivos")
    page.go_back()
    expect(page.get_by_role("columnheader", name="Alias")).to_have_count(0)
    assert said == []


def test_a_table_works_without_javascript(world: World) -> None:
    page = world.page("jalisco_analyst", java_script_enabled=False)
    page.goto("/lista/")
    page.get_by_role("link", name="Veces").click()
    page.get_by_role("link", name="Siguiente").click()
    expect(page.get_by_text("Página 2")).to_be_visible()
    page.get_by_role("textbox", name="Nombre").fill("ñuñez")
    page.get_by_role("button", name="Filtrar").click()
    expect(page.get_by_role("cell", name="María Ñuñez")).to_be_visible()


def test_the_purpose_is_stated_once_and_seen_everywhere(world: World, errors_of: Listen) -> None:
    page = world.page("jalisco_analyst")
    said = errors_of(page)
    page.goto("/consulta/")
    expect(page).to_have_url(f"{world.url}/finalidad/?siguiente=%2Fconsulta%2F")
    looked_at(page, "finalidad")
    page.get_by_label("Investigación de un delito").check()
    page.get_by_label("Folio").fill("CI/123/2026")
    page.get_by_role("button", name="Continuar").click()
    expect(page).to_have_url(f"{world.url}/consulta/")
    page.goto("/lista/?nombre=ñuñez")
    expect(page.get_by_role("region", name="Finalidad de la consulta")).to_contain_text("CI/123/2026")
    looked_at(page, "tabla-con-finalidad")
    page.get_by_role("link", name="cambiar").click()
    expect(page.get_by_label("Folio")).to_have_value("CI/123/2026")
    page.get_by_role("button", name="Terminar el caso").click()
    expect(page.get_by_role("region", name="Finalidad de la consulta")).to_contain_text("Sin finalidad")
    assert said == []


def test_the_inbox_shows_clocks_first(world: World) -> None:
    moment = clock.now()
    before = dict(inbox._sources)
    inbox.add_source(
        inbox.Source("muestra", frozenset(world.cast.jalisco_analyst.permissions), lambda a: gallery.items(moment))
    )
    page = world.page("jalisco_analyst")
    page.goto("/")
    expect(page.get_by_role("listitem").filter(has_text="2026-NAY-00011").first).to_contain_text("Venció hace 3 h")
    looked_at(page, "bandeja")
    inbox._sources.clear()
    inbox._sources.update(before)
    page.reload()
    expect(page.get_by_text("Nada le espera")).to_be_visible()
    looked_at(page, "bandeja-vacia")


@pytest.mark.parametrize(
    ("address", "name", "words"),
    [
        ("/falla/down/", "error-503", "No disponible"),
        ("/falla/bug/", "error-500", "Falla interna"),
        ("/nada/", "error-404", "No existe"),
    ],
)
def test_errors_are_pages_like_the_others(world: World, address: str, name: str, words: str) -> None:
    page = world.page("jalisco_analyst")
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)
    looked_at(page, name)


def test_the_page_of_the_node_is_for_everybody(world: World) -> None:
    page = world.page()
    page.goto("/nodo/")
    looked_at(page, "nodo")


def test_looks_and_language_are_chosen_without_javascript(world: World) -> None:
    page = world.page("jalisco_analyst", java_script_enabled=False)
    page.goto("/lista/?orden=veces")
    page.get_by_role("button", name="oscuro").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/lista/?orden=veces")


def test_the_menu_unfolds_on_a_phone_without_javascript(world: World) -> None:
    page = world.page("jalisco_analyst", java_script_enabled=False, viewport={"width": 360, "height": 740})
    page.goto("/lista/")
    page.get_by_text("Menú").click()
    page.get_by_role("link", name="Registrar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Registrar objetivo")


def test_the_first_page_is_light(world: World) -> None:
    page = world.page("jalisco_analyst")
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto("/lista/", wait_until="networkidle")
    assert 0 < sum(sizes) < MOST_TRANSFERRED, sizes
