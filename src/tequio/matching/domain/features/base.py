"""Shape of a feature: what it found in two subjects, and how to show each side."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tequio.matching.domain.rarity import Context
from tequio.people.domain import Subject

EQUAL, NEAR, PARTIAL = "igual", "casi igual", "parcial"
DIFFERENT, CONTRADICTS = "distinto", "contradice"
MISSING_ONE, MISSING_BOTH = "falta en uno", "falta en ambos"


class Finding(NamedTuple):
    """Result of one feature. Weight in hundredths of a bit, so that sums are exact; `conflict` names a hard contradiction."""

    level: str
    centibits: int = 0
    conflict: str = ""
    detail: tuple[str, ...] = ()


_ABSENT_ONE, _ABSENT_BOTH = Finding(MISSING_ONE), Finding(MISSING_BOTH)


def absent(left: object, right: object) -> Finding:
    """Finding where at least one side is blank: no evidence either way."""
    return _ABSENT_ONE if left or right else _ABSENT_BOTH


class Feature(NamedTuple):
    """One kind of evidence. `weigh` is symmetric and total; `show` gives what a reviewer reads for one side.

    `identifying`: agreement here is more than sharing a name, a sex or a state with thousands.
    """

    name: str
    weigh: Callable[[Subject, Subject, Context], Finding]
    show: Callable[[Subject], str]
    identifying: bool
