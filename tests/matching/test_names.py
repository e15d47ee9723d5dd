"""What two names are worth: what agrees, by rarity; what differs, is missing, swapped or crossed; and what relatives share."""

import pytest

from tequio.matching.domain.features import FEATURES
from tequio.matching.domain.features.names import LEAST_AGREEMENT, NO_GIVEN_AGREES, OTHER_GIVEN_TOO
from tequio.matching.domain.rarity import PRIOR, Rarity, weigh_token
from tequio.matching.domain.scorer import NAME_ALONE_STEP
from tests.matching.kernel import Level, Place, Weight, see, subject, worth

NO_GIVEN, ANOTHER_GIVEN = FEATURES[Place.NAME].conflicts


def named(given=None, paternal=None, maternal=None):
    return {"given": given, "paternal": paternal, "maternal": maternal}


def rarity(words):
    return sum(weigh_token(word, PRIOR) for word in words.split())


def total(found):
    return found.level, found.centibits, found.conflict


def most(centibits):
    return min(centibits, worth(Weight.MOST_NAME))


LUIS = named("José Luis", "Hernández", "Ruiz")


def test_equal_names_are_worth_the_rarity_of_their_words():
    assert total(see(Place.NAME, LUIS, LUIS)) == (Level.EQUAL, most(rarity("JOSE LUIS HERNANDEZ RUIZ")), "")


def test_no_name_is_worth_more_than_the_most_nor_alone_much_more_than_the_knee():
    rare = named("Eleuterio Fulgencio", "Xicoténcatl", "Urquídez")
    most_name, knee = worth(Weight.MOST_NAME), worth(Weight.NAME_ALONE_KNEE)
    assert rarity("ELEUTERIO FULGENCIO XICOTENCATL URQUIDEZ") > most_name > knee
    beside = rare | {"phones": "3312345670"}
    assert see(Place.NAME, beside, beside).centibits == most_name
    assert see(Place.NAME, rare, rare).centibits == knee + (most_name - knee) // NAME_ALONE_STEP
    born, other = rare | {"birth_date": 1978}, rare | {"birth_date": 1990}
    assert see(Place.NAME, born, other).centibits == knee + (most_name - knee) // NAME_ALONE_STEP
    sexed = rare | {"sex": "H", "birth_state": "NT"}
    assert see(Place.NAME, sexed, sexed).centibits == knee + (most_name - knee) // NAME_ALONE_STEP


def test_a_name_that_few_bear_here_is_worth_more_than_the_prior_says():
    counted = Rarity({"LUIS": 1}, 10_000_000)
    assert see(Place.NAME, named("Luis", "Ruiz"), named("Luis", "Ruiz"), counted).centibits > rarity("LUIS RUIZ")


@pytest.mark.parametrize(
    "other",
    [
        {"full_name": "JOSE LUIS HERNANDEZ RUIZ"},
        {"full_name": "Hernández Ruiz José Luis"},
        {"full_name": "Hernández Ruiz, José Luis"},
        named("Luis José", "Hernández", "Ruiz"),
        named("J. Luis", "Hernández", "Ruiz"),
        named("José Luis", "de Hernández", "y Ruiz"),
        named("  josé   LUIS ", "HERNÁNDEZ", "ruíz"),
        {"full_name": "Lic. José Luis Hernández Ruiz"},
    ],
)
def test_one_name_written_otherwise_is_equal(other):
    assert total(see(Place.NAME, LUIS, other)) == total(see(Place.NAME, LUIS, LUIS))


def test_a_missing_word_costs_little_and_contradicts_nothing():
    one_less = see(Place.NAME, LUIS, named("José Luis", "Hernández"))
    assert total(one_less) == (Level.NEAR, rarity("JOSE LUIS HERNANDEZ") - worth(Weight.MISSING_TOKEN), "")
    two_less = see(Place.NAME, LUIS, named("Luis", "Hernández"))
    assert total(two_less) == (Level.PARTIAL, rarity("LUIS HERNANDEZ") - 2 * worth(Weight.MISSING_TOKEN), "")
    given = see(Place.NAME, LUIS, named("Luis", "Hernández", "Ruiz"))
    assert total(given) == (Level.NEAR, rarity("LUIS HERNANDEZ RUIZ") - worth(Weight.MISSING_TOKEN), "")


