"""How alike two name tokens are: a level, from surest to least sure. Which loss of evidence a level means is the model's."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from tequio.kernel.text import LOST
from tequio.matching.domain.compiled import inlined
from tequio.matching.domain.tokens import DAMAGED, INITIAL, MOST_CHARACTERS

MOST_TOKENS, MOST_LETTERS, MOST_SUMS = 12, 12, 20
_LOST = ord(LOST)
_FAR = 3  # slips beyond which nobody asks how many


class Likeness(IntEnum):
    """Levels; the numbers are positions in the model's weights."""

    EXACT = 0
    LOST_LETTER = 1
    GLUED_PARTICLE = 2
    NICKNAME = 3
    SOUND = 4
    ONE_SLIP = 5
    ONE_SLIP_SHORT = 6
    TWO_SLIPS = 7
    TWO_SLIPS_SHORT = 8
    SAME_SKELETON = 9
    CUT_SHORT = 10
    INITIAL = 11
    NONE = 12


IN_WORDS = (
    "igual",
    "con una letra perdida",
    "con la partícula pegada",
    "por su hipocorístico o variante",
    "suena igual",
    "con una letra de diferencia",
    "corto y con una letra de diferencia",
    "con dos letras de diferencia",
    "corto y con dos letras de diferencia",
    "con las mismas consonantes",
    "recortado",
    "por la inicial",
)


SCRATCH = [
    ("codes", "<i8", (MOST_LETTERS, 2)),
    ("letters", "<i8", (MOST_LETTERS, 2)),
    ("sums", "<i8", (MOST_SUMS,)),
    ("worth", "<i4", (MOST_TOKENS, MOST_TOKENS)),
    ("rows", "<i4", (3, MOST_CHARACTERS + 2)),
    ("partner", "i1", (MOST_TOKENS,)),
    ("level", "u1", (MOST_TOKENS,)),
    ("taken", "u1", (MOST_TOKENS,)),
]
"""Room for comparing two names, so that the inner loops ask for no memory."""


@inlined
def slips(a: Any, b: Any, rows: Any) -> int:
    """Optimal string alignment distance of two tokens (a letter lost, added, changed, two exchanged), 3 for three or more."""
    first, end_a, end_b = 0, min(a.length, MOST_CHARACTERS), min(b.length, MOST_CHARACTERS)
    if abs(end_a - end_b) >= _FAR:
        return _FAR
    while first < end_a and first < end_b and a.characters[first] == b.characters[first]:
        first += 1
    while end_a > first and end_b > first and a.characters[end_a - 1] == b.characters[end_b - 1]:
        end_a -= 1
        end_b -= 1
    size_a, size_b = end_a - first, end_b - first
    if size_a == 0 or size_b == 0:
        return min(_FAR, max(size_a, size_b, 1))  # beyond MOST_CHARACTERS something differs
    for j in range(size_b + 1):
        rows[0, j] = j
    for i in range(1, size_a + 1):
        now, before, older = i % 3, (i - 1) % 3, (i - 2) % 3
        rows[now, 0] = i
        least = i
        one = a.characters[first + i - 1]
        for j in range(1, size_b + 1):
            other = b.characters[first + j - 1]
            best = rows[before, j - 1] + (one != other)
            best = min(best, rows[before, j] + 1, rows[now, j - 1] + 1)
            if i > 1 and j > 1 and one == b.characters[first + j - 2] and a.characters[first + i - 2] == other:
                best = min(best, rows[older, j - 2] + 1)
            rows[now, j] = best
            least = min(least, best)
        if least >= _FAR:
            return _FAR
    return min(_FAR, rows[size_a % 3, size_b])


@inlined
def _fits(a: Any, b: Any) -> bool:
    """Whether the tokens are equal letter by letter but for lost ones."""
    if a.length != b.length:
        return False
    for k in range(min(a.length, MOST_CHARACTERS)):
        one, other = a.characters[k], b.characters[k]
        if one != other and _LOST not in (one, other):
            return False
    return True


@inlined
def _begins(short: Any, long: Any) -> bool:
    for k in range(short.length):
        if short.characters[k] != long.characters[k]:
            return False
    return True


@inlined
def _share_sound(a: Any, b: Any) -> bool:
    for i in range(a.own_codes):
        for j in range(b.own_codes):
            if a.codes[i] == b.codes[j]:
                return True
    return False


@inlined
def _share_formal_name(a: Any, b: Any) -> bool:
    for i in range(a.formals):
        for j in range(b.formals):
            if a.formal[i] == b.formal[j]:
                return True
    return False


@inlined
def likeness(a: Any, b: Any, rows: Any, kinds: int) -> Likeness:
    """Level of reading two tokens as one name. Symmetric. O(length²), some tens of nanoseconds."""
    if a.word == b.word:
        return Likeness.EXACT
    if ((a.flags | b.flags) & DAMAGED) and _fits(a, b):
        return Likeness.LOST_LETTER
    if (a.flags | b.flags) & INITIAL:
        return Likeness.INITIAL if a.characters[0] == b.characters[0] else Likeness.NONE
    if a.core == b.word or b.core == a.word:
        return Likeness.GLUED_PARTICLE
    if (a.formals > 1 or b.formals > 1) and _share_formal_name(a, b):
        return Likeness.NICKNAME
    short, long = min(a.length, b.length), max(a.length, b.length)
    same_sound = _share_sound(a, b)
    rivals = a.flags & b.flags & kinds  # `kinds`: FREQUENT_GIVEN, FREQUENT_SURNAME, by where the tokens stand
    if rivals and not (same_sound and a.vowels == b.vowels):
        return Likeness.NONE  # MARIO is no slip for MARIA, nor DANIEL for MANUEL: both are names of many
    distance = slips(a, b, rows)
    if same_sound and distance <= 2:
        return Likeness.SOUND if distance == 1 or short > 4 else Likeness.ONE_SLIP
    if distance == 1 and long >= 4:
        return Likeness.ONE_SLIP if long >= 5 else Likeness.ONE_SLIP_SHORT
    if distance == 2 and short >= 5:
        return Likeness.TWO_SLIPS if short >= 6 else Likeness.TWO_SLIPS_SHORT
    if same_sound and min(a.sound_length, b.sound_length) >= 3:
        return Likeness.SAME_SKELETON
    if short >= 4 and (_begins(a, b) if a.length < b.length else _begins(b, a)):
        return Likeness.CUT_SHORT
    return Likeness.NONE
