"""Weights fitted to data, without labels: how often records of one person look so (m), over how often two strangers' do (u).

m comes from expectation and maximisation. Each query is asked of the base; it is about one of its candidates or about nobody,
with the probabilities that the present weights give, and its best candidate counts with its own. A brother who scores well
beside the person takes no part, nor does the best of a query that is probably about nobody. Scores are the scorer's own, caps
and rules about relatives included, so that what is fitted is what is used. u comes from pairs drawn at random, from counts of
equal values where those say more, and for likenesses of names from the names themselves.

Fitted are the levels of dates, ages, sex, state, contacts and places, and what a likeness of names loses. What keeps relatives
and namesakes apart stays by judgement (`criterio`): pairs drawn at random are strangers, and say nothing of brothers. So do
totals of CURP and RFC, caps, knees and floors, which are rules and no rates. The weight by judgement is worth PRIOR pairs of
each level and bounds how far a fit may go. The same arguments give the same model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tequio.matching.domain.calibration import bands_of, calibrate, isotonic
from tequio.matching.domain.features.base import Level, Place
from tequio.matching.domain.model import EM, JUDGEMENT, WEIGHTS, Model, Weight, Weights, shipped
from tequio.matching.domain.packing import Pooled, name_tokens, pool
from tequio.matching.domain.rarity import AGREEMENT, Context, Rarity
from tequio.matching.domain.scorer import CAPPED, Findings, findings
from tequio.matching.memory import MemoryIndex
from tequio.people.domain import Name, PartialDate, Subject

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
W = Weight

EXCLUSIVE: Mapping[Place, tuple[Weight, ...]] = {
    Place.BIRTH_DATE: tuple(Weight(w) for w in range(W.SAME_DATE, W.SAME_AGE)),
    Place.AGE: (W.SAME_AGE, W.NEAR_AGE, W.OTHER_AGE, W.FAR_AGE),
    Place.SEX: (W.SAME_SEX, W.OTHER_SEX, W.SEX_X),
    Place.STATE: (W.SAME_STATE, W.OTHER_STATE),
    Place.PHONES: (W.SAME_PHONE,),
    Place.PLATES: (W.SAME_PLATE,),
    Place.DOCUMENTS: (W.SAME_DOCUMENT,),
    Place.PLACES: (W.SAME_PLACE, W.OTHER_PLACE),
}
"""Levels of which a pair has one at most, where both sides have the feature."""

LIKENESSES = tuple(Weight(w) for w in range(W.LOST_LETTER, W.INITIAL))
"""Likenesses of names: what an agreement loses when it is not exact."""

FITTED = (*LIKENESSES, *(w for levels in EXCLUSIVE.values() for w in levels))
_PLACE_OF = {weight: place for place, levels in EXCLUSIVE.items() for weight in levels}

TIERS: tuple[tuple[tuple[Weight, ...], ...], ...] = (
    (
        (W.SAME_DATE,),
        (W.SAME_DATE_DOUBTFUL, W.SAME_FIRST_OF_JANUARY, W.SWAPPED_DATE, W.NEXT_DAY, W.SAME_DAY_OTHER_YEAR, W.ONE_DIGIT),
        (W.SAME_MONTH,),
        (W.SAME_YEAR,),
        (W.YEAR_OFF_BY_ONE,),
        (W.YEARS_APART,),
        (W.FAR_APART,),
    ),
    ((W.SAME_MONTH_NO_DAY,), (W.SAME_YEAR_ONLY_YEAR,), (W.YEAR_OFF_BY_ONE_ONLY_YEAR,)),
    ((W.SAME_AGE,), (W.NEAR_AGE,), (W.OTHER_AGE,), (W.FAR_AGE,)),
    ((W.SAME_SEX,), (W.SEX_X,), (W.OTHER_SEX,)),
    ((W.SAME_PLACE,), (W.OTHER_PLACE,)),
    ((W.TWO_SLIPS_SHORT,), (W.TWO_SLIPS,), (W.ONE_SLIP_SHORT,), (W.ONE_SLIP,), (W.SOUND,)),
)
"""Orders that no fit may turn around, the greatest number first; weights of one tier stand as the data have them."""

LEAST_PAIRS = 20.0
"""Pairs that must speak for a level: with fewer its weight stays as judged, and is not called fitted."""

METHOD = (
    "Fellegi-Sunter: m por EM sin etiquetas sobre el mejor candidato de cada consulta; u de pares al azar y valores iguales"
)


@dataclass(frozen=True, slots=True)
class Settings:
    """How to fit. Sizes are pairs; `most_move` is in hundredths of a bit."""

    prior_pairs: float = 3000.0
    """How many pairs of a level the weight by judgement is worth."""
    most_move: int = 200
    """How far a fitted weight may be from the one by judgement."""
    strangers: int = 500_000
    """Pairs drawn at random."""
    names: int = 600
    """Names of each kind whose likeness with every other is looked at."""
    rounds: int = 40
    candidates: int = 8
    seed: int = 1


class Met(NamedTuple):
    """Queries and the candidates that the keys gave: one line a pair, those of a query together, best first."""

    asked: Pooled
    base: Pooled
    left: Rows
    """Row of the query."""
    right: Rows
    """Row of the record."""
    queries: int
    """Queries asked, those without a candidate included."""
    records: int


class Seen(NamedTuple):
    """Expected counts. `levels`: by weight, of pairs of one person; `places`: by feature, pairs where both sides have it."""

    levels: Floats
    places: Floats
    tokens: float
    """Name tokens compared."""


class Chance(NamedTuple):
    """What strangers show: u by weight, and of how many pairs it was counted."""

    rate: Floats
    counted: Floats


@dataclass(frozen=True, slots=True)
class Task:
    """What does not change from round to round. `before`: the weights by judgement."""

    before: Weights
    chance: Chance
    settings: Settings = field(default_factory=Settings)


def fit(
    records: Iterable[Subject],
    queries: Iterable[Subject] | None = None,
    *,
    truth: Sequence[object] | None = None,
    start: Model | None = None,
    version: str = "",
    told: Mapping[str, Any] | None = None,
    settings: Settings | None = None,
) -> Model:
    """A model fitted to a base and to queries about it; without queries, the base is asked about its own other records.

    Half of the queries fit the weights, the other half calibrate. `truth` (id of the right record of each query, None for
    nobody) is read for calibration alone. `told` goes into the file: data, digests, date. O(n log n) for n records, and some
    ten microseconds a candidate. A base or a list of queries with nobody in it leaves the weights as judged.
    """
    chosen, before = settings or Settings(), start or shipped()
    base = list(records)
    asked = base if queries is None else list(queries)
    context = Rarity(Counter(t for s in base for t in name_tokens(s)), len(base))
    judged = replace(before, weights=before.by_judgement(), sources={}, judged={})
    met = meet(base, asked, context, judged, chosen.candidates, apart=queries is None)
    half = np.random.default_rng(chosen.seed).random(len(asked)) < 0.5
    task = Task(judged.weights, _chance(base, asked, met, context, (judged.weights, chosen)), chosen)
    learnt, held = _of(met, half), _of(met, ~half)
    weights, share, rounds = _rounds(learnt, task)
    seen = _count(learnt, weights, share)
    fitted = [w for w in FITTED if _evidence(seen, task.chance, w) >= LEAST_PAIRS]
    model = replace(
        judged,
        version=version or before.version,
        weights=weights,
        sources={w.name.lower(): EM if w in fitted else JUDGEMENT for w in Weight},
        judged={w.name.lower(): int(judged.weights[w]) for w in fitted},
        fitted={
            **(told or {}),
            "method": METHOD,
            "records": len(base),
            "queries": learnt.queries,
            "share_found": round(share, 4),
            "rounds": rounds,
            "prior_pairs": chosen.prior_pairs,
            "most_move_centibits": chosen.most_move,
            "seed": chosen.seed,
        },
    )
    found = findings(held.asked, held.left, held.base, held.right, weights)
    scores = _scores(found)
    right = _posterior(held, scores, share) if truth is None else _truths(held, base, truth)
    by = "probabilidades del propio ajuste, sin etiquetas" if truth is None else "etiquetas"
    return calibrated(
        model, (scores, right, (found.flags & CAPPED) == 0), {"by": by, "queries": held.queries, "base": len(base)}
    )


def calibrated(model: Model, measured: tuple[Floats, Floats, NDArray[np.bool_]], told: Mapping[str, Any]) -> Model:
    """The model with its scores calibrated on candidates: scores, whether right, and whether nothing caps their band.

    Bands and points are those of uncapped candidates: a capped one is never better than "posible", whatever it scores.
    """
    scores, right, is_open = measured
    points = calibrate(scores[is_open], right[is_open])
    told = {**told, "candidates": int(is_open.sum())}
    return replace(model, calibration=points, bands=bands_of(points, model.bands), fitted={**model.fitted, "calibration": told})


def meet(base: Sequence[Subject], asked: Sequence[Subject], context: Context, model: Model, limit: int, *, apart: bool) -> Met:
    """Candidates of each query. `apart`: the queries are the base itself, and none is its own candidate."""
    index = MemoryIndex.build((replace(s, id=row) for row, s in enumerate(base)), context, model)
    left, right = [], []
    for row, answer in enumerate(index.query(asked, limit=limit + apart)):
        for candidate in answer:
            if not (apart and candidate.id == row):
                left.append(row)
                right.append(int(candidate.id or 0))
    packed = pool(base, context)
    return Met(
        packed if apart else pool(asked, context),
        packed,
        np.array(left, np.int64),
        np.array(right, np.int64),
        len(asked),
        len(base),
    )


def _of(met: Met, chosen: NDArray[np.bool_]) -> Met:
    """The candidates of some queries."""
    kept = chosen[met.left]
    return met._replace(left=met.left[kept], right=met.right[kept], queries=int(chosen.sum()))


def _rounds(met: Met, task: Task) -> tuple[Weights, float, int]:
    """Expect and maximise until no weight moves: weights, share of queries about somebody, rounds."""
    weights, share, turn, moved = task.before, 0.5, 0, 2
    while moved > 1 and turn < task.settings.rounds:
        share = _share(met, weights, share)
        fresh = maximise(_count(met, weights, share), task)
        moved = int(np.abs(fresh - weights).max())
        weights, turn = fresh, turn + 1
    return weights, share, turn


def _scores(found: Findings) -> Floats:
    return np.asarray(found.centibits.sum(axis=1) / 100.0)


def _posterior(met: Met, scores: Floats, share: float) -> Floats:
    """Probability that a pair is of one person: against the query's other candidates, and against nobody."""
    likelier = np.exp2(np.clip(scores, -60, 200)) * share / met.records
    rivals = np.bincount(met.left, likelier)
    return np.asarray(likelier / (rivals[met.left] + 1 - share))


