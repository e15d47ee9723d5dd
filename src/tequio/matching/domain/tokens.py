"""Name tokens as numbers: what the inner loops need of a token, worked out once and remembered.

A table holds each token of a set of subjects once, as a record of TOKEN; subjects name it by its row. What depends on the
population (how rare the token is) lies beside the table, so that one table serves any population.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tequio.kernel.text import LOST, skeletons
from tequio.matching.domain.compiled import record
from tequio.matching.domain.rarity import (
    Context,
    is_frequent_given,
    is_frequent_surname,
    mostly_given,
    prior_centibits,
    weigh_token,
)
from tequio.people.domain import FORMAL_NAMES, readings

MOST_CHARACTERS, MOST_CODES, MOST_FORMAL = 16, 8, 8
MOST_OWN_CODES = 4
"""Sound codes of one token: of its own readings, then of the formal names that it may stand for."""

INITIAL, DAMAGED, SHARED, MOSTLY_GIVEN, FREQUENT_GIVEN, FREQUENT_SURNAME, FREQUENT_ALIAS = 1, 2, 4, 8, 16, 32, 64
"""Flags. SHARED: María and José, which whole families carry, so that alone they are no agreement of given names."""
_SHARED = frozenset({"MARIA", "JOSE"})
_FREQUENT_ALIAS_WORDS = """
GUERO GUERA FLACO FLACA GORDO GORDA NEGRO NEGRA CHINO CHINA PELON CHATO CHAPARRO MORENO MORENA PRIETO RATON GATO PERRO TORO LOBO
TIGRE POLLO OSO GALLO PATO CHIVO GRILLO DIABLO VIEJO ABUELO JEFE PATRON COMANDANTE PROFE DOCTOR LICENCIADO CHOLO JUNIOR NINO
"""
_FREQUENT_ALIASES = frozenset(_FREQUENT_ALIAS_WORDS.split())

TOKEN = record(
    [
        ("word", "<u8"),  # hash of the token
        ("core", "<u8"),  # hash of the token without a glued particle (DELACRUZ -> CRUZ), 0 if it has none
        ("codes", "<u8", (MOST_CODES,)),  # hashes of its consonant skeletons
        ("formal", "<u8", (MOST_FORMAL,)),  # hashes of the token and of the formal names it may stand for
        ("vowels", "<u4"),  # hash of its vowels in order
        ("prior", "<i4"),  # its rarity by the shipped prior, in hundredths of a bit: keys must not depend on the population
        ("characters", "u1", (MOST_CHARACTERS,)),
        ("length", "u1"),  # characters, at most MOST_CHARACTERS + 1
        ("own_codes", "u1"),
        ("all_codes", "u1"),
        ("formals", "u1"),
        ("sound_length", "u1"),
        ("first_sound", "u1"),
        ("flags", "u1"),
    ],
)
Table = NDArray[Any]

_PARTICLE_PREFIXES = ("DELAS", "DELOS", "DELA", "DEL", "SAN", "DE", "LA")


@lru_cache(maxsize=1 << 17)
def hash64(text: str) -> int:
    """The same 64-bit number for a text on every machine and in every process."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, person=b"tequio.keys").digest()
    return int.from_bytes(digest, "little")


def _core(token: str) -> int:
    for prefix in _PARTICLE_PREFIXES:
        if token.startswith(prefix) and len(token) >= len(prefix) + 2:
            return hash64(token[len(prefix) :])
    return 0


def _sounds(token: str) -> list[str]:
    return list(dict.fromkeys(s for reading in readings(token) for s in skeletons(reading)))


def _flags(token: str) -> int:
    return (
        (INITIAL if len(token) == 1 else 0)
        | (DAMAGED if LOST in token else 0)
        | (SHARED if token in _SHARED else 0)
        | (MOSTLY_GIVEN if mostly_given(token) else 0)
        | (FREQUENT_GIVEN if is_frequent_given(token) else 0)
        | (FREQUENT_SURNAME if is_frequent_surname(token) else 0)
        | (FREQUENT_ALIAS if token in _FREQUENT_ALIASES else 0)
    )


