"""Asking for states, agencies and their names on a day."""

from __future__ import annotations

from datetime import date

import pytest

from tequio.institutions import selectors
from tequio.institutions.models import Agency, Municipality, State
from tequio.kernel.errors import NotFound
from tequio.kernel.text import fold

pytestmark = pytest.mark.django_db


def test_a_mistyped_agency_code_is_answered_with_the_closest() -> None:
    assert selectors.agency_by_code(" nt-sspc ").code == "NT-SSPC"
    with pytest.raises(NotFound) as refusal:
        selectors.agency_by_code("NT-SSP")
    assert refusal.value.code == "DEPENDENCIA_DESCONOCIDA"
    assert "NT-SSPC" in refusal.value.hint


def test_an_agency_is_called_as_it_was_called_on_the_day() -> None:
    guanajuato = selectors.agency_by_code("GT-SSP")
    assert selectors.agency_name(guanajuato, date(2022, 8, 2)) == "Secretaría de Seguridad Pública del Estado de Guanajuato"
    assert selectors.agency_name(guanajuato, date(2025, 8, 2)) == "Secretaría de Seguridad y Paz"


def test_an_agency_without_a_known_name_on_the_day_is_called_by_its_code() -> None:
    assert selectors.agency_name(selectors.agency_by_code("GT-SSP"), date(1950, 1, 1)) == "GT-SSP"


def test_names_of_many_agencies_cost_one_query(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    agencies = list(Agency.objects.all())
    with django_assert_num_queries(1):
        names = selectors.agency_names(agencies, date(2026, 1, 1))
    assert len(names) == len(agencies)


def test_states_come_by_code_and_by_any_of_their_names() -> None:
    assert [state.code for state in selectors.states()][:2] == ["01", "02"]
    assert selectors.state_by_any("Edomex").name == "México"


@pytest.mark.parametrize(
    ("text", "hint"), [("Sonara", "Sonora"), ("NE", "nacido en el extranjero"), ("", "Revise"), ("33", "Revise")]
)
def test_what_is_no_state_is_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(NotFound) as refusal:
        selectors.state_by_any(text)
    assert refusal.value.code == "ENTIDAD_DESCONOCIDA"
    assert hint in refusal.value.hint


@pytest.mark.usefixtures("empty_country")
def test_a_state_asked_for_before_loading_says_what_to_load() -> None:
    with pytest.raises(NotFound) as refusal:
        selectors.state_by_any("Nayarit")
    assert "datos de referencia" in refusal.value.hint


def test_municipalities_are_found_by_code_name_and_damage_in_one_query(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(1):
        lookup = selectors.municipality_lookup()
    assert lookup["18", fold("Tepic")] == lookup["18", "17"] == lookup["18", "017"] == lookup["", "18017"] == "18017"
    assert lookup["", "1001"] == "01001"
    assert lookup["24", fold("San Luis Potosí")] == lookup["24", fold("San Luis Potos")] == "24028"


def test_a_name_that_two_municipalities_share_is_not_guessed() -> None:
    lookup = selectors.municipality_lookup()
    assert Municipality.objects.filter(state_id="20", name="San Juan Mixtepec").count() == 2
    assert ("20", fold("San Juan Mixtepec")) not in lookup


def test_a_zone_has_its_members_of_the_day() -> None:
    assert len(selectors.zone_states("occidente", date(2022, 8, 2))) == 8
    assert selectors.zone_states("occidente", date(2012, 12, 16)) == []
    assert State.objects.get(code="18") in selectors.zone_states("occidente", date(2026, 1, 1))
