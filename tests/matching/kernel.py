"""What one feature found in a pair: the level, the weight, the conflict, and which weights of the model it rests on."""

import os
from collections import Counter
from typing import NamedTuple

import numpy as np
from hypothesis import settings

from tequio.kernel.identifiers import curp_check_digit
from tequio.matching.domain.features import FEATURES, Place
from tequio.matching.domain.features.base import Level
from tequio.matching.domain.model import Weight, shipped
from tequio.matching.domain.packing import pool
from tequio.matching.domain.rarity import PRIOR
from tequio.matching.domain.scorer import findings
from tequio.people.domain import Subject

EXAMPLES = int(os.environ.get("TEQUIO_EXAMPLES", "120"))
often = settings(max_examples=EXAMPLES, deadline=None)
"""How many examples a property is tried on."""

FIRST = np.zeros(1, np.int64)


def _span(first, last):
    return {Weight(k) for k in range(first, last + 1)}


_LETTERS = _span(Weight.LETTERS_OF_NAME, Weight.OTHER_LETTERS)
WEIGHTS_OF = {
    Place.NAME: _span(Weight.EXACT, Weight.NAME_ALONE_KNEE),
    Place.ALIAS: _span(Weight.RARE_ALIAS, Weight.ALIAS_EXTENDED),
    Place.BIRTH_DATE: _span(Weight.SAME_DATE, Weight.FAR_APART),
    Place.AGE: _span(Weight.SAME_AGE, Weight.FAR_AGE),
    Place.CURP: _span(Weight.CURP_IN_ALL, Weight.OTHER_CURP_UNSURE) | _LETTERS,
    Place.RFC: _span(Weight.RFC_IN_ALL, Weight.OTHER_RFC) | _LETTERS,
    Place.SEX: _span(Weight.SAME_SEX, Weight.SEX_X),
    Place.STATE: _span(Weight.SAME_STATE, Weight.OTHER_STATE),
    Place.PHONES: {Weight.SAME_PHONE},
    Place.PLATES: {Weight.SAME_PLATE},
    Place.DOCUMENTS: {Weight.SAME_DOCUMENT},
    Place.PLACES: _span(Weight.SAME_PLACE, Weight.OTHER_PLACE),
}
"""The weights that each feature may rest on."""


class Seen(NamedTuple):
    level: Level
    centibits: int
    conflict: str
    used: Counter


def subject(**fields):
    return Subject.from_fields(**fields)


def curp(first17):
    return first17 + curp_check_digit(first17)


def worth(weight):
    """A weight of the shipped model, in hundredths of a bit."""
    return int(shipped().weights[weight])


def as_subject(fields):
    return fields if isinstance(fields, Subject) else subject(**fields)


def see_one_way(place, one, other, context=PRIOR):
    a, b = pool([as_subject(one)], context), pool([as_subject(other)], context)
    found = findings(a, FIRST, b, FIRST, shipped().weights)
    number = int(found.conflict[0, place])
    used = Counter({Weight(k): int(times) for k, times in enumerate(found.used[0]) if times and k in WEIGHTS_OF[place]})
    conflict = FEATURES[place].conflicts[number - 1] if number else ""
    return Seen(Level(int(found.level[0, place])), int(found.centibits[0, place]), conflict, used)


def see(place, one, other, context=PRIOR):
    """What a feature found; the same in both directions, or the test that asks fails."""
    found = see_one_way(place, one, other, context)
    assert see_one_way(place, other, one, context) == found
    return found


def weighs(place, one, other, weight, level):
    """Whether a feature found just this weight and level."""
    found = see(place, one, other)
    return (found.level, found.centibits) == (level, worth(weight)) and found.used[weight] == 1


__all__ = [
    "EXAMPLES",
    "FIRST",
    "Level",
    "Place",
    "Seen",
    "Weight",
    "as_subject",
    "curp",
    "often",
    "see",
    "subject",
    "weighs",
    "worth",
]
