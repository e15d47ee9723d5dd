"""Lists of detentions: what they find, in which order, for whom, and what the log keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tequio.access.domain import Actor
from tequio.audit.models import Line
from tequio.kernel.errors import Invalid, NotAllowed, PurposeRequired
from tequio.registries.rnd import services, staging
from tequio.registries.rnd.domain import Filters, Standing, folded, listed_name
from tequio.registries.rnd.models import Detention
from tests.story import lines_of
from tests.world import INQUIRY, JUAN, SUPPLY, Cast, detention, supply

pytestmark = pytest.mark.usefixtures("today")

ANA: Mapping[str, str] = JUAN | {
    "clave_registro": "NAY-0002",
    "nombre": "Ana María",
    "primer_apellido": "Íñiguez",
    "segundo_apellido": "",
    "sexo": "M",
    "fecha_nacimiento": "1990-01-05",
    "fecha_detencion": "2026-10-25",
    "municipio_detencion": "18020",
    "tipo_registro": "falta_administrativa",
    "numero_rnd": "18/01/017/25102026/0007",
}
WHOLE: Mapping[str, str] = JUAN | {
    "clave_registro": "OTRA-9",
    "nombre": "",
    "primer_apellido": "",
    "segundo_apellido": "",
    "nombre_completo": "Bruno Díaz Ñandú",
    "fecha_detencion": "2026-09-01",
}


@pytest.fixture
def three(cast: Cast, tmp_path: Path) -> Cast:
    """Nayarit has three records."""
    supply(cast.nayarit_capturist, tmp_path, [JUAN, ANA, WHOLE])
    return cast


def keys(actor: Actor, filters: Filters = Filters(), order: str = "-detained_on", **page: int) -> list[str]:  # noqa: B008
    found = services.list_detentions(
        actor=actor, purpose=INQUIRY, filters=filters, order=order, offset=page.get("offset", 0), limit=page.get("limit", 26)
    )
    return [one.supplier_key for one in found]


def test_the_newest_come_first(three: Cast) -> None:
    assert keys(three.nayarit_analyst) == ["NAY-0002", "NAY-0001", "OTRA-9"]


def test_names_sort_without_accents_and_with_surnames_first(three: Cast) -> None:
    assert keys(three.nayarit_analyst, order="listed_name") == ["OTRA-9", "NAY-0002", "NAY-0001"]
    assert detention(three.nayarit_analyst, "NAY-0002").listed_name == "INIGUEZ ANA MARIA"
    assert detention(three.nayarit_analyst, "OTRA-9").listed_name == "BRUNO DIAZ NANDU"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(name="íñi"), ["NAY-0002"]),
        (Filters(name="MUNOZ zep"), ["NAY-0001"]),
        (Filters(name="Zepeda"), []),
        (Filters(number="NAY-"), ["NAY-0002", "NAY-0001"]),
        (Filters(number="18/01"), ["NAY-0002"]),
        (Filters(record_type="falta_administrativa"), ["NAY-0002"]),
        (Filters(municipality_code="18017"), ["NAY-0001", "OTRA-9"]),
        (Filters(since=date(2026, 10, 1), until=date(2026, 10, 20)), ["NAY-0001"]),
        (Filters(custody_state="LIBERADA"), []),
        (Filters(name="%"), []),
    ],
)
def test_each_filter_finds_what_it_says(three: Cast, filters: Filters, expected: list[str]) -> None:
    assert keys(three.nayarit_analyst, filters) == expected


def test_a_cancelled_record_is_listed_only_when_asked_for(three: Cast) -> None:
    found = detention(three.nayarit_analyst, "NAY-0001")
    services.cancel_detention(actor=three.nayarit_supervisor, purpose=SUPPLY, detention_id=found.id, reason="duplicado")
    assert "NAY-0001" not in keys(three.nayarit_analyst)
    assert keys(three.nayarit_analyst, Filters(standing=Standing.CANCELLED)) == ["NAY-0001"]
    assert detention(three.nayarit_analyst, "NAY-0001").listed_name == ""


def test_pages_follow_each_other_without_gap_or_repeat(three: Cast) -> None:
    pages = [keys(three.nayarit_analyst, offset=at, limit=1) for at in range(3)]
    assert [key for page in pages for key in page] == keys(three.nayarit_analyst)


def test_nobody_else_s_records_are_listed(three: Cast) -> None:
    assert keys(three.jalisco_analyst) == []
    assert keys(three.outsider) == []


def test_a_list_is_one_line_of_the_log_with_the_records_shown(three: Cast, today: datetime) -> None:
    keys(three.nayarit_analyst, Filters(name="MUÑOZ"))
    line = Line.objects.filter(username="nayarit_analyst").latest("id")
    assert (line.action, line.purpose, line.folio) == ("detention.read", INQUIRY.code, INQUIRY.folio)
    assert line.subjects == [str(detention(three.nayarit_analyst, "NAY-0001").id)]
    assert line.facts == {"filters": ["name"], "rows": 1}


def test_a_list_needs_a_purpose_and_a_role(three: Cast) -> None:
    with pytest.raises(PurposeRequired):
        services.list_detentions(actor=three.nayarit_analyst, purpose=None, filters=Filters(), order="id", offset=0, limit=2)
    with pytest.raises(NotAllowed):
        keys(three.administrator)
    assert lines_of(three.administrator)[-1] == ("detention.read", "negado")


def test_text_that_no_database_holds_is_refused(three: Cast) -> None:
    with pytest.raises(Invalid):
        keys(three.nayarit_analyst, Filters(name="a\x00b"))


def test_a_file_is_taken_out_by_few_and_its_line_names_every_record(three: Cast) -> None:
    with pytest.raises(NotAllowed):
        services.export_detentions(actor=three.nayarit_capturist, purpose=SUPPLY, filters=Filters(), order="id", limit=10)
    found = services.export_detentions(actor=three.nayarit_analyst, purpose=INQUIRY, filters=Filters(), order="id", limit=10)
    line = Line.objects.filter(action="detention.exported", outcome="hecho").latest("id")
    assert sorted(line.subjects) == sorted(str(one.id) for one in found)
    assert line.facts["rows"] == 3


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=12)


@pytest.mark.django_db
@given(given_names=NAMES, paternal=NAMES, maternal=NAMES, full=NAMES)
def test_the_database_lists_names_as_the_program_does(given_names: str, paternal: str, maternal: str, full: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {staging._COLUMNS['listed_name']} FROM (VALUES (%s::text, %s::text, %s::text, %s::text)) "
            "AS s (nombre, primer_apellido, segundo_apellido, nombre_completo)",
            [given_names, paternal, maternal, full],
        )
        assert cursor.fetchone()[0] == listed_name(given_names, paternal, maternal, full)


@given(NAMES)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_reading_the_model_without_a_scope_fails() -> None:
    with pytest.raises(Exception, match="sin ámbito"):
        Detention.objects.count()
