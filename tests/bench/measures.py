"""Measures of a ranking with scores: recall, precision, thresholds, intervals, paired tests. Pure numpy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959964
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson's score interval). (0, 1) if nothing was asked."""
    if of == 0:
        return 0.0, 1.0
    share = hits / of
    centre = share + Z95**2 / (2 * of)
    half = Z95 * math.sqrt(share * (1 - share) / of + Z95**2 / (4 * of * of))
    scale = 1 + Z95**2 / of
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def cut_for(scores: Sequence[float], rate: float) -> float:
    """The lowest cut above which no more than `rate` of the negatives score. An alert is a score **above** the cut.

    `scores` holds one number a negative: its best candidate's score, minus infinity if it has none.
    """
    allowed = int(rate * len(scores) + 1e-9)
    ordered = sorted(scores, reverse=True)
    return ordered[allowed] if allowed < len(ordered) else -math.inf


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a method answered to a list of queries: `first` is the best candidate's score, -inf without one."""

    positive: Bools
    first: Floats
    right_first: Bools
    in_ten: Bools

    @property
    def recall1(self) -> float:
        """Share of positives whose person came first."""
        return float(self.right_first[self.positive].mean())

    @property
    def recall10(self) -> float:
        """Share of positives whose person was among the ten best."""
        return float(self.in_ten[self.positive].mean())


def outcome(truth: Sequence[object], ids: Sequence[Sequence[object]], scores: Sequence[Sequence[float]]) -> Outcome:
    """Outcome of answers. `truth`: the right id, or -1 where nobody is to be found."""
    return Outcome(
        np.array([t != -1 for t in truth]),
        np.array([s[0] if s else -math.inf for s in scores], np.float64),
        np.array([t != -1 and bool(i) and i[0] == t for t, i in zip(truth, ids, strict=True)]),
        np.array([t != -1 and t in list(i)[:10] for t, i in zip(truth, ids, strict=True)]),
    )


def curve(found: Outcome, weights: Floats | None = None) -> tuple[Floats, Floats, Floats]:
    """Precision, recall and threshold at every distinct score of the first candidates, highest first.

    `weights` counts each query that many times (for the bootstrap). A first candidate that is not the right one is an error,
    whether the right one is in the base or not.
    """
    weight = np.ones(len(found.first)) if weights is None else weights
    answered = np.flatnonzero(np.isfinite(found.first))
    order = answered[np.argsort(-found.first[answered], kind="stable")]
    right = np.cumsum(weight[order] * found.right_first[order])
    shown = np.cumsum(weight[order])
    score = found.first[order]
    last = np.append(score[1:] != score[:-1], True) if len(score) else np.empty(0, bool)
    people = float(weight[found.positive].sum())
    with np.errstate(invalid="ignore"):
        precision = np.nan_to_num(right / np.maximum(shown, 1e-12))
    return precision[last], right[last] / max(people, 1e-12), score[last]


def best_f1(found: Outcome, weights: Floats | None = None) -> tuple[float, float]:
    """Best F1 over all thresholds, and that threshold. Chosen on the same queries: optimistic, alike for every method."""
    precision, recall, score = curve(found, weights)
    if not len(score):
        return 0.0, math.inf
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    at = int(f1.argmax())
    return float(f1[at]), float(score[at])


def f1_at(found: Outcome, threshold: float) -> float:
    """F1 at a threshold chosen elsewhere."""
    shown = found.first >= threshold
    right = int((shown & found.right_first).sum())
    return 2 * right / max(int(shown.sum()) + int(found.positive.sum()), 1)


def recall_at(found: Outcome, precision: float) -> float:
    """Highest recall at any threshold that reaches `precision`; 0 if none does."""
    reached, recall, _ = curve(found)
    good = recall[reached >= precision]
    return float(good.max()) if len(good) else 0.0


def resamples(found: Outcome, times: int = 200, seed: int = 1) -> list[Floats]:
    """Bootstrap counts of each query, positives and negatives resampled apart. The same seed gives the same, for pairing."""
    dice = np.random.default_rng(seed)
    made = []
    for _ in range(times):
        counts = np.zeros(len(found.positive))
        for group in (np.flatnonzero(found.positive), np.flatnonzero(~found.positive)):
            if len(group):
                counts += np.bincount(dice.choice(group, len(group)), minlength=len(counts))
        made.append(counts)
    return made


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Middle 95 % of bootstrap values."""
    low, high = np.quantile(np.asarray(values), [0.025, 0.975])
    return float(low), float(high)


def f1_interval(found: Outcome, times: int = 200) -> tuple[float, float]:
    """95 % bootstrap interval of the best F1."""
    return interval([best_f1(found, weights)[0] for weights in resamples(found, times)])


def f1_lead(ours: Outcome, theirs: Outcome, times: int = 400) -> tuple[float, float, float]:
    """Lead in best F1 on the same queries, with its paired 95 % bootstrap interval."""
    leads = [best_f1(ours, w)[0] - best_f1(theirs, w)[0] for w in resamples(ours, times)]
    return best_f1(ours)[0] - best_f1(theirs)[0], *interval(leads)


def mcnemar(ours: Bools, theirs: Bools) -> tuple[int, int, float]:
    """Queries that only we, and that only they got right, and the exact two-sided probability of so uneven a split."""
    only_ours, only_theirs = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    apart = only_ours + only_theirs
    if apart == 0:
        return 0, 0, 1.0
    tail = sum(math.comb(apart, k) for k in range(min(only_ours, only_theirs) + 1)) / 2**apart
    return only_ours, only_theirs, min(1.0, 2 * tail)
