"""RFC of people who do not exist: letters, date, homonym key and check digit, so that the form holds and the digit agrees.

Source of the homonym table and of the rules for short or missing surnames: SAT's algorithm, from memory, por confirmar.
"""

from __future__ import annotations

from datetime import date
from operator import add

from tequio.kernel.identifiers import curp_letters, rfc_check_digit
from tequio.kernel.text import fold_keeping_enye

_HOMONYM_SIGNS = "123456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
_SIGN_VALUE = {
    **{letter: f"{value:02d}" for value, letter in enumerate("ABCDEFGHI JKLMNOPQR  STUVWXYZ", start=11)},
    **{str(digit): f"{digit:02d}" for digit in range(10)},
    " ": "00",
    "&": "10",
    "Ñ": "40",
}
_PAIR_VALUE = {f"{pair:02d}": pair * (pair % 10) for pair in range(100)}


def rfc_of(given: str, paternal: str, maternal: str, born: date) -> str:
    """The RFC of a person with a given name and a first surname, in the alphabet A-Z, Ñ and blank."""
    letters = _letters(given, paternal, maternal)
    plain = fold_keeping_enye(f"{paternal} {maternal} {given}")
    stem = f"{letters}{born.year % 100:02d}{born.month:02d}{born.day:02d}{homonym_key(plain)}"
    return stem + rfc_check_digit(stem)


def homonym_key(full_name: str) -> str:
    """The two characters that tell apart people with the same letters and date. O(length)."""
    digits = "0" + "".join([_SIGN_VALUE[sign] for sign in full_name])
    total = sum(map(_PAIR_VALUE.__getitem__, map(add, digits, digits[1:]))) % 1000
    return _HOMONYM_SIGNS[total // 34] + _HOMONYM_SIGNS[total % 34]


def _letters(given: str, paternal: str, maternal: str) -> str:
    """The CURP's four letters, but a missing surname or one of two letters gives its places to the given name."""
    if maternal and len(paternal) > 2:
        return curp_letters(given, paternal, maternal) or "XXXX"
    first, second, name = fold_keeping_enye(paternal), fold_keeping_enye(maternal), fold_keeping_enye(given)
    letters = first[:1] + second[:1] + name[:2] if second else first[:2] + name[:2]
    return letters.ljust(4, "X")
