"""What two names have in common, for telling a reviewer how rare that is: equal words, and words that are only nearly equal.

It moves no score. The inner loops weigh likeness with more care; here it is enough to know which words a reader takes for one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from tequio.kernel.text import skeletons
from tequio.matching.domain.packing import identities
from tequio.matching.domain.rarity import Context, are_rivals
from tequio.people.domain import FORMAL_NAMES, Subject, readings

_SHORTEST_WITH_A_SLIP, _SHORTEST_WITH_TWO = 4, 6
_SAME_SOUND = 1


class SharedName(NamedTuple):
    """`share`: of people who carry every word that both names have, as if words were independent; 1 where they have none.

    `near`: words of one and of the other that are only nearly equal, e.g. ("MARTINES", "MARTINEZ").
    """

    share: float
    near: tuple[tuple[str, str], ...] = ()


def shared_name(a: Subject, b: Subject, context: Context) -> SharedName:
    """What the names of two subjects share; of several names, the two that share the rarest."""
    found = [_shared(one.tokens, other.tokens, context) for one in identities(a)[0] for other in identities(b)[0]]
    return min(found, default=SharedName(1.0))


def _shared(one: Sequence[str], other: Sequence[str], context: Context) -> SharedName:
    share = 1.0
    rest, left = list(other), []
    for token in one:
        if token in rest:
            rest.remove(token)
            share *= min(1.0, context.frequency(token))
        else:
            left.append(token)
    near = []
    ranked = sorted((d, min(t, u), max(t, u), t, u) for t in left for u in rest if (d := _distance(t, u)) is not None)
    for *_, token, like in ranked:
        if token in left and like in rest:
            left.remove(token)
            rest.remove(like)
            near.append((token, like))
            share *= min(1.0, max(context.frequency(token), context.frequency(like)))
    return SharedName(share, tuple(near))


@lru_cache(maxsize=1 << 16)
def _distance(one: str, other: str) -> int | None:
    """How far apart two words are that a reader may take for one; None if they are two."""
    if len(one) < 2 or len(other) < 2:
        return None
    if {one, *FORMAL_NAMES.get(one, ())} & {other, *FORMAL_NAMES.get(other, ())} or set(readings(one)) & set(readings(other)):
        return 0
    if are_rivals(one, other):
        return None
    most = sum(min(len(one), len(other)) >= least for least in (_SHORTEST_WITH_A_SLIP, _SHORTEST_WITH_TWO))
    apart = OSA.distance(one, other, score_cutoff=most)
    if apart <= most:
        return int(apart) + _SAME_SOUND
    return _SAME_SOUND + most if set(skeletons(one)) & set(skeletons(other)) and most else None
