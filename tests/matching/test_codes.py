"""Each level of agreement of CURP and RFC, of their letters with a name, of sex and of state of birth."""

import pytest

from tequio.matching.domain.features import FEATURES
from tequio.matching.domain.scorer import compare
from tests.matching.kernel import Level, Place, Weight, curp, see, subject, weighs, worth

C17 = "HEML780213HNTRXS0"
CURP = curp(C17)
OTHER = curp("HEML780213HNTRXS1")
WRONG = C17 + str((int(CURP[-1]) + 1) % 10)
NOTHING_ELSE = {"birth_date": "1950-07-25", "sex": "X", "birth_state": "QT"}  # so that nothing is derived


def alone(code):
    """A record whose CURP is not what its date, sex and state come from."""
    return NOTHING_ELSE | {"curp": code}


def counted(one, other):
    """What date, sex and state count of a pair."""
    return sum(see(place, one, other).centibits for place in (Place.BIRTH_DATE, Place.SEX, Place.STATE))


SLIPS = {
    "a character changed": "HEML780213HNTRXSC" + CURP[17],
    "an inner character changed": CURP[:11] + "A" + CURP[12:],
    "its first changed": "X" + CURP[1:],
    "its last changed": WRONG,
    "a character lost": CURP[:5] + CURP[6:],
    "its last lost": CURP[:17],
    "two exchanged": CURP[:4] + CURP[5] + CURP[4] + CURP[6:],
    "its last two exchanged": CURP[:16] + CURP[17] + CURP[16],
    "sixteen characters": CURP[:16],
    "another end": CURP[:16] + "ZZ",
}


def test_an_equal_curp_is_worth_the_same_in_all_whether_date_sex_and_state_are_there_or_not():
    for fields in (alone(CURP), {"curp": CURP}):
        found = see(Place.CURP, fields, fields)
        assert found.level == Level.EQUAL and not found.conflict and found.used[Weight.CURP_IN_ALL] == 1
        left = worth(Weight.CURP_IN_ALL) - counted(fields, fields)
        assert found.centibits == max(left, worth(Weight.CURP_AT_LEAST))


def test_an_equal_curp_makes_up_for_what_else_differs_in_the_record():
    one, other = alone(CURP), {"birth_date": "1978-02-13", "sex": "H", "birth_state": "NT", "curp": CURP}
    assert counted(one, other) < 0
    assert see(Place.CURP, one, other).centibits == worth(Weight.CURP_IN_ALL) - counted(one, other)


