"""Aliases. A frequent nickname (El Güero) says less than a rare one; different aliases say almost nothing.

An alias that one side gives where a name is asked ("Chapo") is met as well: its words are then no name that contradicts.
"""

from __future__ import annotations

from typing import Any

from tequio.matching.domain.compiled import inlined
from tequio.matching.domain.features.base import Feature, Level, Place, put, put_absent
from tequio.matching.domain.features.names import next_name
from tequio.matching.domain.features.similarity import Likeness, likeness
from tequio.matching.domain.model import Weight
from tequio.matching.domain.packing import ALIAS_WORDS, LETTERS_SHIFT, MOST_ALIASES, NOTHING, TOKEN_MASK, Part, identities
from tequio.matching.domain.tokens import FREQUENT_ALIAS
from tequio.people.domain import Subject


@inlined
def _length(words: Any, at: int) -> int:
    size = 0
    while size < ALIAS_WORDS and words[at + size] != NOTHING:
        size += 1
    return size


@inlined
def _is_frequent(side: Any, at: int, size: int) -> bool:
    for k in range(size):
        if not side.table[side.words[at + k] & TOKEN_MASK].flags & FREQUENT_ALIAS:
            return False
    return True


@inlined
def _nearest(token: Any, side: Any, at: int, size: int, s: Any) -> int:
    """Level of the word of an alias that is most like a token."""
    best = Likeness.NONE + 0
    for k in range(size):
        best = min(best, likeness(token, side.table[side.words[at + k] & TOKEN_MASK], s.rows, 0) + 0)
    return best


@inlined
def _pair(a: Any, at_a: int, size_a: int, b: Any, at_b: int, size_b: int, weights: Any, s: Any) -> tuple[int, int]:
    """(centibits, level) of one alias against one: every word of the shorter must be in the longer."""
    frequent = _is_frequent(a, at_a, size_a) or _is_frequent(b, at_b, size_b)
    bits = weights[Weight.FREQUENT_ALIAS] if frequent else weights[Weight.RARE_ALIAS]
    level = Level.EQUAL + 0
    for k in range(min(size_a, size_b)):
        if size_a <= size_b:
            near = _nearest(a.table[a.words[at_a + k] & TOKEN_MASK], b, at_b, size_b, s)
        else:
            near = _nearest(b.table[b.words[at_b + k] & TOKEN_MASK], a, at_a, size_a, s)
        if near > Likeness.ONE_SLIP:
            return 0, Level.DIFFERENT + 0
        if near > Likeness.EXACT:
            bits -= weights[near]
            level = Level.NEAR + 0
    if size_a != size_b:
        bits -= weights[Weight.ALIAS_EXTENDED]
        level = Level.NEAR + 0
    return max(0, bits), level


@inlined
def _aliases_meet(a: Any, sections_a: Any, b: Any, sections_b: Any, weights: Any, s: Any) -> tuple[int, int]:
    """The pair of aliases that agrees best."""
    best, best_level = 0, Level.DIFFERENT + 0
    for i in range(sections_a.count[Part.ALIASES]):
        at_a = sections_a.at[Part.ALIASES] + ALIAS_WORDS * i
        size_a = _length(a.words, at_a)
        for j in range(sections_b.count[Part.ALIASES]):
            at_b = sections_b.at[Part.ALIASES] + ALIAS_WORDS * j
            bits, level = _pair(a, at_a, size_a, b, at_b, _length(b.words, at_b), weights, s)
            if bits > best or (bits == best and level < best_level):
                best, best_level = bits, level
    return best, best_level


@inlined
def _named_as_alias(a: Any, sections_a: Any, b: Any, sections_b: Any, weights: Any, s: Any) -> tuple[int, int]:
    """An alias of b that a gives as a name of one or two words."""
    best, best_level = 0, Level.DIFFERENT + 0
    at = sections_a.at[Part.NAMES]
    for _ in range(sections_a.count[Part.NAMES]):
        size = a.words[at] & 0xFF
        first = at + 1 + 2 * (a.words[at] >> LETTERS_SHIFT)
        if 0 < size <= 2:
            for j in range(sections_b.count[Part.ALIASES]):
                at_b = sections_b.at[Part.ALIASES] + ALIAS_WORDS * j
                bits, level = _pair(a, first, size, b, at_b, _length(b.words, at_b), weights, s)
                if bits > best or (bits == best and level < best_level):
                    best, best_level = bits, level
        at = next_name(a.words, at)
    return best, best_level


@inlined
def weigh(a: Any, sections_a: Any, b: Any, sections_b: Any, weights: Any, s: Any, found: Any) -> None:
    """Aliases of both sides; else an alias of one against a short name of the other. A different name then costs less."""
    aliases_a, aliases_b = sections_a.count[Part.ALIASES], sections_b.count[Part.ALIASES]
    put_absent(found, Place.ALIAS, aliases_a, aliases_b)
    if aliases_a == 0 and aliases_b == 0:
        return
    floor = -weights[Weight.OTHER_NAME_OF_AN_ALIAS]
    bits, level = 0, Level.MISSING_ONE + 0
    if aliases_a > 0 and aliases_b > 0:
        bits, level = _aliases_meet(a, sections_a, b, sections_b, weights, s)
    if bits == 0:
        named, named_level = _named_as_alias(a, sections_a, b, sections_b, weights, s)
        other, other_level = _named_as_alias(b, sections_b, a, sections_a, weights, s)
        beyond = max(named, other) - max(0, found.centibits[Place.NAME])  # the same words may agree as a name already
        if beyond > 0:
            bits, level, floor = beyond, named_level if named >= other else other_level, 0
            only_a, only_b = sections_a.count[Part.NAMES] == 1, sections_b.count[Part.NAMES] == 1
            if (named > 0 and only_a) or (other > 0 and only_b):
                found.conflict[Place.NAME] = 0  # the only name of one side is that alias, and contradicts no name
                if found.level[Place.NAME] == Level.CONTRADICTS:
                    found.level[Place.NAME] = Level.DIFFERENT
    if bits > 0:
        found.used[Weight.RARE_ALIAS] += 1
        found.centibits[Place.NAME] = max(found.centibits[Place.NAME], floor)
    put(found, Place.ALIAS, bits, level)


def show(subject: Subject) -> str:
    """Aliases as supplied that are no whole names."""
    return ", ".join(alias.text for alias in identities(subject)[1][:MOST_ALIASES])


FEATURE = Feature("alias", show, identifying=True)
