"""Telephones, plates, documents, places: one shared says much, different ones nothing or little."""

import pytest

from tequio.matching.domain.features import FEATURES
from tests.matching.kernel import Level, Place, Weight, see, subject, weighs, worth

SHARED = [
    (Place.PHONES, "phones", ["3312345670", "3387654321", "5512340987"], Weight.SAME_PHONE),
    (Place.PLATES, "plates", ["JHP1231", "ABC1234", "XYZ9876"], Weight.SAME_PLATE),
    (Place.DOCUMENTS, "documents", ["G12345678", "IDMEX1234", "LIC998877"], Weight.SAME_DOCUMENT),
]


@pytest.mark.parametrize(("place", "field", "values", "weight"), SHARED)
def test_one_shared_value_of_several_is_enough_wherever_it_stands(place, field, values, weight):
    one, other, third = values
    assert weighs(place, {field: one}, {field: one}, weight, Level.EQUAL)
    assert weighs(place, {field: [one, other]}, {field: [third, other]}, weight, Level.EQUAL)
    assert weighs(place, {field: values}, {field: third}, weight, Level.EQUAL)
    assert weighs(place, {field: values}, {field: values}, weight, Level.EQUAL)


@pytest.mark.parametrize(("place", "field", "values", "weight"), SHARED)
def test_other_values_contradict_nothing_and_a_lacking_one_says_nothing(place, field, values, weight):
    one, other, _ = values
    differing = see(place, {field: one}, {field: other})
    assert (differing.level, differing.centibits, differing.used) == (Level.DIFFERENT, 0, {})
    lacking = see(place, {field: one}, {})
    assert (lacking.level, lacking.centibits, lacking.used) == (Level.MISSING_ONE, 0, {})
    assert see(place, {}, {}).level == Level.MISSING_BOTH


@pytest.mark.parametrize(
    ("place", "field", "values", "most"),
    [
        (Place.PHONES, "phones", [f"33123456{k}{(k * 7 + 3) % 10}" for k in range(6)], 5),
        (Place.PLATES, "plates", [f"JHP12{k}1" for k in range(6)], 5),
        (Place.DOCUMENTS, "documents", [f"G1234567{k}" for k in range(6)], 3),
        (Place.PLACES, "places", [f"Lugar {k}" for k in range(6)], 3),
    ],
)
def test_values_are_compared_up_to_the_most(place, field, values, most):
    assert see(place, {field: values}, {field: values[most - 1]}).level == Level.EQUAL
    assert see(place, {field: values}, {field: values[most]}).level == Level.DIFFERENT
    shown = FEATURES[place].show(subject(**{field: values}))
    assert shown.count(", ") == most - 1


@pytest.mark.parametrize(
    "written", ["044 33 1234 5670", "+52 33 1234 5670", "01 33 1234-5670", "0052 1 33 1234 5670", 3312345670]
)
def test_a_telephone_is_the_same_with_any_old_prefix(written):
    assert weighs(Place.PHONES, {"phones": "3312345670"}, {"phones": written}, Weight.SAME_PHONE, Level.EQUAL)


@pytest.mark.parametrize("written", ["JHO-12-31", "jh0 1231", "JHO123I", "JHQ1231"])
def test_a_plate_is_the_same_with_the_letters_that_look_like_digits(written):
    assert weighs(Place.PLATES, {"plates": "JH01231"}, {"plates": written}, Weight.SAME_PLATE, Level.EQUAL)


@pytest.mark.parametrize(
    ("field", "filler"), [("phones", "0000000000"), ("phones", "1234567890"), ("plates", "AAAAAAA"), ("documents", "123")]
)
def test_what_was_typed_to_fill_a_box_is_no_value(field, filler):
    place = {"phones": Place.PHONES, "plates": Place.PLATES, "documents": Place.DOCUMENTS}[field]
    assert see(place, {field: filler}, {field: filler}).level == Level.MISSING_BOTH


def test_a_telephone_is_no_plate_and_no_document():
    found = see(Place.PLATES, {"phones": "3312345670"}, {"plates": "JHP1231"})
    assert found.level == Level.MISSING_ONE


def test_places_agree_folded_and_another_one_weighs_a_little_against():
    assert weighs(Place.PLACES, {"places": "Tepic, Nayarit"}, {"places": "TEPIC NAYARIT"}, Weight.SAME_PLACE, Level.EQUAL)
    assert weighs(Place.PLACES, {"places": ["18017", "18020"]}, {"places": ["18001", "18017"]}, Weight.SAME_PLACE, Level.EQUAL)
    assert weighs(Place.PLACES, {"places": "18017"}, {"places": "18020"}, Weight.OTHER_PLACE, Level.DIFFERENT)
    lacking = see(Place.PLACES, {"places": "18017"}, {})
    assert (lacking.level, lacking.centibits, lacking.used) == (Level.MISSING_ONE, 0, {})
    assert see(Place.PLACES, {}, {}).level == Level.MISSING_BOTH
    assert worth(Weight.SAME_PLACE) > 0 > worth(Weight.OTHER_PLACE)


def test_contacts_identify_and_places_do_not():
    places = (Place.PHONES, Place.PLATES, Place.DOCUMENTS, Place.PLACES)
    assert [FEATURES[place].identifying for place in places] == [True, True, True, False]
    one = subject(phones=["3312345670", "3387654321"], plates="JHO1231", documents="G-12345678", places="Tepic")
    assert [FEATURES[place].show(one) for place in places] == ["3312345670, 3387654321", "JH01231", "G12345678", "TEPIC"]
