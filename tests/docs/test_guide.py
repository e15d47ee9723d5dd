"""The user guide: its pictures are there and come from the stories, and what it quotes from the screen is on the screen."""

from __future__ import annotations

import re
from pathlib import Path

from tools import guide_pictures
from tools.messages import SOURCE, texts

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDE = guide_pictures.GUIDE.read_text(encoding="utf-8")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.S)
NARROWEST, WIDEST = 320, 1000
"""Columns of dots of a picture."""
EMPHASIS = {"Propone", "Aprueba"}
"""Bold that quotes no screen: who does what."""


def test_every_picture_is_there_and_nothing_else() -> None:
    assert sorted(one.stem for one in guide_pictures.PICTURES.glob("*")) == sorted(set(guide_pictures.named(GUIDE)))


def test_every_picture_is_made_by_a_story() -> None:
    stories = guide_pictures.STORIES.read_text(encoding="utf-8")
    assert [name for name in guide_pictures.named(GUIDE) if f'"{name}"' not in stories] == []


def test_the_pictures_are_small() -> None:
    pictures = {one.name: one.read_bytes() for one in guide_pictures.PICTURES.glob("*.png")}
    widths = {name: int.from_bytes(data[16:20], "big") for name, data in pictures.items()}
    assert {name: width for name, width in widths.items() if not NARROWEST <= width <= WIDEST} == {}
    assert sum(map(len, pictures.values())) < guide_pictures.MOST_BYTES


def test_what_is_quoted_from_the_screen_is_on_the_screen() -> None:
    shown = set(texts(ROOT / SOURCE))
    quoted = {" ".join(text.split()) for text in BOLD.findall(GUIDE)}
    assert sorted(quoted - shown - EMPHASIS) == []
    assert len(quoted) > 50


def test_every_part_that_the_guide_announces_is_in_it() -> None:
    announced = re.findall(r"\]\(#([^)]+)\)", GUIDE)
    headings = {
        re.sub(r"[^\w -]", "", text.lower()).strip().replace(" ", "-") for text in re.findall(r"^## (.+)$", GUIDE, re.M)
    }
    assert set(announced) == headings
