"""Names: every name of one side against every name of the other; the pair that agrees best speaks.

Tokens agree wherever they stand, for columns are often wrong; a given name found among surnames counts less. Each agreement
weighs by the name's rarity in the population. What remains on both sides contradicts; what remains on one side is only missing.

Two rules keep relatives apart. Where the given names disagree, the rival explanation is a brother or a twin, who shares both
surnames and often the birth date: surnames then count almost nothing. María or José alone is no agreement of given names, for
whole families carry it; and where one given name agrees and another differs (Juan Carlos, Juan Luis) the conflict is stated.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tequio.matching.domain.compiled import inlined
from tequio.matching.domain.features.base import Feature, Level, Place, put, put_absent
from tequio.matching.domain.features.similarity import Likeness, likeness
from tequio.matching.domain.model import Weight
from tequio.matching.domain.packing import (
    FREE,
    GIVEN,
    LETTERS_SHIFT,
    MARRIED,
    ROLE_SHIFT,
    SURNAME,
    TOKEN_MASK,
    Part,
    identities,
)
from tequio.matching.domain.tokens import FREQUENT_GIVEN, FREQUENT_SURNAME, MOSTLY_GIVEN, SHARED, WHATEVER_LETTERS
from tequio.people.domain import Subject

LEAST_AGREEMENT = 50
MOST_OTHER_LETTERS = 6
"""Letters that only one of two like tokens may have: each slip leaves two at most, a lost ending a few more."""
NO_GIVEN_AGREES, OTHER_GIVEN_TOO = 1, 2
_PENDING, _TAKEN, _NOBODY, _LEVELS = 0, 1, -1, 16
AGREED_GIVEN, AGREED_SURNAMES, GIVEN_COUNT, TELLING_COUNT, SURNAME_COUNT, CROSSED, LIKENESSES = range(7)
"""Places in `sums`: bits of given names and of surnames that agree, how many agree, how often each likeness was met."""
SUMS = LIKENESSES + Likeness.NONE


@inlined
def next_name(words: Any, at: int) -> int:
    """Where the next name of a row begins."""
    return at + 1 + 2 * (words[at] >> LETTERS_SHIFT) + 3 * (words[at] & 0xFF)


@inlined
def _first_token(words: Any, at: int) -> int:
    return at + 1 + 2 * (words[at] >> LETTERS_SHIFT)


@inlined
def _role(word: int) -> int:
    role = word >> ROLE_SHIFT
    return FREE if role == MARRIED else role


@inlined
def _pair_equal(a: Any, first_a: int, count_a: int, b: Any, first_b: int, count_b: int, s: Any) -> None:
    """Pair equal tokens, those of one role first: `s.partner[i]` is the j that i was paired with, `s.level[i]` how."""
    for i in range(count_a):
        s.partner[i] = _NOBODY
    for j in range(count_b):
        s.taken[j] = _PENDING
    for crossing in range(2):
        for i in range(count_a):
            if s.partner[i] != _NOBODY:
                continue
            one = a.words[first_a + i]
            hashed = a.words[first_a + count_a + i]
            for j in range(count_b):
                if b.words[first_b + count_b + j] != hashed or s.taken[j] == _TAKEN:
                    continue
                if crossing or _role(one) == _role(b.words[first_b + j]):
                    s.level[i] = Likeness.EXACT
                    s.partner[i] = j
                    s.taken[j] = _TAKEN
                    break


@inlined
def _have_other_letters(one: int, other: int) -> bool:
    """Whether two tokens differ by so many letters that no slip, sound or cut makes one the other."""
    if (one | other) & WHATEVER_LETTERS:
        return False
    apart = np.int64(one) ^ np.int64(other)
    count = 0
    while apart:
        apart &= apart - 1
        count += 1
        if count > MOST_OTHER_LETTERS:
            return True
    return False


@inlined
def _kinds(one: int, other: int) -> int:
    """As what two tokens may both be names of many: given names, surnames, or either where a role is unknown."""
    if _role(one) == GIVEN and _role(other) == GIVEN:
        return FREQUENT_GIVEN
    if _role(one) == SURNAME and _role(other) == SURNAME:
        return FREQUENT_SURNAME
    return FREQUENT_GIVEN | FREQUENT_SURNAME


@inlined
def _pair_alike(a: Any, first_a: int, count_a: int, b: Any, first_b: int, count_b: int, weights: Any, s: Any) -> None:
    """Pair the rest by likeness, the heaviest first; ties by the tokens themselves, so that both directions agree."""
    found = 0
    for i in range(count_a):
        if s.partner[i] != _NOBODY:
            continue
        one, letters = a.words[first_a + i], a.words[first_a + 2 * count_a + i]
        for j in range(count_b):
            if s.taken[j] == _TAKEN:
                continue
            other = b.words[first_b + j]
            s.worth[i, j] = 0
            crossed = _role(one) != _role(other) and _role(one) != FREE and _role(other) != FREE
            if not crossed and not _have_other_letters(letters, b.words[first_b + 2 * count_b + j]):
                s.worth[i, j] = _worth_of_likeness(a, one, b, other, weights, s)
                found += s.worth[i, j] != 0
    while found > 0:
        best, at_i, at_j = 0, -1, -1
        for i in range(count_a):
            if s.partner[i] != _NOBODY:
                continue
            for j in range(count_b):
                if s.taken[j] == _TAKEN or s.worth[i, j] == 0 or s.worth[i, j] < best:
                    continue
                if s.worth[i, j] > best or _before(a, first_a, b, first_b, i, j, at_i, at_j):
                    best, at_i, at_j = s.worth[i, j], i, j
        if best == 0:
            return
        s.level[at_i] = best % _LEVELS
        s.partner[at_i] = at_j
        s.taken[at_j] = _TAKEN
        found -= 1


@inlined
def _worth_of_likeness(a: Any, one: int, b: Any, other: int, weights: Any, s: Any) -> int:
    """Worth of two tokens that may be one name, with the level in its last digits; 0 if they are different names."""
    level = likeness(a.table[one & TOKEN_MASK], b.table[other & TOKEN_MASK], s.rows, _kinds(one, other))
    if level == Likeness.NONE or (level == Likeness.INITIAL and (_role(one) == SURNAME or _role(other) == SURNAME)):
        return 0
    if level == Likeness.INITIAL:
        return weights[Weight.INITIAL] * _LEVELS + level
    rarer = min(a.worth[one & TOKEN_MASK], b.worth[other & TOKEN_MASK])
    return max(LEAST_AGREEMENT, rarer - weights[level]) * _LEVELS + level


@inlined
def _before(a: Any, first_a: int, b: Any, first_b: int, i: int, j: int, k: int, m: int) -> bool:
    """Whether pair (i, j) goes before pair (k, m) of the same worth, whichever side is called a."""
    one, other = a.table[a.words[first_a + i] & TOKEN_MASK].word, b.table[b.words[first_b + j] & TOKEN_MASK].word
    third, fourth = a.table[a.words[first_a + k] & TOKEN_MASK].word, b.table[b.words[first_b + m] & TOKEN_MASK].word
    if min(one, other) != min(third, fourth):
        return min(one, other) < min(third, fourth)
    return max(one, other) < max(third, fourth)


@inlined
def _is_given(side: Any, word: int) -> bool:
    role = _role(word)
    return role == GIVEN or (role == FREE and (side.table[word & TOKEN_MASK].flags & MOSTLY_GIVEN) != 0)


@inlined
def _agree_as_given(a: Any, one: int, b: Any, other: int) -> bool:
    """Whether an agreement is of given names, by whichever side knows; by the prior where neither does."""
    if _role(one) == FREE and _role(other) == FREE:
        return ((a.table[one & TOKEN_MASK].flags | b.table[other & TOKEN_MASK].flags) & MOSTLY_GIVEN) != 0
    return _role(one) == GIVEN or _role(other) == GIVEN


@inlined
def _left_over(side: Any, first: int, count: int, s: Any, which: int) -> tuple[int, int, int, int, int]:
    """Unpaired tokens: (given names, those that families share, surnames, of unknown role, in all), married names apart."""
    given = shared = surnames = free = every = 0
    for i in range(count):
        word = side.words[first + i]
        paired = s.partner[i] != _NOBODY if which == 0 else s.taken[i] == _TAKEN
        if paired or word >> ROLE_SHIFT == MARRIED:
            continue
        every += 1
        free += _role(word) == FREE
        if _is_given(side, word):
            given += 1
            shared += (side.table[word & TOKEN_MASK].flags & SHARED) != 0
        else:
            surnames += 1
    return given, shared, surnames, free, every


@inlined
def _surname(side: Any, first: int, count: int, last: bool) -> int:
    """Row in the token table of a name's first or last surname, -1 if it has none."""
    found = -1
    for i in range(count):
        word = side.words[first + i]
        if word >> ROLE_SHIFT == SURNAME:
            found = word & TOKEN_MASK
            if not last:
                break
    return found


