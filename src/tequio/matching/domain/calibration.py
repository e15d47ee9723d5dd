"""From a score to a probability: shares measured on candidates, smoothed so that a higher score never means a lower one, and
the bands cut from them. Pure numpy.

A probability holds for a base of the size that it was measured on, and for askers as often about somebody in it: in a base ten
times larger the same score meets ten times as many strangers, which moves every band by some 3.3 bits. A model says which
base that was. Twins and namesakes are as many in any base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tequio.matching.domain.bands import ALERT_THRESHOLD, ALMOST_CERTAIN, POSSIBLE, PROBABLE, WEAK

Floats = NDArray[np.float64]
Point = tuple[float, float]

LEAST_SHARE = {ALMOST_CERTAIN: 0.99, PROBABLE: 0.90, POSSIBLE: 0.50, WEAK: 0.05}
"""Share of candidates at a band's lowest score that are the person, at least; best band first."""

MOST_BINS = 100
PAIRS_OF_A_BIN = 40
LEAST_WIDTH = 0.5
"""A bin has so many candidates at least, and is so many bits wide."""


def isotonic(values: ArrayLike, weights: ArrayLike) -> Floats:
    """The nearest values, by weighted squares, that never fall from one to the next (pool adjacent violators). O(n)."""
    means: list[float] = []
    masses: list[float] = []
    sizes: list[int] = []
    for value, weight in zip(np.asarray(values, float).tolist(), np.asarray(weights, float).tolist(), strict=True):
        means.append(value)
        masses.append(weight)
        sizes.append(1)
        while len(means) > 1 and means[-2] >= means[-1]:
            mass = masses[-2] + masses[-1]
            mean = (means[-2] * masses[-2] + means[-1] * masses[-1]) / mass if mass else (means[-2] + means[-1]) / 2
            means[-2:], masses[-2:], sizes[-2:] = [mean], [mass], [sizes[-2] + sizes[-1]]
    return np.repeat(np.array(means, float), np.array(sizes, int))


def calibrate(scores: ArrayLike, right: ArrayLike) -> tuple[Point, ...]:
    """Points (score in bits, share right), both rising, from candidates: `right` is 1, 0, or the probability of being right.

    Bins of about equal size; where shares do not rise, they are put together. Half a candidate of doubt on each side, so that
    few candidates never prove a band: 99 % takes some fifty without an error. O(n log n). Empty for none.
    """
    score, truth = np.asarray(scores, float), np.asarray(right, float)
    if not len(score):
        return ()
    order = np.argsort(score, kind="stable")
    score, truth = score[order], truth[order]
    bins = _bins(score)
    sizes = np.array([part.stop - part.start for part in bins], float)
    middles = np.array([score[part].mean() for part in bins])
    raw = isotonic([truth[part].mean() for part in bins], sizes)
    together = np.array([sizes[raw == share].sum() for share in raw])
    smooth = isotonic((raw * together + 0.5) / (together + 1), sizes)
    return tuple((round(float(s), 2), round(float(p), 5)) for s, p in zip(middles, smooth, strict=True))


def _bins(score: Floats) -> list[slice]:
    """Runs of a sorted array: enough candidates, and a width, in each; equal scores are never parted."""
    least = max(PAIRS_OF_A_BIN, -(-len(score) // MOST_BINS))
    found, start = [], 0
    for at in range(1, len(score) + 1):
        enough = at - start >= least and score[at - 1] - score[start] >= LEAST_WIDTH
        if at == len(score) or (enough and score[at] > score[at - 1]):
            found.append(slice(start, at))
            start = at
    if len(found) > 1 and found[-1].stop - found[-1].start < least:
        last = found.pop()
        found[-1] = slice(found[-1].start, last.stop)
    return found


def probability(points: Sequence[Point], score: float) -> float:
    """Probability at a score, linear between the points, flat beyond them, never falling. 0 without points. O(points)."""
    if not points:
        return 0.0
    return float(np.interp(score, [s for s, _ in points], [p for _, p in points]))


def bands_of(points: Sequence[Point], before: Mapping[str, float]) -> dict[str, float]:
    """Least score of each band, to a tenth of a bit: where the probability first reaches LEAST_SHARE.

    "posible" never begins above the alert threshold and nothing better below it: what opens a hit has at least that band. A
    share that no score reaches leaves its band where it was before. No band ever begins above a better one.
    """
    found: dict[str, float] = {}
    ceiling = np.inf
    for band, share in LEAST_SHARE.items():
        reached = _first(points, share)
        bits = before[band] if reached is None else np.ceil(reached * 10) / 10
        bits = min(bits, ALERT_THRESHOLD) if band in (POSSIBLE, WEAK) else max(bits, ALERT_THRESHOLD)
        ceiling = min(ceiling, bits)
        found[band] = round(float(ceiling), 1)
    return found


def _first(points: Sequence[Point], share: float) -> float | None:
    """The lowest score at which the probability is `share`, between two points if need be."""
    for at, (score, found) in enumerate(points):
        if found >= share:
            if at == 0 or found == points[at - 1][1]:
                return score
            lower, less = points[at - 1]
            return lower + (score - lower) * (share - less) / (found - less)
    return None
