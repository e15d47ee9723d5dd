"""A fit finds the rates that records were made with, and does not go where the data do not lead. Nobody here exists."""

import random
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tequio.matching.domain.features.base import FEATURE_COUNT
from tequio.matching.domain.model import EM, JUDGEMENT, WEIGHTS, Model, Weight, shipped
from tequio.matching.fitting import FITTED, LEAST_PAIRS, TIERS, Chance, Seen, Settings, Task, fit, maximise
from tequio.people.domain import Subject

STATES = ("NT", "JC", "MN", "CM", "AS", "GT", "QT", "ZS", "DF", "MC")
SYLLABLES = [consonant + vowel for consonant in "bcdfglmnprst" for vowel in "aeo"]
WORDS = ["".join(random.Random(n).choices(SYLLABLES, k=4)).capitalize() for n in range(900)]
GIVEN, SURNAMES = WORDS[:300], WORDS[300:]
DAYS = 10_957
OTHER_SEX, OTHER_STATE, NEXT_DAY = 0.04, 0.10, 0.05
"""Share of second records that differ so from the first."""

FREE = Settings(prior_pairs=0.0, most_move=5_000, names=50)
FAST = Settings(prior_pairs=200, strangers=100_000, names=50)


def born(day):
    return date(1960, 1, 1) + timedelta(days=day)


def person(dice, number):
    return {
        "id": number,
        "given": dice.choice(GIVEN),
        "paternal": dice.choice(SURNAMES),
        "maternal": dice.choice(SURNAMES),
        "sex": dice.choice("HM"),
        "birth_state": dice.choice(STATES),
        "birth_date": born(dice.randrange(DAYS)),
    }


def again(dice, fields):
    """A second record of the same person, with the slips above."""
    new = dict(fields)
    if dice.random() < OTHER_SEX:
        new["sex"] = "M" if fields["sex"] == "H" else "H"
    if dice.random() < OTHER_STATE:
        new["birth_state"] = dice.choice([s for s in STATES if s != fields["birth_state"]])
    if dice.random() < NEXT_DAY:
        new["birth_date"] = fields["birth_date"] + timedelta(days=1)
    return new


def subjects(rows):
    return [Subject.from_fields(**row) for row in rows]


def world(count, seed=5, strangers=0.5):
    """A base, queries of which a part is about nobody, and the truth."""
    dice = random.Random(seed)
    people = [person(dice, n) for n in range(count)]
    asked, truth = [], []
    for row in people:
        known = dice.random() >= strangers
        asked.append(again(dice, row) if known else person(dice, -1))
        truth.append(row["id"] if known else None)
    return subjects(people), subjects(asked), truth


@pytest.fixture(scope="module")
def fitted():
    records, queries, truth = world(4_000)
    return fit(records, queries, truth=truth, version="prueba", told={"date": "2026-11-25"}, settings=FREE)


@pytest.mark.parametrize(
    ("weight", "m_over_u", "within"),
    [
        (Weight.SAME_SEX, (1 - OTHER_SEX) / 0.5, 15),
        (Weight.OTHER_SEX, OTHER_SEX / 0.5, 70),
        (Weight.OTHER_STATE, OTHER_STATE / 0.9, 50),
        (Weight.SAME_DATE, (1 - NEXT_DAY) * DAYS, 30),
        (Weight.NEXT_DAY, NEXT_DAY * DAYS / 2, 90),
    ],
)
def test_the_rates_that_the_records_were_made_with_are_found(fitted, weight, m_over_u, within):
    assert fitted.weights[weight] == pytest.approx(100 * np.log2(m_over_u), abs=within)
    assert fitted.sources[weight.name.lower()] == EM


def test_the_share_of_queries_about_somebody_is_found(fitted):
    assert fitted.fitted["share_found"] == pytest.approx(0.5, abs=0.03)


def test_the_file_tells_how_it_was_fitted(fitted):
    told = fitted.fitted
    assert told["date"] == "2026-11-25"
    assert told["records"] == 4_000
    assert told["rounds"] >= 2
    assert (told["prior_pairs"], told["seed"]) == (0.0, 1)
    assert told["calibration"]["base"] == 4_000
    assert told["queries"] + told["calibration"]["queries"] == 4_000
    assert fitted.version == "prueba"
    again = Model.from_dict(fitted.to_dict())
    assert again.to_dict() == fitted.to_dict()
    assert again.to_dict()["weights"]["same_sex"]["criterio"] == shipped().by_judgement()[Weight.SAME_SEX]


def test_what_keeps_relatives_apart_stays_by_judgement(fitted):
    judged = shipped().by_judgement()
    for weight in Weight:
        if weight not in FITTED:
            assert fitted.weights[weight] == judged[weight]
            assert fitted.sources[weight.name.lower()] == JUDGEMENT


def test_a_fit_repeats_itself():
    records, queries, truth = world(800)
    first, second = (fit(records, queries, truth=truth, settings=FAST) for _ in range(2))
    assert first.to_dict() == second.to_dict()