@inlined
def _are_swapped(a: Any, first_a: int, count_a: int, b: Any, first_b: int, count_b: int) -> bool:
    """Whether the first surname of one is the last of the other, and they are not the same."""
    one, other = _surname(a, first_a, count_a, False), _surname(b, first_b, count_b, False)
    if one < 0 or other < 0 or a.table[one].word == b.table[other].word:
        return False
    last, other_last = _surname(a, first_a, count_a, True), _surname(b, first_b, count_b, True)
    if one == last or other == other_last:
        return False
    return a.table[one].word == b.table[other_last].word or a.table[last].word == b.table[other].word


@inlined
def _sum_agreements(a: Any, first_a: int, count_a: int, b: Any, first_b: int, weights: Any, s: Any) -> None:
    """Sum what the paired tokens are worth into `s.sums`, see AGREED_GIVEN and its fellows."""
    for k in range(SUMS):
        s.sums[k] = 0
    for i in range(count_a):
        if s.partner[i] == _NOBODY:
            continue
        one, other, level = a.words[first_a + i], b.words[first_b + s.partner[i]], s.level[i]
        worth = min(a.worth[one & TOKEN_MASK], b.worth[other & TOKEN_MASK]) - weights[level]
        if level == Likeness.INITIAL:
            worth = weights[Weight.INITIAL]
        elif _role(one) != _role(other) and _role(one) != FREE and _role(other) != FREE:
            worth -= weights[Weight.OTHER_COLUMN]
            s.sums[CROSSED] += 1
        worth = max(LEAST_AGREEMENT, worth)
        s.sums[LIKENESSES + level] += 1
        if _agree_as_given(a, one, b, other):
            s.sums[AGREED_GIVEN] += worth
            s.sums[GIVEN_COUNT] += 1
            both = a.table[one & TOKEN_MASK].flags & b.table[other & TOKEN_MASK].flags
            s.sums[TELLING_COUNT] += (both & SHARED) == 0
        else:
            s.sums[AGREED_SURNAMES] += worth
            s.sums[SURNAME_COUNT] += 1