@lru_cache(maxsize=1 << 17)
def profile(token: str) -> bytes:
    """One record of TOKEN as bytes. Some 30 microseconds for a token not seen lately."""
    formal = FORMAL_NAMES.get(token, ())
    own = _sounds(token)[:MOST_OWN_CODES]
    every = list(dict.fromkeys([*own, *(s for name in formal for s in _sounds(name))]))[:MOST_CODES]
    line = np.zeros(1, TOKEN)[0]
    line["word"], line["core"] = hash64(token), _core(token)
    line["codes"][: len(every)] = [hash64(s) for s in every]
    names = [hash64(name) for name in dict.fromkeys((token, *formal))][:MOST_FORMAL]
    line["formal"][: len(names)] = names
    line["vowels"] = hash64("vowels " + "".join(c for c in token.replace("Y", "I") if c in "AEIOU")) & 0xFFFFFFFF
    line["prior"] = min([prior_centibits(token), *(prior_centibits(name) for name in formal)])
    raw = token[:MOST_CHARACTERS].encode("latin-1", "replace")
    line["characters"][: len(raw)] = list(raw)
    line["length"] = min(len(token), MOST_CHARACTERS + 1)
    line["own_codes"], line["all_codes"], line["formals"] = len(own), len(every), len(names)
    line["sound_length"] = min(len(own[0]), 255) if own else 0
    line["first_sound"] = ord(own[0][0]) & 0xFF if own else 0
    line["flags"] = _flags(token)
    return bytes(line.tobytes())


WHATEVER_LETTERS = 1 << 31
"""Mark of a letter set that says nothing: of a nickname, an initial, a damaged token, which are alike by other rules."""


@lru_cache(maxsize=1 << 17)
def image(token: str) -> tuple[int, int]:
    """A 32-bit hash of a token, and the set of its letters as bits."""
    number = hash64(token) & 0xFFFFFFFF
    plain = token.isascii() and token.isalpha() and len(token) > 1
    if not plain or token in FORMAL_NAMES or readings(token) != (token,):
        return number, WHATEVER_LETTERS
    letters = 0
    for letter in token:
        letters |= 1 << (ord(letter) - ord("A"))
    return number, letters


def is_known_full_name(tokens: Iterable[str]) -> bool:
    """Whether words look like a person's name: all known, one of them as a given name (or for one), another as a surname."""
    words = list(tokens)
    given = [is_frequent_given(w) or w in FORMAL_NAMES or len(w) == 1 for w in words]
    surname = [is_frequent_surname(w) for w in words]
    first, last = sum(given), sum(surname)
    known = all(g or s for g, s in zip(given, surname, strict=True))
    return len(words) >= 2 and known and first > 0 and last > 0 and (first > 1 or last > 1 or given != surname)


class Tokens:
    """A growing table of distinct tokens. Not for use by several threads while it grows."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._table: Table = np.zeros(0, TOKEN)

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, token: str) -> int:
        """Row of a token, a new one if need be."""
        rows = self._rows
        found = rows.get(token)
        if found is None:
            found = rows[token] = len(rows)
        return found

    def table(self) -> Table:
        """Records of all tokens, in the order of their rows. O(new tokens)."""
        held = len(self._table)
        if held < len(self._rows):
            fresh = b"".join(profile(token) for token in list(self._rows)[held:])
            self._table = np.concatenate([self._table, np.frombuffer(fresh, TOKEN)])
        return self._table

    def weights(self, context: Context) -> NDArray[np.int32]:
        """How much agreeing on each token is worth in a population, in hundredths of a bit."""
        return np.fromiter((weigh_token(token, context) for token in self._rows), np.int32, len(self._rows))
