"""Reading a catalogue's entries from free text. Pure."""

from __future__ import annotations

from collections import Counter
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


@dataclass(frozen=True, slots=True)
class Changes:
    """What a version of a list says otherwise than the one before it, by code."""

    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[tuple[Item, Item], ...]
    """(before, after)."""

    @property
    def none(self) -> bool:
        """Whether the two say the same."""
        return not (self.added or self.removed or self.changed)


def changes(before: Iterable[Item], after: Iterable[Item]) -> Changes:
    """What differs between two versions, in the order of the list. O(entries)."""
    old = {item.code: item for item in before}
    new = {item.code: item for item in after}
    return Changes(
        added=tuple(item for code, item in new.items() if code not in old),
        removed=tuple(item for code, item in old.items() if code not in new),
        changed=tuple((old[code], item) for code, item in new.items() if code in old and old[code] != item),
    )


def same_shape(before: Any, after: Any) -> bool:
    """Whether a parameter's new value can stand where the former one stood: a number for a number, the same names in a group.

    What had no value yet takes any.
    """
    if before is None or after is None:
        return True
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(same_shape(before[name], after[name]) for name in before)
    numbers = (int, float)
    if isinstance(before, bool) or isinstance(after, bool):
        return isinstance(before, bool) and isinstance(after, bool)
    if isinstance(before, numbers) and isinstance(after, numbers):
        return True
    return type(before) is type(after)


def repeated(items: Iterable[Item]) -> list[str]:
    """Codes that more than one entry has."""
    counted = Counter(item.code for item in items)
    return [code for code, times in counted.items() if times > 1]


def orphans(items: Iterable[Item]) -> list[Item]:
    """Entries whose parent is not in the list."""
    items = list(items)
    codes = {item.code for item in items}
    return [item for item in items if item.parent and item.parent not in codes]
