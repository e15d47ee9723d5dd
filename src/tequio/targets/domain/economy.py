"""What a reviewer's time is spent on: the threshold of a target, a day's budget of hits, and when to raise the threshold. Pure.

Nothing here drops a hit. What lies below a target's own threshold is kept, counted and shown to whoever asks for it; what is
beyond a day's budget waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, isfinite

from tequio.kernel.errors import Invalid
from tequio.matching import ALERT_THRESHOLD

HIGHEST_THRESHOLD = 200.0
"""Bits. No comparison weighs so much: a threshold beyond is a slip of the hand."""

STEP = 0.5
"""Bits between suggested thresholds: finer ones would only look exact."""


class ThresholdRefused(Invalid):
    """The threshold is no number, lies below the product's own, or is beyond any score."""

    code = "UMBRAL_INVALIDO"


def read_threshold(bits: float) -> float:
    """A target's own threshold, to the hundredth of a bit. Raises ThresholdRefused.

    Never below the product's: what scores less is not stored, so a lower one would promise what it cannot show.
    """
    if not isfinite(bits) or not ALERT_THRESHOLD <= bits <= HIGHEST_THRESHOLD:
        raise ThresholdRefused(
            f"El umbral de un objetivo va de {ALERT_THRESHOLD:.2f} (el del sistema) a {HIGHEST_THRESHOLD:.2f} bits.",
            hint="Indique --bits con un número en ese intervalo, o --reset para volver al del sistema.",
        )
    return round(bits, 2)


def effective_threshold(own: float | None) -> float:
    """Least score in bits that brings a pair to a reviewer. An own threshold below the product's of today no longer counts."""
    return ALERT_THRESHOLD if own is None else max(own, ALERT_THRESHOLD)


def is_below(score: float, exact: bool, own: float | None) -> bool:
    """Whether a hit waits below its target's own threshold. An equal CURP or RFC (`exact`) always reaches a reviewer."""
    return own is not None and not exact and score < effective_threshold(own)


@dataclass(frozen=True, slots=True)
class Budget:
    """Hits that one reviewer judges in a day, and how many were judged today. `a_day` None: nobody has said how many."""

    a_day: int | None
    judged_today: int

    @property
    def left(self) -> int | None:
        """Hits still in the day's budget; None where there is none."""
        return None if self.a_day is None else max(self.a_day - self.judged_today, 0)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A threshold for a target that drowns its reviewers: how many of its waiting hits would stay, and how many would not.

    `held` says that it stops at the lowest score of this target that a person has confirmed: above it a hit like that one
    would have been missed.
    """

    threshold: float
    stay: int
    leave: int
    held: bool


def suggest_threshold(
    scores: Sequence[float], budget: int, own: float | None, lowest_confirmed: float | None
) -> Suggestion | None:
    """The least threshold that leaves at most `budget` of the waiting `scores`. None where they already fit, or none helps.

    `scores`: of the target's open hits at or above its threshold, without those that no threshold can hide. O(n log n).
    """
    ordered = sorted(scores, reverse=True)
    if len(ordered) <= budget:
        return None
    threshold = _step_above(ordered[budget])
    held = lowest_confirmed is not None and threshold > lowest_confirmed
    if held and lowest_confirmed is not None:
        threshold = floor(lowest_confirmed / STEP) * STEP
    if not effective_threshold(own) < threshold <= HIGHEST_THRESHOLD:
        return None
    stay = sum(score >= threshold for score in ordered)
    return Suggestion(threshold, stay, len(ordered) - stay, held)


def _step_above(score: float) -> float:
    return (floor(score / STEP) + 1) * STEP
