"""Each kind of key by examples: what meets under it, and what it takes for a record to have one."""

from collections import Counter

import numpy as np
import pytest

from tequio.matching import key_kinds, keys, keys_of, screening_keys
from tequio.matching.domain.key_room import MOST_KEYS
from tests.matching.kernel import curp, subject

CURP = curp("HEML780213HNTRXS0")
LUIS = {"given": "Luis", "paternal": "Hernández", "maternal": "Zepeda"}


def kinds(**fields):
    """How many keys of each kind a record has."""
    return dict(Counter(key_kinds(subject(**fields)).values()))


def meet(one, other):
    """Kinds under which two records meet."""
    left, right = key_kinds(subject(**one)), key_kinds(subject(**other))
    assert all(left[key] == right[key] for key in left.keys() & right.keys())
    return {left[key] for key in left.keys() & right.keys()}


def test_a_name_of_three_words_has_one_triple_three_pairs_and_each_pair_with_the_sound_of_the_third():
    found = kinds(**LUIS)
    assert (found["t3"], found["t2"], found["ti"], found["t0"]) == (1, 3, 3, 3)
    assert "td" not in found and "py" not in found and "pd" not in found


def test_a_birth_date_replaces_t0_and_adds_years_days_and_singles():
    found = kinds(**LUIS, birth_date="1978-02-13")
    assert "t0" not in found
    assert (found["py"], found["pd"], found["td"], found["c10"]) == (3, 3, 3, 1)


def test_a_date_in_part_adds_the_year_alone():
    for born in ("1978-02", 1978):
        found = kinds(**LUIS, birth_date=born)
        assert found["py"] == 3 and not {"pd", "td", "t0", "c10"} & found.keys()


def test_an_age_adds_both_years_and_leaves_t0():
    found = kinds(**LUIS, age=44, at="2022-08-02")
    assert (found["py"], found["t0"]) == (6, 3)


def test_sex_and_state_add_what_a_curp_would_say_without_its_date_and_with_a_date_the_whole():
    assert kinds(**LUIS, sex="H", birth_state="NT")["c9"] == 1
    whole = kinds(**LUIS, sex="H", birth_state="NT", birth_date="1978-02-13")
    assert (whole["c9"], whole["c16"], whole["c10"]) == (1, 1, 1)
    for lacking in ({"sex": "H"}, {"birth_state": "NT"}):
        assert not {"c9", "c16"} & kinds(**LUIS, **lacking, birth_date="1978-02-13").keys()


def test_a_whole_curp_has_its_five_kinds_and_one_cut_short_those_that_it_can():
    assert kinds(curp=CURP) == {"c10": 1, "c9": 1, "c16": 1, "c14": 1}
    assert kinds(curp=CURP[:17])["c14"] == 1
    assert kinds(curp=CURP[:16]).keys() == {"c10", "c9", "c16"}
    assert kinds(curp=CURP[:15]).keys() >= {"c10"}
    assert "c14" not in kinds(curp=CURP[:16])


def test_an_rfc_has_the_first_ten_and_a_company_or_nobody_has_none():
    assert kinds(rfc="HEML780213AB1") == kinds(rfc="HEML780213") == {"c10": 1}
    assert kinds(rfc="ABC010203AB1") == {} == kinds(rfc="XAXX010101000")


@pytest.mark.parametrize(
    ("field", "value", "kind"), [("phones", "3312345670", "ph"), ("plates", "JHP1231", "pl"), ("documents", "G12345678", "do")]
)
def test_contacts_have_a_key_each(field, value, kind):
    assert kinds(**{field: value}) == {kind: 1}
    assert meet({field: value}, {field: [value, "9" + value[1:]]} | LUIS) == {kind}


def test_a_phone_is_no_document_and_no_plate():
    assert not meet({"phones": "3312345670"}, {"documents": "3312345670"})


def test_a_rare_word_is_a_key_by_itself_and_a_common_one_is_not():
    assert kinds(full_name="Xicoténcatl")["t1"] >= 1
    assert kinds(full_name="Hernández") == {} == kinds(full_name="X")
    assert meet({"full_name": "Fulgencio Zapotitla"}, {"full_name": "Ana Zapotitla"}) == {"t1"}


