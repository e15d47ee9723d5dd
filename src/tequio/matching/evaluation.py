"""How good a model is on queries whose answer is known: recall, precision, F1, what each band is worth. Pure numpy.

A first candidate that is not the right one is an error, whether the right one is in the base or not. Thresholds are chosen on
the same queries, which is optimistic, alike for every model. Intervals are of 95 %: Wilson's for shares, the bootstrap's for
the rest; they tell the luck of these queries, not how like the world they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tequio.matching.domain.bands import ALMOST_CERTAIN, BANDS, band_of
from tequio.matching.domain.model import Model
from tequio.matching.memory import MemoryIndex
from tequio.people.domain import Subject

Z95 = 1.959964
LIMIT = 10
"""Candidates that one query shows."""
PRECISIONS = (95.0, 99.0, 99.9)
"""Per cent of first candidates that must be right, for the thresholds at which recall is told."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Measured = tuple[float, float, float]
"""A figure and its interval."""


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


class Weighed(NamedTuple):
    """The candidates of all queries, one line each: row of the query, score, whether it is the person (1 or 0), and whether
    nothing caps its band."""

    query: NDArray[np.int64]
    scores: Floats
    right: Floats
    is_open: Bools


@dataclass(frozen=True, slots=True)
class BandShare:
    """Candidates of one band, how many of them were the person, and the interval of that share."""

    band: str
    candidates: int
    right: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of a model. `about_somebody`: queries whose person is in the base. `recall_at`: by precision in per cent."""

    base: int
    queries: int
    about_somebody: int
    recall1: Measured
    recall10: Measured
    f1: Measured
    threshold: float
    recall_at: dict[float, Measured]
    bands: list[BandShare]


def evaluate(model: Model, records: Iterable[Subject], queries: Sequence[Subject], truth: Sequence[object]) -> Evaluation:
    """Put queries to a base of records. `truth`: id of the right record of each, None for nobody. O(n log n).

    Raises ValueError where queries and truth differ in number or no query is about anybody.
    """
    if len(queries) != len(truth):
        raise ValueError(f"{len(truth)} truths for {len(queries)} queries")
    if all(right is None for right in truth):
        raise ValueError("no query is about anybody")
    index = indexed(model, records)
    found, weighed = ask(index, queries, truth)
    return figures(model, len(index), found, weighed)


def figures(model: Model, base: int, found: Outcome, weighed: Weighed) -> Evaluation:
    """Figures of what an index of `base` records answered. At least one query must be about somebody."""
    people = int(found.positive.sum())
    f1, threshold = best_f1(found)
    return Evaluation(
        base=base,
        queries=len(found.positive),
        about_somebody=people,
        recall1=(found.recall1, *wilson(int(found.right_first.sum()), people)),
        recall10=(found.recall10, *wilson(int(found.in_ten.sum()), people)),
        f1=(f1, *f1_interval(found)),
        threshold=threshold,
        recall_at={share: _recall_measured(found, share / 100) for share in PRECISIONS},
        bands=band_shares(model, weighed),
    )


def ask(index: MemoryIndex, queries: Sequence[Subject], truth: Sequence[object]) -> tuple[Outcome, Weighed]:
    """What an index made by `indexed` answers, and its candidates."""
    ids: list[list[object]] = []
    scores: list[list[float]] = []
    lines: list[tuple[int, float, bool, bool]] = []
    for row, (answer, right) in enumerate(zip(index.query(queries, limit=LIMIT), truth, strict=True)):
        ids.append([candidate.id for candidate in answer])
        scores.append([candidate.score for candidate in answer])
        lines += [(row, c.score, right is not None and c.id == right, c.band == ALMOST_CERTAIN) for c in answer]
    table = np.array(lines, np.float64).reshape(-1, 4)
    weighed = Weighed(table[:, 0].astype(np.int64), table[:, 1], table[:, 2], table[:, 3] > 0)
    return outcome(truth, ids, scores, nobody=None), weighed


def indexed(model: Model, records: Iterable[Subject]) -> MemoryIndex:
    """An index for `ask`: every score is in the best band, so that a candidate's band tells only whether something caps it."""
    return MemoryIndex.build(records, model=replace(model, bands=dict.fromkeys(BANDS[:-1], -math.inf)))


def band_shares(model: Model, weighed: Weighed) -> list[BandShare]:
    """What each band is worth: of the candidates that it was given to, those that were the person."""
    counts = {band: [0, 0] for band in BANDS}
    for score, right, is_open in zip(weighed.scores.tolist(), weighed.right.tolist(), weighed.is_open.tolist(), strict=True):
        count = counts[band_of(score, model.bands, at_most_possible=not is_open)]
        count[0] += 1
        count[1] += int(right)
    return [BandShare(band, of, hits, *wilson(hits, of)) for band, (of, hits) in counts.items()]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson's score interval). (0, 1) if nothing was asked."""
    if of == 0:
        return 0.0, 1.0
    share = hits / of
    centre = share + Z95**2 / (2 * of)
    half = Z95 * math.sqrt(share * (1 - share) / of + Z95**2 / (4 * of * of))
    scale = 1 + Z95**2 / of
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def outcome(
    truth: Sequence[object], ids: Sequence[Sequence[object]], scores: Sequence[Sequence[float]], nobody: object = -1
) -> Outcome:
    """Outcome of answers. `truth`: the right id, or `nobody` where none is to be found."""
    return Outcome(
        np.array([t != nobody for t in truth], bool),
        np.array([s[0] if s else -math.inf for s in scores], np.float64),
        np.array([t != nobody and bool(i) and i[0] == t for t, i in zip(truth, ids, strict=True)], bool),
        np.array([t != nobody and t in list(i)[:10] for t, i in zip(truth, ids, strict=True)], bool),
    )


def curve(found: Outcome, weights: Floats | None = None) -> tuple[Floats, Floats, Floats]:
    """Precision, recall and threshold at every distinct score of the first candidates, highest first.

    `weights` counts each query that many times (for the bootstrap).
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


def recall_at(found: Outcome, precision: float, weights: Floats | None = None) -> float:
    """Highest recall at any threshold that reaches `precision`; 0 if none does."""
    reached, recall, _ = curve(found, weights)
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
    return _bootstrapped(found, lambda weights: best_f1(found, weights)[0], times)


def _recall_measured(found: Outcome, precision: float) -> Measured:
    spread = _bootstrapped(found, lambda weights: recall_at(found, precision, weights))
    return recall_at(found, precision), *spread


def _bootstrapped(found: Outcome, figure: Callable[[Floats], float], times: int = 200) -> tuple[float, float]:
    return interval([figure(weights) for weights in resamples(found, times)])
