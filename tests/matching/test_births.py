"""Each level of agreement of two birth dates, whole or in part, and of the age that stands in for a date."""

from datetime import date

import pytest

from tequio.matching.domain.features import FEATURES
from tests.matching.kernel import Level, Place, Weight, see, subject, weighs, worth

EQUAL, NEAR, PARTIAL = Level.EQUAL, Level.NEAR, Level.PARTIAL
DIFFERENT, CONTRADICTS = Level.DIFFERENT, Level.CONTRADICTS
YEARS_AWAY = "fecha de nacimiento a años de distancia"

WHOLE = [
    ("1978-02-13", "13/02/1978", Weight.SAME_DATE, EQUAL),
    ("1978-02-03", "03/02/1978", Weight.SAME_DATE_DOUBTFUL, EQUAL),
    ("1978-03-02", "03/02/1978", Weight.SAME_DATE_DOUBTFUL, NEAR),
    ("1978-01-01", "1978-01-01", Weight.SAME_FIRST_OF_JANUARY, EQUAL),
    ("1978-01-02", "1978-01-02", Weight.SAME_DATE, EQUAL),
    ("1978-02-01", "1978-02-01", Weight.SAME_DATE, EQUAL),
    ("1978-02-03", "1978-03-02", Weight.SWAPPED_DATE, NEAR),
    ("1978-02-12", "1978-12-02", Weight.SWAPPED_DATE, NEAR),
    ("1978-01-02", "1978-02-01", Weight.SWAPPED_DATE, NEAR),
    ("1978-02-13", "1978-02-14", Weight.NEXT_DAY, NEAR),
    ("1978-02-19", "1978-02-20", Weight.NEXT_DAY, NEAR),
    ("1978-12-31", "1979-01-01", Weight.NEXT_DAY, NEAR),
    ("1978-02-28", "1978-03-01", Weight.NEXT_DAY, NEAR),
    ("1980-02-28", "1980-02-29", Weight.NEXT_DAY, NEAR),
    ("1980-02-29", "1980-03-01", Weight.NEXT_DAY, NEAR),
    ("1900-02-28", "1900-03-01", Weight.NEXT_DAY, NEAR),
    ("1978-02-13", "1979-12-13", Weight.YEAR_OFF_BY_ONE, DIFFERENT),
    ("1899-02-13", "1900-02-13", Weight.SAME_DAY_OTHER_YEAR, NEAR),
    ("1899-02-13", "1999-02-13", Weight.SAME_DAY_OTHER_YEAR, NEAR),
    ("1978-02-13", "2078-02-13", Weight.FAR_APART, CONTRADICTS),
    ("1901-02-13", "2001-02-13", Weight.FAR_APART, CONTRADICTS),
    ("2000-02-29", "2000-03-01", Weight.NEXT_DAY, NEAR),
    ("1980-02-28", "1980-03-01", Weight.SAME_YEAR, DIFFERENT),
    ("2000-02-28", "2000-03-01", Weight.SAME_YEAR, DIFFERENT),
    ("1978-12-31", "1978-01-01", Weight.SAME_YEAR, DIFFERENT),
    ("1978-02-13", "1979-02-13", Weight.SAME_DAY_OTHER_YEAR, NEAR),
    ("1979-02-13", "1980-02-13", Weight.SAME_DAY_OTHER_YEAR, NEAR),
    ("1978-02-13", "1988-02-13", Weight.SAME_DAY_OTHER_YEAR, NEAR),
    ("1991-02-13", "2001-02-13", Weight.SAME_DAY_OTHER_YEAR, NEAR),
    ("1978-02-13", "1958-02-13", Weight.SAME_DAY_OTHER_YEAR, NEAR),
    ("1978-02-13", "1974-02-13", Weight.SAME_DAY_OTHER_YEAR, NEAR),
    ("1978-02-13", "1878-02-13", Weight.SAME_DAY_OTHER_YEAR, NEAR),
    ("1978-02-13", "1981-02-13", Weight.YEARS_APART, CONTRADICTS),
    ("1978-02-13", "1985-02-13", Weight.FAR_APART, CONTRADICTS),
    ("1978-02-13", "1978-02-23", Weight.ONE_DIGIT, NEAR),
    ("1978-02-13", "1978-02-15", Weight.ONE_DIGIT, NEAR),
    ("1978-02-13", "1978-05-13", Weight.ONE_DIGIT, NEAR),
    ("1978-01-13", "1978-11-13", Weight.ONE_DIGIT, NEAR),
    ("1978-09-13", "1978-10-13", Weight.ONE_DIGIT, NEAR),
    ("1978-12-13", "1978-01-13", Weight.ONE_DIGIT, NEAR),
    ("1978-02-13", "1978-11-13", Weight.SAME_YEAR, DIFFERENT),
    ("1978-02-13", "1978-02-27", Weight.SAME_MONTH, PARTIAL),
    ("1978-09-13", "1978-10-25", Weight.SAME_YEAR, DIFFERENT),
    ("1978-02-13", "1978-07-25", Weight.SAME_YEAR, DIFFERENT),
    ("1978-02-13", "1979-07-25", Weight.YEAR_OFF_BY_ONE, DIFFERENT),
    ("1978-02-13", "1979-02-14", Weight.YEAR_OFF_BY_ONE, DIFFERENT),
    ("1978-02-13", "1980-07-25", Weight.YEARS_APART, CONTRADICTS),
    ("1978-02-13", "1982-07-25", Weight.YEARS_APART, CONTRADICTS),
    ("1978-02-13", "1983-07-25", Weight.FAR_APART, CONTRADICTS),
    ("1978-02-13", "1988-07-25", Weight.FAR_APART, CONTRADICTS),
]
LAST_DAYS = [(m, d) for m, d in enumerate([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30], 1)]
BEFORE_ENDS = [(f"1978-{m:02d}-{d - 1}", f"1978-{m:02d}-{d}") for m, d in LAST_DAYS]
ENDS = [(f"1978-{m:02d}-{d}", f"1978-{m + 1:02d}-01") for m, d in LAST_DAYS]
IN_PART = [
    (1978, "1978-02-13", Weight.SAME_YEAR_ONLY_YEAR, PARTIAL),
    (1978, 1978, Weight.SAME_YEAR_ONLY_YEAR, PARTIAL),
    (1978, "1978-02", Weight.SAME_YEAR_ONLY_YEAR, PARTIAL),
    ("1978-02", "1978-02-13", Weight.SAME_MONTH_NO_DAY, PARTIAL),
    ("1978-02-00", "1978-02", Weight.SAME_MONTH_NO_DAY, PARTIAL),
    ("1978-02", "1978-03-13", Weight.SAME_YEAR, DIFFERENT),
    (1978, "1979-02-13", Weight.YEAR_OFF_BY_ONE_ONLY_YEAR, NEAR),
    (1978, 1977, Weight.YEAR_OFF_BY_ONE_ONLY_YEAR, NEAR),
    ("1978-02", "1980-02", Weight.YEARS_APART, CONTRADICTS),
    (1978, "1982-02-13", Weight.YEARS_APART, CONTRADICTS),
    (1978, "1983-02-13", Weight.FAR_APART, CONTRADICTS),
]