@inlined
def _level_of(s: Any, bits: int, contrary: bool, rest_a: int, rest_b: int) -> int:
    """How two names agree in all."""
    agreements = s.sums[GIVEN_COUNT] + s.sums[SURNAME_COUNT]
    if agreements == 0 or (contrary and bits <= 0):
        return Level.CONTRADICTS + 0
    if contrary or (rest_a > 0 and rest_b > 0):
        return Level.PARTIAL + 0
    if rest_a + rest_b == 0 and s.sums[LIKENESSES + Likeness.EXACT] == agreements:
        return Level.EQUAL + 0
    return Level.NEAR + 0 if rest_a + rest_b <= 1 else Level.PARTIAL + 0


@inlined
def _apply(used: Any, weights: Any, weight: int, times: int) -> int:
    """What a weight takes away when it applies so often, noting its use."""
    used[weight] += times
    return weights[weight] * times


@inlined
def weigh_name(a: Any, at_a: int, b: Any, at_b: int, weights: Any, s: Any, used: Any) -> tuple[int, int, int]:
    """Evidence of one name against one name: (centibits, level, conflict)."""
    first_a, count_a = _first_token(a.words, at_a), a.words[at_a] & 0xFF
    first_b, count_b = _first_token(b.words, at_b), b.words[at_b] & 0xFF
    _pair_equal(a, first_a, count_a, b, first_b, count_b, s)
    _pair_alike(a, first_a, count_a, b, first_b, count_b, weights, s)
    _sum_agreements(a, first_a, count_a, b, first_b, weights, s)
    for k in range(Weight.SAME_DATE):
        used[k] = s.sums[LIKENESSES + k] if k <= Likeness.INITIAL else 0
    used[Weight.OTHER_COLUMN] = s.sums[CROSSED]
    given_a, shared_a, surnames_a, free_a, rest_a = _left_over(a, first_a, count_a, s, 0)
    given_b, shared_b, surnames_b, free_b, rest_b = _left_over(b, first_b, count_b, s, 1)
    against = min(given_a, given_b)
    telling = min(given_a - shared_a, given_b - shared_b)
    surnames_against = min(surnames_a, surnames_b)
    free = max(free_a, free_b)
    crossing = min(given_a - against, surnames_b - surnames_against, free)
    crossing += min(given_b - against, surnames_a - surnames_against, free)
    given_against, shared_against = telling + max(crossing, 0), against - telling
    relatives = (given_against > 0 and s.sums[TELLING_COUNT] == 0) or (shared_against > 0 and s.sums[GIVEN_COUNT] == 0)
    if relatives:
        bits = min(s.sums[AGREED_SURNAMES], weights[Weight.MOST_SURNAMES_OF_RELATIVES])
        bits -= _apply(used, weights, Weight.GIVEN_DISAGREE, 1)
    else:
        bits = min(s.sums[AGREED_GIVEN] + s.sums[AGREED_SURNAMES], weights[Weight.MOST_NAME])
        bits -= _apply(used, weights, Weight.SECOND_GIVEN_DIFFERS, given_against)
    bits -= _apply(used, weights, Weight.SHARED_GIVEN_DIFFERS, shared_against)
    if surnames_against > 0 and s.sums[SURNAME_COUNT] > 0:
        bits -= _apply(used, weights, Weight.ONE_SURNAME_DIFFERS, surnames_against)
    elif surnames_against > 0:
        bits -= _apply(used, weights, Weight.SURNAMES_DIFFER, 1)
    bits -= _apply(used, weights, Weight.MISSING_TOKEN, abs(rest_a - rest_b))
    if _are_swapped(a, first_a, count_a, b, first_b, count_b):
        bits -= _apply(used, weights, Weight.SWAPPED_SURNAMES, 1)
    conflict = NO_GIVEN_AGREES if relatives else OTHER_GIVEN_TOO if given_against > 0 else 0
    return bits, _level_of(s, bits, relatives or surnames_against > 0, rest_a, rest_b), conflict


