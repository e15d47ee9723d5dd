"""A subject is what a record says of a person: every field optional, as found in the wild, nothing invented."""

import json
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tequio.kernel.identifiers import curp_check_digit
from tequio.people.domain import PartialDate, Subject, parse_date, parse_sex


def tokens(**fields):
    return [name.tokens for name in Subject.from_fields(**fields).names]


def curp(first17):
    return first17 + curp_check_digit(first17)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(1978, 4, 3), PartialDate(1978, 4, 3)),
        (datetime(1978, 4, 3, 10), PartialDate(1978, 4, 3)),
        ("1978-04-03", PartialDate(1978, 4, 3)),
        ("1978-04-03T00:00:00", PartialDate(1978, 4, 3)),
        ("19780403", PartialDate(1978, 4, 3)),
        (19780403, PartialDate(1978, 4, 3)),
        ("1978-02-00", PartialDate(1978, 2)),
        ("00/02/1978", PartialDate(1978, 2)),
        ("1978", PartialDate(1978)),
        (1978, PartialDate(1978)),
        (1978.0, PartialDate(1978)),
        (19780000, PartialDate(1978)),
        ("03/04/1978", PartialDate(1978, 4, 3, ambiguous=True)),
        ("04/04/1978", PartialDate(1978, 4, 4)),
        ("13/04/1978", PartialDate(1978, 4, 13)),
        ("04/13/1978", PartialDate(1978, 4, 13)),
        ("3 de abril de 1978", PartialDate(1978, 4, 3)),
        ("3-ABR-78", PartialDate(1978, 4, 3)),
        ("31/02/1978", PartialDate(1978, 2)),
    ],
)
def test_a_birth_date_is_read_as_far_as_it_is_known(value, expected):
    assert parse_date(value) == expected


@pytest.mark.parametrize(
    "value", [None, "", 0, "0", "00/00/0000", "desconocida", 28583, float("nan"), "3/4", True, "9999-99-99"]
)
def test_no_date_is_made_up(value):
    assert parse_date(value) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ma. del Carmen", ("MARIA", "CARMEN")),
        ("M.ª José", ("MARIA", "JOSE")),
        ("J. Luis", ("JOSE", "LUIS")),
        ("Gpe.", ("GUADALUPE",)),
    ],
)
def test_given_names_are_written_out(text, expected):
    assert Subject.from_fields(given=text, paternal="Ruiz").names[0].given == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("de la Cruz", ("CRUZ",)),
        ("Ponce de León", ("PONCE", "LEON")),
        ("San Juan", ("SANJUAN",)),
        ("Mac Gregor", ("MACGREGOR",)),
        ("del Río y Ávila", ("RIO", "AVILA")),
        ("de la O", ("O",)),
        ("HDEZ.", ("HERNANDEZ",)),
        ("O", ("O",)),
    ],
)
def test_surnames_keep_what_distinguishes(text, expected):
    assert Subject.from_fields(given="Ana", paternal=text).names[0].paternal == expected


@pytest.mark.parametrize("text", ["N.N.", "NN", "desconocido", "No identificado", "XXX", "S/N", "MASCULINO"])
def test_a_placeholder_is_no_name(text):
    assert Subject.from_fields(full_name=text).names == ()


def test_a_missing_second_surname_may_be_written_many_ways():
    for blank in (None, "", "X", "N/A", "SIN DATO", "-"):
        assert Subject.from_fields(given="Ana", paternal="Ruiz", maternal=blank).names[0].maternal == ()


def test_a_whole_name_in_the_first_column_is_unsplit():
    name = Subject.from_fields(given="JUAN PEREZ LOPEZ").names[0]
    assert name.unsplit == ("JUAN", "PEREZ", "LOPEZ") and name.given == ()


def test_a_comma_tells_the_surnames():
    name = Subject.from_fields(full_name="PÉREZ LÓPEZ, Juan").names[0]
    assert (name.given, name.paternal, name.maternal) == (("JUAN",), ("PEREZ",), ("LOPEZ",))


def test_what_a_detained_person_said_is_a_name():
    assert tokens(full_name="MASCULINO QUIEN DIJO LLAMARSE JUAN PEREZ LOPEZ") == [("JUAN", "PEREZ", "LOPEZ")]


def test_two_names_joined_by_and_or_are_two_names():
    assert tokens(full_name="JUAN PEREZ Y/O PEDRO RUIZ") == [("JUAN", "PEREZ"), ("PEDRO", "RUIZ")]


@pytest.mark.parametrize(
    "text",
    [
        "Juan Pérez (a) El Güero",
        'Juan "El Güero" Pérez',
        "JUAN PEREZ ALIAS EL GUERO",
        "Juan Pérez (El Güero)",
        "Juan Pérez a) El Güero",
        "Juan Pérez, conocido como El Güero",
        "JUAN PEREZ APODADO «EL GÜERO»",
    ],
)
def test_an_alias_inside_a_name_is_an_alias(text):
    subject = Subject.from_fields(full_name=text)
    assert subject.aliases[0].tokens == ("GUERO",)
    assert set(subject.names[0].tokens) == {"JUAN", "PEREZ"}