def test_a_likeness_takes_from_the_rarer_of_both_what_its_level_loses():
    found = see(Place.NAME, named("Luis", "Martínez"), named("Luis", "Martines"))
    rarer = min(rarity("MARTINEZ"), rarity("MARTINES"))
    assert total(found) == (Level.NEAR, rarity("LUIS") + rarer - worth(Weight.SOUND), "")


def test_an_agreement_is_never_worth_less_than_the_least():
    found = see(Place.NAME, named("Ana", "Urquídez"), named("Ana", "Urqu"))
    assert found.centibits >= rarity("ANA") + LEAST_AGREEMENT
    common = Rarity({"URQU": 5_000_000, "URQUIDEZ": 5_000_000, "ANA": 5_000_000}, 10_000_000)
    bare = see(Place.NAME, named("Ana", "Urquídez"), named("Ana", "Urqu"), common)
    assert bare.centibits == weigh_token("ANA", common) + LEAST_AGREEMENT


def test_an_initial_is_worth_its_own_weight_whatever_the_name():
    for given in ("Gustavo", "Gaudencio"):
        found = see(Place.NAME, named(given, "Ruiz"), named("G.", "Ruiz"))
        assert total(found) == (Level.NEAR, rarity("RUIZ") + worth(Weight.INITIAL), "")


def test_an_initial_for_a_surname_is_no_agreement():
    assert see(Place.NAME, named("Ana", "Ruiz", "S"), named("Ana", "Ruiz", "Soto")).used[Weight.INITIAL] == 0


def test_swapped_surnames_cost_little():
    found = see(Place.NAME, LUIS, named("José Luis", "Ruiz", "Hernández"))
    assert total(found) == (Level.EQUAL, most(rarity("JOSE LUIS HERNANDEZ RUIZ")) - worth(Weight.SWAPPED_SURNAMES), "")
    assert found.used[Weight.SWAPPED_SURNAMES] == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Soto", "Soto"), ("Soto", "Soto")),
        (("Soto", "Ruiz"), ("Soto", "Ruiz")),
        (("Soto", "Ruiz"), ("Soto", None)),
        (("Soto", "Ruiz"), ("Ruiz", None)),
        (("Soto", "Soto"), ("Soto", "Ruiz")),
        (("Ruiz", "Soto"), ("Peña", "Soto")),
    ],
)
def test_surnames_that_stand_where_they_should_are_not_swapped(one, other):
    assert see(Place.NAME, named("Ana", *one), named("Ana", *other)).used[Weight.SWAPPED_SURNAMES] == 0


def test_one_surname_in_the_place_of_the_other_is_a_swap():
    assert see(Place.NAME, named("Ana", "Soto", "Ruiz"), named("Ana", "Ruiz", "Peña")).used[Weight.SWAPPED_SURNAMES] == 1
    assert see(Place.NAME, named("Ana", "Soto", "Ruiz"), named("Ana", "Peña", "Soto")).used[Weight.SWAPPED_SURNAMES] == 1


def test_a_given_name_found_among_surnames_costs_for_the_column():
    found = see(Place.NAME, named("Ana", "Santiago"), named("Ana Santiago", "Ruiz"))
    assert found.used[Weight.OTHER_COLUMN] == 1
    lost = worth(Weight.OTHER_COLUMN) + worth(Weight.MISSING_TOKEN)
    assert found.centibits == rarity("ANA SANTIAGO") - lost


def test_only_equal_words_cross_columns():
    assert see(Place.NAME, named("Ana", "Zepeda"), named("Ana Cepeda", "Ruiz")).used[Weight.OTHER_COLUMN] == 0


def test_words_of_one_column_pair_before_words_of_two():
    found = see(Place.NAME, named("Santiago", "Santiago"), named("Santiago", "Ruiz"))
    assert found.used[Weight.OTHER_COLUMN] == 0 and found.used[Weight.SURNAMES_DIFFER] == 1


