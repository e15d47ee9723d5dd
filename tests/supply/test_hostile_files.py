"""A file that cannot be taken in is refused whole, in Spanish, with a code; nothing of it is left behind."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.db import DataError

from tequio.audit.models import Line
from tequio.registries.rnd.models import Detention
from tequio.search.models import Entry
from tequio.supply import pipeline, receipts
from tequio.supply.models import Batch, HeldRow, RowFinding
from tequio.supply.readers import FileRefused
from tequio.supply.services import resume_pending, stored_file
from tests.world import JUAN, Cast, csv_text, stored, supply, supply_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def _book(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _bomb() -> bytes:
    out, book = io.BytesIO(), io.BytesIO(_book([list(JUAN), list(JUAN.values())]))
    with zipfile.ZipFile(book) as real, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in real.namelist():
            content = real.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"</worksheet>", b" " * 40_000_000 + b"</worksheet>")
            bomb.writestr(name, content)
    return out.getvalue()


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(2_000)
HEADER, ROW = csv_text([JUAN]).encode().splitlines()
FILES: dict[str, tuple[bytes, str]] = {
    "no bytes": (b"", "ARCHIVO_VACIO"),
    "only blanks": (b"\r\n  \r\n\t\n", "ARCHIVO_VACIO"),
    "only its mark": (b"\xef\xbb\xbf", "ARCHIVO_VACIO"),
    "only headers": (HEADER + b"\n", "SIN_RENGLONES"),
    "headers and blank rows": (HEADER + b"\n,,,,\n\n", "SIN_RENGLONES"),
    "objects that say nothing": (b'{"nombre": ""}\n{"nombre": null}\n', "SIN_RENGLONES"),
    "empty objects": (b"{}\n{}\n", "SIN_RENGLONES"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "ARCHIVO_NO_TABULAR"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "ARCHIVO_NO_TABULAR"),
    "noise": (bytes(range(1, 32)) * 100, "ARCHIVO_NO_TABULAR"),
    "web page": (b"<html><body><table></table></body></html>", "ARCHIVO_NO_TABULAR"),
    "JSON list": (json.dumps([JUAN]).encode(), "ARCHIVO_NO_TABULAR"),
    "zip that is no book": (b"PK\x03\x04" + bytes(100), "XLSX_DANADO"),
    "cut book": (_book([list(JUAN), list(JUAN.values())])[:-400], "XLSX_DANADO"),
    "zip bomb": (_bomb(), "XLSX_EXPANDIDO"),
    "book with password": (OLE, "XLSX_CIFRADO"),
    "book with only headers": (_book([list(JUAN)]), "SIN_RENGLONES"),
    "book with nothing": (_book([]), "ARCHIVO_VACIO"),
    "NUL bytes": (HEADER + b"\n" + ROW + b"\x00\x00\n", "ARCHIVO_CON_NULOS"),
    "UTF-16 without its mark": (csv_text([JUAN]).encode("utf-16-le"), "ARCHIVO_CON_NULOS"),
    "UTF-16 cut in a letter": (csv_text([JUAN]).encode("utf-16")[:-1], "CODIFICACION_DANADA"),
    "10,000 columns": (b",".join(b"c%d" % n for n in range(10_000)) + b"\n" + b"x," * 9_999, "DEMASIADAS_COLUMNAS"),
    "10,000 keys": (json.dumps({f"c{n}": "x" for n in range(10_000)}).encode(), "DEMASIADAS_COLUMNAS"),
    "an endless line": (HEADER + b"\n" + b"x" * 5_000_000, "LINEA_DEMASIADO_LARGA"),
    "columns of something else": (b"producto,precio\nlapiz,3\n", "FALTAN_COLUMNAS"),
    "two columns for one field": (HEADER.replace(b"motivo", b"genero") + b"\n" + ROW, "ENCABEZADO_DUPLICADO"),
    "an unclosed quote": (HEADER + b"\n" + ROW.replace(b"Filiberto", b'"Filiberto') + b"\n", "COMILLA_SIN_CERRAR"),
}


@pytest.mark.parametrize("case", FILES)
def test_what_is_no_table_of_detentions_is_refused_and_nothing_is_left(case: str, cast: Cast, tmp_path: Path) -> None:
    data, code = FILES[case]
    with pytest.raises(FileRefused) as refusal:
        supply_bytes(cast.nayarit_capturist, tmp_path, "lote", data)
    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")
    assert refusal.value.hint
    assert not stored(Batch)
    assert not stored(Detention)


def _open_quote_half_way(rows: int) -> str:
    text = csv_text([JUAN | {"clave_registro": f"K-{number}"} for number in range(rows)]).splitlines()
    text[rows // 2] = text[rows // 2].replace("Filiberto", '"Filiberto')
    return "\n".join(text) + "\n"


def test_a_quote_left_open_half_way_refuses_the_batch_and_stores_nothing(cast: Cast, tmp_path: Path) -> None:
    actor, text = cast.nayarit_capturist, _open_quote_half_way(2_400)
    batch = supply(actor, tmp_path, text)
    assert (batch.state, batch.counts) == ("rechazado", {})
    assert not stored(Detention)
    assert not (stored(RowFinding) or stored(HeldRow) or stored(Entry))
    receipt = batch.receipt_processed
    assert receipts.holds(receipt)
    assert (receipt["acuse"], receipt["codigo"]) == ("rechazado", "COMILLA_SIN_CERRAR")
    assert "línea 1201" in receipt["motivo"]
    assert resume_pending() == []
    again = supply(actor, tmp_path, text)
    assert (again.id, again.receipt_processed) == (batch.id, receipt)
    [line] = Line.objects.filter(action="supply.refused")
    assert line.facts == {"code": "COMILLA_SIN_CERRAR"}


def test_a_file_that_was_refused_does_not_stand_in_the_way_of_the_mended_one(cast: Cast, tmp_path: Path) -> None:
    text = _open_quote_half_way(2_400)
    supply(cast.nayarit_capturist, tmp_path, text)
    mended = supply(cast.nayarit_capturist, tmp_path, text.replace('"', ""))
    assert mended.counts["nuevos"] == 2_400


def test_a_value_that_the_database_refuses_ends_the_batch_and_does_not_block_the_next(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**asked: object) -> None:
        raise DataError("value of somebody's record")

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "run", fail)
        batch = supply(cast.nayarit_capturist, tmp_path, [JUAN])
    assert (batch.state, batch.receipt_processed["codigo"]) == ("rechazado", "DATO_NO_ALMACENABLE")
    assert "somebody" not in json.dumps(batch.receipt_processed)
    assert resume_pending() == []


def test_a_file_that_is_refused_is_not_kept(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(FileRefused):
        supply_bytes(cast.nayarit_capturist, tmp_path, "lote", FILES["columns of something else"][0])
    kept = stored_file("0" * 64).parent.parent
    assert not [path for path in kept.rglob("*") if path.is_file() and path.read_bytes().startswith(b"producto,")]


def test_a_sheet_that_is_not_read_is_said(cast: Cast, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "Octubre"
    for sheet in (first, book.create_sheet("Noviembre")):
        sheet.append(list(JUAN))
        sheet.append(list(JUAN.values()))
    path = tmp_path / "dos.xlsx"
    book.save(path)
    batch = supply_bytes(cast.nayarit_capturist, tmp_path, "otro.xlsx", path.read_bytes())
    assert batch.counts["renglones"] == 1
    [said] = [note["mensaje"] for note in batch.receipt_processed["avisos"] if note["codigo"] == "HOJAS_NO_LEIDAS"]
    assert "«Noviembre»" in said
