"""Words of Mexican names that need a rule: particles, abbreviations, nicknames, placeholders. Lists live in people/data.

The lists are general knowledge of the language, not an official catalogue: editing a file is all it takes to change them.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from importlib.resources import files

_DATA = files("tequio.people").joinpath("data")


def _rows(name: str) -> list[list[str]]:
    return list(csv.reader(_DATA.joinpath(name).read_text(encoding="utf-8").splitlines()))[1:]


_PARTICLE_WORDS = "DE DEL LA LAS LOS EL LO LE LES Y DA DI DO DOS DAS DER DEN VON VAN"
PARTICLES = frozenset(_PARTICLE_WORDS.split())
"""Words that join names and distinguish nobody; kept only where nothing else remains."""

GLUED = frozenset({"SAN", "MAC", "MC", "O", "D"})
"""Words written now together, now apart, from the next: SAN JUAN, MAC GREGOR, O BRIEN. They are joined to it."""

SANTA = frozenset({"ANA", "ANNA", "CRUZ", "FE", "MARIA", "ROSA", "ELENA", "LUCIA"})
"""Words that make one surname with SANTA before them."""

PLACEHOLDERS = frozenset(row[0] for row in _rows("placeholders.csv"))
"""Folded phrases that stand where no name is known."""

GIVEN_ABBREVIATIONS = {row[0]: row[2] for row in _rows("abbreviations.csv") if row[1] == "given"}
SURNAME_ABBREVIATIONS = {row[0]: row[2] for row in _rows("abbreviations.csv") if row[1] == "surname"}

DE_SURNAMES = frozenset(row[0] for row in _rows("de_surnames.csv"))
"""Words that follow "de" in a surname of birth (Ponce de León); after any other, "de" may be a married name."""

TITLES = frozenset(
    {"C", "CC", "LIC", "ING", "DR", "DRA", "SR", "SRA", "SRTA", "PROFR", "PROFRA", "MTRO", "MTRA", "DON", "DONA"}
)
"""Titles before a full name; C. is "ciudadano"."""


def _formal_names() -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for nickname, formal in _rows("nicknames.csv"):
        found[nickname].append(formal)
    return {nickname: tuple(formals) for nickname, formals in found.items()}


FORMAL_NAMES = _formal_names()
"""Nickname or spelling -> the formal names it may stand for, as folded tokens."""
