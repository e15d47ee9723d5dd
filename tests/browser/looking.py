"""Looking at a page: pictures in light, dark, phone and print, and axe-core, which must find nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent.parent
SHOTS = Path(os.environ.get("TEQUIO_SHOTS") or ROOT / ".tequio-test" / "shots")
"""Where the pictures go."""
AXE = (Path(__file__).resolve().parent / "axe.min.js").read_text(encoding="utf-8")
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def looked_at(page: Page, name: str) -> None:
    """Save the page's pictures as `name`-light, -dark, -phone and -print, and assert that it is accessible in each.

    The page stays as it was: only the window, the colours asked for and the medium change, and they are put back.
    """
    SHOTS.mkdir(parents=True, exist_ok=True)
    for shape, size, scheme in (("light", WIDE, "light"), ("dark", WIDE, "dark"), ("phone", PHONE, "light")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme, media="screen")  # type: ignore[arg-type]
        page.screenshot(path=SHOTS / f"{name}-{shape}.png", full_page=True)
        found = faults(page, colours_only=scheme == "dark") + ([] if fits(page) else ["wider than the window"])
        assert not found, "\n".join([f"{name}, {shape}:", *found])
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light", media="print")
    page.screenshot(path=SHOTS / f"{name}-print.png", full_page=True)
    page.emulate_media(color_scheme="light", media="screen")


def faults(page: Page, *, colours_only: bool = False) -> list[str]:
    """What axe-core finds wrong, one line each. It runs beside the page's own policy, which admits no script of others.

    `colours_only` asks for the contrast alone: what else there is does not change with the colours.
    """
    if page.evaluate("() => typeof window.axe") == "undefined":
        page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})",
        {"type": "rule", "values": ["color-contrast"]} if colours_only else {"type": "tag", "values": RULES},
    )
    return [
        f"{fault['id']}: {fault['help']}: {[node['target'] for node in fault['nodes']][:3]}" for fault in found["violations"]
    ]


def fits(page: Page) -> bool:
    """Whether nothing makes the whole page scroll sideways."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"))
