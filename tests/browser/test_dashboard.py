"""The dashboard as people see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.bench import dashboard_base
from tests.browser.conftest import World
from tests.browser.looking import looked_at

Listen = Callable[[Page], list[str]]
DETENTIONS = 40_000


@pytest.fixture(scope="module")
def world(browser_world: World) -> Iterator[World]:
    """Five years of facts of a small nation."""
    dashboard_base.make(DETENTIONS)
    yield browser_world


def whole(page: Page, address: str) -> None:
    """Open a page and wait for its tiles."""
    page.goto(address)
    expect(page.locator(".tile.waiting")).to_have_count(0, timeout=60_000)


def test_the_board_of_a_state_is_well_seen_by_everybody(world: World, errors_of: Listen) -> None:
    page = world.page("jalisco_analyst")
    said = errors_of(page)
    whole(page, "/tablero/?anio=2025")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tablero de detenciones")
    looked_at(page, "tablero-entidad")
    assert said == []


def test_the_nations_board_has_a_map_that_leads_to_the_states(world: World, errors_of: Listen) -> None:
    page = world.page("hub_operator")
    said = errors_of(page)
    whole(page, "/tablero/?anio=2025")
    looked_at(page, "tablero-nacional")
    page.get_by_role("row", name="Jalisco").get_by_role("link").first.click()
    expect(page.get_by_label("Entidad")).to_have_value("14")
    assert said == []


def test_without_javascript_every_tile_is_a_page(world: World) -> None:
    page = world.page("jalisco_analyst", java_script_enabled=False)
    page.goto("/tablero/?anio=2025")
    expect(page.get_by_role("heading", name="En resumen")).to_be_visible()
    page.get_by_role("link", name="Por hora y día de la semana").click()
    expect(page.get_by_role("rowheader", name="Sábado")).to_be_visible()