def test_another_given_name_makes_relatives_whose_surnames_count_little():
    found = see(Place.NAME, named("Pedro", "Xicoténcatl", "Urquídez"), named("Luis", "Xicoténcatl", "Urquídez"))
    counted = worth(Weight.MOST_SURNAMES_OF_RELATIVES) - worth(Weight.GIVEN_DISAGREE)
    assert total(found) == (Level.CONTRADICTS, counted, NO_GIVEN)
    few = see(Place.NAME, named("Pedro", "Hernández"), named("Luis", "Hernández"))
    left = min(rarity("HERNANDEZ"), worth(Weight.MOST_SURNAMES_OF_RELATIVES))
    assert total(few) == (Level.CONTRADICTS, left - worth(Weight.GIVEN_DISAGREE), NO_GIVEN)


def test_jose_and_maria_alone_make_no_agreement_of_given_names():
    for shared in ("José", "María"):
        brothers = see(Place.NAME, named(f"{shared} Antonio", "Ruiz"), named(f"{shared} Eleuterio", "Ruiz"))
        assert (brothers.level, brothers.conflict) == (Level.CONTRADICTS, NO_GIVEN)
    alone = see(Place.NAME, named("José", "Ruiz"), named("María", "Ruiz"))
    left = min(rarity("RUIZ"), worth(Weight.MOST_SURNAMES_OF_RELATIVES))
    left -= worth(Weight.GIVEN_DISAGREE) + worth(Weight.SHARED_GIVEN_DIFFERS)
    assert total(alone) == (Level.CONTRADICTS, left, NO_GIVEN)
    same = see(Place.NAME, named("José", "Ruiz"), named("José", "Ruiz"))
    assert total(same) == (Level.EQUAL, rarity("JOSE RUIZ"), "")


def test_jose_against_maria_beside_a_name_that_agrees_costs_little():
    found = see(Place.NAME, named("José Carmen", "Ruiz"), named("María Carmen", "Ruiz"))
    assert total(found) == (Level.PARTIAL, rarity("CARMEN RUIZ") - worth(Weight.SHARED_GIVEN_DIFFERS), "")


def test_another_second_given_name_is_a_stated_conflict():
    found = see(Place.NAME, named("Juan Carlos", "Ruiz"), named("Juan Luis", "Ruiz"))
    assert total(found) == (Level.PARTIAL, rarity("JUAN RUIZ") - worth(Weight.SECOND_GIVEN_DIFFERS), ANOTHER_GIVEN)
    two = see(Place.NAME, named("Juan Carlos Pedro", "Ruiz"), named("Juan Luis Hugo", "Ruiz"))
    assert two.centibits == rarity("JUAN RUIZ") - 2 * worth(Weight.SECOND_GIVEN_DIFFERS)


def test_a_surname_that_differs_costs_by_whether_the_other_agrees():
    one = see(Place.NAME, LUIS, named("José Luis", "Hernández", "Zepeda"))
    assert total(one) == (Level.PARTIAL, rarity("JOSE LUIS HERNANDEZ") - worth(Weight.ONE_SURNAME_DIFFERS), "")
    both = see(Place.NAME, LUIS, named("José Luis", "Landeros", "Zepeda"))
    left = rarity("JOSE LUIS") - worth(Weight.SURNAMES_DIFFER)
    assert total(both) == (Level.CONTRADICTS if left <= 0 else Level.PARTIAL, left, "")


def test_nothing_in_common_contradicts():
    found = see(Place.NAME, named("Ana", "Soto"), named("Pedro", "Ruiz"))
    lost = worth(Weight.GIVEN_DISAGREE) + worth(Weight.SURNAMES_DIFFER)
    assert total(found) == (Level.CONTRADICTS, -lost, NO_GIVEN)


def test_a_married_name_is_read_apart_and_nobody_misses_it():
    found = see(Place.NAME, named("Ana", "Soto", "Ruiz de Zepeda"), named("Ana", "Soto", "Ruiz"))
    assert total(found) == (Level.EQUAL, rarity("ANA SOTO RUIZ"), "")
    widow = see(Place.NAME, named("Ana", "Soto", "vda. de Zepeda"), named("Ana", "Soto"))
    assert total(widow) == (Level.EQUAL, rarity("ANA SOTO"), "")


