"""Loading catalogues and parameters, and asking for them on a day."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from tequio.access import walls
from tequio.access.domain import Actor, Purpose
from tequio.catalogs import selectors, services
from tequio.catalogs.domain import Item
from tequio.catalogs.models import Catalog, CatalogItem, Parameter
from tequio.institutions.events import ReferenceLoaded
from tequio.kernel import outbox
from tequio.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, PurposeRequired
from tequio.kernel.text import fold

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 1)


@pytest.fixture
def no_catalogs(db: None) -> None:
    """No catalogue and no parameter, for the length of the test."""
    with walls.as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE catalogs_catalog, catalogs_parameter CASCADE")


@pytest.mark.usefixtures("no_catalogs")
def test_a_first_load_fills_and_a_second_changes_nothing(
    operator: Actor, purpose: Purpose, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[ReferenceLoaded] = []
    monkeypatch.setitem(outbox._within, ReferenceLoaded, [heard.append])
    first = services.load_reference(actor=operator, purpose=purpose)
    second = services.load_reference(actor=operator, purpose=purpose)
    assert (first.updated, second.created, second.updated) == (0, 0, 0)
    assert second.unchanged == first.created > 200
    assert [(event.room, event.username, event.folio) for event in heard] == [("catalogs", "operadora", "OFICIO-0001/2026")]


@pytest.mark.usefixtures("no_catalogs")
def test_who_may_not_edit_catalogues_loads_nothing(analyst: Actor, operator: Actor, purpose: Purpose) -> None:
    with pytest.raises(NotAllowed):
        services.load_reference(actor=analyst, purpose=purpose)
    with pytest.raises(PurposeRequired):
        services.load_reference(actor=operator, purpose=None)
    assert not Catalog.objects.exists()


def test_an_entry_that_changed_is_put_right_and_its_former_text_is_said(operator: Actor, purpose: Purpose) -> None:
    CatalogItem.objects.filter(catalog__code="sexo", code="M").update(name="Masculino")
    tally = services.load_reference(actor=operator, purpose=purpose)
    assert tally.updated == 1
    assert tally.changes[0].endswith("name: Masculino -> Mujer")


def test_an_entry_added_here_stays(operator: Actor, purpose: Purpose) -> None:
    catalog = selectors.catalog_in_force("falta_administrativa", TODAY)
    catalog.items.create(code="TEPIC-01", name="Falta del bando de Tepic", position=999)
    tally = services.load_reference(actor=operator, purpose=purpose)
    assert (tally.changed_nothing, tally.kept) == (True, 1)
    assert selectors.lookup("falta_administrativa", TODAY)[fold("falta del bando de tepic")] == "TEPIC-01"


def test_a_value_decided_here_ends_the_packages_and_survives_reloading(operator: Actor, purpose: Purpose) -> None:
    Parameter.objects.filter(key="rnd.retention_years").update(valid_to=date(2026, 1, 1))
    Parameter.objects.create(
        key="rnd.retention_years", value=5, unit="años", valid_from=date(2026, 1, 1), source="Lineamientos", confirmed=True
    )
    assert services.load_reference(actor=operator, purpose=purpose).changed_nothing
    assert selectors.parameter("rnd.retention_years", TODAY) == 5
    assert selectors.parameter_in_force("rnd.retention_years", TODAY).confirmed


def test_two_values_for_one_day_stop_the_load(operator: Actor, purpose: Purpose) -> None:
    Parameter.objects.create(
        key="target.review_years", value=5, unit="años", valid_from=date(2000, 1, 1), valid_to=date(2023, 1, 1), source="x"
    )
    with pytest.raises(Conflict) as refusal:
        services.load_reference(actor=operator, purpose=purpose)
    assert "target.review_years" in refusal.value.message


def test_a_parameter_has_the_value_of_its_day() -> None:
    assert selectors.parameter("rnd.arrest_limit_hours", TODAY) == 36
    with pytest.raises(NotFound) as refusal:
        selectors.parameter("rnd.arrest_limit_hours", date(1900, 1, 1))
    assert "no para esa fecha" in refusal.value.hint


def test_a_parameter_without_a_value_is_an_error_and_never_a_guess() -> None:
    with pytest.raises(NotFound) as refusal:
        selectors.parameter("rnd.retention_years", TODAY)
    assert refusal.value.code == "PARAMETRO_SIN_VALOR"
    row = selectors.parameter_in_force("rnd.retention_years", TODAY)
    assert (row.value, row.confirmed) == (None, False)


def test_a_mistyped_name_is_answered_with_the_closest() -> None:
    with pytest.raises(NotFound) as refusal:
        selectors.parameter("rnd.arrest_limit", TODAY)
    assert refusal.value.code == "PARAMETRO_DESCONOCIDO"
    assert refusal.value.hint.startswith("¿Quiso decir rnd.arrest_limit_hours")
    with pytest.raises(NotFound) as refusal:
        selectors.items("delitos", TODAY)
    assert refusal.value.code == "CATALOGO_DESCONOCIDO"
    assert "delito" in refusal.value.hint


def test_a_catalogue_reads_codes_names_and_synonyms_in_two_queries(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(2):
        found = selectors.lookup("tipo_detencion", TODAY)
    assert found[fold("En flagrancia")] == found["FLAGRANCIA"] == "flagrancia"
    assert found[fold("orden de aprehensión")] == "orden_aprehension"


def test_items_come_in_the_order_of_the_list() -> None:
    assert list(selectors.items("prioridad", TODAY)) == ["alta", "media", "ordinaria"]


def test_another_version_holds_from_its_day_on() -> None:
    Catalog.objects.filter(code="prioridad").update(valid_to=date(2026, 6, 1))
    newer = Catalog.objects.create(
        code="prioridad", version="2", name="Prioridad", valid_from=date(2026, 6, 1), source="Acuerdo"
    )
    newer.items.create(code="unica", name="Única", position=0)
    assert list(selectors.items("prioridad", date(2026, 5, 31))) == ["alta", "media", "ordinaria"]
    assert list(selectors.items("prioridad", date(2026, 6, 1))) == ["unica"]


def test_a_derived_list_is_kept_as_given_and_an_orphan_is_refused() -> None:
    entries = [Item("b", "Segundo"), Item("a", "Primero", parent="b", attributes={"proposed": {}})]
    services.derive_catalog(code="derivado", name="Derivado", valid_from=date(2015, 1, 1), source="archivo", items=entries)
    assert selectors.items("derivado", TODAY) == {"b": "Segundo", "a": "Primero"}
    with pytest.raises(Invalid):
        services.derive_catalog(code="otro", name="Otro", valid_from=TODAY, source="archivo", items=entries[1:])