@inlined
def weigh(a: Any, sections_a: Any, b: Any, sections_b: Any, weights: Any, s: Any, found: Any) -> None:
    """The pair of names that agrees best."""
    names_a, names_b = sections_a.count[Part.NAMES], sections_b.count[Part.NAMES]
    if names_a == 0 or names_b == 0:
        put_absent(found, Place.NAME, names_a, names_b)
        return
    best, best_level, best_conflict, best_a, best_b = -(1 << 30), Level.CONTRADICTS + 0, 0, 0, 0
    at_a = sections_a.at[Part.NAMES]
    for _ in range(names_a):
        at_b = sections_b.at[Part.NAMES]
        for _ in range(names_b):
            bits, level, conflict = weigh_name(a, at_a, b, at_b, weights, s, found.used)
            if bits > best or (bits == best and (level, conflict) < (best_level, best_conflict)):
                best, best_level, best_conflict, best_a, best_b = bits, level, conflict, at_a, at_b
            at_b = next_name(b.words, at_b)
        at_a = next_name(a.words, at_a)
    if names_a > 1 or names_b > 1:  # leave in `used` what the best pair used
        weigh_name(a, best_a, b, best_b, weights, s, found.used)
    put(found, Place.NAME, best, best_level)
    found.conflict[Place.NAME] = best_conflict


def show(subject: Subject) -> str:
    """Names as supplied, and aliases that are names."""
    return " / ".join(name.text for name in identities(subject)[0])


FEATURE = Feature(
    "nombre",
    show,
    identifying=False,
    conflicts=("nombre de pila distinto", "además del nombre común, otro nombre de pila distinto"),
)
