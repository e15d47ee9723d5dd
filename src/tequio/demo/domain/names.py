"""Names of people who do not exist, as frequent as names of that kind are.

The heads come from data/*.csv, approximate weights written from general knowledge. Rare surnames are composed from syllables of
Castilian, Basque, Nahuatl and Maya look, with weights that fall as rank^-1.5 after the head: rarity is what tells people apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import isqrt

from tequio.demo.domain.dice import Dice, Weighted
from tequio.demo.domain.tables import read_table

RARE_SURNAMES = 6000
TAIL_SCALE = 254_000
"""Makes the first rare surname (rank 300) about as frequent as the last of the head: 49 in 100,000 bearers."""

_SYLLABLES: tuple[tuple[str, str, str], ...] = (
    # (stems, middles, endings)
    (
        "ITURR ECHEV GOROST ARRAM URR ZABAL ELORR MEND OLAV ARANB BARRUT GARAM LARR SAGAR AZPIL ORMA UGAL EIZAG AMEZ BERAS",
        "- I AR ET OND IZ",
        "AGA EGUI ETA IAGA IZAR OSTEGUI IDE ARENA ECHE URU OIZ ALDE IBAR ICOA ARTE",
    ),
    (
        "VALD VILL FONT MONT TORR CAMP ROBL PIN FRESN PEÑ CASTR MANZ OLM CARD ALB SERR BARR CORR LOB GALL TEJ ZAR MADR PAL "
        "CERV",
        "- AL ER IN ON AN",
        "EDA UELA ILLO ALES EDO OSA IÑO ERO UERA IDO ONDO AJO EÑO ARES IEGO",
    ),
    (
        "XICO TLAPA COYO CUAU TEPE ACA XOCHI MECA OCELO TECO CITLA TZON MAZA TOCHI ZACA CHIMAL",
        "- L N",
        "TENCATL HUATL TZIN PANTZI MITL TECATL COATL QUETL TLAHUA HUITL CHIL TOTL",
    ),
    ("CAN CHAB DZI KAU POX UIT XOL YAM TZUC CHU CEN HAU BAC COL MEX NAH", "- A U", "UL LÉ TÚN OCH IL CHÉ AB UC EK IU"),
    ("GUT ORD BERM ALV MELG GALV FORT ESTÉV IBÁ NARV SANT PELÁ", "- R N", "ÁNDEZ ÚNEZ ÓÑEZ ÉNDEZ ÍÑEZ ÁLEZ"),
)


@dataclass(frozen=True, slots=True)
class NameTable:
    """Everything needed to name a person. Upper case, with accents."""

    surnames: Weighted[str]
    male: Weighted[str]
    female: Weighted[str]
    nicknames: Mapping[str, tuple[str, ...]]

    def given(self, sex: str, dice: Dice) -> str:
        """One to three given names of a man (H), a woman (M) or either (X)."""
        roll = dice.roll
        table = self.male if sex == "H" else self.female if sex == "M" or roll() < 0.5 else self.male
        first = table.draw(roll())
        shape = roll()
        if shape < 0.34:
            return first
        if shape < 0.41 and first in _DEVOTIONS:
            return f"{first} {dice.one_of(_DEVOTIONS[first])}"
        second = table.draw(roll())
        if second == first:
            return first
        if shape > 0.94:
            third = table.draw(roll())
            return f"{first} {second}" if third in (first, second) else f"{first} {second} {third}"
        return f"{first} {second}"


_DEVOTIONS: dict[str, tuple[str, ...]] = {
    "MARÍA": ("DEL CARMEN", "DE LOS ÁNGELES", "DEL ROSARIO", "DE LA LUZ", "DE JESÚS", "DE LOURDES", "DEL SOCORRO", "DEL PILAR"),
    "JOSÉ": ("DE JESÚS", "MARÍA"),
}


@cache
def load_names() -> NameTable:
    """The table of the package. Built once: about 40 ms."""
    head = [(row["name"], int(row["weight"])) for row in read_table("surnames.csv")]
    taken = {name for name, _ in head}
    ranked = enumerate(rare_surnames(taken), start=len(head))
    tail = [(name, max(1, TAIL_SCALE // (rank * isqrt(rank)))) for rank, name in ranked]
    nicknames: dict[str, list[str]] = {}
    for row in read_table("nicknames.csv"):
        nicknames.setdefault(row["name"], []).append(row["nickname"])
    return NameTable(
        surnames=Weighted(head + tail),
        male=Weighted((row["name"], int(row["weight"])) for row in read_table("given_male.csv")),
        female=Weighted((row["name"], int(row["weight"])) for row in read_table("given_female.csv")),
        nicknames={name: tuple(forms) for name, forms in nicknames.items()},
    )


def rare_surnames(taken: set[str]) -> list[str]:
    """`RARE_SURNAMES` composed surnames, none in `taken`, in an order that never changes."""
    composed = dict.fromkeys(
        stem + ("" if middle == "-" else middle) + ending
        for stems, middles, endings in _SYLLABLES
        for stem, middle, ending in product(stems.split(), middles.split(), endings.split())
    )
    return Dice(0, "rare surnames").shuffled(name for name in composed if name not in taken)[:RARE_SURNAMES]