def _truths(met: Met, base: Sequence[Subject], truth: Sequence[object]) -> Floats:
    """1 where a candidate is the person that a query is about, else 0."""
    pairs = zip(met.left.tolist(), met.right.tolist(), strict=True)
    return np.array([truth[a] is not None and base[b].id == truth[a] for a, b in pairs], np.float64)


def _share(met: Met, weights: Weights, share: float) -> float:
    """Share of queries about somebody in the base, by the present weights."""
    found = findings(met.asked, met.left, met.base, met.right, weights)
    return float(np.clip(_posterior(met, _scores(found), share).sum() / max(met.queries, 1), 0.01, 0.99))


def _count(met: Met, weights: Weights, share: float) -> Seen:
    """Expected counts of what pairs of one person show: of the best candidate of each query, by its probability."""
    found = findings(met.asked, met.left, met.base, met.right, weights)
    scores = _scores(found)
    worth = np.zeros(len(scores))
    order = np.lexsort((-scores, met.left))
    best = order[np.diff(met.left[order], prepend=-1) > 0]
    worth[best] = _posterior(met, scores, share)[best]
    return _seen(found, worth)


def _seen(found: Findings, worth: Floats) -> Seen:
    both = found.level < Level.MISSING_ONE
    used = found.used.astype(np.float64)
    tokens = used[:, : W.OTHER_COLUMN].sum(axis=1) + used[:, W.SECOND_GIVEN_DIFFERS] + used[:, W.GIVEN_DISAGREE]
    tokens += used[:, W.ONE_SURNAME_DIFFERS] + 2 * used[:, W.SURNAMES_DIFFER]
    return Seen(worth @ used, worth @ both, float((both[:, Place.NAME] * worth) @ tokens))


