"""A comparison is symmetric, additive, explained; it tells relatives and namesakes apart and leaves the verdict to a person."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tequio.kernel.identifiers import curp_check_digit
from tequio.matching import ALERT_THRESHOLD, BANDS, Explanation, Rarity, compare
from tequio.matching.domain.features import FEATURES
from tequio.people.domain import Subject
from tests.matching.kernel import often

BASE = {
    "given": "José Luis",
    "paternal": "Hernández",
    "maternal": "Muñoz",
    "birth_date": "1978-02-13",
    "sex": "H",
    "birth_state": "NT",
}


def subject(**fields):
    return Subject.from_fields(**fields)


def curp(first17):
    return first17 + curp_check_digit(first17)


KNOWN = subject(**BASE, curp=curp("HEML780213HNTRXS0"))


def against_known(**changes):
    return compare(KNOWN, subject(**(BASE | changes)))


def stands_apart(explanation):
    """Below the alert threshold, or a stated conflict that keeps the band at posible."""
    return explanation.score < ALERT_THRESHOLD or (explanation.conflicts and BANDS.index(explanation.band) >= 2)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"paternal": "Hernandes"},
        {"given": "Jose Luiz", "paternal": "Ernández"},
        {"maternal": "MU?OZ"},
        {"maternal": "MUÃ‘OZ", "given": "JosÃ© Luis"},
        {"paternal": "Muñoz", "maternal": "Hernández"},
        {"maternal": None},
        {"given": "Luis"},
        {"given": "Pepe"},
        {"given": "J. Luis"},
        {"given": None, "paternal": None, "maternal": None, "full_name": "HERNANDEZ MUÑOZ JOSE LUIS"},
        {"birth_date": "1978-02-14"},
        {"birth_date": "1988-02-13"},
        {"birth_date": 1978},
        {"birth_date": "13/02/1978", "sex": None, "birth_state": None},
        {"birth_date": None, "curp": curp("HEML780213HNTRXS0")},
        {"birth_date": None, "age": 44, "at": "2022-08-02"},
    ],
)
def test_one_person_badly_recorded_is_found(changes):
    explanation = against_known(**changes)
    assert explanation.score >= ALERT_THRESHOLD and not explanation.conflicts


def test_day_and_month_swapped_is_found():
    known = subject(**(BASE | {"birth_date": "1978-02-03"}))
    assert compare(known, subject(**(BASE | {"birth_date": "1978-03-02"}))).score >= ALERT_THRESHOLD


def test_an_alias_with_a_name_a_phone_and_a_year_is_found():
    known = subject(**BASE, aliases="El Güero de Tepic", phones="3312345670")
    assert (
        compare(known, subject(given="Luis", aliases="Güero", phones="33 1234 5670", birth_date=1978)).score >= ALERT_THRESHOLD
    )


@pytest.mark.parametrize("given_names", ["Pedro", "Pedro Antonio", "José Antonio", "Juan"])
def test_a_twin_with_another_curp_stands_apart(given_names):
    twin = against_known(given=given_names, curp=curp("HEMP780213HNTRXD0"))
    assert stands_apart(twin) and twin.conflicts


@pytest.mark.parametrize("given_names", ["Pedro", "Pedro Antonio", "José Antonio"])
def test_a_twin_without_curp_stands_apart(given_names):
    assert stands_apart(against_known(given=given_names))


def test_a_twin_sharing_a_second_given_name_is_a_stated_conflict():
    twin = compare(subject(**(BASE | {"given": "Luis Carlos"})), subject(**(BASE | {"given": "Luis Alberto"})))
    assert twin.conflicts and twin.band in BANDS[2:]


def test_sisters_who_share_maria_stand_apart():
    one, other = BASE | {"given": "María Elena", "sex": "M"}, BASE | {"given": "Ma. Guadalupe", "sex": "M"}
    assert stands_apart(compare(subject(**one), subject(**other)))


def test_a_twin_in_one_column_stands_apart():
    assert stands_apart(
        compare(
            subject(full_name="Pedro Hernández Muñoz", birth_date="1978-02-13"),
            subject(full_name="Luis Hernández Muñoz", birth_date="1978-02-13"),
        )
    )


def test_a_namesake_with_another_birth_date_stands_apart():
    assert stands_apart(against_known(birth_date="1991-11-30", birth_state="JC"))
    assert stands_apart(against_known(birth_date="1991-11-30", birth_state=None))


def test_a_namesake_of_the_same_day_with_another_curp_stands_apart():
    assert stands_apart(against_known(curp=curp("HEML780213HNTRXS1")))


def test_a_common_name_alone_opens_nothing():
    juan = subject(full_name="Juan Hernández García")
    explanation = compare(juan, juan)
    assert explanation.score < ALERT_THRESHOLD
    assert explanation.label == "mismo nombre y nada lo contradice"


def test_a_very_rare_name_alone_is_at_most_possible():
    rare = subject(full_name="Eleuterio Xicoténcatl Urquídez")
    explanation = compare(rare, rare)
    assert explanation.band == "posible" and explanation.label == "mismo nombre y nada lo contradice"


def test_agreeing_on_sex_and_state_too_is_still_only_the_name():
    rare = subject(given="Eleuterio", paternal="Xicoténcatl", maternal="Urquídez", sex="H", birth_state="CM")
    assert compare(rare, rare).band == "posible"


def test_a_rare_name_weighs_more_than_a_common_one():
    common, rare = subject(full_name="Juan Hernández"), subject(full_name="Eleuterio Xicoténcatl")
    assert compare(rare, rare).score > compare(common, common).score + 5


def test_counts_of_a_real_population_can_replace_the_prior():
    here = Rarity({"XICOTENCATL": 50_000}, total=100_000)
    rare = subject(full_name="Eleuterio Xicoténcatl")
    assert compare(rare, rare, here).score < compare(rare, rare).score - 5


def test_a_damaged_common_name_is_not_taken_for_a_rare_one():
    damaged, intact = subject(full_name="Juan MU?OZ"), subject(full_name="Juan Muñoz")
    assert compare(damaged, damaged).score <= compare(intact, intact).score + 0.01


def test_an_equal_curp_is_not_counted_twice():
    curp_alone = next(e for e in compare(KNOWN, KNOWN).features if e.feature == "CURP")
    without = compare(subject(**BASE), subject(**BASE)).score
    assert compare(KNOWN, KNOWN).score == pytest.approx(without + curp_alone.weight)


def test_an_equal_rfc_beside_an_equal_curp_adds_nothing():
    both = subject(**BASE, curp=curp("HEML780213HNTRXS0"), rfc="HEML780213AB1")
    assert compare(both, both).score == compare(KNOWN, KNOWN).score


@pytest.mark.parametrize(("one", "other"), [("Mario", "María"), ("Daniel", "Manuel"), ("Juan", "Juana")])
def test_two_frequent_names_are_not_slips_of_each_other(one, other):
    assert compare(subject(given=one, paternal="Ruiz"), subject(given=other, paternal="Ruiz")).conflicts


@pytest.mark.parametrize(
    ("one", "other"), [("Martín", "Marín"), ("Silvia", "Silva"), ("Miguel", "Mikuel"), ("Wilmer", "Wilnr")]
)
def test_a_slip_in_a_given_name_is_no_other_name(one, other):
    assert not compare(subject(given=one, paternal="Ruiz"), subject(given=other, paternal="Ruiz")).conflicts


def test_another_sex_is_a_conflict_but_x_is_not():
    assert "sexo distinto" in against_known(sex="M").conflicts
    assert not against_known(sex="X").conflicts


def test_other_phones_and_plates_contradict_nothing():
    one, other = subject(**BASE, phones="3312345670", plates="JHP1231"), subject(**BASE, phones="3387654321", plates="ABC1234")
    assert compare(one, other).score == compare(subject(**BASE), subject(**BASE)).score


def test_an_explanation_says_everything_a_reviewer_needs():
    explanation = against_known(maternal="MU?OZ", birth_state=None)
    assert [e.feature for e in explanation.features] == [f.name for f in FEATURES]
    name = explanation.features[0]
    assert (name.left, name.right, name.level) == ("José Luis Hernández Muñoz", "José Luis Hernández MU?OZ", "casi igual")
    assert "entidad de nacimiento" in explanation.missing and "alias" in explanation.missing
    assert explanation.algorithm and "Debe confirmarlo una persona" in explanation.sentence
    assert len(explanation.sentence) < 300


def test_a_derived_value_is_shown_as_derived():
    explanation = compare(subject(curp=curp("HEML780213HNTRXS0")), KNOWN)
    assert "(deducida)" in next(e.left for e in explanation.features if e.feature == "fecha de nacimiento")


def test_an_explanation_can_be_stored_and_read_again():
    explanation = against_known(sex="M", given="Pedro")
    assert Explanation.from_dict(json.loads(json.dumps(explanation.to_dict()))) == explanation


def test_nothing_in_common_is_discarded():
    assert compare(subject(full_name="Ana Ruiz"), subject(full_name="Pedro Soto")).band == "descartada"
    assert compare(Subject(), Subject()).score == 0


_TOKENS_WORDS = "José María Juan Luis Pedro Ana Lupe Guadalupe Hernández Hernandes MU?OZ Muñoz Ruiz J. Ma. O Santiago"
TOKENS = _TOKENS_WORDS.split()
PARTS = st.one_of(st.none(), st.lists(st.sampled_from(TOKENS), min_size=1, max_size=3).map(" ".join), st.text(max_size=12))
DATES = st.one_of(
    st.none(), st.dates(), st.sampled_from(["1978-02-03", "1978-03-02", "03/02/1978", 1978, "1978-02", "1988-02-03", "1979"])
)
CURPS = st.sampled_from([None, "HEML780213HNTRXS0", "HEMP780213HNTRXD0", "HEML780213HNTRXS1"]).map(lambda c: c and curp(c))
MISTYPED = st.one_of(CURPS, CURPS.map(lambda c: c and c[:-1] + str((int(c[-1]) + 1) % 10)))
FIELDS = st.fixed_dictionaries(
    {
        "given": PARTS,
        "paternal": PARTS,
        "maternal": PARTS,
        "full_name": PARTS,
        "birth_date": DATES,
        "curp": MISTYPED,
        "rfc": st.sampled_from([None, "HEML780213AB1", "HEML780213", "HEML780213CD2", "RUXA900102AB1"]),
        "sex": st.sampled_from([None, "H", "M", "X"]),
        "birth_state": st.sampled_from([None, "NT", "JC", "NE"]),
        "aliases": st.sampled_from([(), "El Güero", "Güero de Tepic", "El Mosco"]),
        "phones": st.sampled_from([(), "3312345670", "3387654321"]),
        "plates": st.sampled_from([(), "JHP1231"]),
        "age": st.sampled_from([None, 20, 44, 45, 80]),
        "at": st.sampled_from([None, "2022-08-02"]),
    }
)
SUBJECTS = FIELDS.map(lambda f: Subject.from_fields(**f))


@given(SUBJECTS, SUBJECTS)
@often
def test_both_directions_agree(a, b):
    one, other = compare(a, b), compare(b, a)
    assert one.score == other.score and one.band == other.band and set(one.conflicts) == set(other.conflicts)


@given(SUBJECTS, SUBJECTS)
def test_a_score_is_exactly_the_sum_of_its_weights(a, b):
    explanation = compare(a, b)
    assert round(sum(e.weight for e in explanation.features), 2) == explanation.score
    assert all(round(e.weight, 2) == e.weight for e in explanation.features)


AGREEING = [
    {"birth_date": "1978-02-13"},
    {"curp": curp("HEML780213HNTRXS0")},
    {"rfc": "HEML780213AB1"},
    {"sex": "H"},
    {"birth_state": "NT"},
    {"aliases": "El Güero"},
    {"phones": "3312345670"},
    {"plates": "JHP1231"},
]


@given(FIELDS, FIELDS, st.sampled_from(AGREEING))
@often
def test_evidence_that_agrees_never_lowers_a_score(a, b, agreeing):
    field = next(iter(agreeing))
    # What a CURP or RFC says of date, sex and state must not be what is being added.
    drop = {"curp", "rfc"} if field in {"birth_date", "sex", "birth_state", "curp", "rfc"} else set()
    if field in {"curp", "rfc"}:
        drop |= {"birth_date", "sex", "birth_state", "age"}
    one, other = ({k: v for k, v in f.items() if k != field and k not in drop} for f in (a, b))
    before = compare(subject(**one), subject(**other)).score
    assert compare(subject(**(one | agreeing)), subject(**(other | agreeing))).score >= before


WORDS = [t for t in TOKENS if len(t.rstrip(".")) > 2]  # an abbreviation is read with its neighbours, so adding one changes it
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)


@given(NAMES, NAMES, NAMES, NAMES, st.sampled_from([*WORDS, "Xicoténcatl"]), st.sampled_from(["given", "paternal", "maternal"]))
@often
def test_a_name_added_to_both_never_lowers_a_score(given_a, given_b, paternal_a, paternal_b, more, column):
    one = {"given": given_a, "paternal": paternal_a, "maternal": "Soto"}
    other = {"given": given_b, "paternal": paternal_b, "maternal": "Soto"}
    before = compare(subject(**one), subject(**other)).score
    one[column], other[column] = f"{one[column]} {more}", f"{other[column]} {more}"
    assert compare(subject(**one), subject(**other)).score >= before


@given(st.permutations(["José", "Luis", "Antonio"]))
def test_the_order_of_given_names_is_irrelevant(order):
    explanation = compare(subject(given=" ".join(order), paternal="Ruiz"), subject(given="José Luis Antonio", paternal="Ruiz"))
    assert explanation.features[0].level == "igual"


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=30))
def test_no_text_makes_a_comparison_raise(one, other, alias):
    compare(subject(full_name=one, aliases=alias), subject(given=other, paternal=one, aliases=other))