def test_a_married_name_agrees_with_a_surname_wherever_it_stands():
    found = see(Place.NAME, named("Ana", "Soto", "Ruiz de Zepeda"), named("Ana", "Zepeda"))
    assert found.used[Weight.EXACT] == 2 and found.used[Weight.OTHER_COLUMN] == 0
    assert found.centibits == rarity("ANA ZEPEDA") - 2 * worth(Weight.MISSING_TOKEN)


def test_a_name_in_one_column_is_told_apart_by_what_is_mostly_a_given_name():
    brothers = see(Place.NAME, {"full_name": "Pedro Hernández Muñoz"}, {"full_name": "Luis Hernández Muñoz"})
    assert (brothers.level, brothers.conflict) == (Level.CONTRADICTS, NO_GIVEN)
    cousins = see(Place.NAME, {"full_name": "Luis Hernández Muñoz"}, {"full_name": "Luis Hernández Zepeda"})
    assert (cousins.conflict, cousins.used[Weight.ONE_SURNAME_DIFFERS]) == ("", 1)


def test_columns_tell_what_one_column_does_not():
    found = see(Place.NAME, {"full_name": "Xqwzt Hernández Muñoz"}, named("Pedro", "Hernández", "Muñoz"))
    assert found.conflict == NO_GIVEN
    assert see(Place.NAME, {"full_name": "Xqwzt Hernández"}, {"full_name": "Yabcd Hernández"}).conflict == ""


def test_of_several_names_the_pair_that_agrees_best_counts_with_its_own_weights():
    several = {"full_name": "Pedro Soto", "names": ["José Luis Hernández Ruiz", "Ana Zepeda"]}
    found = see(Place.NAME, several, LUIS)
    assert total(found) == total(see(Place.NAME, LUIS, LUIS)) and found.used == {Weight.EXACT: 4}
    also = see(Place.NAME, several, {"full_name": "Hugo Lara", "names": ["Anna Zepeda"]})
    assert also.used == {Weight.EXACT: 1, Weight.SOUND: 1}


def test_only_five_names_are_compared():
    names = ["Hugo Lara", "Hugo Meza", "Hugo Mora", "Hugo Vera", "Ana Soto", "Iris Luna"]
    assert see(Place.NAME, {"names": names}, {"full_name": "Ana Soto"}).level == Level.EQUAL
    assert see(Place.NAME, {"names": names}, {"full_name": "Iris Luna"}).level == Level.CONTRADICTS


def test_a_name_that_one_side_lacks_says_nothing():
    one, both = see(Place.NAME, LUIS, {"sex": "H"}), see(Place.NAME, {}, {"given": "N.N."})
    assert (one.level, one.centibits, one.used) == (Level.MISSING_ONE, 0, {})
    assert (both.level, both.centibits, both.used) == (Level.MISSING_BOTH, 0, {})


def test_the_heaviest_likeness_pairs_first():
    found = see(Place.NAME, named("Ana", "Zuza", "Zuma"), named("Ana", "Zuma", "Zuzas"))
    assert found.used[Weight.EXACT] == 2 and found.used[Weight.SURNAMES_DIFFER] == 0
    for several in ("Langarica Lanparida", "Lanparida Langarica"):
        both = see(Place.NAME, named("Ana", several), named("Ana", "Langarita"))
        assert both.used[Weight.ONE_SLIP] == 1 and both.used[Weight.TWO_SLIPS] == 0


def test_a_reviewer_reads_names_as_supplied():
    show = FEATURES[Place.NAME].show
    assert show(subject(given=" José Luis", paternal="MU?OZ", names=["Pepe Muñoz"])) == " José Luis MU?OZ / Pepe Muñoz"
    assert show(subject()) == "" and not FEATURES[Place.NAME].identifying
    assert show(subject(names=[f"Ana {word}" for word in ["Uno", "Dos", "Tres", "Cuatro", "Cinco", "Seis"]])).count(" / ") == 4
    assert (NO_GIVEN_AGREES, OTHER_GIVEN_TOO) == (1, 2)
