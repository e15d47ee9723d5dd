"""How alike two name tokens are: the loss, in hundredths of a bit, against being equal; None if they are different names."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

from tequio.kernel.text import LOST, skeletons
from tequio.matching.domain.rarity import are_rivals
from tequio.people.domain import FORMAL_NAMES

INITIAL_CENTIBITS = 150
"""Weight of an initial that agrees: one letter in some twenty, unevenly used."""

LOST_LETTER, GLUED_PARTICLE, SOUND, NICKNAME = 30, 30, 120, 150
ONE_SLIP, ONE_SLIP_SHORT, TWO_SLIPS, TWO_SLIPS_SHORT, SAME_SKELETON, CUT_SHORT = 220, 350, 450, 600, 350, 350
_PARTICLE_PREFIXES = frozenset({"DE", "DEL", "DELA", "DELAS", "DELOS", "LA", "SAN"})


def _fits(damaged: str, other: str) -> bool:
    """Whether the tokens are equal letter by letter but for lost ones."""
    return len(damaged) == len(other) and all(a == b or LOST in (a, b) for a, b in zip(damaged, other, strict=True))


def _vowels(token: str) -> str:
    return "".join(c for c in token.replace("Y", "I") if c in "AEIOU")


def _formal(token: str) -> frozenset[str]:
    return frozenset((token, *FORMAL_NAMES.get(token, ())))


@lru_cache(maxsize=1 << 17)
def loss(a: str, b: str) -> int | None:
    """Loss of reading `a` and `b` as one name. Symmetric. Order of tests is from surest to least sure."""
    if a == b:
        return 0
    if (LOST in a or LOST in b) and _fits(a, b):
        return LOST_LETTER
    short, long = (a, b) if (len(a), a) <= (len(b), b) else (b, a)
    if len(short) < 2:
        return None
    if long.endswith(short) and long[: -len(short)] in _PARTICLE_PREFIXES:
        return GLUED_PARTICLE
    if _formal(a) & _formal(b):
        return NICKNAME
    distance = OSA.distance(a, b, score_cutoff=3)
    same_sound = not set(skeletons(a)).isdisjoint(skeletons(b))
    if are_rivals(a, b) and not (same_sound and _vowels(a) == _vowels(b)):
        return None  # MARIO is no slip for MARIA, nor DANIEL for MANUEL: both are names of many
    if same_sound and distance <= 2:
        return SOUND if distance == 1 or len(short) > 4 else ONE_SLIP
    if distance == 1 and (len(long) >= 4 or sorted(a) == sorted(b)):
        return ONE_SLIP if len(long) >= 5 else ONE_SLIP_SHORT
    if distance == 2 and len(short) >= 5:
        return TWO_SLIPS if len(short) >= 6 else TWO_SLIPS_SHORT
    if same_sound and len(skeletons(a)[0]) >= 3:
        return SAME_SKELETON
    if len(short) >= 4 and long.startswith(short):
        return CUT_SHORT
    return None
