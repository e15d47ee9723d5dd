"""A damaged surname finds its intact form, and different surnames stay apart."""

from __future__ import annotations

import csv
import os
import re
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tequio.kernel.text import LOST, fold, skeletons
from tequio.people.domain.damage import MOST_READINGS, USUAL_PER_MILLION, images, readings
from tequio.people.domain.names import surname_tokens

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("TEQUIO_REFERENCE_DATA", REPOSITORY.parent / "shared" / "data"))
SURNAMES = FOLDER / "sep2012_apellidos.csv"
MOST_FALSE_JOINS = 40
"""Pairs of the 7,340 different intact surnames of the payroll, of 27 million, that a reading may join (32 when written)."""

MUNOZ = ["MU!OZ", "MU%OZ", "MUÏ¿½OZ", "MUÃ¿OZ", "MU#OZ", "MUÐOZ", "MU?OZ", "MUNOZ", "MUÑOZ"]
"""The nine forms of the payroll."""

MUNOZ_ELSEWHERE = [
    *("MUOZ", "MUIOZ", "MU&OZ", "MUNIOZ", "MUNHOZ", "MUNYOZ", "MUXOZ", "MUÃOZ", "MUA±OZ", "MUÃ±OZ", "MUÃ‘OZ", "MUÃƒâ€˜OZ"),
    *("Mu├▒oz", "MU├æOZ", "Mu√±oz", "MuÒoz", "MUQOZ", "MU¥OZ", "Mu¤oz", "MU~OZ", "MU^OZ", "MU&ntilde;OZ", "MUN?OZ", "MU=D1OZ"),
    *("MU\\OZ", "Mu|oz", "MU[OZ", "MU¶OZ", "MU\u0084OZ", "Mu\u0096oz", "MU\ufffdOZ", "Mu§oz", "MUNNOZ", "Mun\u0303oz"),
]

DAMAGED = {
    "NU!EZ": "NUÑEZ",
    "NUÏ¿½EZ": "NUÑEZ",
    "NUEZ": "NUÑEZ",
    "N??EZ": "NÚÑEZ",
    "NÃšÃ‘EZ": "NÚÑEZ",
    "PE¤A": "PEÑA",
    "PEA": "PEÑA",
    "PEÃ¿A": "PEÑA",
    "CASTA¶EDA": "CASTAÑEDA",
    "CASTAÃ¿ON": "CASTAÑÓN",
    "CASTA??N": "CASTAÑÓN",
    "ZUÐIGA": "ZÚÑIGA",
    "ZUIGA": "ZÚÑIGA",
    "COUTIÏ¿½O": "COUTIÑO",
    "ORDO#EZ": "ORDÓÑEZ",
    "A!ORVE": "AÑORVE",
    "I%IGUEZ": "ÍÑIGUEZ",
    "DE LA PEÃ¿A": "DE LA PEÑA",
    "COMPA#": "COMPAÑ",
    "CARDE#AS": "CÁRDENAS",
    "VILLASE%OR": "VILLASEÑOR",
    "SU!ER": "SUÑER",
    "MUÏ¿½OA": "MUÑOA",
    "CAÏ¿½AVERAL": "CAÑAVERAL",
    "PE!ABRONCE": "PEÑABRONCE",
    "?ECO": "ÑECO",
    "GARCA": "GARCÍA",
    "GARC?A": "GARCÍA",
    "GarcÃ­a": "García",
    "GARCÃA": "GARCÍA",
    "GARCÖA": "GARCÍA",
    "GMEZ": "GÓMEZ",
    "LPEZ": "LÓPEZ",
    "HERNNDEZ": "HERNÁNDEZ",
    "Gonzßlez": "González",
    "RODRGUEZ": "RODRÍGUEZ",
    "LEN": "LEÓN",
    "?VILA": "ÁVILA",
    "JESS": "JESÚS",
    "JOSEÃ©": "JOSÉ",
    "ARG?ELLES": "ARGÜELLES",
}


def sounds(token: str) -> set[str]:
    return {s for reading in readings(token) for s in skeletons(reading)}


def meets(one: str, other: str) -> bool:
    left, right = fold(one).split(), fold(other).split()
    return len(left) == len(right) and all(sounds(a) & sounds(b) for a, b in zip(left, right, strict=True))


