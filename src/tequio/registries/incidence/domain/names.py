"""Keys of a file (bien, tipo, subtipo, modalidad), their names as supplied, and what a damaged name probably said."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from tequio.institutions.domain import without_accented_letters
from tequio.kernel.text import LOST, fold

LEVELS = ("bien", "tipo", "subtipo", "modalidad")
_MOST_LOST = 2  # letters; beyond this two names of the catalogue can be one another ("dolosas", "culposas")
_SHORTEST = 8  # letters; in a shorter name two letters are too much of it

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Key:
    """One combination that the file counts, with its names as supplied."""

    bien: str
    tipo: str
    subtipo: str
    modalidad: str

    @property
    def code(self) -> str:
        """Stable code of the combination: sixteen hexadecimal digits over its folded names."""
        text = "|".join(fold(name) for name in self.names)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    @property
    def names(self) -> tuple[str, str, str, str]:
        """The four names, from the widest."""
        return self.bien, self.tipo, self.subtipo, self.modalidad

    @property
    def label(self) -> str:
        """Short name for lists."""
        return self.subtipo if self.modalidad == self.subtipo else f"{self.subtipo} · {self.modalidad}"


@dataclass(slots=True)
class Names:
    """The whole names of the catalogue, to which a damaged one is likened for display only."""

    known: tuple[str, ...]
    _whole: dict[str, str] = field(init=False)
    _damaged: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._whole = {fold(name): name for name in self.known}
        self._damaged = {fold(without_accented_letters(name)): name for name in self.known}

    def has(self, text: str) -> bool:
        """Whether the text is a name of the catalogue as it stands."""
        return fold(text) in self._whole

    def propose(self, text: str) -> str:
        """The one whole name that `text` probably was; empty if it needs none or none is clear. O(names x length)."""
        found = fold(text)
        if found in self._whole:
            return ""
        if found in self._damaged:
            return self._damaged[found]
        if LOST in found:
            pattern = re.compile("".join(".{1,2}" if c == LOST else re.escape(c) for c in found))
            fitting = [name for whole, name in self._whole.items() if pattern.fullmatch(whole)]
            return fitting[0] if len(fitting) == 1 else ""
        if len(found) < _SHORTEST:
            return ""
        near = process.extract(found, list(self._whole), scorer=Levenshtein.distance, score_cutoff=_MOST_LOST, limit=2)
        if not near or (len(near) == 2 and near[0][1] == near[1][1]):
            return ""
        return self._whole[near[0][0]]


def choose_catalog(keys: Collection[str], catalogs: Mapping[C, Collection[str]]) -> C | None:
    """The first of `catalogs` that has every key of the file, or None: then the file brings a list of its own."""
    wanted = frozenset(keys)
    return next((catalog for catalog, codes in catalogs.items() if wanted <= frozenset(codes)), None)


def catalog_code(first_year: int, taken: Sequence[str]) -> str:
    """Name for a new list: by the first year that uses it, with a number if that year already has another list."""
    base = f"sesnsp_{first_year}"
    number = 2
    code = base
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    return code
