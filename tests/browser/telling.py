"""Short ways to tell a story in pages: entering, stating a purpose, opening a question, and a picture of each step."""

from __future__ import annotations

import re

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import World
from tests.browser.looking import SHOTS, WIDE, faults, looked_at

PASSWORD = "tres ranas verdes en Tepic 7"
PICTURES = SHOTS / "guia"
"""Where each step's picture goes; `tools.guide_pictures` takes from here those that the guide names."""
GUIDE, TALLEST = {"width": 900, "height": 620}, 900


def code_of(secret: str) -> str:
    """What the authenticator application shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def stated(page: Page, purpose: str, folio: str) -> Page:
    """State a purpose and its folio."""
    page.goto("/finalidad/")
    page.get_by_label(purpose).check()
    page.get_by_label("Folio").fill(folio)
    page.get_by_role("button", name="Continuar").click()
    return page


def entered(world: World, username: str, purpose: str, folio: str = "OFICIO-114/2026") -> Page:
    """A page of somebody who has signed in and stated a purpose."""
    return stated(world.page(username), purpose, folio)


def asked(page: Page, label: str) -> Locator:
    """Open the question that a button unfolds, and return it."""
    box = page.locator("details.confirm").filter(has=page.locator("summary", has_text=re.compile(f"^{label}$")))
    box.locator("summary").click()
    return box


def waiting(page: Page, kind: str) -> Locator:
    """The link of the first thing of that kind in the inbox."""
    page.goto("/")
    return page.locator("main").get_by_role("listitem").filter(has_text=kind).get_by_role("link").first


def said(page: Page, text: str) -> None:
    """The page says this at its top."""
    expect(page.locator(".toasts")).to_contain_text(text)


def seen(page: Page, name: str, *, everywhere: bool = False) -> None:
    """Save the step's picture, and assert that axe-core finds nothing; `everywhere`: dark, phone and print too."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size(GUIDE)  # type: ignore[arg-type]
    tall = min(int(page.evaluate("() => document.documentElement.scrollHeight")), TALLEST)
    page.evaluate("() => window.scrollTo(0, 0)")
    page.screenshot(
        path=PICTURES / f"{name}.png", full_page=True, clip={"x": 0, "y": 0, "width": GUIDE["width"], "height": tall}
    )
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    if everywhere:
        looked_at(page, name)
        return
    found = faults(page)
    assert not found, "\n".join([f"{name}:", *found])


def refused(page: Page, address: str) -> None:
    """The address is not for this person, and its answer says nothing but that."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status in {403, 404}, f"{address}: {answer.status}"
    expect(page.locator("main .failure")).to_be_visible()