def payroll() -> list[str]:
    if not SURNAMES.exists():
        pytest.skip(f"no está {SURNAMES}: ponga ahí el archivo o indique la carpeta en TEQUIO_REFERENCE_DATA")
    with SURNAMES.open(encoding="latin-1", newline="") as file:
        return [row[0] for row in list(csv.reader(file))[1:]]


def is_damaged(surname: str) -> bool:
    return re.search(r"[^A-ZÑ .]", surname) is not None


@pytest.mark.parametrize("form", MUNOZ + MUNOZ_ELSEWHERE)
def test_every_form_of_munoz_is_read_as_munoz_first(form):
    assert readings(fold(form))[0] == "MUNOZ"


@pytest.mark.parametrize(("damaged", "intact"), DAMAGED.items())
def test_a_damaged_name_meets_its_intact_form(damaged, intact):
    assert meets(damaged, intact)


def test_a_lost_letter_of_a_known_name_leaves_no_doubt():
    assert [readings(t) for t in ("MU*OZ", "PE*A", "GARC*A", "CASTA*N")] == [("MUNOZ",), ("PENA",), ("GARCIA",), ("CASTANON",)]


def test_what_may_be_a_rare_name_keeps_its_own_reading():
    assert readings("NUEZ") == ("NUNEZ", "NUEZ")
    assert set(readings("ACUA")) == {"ACUNA", "ACUA"}


@pytest.mark.parametrize(
    "name", ["MUNOZ", "GARCIA", "PILA", "AVILA", "CANTO", "COLON", "MARA", "SARA", "MONICA", "ANA", "LOPEZ"]
)
def test_a_usual_name_is_itself_alone_whatever_it_looks_like(name):
    assert readings(name) == (name,)


def test_every_usual_name_of_the_prior_has_one_reading():
    text = (REPOSITORY / "src" / "tequio" / "matching" / "data" / "name_shares.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines()[2:]]
    usual = [token for token, surname, first in rows if float(surname) + float(first) >= 5 * USUAL_PER_MILLION]
    assert len(usual) > 2000
    assert [token for token in usual if readings(token) != (token,)] == []


def test_a_lost_letter_of_an_unknown_name_is_read_in_every_plausible_way():
    assert readings("XOCO*UETL") and all(LOST not in reading for reading in readings("XOCO*UETL"))


@given(st.text(max_size=60))
def test_no_text_makes_reading_raise_and_readings_are_few(text):
    for token in [text, *fold(text).split()]:
        found = readings(token)
        assert 1 <= len(found) <= MOST_READINGS
        assert len(set(found)) == len(found)


@given(st.text(alphabet="MUNOZEGARCI*", min_size=1, max_size=12))
def test_a_token_without_lost_letter_is_among_its_readings(token):
    found = readings(token)
    assert token in found if LOST not in token else all(LOST not in reading for reading in found)


@pytest.mark.parametrize("name", ["MUÑOZ", "NÚÑEZ", "GARCÍA", "ARGÜELLES", "PEÑÚÑURI"])
def test_no_image_of_a_name_is_the_name(name):
    assert fold(name) not in images(name)
    assert all(fold(image) == image for image in images(name))


def test_every_damaged_surname_of_the_payroll_meets_what_it_was_written_for():
    damaged = [surname for surname in payroll() if is_damaged(surname)]
    assert len(damaged) == 251
    put_back = {surname: re.sub(r"Ï¿½|Ã¿|[!%#Ð?¤¶]", "Ñ", surname) for surname in damaged}
    assert [surname for surname, intact in put_back.items() if not meets(surname, intact)] == []


def test_readings_join_few_of_the_payrolls_different_surnames():
    tokens = {t for surname in payroll() if not is_damaged(surname) for part in surname_tokens(surname) for t in part}
    assert len(tokens) > 7000

    def joined(codes):
        together = defaultdict(list)
        for token in sorted(tokens):
            for code in codes(token):
                together[code].append(token)
        return {pair for group in together.values() for pair in combinations(group, 2)}

    assert len(joined(sounds) - joined(skeletons)) <= MOST_FALSE_JOINS
