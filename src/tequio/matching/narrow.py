"""A packed row as some 90 bytes that stand by themselves, so that an index elsewhere can weigh a record without reading it.

    version, fixed words    a byte each; then the row's words before its aliases, see `domain.packing`
    alias                   a byte for each of its words: which token, or 255
    name                    tokens, letter groups: a byte each; the groups' words; a byte for each token: role and which
    tokens                  their text, the rest of the bytes

What a token's text gives again (its hash, its letters, its sounds) is not kept.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from struct import pack as to_bytes
from struct import unpack_from

import numpy as np

from tequio.matching.domain.compiled import WORD
from tequio.matching.domain.packing import (
    ALIAS_WORDS,
    COUNT_MASKS,
    ENTRY_WORDS,
    HEADER,
    LETTERS_SHIFT,
    NOTHING,
    ROLE_SHIFT,
    SHIFTS,
    TOKEN_MASK,
    Part,
    Pooled,
    pack,
)
from tequio.matching.domain.rarity import Context
from tequio.matching.domain.tokens import Tokens, image
from tequio.people.domain import Subject

NARROW_VERSION = 1
"""Raise with every change of `domain.packing.pack` or of this form: rows of another version are read from their registry."""
_MOST_TOKENS = 63
_NONE = 0xFF
_ROLE = 6


class Texts(Tokens):
    """A token table that gives its tokens back."""

    def texts(self) -> list[str]:
        """The text of every row."""
        return list(self._rows)


class Packed:
    """Rows being collected, with the tokens that they name."""

    def __init__(self) -> None:
        self.tokens = Texts()
        self._words = array("I")
        self._starts = array("q", [0])

    def add(self, subject: Subject) -> list[int]:
        """Add a subject. Returns its words."""
        words = pack(subject, self.tokens)
        self.put(words)
        return words

    def put(self, words: Iterable[int]) -> None:
        """Add a row."""
        self._words.extend(words)
        self._starts.append(len(self._words))

    def pool(self, context: Context) -> Pooled:
        """What the inner loops are given."""
        words, starts = np.array(self._words, WORD), np.array(self._starts, np.int64)
        return Pooled(words, starts, self.tokens.table(), self.tokens.weights(context))


def narrow(words: Sequence[int], texts: Sequence[str]) -> bytes | None:
    """A row as bytes; None where this form has no room for it. `texts`: of all rows of the token table."""
    places: dict[int, int] = {}
    fixed, at = _fixed(words[0])
    aliases, names = bytearray(), bytearray()
    for word in words[fixed:at]:
        aliases.append(_NONE if word == NOTHING else places.setdefault(word, len(places)))
    for _ in range(words[0] >> SHIFTS[Part.NAMES] & COUNT_MASKS[Part.NAMES]):
        count, groups = words[at] & 0xFF, words[at] >> LETTERS_SHIFT
        first = at + 1 + 2 * groups
        names += to_bytes(f"<BB{2 * groups}I", count, groups, *words[at + 1 : first])
        for word in words[first : first + count]:
            place = places.setdefault(word & TOKEN_MASK, len(places))
            if place > _MOST_TOKENS:
                return None
            names.append(word >> ROLE_SHIFT << _ROLE | place)
        at = first + 3 * count
    if len(places) > _MOST_TOKENS or fixed > _NONE:
        return None
    said = " ".join(texts[row] for row in places)
    if said.count(" ") != max(len(places) - 1, 0):
        return None
    return b"".join(
        (to_bytes(f"<BB{fixed}I", NARROW_VERSION, fixed, *words[:fixed]), aliases, names, said.encode("utf-8", "surrogatepass"))
    )


def widen(kept: bytes, tokens: Tokens) -> list[int] | None:
    """The row's words, its tokens added to a table; None where it is of another version."""
    if kept[0] != NARROW_VERSION:
        return None
    fixed = kept[1]
    words = list(unpack_from(f"<{fixed}I", kept, 2))
    aliased = (words[0] >> SHIFTS[Part.ALIASES] & COUNT_MASKS[Part.ALIASES]) * ALIAS_WORDS
    first = at = 2 + 4 * fixed + aliased
    heads = []
    for _ in range(words[0] >> SHIFTS[Part.NAMES] & COUNT_MASKS[Part.NAMES]):
        count, groups = kept[at], kept[at + 1]
        heads.append((count, groups, at + 2))
        at += 2 + 8 * groups + count
    texts = kept[at:].decode("utf-8", "surrogatepass").split(" ") if at < len(kept) else []
    rows = [tokens.row(text) for text in texts]
    words += [NOTHING if place == _NONE else rows[place] for place in kept[first - aliased : first]]
    for count, groups, begin in heads:
        words.append(count | groups << LETTERS_SHIFT)
        words += unpack_from(f"<{2 * groups}I", kept, begin)
        named = kept[begin + 8 * groups : begin + 8 * groups + count]
        words += [rows[byte & _MOST_TOKENS] | byte >> _ROLE << ROLE_SHIFT for byte in named]
        images = [image(texts[byte & _MOST_TOKENS]) for byte in named]
        words += [one for one, _ in images]
        words += [letters for _, letters in images]
    return words


def _fixed(head: int) -> tuple[int, int]:
    """Words before a row's aliases, and before its names."""
    before = sum((head >> SHIFTS[part] & COUNT_MASKS[part]) * ENTRY_WORDS[part] for part in range(Part.ALIASES))
    aliases = (head >> SHIFTS[Part.ALIASES] & COUNT_MASKS[Part.ALIASES]) * ALIAS_WORDS
    return HEADER + before, HEADER + before + aliases
