"""The review of a hit, the targets and the notices, as people see them; and the review by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tequio.access.domain import PurposeCode
from tequio.targets.domain import Verdict
from tequio.targets.services import propose_target
from tests.browser.conftest import World
from tests.browser.looking import looked_at
from tests.story import all_notices, hits_of, judge
from tests.world import JUAN, WATCH, draft_of, supply, watch

Listen = Callable[[Page], list[str]]


@pytest.fixture(scope="module")
def world(browser_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Jalisco looks for Juan, Nayarit detains him three times; a proposal waits."""
    cast, folder = browser_world.cast, tmp_path_factory.mktemp("files")
    watch(cast, draft_of(JUAN, aliases=("El Fili",), phones=("3312345678",)))
    days = ("2026-10-20", "2026-09-01", "2026-07-15")
    rows = [JUAN | {"clave_registro": f"NAY-000{n}", "fecha_detencion": day} for n, day in enumerate(days, 1)]
    supply(cast.nayarit_capturist, folder, rows)
    propose_target(actor=cast.jalisco_analyst, purpose=WATCH, draft=draft_of(JUAN | {"nombre": "Rutilio"}))
    return browser_world


def _page(world: World, username: str, code: PurposeCode) -> Page:
    page = world.page(username)
    page.goto("/finalidad/")
    page.check(f"input[value={code.value}]")
    page.fill("input[name=folio]", "OFICIO-114")
    page.get_by_role("button", name="Continuar").click()
    return page


def test_a_hit_is_reviewed_by_keyboard_alone(world: World, errors_of: Listen) -> None:
    page = _page(world, "jalisco_analyst", PurposeCode.HIT_REVIEW)
    said = errors_of(page)
    page.goto("/coincidencias/")
    looked_at(page, "coincidencias")
    page.get_by_role("link", name=re.compile("Filiberto")).first.click()
    expect(page.get_by_role("heading", name="Indicio por indicio")).to_be_visible()
    looked_at(page, "coincidencia")
    first = page.url
    page.keyboard.press("?")
    expect(page.locator("#teclas")).to_have_attribute("open", "")
    page.locator("h1").click()
    page.keyboard.press("s")
    page.wait_for_url(lambda url: url != first)
    second = page.url
    page.keyboard.press("r")
    expect(page.get_by_label("Motivo")).to_be_focused()
    page.keyboard.type("Otra estatura: crd?")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != second)
    expect(page.locator(".toasts")).to_contain_text("Rechazada")
    page.keyboard.press("c")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Motivo")).to_be_focused()  # the browser asks for the reason that is missing
    page.keyboard.type("Se cotejó la ficha.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toasts")).to_contain_text("falta que otra persona la lea")
    assert said == []


def test_targets_and_notices_are_well_seen_by_everybody(world: World, errors_of: Listen) -> None:
    judge(world.cast, hits_of(world.cast.jalisco_analyst)[0], Verdict.POSITIVE)
    page = _page(world, "jalisco_supervisor", PurposeCode.TARGET_SEARCH)
    said = errors_of(page)
    page.goto("/objetivos/")
    looked_at(page, "objetivos")
    page.get_by_role("link", name=re.compile("Filiberto")).click()
    looked_at(page, "objetivo")
    page.goto("/objetivos/nuevo/")
    looked_at(page, "objetivo-nuevo")
    page.goto("/objetivos/calendario/")
    looked_at(page, "calendario")
    page.goto("/avisos/")
    looked_at(page, "avisos")
    page.goto(f"/avisos/{all_notices()[0].id}/")
    looked_at(page, "aviso")
    page.get_by_role("button", name="Acusar de recibido").click()
    expect(page.locator(".toasts")).to_contain_text("acusado a tiempo")
    page.goto("/")
    looked_at(page, "bandeja-supervision")
    assert said == []
