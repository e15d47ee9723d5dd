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
from itertools import accumulate
from struct import pack as to_bytes
from typing import Any

import numpy as np

from tequio.matching.domain.compiled import WORD, compiled, inlined
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
from tequio.matching.domain.tokens import TOKEN, Table, Tokens, image, profile
from tequio.people.domain import Subject

NARROW_VERSION = 1
"""Raise with every change of `domain.packing.pack` or of this form: rows of another version are read from their registry."""
_ALIASES, _NAMES = int(Part.ALIASES), int(Part.NAMES)
_HEAD = 2
_MOST_TOKENS = 63
_NONE = 0xFF
_ROLE = 6
_INT: Any = np.int64
"""Compiled code reckons in floating point where signed numbers meet unsigned ones."""


class Texts(Tokens):
    """A token table that gives its tokens back."""

    def texts(self) -> list[str]:
        """The text of every row."""
        return list(self._rows)

    def table(self) -> Table:
        """As of any token table. The first rows are not joined to none, which would cost a quarter of a millisecond."""
        if not len(self._table) and self._rows:
            self._table = np.frombuffer(bytearray(b"".join(map(profile, self._rows))), TOKEN)
        return super().table()


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

    def put_kept(self, kept: Sequence[bytes]) -> None:
        """Add rows that were kept as bytes, all of this version (`is_readable`). Some microseconds each."""
        ends = list(accumulate(map(len, kept)))
        value = np.frombuffer(b"".join(kept), np.uint8)
        told = np.empty((len(kept), 2), np.int64)
        words = _measure(value, np.array(ends, np.int64), told)
        row = self.tokens.row
        rows: list[int] = []
        firsts: list[int] = []
        for one, end, at in zip(kept, ends, told[:, 0].tolist(), strict=True):
            firsts.append(len(rows))
            if at < end:
                rows += [row(text) for text in one[at - end :].decode("utf-8", "surrogatepass").split(" ")]
        images = np.array([image(text) for text in self.tokens.texts()], np.int64).reshape(-1, 2)
        out = np.empty(words, np.uint32)
        places = np.array(rows, np.int64), np.array(firsts, np.int64)
        _widen(value, np.array([0, *ends], np.int64), places, images, out)
        self._starts.extend((told[:, 1] + len(self._words)).tolist())
        self._words.frombytes(out.tobytes())

    def __len__(self) -> int:
        return len(self._starts) - 1

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


def is_readable(kept: bytes | None) -> bool:
    """Whether a row was kept, and in the form of this version."""
    return kept is not None and kept[0] == NARROW_VERSION


@inlined
def _word(value: Any, at: int) -> Any:
    return _INT(value[at]) | _INT(value[at + 1]) << 8 | _INT(value[at + 2]) << 16 | _INT(value[at + 3]) << 24


@inlined
def _count(head: int, part: int) -> int:
    return (head >> SHIFTS[part]) & COUNT_MASKS[part]


@compiled
def _measure(value: Any, ends: Any, told: Any) -> int:
    """Of each row kept, where its texts begin and where its words end, into `told`. Returns how many words all have."""
    start, words = 0, 0
    for k in range(ends.size):
        fixed, head = _INT(value[start + 1]), _word(value, start + _HEAD)
        aliased = _count(head, _ALIASES) * ALIAS_WORDS
        at = start + _HEAD + 4 * fixed + aliased
        words += fixed + aliased
        for _ in range(_count(head, _NAMES)):
            count, groups = _INT(value[at]), _INT(value[at + 1])
            at += 2 + 8 * groups + count
            words += 1 + 2 * groups + 3 * count
        told[k, 0], told[k, 1] = at, words
        start = ends[k]
    return words


@compiled
def _widen(value: Any, starts: Any, places: Any, images: Any, out: Any) -> None:
    """The words of each row kept, into `out`. `places`: token rows of all texts, and where each row's begin."""
    tokens, firsts = places
    to = 0
    for k in range(firsts.size):
        start, first = starts[k], firsts[k]
        fixed, head = _INT(value[start + 1]), _word(value, start + _HEAD)
        at = start + _HEAD
        for _ in range(fixed):
            out[to] = _word(value, at)
            to, at = to + 1, at + 4
        for _ in range(_count(head, _ALIASES) * ALIAS_WORDS):
            out[to] = NOTHING if value[at] == _NONE else tokens[first + value[at]]
            to, at = to + 1, at + 1
        for _ in range(_count(head, _NAMES)):
            count, groups = _INT(value[at]), _INT(value[at + 1])
            out[to] = count | groups << LETTERS_SHIFT
            to, at = to + 1, at + 2
            for _ in range(2 * groups):
                out[to] = _word(value, at)
                to, at = to + 1, at + 4
            for place in range(count):
                token = tokens[first + (value[at + place] & _MOST_TOKENS)]
                out[to + place] = token | (_INT(value[at + place]) >> _ROLE) << ROLE_SHIFT
                out[to + count + place] = images[token, 0]
                out[to + 2 * count + place] = images[token, 1]
            to, at = to + 3 * count, at + count


def _fixed(head: int) -> tuple[int, int]:
    """Words before a row's aliases, and before its names."""
    before = sum((head >> SHIFTS[part] & COUNT_MASKS[part]) * ENTRY_WORDS[part] for part in range(Part.ALIASES))
    aliases = (head >> SHIFTS[Part.ALIASES] & COUNT_MASKS[Part.ALIASES]) * ALIAS_WORDS
    return HEADER + before, HEADER + before + aliases
