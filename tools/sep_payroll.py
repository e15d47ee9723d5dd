"""The names of Mexico's public education payroll of 2012: three files of counts, read for the tools that build our data.

Source: Secretaría de Educación Pública, payroll published in 2012, 1,256,438 workers; counted and published as
`sep2012_{apellidos,hombres,mujeres}.csv` (github.com/eduardofv/mexican-names, no licence stated): only counts, no person.
latin-1, capitals without accents, and its Ñ damaged by some of the states that supplied it. Entries of fewer than five
bearers were left out by the source, and many given names are cut short by the width of a column.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

WORKERS = 1_256_438
"""People on the payroll, as the source says."""

LEAST_BEARERS = 5
"""Entries of fewer were left out by the source."""

DAMAGED = re.compile(r"[^A-ZÑ .]")
"""Mark of the entries that are not plain capitals: 251 of the surnames."""

PUT_FOR_ENYE = re.compile(r"Ï¿½|Ã¿|[!%#Ð?¤¶]")
"""What stands for Ñ in them."""

_CUT_RATIO = 3  # an entry cut short is rarer than what it was cut from
_CUT_RATIO_ALONE = 30  # a single word, seldom cut, much rarer


@dataclass(frozen=True, slots=True)
class Surname:
    """A surname as written, and its bearers as first and as second surname; 0 where fewer than five."""

    text: str
    first: int
    second: int

    @property
    def bearers(self) -> int:
        return self.first + self.second


@dataclass(frozen=True, slots=True)
class Given:
    """All given names of a person as written, the people who have exactly these, and their mean age in 2012."""

    text: str
    bearers: int
    age: float


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="latin-1", newline="") as file:
        yield from list(csv.reader(file))[1:]


def surnames(folder: Path) -> list[Surname]:
    """Surnames, the most borne first."""
    return [Surname(row[0], int(row[1]), int(row[2])) for row in _rows(folder / "sep2012_apellidos.csv")]


def men(folder: Path) -> list[Given]:
    """Men's given names, those cut short written out."""
    return _completed([Given(row[0], int(row[1]), float(row[2])) for row in _rows(folder / "sep2012_hombres.csv")])


def women(folder: Path) -> list[Given]:
    """Women's given names, those cut short written out."""
    return _completed([Given(row[0], int(row[1]), float(row[2])) for row in _rows(folder / "sep2012_mujeres.csv")])


def _completed(entries: list[Given]) -> list[Given]:
    """Entries whose last word is cut ("MARIA DEL CARM") counted with their commonest whole form.

    Only a last word can be cut: one that stands as often before another word is a name.
    """
    inside: Counter[str] = Counter()
    longer: defaultdict[str, list[Given]] = defaultdict(list)
    for entry in entries:
        for word in entry.text.split(" ")[:-1]:
            inside[word] += entry.bearers
        for end in range(entry.text.rfind(" ") + 2, len(entry.text)):
            longer[entry.text[:end]].append(entry)
    return [_whole(entry, longer[entry.text], inside) for entry in entries]


def _whole(entry: Given, longer: list[Given], inside: Counter[str]) -> Given:
    word = entry.text.split(" ")[-1]
    ratio = _CUT_RATIO if " " in entry.text else _CUT_RATIO_ALONE
    candidates = [other for other in longer if other.bearers > ratio * entry.bearers]
    if not candidates or (len(word) > 1 and inside[word] * ratio >= entry.bearers):
        return entry
    return replace(entry, text=max(candidates, key=lambda other: (other.bearers, other.text)).text)