@pytest.mark.parametrize(
    ("other", "kinds_met"),
    [
        ({"paternal": "Hernández", "maternal": "Zepeda", "given": "Pedro"}, {"t2"}),
        ({"given": "Luis", "paternal": "Zepeda", "maternal": "Hernández"}, {"t3", "t2", "ti", "t0"}),
        ({"given": "Luis", "paternal": "Ernandes", "maternal": "Sepeda"}, {"t3", "t2", "ti", "t0"}),
        ({"given": "Luis", "paternal": "Hernández", "maternal": "Zúñiga"}, {"t2", "ti", "t0"}),
        ({"given": "Luis", "paternal": "Hernández", "maternal": "Peña"}, {"t2", "t0"}),
    ],
)
def test_names_meet_by_what_they_share(other, kinds_met):
    assert meet(LUIS, other) >= kinds_met
    if "ti" not in kinds_met and "given" in other and other["given"] == "Luis":
        assert "ti" not in meet(LUIS, other)


def test_a_day_and_month_exchanged_still_meet_and_another_day_does_not():
    one = {"given": "Luis", "paternal": "Soto", "birth_date": "1978-02-03"}
    assert meet(one, one | {"birth_date": "1978-03-02"}) >= {"td", "pd", "py"}
    assert meet(one, one | {"birth_date": "1978-02-04"}) >= {"py"}
    assert not meet(one, one | {"birth_date": "1978-02-04"}) & {"td", "pd"}
    assert not meet(one | {"birth_date": "1978-02-13"}, one | {"birth_date": "1978-02-14"}) & {"td", "pd"}
    assert meet(one | {"birth_date": "1978-12-11"}, one | {"birth_date": "1978-11-12"}) >= {"td", "pd"}


def test_the_same_day_of_another_year_meets_under_pd_alone():
    one = {"given": "Luis", "paternal": "Soto", "birth_date": "1978-02-13"}
    assert meet(one, one | {"birth_date": "1986-02-13"}) & {"pd", "py", "td"} == {"pd"}


def test_one_shared_name_and_the_whole_date_are_enough():
    one = {"given": "Luis", "paternal": "Soto", "birth_date": "1978-02-13"}
    assert meet(one, {"given": "Ana", "paternal": "Soto", "birth_date": "13/02/1978"}) == {"td"}


@pytest.mark.parametrize(
    ("code", "kinds_met"),
    [
        (CURP, {"c10", "c9", "c16", "c14"}),
        (CURP[:16], {"c10", "c9", "c16"}),
        (CURP[:16] + "ZZ", {"c10", "c9", "c16"}),
        ("XXXX" + CURP[4:], {"c14"}),
        (CURP[:9] + "4" + CURP[10:], {"c9"}),
        (CURP[:5] + CURP[6:], {"c9"}),
        (CURP[:15], {"c10"}),
        (CURP[:10] + "MJC" + CURP[13:], {"c10"}),
    ],
)
def test_a_mistyped_curp_meets_under_what_is_left_of_it(code, kinds_met):
    assert meet({"curp": CURP}, {"curp": code, "birth_date": 1950}) == kinds_met


def test_a_curp_meets_a_record_that_has_only_what_it_is_made_of():
    record = {"given": "José Luis", "paternal": "Hernández", "maternal": "Muñoz", "birth_date": "1978-02-13"}
    assert meet({"curp": CURP}, record | {"sex": "H", "birth_state": "NT"}) == {"c10", "c9", "c16"}
    assert meet({"curp": CURP}, record) == {"c10"} == meet({"rfc": "HEML780213AB1"}, record)
    one_column = {"full_name": "Hernández Muñoz José Luis", "birth_date": "1978-02-13", "sex": "H", "birth_state": "NT"}
    assert meet({"curp": CURP}, one_column) == {"c10", "c9", "c16"}


@pytest.mark.parametrize("sex", ["H", "M", "X"])
def test_the_sex_in_a_curp_is_the_one_derived(sex):
    record = {"given": "Ana", "paternal": "Ruiz", "maternal": "Xool", "birth_date": "1990-01-02", "birth_state": "YN"}
    code = curp(f"RUXA900102{sex}YNZLN0")
    assert meet({"curp": code}, record | {"sex": sex}) == {"c10", "c9", "c16"}
    assert meet({"curp": code}, record | {"sex": "HMX"["MXH".index(sex)]}) == {"c10"}


def test_a_date_in_a_curp_that_is_no_number_gives_no_key_with_a_date():
    assert kinds(curp="HEMLX80213HNTRXS09").keys() <= {"c9", "c14"}


def test_an_alias_counts_among_the_names_and_by_itself_with_a_date():
    known = {"given": "Luis", "paternal": "Soto", "aliases": "Tábano", "birth_date": "1978-02-13"}
    assert meet(known, {"given": "Luis", "aliases": "Tabano"}) >= {"t2"}
    assert meet(known, {"aliases": "Tábano", "birth_date": "1978-02-13"}) >= {"td"}
    assert meet(known, {"given": "Tábano", "birth_date": "1978-02-13"}) >= {"td"}