def test_an_equal_curp_with_a_wrong_digit_or_cut_short_is_worth_less():
    for code in (WRONG, CURP[:16], CURP[:17], "HEML780213HNTRX"):
        fields = alone(code)
        found = see(Place.CURP, fields, fields)
        assert (found.level, found.used) == (Level.EQUAL, {Weight.CURP_WRONG_DIGIT_IN_ALL: 1})
        left = worth(Weight.CURP_WRONG_DIGIT_IN_ALL) - counted(fields, fields)
        assert found.centibits == max(left, worth(Weight.CURP_AT_LEAST))


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS.keys())
def test_a_curp_with_one_slip_is_nearly_equal(slip):
    found = see(Place.CURP, alone(CURP), alone(slip))
    assert (found.level, found.used) == (Level.NEAR, {Weight.CURP_NEAR_IN_ALL: 1})
    left = worth(Weight.CURP_NEAR_IN_ALL) - counted(alone(CURP), alone(slip))
    assert found.centibits == max(left, worth(Weight.CURP_AT_LEAST) // 2)


UNLIKE = {
    "nineteen characters": CURP[:5] + "5" + CURP[5:],
    "two slips": "HEML780213HXTRXSA" + CURP[17],
    "a slip beside its end": CURP[:15] + "X",
    "fifteen characters": CURP[:15],
    "three exchanged": CURP[:4] + CURP[6] + CURP[4] + CURP[5] + CURP[7:],
    "a character lost and one changed": "X" + CURP[1:5] + CURP[6:],
    "another person's": WRONG.replace("HEML", "RUXA"),
    "two exchanged and one changed": CURP[:4] + CURP[5] + CURP[4] + "9" + CURP[7:],
}


@pytest.mark.parametrize("code", UNLIKE.values(), ids=UNLIKE.keys())
def test_a_curp_further_off_differs_but_may_be_mistyped(code):
    assert weighs(Place.CURP, alone(CURP), alone(code), Weight.OTHER_CURP_UNSURE, Level.DIFFERENT)
    assert not see(Place.CURP, alone(CURP), alone(code)).conflict


def test_two_valid_curps_that_differ_are_a_conflict_however_near():
    assert weighs(Place.CURP, alone(CURP), alone(OTHER), Weight.OTHER_CURP, Level.CONTRADICTS)
    assert see(Place.CURP, alone(CURP), alone(OTHER)).conflict == "dos CURP válidas y distintas"


def test_of_several_curps_the_pair_that_agrees_best_counts():
    assert see(Place.CURP, alone([OTHER, CURP]), alone([CURP, WRONG])).used == {Weight.CURP_IN_ALL: 1}
    assert see(Place.CURP, alone([OTHER, SLIPS["two exchanged"]]), alone(CURP)).used == {Weight.CURP_NEAR_IN_ALL: 1}
    unsure = see(Place.CURP, alone([OTHER, UNLIKE["two slips"]]), alone(CURP))
    assert (unsure.used, unsure.conflict) == ({Weight.OTHER_CURP_UNSURE: 1}, "")


def test_of_two_equal_pairs_the_valid_one_counts():
    both = alone([WRONG, CURP])
    assert see(Place.CURP, both, both).used == {Weight.CURP_IN_ALL: 1}


def test_the_seventeenth_character_tells_the_century():
    old, young = subject(curp=CURP), subject(curp=curp("HEML780213HNTRXSA"))
    assert (str(old.birth_date), str(young.birth_date)) == ("1978-02-13", "2078-02-13")
    assert see(Place.CURP, old, young).level == Level.CONTRADICTS


def test_a_code_that_one_side_lacks_says_nothing():
    one = see(Place.CURP, alone(CURP), NOTHING_ELSE)
    assert (one.level, one.centibits, one.used) == (Level.MISSING_ONE, 0, {})
    both = see(Place.CURP, {}, {})
    assert (both.level, both.centibits) == (Level.MISSING_BOTH, 0)


LUIS = {"given": "José Luis", "paternal": "Hernández", "maternal": "Muñoz"}


def test_letters_of_a_curp_stand_for_the_name_that_its_record_lacks():
    assert weighs(Place.CURP, {"curp": CURP}, LUIS, Weight.LETTERS_OF_NAME, Level.NEAR)
    assert weighs(Place.CURP, {"curp": CURP}, LUIS | {"given": "Lázaro"}, Weight.INITIALS_OF_NAME, Level.PARTIAL)
    assert weighs(Place.CURP, {"curp": CURP}, LUIS | {"given": "Pedro"}, Weight.OTHER_LETTERS, Level.DIFFERENT)


def test_a_curp_of_sixteen_characters_has_the_inner_letters_and_one_of_fifteen_has_not():
    assert weighs(Place.CURP, {"curp": CURP[:16]}, LUIS, Weight.LETTERS_OF_NAME, Level.NEAR)
    assert weighs(Place.CURP, {"curp": CURP[:15]}, LUIS, Weight.INITIALS_OF_NAME, Level.PARTIAL)


def test_letters_are_read_of_a_name_in_one_column_in_either_order_and_of_one_with_a_comma():
    for name in ("José Luis Hernández Muñoz", "Hernández Muñoz José Luis", "HERNÁNDEZ MUÑOZ, JOSÉ LUIS"):
        assert weighs(Place.CURP, {"curp": CURP}, {"full_name": name}, Weight.LETTERS_OF_NAME, Level.NEAR)


def test_letters_are_read_of_two_words_in_either_order():
    for name in ("Luis Hernández", "Hernández Luis"):
        assert weighs(Place.CURP, {"curp": curp("HEXL780213HNTRXS0")}, {"full_name": name}, Weight.LETTERS_OF_NAME, Level.NEAR)


def test_the_best_of_several_codes_and_names_counts():
    one = {"curp": [curp("RUXA900102MNTRXN0"), CURP]}
    other = {"full_name": "Ana Soto Ruiz", "names": ["José Luis Hernández Muñoz"]}
    assert weighs(Place.CURP, one, other, Weight.LETTERS_OF_NAME, Level.NEAR)


def test_a_name_with_a_lost_letter_still_gives_what_letters_it_has():
    assert weighs(Place.CURP, {"curp": CURP}, LUIS | {"maternal": "MU?OZ"}, Weight.INITIALS_OF_NAME, Level.PARTIAL)


def test_an_enye_in_a_mistyped_code_is_the_x_that_rules_ask_for():
    one, other = {"curp": "ÑEML780213HNTRXS09"}, LUIS | {"paternal": "Ñeco"}
    assert see(Place.CURP, one, other).used == {Weight.INITIALS_OF_NAME: 1}
    assert see(Place.CURP, {"curp": "XEML780213HNTCXS09"}, other).used == {Weight.LETTERS_OF_NAME: 1}


def test_letters_beside_a_name_count_only_what_the_name_lacks():
    bare = {"given": "Luis"}
    name = see(Place.NAME, bare, bare).centibits
    assert 0 < name < worth(Weight.LETTERS_OF_NAME)
    with_code = see(Place.CURP, bare | {"curp": CURP}, LUIS | {"given": "Luis"})
    named = see(Place.NAME, bare, LUIS | {"given": "Luis"}).centibits
    if 0 <= named < worth(Weight.LETTERS_OF_NAME):
        assert (with_code.level, with_code.centibits) == (Level.PARTIAL, worth(Weight.LETTERS_OF_NAME) - named)


def test_letters_add_nothing_to_a_name_that_says_more_or_contradicts():
    whole = see(Place.CURP, LUIS | {"curp": CURP}, LUIS)
    other = see(Place.CURP, {"given": "Pedro", "paternal": "Soto", "curp": CURP}, LUIS)
    for found in (whole, other):
        assert (found.level, found.centibits, found.used) == (Level.MISSING_ONE, 0, {})


def test_two_codes_without_names_compare_their_letters():
    assert weighs(Place.CURP, {"curp": CURP}, {"rfc": "HEML780213AB1"}, Weight.INITIALS_OF_NAME, Level.PARTIAL)
    assert weighs(Place.CURP, {"curp": CURP}, {"rfc": "RUXA900102AB1"}, Weight.OTHER_LETTERS, Level.DIFFERENT)


RFC, ROOT = "HEML780213AB1", "HEML780213"


def born(code):
    return {"rfc": code, "birth_date": "1950-07-25"}


def test_an_equal_rfc_is_worth_the_same_in_all_whether_the_date_is_there_or_not():
    for fields in (born(RFC), {"rfc": RFC}):
        found = see(Place.RFC, fields, fields)
        date = see(Place.BIRTH_DATE, fields, fields).centibits
        assert (found.level, found.used[Weight.RFC_IN_ALL]) == (Level.EQUAL, 1)
        assert found.centibits == max(worth(Weight.RFC_IN_ALL) - date, worth(Weight.RFC_AT_LEAST))


def test_an_rfc_with_one_slip_is_nearly_equal():
    for slip in ("HEML780213AB2", "HEML780231AB1", "EHML780213AB1", "HEMX780213AB1", "HEML780213BA1"):
        found = see(Place.RFC, born(RFC), born(slip))
        date = see(Place.BIRTH_DATE, born(RFC), born(slip)).centibits
        if slip.startswith(ROOT):
            assert (found.level, found.used) == (Level.DIFFERENT, {Weight.RFC_OTHER_HOMOCLAVE: 1})
            continue
        assert (found.level, found.used[Weight.RFC_NEAR_IN_ALL]) == (Level.NEAR, 1)
        assert found.centibits == max(worth(Weight.RFC_NEAR_IN_ALL) - date, worth(Weight.RFC_AT_LEAST) // 2)


def test_an_rfc_of_another_homoclave_or_another_root_differs():
    assert weighs(Place.RFC, born(RFC), born("HEML780213ZZ9"), Weight.RFC_OTHER_HOMOCLAVE, Level.DIFFERENT)
    assert weighs(Place.RFC, born(RFC), born("RUXA900102AB1"), Weight.OTHER_RFC, Level.DIFFERENT)
    assert weighs(Place.RFC, born(RFC), born("HEMX780213"), Weight.OTHER_RFC, Level.DIFFERENT)
    assert weighs(Place.RFC, born(ROOT), born("HEMX780213"), Weight.OTHER_RFC, Level.DIFFERENT)


def test_an_rfc_without_homoclave_agrees_in_its_root_and_says_nothing_beyond_name_and_date():
    named = LUIS | {"birth_date": "1978-02-13"}
    for code in (ROOT, RFC):
        found = see(Place.RFC, named | {"rfc": ROOT}, named | {"rfc": code})
        assert (found.level, found.centibits) == (Level.PARTIAL, 0)


def test_a_root_stands_for_the_name_that_its_record_lacks():
    assert weighs(Place.RFC, {"rfc": ROOT}, LUIS | {"rfc": RFC}, Weight.INITIALS_OF_NAME, Level.PARTIAL)
    assert weighs(Place.RFC, {"rfc": ROOT}, LUIS, Weight.INITIALS_OF_NAME, Level.PARTIAL)
    assert weighs(Place.RFC, {"rfc": "RUXA900102"}, LUIS, Weight.OTHER_LETTERS, Level.DIFFERENT)


def test_an_rfc_adds_nothing_where_the_curp_is_equal():
    both = {"curp": CURP, "rfc": RFC}
    found = see(Place.RFC, both, both)
    assert (found.level, found.centibits) == (Level.EQUAL, 0)
    beside = see(Place.RFC, both, {"curp": CURP, "rfc": ROOT})
    assert (beside.level, beside.centibits) == (Level.PARTIAL, 0)


def test_an_equal_rfc_beside_a_near_curp_counts_what_is_left():
    one, other = alone(CURP) | {"rfc": RFC}, alone(WRONG) | {"rfc": RFC}
    curps, date = see(Place.CURP, one, other).centibits, see(Place.BIRTH_DATE, one, other).centibits
    assert curps > 0
    assert see(Place.RFC, one, other).centibits == max(worth(Weight.RFC_IN_ALL) - curps - date, 0)


def test_an_equal_rfc_adds_nothing_where_a_near_curp_and_the_date_say_as_much():
    one = {"curp": CURP, "rfc": RFC, "birth_date": "1978-02-13"}
    other = one | {"curp": WRONG}
    said = see(Place.CURP, one, other).centibits + see(Place.BIRTH_DATE, one, other).centibits
    assert see(Place.RFC, one, other).centibits == max(0, worth(Weight.RFC_IN_ALL) - said)


def test_an_equal_rfc_beside_another_curp_counts_in_full():
    one, other = alone(CURP) | {"rfc": RFC}, alone(OTHER) | {"rfc": RFC}
    date = see(Place.BIRTH_DATE, one, other).centibits
    assert see(Place.RFC, one, other).centibits == max(worth(Weight.RFC_IN_ALL) - date, worth(Weight.RFC_AT_LEAST))


def test_of_several_rfcs_the_pair_that_agrees_best_counts():
    many = born(["RUXA900102AB1", "HEML780213ZZ9", ROOT, "HEML780231AB1", RFC])
    assert see(Place.RFC, many, born(RFC)).used[Weight.RFC_NEAR_IN_ALL] == 0  # only the first three are compared
    assert see(Place.RFC, many, born(RFC)).level == Level.PARTIAL
    assert see(Place.RFC, born(["RUXA900102AB1", RFC]), born([RFC, ROOT])).used[Weight.RFC_IN_ALL] == 1
    assert see(Place.RFC, born(["HEML780213ZZ9", "HEML780231AB1"]), born(RFC)).used[Weight.RFC_NEAR_IN_ALL] == 1
    assert see(Place.RFC, born(["RUXA900102AB1", "HEML780213ZZ9"]), born(RFC)).used[Weight.RFC_OTHER_HOMOCLAVE] == 1


def test_generic_rfcs_are_nobodys():
    assert subject(rfc=["XAXX010101000", "XEXX010101000"]).rfcs == ()
    assert see(Place.RFC, {"rfc": "XAXX010101000"}, {"rfc": "XAXX010101000"}).level == Level.MISSING_BOTH


def test_a_company_has_an_rfc_of_twelve_characters_and_an_equal_one_agrees():
    assert see(Place.RFC, {"rfc": "ABC010203AB1"}, {"rfc": "ABC010203AB1"}).level == Level.EQUAL


def test_an_exact_code_reaches_a_reviewer_whatever_the_name_says():
    one, other = {"given": "Ana", "paternal": "Soto", "sex": "M"}, LUIS | {"sex": "H", "birth_date": 1950}
    for code in ({"curp": CURP}, {"rfc": RFC}):
        explanation = compare(subject(**one, **code), subject(**other, **code))
        assert explanation.score >= 20 and explanation.conflicts and explanation.band == "posible"


def test_sex_agrees_differs_or_is_a_later_x():
    assert weighs(Place.SEX, {"sex": "H"}, {"sex": "H"}, Weight.SAME_SEX, Level.EQUAL)
    assert weighs(Place.SEX, {"sex": "X"}, {"sex": "X"}, Weight.SAME_SEX, Level.EQUAL)
    assert weighs(Place.SEX, {"sex": "H"}, {"sex": "X"}, Weight.SEX_X, Level.DIFFERENT)
    assert weighs(Place.SEX, {"sex": "H"}, {"sex": "M"}, Weight.OTHER_SEX, Level.CONTRADICTS)
    assert see(Place.SEX, {"sex": "H"}, {"sex": "M"}).conflict == "sexo distinto"
    assert not see(Place.SEX, {"sex": "H"}, {"sex": "X"}).conflict
    assert see(Place.SEX, {"sex": "H"}, {}).level == Level.MISSING_ONE
    assert see(Place.SEX, {}, {}).level == Level.MISSING_BOTH


STATES = {
    "MC": 280,
    "DF": 370,
    "JC": 390,
    "VZ": 400,
    "PL": 420,
    "GT": 430,
    "NL": 440,
    "CS": 450,
    "MN": 470,
    "OC": 480,
    "NT": 500,
}


@pytest.mark.parametrize(("state", "centibits"), STATES.items())
def test_a_state_of_birth_is_worth_the_more_the_fewer_are_born_there(state, centibits):
    found = see(Place.STATE, {"birth_state": state}, {"birth_state": state})
    assert (found.level, found.used) == (Level.EQUAL, {Weight.SAME_STATE: 1})
    assert found.centibits == max(0, centibits + worth(Weight.SAME_STATE))


def test_another_state_weighs_little_and_contradicts_nothing():
    assert weighs(Place.STATE, {"birth_state": "NT"}, {"birth_state": "JC"}, Weight.OTHER_STATE, Level.DIFFERENT)
    assert not see(Place.STATE, {"birth_state": "NT"}, {"birth_state": "JC"}).conflict
    assert see(Place.STATE, {"birth_state": "NT"}, {}).level == Level.MISSING_ONE
    assert see(Place.STATE, {}, {}).level == Level.MISSING_BOTH


def test_a_reviewer_reads_codes_as_supplied_and_what_was_derived_from_them():
    one = subject(curp=[CURP, OTHER], rfc=[RFC, ROOT])
    shown = [FEATURES[place].show(one) for place in (Place.CURP, Place.RFC, Place.SEX, Place.STATE)]
    assert shown == [f"{CURP} / {OTHER}", f"{RFC} / {ROOT}", "H (deducido)", "NT (deducido)"]
    own = subject(curp=CURP, sex="H", birth_state="NT")
    assert [FEATURES[place].show(own) for place in (Place.SEX, Place.STATE)] == ["H", "NT"]
    assert [FEATURES[place].show(subject()) for place in (Place.CURP, Place.RFC, Place.SEX, Place.STATE)] == [""] * 4


def test_codes_identify_and_sex_and_state_do_not():
    assert [FEATURES[place].identifying for place in (Place.CURP, Place.RFC, Place.SEX, Place.STATE)] == [
        True,
        True,
        False,
        False,
    ]
