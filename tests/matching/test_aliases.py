"""Aliases: rare and frequent ones, alike, longer by a word, or given where a name is asked."""

import pytest

from tequio.matching import compare
from tequio.matching.domain.features import FEATURES
from tests.matching.kernel import Level, Place, Weight, see, subject, worth


def known_as(*aliases, **fields):
    return {"aliases": list(aliases), **fields}


RARE, FREQUENT = worth(Weight.RARE_ALIAS), worth(Weight.FREQUENT_ALIAS)
EXTENDED, SLIP, SOUND = worth(Weight.ALIAS_EXTENDED), worth(Weight.ONE_SLIP), worth(Weight.SOUND)

CASES = [
    ("El Mochaorejas", "el mochaorejas", Level.EQUAL, RARE),
    ("La Güera", "GUERA", Level.EQUAL, FREQUENT),
    ("El Güero", "Güero", Level.EQUAL, FREQUENT),
    ("Mosco", "Mosko", Level.NEAR, RARE - SOUND),
    ("Chapulín", "Chapulon", Level.NEAR, RARE - SOUND),
    ("Chapulín", "Chasulín", Level.NEAR, RARE - SLIP),
    ("Chapulín", "Chazurín", Level.DIFFERENT, 0),
    ("El Mosco", "El Tábano", Level.DIFFERENT, 0),
    ("El Mosco", "Mosco de Tepic", Level.NEAR, RARE - EXTENDED),
    ("Mosco de Tepic", "Tepic", Level.NEAR, RARE - EXTENDED),
    ("El Güero de Tepic", "Güero", Level.NEAR, max(0, FREQUENT - EXTENDED)),
    ("Güero Tepic", "Tepic Güero", Level.EQUAL, RARE),
    ("Güero Tepic", "Güero Xalisco", Level.DIFFERENT, 0),
    ("Güero Flaco", "Flaco Güero", Level.EQUAL, FREQUENT),
    ("Güero Flaco", "Flaco", Level.NEAR, max(0, FREQUENT - EXTENDED)),
    ("Mosco de Tepic Viejo", "Mosco Tepic", Level.NEAR, RARE - EXTENDED),
    ("Tres Cuatro Cinco Seis", "Tres Cuatro Cinco Siete", Level.EQUAL, RARE),
]


@pytest.mark.parametrize(("one", "other", "level", "centibits"), CASES)
def test_two_aliases_agree_as_far_as_they_do(one, other, level, centibits):
    found = see(Place.ALIAS, known_as(one), known_as(other))
    assert (found.level, found.centibits) == (level if centibits else Level.DIFFERENT, centibits)
    assert found.used[Weight.RARE_ALIAS] == (1 if centibits else 0)


def test_of_several_aliases_the_pair_that_agrees_best_counts():
    found = see(Place.ALIAS, known_as("Güero", "Tábano", "Mosco"), known_as("Güero", "Mosco"))
    assert (found.level, found.centibits) == (Level.EQUAL, RARE)
    near = see(Place.ALIAS, known_as("Tábano", "Mosko"), known_as("Mosco de Tepic", "Mosco"))
    assert (near.level, near.centibits) == (Level.NEAR, RARE - SOUND)


def test_only_five_aliases_are_compared():
    many = known_as("Uno", "Dos", "Tres", "Cuatro", "Quinto", "Sexto")
    assert see(Place.ALIAS, many, known_as("Quinto")).level == Level.EQUAL
    assert see(Place.ALIAS, many, known_as("Sexto")).level == Level.DIFFERENT


def test_an_alias_that_one_side_lacks_says_nothing():
    one, both = see(Place.ALIAS, known_as("Mosco"), {}), see(Place.ALIAS, {}, {})
    assert (one.level, one.centibits, one.used) == (Level.MISSING_ONE, 0, {})
    assert (both.level, both.centibits) == (Level.MISSING_BOTH, 0)


def test_other_aliases_contradict_nothing():
    found = see(Place.ALIAS, known_as("Mosco"), known_as("Tábano"))
    assert (found.level, found.centibits, found.used) == (Level.DIFFERENT, 0, {})


