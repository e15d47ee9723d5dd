"""The 32 states by INEGI code and RENAPO key (the two letters in a CURP), and NE, born abroad.

Source: INEGI catalogue order; RENAPO keys as in the CURP's rules. Mexico City keeps DF.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from tequio.kernel.identifiers.problems import as_text
from tequio.kernel.text import fold


class State(NamedTuple):
    """One state of the federation: INEGI code as text with its zero, RENAPO key, short name."""

    inegi: str
    renapo: str
    name: str


STATES = (
    State("01", "AS", "Aguascalientes"),
    State("02", "BC", "Baja California"),
    State("03", "BS", "Baja California Sur"),
    State("04", "CC", "Campeche"),
    State("05", "CL", "Coahuila"),
    State("06", "CM", "Colima"),
    State("07", "CS", "Chiapas"),
    State("08", "CH", "Chihuahua"),
    State("09", "DF", "Ciudad de México"),
    State("10", "DG", "Durango"),
    State("11", "GT", "Guanajuato"),
    State("12", "GR", "Guerrero"),
    State("13", "HG", "Hidalgo"),
    State("14", "JC", "Jalisco"),
    State("15", "MC", "México"),
    State("16", "MN", "Michoacán"),
    State("17", "MS", "Morelos"),
    State("18", "NT", "Nayarit"),
    State("19", "NL", "Nuevo León"),
    State("20", "OC", "Oaxaca"),
    State("21", "PL", "Puebla"),
    State("22", "QT", "Querétaro"),
    State("23", "QR", "Quintana Roo"),
    State("24", "SP", "San Luis Potosí"),
    State("25", "SL", "Sinaloa"),
    State("26", "SR", "Sonora"),
    State("27", "TC", "Tabasco"),
    State("28", "TS", "Tamaulipas"),
    State("29", "TL", "Tlaxcala"),
    State("30", "VZ", "Veracruz"),
    State("31", "YN", "Yucatán"),
    State("32", "ZS", "Zacatecas"),
)
ABROAD = "NE"
"""RENAPO key of those born abroad."""

INEGI_TO_RENAPO = {s.inegi: s.renapo for s in STATES}
RENAPO_TO_INEGI = {s.renapo: s.inegi for s in STATES}
BIRTH_KEYS = frozenset(RENAPO_TO_INEGI) | {ABROAD}

_OTHER_NAMES = {
    "CDMX": "DF",
    "DISTRITO FEDERAL": "DF",
    "D F": "DF",
    "CIUDAD DE MEXICO": "DF",
    "ESTADO DE MEXICO": "MC",
    "EDO DE MEXICO": "MC",
    "EDO MEX": "MC",
    "EDOMEX": "MC",
    "COAHUILA DE ZARAGOZA": "CL",
    "MICHOACAN DE OCAMPO": "MN",
    "QUERETARO DE ARTEAGA": "QT",
    "VERACRUZ DE IGNACIO DE LA LLAVE": "VZ",
    "BCS": "BS",
    "SLP": "SP",
    "S L P": "SP",
    "AGS": "AS",
    "CAMP": "CC",
    "COAH": "CL",
    "COL": "CM",
    "CHIS": "CS",
    "CHIH": "CH",
    "DGO": "DG",
    "GTO": "GT",
    "GRO": "GR",
    "HGO": "HG",
    "JAL": "JC",
    "MICH": "MN",
    "MOR": "MS",
    "NAY": "NT",
    "N L": "NL",
    "OAX": "OC",
    "PUE": "PL",
    "QRO": "QT",
    "Q ROO": "QR",
    "SIN": "SL",
    "SON": "SR",
    "TAB": "TC",
    "TAMPS": "TS",
    "TLAX": "TL",
    "VER": "VZ",
    "YUC": "YN",
    "ZAC": "ZS",
    "NACIDO EN EL EXTRANJERO": ABROAD,
    "EXTRANJERO": ABROAD,
}
_BY_NAME = {fold(s.name): s.renapo for s in STATES} | _OTHER_NAMES


@lru_cache(maxsize=4096)
def _renapo_key(text: str) -> str | None:
    plain = fold(text)
    if plain in BIRTH_KEYS:
        return plain
    if plain.isdecimal() and plain.isascii():
        return INEGI_TO_RENAPO.get(plain[-2:].zfill(2)) if len(plain.lstrip("0")) <= 2 else None
    return _BY_NAME.get(plain)


def renapo_key(value: object) -> str | None:
    """RENAPO key from a key, an INEGI code (18, "18", "018") or a name ("Nayarit", "Nay."); None if not recognised."""
    text = as_text(value)
    return text if text in BIRTH_KEYS else _renapo_key(text[:80])
