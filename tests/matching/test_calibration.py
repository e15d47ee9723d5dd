"""Scores become probabilities that never fall, and bands are cut from them in order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tequio.matching.domain.bands import ALERT_THRESHOLD, BANDS
from tequio.matching.domain.calibration import LEAST_SHARE, bands_of, calibrate, isotonic, probability

BEFORE = {"casi cierta": 36.0, "probable": 28.0, "posible": 20.0, "debil": 10.0}
pairs = st.lists(st.tuples(st.floats(-50, 120), st.floats(0, 1)), max_size=400)


def logistic(count: int, middle: float, seed: int = 1):
    """Candidates whose odds double with each bit, even at `middle`."""
    dice = np.random.default_rng(seed)
    score = dice.uniform(0, 40, count)
    return score, dice.random(count) < 1 / (1 + np.exp2(middle - score))


@given(pairs)
def test_a_higher_score_never_means_a_lower_probability(lines):
    points = calibrate([s for s, _ in lines], [p for _, p in lines])
    assert [s for s, _ in points] == sorted(s for s, _ in points)
    assert [p for _, p in points] == sorted(p for _, p in points)
    assert all(0 < p < 1 for _, p in points)
    told = [probability(points, score) for score in range(-60, 130)]
    assert told == sorted(told)


@given(pairs)
def test_bands_are_in_order_and_an_alert_is_at_least_possible(lines):
    bands = bands_of(calibrate([s for s, _ in lines], [p for _, p in lines]), BEFORE)
    assert list(bands) == list(BANDS[:-1])
    assert list(bands.values()) == sorted(bands.values(), reverse=True)
    assert bands["posible"] <= ALERT_THRESHOLD <= bands["probable"]


def test_shares_that_were_made_are_found_again():
    points = calibrate(*logistic(40_000, 18.0))
    for score in (14, 16, 18, 20, 22):
        assert probability(points, score) == pytest.approx(1 / (1 + 2.0 ** (18 - score)), abs=0.06)


def test_each_band_begins_where_its_share_is_reached():
    bands = bands_of(calibrate(*logistic(200_000, 22.0)), BEFORE)
    for band, share in LEAST_SHARE.items():
        expected = 22.0 + np.log2(share / (1 - share))
        assert bands[band] == pytest.approx(min(expected, 20.0) if band == "posible" else expected, abs=0.7), band


def test_a_few_candidates_prove_no_certainty():
    points = calibrate(np.linspace(30, 60, 30), np.ones(30))
    assert points[-1][1] < 0.99
    assert bands_of(points, BEFORE)["casi cierta"] == BEFORE["casi cierta"]


def test_without_candidates_the_bands_stay():
    assert calibrate([], []) == ()
    assert bands_of((), BEFORE) == BEFORE
    assert probability((), 30) == 0


def test_equal_scores_are_one_point():
    points = calibrate(np.full(500, 12.0), np.arange(500) % 2)
    assert len(points) == 1
    assert points[0] == (12.0, 0.5)


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(0.1, 100)), min_size=1, max_size=60))
def test_isotonic_values_rise_and_keep_the_mean(lines):
    values, weights = [v for v, _ in lines], [w for _, w in lines]
    smooth = isotonic(values, weights)
    assert (np.diff(smooth) >= -1e-9).all()
    assert float(np.dot(smooth, weights)) == pytest.approx(float(np.dot(values, weights)), abs=1e-6)


def test_values_in_order_stay_as_they_are():
    assert isotonic([1, 2, 3], [1, 1, 1]).tolist() == [1, 2, 3]
    assert isotonic([3, 1], [1, 3]).tolist() == [1.5, 1.5]