def test_an_alias_that_is_a_name_counts_as_both():
    subject = Subject.from_fields(given="Juan", paternal="Pérez", aliases="Pedro Ruiz Soto")
    assert subject.names[1].tokens == ("PEDRO", "RUIZ", "SOTO") and subject.aliases


def test_a_husbands_surname_is_set_apart():
    assert Subject.from_fields(given="Rosa", paternal="López", maternal="de Hernández").names[0].married == ("HERNANDEZ",)
    assert Subject.from_fields(full_name="ROSA LOPEZ RUIZ VDA. DE HERNANDEZ").names[0].married == ("HERNANDEZ",)


def test_a_valid_curp_fills_what_is_missing_and_says_so():
    subject = Subject.from_fields(given="Ana", curp=curp("RUXA900102MNTZXN0"))
    assert (subject.sex, subject.birth_state, subject.birth_date) == ("M", "NT", PartialDate(1990, 1, 2))
    assert subject.derived == {"sex", "birth_state", "birth_date"}


def test_what_was_supplied_is_not_replaced_by_the_curp():
    subject = Subject.from_fields(sex="H", birth_state="JC", birth_date="1991-01-02", curp=curp("RUXA900102MNTZXN0"))
    assert (subject.sex, subject.birth_state, subject.derived) == ("H", "JC", frozenset())
    assert subject.birth_dates == (PartialDate(1991, 1, 2),)


def test_a_mistyped_curp_is_kept_and_what_it_tells_is_marked_as_derived():
    subject = Subject.from_fields(curp="RUXA900102MNTZXN0" + ("0" if curp("RUXA900102MNTZXN0")[-1] != "0" else "1"))
    assert subject.curps and subject.derived == {"sex", "birth_state", "birth_date"}


def test_a_known_year_is_completed_only_by_an_agreeing_curp():
    assert Subject.from_fields(birth_date=1990, curp=curp("RUXA900102MNTZXN0")).birth_date == PartialDate(1990, 1, 2)
    assert Subject.from_fields(birth_date=1985, curp=curp("RUXA900102MNTZXN0")).birth_dates == (PartialDate(1985),)


def test_an_rfc_gives_the_date_when_nothing_else_does():
    subject = Subject.from_fields(rfc="RUXA900102AB1")
    assert subject.birth_date == PartialDate(1990, 1, 2) and subject.derived == {"birth_date"}


def test_a_generic_rfc_is_nobodys():
    assert Subject.from_fields(rfc="XAXX010101000").rfcs == ()


def test_several_dates_curps_and_rfcs_are_kept():
    subject = Subject.from_fields(
        birth_date=["1978", date(1979, 1, 1)], curp=[curp("RUXA900102MNTZXN0")] * 2, rfc=("RUXA900102", None)
    )
    assert len(subject.birth_dates) == 2 and len(subject.curps) == 2 and len(subject.rfcs) == 1


def test_phones_and_plates_are_normal_and_unique():
    subject = Subject.from_fields(phones=["044 33 1234 5670", "3312345670", "123"], plates="JHO-12-3I")
    assert subject.phones == ("3312345670",) and subject.plates == ("JH01231",)


def test_sex_has_many_spellings():
    assert [parse_sex(v) for v in ("Masculino", "HOMBRE", "F", "mujer", "X", "?", None)] == [
        "H",
        "H",
        "M",
        "M",
        "X",
        None,
        None,
    ]


def test_ids_of_any_kind_survive():
    assert Subject.from_fields(id=7).id == 7 and Subject.from_fields(id=date(2020, 1, 1)).id == "2020-01-01"


def test_nan_and_null_are_blank():
    nan = float("nan")
    subject = Subject.from_fields(
        given=nan, paternal=None, birth_date=nan, curp=nan, sex=nan, birth_state=nan, age=nan, phones=nan
    )
    assert subject == Subject()


ANY = st.one_of(st.none(), st.text(max_size=200), st.integers(), st.floats(), st.dates(), st.booleans())
LISTS = st.one_of(ANY, st.lists(ANY, max_size=3))


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("id", "given", "paternal", "maternal", "full_name", "sex", "birth_state", "age", "at"), ANY)
        | dict.fromkeys(("birth_date", "curp", "rfc", "aliases", "phones", "plates"), LISTS)
        | {"names": st.lists(ANY, max_size=3)},
    )
)
def test_no_field_makes_a_subject_raise_and_json_gives_it_back(fields):
    subject = Subject.from_fields(**fields)
    assert Subject.from_dict(json.loads(json.dumps(subject.to_dict()))) == subject


def test_two_hundred_letters_are_a_name_too():
    assert Subject.from_fields(given="A" * 200, paternal="B" * 200).names[0].given == ("A" * 200,)
