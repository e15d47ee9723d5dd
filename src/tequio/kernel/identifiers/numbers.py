"""Numbers that people, vehicles and money carry: telephone, plate, VIN, CLABE, IMEI. All total: junk gives problems."""

from __future__ import annotations

import re
from typing import NamedTuple

from tequio.kernel.identifiers.problems import Problem, digits, is_filler, squeeze

PHONE_LENGTH = Problem("TELEFONO_LONGITUD", "El teléfono mexicano tiene 10 dígitos, sin 01, 044, 045 ni +52.", blocking=True)
FILLER = Problem("RELLENO", "El valor parece escrito para llenar la casilla. Déjelo en blanco si no se conoce.", blocking=True)
PLATE_LENGTH = Problem("PLACA_LONGITUD", "Una placa tiene de 5 a 8 letras y dígitos.", blocking=True)
PLATE_LETTER = Problem("PLACA_LETRA", "Las placas no usan I, O ni Q (NOM-001-SCT-2-2016): quizá sean 1 o 0.")
VIN_SHAPE = Problem("NIV_FORMA", "El NIV tiene 17 caracteres y no usa I, O ni Q.", blocking=True)
VIN_CHECK = Problem("NIV_DIGITO", "El dígito 9 del NIV no corresponde. Solo obliga a los vehículos hechos para Norteamérica.")
CLABE_SHAPE = Problem("CLABE_FORMA", "La CLABE tiene 18 dígitos.", blocking=True)
CLABE_CHECK = Problem("CLABE_DIGITO", "El dígito verificador de la CLABE no corresponde: algún dígito está mal.", blocking=True)
IMEI_SHAPE = Problem("IMEI_FORMA", "El IMEI tiene 15 dígitos (14 sin verificador, 16 con versión).", blocking=True)
IMEI_CHECK = Problem("IMEI_DIGITO", "El dígito verificador del IMEI no corresponde: algún dígito está mal.")


class Reading(NamedTuple):
    """A value in its normal form, the key under which look-alikes meet (empty if it must not be a key), and its problems."""

    value: str
    key: str
    problems: tuple[Problem, ...] = ()


def _reading(value: str, key: str, *problems: Problem) -> Reading:
    if not problems:
        return Reading(value, key)
    return Reading(value, "" if any(p.blocking for p in problems) else key, problems)


_OLD_PREFIX = re.compile(r"(?:00)?(?:52)?(?:1|01|044|045)?(\d{10})")


def parse_phone(text: object) -> Reading:
    """Mexican telephone: the ten digits, whatever old prefix (1, 01, 044, 045, +52) came before."""
    number = digits(text)
    match = _OLD_PREFIX.fullmatch(number)
    if match is None:
        return _reading(number, "", PHONE_LENGTH)
    number = match[1]
    return _reading(number, number, FILLER) if is_filler(number) else _reading(number, number)


_LOOK_ALIKE = str.maketrans("OQI", "001")


def parse_plate(text: object) -> Reading:
    """Vehicle plate. In the key O and Q are 0 and I is 1, since plates do not use those letters and people write them."""
    value = squeeze(text)
    if not 5 <= len(value) <= 8:
        return _reading(value, "", PLATE_LENGTH)
    if is_filler(value) or not any(c.isdigit() for c in value.translate(_LOOK_ALIKE)):
        return _reading(value, "", FILLER)
    return _reading(value, value.translate(_LOOK_ALIKE), *([PLATE_LETTER] if set(value) & set("IOQ") else []))


_VIN_VALUE = {c: int(v) for c, v in zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True)} | {
    str(i): i for i in range(10)
}
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin_check_digit(vin: str) -> str:
    """Ninth character of a VIN of 17 characters (49 CFR 565.15). KeyError outside its alphabet."""
    return "0123456789X"[sum(_VIN_VALUE[c] * w for c, w in zip(vin, _VIN_WEIGHTS, strict=True)) % 11]


def parse_vin(text: object) -> Reading:
    """Vehicle identification number (NIV). A wrong check digit warns only; I, O and Q are read as 1 and 0 in the key."""
    value = squeeze(text)
    key = value.translate(_LOOK_ALIKE)
    if len(value) != 17 or not all(c in _VIN_VALUE for c in key):
        return _reading(value, "", VIN_SHAPE)
    problems = [PLATE_LETTER_IN_VIN] if key != value else []
    if is_filler(key):
        problems.append(FILLER)
    elif vin_check_digit(key) != key[8]:
        problems.append(VIN_CHECK)
    return _reading(value, key, *problems)


PLATE_LETTER_IN_VIN = Problem("NIV_LETRA", "El NIV no usa I, O ni Q: quizá sean 1 o 0.")


def clabe_check_digit(first17: str) -> str:
    """Last digit of a CLABE: weights 3, 7, 1 modulo 10."""
    return str(-sum(int(d) * w % 10 for d, w in zip(first17, (3, 7, 1) * 6, strict=False)) % 10)


def parse_clabe(text: object) -> Reading:
    """CLABE, the interbank account key; its first three digits name the bank."""
    value = digits(text)
    if len(value) != 18:
        return _reading(value, "", CLABE_SHAPE)
    if is_filler(value):
        return _reading(value, "", FILLER)
    return _reading(value, value) if clabe_check_digit(value[:17]) == value[17] else _reading(value, "", CLABE_CHECK)


def luhn_check_digit(number: str) -> str:
    """Digit that makes `number` pass the Luhn test."""
    total = 0
    for place, char in enumerate(reversed(number)):
        doubled = int(char) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def parse_imei(text: object) -> Reading:
    """IMEI of a telephone; the key is its first 14 digits, which 15 (verified) and 16 (with version) share."""
    value = digits(text)
    if not 14 <= len(value) <= 16:
        return _reading(value, "", IMEI_SHAPE)
    if is_filler(value):
        return _reading(value, "", FILLER)
    wrong = len(value) == 15 and luhn_check_digit(value[:14]) != value[14]
    return _reading(value, value[:14], *([IMEI_CHECK] if wrong else []))