@pytest.mark.parametrize(("one", "other", "weight", "level"), WHOLE + IN_PART)
def test_two_dates_agree_as_far_as_they_do(one, other, weight, level):
    assert weighs(Place.BIRTH_DATE, {"birth_date": one}, {"birth_date": other}, weight, level)
    conflict = see(Place.BIRTH_DATE, {"birth_date": one}, {"birth_date": other}).conflict
    assert conflict == (YEARS_AWAY if level == CONTRADICTS else "")


@pytest.mark.parametrize(("last", "first"), ENDS + BEFORE_ENDS)
def test_days_follow_each_other_to_the_end_of_a_month_and_over_it(last, first):
    assert weighs(Place.BIRTH_DATE, {"birth_date": last}, {"birth_date": first}, Weight.NEXT_DAY, NEAR)


def test_of_several_dates_the_pair_that_agrees_best_counts_and_the_others_contradict_nothing():
    several = {"birth_date": ["1960-05-05", "1978-02-13", 1999]}
    assert weighs(Place.BIRTH_DATE, several, {"birth_date": ["1930-01-01", "1978-02-13"]}, Weight.SAME_DATE, EQUAL)
    found = see(Place.BIRTH_DATE, several, {"birth_date": "1978-02-13"})
    assert not found.conflict and found.used == {Weight.SAME_DATE: 1}


def test_a_date_that_one_side_lacks_says_nothing():
    one = see(Place.BIRTH_DATE, {"birth_date": 1978}, {})
    both = see(Place.BIRTH_DATE, {}, {})
    assert (one.level, one.centibits) == (Level.MISSING_ONE, 0) and (both.level, both.centibits) == (Level.MISSING_BOTH, 0)


