"""Bands of a score, the model file that holds every weight, and bits of a name's rarity."""

import json

import pytest

from tequio.matching import ALERT_THRESHOLD, BANDS
from tequio.matching.domain.bands import band_of
from tequio.matching.domain.model import WEIGHTS, Model, Weight, read_model, shipped
from tequio.matching.domain.rarity import (
    AGREEMENT,
    MOST_BITS,
    PRIOR,
    PRIOR_STRENGTH,
    UNKNOWN_SHARE,
    Rarity,
    is_frequent_given,
    is_frequent_surname,
    prior_centibits,
    prior_share,
    token_centibits,
    weigh_token,
)

LIMITS = {"casi cierta": 36.0, "probable": 28.0, "posible": 20.0, "debil": 10.0}


@pytest.mark.parametrize(
    ("score", "band", "capped"),
    [
        (99, "casi cierta", "posible"),
        (36, "casi cierta", "posible"),
        (35.99, "probable", "posible"),
        (28, "probable", "posible"),
        (27.99, "posible", "posible"),
        (20, "posible", "posible"),
        (19.99, "debil", "debil"),
        (10, "debil", "debil"),
        (9.99, "descartada", "descartada"),
        (-50, "descartada", "descartada"),
    ],
)
def test_a_band_begins_where_the_model_says_and_a_conflict_keeps_it_at_possible(score, band, capped):
    assert band_of(score, LIMITS, at_most_possible=False) == band
    assert band_of(score, LIMITS, at_most_possible=True) == capped


def test_bands_fall_in_order_and_an_alert_begins_at_possible():
    assert BANDS == ("casi cierta", "probable", "posible", "debil", "descartada")
    begins = [shipped().bands[band] for band in BANDS[:-1]]
    assert begins == sorted(begins, reverse=True)
    assert ALERT_THRESHOLD == 20.0


def test_a_model_written_and_read_is_the_same(tmp_path):
    model = shipped()
    path = tmp_path / "model.json"
    path.write_text(json.dumps(model.to_dict()), encoding="utf-8")
    again = read_model(path)
    assert again.to_dict() == model.to_dict()
    assert (again.version, dict(again.bands)) == (model.version, dict(model.bands))
    assert again.weights.tolist() == model.weights.tolist() and len(again.weights) == WEIGHTS == len(Weight)


def test_a_model_keeps_how_it_was_fitted():
    data = shipped().to_dict() | {"fitted": {"seed": 7}, "calibration": [[20, 0.5], [30, 0.99]]}
    data["weights"]["same_sex"] = {"centibits": 77, "source": "em"}
    model = Model.from_dict(data)
    assert model.fitted == {"seed": 7} and model.calibration == ((20.0, 0.5), (30.0, 0.99))
    assert model.weights[Weight.SAME_SEX] == 77 and model.sources["same_sex"] == "em"
    assert model.to_dict()["weights"]["same_sex"] == {"centibits": 77, "source": "em"}
    assert model.to_dict()["fitted"] == {"seed": 7} and model.to_dict()["calibration"] == [[20.0, 0.5], [30.0, 0.99]]


def test_what_a_model_file_leaves_out_is_set_by_judgement_and_a_lacking_weight_is_an_error():
    data = shipped().to_dict()
    for name in ("fitted", "calibration"):
        del data[name]
    data["weights"] = {name: {"centibits": entry["centibits"]} for name, entry in data["weights"].items()}
    model = Model.from_dict(data)
    assert (model.fitted, model.calibration) == ({}, ()) and set(model.sources.values()) == {"criterio"}
    assert Model(model.version, model.weights, model.bands).to_dict()["weights"]["exact"]["source"] == "criterio"
    del data["weights"]["same_sex"]
    with pytest.raises(KeyError):
        Model.from_dict(data)


def test_weights_of_a_model_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        shipped().weights[0] = 1
    assert shipped() is shipped()


def test_what_agrees_speaks_for_and_what_differs_against():
    weights = shipped().weights
    for weight in Weight:
        if weight.name.startswith("SAME_") and weight not in (Weight.SAME_YEAR, Weight.SAME_STATE):
            assert weights[weight] > 0, weight.name
        if weight.name.startswith(("OTHER_", "FAR_")) and weight not in (Weight.OTHER_COLUMN, Weight.OTHER_NAME_OF_AN_ALIAS):
            assert weights[weight] < 0, weight.name
    assert weights[Weight.EXACT] == 0


def test_a_name_is_worth_the_bits_of_its_share_within_bounds():
    assert token_centibits(AGREEMENT / 2**7) == 700
    assert token_centibits(AGREEMENT / 2**3.456) == 346
    assert token_centibits(1.0) == 50 == token_centibits(AGREEMENT / 2**0.5)
    assert token_centibits(0.0) == token_centibits(1e-8) == round(100 * MOST_BITS) == 1200
    assert prior_centibits("HERNANDEZ") == weigh_token("HERNANDEZ", PRIOR) == token_centibits(PRIOR.frequency("HERNANDEZ"))


def test_a_context_of_its_own_weighs_by_its_own_shares():
    class Everybody:
        def frequency(self, token):
            return 0.5

    assert weigh_token("XQWZT", Everybody()) == token_centibits(0.5) != weigh_token("XQWZT", PRIOR)


def test_counts_blend_with_the_prior_by_its_strength():
    counted = Rarity({"HERNANDEZ": 300}, 3000)
    share = (300 + PRIOR_STRENGTH * prior_share("HERNANDEZ")) / (3000 + PRIOR_STRENGTH)
    assert counted.frequency("HERNANDEZ") == pytest.approx(share)
    assert Rarity({"HERNANDEZ": 300}, 0).frequency("HERNANDEZ") == prior_share("HERNANDEZ")
    assert Rarity({"HERNANDEZ": 300}, -5).frequency("HERNANDEZ") == prior_share("HERNANDEZ")
    assert Rarity({"HERNANDEZ": -5}, 1000).frequency("HERNANDEZ") == Rarity({}, 1000).frequency("HERNANDEZ")
    assert Rarity({"XQWZT": 10**9}, 10).frequency("XQWZT") == 1.0
    assert Rarity({}, 10**12).frequency("XQWZT") == UNKNOWN_SHARE


def test_a_damaged_name_is_as_frequent_as_the_most_frequent_of_its_readings():
    counted = Rarity({"MUNOZ": 500, "MU*OZ": 1}, 1000)
    assert counted.frequency("MU*OZ") == counted.frequency("MUNOZ") == counted.frequency("MUAOZ") > 0.1


def test_frequent_names_are_told_from_rare_ones():
    assert is_frequent_given("JUAN") and not is_frequent_given("XQWZT")
    assert is_frequent_surname("HERNANDEZ") and not is_frequent_surname("XQWZT") and not is_frequent_surname("VERONICA")
    assert not is_frequent_given("HERNANDEZ")
