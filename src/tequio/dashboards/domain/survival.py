"""Time until something happens to people who are still being watched: the share to whom it happened, with its band.

Kaplan and Meier (1958) for the share, Greenwood (1926) for its variance, and the log-log scale for the band, so that it stays
between 0 and 1. People who were watched for less time count for as long as they were. Times are whole days from 1 on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

NORMAL_95 = 1.959963984540054
"""Deviations of the normal law that leave 5 % outside, both sides together."""


@dataclass(frozen=True, slots=True)
class Step:
    """After `day` days: of those watched that long, the share to whom it happened, between `low` and `high` (95 %)."""

    day: int
    at_risk: int
    """People still watched, and without the event, just before that day."""
    events: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The share over time. Nothing is said after `horizon`: too few were watched for longer."""

    people: int
    events: int
    steps: tuple[Step, ...]
    horizon: int

    def at(self, day: int) -> Step | None:
        """What is known at `day` days; None beyond the horizon, or without people."""
        if day > self.horizon or not self.people:
            return None
        before = [step for step in self.steps if step.day <= day]
        if before:
            return before[-1]
        return Step(day, self.people, 0, 0.0, 0.0, no_events_high(self.people))


def curve(events: Mapping[int, int], censored: Mapping[int, int], least_at_risk: int) -> Curve:
    """The curve of people by day of the event, or by how many days they were watched without it.

    Whoever stops being watched on a day counts on that day. The curve ends where fewer than `least_at_risk` are left.
    O(days).
    """
    people = at_risk = sum(events.values()) + sum(censored.values())
    survival, greenwood = 1.0, 0.0
    steps: list[Step] = []
    horizon = 0
    for day in sorted(set(events) | set(censored)):
        if at_risk < least_at_risk:
            break
        horizon = day
        happened = events.get(day, 0)
        if happened:
            survival *= 1 - happened / at_risk
            greenwood += happened / (at_risk * (at_risk - happened)) if at_risk > happened else math.inf
            low, high = band(survival, greenwood, people)
            steps.append(Step(day, at_risk, happened, 1 - survival, low, high))
        at_risk -= happened + censored.get(day, 0)
    return Curve(people, sum(step.events for step in steps), tuple(steps), horizon)


def band(survival: float, greenwood: float, people: int) -> tuple[float, float]:
    """Bounds (95 %) of the share to whom it happened, 1 - `survival`, by Greenwood's sum on the log-log scale."""
    if survival >= 1.0:
        return 0.0, no_events_high(people)
    if survival <= 0.0 or math.isinf(greenwood):
        return 0.0, 1.0
    spread = NORMAL_95 * math.sqrt(greenwood) / abs(math.log(survival))
    return 1 - survival ** math.exp(-spread), 1 - survival ** math.exp(spread)


def no_events_high(people: int) -> float:
    """The largest share that would still leave `people` without an event one time in twenty (the exact rule of three)."""
    return 1 - 0.05 ** (1 / people) if people else 1.0
