"""The prior tells a frequent name from a rare one, and a name from a slip of the pen."""

import pytest

from tequio.matching.domain.rarity import (
    PRIOR,
    UNKNOWN_SHARE,
    Rarity,
    are_rivals,
    mostly_given,
    prior_share,
    weigh_token,
)


def test_shares_fall_from_the_most_borne_name_to_one_that_nobody_knows():
    names = ["HERNANDEZ", "MUNOZ", "ZUNIGA", "OROPEZA", "ZUZUARREGUI", "XQWZT"]
    shares = [prior_share(name) for name in names]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == UNKNOWN_SHARE
    assert 1e-6 < UNKNOWN_SHARE < 5e-6


def test_a_surname_counts_in_either_place_and_given_names_for_both_sexes():
    assert 0.05 < prior_share("HERNANDEZ") < 0.09
    assert 0.05 < prior_share("MARIA") < 0.12
    assert 0.03 < prior_share("JOSE") < 0.08


@pytest.mark.parametrize("cut", ["MANU", "FRANCISC", "MARGARIT", "CARME", "GUADALUP"])
def test_a_name_cut_short_by_a_column_is_no_name(cut):
    assert prior_share(cut) == UNKNOWN_SHARE


@pytest.mark.parametrize("damaged", ["MU*OZ", "MUOZ", "NUEZ", "GARCA"])
def test_a_damaged_form_is_no_name_and_is_as_frequent_as_what_it_was(damaged):
    intact = {"MU*OZ": "MUNOZ", "MUOZ": "MUNOZ", "NUEZ": "NUNEZ", "GARCA": "GARCIA"}[damaged]
    assert prior_share(damaged) == UNKNOWN_SHARE
    assert PRIOR.frequency(damaged) == prior_share(intact)
    assert weigh_token(damaged, PRIOR) == weigh_token(intact, PRIOR)


def test_frequent_names_are_rivals_and_a_misspelling_is_none():
    assert are_rivals("MARIO", "MARIA") and are_rivals("GARCIA", "GARZA")
    assert not are_rivals("HERNANDEZ", "HERNADEZ")
    assert not are_rivals("MARIO", "GARCIA")


def test_a_name_is_told_to_be_given_or_surname():
    assert mostly_given("GUADALUPE") and not mostly_given("HERNANDEZ") and not mostly_given("XQWZT")


def test_counts_take_over_as_they_grow_and_never_make_a_name_impossible():
    few, many = Rarity({"BRAYAN": 1}, 10), Rarity({"BRAYAN": 9_000}, 1_000_000)
    assert prior_share("BRAYAN") < few.frequency("BRAYAN") < many.frequency("BRAYAN")
    assert Rarity({}, 100_000_000).frequency("BRAYAN") == UNKNOWN_SHARE
    assert Rarity({"JUAN": 50}, 10).frequency("JUAN") <= 1
