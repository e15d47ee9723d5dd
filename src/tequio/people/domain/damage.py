"""What a damaged name token may have been: its Ñ and accented letters lost, vanished, or put down as other letters.

A text written in one code page and read in another, stripped to seven bits or to ASCII, keeps of Ñ a sign ("MU*OZ" once
folded), nothing ("NUEZ"), another letter ("MUAOZ", "MUOOZ", "MUQOZ") or two ("MUA*OZ"); people add "MUNIOZ", "MUXOZ". Only
known names are read back: the dictionary (people/data/marked_names.csv) lists names that carry such letters, written in full,
with bearers per million people, and the names that look like the damage of one of them but are names themselves (PILA is no
PIÑA). It comes from the names of a public payroll of 2012 (tools/damaged_names.py) and, for the accents that a payroll in
capitals does not write, from spelling; a row added by hand stays.

Nothing is repaired here: `readings` answers what to look for, and the supplied text is kept by its owner.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import combinations

from tequio.kernel.text import LOST, fold, fold_variants

MOST_READINGS = 8
"""Readings of one token are no more than this."""

USUAL_PER_MILLION = 20.0
"""A name carried by this many people in a million is read as itself alone, whatever it looks like."""

USUAL_PART = 1 / 4
"""Nor is a name that has this part of the bearers of another read as damage of it: damage is the exception."""

DAMAGED_PART = 1 / 100
"""Part of a name's bearers whose record lost its marked letter without trace; which of two readings comes first rests on it."""

_SHORTEST = 3  # of fewer letters too little is left to tell a name by
_MOST_MARKS = 3
_PAGES = ("utf-8", "cp1252", "latin-1", "cp850", "cp437", "mac_roman")
_BY_HAND = {
    "Ñ": ("", LOST, "N" + LOST, "I", "X", "NI", "NH", "NY", "GN", "NN"),
    "Á": ("", LOST, "A" + LOST),
    "É": ("", LOST, "E" + LOST),
    "Í": ("", LOST, "I" + LOST),
    "Ó": ("", LOST, "O" + LOST),
    "Ú": ("", LOST, "U" + LOST),
    "Ü": ("", LOST, "U" + LOST),
}
"""Remains that no single wrong reading explains: typed by people, or what a second damage leaves."""

MARKS = frozenset(_BY_HAND)
"""Letters of Spanish names that a wrong code page damages."""

_RUN = re.compile(r"\*{2,}")
_Way = tuple[str, ...]


def _garbled(letter: str) -> Iterator[str]:
    """What a letter becomes when it is written in one code page and read in another, or loses its eighth bit."""
    for written in _PAGES:
        raw = letter.encode(written, "replace")  # "?" where a page lacks it
        for read in _PAGES:
            yield raw.decode(read, "ignore")
            yield raw.decode(read, "replace")
        yield bytes(byte & 0x7F for byte in raw).decode("ascii")


def _bare(text: str) -> str:
    """A text that lost its accents but not its other signs."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) != "Mn")


@cache
def _remains(mark: str) -> tuple[str, ...]:
    """Folded remains of one marked letter, without the plain letter that folding gives, in a fixed order."""
    found = dict.fromkeys(_BY_HAND[mark])
    for letter in (mark, mark.lower()):
        for text in _garbled(letter):
            for variant in (text, _bare(text)):
                folded = fold(f"U{variant}O")
                if " " not in folded and folded[:1] == "U" and folded[-1:] == "O" and len(folded) <= 4:
                    found[folded[1:-1]] = None
    found.pop(fold(mark), None)
    return tuple(found)


def images(name: str) -> frozenset[str]:
    """Folded forms that damage leaves of one token written in full: MUÑOZ -> MU*OZ, MUOZ, MUIOZ, MUNIOZ... Some 20 a mark.

    Of several marks (NÚÑEZ) each may be damaged alone, or some together, leaving the same.
    """
    places = [at for at, letter in enumerate(name) if letter in MARKS][:_MOST_MARKS]
    plain = [fold(letter) for letter in name]
    intact = "".join(plain)
    found = set()
    for count in range(1, len(places) + 1):
        for chosen in combinations(places, count):
            for way in _ways([name[at] for at in chosen]):
                letters = list(plain)
                for at, left in zip(chosen, way, strict=True):
                    letters[at] = left
                image = _RUN.sub(LOST, "".join(letters))
                if image != intact and len(image.replace(LOST, "")) >= _SHORTEST:
                    found.add(image)
    return frozenset(found)


def _ways(marks: list[str]) -> Iterator[_Way]:
    """Remains of marks damaged together: of one mark any, of several the same for all."""
    if len(marks) == 1:
        yield from ((left,) for left in _remains(marks[0]))
        return
    for left in sorted(set.intersection(*(set(_remains(mark)) for mark in marks))):
        yield (left,) * len(marks)


@cache
def _known() -> dict[str, float]:
    """Folded name -> bearers per million people."""
    return {fold(name): share for name, share in _rows()}


def _rows() -> Iterator[tuple[str, float]]:
    text = files("tequio.people").joinpath("data", "marked_names.csv").read_text(encoding="utf-8")
    return ((row[0], float(row[1])) for row in list(csv.reader(text.splitlines()))[1:])


@cache
def _originals() -> dict[str, tuple[str, ...]]:
    """Damaged form -> folded names that it may come from, the most borne first. Built once, in some tens of milliseconds."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for name, _ in sorted(_rows(), key=lambda row: (-row[1], row[0])):
        for image in images(name):
            found[image][fold(name)] = None
    return {image: tuple(names)[:MOST_READINGS] for image, names in found.items()}


@lru_cache(maxsize=1 << 16)
def readings(token: str) -> tuple[str, ...]:
    """Plausible intact readings of one folded token, the most plausible first, at most eight; never raises.

    An intact name gives itself alone. A token with a lost letter gives the known names that it fits, else every plausible
    letter; any other damaged token gives the names it may come from, and itself, for it may be a rare name. O(length), and
    remembered.

    >>> readings("MU*OZ"), readings("NUEZ"), readings("PILA")
    (('MUNOZ',), ('NUNEZ', 'NUEZ'), ('PILA',))
    """
    originals = _originals().get(token, ())
    if LOST in token:
        return originals or fold_variants(token)[:MOST_READINGS]
    known = _known()
    own = known.get(token, 0.0)
    if not originals or own >= USUAL_PER_MILLION:
        return (token,)
    likely = [name for name in originals if name != token and own < known[name] * USUAL_PART]
    before = [name for name in likely if known[name] * DAMAGED_PART >= own]
    after = [name for name in likely if known[name] * DAMAGED_PART < own]
    return tuple([*before[: MOST_READINGS - 1], token, *after][:MOST_READINGS])