def test_a_fit_begins_at_the_judgement_and_not_at_an_earlier_fit(fitted):
    records, queries, truth = world(800)
    fresh = fit(records, queries, truth=truth, settings=FAST)
    later = fit(
        records, queries, truth=truth, start=replace(fitted, version=fresh.version, bands=shipped().bands), settings=FAST
    )
    assert later.to_dict() == fresh.to_dict()


def test_truth_moves_no_weight():
    records, queries, truth = world(800)
    blind, told = fit(records, queries, settings=FAST), fit(records, queries, truth=truth, settings=FAST)
    assert (blind.weights == told.weights).all()
    assert blind.fitted["calibration"]["by"] != told.fitted["calibration"]["by"]


def test_a_base_is_asked_about_itself():
    dice = random.Random(9)
    people = [person(dice, n) for n in range(1_500)]
    model = fit(subjects(people + [again(dice, row) for row in people]), settings=FREE)
    assert model.fitted["share_found"] > 0.9
    assert model.weights[Weight.OTHER_SEX] == pytest.approx(100 * np.log2(OTHER_SEX / 0.5), abs=120)


@pytest.mark.parametrize("strangers", [1.0, 0.99])
def test_where_hardly_anybody_appears_twice_weights_stay(strangers):
    records, queries, _ = world(600, strangers=strangers)
    model = fit(records, queries, settings=FREE)
    assert (model.weights == shipped().by_judgement()).all()
    assert set(model.sources.values()) == {JUDGEMENT}


@pytest.mark.parametrize(("records", "queries"), [([], []), ([], [Subject()]), ([Subject()], []), ([Subject()] * 3, None)])
def test_nothing_to_learn_from_leaves_everything(records, queries):
    model = fit(records, queries, settings=FAST)
    assert (model.weights == shipped().by_judgement()).all()
    assert model.bands == shipped().bands


counts = st.lists(st.floats(0, 1e6), min_size=WEIGHTS, max_size=WEIGHTS)
rates = st.lists(st.floats(1e-7, 1), min_size=WEIGHTS, max_size=WEIGHTS)


def task_of(rate, counted, **settings):
    return Task(shipped().by_judgement(), Chance(np.array(rate), np.array(counted)), Settings(**settings))


@given(levels=counts, rate=rates, counted=counts, prior=st.floats(0, 5_000), most=st.integers(0, 3_000))
def test_whatever_the_data_say_bounds_signs_and_orders_hold(levels, rate, counted, prior, most):
    task = task_of(rate, counted, prior_pairs=prior, most_move=most)
    weights = maximise(Seen(np.array(levels), np.full(FEATURE_COUNT, 1e6), 1e6), task).astype(int)
    before = task.before.astype(int)
    assert (np.abs(weights - before) <= most).all()
    assert (weights * before >= 0).all()
    for tiers in TIERS:
        for better, worse in zip(tiers, tiers[1:], strict=False):
            assert min(weights[w] for w in better) >= max(weights[w] for w in worse)
    few = 1 / (1 / np.maximum(levels, 1e-9) + 1 / np.maximum(counted, 1e-9)) < LEAST_PAIRS
    assert (weights[few] == before[few]).all()


def test_a_prior_of_many_pairs_outweighs_few():
    levels, counted, rate = np.zeros(WEIGHTS), np.zeros(WEIGHTS), np.full(WEIGHTS, 0.5)
    levels[Weight.SAME_SEX], counted[Weight.SAME_SEX] = 90, 1e9
    seen = Seen(levels, np.full(FEATURE_COUNT, 100.0), 100.0)
    judged = shipped().by_judgement()[Weight.SAME_SEX]
    moved = [maximise(seen, task_of(rate, counted, prior_pairs=p))[Weight.SAME_SEX] - judged for p in (0, 90, 10_000)]
    assert moved[0] > moved[1] > moved[2] >= 0
    assert moved[1] == pytest.approx(moved[0] / 2, abs=1)


def test_the_shipped_model_says_how_it_was_made():
    model = shipped()
    assert set(model.sources) == {w.name.lower() for w in Weight}
    assert set(model.judged) == {name for name, source in model.sources.items() if source == EM}
    assert all(abs(model.weights[Weight[name.upper()]] - judged) <= 200 for name, judged in model.judged.items())
    told = model.fitted
    assert {"data", "date", "method", "rounds", "prior_pairs", "seed", "compared", "calibration"} <= set(told)
    assert {7, 99, 2026}.isdisjoint(
        {d["seed"] for d in [*told["data"], *told["calibration"]["data"]]} | {told["compared"]["seed"]}
    )
    assert told["calibration"]["base"] >= 1_000_000
    assert [p for _, p in model.calibration] == sorted(p for _, p in model.calibration)
    assert model.bands["posible"] <= 20 <= model.bands["probable"] < model.bands["casi cierta"]
