"""Measures of a ranking with scores: those of the product (`tequio.matching.evaluation`), thresholds, and paired tests."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tequio.matching.evaluation import (
    Bools,
    Outcome,
    best_f1,
    f1_interval,
    interval,
    outcome,
    recall_at,
    resamples,
    wilson,
)

__all__ = [
    "Outcome",
    "best_f1",
    "cut_for",
    "f1_at",
    "f1_interval",
    "f1_lead",
    "interval",
    "mcnemar",
    "outcome",
    "recall_at",
    "resamples",
    "wilson",
]


def cut_for(scores: Sequence[float], rate: float) -> float:
    """The lowest cut above which no more than `rate` of the negatives score. An alert is a score **above** the cut.

    `scores` holds one number a negative: its best candidate's score, minus infinity if it has none.
    """
    allowed = int(rate * len(scores) + 1e-9)
    ordered = sorted(scores, reverse=True)
    return ordered[allowed] if allowed < len(ordered) else -math.inf


def f1_at(found: Outcome, threshold: float) -> float:
    """F1 at a threshold chosen elsewhere."""
    shown = found.first >= threshold
    right = int((shown & found.right_first).sum())
    return 2 * right / max(int(shown.sum()) + int(found.positive.sum()), 1)


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