def test_only_three_aliases_and_two_words_of_each_make_keys():
    known = {"aliases": ["Uno", "Dos", "Tres", "Cuatro"], "birth_date": "1978-02-13"}
    for word, met in (("Uno", True), ("Tres", True), ("Cuatro", False)):
        assert bool(meet(known, {"aliases": word, "birth_date": "1978-02-13"}) & {"td"}) == met
    long = {"aliases": "El Mosco Tepic Xalisco", "birth_date": "1978-02-13"}
    assert meet(long, {"aliases": "Tepic", "birth_date": "1978-02-13"}) >= {"td"}
    assert "td" not in meet(long, {"aliases": "Xalisco", "birth_date": "1978-02-13"})


def test_an_alias_equal_to_a_name_makes_no_pair_with_itself():
    assert kinds(given="Luis", paternal="Soto", aliases="Luis") == kinds(given="Luis", paternal="Soto")


def test_of_a_long_name_only_the_rarest_words_pair():
    words = "Juan Luis Pedro Carlos Xicoténcatl Urquídez Landeros"
    found = kinds(full_name=words)
    assert (found["t3"], found["t2"]) == (4, 10)
    assert meet({"full_name": words}, {"full_name": "Xicoténcatl Landeros"}) >= {"t2"}
    assert "t2" not in meet({"full_name": words}, {"full_name": "Juan Pedro"})


def test_initials_pair_only_where_little_else_is_known():
    assert kinds(given="L.", paternal="Soto")["t2"] == 1
    assert kinds(given="L.", paternal="Soto", maternal="Ruiz")["t2"] == 1
    assert kinds(given="L.", paternal="S.").get("t2") == 1


def test_a_nickname_meets_by_the_sounds_of_its_formal_names_and_a_surname_only_by_its_own():
    assert "t2" in meet({"given": "Pancho", "paternal": "Soto"}, {"given": "Francisco", "paternal": "Soto"})
    assert "t2" not in meet({"given": "Ana", "paternal": "Pancho"}, {"given": "Ana", "paternal": "Francisco"})


def test_keys_of_many_are_the_keys_of_each_in_their_order():
    alias = subject(aliases="Mosco Tepic", birth_date=1978)
    many = [subject(**LUIS), alias, subject(), subject(curp=CURP), subject(full_name="Ana"), alias]
    assert [frozenset(found) for found in keys_of(many)] == [keys(one) for one in many]
    assert keys_of([]) == [] and keys_of([subject()]) == [[]]


def test_keys_are_distinct_and_no_record_has_more_than_the_most():
    words = ["Beto", "Lupe", "Chuy", "Pancho", "Nacho", "Pepe"]
    crowded = subject(
        names=[f"{a} {b} {c} Ruiz Zepeda" for a, b, c in zip(words, words[1:] + words[:1], words[2:] + words[:2], strict=True)],
        birth_date=["1978-02-03", "1979-03-04", "1980-05-06", "1981-07-08"],
        aliases=["Beto Lupe", "Chuy Pancho", "Nacho Pepe"],
        phones=[f"33123456{k}7" for k in range(5)],
    )
    found, *others = keys_of([crowded] * 20 + [subject(**LUIS)])  # more keys than there is room for at a time
    assert len(found) == len(set(found)) == MOST_KEYS
    assert others == [found] * 19 + keys_of([subject(**LUIS)])
    assert all(-(2**31) <= key < 2**31 for key in found)


def test_keys_spread_evenly():
    found = np.array([key for name in range(400) for key in keys(subject(full_name=f"Zapo{name}titla Quet{name}zal"))])
    halves = np.mean(found < 0)
    assert len(found) > 800 and 0.4 < halves < 0.6


def test_a_watched_subject_leaves_out_what_never_leads_to_an_alert():
    dated = subject(given="Fulgencio", paternal="Zapotitla", birth_date="1978-02-13")
    kept = {key_kinds(dated)[key] for key in screening_keys(dated)}
    assert {"py", "pd", "td", "c10"} <= kept and not kept & {"t0", "t2", "ti"}
    undated = subject(given="Fulgencio", paternal="Zapotitla")
    kept = {key_kinds(undated)[key] for key in screening_keys(undated)}
    assert "t2" in kept and not kept & {"t0", "t1"}
    common = subject(given="Juan", paternal="Hernández", birth_date="1978-02-13")
    assert not {key_kinds(common)[key] for key in screening_keys(common)} & {"t2", "ti", "py", "pd"}
