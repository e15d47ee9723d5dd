"""Loading reference data: once, again, changed, and beside what was added here."""

from __future__ import annotations

from datetime import date

import pytest

from tequio.access.domain import Actor, Purpose, PurposeCode
from tequio.institutions import selectors, sync
from tequio.institutions.events import ReferenceLoaded
from tequio.institutions.models import Agency, AgencyName, Municipality, State, Unit, Zone, ZoneMembership
from tequio.institutions.services import load_reference
from tequio.kernel import outbox
from tequio.kernel.errors import Conflict, NotAllowed, PurposeRequired

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 1)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[ReferenceLoaded]:
    """Events that the loads of a test published."""
    events: list[ReferenceLoaded] = []
    monkeypatch.setitem(outbox._within, ReferenceLoaded, [events.append])
    return events


@pytest.mark.usefixtures("empty_country")
def test_a_first_load_fills_every_table_and_a_second_changes_nothing(
    operator: Actor, purpose: Purpose, heard: list[ReferenceLoaded]
) -> None:
    first = load_reference(actor=operator, purpose=purpose)
    second = load_reference(actor=operator, purpose=purpose)
    assert first.created > 2_700
    assert (State.objects.count(), Municipality.objects.count(), Zone.objects.count()) == (32, 2_478, 5)
    assert second.changed_nothing
    assert second.unchanged == first.created
    assert "Sin cambios" in str(second)
    assert [event.created for event in heard] == [first.created]


@pytest.mark.usefixtures("empty_country")
def test_the_log_is_told_who_loaded_what_and_why(operator: Actor, purpose: Purpose, heard: list[ReferenceLoaded]) -> None:
    load_reference(actor=operator, purpose=purpose)
    event = heard[0]
    assert (event.room, event.username, event.agency_code) == ("institutions", "operadora", "FED-CNI")
    assert (event.purpose, event.folio) == (PurposeCode.ADMINISTRATION.value, "OFICIO-0001/2026")


@pytest.mark.usefixtures("empty_country")
def test_who_may_not_edit_catalogues_loads_nothing(analyst: Actor, purpose: Purpose) -> None:
    with pytest.raises(NotAllowed) as refusal:
        load_reference(actor=analyst, purpose=purpose)
    assert refusal.value.facts == {"permission": "catalog.edit"}
    assert not State.objects.exists()


@pytest.mark.parametrize("given", [None, Purpose(PurposeCode.ADMINISTRATION, "  ")])
def test_a_load_without_purpose_or_folio_is_refused(operator: Actor, given: Purpose | None) -> None:
    with pytest.raises(PurposeRequired):
        load_reference(actor=operator, purpose=given)


def test_a_changed_name_is_put_right_and_the_former_value_is_said(
    operator: Actor, purpose: Purpose, heard: list[ReferenceLoaded]
) -> None:
    State.objects.filter(code="22").update(name="Quertaro")
    tally = load_reference(actor=operator, purpose=purpose)
    assert (tally.created, tally.updated) == (0, 1)
    assert tally.changes == ("State 22: name: Quertaro -> Querétaro",)
    assert heard[-1].changes == tally.changes


def test_a_moved_agency_goes_back_under_its_parent(operator: Actor, purpose: Purpose) -> None:
    Agency.objects.filter(code="FED-CNI").update(parent=None)
    tally = load_reference(actor=operator, purpose=purpose)
    assert tally.changes == ("Agency FED-CNI: parent -> FED-SESNSP",)


def test_a_name_confirmed_here_is_not_replaced_by_an_unconfirmed_one(operator: Actor, purpose: Purpose) -> None:
    AgencyName.objects.filter(agency__code="NT-SSPC").update(name="Nombre oficial leído en el DOF", confirmed=True)
    tally = load_reference(actor=operator, purpose=purpose)
    assert tally.changed_nothing
    assert tally.kept == 1
    assert selectors.agency_name(Agency.objects.get(code="NT-SSPC"), TODAY) == "Nombre oficial leído en el DOF"


def test_a_new_name_added_here_ends_the_published_one_and_survives_reloading(operator: Actor, purpose: Purpose) -> None:
    agency = Agency.objects.get(code="NT-SSPC")
    agency.names.update(valid_to=date(2026, 1, 1))
    agency.names.create(
        name="Secretaría Nueva", abbreviation="SN", valid_from=date(2026, 1, 1), source="Periódico oficial", confirmed=True
    )
    assert load_reference(actor=operator, purpose=purpose).changed_nothing
    assert selectors.agency_name(agency, TODAY) == "Secretaría Nueva"
    assert selectors.agency_name(agency, date(2025, 12, 31)) == "Secretaría de Seguridad y Protección Ciudadana de Nayarit"


def test_overlapping_periods_stop_the_load_whole(operator: Actor, purpose: Purpose) -> None:
    agency = Agency.objects.get(code="NT-SSPC")
    agency.names.create(name="Otra", abbreviation="O", valid_from=date(1990, 1, 1), valid_to=date(2005, 1, 1), source="x")
    State.objects.filter(code="22").update(name="Quertaro")
    with pytest.raises(Conflict) as refusal:
        load_reference(actor=operator, purpose=purpose)
    assert "se enciman" in refusal.value.message
    assert State.objects.get(code="22").name == "Quertaro"


def test_a_package_that_ends_a_name_and_begins_another_closes_before_it_opens() -> None:
    agency = Agency.objects.get(code="NT-SSPC")
    before = agency.names.get()
    row = {"agency_id": agency.pk, "abbreviation": "X", "source": "s", "confirmed": False}
    tally = sync.load_dated(
        AgencyName,
        [
            {**row, "name": before.name, "valid_from": before.valid_from, "valid_to": date(2026, 1, 1)},
            {**row, "name": "Sucesora", "valid_from": date(2026, 1, 1), "valid_to": None},
        ],
        ("agency_id",),
    )
    assert (tally.created, tally.updated) == (1, 1)
    assert [name.valid_to for name in agency.names.order_by("valid_from")] == [date(2026, 1, 1), None]


def test_the_cyber_unit_changes_name_and_stays_the_same_unit() -> None:
    names = Unit.objects.filter(agency__code="FED-SSPC", code="CIBER").order_by("valid_from")
    assert [unit.abbreviation for unit in names] == ["DGGSCDT", "UIICOT"]


def test_loading_asks_a_fixed_number_of_queries(operator: Actor, purpose: Purpose, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(22):
        load_reference(actor=operator, purpose=purpose)


def test_a_state_may_belong_to_two_zones() -> None:
    ZoneMembership.objects.create(zone_id="centro", state_id="11", valid_from=date(2024, 1, 1), source="Acuerdo")
    assert "11" in [state.code for state in selectors.zone_states("centro", TODAY)]
    assert "11" in [state.code for state in selectors.zone_states("occidente", TODAY)]
