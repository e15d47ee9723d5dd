"""A batch is taken in whatever form it comes, once, whole, and in the name of whoever may send it."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from tequio.access.scoping import own, reach
from tequio.audit.models import Line
from tequio.kernel.errors import NotAllowed, NotFound
from tequio.registries.rnd.models import Detention
from tequio.supply.models import Batch, HeldRow, MappingProfile, RowFinding
from tequio.supply.readers import FileRefused
from tequio.supply.services import (
    BadBatchKey,
    BatchConflict,
    NotYourAgency,
    read_mapping_profile,
    save_mapping_profile,
    supply_file,
)
from tests.world import JUAN, SUPPLY, Cast, csv_text, detention, found_in, stored, supply, supply_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

ANA = JUAN | {"clave_registro": "NAY-0002", "nombre": "María José", "primer_apellido": "Núñez", "segundo_apellido": "Güereña",
    "sexo": "M", "fecha_nacimiento": "1990-01-15", "motivo": 'riña; con "comillas",\nrenglón y\ttabulador'}  # fmt: skip
ROWS = [JUAN, ANA]


def _xlsx(rows: Sequence[dict[str, str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _jsonl(rows: Sequence[dict[str, str]]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def _separated(delimiter: str) -> Callable[[Sequence[dict[str, str]]], bytes]:
    def write(rows: Sequence[dict[str, str]]) -> bytes:
        lines = [delimiter.join(rows[0])]
        lines += [delimiter.join('"' + text.replace('"', '""') + '"' for text in row.values()) for row in rows]
        return "\r\n".join(lines).encode()

    return write


FORMS: dict[str, tuple[str, Callable[[Sequence[dict[str, str]]], bytes]]] = {
    "UTF-8": ("utf-8", lambda rows: csv_text(rows).encode()),
    "UTF-8 with its mark": ("utf-8-sig", lambda rows: csv_text(rows).encode("utf-8-sig")),
    "UTF-16": ("utf-16", lambda rows: csv_text(rows).encode("utf-16")),
    "cp1252": ("cp1252", lambda rows: csv_text(rows).replace("comillas", "comillas “”").encode("cp1252")),
    "latin-1": ("latin-1", lambda rows: csv_text(rows).replace("comillas", "comillas \x81").encode("latin-1")),
    "semicolons": ("utf-8", _separated(";")),
    "tabs": ("utf-8", _separated("\t")),
    "XLSX": ("utf-8", _xlsx),
    "JSONL": ("utf-8", _jsonl),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_rows_are_stored_whatever_form_they_come_in(form: str, cast: Cast, tmp_path: Path) -> None:
    encoding, write = FORMS[form]
    batch = supply_bytes(cast.nayarit_capturist, tmp_path, "detenciones", write(ROWS))
    assert batch.counts["nuevos"] == 2
    assert batch.counts["rechazados"] == batch.counts["en_cuarentena"] == 0
    assert batch.receipt_processed["codificacion"] == encoding
    juan, ana = detention(cast.nayarit_capturist, "NAY-0001"), detention(cast.nayarit_capturist, "NAY-0002")
    assert juan.paternal_surname == juan.supplied["primer_apellido"] == "Muñoz"
    assert (ana.paternal_surname, ana.maternal_surname) == ("Núñez", "Güereña")
    assert "renglón y" in ana.supplied["motivo"]


def test_headers_are_known_by_synonyms_in_any_order_and_with_lost_letters(cast: Cast, tmp_path: Path) -> None:
    text = (
        "AP. MATERNO,Apellido Paterno,NOMBRE(S),G?NERO,FECHA DE LA DETENCIÃ“N,Falta o delito,No. de registro,Fec. nacimiento\n"
        "Zepeda,Muñoz,Filiberto,H,2026-10-20,hecho_probablemente_delictivo,F-1,07/03/1984\n"
    )
    batch = supply(cast.nayarit_capturist, tmp_path, text)
    assert batch.counts["nuevos"] == 1
    found = detention(cast.nayarit_capturist, "F-1")
    assert (found.given_names, found.paternal_surname, found.sex) == ("Filiberto", "Muñoz", "H")
    assert str(found.birth_date) == "1984-03-07"
    assert "ENCABEZADO_DANADO" in {note["codigo"] for note in batch.receipt_processed["avisos"]}


def test_another_order_of_columns_is_not_another_version(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, ROWS)
    again = supply(cast.nayarit_capturist, tmp_path, csv_text(ROWS, list(reversed(JUAN))))
    assert again.counts["sin_cambio"] == 2


def _odd(rows: str) -> str:
    return "Reporte,de,detenciones,de la,semana,43\nc1,c2,c3,c4,c5,c6\n" + rows


PROFILE = {"c1": "clave_registro", "c2": "tipo_registro", "c3": "fecha_detencion", "c4": "nombre", "c5": "sexo", "c6": ""}


def test_a_profile_names_columns_that_nobody_else_would_know(cast: Cast, tmp_path: Path) -> None:
    actor = cast.nayarit_capturist
    save_mapping_profile(actor=actor, purpose=SUPPLY, registry="rnd", mapping=PROFILE)
    assert read_mapping_profile(actor=actor, registry="rnd") == PROFILE
    text = _odd("K-1,falta_administrativa,2026-10-20,Filiberto Muñoz,H,dato que no se toma\n")
    batch = supply(actor, tmp_path, text)
    assert batch.counts["nuevos"] == batch.counts["renglones"] == 1
    found = detention(actor, "K-1")
    assert found.given_names == "Filiberto Muñoz"
    assert "dato que no se toma" not in json.dumps(found.supplied)
    assert "RENGLONES_SOBRE_ENCABEZADOS" in {note["codigo"] for note in batch.receipt_received["avisos"]}


def test_the_latest_profile_is_in_force_and_only_for_its_agency(cast: Cast, tmp_path: Path) -> None:
    save_mapping_profile(actor=cast.nayarit_capturist, purpose=SUPPLY, registry="rnd", mapping={"c1": "nombre"})
    save_mapping_profile(actor=cast.nayarit_capturist, purpose=SUPPLY, registry="rnd", mapping={"c2": "nombre"})
    assert read_mapping_profile(actor=cast.nayarit_capturist, registry="rnd") == {"c2": "nombre"}
    assert read_mapping_profile(actor=cast.jalisco_liaison, registry="rnd") is None


def test_a_profile_with_a_field_that_does_not_exist_is_refused_and_not_kept(cast: Cast) -> None:
    with pytest.raises(FileRefused) as refusal:
        save_mapping_profile(actor=cast.nayarit_capturist, purpose=SUPPLY, registry="rnd", mapping={"c1": "no_existe"})
    assert refusal.value.code == "PERFIL_DE_ENCABEZADOS_INVALIDO"
    assert refusal.value.hint
    assert not stored(MappingProfile)


def test_what_concerns_the_whole_file_is_said_once_and_not_for_each_row(cast: Cast, tmp_path: Path) -> None:
    names = ["clave_registro", "tipo_registro", "fecha_detencion", "nombre", "sexo", "Turno"]
    batch = supply(cast.nayarit_capturist, tmp_path, csv_text([row | {"Turno": "2"} for row in ROWS], names))
    assert not found_in(batch)
    notes = {note["codigo"]: note["mensaje"] for note in batch.receipt_processed["avisos"]}
    assert set(notes) == {"FALTAN_COLUMNAS_RECOMENDADAS", "ENCABEZADO_DESCONOCIDO"}
    assert "Municipio de la detención" in notes["FALTAN_COLUMNAS_RECOMENDADAS"]
    assert "«Turno»" in notes["ENCABEZADO_DESCONOCIDO"]


def test_columns_that_nobody_asked_for_are_kept_apart_even_if_their_names_repeat(cast: Cast, tmp_path: Path) -> None:
    header, row = csv_text([JUAN]).splitlines()
    supply(cast.nayarit_capturist, tmp_path, f"{header},Turno,Turno,,Fin\n{row},uno,dos,tres,cuatro\n")
    kept = detention(cast.nayarit_capturist, "NAY-0001").supplied
    assert {name: text for name, text in kept.items() if name.startswith("+")} == {
        "+Turno": "uno", "+Turno#17": "dos", "+#18": "tres", "+Fin": "cuatro",
    }  # fmt: skip


def test_the_same_file_under_the_same_key_is_the_same_batch(cast: Cast, tmp_path: Path) -> None:
    first = supply(cast.nayarit_capturist, tmp_path, ROWS, batch="octubre")
    lines = Line.objects.count()
    again = supply(cast.nayarit_capturist, tmp_path, ROWS, batch="octubre")
    assert again.id == first.id
    assert (again.receipt_received, again.receipt_processed) == (first.receipt_received, first.receipt_processed)
    assert Line.objects.count() == lines


def test_the_same_content_under_another_key_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, ROWS, batch="octubre")
    again = supply(cast.nayarit_capturist, tmp_path, ROWS, batch="octubre-bis")
    assert again.counts["sin_cambio"] == again.counts["renglones"] == 2
    assert detention(cast.nayarit_capturist, "NAY-0001").version == 1


def test_a_key_used_again_with_other_content_is_a_conflict_and_nothing_changes(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN], batch="octubre")
    with pytest.raises(BatchConflict) as conflict:
        supply(cast.nayarit_capturist, tmp_path, ROWS, batch="octubre")
    assert "octubre" in conflict.value.message
    assert "01/11/2026" in conflict.value.message
    assert conflict.value.hint
    assert len(stored(Batch)) == len(stored(Detention)) == 1


@pytest.mark.parametrize("key", ["x" * 81, "lote\x00uno", " lote ", "lote\ndos"])
def test_a_batch_key_that_cannot_be_kept_is_refused(key: str, cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(BadBatchKey):
        supply(cast.nayarit_capturist, tmp_path, ROWS, batch=key)
    assert not stored(Batch)


def test_a_file_whose_name_is_no_text_is_taken_in(cast: Cast, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    with open(folder + b"/lote-\xff.csv", "wb") as out:
        out.write(csv_text(ROWS).encode())
    batch = supply_file(
        actor=cast.nayarit_capturist, purpose=SUPPLY, registry="rnd", path=Path(os.fsdecode(folder + b"/lote-\xff.csv")),
        agency_code="NT-SSPC",
    )  # fmt: skip
    assert batch.counts["nuevos"] == 2


def _refused(cast: Cast, username: str) -> dict[str, object]:
    line = Line.objects.filter(username=username).latest("number")
    return {"action": line.action, "outcome": line.outcome, "code": line.facts["code"]}


def _supply_path(tmp_path: Path) -> Path:
    path = tmp_path / "lote.csv"
    path.write_text(csv_text(ROWS), encoding="utf-8")
    return path


def test_a_registry_that_does_not_exist_is_refused_on_the_log(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(NotFound) as refusal:
        supply_file(
            actor=cast.nayarit_capturist, purpose=SUPPLY, registry="rnx", path=_supply_path(tmp_path), agency_code="NT-SSPC"
        )
    assert "rnd" in refusal.value.hint
    said = _refused(cast, "nayarit_capturist")
    assert said == {"action": "supply.refused", "outcome": "negado", "code": "NO_ENCONTRADO"}


def test_nobody_supplies_in_the_name_of_another_agency(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(NotYourAgency):
        supply_file(
            actor=cast.nayarit_capturist, purpose=SUPPLY, registry="rnd", path=_supply_path(tmp_path), agency_code="JC-SSP"
        )
    said = _refused(cast, "nayarit_capturist")
    assert said == {"action": "supply.refused", "outcome": "negado", "code": "OTRA_DEPENDENCIA"}
    assert not stored(Batch)


@pytest.mark.parametrize("who", ["nayarit_analyst", "jalisco_auditor", "outsider"])
def test_whoever_may_not_supply_is_refused_on_the_log(who: str, cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        supply(getattr(cast, who), tmp_path, ROWS)
    assert _refused(cast, who) == {"action": "supply.refused", "outcome": "negado", "code": "NO_PERMITIDO"}
    assert not stored(Batch)


def test_another_agency_sees_nothing_of_a_batch(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, ROWS)
    for outsider in (cast.jalisco_liaison, cast.outsider):
        with reach(own(outsider)):
            assert not Batch.objects.exists()
            assert not Detention.objects.exists()


def test_a_batch_leaves_its_two_lines_and_no_personal_data_on_the_log(cast: Cast, tmp_path: Path) -> None:
    batch = supply(cast.nayarit_capturist, tmp_path, [JUAN | {"segundo_apellido": "=Zepeda"}], batch="octubre")
    lines = list(Line.objects.filter(key="octubre").order_by("number"))
    assert [line.action for line in lines] == ["supply.received", "supply.processed"]
    assert all(str(batch.id) in line.subjects for line in lines)
    told = json.dumps([line.facts for line in lines]) + json.dumps([found.value for found in stored(RowFinding)])
    assert "Muñoz" not in told
    assert "Zepeda" not in told
    assert len(stored(HeldRow)) == 1