def _chance(
    base: Sequence[Subject], asked: Sequence[Subject], met: Met, context: Context, how: tuple[Weights, Settings]
) -> Chance:
    """u of every weight that is fitted."""
    chance = Chance(np.zeros(WEIGHTS), np.zeros(WEIGHTS))
    if not base or not asked:
        return chance
    weights, settings = how
    dice = np.random.default_rng(settings.seed + 1)
    left = dice.integers(0, len(asked), settings.strangers)
    right = dice.integers(0, len(base), settings.strangers)
    seen = _seen(findings(met.asked, left, met.base, right, weights), np.ones(settings.strangers))
    for weight, place in _PLACE_OF.items():
        chance.counted[weight] = seen.levels[weight]
        chance.rate[weight] = (seen.levels[weight] + 0.5) / (seen.places[place] + 1)
    chance.rate[W.SAME_STATE], chance.counted[W.SAME_STATE] = 1.0, np.inf  # what it is worth is the state's own share
    dates = Counter(d for s in base for d in s.birth_dates if d.day)
    total = dates.total()
    _by_values({d: n for d, n in dates.items() if not _is_first_of_january(d)}, total, W.SAME_DATE, chance)
    _by_values({d: n for d, n in dates.items() if _is_first_of_january(d)}, total, W.SAME_FIRST_OF_JANUARY, chance)
    for weight, values in (
        (W.SAME_PHONE, Counter(p for s in base for p in s.phones)),
        (W.SAME_PLATE, Counter(p for s in base for p in s.plates)),
        (W.SAME_DOCUMENT, Counter(d for s in base for d in s.documents)),
    ):
        _by_values(values, values.total(), weight, chance)
    _by_names(base, asked, context, how, chance)
    return chance


