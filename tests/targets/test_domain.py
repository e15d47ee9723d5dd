"""Rules of a reviewer's time and of new evidence, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tequio.matching import ALERT_THRESHOLD, BANDS, compare
from tequio.people.domain import Subject
from tequio.targets.domain import (
    REOPENING_GAIN,
    Held,
    HitState,
    Novelty,
    Occasion,
    RecordStanding,
    ThresholdRefused,
    agrees_exactly,
    are_of_one_person,
    brings_back,
    change_of,
    effective_threshold,
    is_below,
    is_sent_again,
    may_be_one_event,
    news,
    read_threshold,
    reopens,
    suggest_threshold,
)

bits = st.integers(round(ALERT_THRESHOLD * 100), 12_000).map(lambda n: n / 100)


def shown(**features: tuple[str, str, str, float]) -> dict[str, Any]:
    """An explanation as it is stored, with only what the rules read."""
    return {
        "score": round(sum(one[3] for one in features.values()), 2),
        "algorithm": "a/1",
        "features": [
            {"feature": name, "left": left, "right": right, "level": level, "weight": weight, "conflict": ""}
            for name, (left, right, level, weight) in features.items()
        ],
    }


NAME = ("Ana Roble", "Ana Roble", "igual", 22.0)


@pytest.mark.parametrize("value", [ALERT_THRESHOLD - 0.01, 0.0, -1.0, 200.01, float("nan"), float("inf"), float("-inf")])
def test_a_threshold_that_promises_what_it_cannot_show_is_refused_with_what_to_do(value: float) -> None:
    with pytest.raises(ThresholdRefused) as refusal:
        read_threshold(value)
    assert refusal.value.code == "UMBRAL_INVALIDO" and refusal.value.hint


@given(bits)
def test_a_threshold_is_kept_to_the_hundredth_and_its_own_score_reaches_it(value: float) -> None:
    assert read_threshold(value) == value
    assert not is_below(value, False, value)
    assert is_below(value - 0.01, False, value) or value == ALERT_THRESHOLD
    assert not is_below(value - 0.01, True, value)


def test_an_own_threshold_never_lowers_the_products() -> None:
    assert effective_threshold(None) == effective_threshold(ALERT_THRESHOLD - 5) == ALERT_THRESHOLD
    assert not is_below(0.0, False, None)


@given(st.lists(bits, max_size=60), st.integers(0, 30), st.none() | bits, st.none() | bits)
def test_a_suggested_threshold_leaves_a_days_worth_and_never_hides_what_was_confirmed(
    scores: list[float], budget: int, own: float | None, confirmed: float | None
) -> None:
    found = suggest_threshold(scores, budget, own, confirmed)
    if found is None:
        return
    assert len(scores) > budget
    assert found.stay + found.leave == len(scores)
    assert found.threshold > effective_threshold(own)
    assert found.held or found.stay <= budget
    assert confirmed is None or found.threshold <= confirmed


def test_no_threshold_is_suggested_where_all_fits() -> None:
    assert suggest_threshold([40.0, 30.0], 2, None, None) is None


def test_what_is_new_is_told_feature_by_feature() -> None:
    before = shown(nombre=NAME, CURP=("ROAA", "", "falta en uno", 0.0))
    now = shown(nombre=NAME, CURP=("ROAA", "ROAA", "igual", 11.0))
    [curp] = news(before, now)
    assert (curp.feature, curp.gain) == ("CURP", 11.0)
    assert str(curp) == "CURP: ROAA / sin dato (falta en uno, +0.00) → ROAA (igual, +11.00)"
    assert Novelty.from_dict(curp.to_dict()) == curp


def test_the_same_values_weighed_otherwise_are_no_news() -> None:
    assert news(shown(nombre=NAME), shown(nombre=(*NAME[:3], 60.0))) == ()
    renamed = {"nombre completo": (*NAME[:3], 60.0)}
    assert news(shown(nombre=NAME), shown(**renamed)) == ()


@pytest.mark.parametrize(
    ("gain", "comes_back"), [(REOPENING_GAIN, True), (REOPENING_GAIN - 0.01, False), (0.0, False), (-8.0, False)]
)
def test_a_judged_hit_comes_back_for_evidence_that_gains_enough_and_for_no_less(gain: float, comes_back: bool) -> None:
    before = shown(nombre=NAME, telefono=("1", "", "falta en uno", 0.0))
    now = shown(nombre=NAME, telefono=("1", "2", "x", gain))
    assert brings_back(before, 22.0, now) is comes_back


def test_an_identifier_that_now_agrees_exactly_brings_a_hit_back_whatever_else_speaks_against() -> None:
    before = shown(nombre=NAME, CURP=("ROAA", "", "falta en uno", 0.0))
    now = shown(nombre=("Ana Roble", "Eva Pino", "distinto", -20.0), CURP=("ROAA", "ROAA", "igual", 11.0))
    assert reopens(news(before, now))


def test_a_judgement_older_than_its_evidence_falls_back_on_the_score() -> None:
    assert brings_back({}, 22.0, {"score": 25.0, "features": []})
    assert not brings_back({}, 22.0, {"score": 24.99, "features": []})
    assert not brings_back({}, None, {"score": 99.0, "features": []})


@given(st.text(max_size=8), st.text(max_size=8), st.floats(-50, 50), st.floats(-50, 50))
def test_an_explanation_has_no_news_against_itself(left: str, right: str, one: float, other: float) -> None:
    same = shown(a=(left, right, "igual", one), b=(right, left, "parcial", other))
    assert news(same, same) == ()


def test_exact_agreement_is_read_from_the_explanation() -> None:
    one = Subject.from_fields(given="Ana", paternal="Roble", curp="ROXA800101MJCBXN05")
    other = Subject.from_fields(given="Eva", paternal="Pino", curp="ROXA800101MJCBXN05")
    assert agrees_exactly(compare(one, other))
    assert not agrees_exactly(compare(one, Subject.from_fields(given="Ana", paternal="Roble")))


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(-4, 4))
def test_an_event_may_cross_midnight_and_no_more(day: date, apart: int) -> None:
    other = day + timedelta(days=apart)
    assert may_be_one_event(day, other) == may_be_one_event(other, day) == (abs(apart) <= 1)
    assert not may_be_one_event(day, None) and not may_be_one_event(None, None)


def test_a_record_is_sent_again_only_by_another_agency_under_a_key_that_says_something() -> None:
    mine = Occasion(date(2026, 1, 1), 1, "NAY-0001")
    assert is_sent_again(mine, replace(mine, agency_id=2, supplier_key="nay-0001"))
    assert not is_sent_again(mine, mine)
    assert not is_sent_again(replace(mine, supplier_key=" "), replace(mine, agency_id=2, supplier_key=" "))


@pytest.mark.parametrize("band", BANDS)
def test_two_records_are_of_one_hit_from_probable_on_or_when_sent_again_uncontradicted(band: str) -> None:
    found = replace(compare(Subject(), Subject()), band=band, conflicts=())
    assert are_of_one_person(found, sent_again=False) == (band in ("casi cierta", "probable"))
    assert are_of_one_person(found, sent_again=True)
    assert not are_of_one_person(replace(found, band="posible", conflicts=("sexo distinto",)), sent_again=True)


@pytest.mark.parametrize(
    ("standing", "state", "score", "alerting", "kind"),
    [
        (RecordStanding.STANDS, HitState.OPEN, 30.0, True, "sube"),
        (RecordStanding.STANDS, HitState.OPEN, 21.0, True, "baja"),
        (RecordStanding.STANDS, HitState.OPEN, 22.0, True, None),
        (RecordStanding.STANDS, HitState.OPEN, 10.0, False, "ya_no_coincide"),
        (RecordStanding.NO_LONGER_MATCHES, HitState.OPEN, 30.0, True, "vuelve_a_coincidir"),
        (RecordStanding.NO_LONGER_MATCHES, HitState.OPEN, 10.0, False, None),
        (RecordStanding.STANDS, HitState.REJECTED, 60.0, True, "sube"),
    ],
)
def test_what_would_become_of_a_pair(
    standing: RecordStanding, state: HitState, score: float, alerting: bool, kind: str | None
) -> None:
    held = Held(standing.value, state.value, shown(nombre=NAME), shown(nombre=NAME), 22.0)
    now = shown(nombre=(*NAME[:3], score))
    assert change_of(held, now, alerting) == kind


def test_new_evidence_of_a_rejected_pair_would_reopen_it_and_another_model_alone_is_the_same() -> None:
    rejected = Held("vigente", "rechazada", shown(nombre=NAME), shown(nombre=NAME), 22.0)
    assert change_of(rejected, shown(nombre=NAME, CURP=("R", "R", "igual", 11.0)), True) == "reabierta"
    assert change_of(rejected, shown(nombre=NAME) | {"algorithm": "b/2"}, True) == "igual"
