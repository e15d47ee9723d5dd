"""Values meant to break something are kept as they came, warned of, and break nothing."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tequio.access.scoping import own, reach
from tequio.registries.rnd.contract import CONTRACT
from tequio.registries.rnd.models import Detention
from tequio.supply.checks.codes import CODES
from tequio.supply.models import RowFinding
from tests.world import JUAN, Cast, detention, stored, supply, supply_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NAMES = [field.name for field in CONTRACT.fields]
NASTY = (
    "'; DROP TABLE rnd_detention; --", "\\", "\\.", "\\N", '"', '""', "'", ",", "a\tb", "a\nb", "a\r\nb", "\u2028a",
    "NULL", "null", "{}", '{"a": 1}', "%s %(x)s {0}", "${x}", "<script>alert(1)</script>", "\u202eabc", "\u200b",
    "\u00adx", "😀", "ß" * 40, "e\u0301" * 20, "ŉ" * 40, "ﬃ" * 40, "ΐ" * 40, "İ" * 40, "x" * 31_000, "1" * 40, "-1",
    "1e309", "NaN", "inf", "0x10", "１２", "٣", "²", "½", "0001-01-01", "9999-12-31", "99999-01-01", "0000-00-00",
    "24:00", "25:61", "31/02/2026", "--", "S/N", "N/A", "=1+1", "+1", "@x", "\x7f", "\x01", "\x85", "\xa0", "\ufffe",
    "\U0010ffff", "_x0000_", "\\u0000",
)  # fmt: skip
"""Everything that once broke some system; no NUL nor half characters, which files cannot bring this far."""


def _tried(text: str) -> list[dict[str, str]]:
    """For each field of the contract a row in which only that field has the text."""
    return [JUAN | {"clave_registro": f"K-{place}", name: text} for place, name in enumerate(NAMES) if name != "clave_registro"]


def test_no_value_in_any_field_breaks_a_batch_or_is_changed(cast: Cast, tmp_path: Path) -> None:
    rows = []
    for place, text in enumerate(NASTY):
        for row in _tried(text):
            rows.append(row | {"clave_registro": f"{row['clave_registro']}-{place}"})
    batch = supply_bytes(cast.nayarit_capturist, tmp_path, "lote.jsonl", "\n".join(map(json.dumps, rows)).encode())
    assert batch.state == "procesado"
    assert batch.counts["renglones"] == len(rows)
    with reach(own(cast.nayarit_capturist)):
        kept = dict(Detention.objects.values_list("supplier_key", "supplied"))
    assert len(kept) == batch.counts["aceptados"] + batch.counts["advertidos"] > 0.8 * len(rows)
    for row in rows:
        if row["clave_registro"] in kept:
            assert kept[row["clave_registro"]] == {name: text for name, text in row.items() if text}
    assert {found.code for found in stored(RowFinding)} <= set(CODES)


def test_no_value_as_a_key_breaks_a_batch(cast: Cast, tmp_path: Path) -> None:
    rows = [JUAN | {"clave_registro": text} for text in NASTY]
    batch = supply_bytes(cast.nayarit_capturist, tmp_path, "lote.jsonl", "\n".join(map(json.dumps, rows)).encode())
    assert batch.state == "procesado"
    with reach(own(cast.nayarit_capturist)):
        keys = set(Detention.objects.values_list("supplier_key", flat=True))
    assert keys <= {text.strip() for text in NASTY}
    assert not keys & {"NULL", "null", "S/N", "N/A", "", "--"}


def _quoted(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, [*JUAN, *(name for name in NAMES if name not in JUAN)], restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=60, max_size=60))
def test_a_batch_of_anything_is_processed_and_adds_up(form: str, texts: list[str], cast: Cast, tmp_path: Path) -> None:
    pairs = zip(NAMES, texts, strict=False)
    rows = [JUAN | {"clave_registro": f"K{place}", name: text} for place, (name, text) in enumerate(pairs)]
    data = _quoted(rows) if form == "csv" else "\n".join(map(json.dumps, rows))
    batch = supply_bytes(cast.nayarit_capturist, tmp_path, "lote", data.encode(), drain=False)
    assert batch.state == "procesado"
    assert batch.counts["renglones"] == len(rows)


def test_the_ends_of_the_calendar_are_stored_and_read_back(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN | {"fecha_detencion": "0001-01-01", "hora_detencion": "00:00"}])
    found = detention(cast.nayarit_capturist, "NAY-0001")
    assert found.detained_on == date(1, 1, 1)
    assert found.detained_at is not None


def test_a_number_is_stored_only_if_it_fits(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN | {"latitud": "21.1234567890", "longitud": "-104,5"}])
    found = detention(cast.nayarit_capturist, "NAY-0001")
    assert (found.latitude, found.longitude) == (Decimal("21.123457"), Decimal("-104.500000"))


def test_a_formula_in_a_text_is_stored_as_text_and_in_a_name_waits(cast: Cast, tmp_path: Path) -> None:
    rows = [JUAN | {"motivo": "=1+1"}, JUAN | {"clave_registro": "K-2", "nombre": "+Ana"}]
    batch = supply(cast.nayarit_capturist, tmp_path, rows)
    assert (batch.counts["advertidos"], batch.counts["en_cuarentena"]) == (1, 1)
    assert detention(cast.nayarit_capturist, "NAY-0001").supplied["motivo"] == "=1+1"


def test_a_birth_date_that_is_not_whole_keeps_what_is_known_of_it(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN | {"fecha_nacimiento": "1978-00-00"}])
    found = detention(cast.nayarit_capturist, "NAY-0001")
    assert (found.birth_date, found.birth_date_text) == (None, "1978-00-00")


def test_what_is_not_known_is_told_from_what_does_not_apply(cast: Cast, tmp_path: Path) -> None:
    row = JUAN | {"segundo_apellido": "No aplica", "telefono": "S/D", "sexo": "Sin información", "discapacidad": "N/A"}
    supply(cast.nayarit_capturist, tmp_path, [row])
    found = detention(cast.nayarit_capturist, "NAY-0001")
    assert found.absences == {"segundo_apellido": "no_aplica", "telefono": "sin_informacion", "sexo": "sin_informacion"}
    assert (found.maternal_surname, found.phone, found.sex, found.disability) == ("", "", "", "no_aplica")
