"""Names: every name of one side against every name of the other; the pair that agrees best speaks.

Tokens agree wherever they stand, for columns are often wrong; a given name found among surnames counts less. Each agreement
weighs by the name's rarity in the population. What remains on both sides contradicts; what remains on one side is only missing.

Two rules keep relatives apart. Where the given names disagree, the rival explanation is a brother or a twin, who shares both
surnames and often the birth date: surnames then count almost nothing. María or José alone is no agreement of given names, for
whole families carry it; and where one given name agrees and another differs (Juan Carlos, Juan Luis) the conflict is stated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tequio.matching.domain.features.aliases import share_alias
from tequio.matching.domain.features.base import CONTRADICTS, EQUAL, NEAR, PARTIAL, Feature, Finding, absent
from tequio.matching.domain.features.similarity import INITIAL_CENTIBITS, loss
from tequio.matching.domain.rarity import Context, mostly_given, weigh_token
from tequio.people.domain import Name, Subject

MOST_NAME = 2600
"""All name tokens together count no more: names of one family and region are not independent."""
MOST_SURNAMES_OF_RELATIVES = 400
"""Surnames count no more than this where given names disagree."""
OTHER_COLUMN = 200  # loss for a given name that agrees with a surname
SWAPPED_SURNAMES = 80
MISSING_TOKEN = 30
GIVEN_DISAGREE, SECOND_GIVEN_DIFFERS, SHARED_GIVEN_DIFFERS = 800, 400, 100
ONE_SURNAME_DIFFERS, SURNAMES_DIFFER = 450, 1000
LEAST_AGREEMENT = 50
_NO_GIVEN_AGREES, _OTHER_GIVEN_TOO = "nombre de pila distinto", "además del nombre común, otro nombre de pila distinto"
_MOST_NAMES = 4
_SHARED = frozenset({"MARIA", "JOSE"})

GIVEN, SURNAME, FREE = 0, 1, 2
Placed = tuple[str, int]


class Pairing(NamedTuple):
    """How the tokens of two names meet: agreements as (left, right, centibits), and what is left on each side."""

    agreements: list[tuple[Placed, Placed, int]]
    left: list[Placed]
    right: list[Placed]


def _placed(name: Name) -> list[Placed]:
    return [
        *((t, GIVEN) for t in name.given),
        *((t, SURNAME) for t in name.paternal),
        *((t, SURNAME) for t in name.maternal),
        *((t, FREE) for t in name.unsplit),
        *((t, FREE) for t in name.married),
    ]


def _take_equal(left: list[Placed], right: list[Placed], context: Context, found: list[tuple[Placed, Placed, int]]) -> None:
    """Pair equal tokens, those of one role first."""
    for same_role in (True, False):
        for one in left.copy():
            for other in right:
                if one[0] == other[0] and (one[1] == other[1] or not same_role):
                    weight = weigh_token(one[0], context)
                    if one[1] != other[1] and FREE not in (one[1], other[1]):
                        weight = max(LEAST_AGREEMENT, weight - OTHER_COLUMN)
                    found.append((one, other, weight))
                    left.remove(one)
                    right.remove(other)
                    break
            if not left or not right:
                return


def _likeness(one: Placed, other: Placed, context: Context) -> int | None:
    """Weight of two unequal tokens if they may be one name."""
    crossed = one[1] != other[1] and FREE not in (one[1], other[1])
    if len(one[0]) == 1 or len(other[0]) == 1:
        return None if crossed or SURNAME in (one[1], other[1]) or one[0][0] != other[0][0] else INITIAL_CENTIBITS
    lost = loss(*((one[0], other[0]) if one[0] < other[0] else (other[0], one[0])))
    if lost is None or (crossed and lost > 0):
        return None
    return max(LEAST_AGREEMENT, min(weigh_token(one[0], context), weigh_token(other[0], context)) - lost)


def _take_alike(left: list[Placed], right: list[Placed], context: Context, found: list[tuple[Placed, Placed, int]]) -> None:
    """Pair the rest by likeness, the heaviest first; ties by the tokens themselves, so that both directions agree."""
    options = []
    for one in left:
        for other in right:
            weight = _likeness(one, other, context)
            if weight is not None:
                options.append((-weight, min(one, other), max(one, other), one, other))
    options.sort()
    for negative, _, _, one, other in options:
        if one in left and other in right:
            found.append((one, other, -negative))
            left.remove(one)
            right.remove(other)


def pair_tokens(a: Name, b: Name, context: Context) -> Pairing:
    """Match the tokens of two names. O(n²) in tokens, of which a name has at most a dozen or two."""
    left, right = _placed(a), _placed(b)
    found: list[tuple[Placed, Placed, int]] = []
    _take_equal(left, right, context, found)
    if left and right:
        _take_alike(left, right, context, found)
    return Pairing(found, left, right)


def _is_given(placed: Placed) -> bool:
    return placed[1] == GIVEN or (placed[1] == FREE and mostly_given(placed[0]))


def _role_of_agreement(one: Placed, other: Placed) -> int:
    """Given or surname, by whichever side knows; by the prior where neither does."""
    if one[1] == other[1] == FREE:
        return GIVEN if mostly_given(one[0]) or mostly_given(other[0]) else SURNAME
    return GIVEN if GIVEN in (one[1], other[1]) else SURNAME


def _disagreements(left: Sequence[Placed], right: Sequence[Placed]) -> tuple[int, int, int]:
    """(given names, shared given names, surnames) that stand against each other; a married name stands against nothing."""
    given_l, given_r = [p[0] for p in left if _is_given(p)], [p[0] for p in right if _is_given(p)]
    other_l = [p[0] for p in left if not _is_given(p)]
    other_r = [p[0] for p in right if not _is_given(p)]
    shared = sum(1 for t in given_l if t in _SHARED), sum(1 for t in given_r if t in _SHARED)
    against = min(len(given_l), len(given_r))
    telling = min(len(given_l) - shared[0], len(given_r) - shared[1])
    surnames = min(len(other_l), len(other_r))
    free_l = sum(1 for p in left if p[1] == FREE)
    free_r = sum(1 for p in right if p[1] == FREE)
    crossing = min(len(given_l) - against, len(other_r) - surnames, max(free_l, free_r))
    crossing += min(len(given_r) - against, len(other_l) - surnames, max(free_l, free_r))
    return telling + max(crossing, 0), against - telling, surnames


def _swapped(a: Name, b: Name) -> bool:
    if not (a.paternal and a.maternal and b.paternal and b.maternal) or a.paternal == b.paternal:
        return False
    return a.paternal == b.maternal or a.maternal == b.paternal


def weigh_pair(a: Name, b: Name, context: Context) -> Finding:
    """Evidence of one name against one name."""
    pairing = pair_tokens(a, b, context)
    left = [p for p in pairing.left if p[0] not in a.married]
    right = [p for p in pairing.right if p[0] not in b.married]
    given_bits = surname_bits = 0
    given_agrees = telling_given = False
    for one, other, weight in pairing.agreements:
        if _role_of_agreement(one, other) == GIVEN:
            given_bits += weight
            given_agrees = True
            telling_given = telling_given or one[0] not in _SHARED or other[0] not in _SHARED
        else:
            surname_bits += weight
    given_against, shared_against, surnames_against = _disagreements(left, right) if left and right else (0, 0, 0)
    relatives = (given_against > 0 and not telling_given) or (shared_against > 0 and not given_agrees)
    if relatives:
        surname_bits = min(surname_bits, MOST_SURNAMES_OF_RELATIVES)
        given_bits = 0
    bits = min(given_bits + surname_bits, MOST_NAME)
    bits -= GIVEN_DISAGREE if relatives else SECOND_GIVEN_DIFFERS * given_against
    bits -= SHARED_GIVEN_DIFFERS * shared_against
    if surnames_against:
        agrees = any(_role_of_agreement(one, other) == SURNAME for one, other, _ in pairing.agreements)
        bits -= ONE_SURNAME_DIFFERS * surnames_against if agrees else SURNAMES_DIFFER
    bits -= MISSING_TOKEN * abs(len(left) - len(right)) + (SWAPPED_SURNAMES if _swapped(a, b) else 0)
    conflict = _NO_GIVEN_AGREES if relatives else _OTHER_GIVEN_TOO if given_against else ""
    return Finding(_level(pairing, left, right, relatives or surnames_against > 0, bits), bits, conflict)


def _level(pairing: Pairing, left: list[Placed], right: list[Placed], against: bool, bits: int) -> str:
    if not pairing.agreements or (against and bits <= 0):
        return CONTRADICTS
    if against or (left and right):
        return PARTIAL
    exact = all(one[0] == other[0] for one, other, _ in pairing.agreements)
    if exact and not left and not right:
        return EQUAL
    return NEAR if len(left) + len(right) <= 1 else PARTIAL


def weigh(a: Subject, b: Subject, context: Context) -> Finding:
    """The pair of names that agrees best. Whoever is known by the same alias may well give another name: it costs less."""
    if not a.names or not b.names:
        return absent(a.names, b.names)
    found = _best_pair(a, b, context)
    if found.centibits < -OTHER_NAME_OF_AN_ALIAS and a.aliases and b.aliases and share_alias(a, b):
        return Finding(found.level, -OTHER_NAME_OF_AN_ALIAS, found.conflict)
    return found


def _best_pair(a: Subject, b: Subject, context: Context) -> Finding:
    if len(a.names) == 1 and len(b.names) == 1:
        return weigh_pair(a.names[0], b.names[0], context)
    findings = [weigh_pair(x, y, context) for x in a.names[:_MOST_NAMES] for y in b.names[:_MOST_NAMES]]
    return max(findings, key=lambda f: (f.centibits, f.level))


def show(subject: Subject) -> str:
    """Names as supplied."""
    return " / ".join(name.text for name in subject.names[:_MOST_NAMES])


OTHER_NAME_OF_AN_ALIAS = 200
"""Most that a different name takes away, in hundredths of a bit, from two who share an alias."""

FEATURE = Feature("nombre", weigh, show, identifying=False)
