"""CURP: read, checked and derived. Source: RENAPO's rules as listed in the project's domain notes, section 7.

A valid CURP is not an identity: it proves only that nobody mistyped it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from operator import mul
from typing import NamedTuple

from tequio.kernel.identifiers.problems import Problem, squeeze
from tequio.kernel.identifiers.states import BIRTH_KEYS
from tequio.kernel.text import LOST, fold_keeping_enye

_ALPHABET = {c: i for i, c in enumerate("0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ")}
_WEIGHTS = range(18, 1, -1)
_SHAPE = re.compile(r"([A-ZÑ]{4})(\d\d)(\d\d)(\d\d)([HMX])([A-Z]{2})([A-ZÑ]{3})([0-9A-Z])?(\d)?")

SHAPE = Problem("CURP_FORMA", "La CURP no tiene la forma oficial de 18 caracteres. Revise la captura.", blocking=True)
SHORT = Problem("CURP_INCOMPLETA", "A la CURP le faltan los últimos caracteres. Pida la constancia completa.")
CHECK = Problem("CURP_DIGITO", "El dígito verificador de la CURP no corresponde: algún carácter está mal escrito.")
DATE = Problem("CURP_FECHA", "La fecha dentro de la CURP no existe. Revise los caracteres 5 a 10.")
STATE = Problem("CURP_ENTIDAD", "La CURP lleva una clave de entidad desconocida. Revise los caracteres 12 y 13.")


class Curp(NamedTuple):
    """A CURP as read. `value` is always what was supplied, squeezed; parts are empty or None where it cannot be read."""

    value: str
    problems: tuple[Problem, ...]
    letters: str = ""
    birth_date: date | None = None
    sex: str | None = None
    state: str | None = None
    consonants: str = ""
    distinction: str = ""

    @property
    def valid(self) -> bool:
        """All 18 characters agree with each other."""
        return not self.problems

    @property
    def usable(self) -> bool:
        """The shape holds, so its parts may be compared, even if a character is wrong."""
        return SHAPE not in self.problems


def curp_check_digit(first17: str) -> str:
    """Eighteenth character for the first seventeen. Raises KeyError on a character outside the CURP's alphabet."""
    return str(-sum(map(mul, map(_ALPHABET.__getitem__, first17), _WEIGHTS)) % 10)


def parse_curp(text: object) -> Curp:
    """Read a CURP of 16 to 18 characters. Never raises. Position 17 tells the century: digit 19xx, letter 20xx."""
    value = squeeze(text)
    match = _SHAPE.fullmatch(value)
    if match is None or (match[9] and not match[8]):
        return Curp(value, (SHAPE,))
    letters, year, month, day, sex, state, consonants, distinction, digit = match.groups("")
    problems: list[Problem] = []
    born: date | None = None
    if distinction:
        try:
            born = date((1900 if distinction.isdigit() else 2000) + int(year), int(month), int(day))
        except ValueError:
            problems.append(DATE)
    elif not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        problems.append(DATE)
    if state not in BIRTH_KEYS:
        problems.append(STATE)
    if not digit:
        problems.append(SHORT)
    elif curp_check_digit(value[:17]) != digit:
        problems.append(CHECK)
    known = state if state in BIRTH_KEYS else None
    return Curp(value, tuple(problems), letters, born, sex, known, consonants, distinction)


_PARTICLE_WORDS = "DA DAS DE DEL DER DI DIE DD EL LA LOS LAS LE LES MAC MC VAN VON Y"
PARTICLES = frozenset(_PARTICLE_WORDS.split())
"""Words that a CURP skips in names. Source: RENAPO's rules, from memory, por confirmar."""

_COMMON_FIRST = frozenset({"MARIA", "MA", "M", "JOSE", "J"})
_VOWELS = frozenset("AEIOU")
_CONSONANTS = frozenset("BCDFGHJKLMNÑPQRSTVWXYZ")

_UNSEEMLY_WORDS = """
BACA BAKA BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COGI COJA COJE COJI COJO COLA CULO FALO FETO GETA GUEI GUEY
JETA JOTO KACA KACO KAGA KAGO KAKA KAKO KOGE KOGI KOJA KOJE KOJI KOJO KOLA KULO LILO LOCA LOCO LOKA LOKO MAME MAMO
MEAR MEAS MEON MIAR MION MOCO MOKO MULA MULO NACA NACO PEDA PEDO PENE PIPI PITO POPO PUTA PUTO QULO RATA ROBA ROBE
ROBO RUIN SENO TETA VACA VAGA VAGO VAKA VUEI VUEY WUEI WUEY
"""
UNSEEMLY = frozenset(_UNSEEMLY_WORDS.split())
"""First four letters whose second becomes X. Source: RENAPO's annex, from memory, por confirmar."""


def _first_word(words: Iterable[str]) -> str:
    listed = list(words)
    return next((w for w in listed if w not in PARTICLES), listed[0] if listed else "")


def _inner(word: str, wanted: frozenset[str]) -> str:
    return next((c for c in word[1:] if c in wanted or c == LOST), "X")


def _letter(char: str) -> str:
    return "X" if char in {"Ñ", ""} or not char.isascii() or char.isdigit() else char


@lru_cache(maxsize=1 << 15)
def _surname_parts(text: str) -> tuple[str, str, str]:
    """Initial, first inner vowel, first inner consonant of a surname; X where there is none."""
    word = _first_word(fold_keeping_enye(text).split())
    return _letter(word[:1]), _inner(word, _VOWELS), _letter(_inner(word, _CONSONANTS))


@lru_cache(maxsize=1 << 15)
def _given_parts(text: str) -> tuple[str, str]:
    """Initial and first inner consonant of the given name that counts: the second after María or José."""
    words = fold_keeping_enye(text).split()
    if len(words) > 1 and words[0] in _COMMON_FIRST:
        words = words[1:]
    word = _first_word(words)
    return _letter(word[:1]), _letter(_inner(word, _CONSONANTS))


def curp_letters(given: str, paternal: str, maternal: str = "") -> str | None:
    """First four characters; None where a needed letter was lost or a name is blank."""
    p_initial, p_vowel, _ = _surname_parts(paternal)
    word = p_initial + p_vowel + _surname_parts(maternal)[0] + _given_parts(given)[0]
    if LOST in word or not given or not paternal:
        return None
    return word[0] + "X" + word[2:] if word in UNSEEMLY else word


def name_letters(given: str, paternal: str, maternal: str = "") -> str | None:
    """What a CURP takes of a name: its first four letters and its three inner consonants; without these where one was lost."""
    letters = curp_letters(given, paternal, maternal)
    if letters is None:
        return None
    inner = _surname_parts(paternal)[2] + _surname_parts(maternal)[2] + _given_parts(given)[1]
    return letters if LOST in inner else letters + inner


def derive_curp(
    *, given: str, paternal: str, maternal: str = "", birth_date: date, sex: str = "", state: str = ""
) -> str | None:
    """First 16 characters of the CURP that these data give, or the first 10 where sex or state is missing.

    The last two are assigned by RENAPO and cannot be derived. None where a needed letter was lost.
    """
    letters = name_letters(given, paternal, maternal)
    if letters is None:
        return None
    first10 = f"{letters[:4]}{birth_date.year % 100:02d}{birth_date.month:02d}{birth_date.day:02d}"
    return first10 + sex + state + letters[4:] if sex and state and len(letters) == 7 else first10
