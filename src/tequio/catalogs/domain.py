"""Reading a catalogue's entries from free text. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tequio.kernel.text import fold


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list. `attributes` may hold `synonyms` (other texts for the same thing) and `note`."""

    code: str
    name: str
    parent: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)


def index(items: Iterable[Item]) -> dict[str, str]:
    """Code by folded code, name or synonym. A text that two entries claim is left out: it cannot be told. O(texts)."""
    items = list(items)
    out = {fold(item.code): item.code for item in items}
    doubtful: set[str] = set()
    for item in items:
        for text in (item.name, *item.attributes.get("synonyms", ())):
            if out.setdefault(fold(text), item.code) != item.code:
                doubtful.add(fold(text))
    codes = {fold(item.code) for item in items}
    return {text: code for text, code in out.items() if text not in doubtful or text in codes}


def orphans(items: Iterable[Item]) -> list[Item]:
    """Entries whose parent is not in the list."""
    items = list(items)
    codes = {item.code for item in items}
    return [item for item in items if item.parent and item.parent not in codes]