def test_an_alias_given_where_a_name_is_asked_is_met_and_is_no_name_that_contradicts():
    target, record = known_as("Chapo", given="Joaquín", paternal="Ruiz"), {"full_name": "Chapo"}
    found = see(Place.ALIAS, target, record)
    assert (found.level, found.centibits) == (Level.EQUAL, RARE)
    assert see(Place.NAME, target, record).centibits == 0
    two = see(Place.ALIAS, known_as("Mosco Tepic", given="Ana", paternal="Ruiz"), {"full_name": "Mosco Tepic"})
    assert (two.level, two.centibits) == (Level.EQUAL, RARE)


def test_a_name_of_three_words_is_no_alias():
    found = see(Place.ALIAS, known_as("Mosco", given="Ana", paternal="Ruiz"), {"full_name": "Mosco Ruiz Soto"})
    assert (found.level, found.centibits) == (Level.MISSING_ONE, 0)


def test_a_married_name_makes_no_short_name_longer():
    found = see(Place.ALIAS, known_as("Mosco", given="Hugo", paternal="Lara"), {"given": "Mosco", "paternal": "Zepeda"})
    assert (found.level, found.centibits) == (Level.NEAR, RARE - EXTENDED)


def test_an_alias_beside_another_name_lets_the_name_cost_no_more_than_its_floor():
    one, other = known_as("Mosco", given="Ana", paternal="Soto"), known_as("Mosco", given="Pedro", paternal="Ruiz")
    assert see(Place.NAME, one, other).centibits == -worth(Weight.OTHER_NAME_OF_AN_ALIAS)
    agreeing = see(Place.NAME, known_as("Mosco", given="Ana", paternal="Soto"), known_as("Mosco", given="Ana", paternal="Soto"))
    assert (
        agreeing.centibits
        == see(Place.NAME, {"given": "Ana", "paternal": "Soto"}, {"given": "Ana", "paternal": "Soto"}).centibits
    )


def test_an_alias_that_agrees_is_looked_for_among_names_only_where_no_alias_does():
    one = known_as("Chapo", "Mosco", given="Joaquín", paternal="Ruiz")
    found = see(Place.ALIAS, one, known_as("Tábano", full_name="Chapo"))
    assert (found.level, found.centibits) == (Level.EQUAL, RARE)
    first = see(Place.ALIAS, one, known_as("Mosko", full_name="Chapo"))
    assert (first.level, first.centibits) == (Level.NEAR, RARE - SOUND)
    assert see(Place.NAME, one, known_as("Mosko", full_name="Chapo")).centibits == -worth(Weight.OTHER_NAME_OF_AN_ALIAS)


def test_an_alias_that_is_a_whole_name_counts_among_the_names():
    assert (
        see(Place.NAME, known_as("Pedro Ruiz", given="Ana", paternal="Soto"), {"full_name": "Pedro Ruiz"}).level == Level.EQUAL
    )


def test_a_reviewer_reads_aliases_as_supplied():
    feature = FEATURES[Place.ALIAS]
    assert feature.show(subject(aliases=["El Güero; Mosco", "«Tábano»"])) == "El Güero, Mosco, Tábano"
    assert feature.show(subject(aliases="Uno,Dos,Tres,Cuatro,Quinto,Sexto")) == "Uno, Dos, Tres, Cuatro, Quinto"
    assert feature.show(subject()) == "" and feature.identifying


def test_an_alias_given_as_the_only_name_contradicts_no_name_and_caps_no_band():
    asked = subject(full_name="Chukis", birth_date="1980-02-03", sex="H", birth_state="JC")
    held = subject(full_name="Juan López Mora", aliases=["El Chukis"], birth_date="1980-02-03", sex="H", birth_state="JC")
    found = compare(asked, held)
    assert not found.conflicts
    assert found.band != "descartada"
    two = compare(subject(names=["Chukis", "Pedro Ruiz Soto"], birth_date="1980-02-03"), held)
    assert two.conflicts  # the other name still contradicts
