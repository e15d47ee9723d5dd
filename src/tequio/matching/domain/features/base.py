"""Shape of a feature: what it found in two subjects, and how to show each side.

Each feature's module has a compiled function that reads two rows and writes, at the feature's place, its weight, its level and
its conflict; beside it stand the words for people.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any, NamedTuple

from tequio.matching.domain.compiled import inlined
from tequio.matching.domain.model import WEIGHTS
from tequio.people.domain import Subject


class Place(IntEnum):
    """Places of the features, in the order in which a reviewer reads them."""

    NAME = 0
    ALIAS = 1
    BIRTH_DATE = 2
    AGE = 3
    CURP = 4
    RFC = 5
    SEX = 6
    STATE = 7
    PHONES = 8
    PLATES = 9
    DOCUMENTS = 10
    PLACES = 11


FEATURE_COUNT = len(Place)


class Level(IntEnum):
    """What a feature found."""

    EQUAL = 0
    NEAR = 1
    PARTIAL = 2
    DIFFERENT = 3
    CONTRADICTS = 4
    MISSING_ONE = 5
    MISSING_BOTH = 6


EQUAL, NEAR, PARTIAL = "igual", "casi igual", "parcial"
DIFFERENT, CONTRADICTS = "distinto", "contradice"
MISSING_ONE, MISSING_BOTH = "falta en uno", "falta en ambos"
LEVELS = (EQUAL, NEAR, PARTIAL, DIFFERENT, CONTRADICTS, MISSING_ONE, MISSING_BOTH)


FINDINGS = [
    ("centibits", "<i4", (FEATURE_COUNT,)),
    ("level", "u1", (FEATURE_COUNT,)),
    ("conflict", "u1", (FEATURE_COUNT,)),
    ("used", "u1", (WEIGHTS,)),
]
"""What the features of one pair found. Weights in hundredths of a bit, so that sums are exact. `conflict` is 0, or the number
of one of the feature's `conflicts`, from 1. `used` tells how often each weight applied: what a fit learns from."""


@inlined
def put(found: Any, place: int, centibits: int, level: int) -> None:
    """Write what a feature found."""
    found.centibits[place] = centibits
    found.level[place] = level


@inlined
def put_absent(found: Any, place: int, left: int, right: int) -> None:
    """Write that at least one side is blank: no evidence either way."""
    found.centibits[place] = 0
    found.level[place] = Level.MISSING_ONE if left or right else Level.MISSING_BOTH


class Feature(NamedTuple):
    """One kind of evidence. `show` gives what a reviewer reads for one side.

    `identifying`: agreement here is more than sharing a name, a sex or a state with thousands.
    """

    name: str
    show: Callable[[Subject], str]
    identifying: bool
    conflicts: tuple[str, ...] = ()
