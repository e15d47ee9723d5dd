"""Figures of a model on queries whose answer is known."""

import math
import random
from dataclasses import replace

import numpy as np
import pytest

from tequio.matching import BANDS
from tequio.matching.domain.model import WEIGHTS, shipped
from tequio.matching.evaluation import PRECISIONS, Weighed, ask, band_shares, evaluate, indexed, outcome, recall_at, wilson
from tequio.people.domain import Subject
from tests.matching import people_cast as cast


@pytest.fixture(scope="module")
def asked():
    """Three hundred people; each asked for by a bad record, and as many who are not there."""
    dice, people = cast.population(300, seed=41)
    kinds = list(cast.CORRUPTIONS.values())
    known = [cast.subject(kinds[i % len(kinds)](dice, p)) for i, p in enumerate(people)]
    strangers = [cast.subject(cast.person(random.Random(f"s{i}"))) for i in range(300)]
    records = [cast.subject(p, id=i) for i, p in enumerate(people)]
    return records, known + strangers, [*range(300), *[None] * 300]


def test_people_are_found_and_each_figure_lies_in_its_interval(asked):
    found = evaluate(shipped(), *asked)
    assert (found.base, found.queries, found.about_somebody) == (300, 600, 300)
    assert found.recall10[0] >= found.recall1[0] > 0.9
    for value, low, high in (found.recall1, found.recall10, found.f1, *found.recall_at.values()):
        assert 0 <= low <= value + 1e-9
        assert value <= high + 1e-9 <= 1 + 1e-6
    shares = [found.recall_at[share][0] for share in PRECISIONS]
    assert shares == sorted(shares, reverse=True)


def test_every_candidate_is_in_one_band(asked):
    found = evaluate(shipped(), *asked)
    _, weighed = ask(indexed(shipped(), asked[0]), *asked[1:])
    assert [one.band for one in found.bands] == list(BANDS)
    assert sum(one.candidates for one in found.bands) == len(weighed.scores)
    assert sum(one.right for one in found.bands) == int(weighed.right.sum())


def test_a_capped_candidate_is_never_better_than_possible():
    weighed = Weighed(np.zeros(2, np.int64), np.full(2, 90.0), np.array([1.0, 0.0]), np.array([True, False]))
    counted = {one.band: one.candidates for one in band_shares(shipped(), weighed)}
    assert counted == {"casi cierta": 1, "probable": 0, "posible": 1, "debil": 0, "descartada": 0}


def test_a_model_without_weights_finds_nobody(asked):
    weights = np.zeros(WEIGHTS, np.int32)
    weights.flags.writeable = False  # as every model's: compiled code knows no other
    nothing = replace(shipped(), weights=weights)
    assert evaluate(nothing, *asked).f1[0] < evaluate(shipped(), *asked).f1[0]


def test_a_wrong_first_candidate_is_an_error_though_the_right_one_follows():
    found = outcome([1, None], [[2, 1], []], [[30.0, 20.0], []], nobody=None)
    assert (found.recall1, found.recall10, recall_at(found, 0.5)) == (0, 1, 0)


def test_figures_need_somebody_to_be_found():
    with pytest.raises(ValueError, match="anybody"):
        evaluate(shipped(), [Subject(id=1)], [Subject()], [None])
    with pytest.raises(ValueError, match="truths"):
        evaluate(shipped(), [Subject(id=1)], [Subject()], [])


def test_an_interval_of_nothing_is_everything():
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(99, 100)
    assert 0.94 < low < 0.99 < high < 1
    assert not math.isnan(low)