OF_44 = {"age": 44, "at": "2022-08-02"}  # born in 1977 or 1978
AGES = [
    (1977, Weight.SAME_AGE, EQUAL),
    (1978, Weight.SAME_AGE, EQUAL),
    ("1978-02-13", Weight.SAME_AGE, EQUAL),
    (1979, Weight.NEAR_AGE, NEAR),
    (1980, Weight.NEAR_AGE, NEAR),
    (1976, Weight.NEAR_AGE, NEAR),
    (1975, Weight.NEAR_AGE, NEAR),
    (1981, Weight.OTHER_AGE, DIFFERENT),
    (1974, Weight.OTHER_AGE, DIFFERENT),
    (1987, Weight.OTHER_AGE, DIFFERENT),
    (1968, Weight.OTHER_AGE, DIFFERENT),
    (1988, Weight.FAR_AGE, CONTRADICTS),
    (1967, Weight.FAR_AGE, CONTRADICTS),
]


@pytest.mark.parametrize(("born", "weight", "level"), AGES)
def test_an_age_stands_in_for_a_date(born, weight, level):
    assert weighs(Place.AGE, OF_44, {"birth_date": born}, weight, level)
    assert see(Place.AGE, OF_44, {"birth_date": born}).conflict == ("edad incompatible" if level == CONTRADICTS else "")


def test_two_ages_told_years_apart_are_compared_by_year_of_birth():
    assert weighs(Place.AGE, OF_44, {"age": 34, "at": "2012-01-01"}, Weight.SAME_AGE, EQUAL)
    assert weighs(Place.AGE, OF_44, {"age": 44, "at": "2012-01-01"}, Weight.OTHER_AGE, DIFFERENT)


def test_several_dates_leave_a_span_of_years():
    assert weighs(Place.AGE, OF_44, {"birth_date": [1970, 1985]}, Weight.SAME_AGE, EQUAL)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (OF_44 | {"birth_date": 1978}, {"birth_date": 1978}, Level.MISSING_BOTH),
        (OF_44, {}, Level.MISSING_ONE),
        (OF_44, {"age": 44}, Level.MISSING_ONE),
        (OF_44, {"at": "2022-08-02"}, Level.MISSING_ONE),
        ({}, {}, Level.MISSING_BOTH),
        ({"birth_date": 1978}, {}, Level.MISSING_BOTH),
    ],
)
def test_an_age_counts_only_where_a_date_is_lacking_and_the_day_it_was_told_is_known(one, other, level):
    found = see(Place.AGE, one, other)
    assert (found.level, found.centibits, found.conflict) == (level, 0, "")


def test_an_age_that_no_year_can_bear_is_none():
    ancient = {"age": 120, "at": date(100, 1, 1)}
    assert see(Place.AGE, ancient, OF_44).level == Level.MISSING_ONE


def test_weights_fall_as_dates_part():
    assert worth(Weight.SAME_DATE) > worth(Weight.SWAPPED_DATE) > worth(Weight.ONE_DIGIT) > worth(Weight.SAME_YEAR)
    assert worth(Weight.SAME_YEAR_ONLY_YEAR) > 0 > worth(Weight.YEARS_APART) > worth(Weight.FAR_APART)
    assert worth(Weight.SAME_DATE) > worth(Weight.SAME_FIRST_OF_JANUARY)


def test_a_reviewer_reads_dates_as_known_and_whether_they_were_derived():
    show = FEATURES[Place.BIRTH_DATE].show
    assert show(subject(birth_date=["03/02/1978", 1980])) == "1978-02-03 / 1980"
    assert show(subject(curp="HEML780213HNTRXS09")) == "1978-02-13 (deducida)"
    assert show(subject(birth_date=[1971, 1972, 1973, 1974, 1975])) == "1971 / 1972 / 1973 / 1974"
    assert show(subject()) == ""


def test_a_reviewer_reads_the_age_and_when_it_was_told():
    show = FEATURES[Place.AGE].show
    assert (show(subject(**OF_44)), show(subject(age=44)), show(subject())) == ("44 años al 2022-08-02", "44 años", "")


def test_dates_identify_and_ages_do_not():
    assert FEATURES[Place.BIRTH_DATE].identifying and not FEATURES[Place.AGE].identifying
