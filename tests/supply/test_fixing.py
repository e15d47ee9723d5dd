"""What was not stored goes back as a file; mended and sent again it is stored, sent again as it is it says the same."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from tequio.audit.models import Line
from tequio.kernel.errors import NotAllowed, NotFound
from tequio.supply.models import Batch
from tequio.supply.services import export_fix_file
from tests.world import JUAN, SUPPLY, Cast, csv_text, detention, found_in, supply, supply_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

OWN = ["tequio_linea", "tequio_codigo", "tequio_campo", "tequio_que_hacer"]
BAD: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "K-1": ({"sexo": ""}, {"sexo": "H"}),
    "K-2": ({"nombre": "=cmd|' /C calc'!A0", "motivo": "@SUM(1+1)"}, {"nombre": "Filiberto"}),
    "K-3": ({"fecha_detencion": "31/02/2026", "Turno": "-nocturno"}, {"fecha_detencion": "28/02/2026"}),
    "K-4": ({"tipo_registro": "otro", "motivo": 'uno\n"dos"\ttres \\. \\N'}, {"tipo_registro": "falta_administrativa"}),
}
"""Key -> (what is wrong, what mends it)."""
ROWS = [JUAN | {"clave_registro": "K-0", "Turno": ""}] + [
    JUAN | {"clave_registro": key, "Turno": "'=raro"} | wrong for key, (wrong, _) in BAD.items()
]


def _export(cast: Cast, batch: Batch, path: Path) -> list[dict[str, str]]:
    export_fix_file(actor=cast.nayarit_capturist, purpose=SUPPLY, batch_id=batch.id, path=path)
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def _codes(batch: Batch) -> list[set[tuple[str, str]]]:
    return [found for _, found in sorted(found_in(batch).items())]


def _mend(rows: list[dict[str, str]], values: Mapping[str, dict[str, str]]) -> str:
    return csv_text([row | values[row["clave_registro"]] for row in rows])


def test_rows_mended_in_the_file_that_came_back_are_stored(cast: Cast, tmp_path: Path) -> None:
    actor = cast.nayarit_capturist
    first = supply(actor, tmp_path, ROWS, batch="uno")
    assert (first.counts["nuevos"], first.counts["rechazados"], first.counts["en_cuarentena"]) == (1, 3, 1)
    rows = _export(cast, first, tmp_path / "corregir.csv")
    second = supply(actor, tmp_path, _mend(rows, {key: mended for key, (_, mended) in BAD.items()}), batch="dos")
    assert second.counts["nuevos"] == second.counts["renglones"] == len(BAD)
    for key, (wrong, mended) in BAD.items():
        expected = JUAN | {"clave_registro": key, "+Turno": "'=raro"}
        expected |= {"+Turno" if name == "Turno" else name: text for name, text in (wrong | mended).items()}
        assert detention(actor, key).supplied == {name: text for name, text in expected.items() if text}


def test_rows_sent_again_as_they_came_back_say_the_same(cast: Cast, tmp_path: Path) -> None:
    first = supply(cast.nayarit_capturist, tmp_path, ROWS, batch="uno")
    path = tmp_path / "corregir.csv"
    rows = _export(cast, first, path)
    second = supply_bytes(cast.nayarit_capturist, tmp_path, "otra.csv", path.read_bytes(), batch="dos")
    assert second.counts["nuevos"] == 0
    assert second.counts["renglones"] == len(BAD)
    assert _codes(second) == _codes(first)
    again = _export(cast, second, tmp_path / "corregir-dos.csv")
    assert [row | {"tequio_linea": ""} for row in again] == [row | {"tequio_linea": ""} for row in rows]


def test_the_file_says_of_each_row_its_line_what_is_wrong_and_what_to_do(cast: Cast, tmp_path: Path) -> None:
    batch = supply(cast.nayarit_capturist, tmp_path, ROWS)
    rows = _export(cast, batch, tmp_path / "corregir.csv")
    assert list(rows[0]) == [*ROWS[0], *OWN]
    assert [row["tequio_codigo"] for row in rows] == [
        "FALTA_DATO_OBLIGATORIO", "NOMBRE_CON_FORMULA", "FECHA_IMPOSIBLE", "VALOR_FUERA_DE_CATALOGO",
    ]  # fmt: skip
    assert [row["tequio_campo"] for row in rows] == ["sexo", "nombre", "fecha_detencion", "tipo_registro"]
    assert [row["tequio_linea"] for row in rows] == ["3", "4", "5", "6"]
    assert all("Corrija" in row["tequio_que_hacer"] or "." in row["tequio_que_hacer"] for row in rows)


def test_no_cell_of_the_file_is_a_formula(cast: Cast, tmp_path: Path) -> None:
    batch = supply(cast.nayarit_capturist, tmp_path, ROWS)
    rows = _export(cast, batch, tmp_path / "corregir.csv")
    assert all(cell[:1] not in "=+-@\t\r" for row in rows for cell in row.values() if cell)
    assert rows[1]["nombre"] == "'=cmd|' /C calc'!A0"


def test_rows_without_their_columns_come_back_and_are_rejected_again(cast: Cast, tmp_path: Path) -> None:
    header, row = csv_text([JUAN]).splitlines()
    text = "\n".join([header, row + ",de más", row.rsplit(",", 2)[0]]) + "\n"
    first = supply(cast.nayarit_capturist, tmp_path, text, batch="uno")
    path = tmp_path / "corregir.csv"
    _export(cast, first, path)
    second = supply_bytes(cast.nayarit_capturist, tmp_path, "otra.csv", path.read_bytes(), batch="dos")
    assert _codes(second) == _codes(first)
    assert [code for found in _codes(first) for code, _ in found] == ["FILA_CON_COLUMNAS_DE_MAS", "FILA_CON_COLUMNAS_DE_MENOS"]


def test_a_line_that_was_no_object_comes_back_as_it_was(cast: Cast, tmp_path: Path) -> None:
    bad = json.dumps(JUAN)[:-5]
    batch = supply_bytes(cast.nayarit_capturist, tmp_path, "lote.jsonl", f"{json.dumps(JUAN)}\n{bad}\n".encode())
    [row] = _export(cast, batch, tmp_path / "corregir.csv")
    assert row["clave_registro"] == bad
    assert row["tequio_codigo"] == "JSON_INVALIDO"
    again = supply_bytes(cast.nayarit_capturist, tmp_path, "otra.csv", (tmp_path / "corregir.csv").read_bytes())
    assert (again.counts["rechazados"], again.counts["nuevos"]) == (1, 0)


def test_columns_with_repeated_or_blank_names_come_back_in_their_place(cast: Cast, tmp_path: Path) -> None:
    header, row = csv_text([JUAN | {"sexo": ""}]).splitlines()
    batch = supply(cast.nayarit_capturist, tmp_path, f"{header},Turno,Turno,,Fin\n{row},uno,dos,tres,cuatro\n")
    path = tmp_path / "corregir.csv"
    _export(cast, batch, path)
    told = list(csv.reader(path.read_text("utf-8-sig").splitlines()))[1]
    width = len(JUAN)
    assert told[width : width + 4] == ["uno", "dos", "tres", "cuatro"]


def test_a_batch_with_nothing_to_mend_gives_only_headers(cast: Cast, tmp_path: Path) -> None:
    batch = supply(cast.nayarit_capturist, tmp_path, [JUAN])
    path = tmp_path / "corregir.csv"
    assert export_fix_file(actor=cast.nayarit_capturist, purpose=SUPPLY, batch_id=batch.id, path=path) == 0
    assert path.read_text("utf-8-sig").strip() == ",".join([*JUAN, *OWN])


def test_the_file_is_for_its_owner_and_its_export_is_on_the_log(cast: Cast, tmp_path: Path) -> None:
    batch = supply(cast.nayarit_capturist, tmp_path, ROWS)
    path = tmp_path / "corregir.csv"
    _export(cast, batch, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    line = Line.objects.get(action="supply.fix_file")
    assert (line.outcome, line.facts, line.subjects) == ("hecho", {"rows": len(BAD)}, [str(batch.id)])


def test_another_agency_gets_no_file_and_leaves_no_trace_of_one(cast: Cast, tmp_path: Path) -> None:
    batch = supply(cast.nayarit_capturist, tmp_path, ROWS)
    folder = tmp_path / "otra"
    folder.mkdir()
    for outsider, refusal in ((cast.jalisco_liaison, NotFound), (cast.outsider, NotAllowed)):
        with pytest.raises(refusal):
            export_fix_file(actor=outsider, purpose=SUPPLY, batch_id=batch.id, path=folder / "corregir.csv")
    assert not list(folder.iterdir())
    assert Line.objects.filter(action="supply.fix_file", outcome="negado").count() == 2


def test_a_file_that_cannot_be_written_leaves_no_line_and_no_piece(cast: Cast, tmp_path: Path) -> None:
    batch = supply(cast.nayarit_capturist, tmp_path, ROWS)
    with pytest.raises(FileNotFoundError):
        export_fix_file(actor=cast.nayarit_capturist, purpose=SUPPLY, batch_id=batch.id, path=tmp_path / "no" / "hay.csv")
    assert not Line.objects.filter(action="supply.fix_file").exists()
