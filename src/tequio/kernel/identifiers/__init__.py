"""Identifiers used in Mexico: each is read leniently into a value, its parts and a list of problems; nothing raises.

A problem has a code and a Spanish sentence; a blocking one means that the value must not serve as a key.
"""

from tequio.kernel.identifiers.curp import Curp, curp_check_digit, curp_letters, derive_curp, name_letters, parse_curp
from tequio.kernel.identifiers.folios import Folio, parse_iph, parse_numero_rnd
from tequio.kernel.identifiers.numbers import (
    Reading,
    clabe_check_digit,
    luhn_check_digit,
    parse_clabe,
    parse_imei,
    parse_phone,
    parse_plate,
    parse_vin,
    vin_check_digit,
)
from tequio.kernel.identifiers.problems import Problem
from tequio.kernel.identifiers.rfc import GENERIC_RFCS, Rfc, parse_rfc, rfc_check_digit
from tequio.kernel.identifiers.states import ABROAD, BIRTH_KEYS, INEGI_TO_RENAPO, RENAPO_TO_INEGI, STATES, State, renapo_key

__all__ = [
    "ABROAD",
    "BIRTH_KEYS",
    "GENERIC_RFCS",
    "INEGI_TO_RENAPO",
    "RENAPO_TO_INEGI",
    "STATES",
    "Curp",
    "Folio",
    "Problem",
    "Reading",
    "Rfc",
    "State",
    "clabe_check_digit",
    "curp_check_digit",
    "curp_letters",
    "derive_curp",
    "luhn_check_digit",
    "name_letters",
    "parse_clabe",
    "parse_curp",
    "parse_imei",
    "parse_iph",
    "parse_numero_rnd",
    "parse_phone",
    "parse_plate",
    "parse_rfc",
    "parse_vin",
    "renapo_key",
    "rfc_check_digit",
    "vin_check_digit",
]