def _is_first_of_january(born: PartialDate) -> bool:
    return born.month == born.day == 1


def _by_values(values: Mapping[Any, int], total: int, weight: Weight, chance: Chance) -> None:
    """u of an equal value, from how often each is in the base, if that counts more pairs than were drawn. O(values)."""
    same = float(sum(n * (n - 1) for n in values.values()))
    if total > 1 and same / 2 > chance.counted[weight]:
        chance.rate[weight], chance.counted[weight] = same / (total * (total - 1)), same / 2


def _by_names(
    base: Sequence[Subject], asked: Sequence[Subject], context: Context, how: tuple[Weights, Settings], chance: Chance
) -> None:
    """u of likenesses: over the names of queries, the people whose name is so alike, each by what agreeing on it is worth.

    That keeps the sum of probabilities right: a slip that makes no other name costs little, one that makes another much.
    """
    weights, settings = how
    total = 0.0
    for given in (True, False):
        occurring = Counter(t for s in asked for t in _words(s, given))
        known = sorted({t for s in base for t in _words(s, given)})
        if not occurring or not known:
            continue
        words = sorted(occurring)
        odds = np.array([occurring[w] for w in words], float)
        dice = np.random.default_rng(settings.seed + 2 + given)
        share = np.array([context.frequency(w) for w in known])
        others = pool((_single(w, given) for w in known), context)
        rows = np.arange(len(known), dtype=np.int64)
        total += settings.names * odds.sum()
        for at, times in sorted(Counter(dice.choice(len(words), settings.names, p=odds / odds.sum()).tolist()).items()):
            one = pool([_single(words[at], given)], context)
            like = findings(one, np.zeros_like(rows), others, rows, weights).used[:, LIKENESSES] > 0
            worth = AGREEMENT * share / np.maximum(share, context.frequency(words[at]))
            chance.rate[[*LIKENESSES]] += times * odds.sum() * (worth @ like)
            chance.counted[[*LIKENESSES]] += times * like.sum(axis=0)
    if total:
        chance.rate[[*LIKENESSES]] /= total


def _words(subject: Subject, given: bool) -> Iterator[str]:
    for name in subject.names:
        yield from name.given if given else (*name.paternal, *name.maternal)


def _single(word: str, given: bool) -> Subject:
    return Subject(names=(Name(given=(word,)) if given else Name(paternal=(word,)),))


def _evidence(seen: Seen, chance: Chance, weight: Weight) -> float:
    """Pairs that speak for a fitted weight: the harmonic sum of those of one person and those of strangers."""
    mine, theirs = float(seen.levels[weight]), float(chance.counted[weight])
    return 0.0 if mine <= 0 or theirs <= 0 else 1 / (1 / mine + 1 / theirs)


def maximise(seen: Seen, task: Task) -> Weights:
    """Weights of what was seen: log2 of m over u, drawn to the weights by judgement, orders kept, bounded, signs kept."""
    before, settings = task.before.astype(np.float64), task.settings
    weights, mass = before.copy(), np.full(WEIGHTS, np.inf)
    for weight in FITTED:
        pairs = _evidence(seen, task.chance, weight)
        if pairs < LEAST_PAIRS:
            continue
        compared = seen.tokens if weight in LIKENESSES else float(seen.places[_PLACE_OF[weight]])
        bits = np.log2(min((seen.levels[weight] + 0.5) / (compared + 1), 1.0) / task.chance.rate[weight])
        told = 100 * (-bits if weight in LIKENESSES else bits)
        weights[weight] = (settings.prior_pairs * before[weight] + pairs * told) / (settings.prior_pairs + pairs)
        mass[weight] = settings.prior_pairs + pairs
    ordered(weights, mass)
    low = np.where(before > 0, np.maximum(before - settings.most_move, 0), before - settings.most_move)
    high = np.where(before < 0, np.minimum(before + settings.most_move, 0), before + settings.most_move)
    fitted = np.round(np.clip(weights, low, high)).astype(np.int32)
    fitted.flags.writeable = False
    return fitted


def ordered(weights: Floats, mass: Floats) -> None:
    """Put weights in the orders of TIERS, in place: those of least mass move most, those of infinite mass not at all."""
    finite = np.where(np.isinf(mass), 1e15, mass)
    for tiers in TIERS:
        line = [w for tier in tiers for w in sorted(tier, key=lambda w: -weights[w])]
        weights[line] = -isotonic(-weights[line], finite[line])
