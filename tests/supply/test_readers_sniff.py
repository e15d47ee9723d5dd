"""What a file is gets decided by its bytes: encoding, format and damage, and a clear refusal for what is no table."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tequio.supply.readers import FileFacts, FileRefused, Limits, inspect, rows

TEXT = "curp,nombre\nA,Muñoz Ibáñez\n"


def put(folder: Path, content: bytes, name: str = "archivo.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def names(path: Path) -> list[str]:
    return [name for chunk in rows(path, inspect(path)) for name in chunk.cells[1]]


def refused(path: Path, limits: Limits | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        inspect(path, limits=limits or Limits())
    assert caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),
    ],
)
def test_every_encoding_in_use_is_recognised_and_read(tmp_path: Path, written: str, expected: str) -> None:
    path = put(tmp_path, TEXT.encode(written))
    assert inspect(path).encoding == expected
    assert names(path) == ["Muñoz Ibáñez"]


def test_big_endian_utf16_is_read(tmp_path: Path) -> None:
    path = put(tmp_path, codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"))
    assert inspect(path).encoding == "utf-16"
    assert names(path) == ["Muñoz Ibáñez"]


def test_bytes_that_cp1252_lacks_make_it_latin_1(tmp_path: Path) -> None:
    assert inspect(put(tmp_path, b"curp,nombre\nA,Mu\xf1oz \x81\n")).encoding == "latin-1"


def test_one_bad_byte_at_the_end_of_a_large_file_is_seen(tmp_path: Path) -> None:
    path = put(tmp_path, b"curp,nombre\n" + b"A,Ana\n" * 400_000 + b"B,Mu\xf1oz\n")
    assert inspect(path).encoding == "cp1252"


def test_a_letter_cut_by_the_reading_block_is_not_damage(tmp_path: Path) -> None:
    for shift in range(2):
        start = b"curp,nombre\nA," + b"x" * shift
        path = put(tmp_path, start + ("ñ" * (1024 * 1024)).encode() + b"\n")
        assert inspect(path).encoding == "utf-8"


def test_a_utf8_mark_on_a_file_that_is_not_does_not_stain_the_first_header(tmp_path: Path) -> None:
    path = put(tmp_path, codecs.BOM_UTF8 + b'"curp",nombre\nA,Mu\xf1oz\n')
    facts = inspect(path)
    assert facts.encoding == "cp1252"
    (chunk,) = rows(path, facts)
    assert chunk.headers == ("curp", "nombre")


def test_damage_done_before_us_is_estimated(tmp_path: Path) -> None:
    assert inspect(put(tmp_path, TEXT.encode())).damaged == 0
    damaged = "curp,nombre\nA,MuÃ±oz\nB,MUÏ¿½OZ\nC,MU?OZ\nD,Mu\ufffdoz\nE,¿Quién?\n"
    assert inspect(put(tmp_path, damaged.encode())).damaged == 4


def test_two_encodings_in_one_file_show_as_damage(tmp_path: Path) -> None:
    facts = inspect(put(tmp_path, "curp,nombre\nA,Muñoz\n".encode() + "B,Muñoz\n".encode("cp1252")))
    assert (facts.encoding, facts.damaged) == ("cp1252", 1)


def test_the_hash_and_size_are_the_files(tmp_path: Path) -> None:
    path = put(tmp_path, TEXT.encode())
    facts = inspect(path)
    assert (facts.sha256, facts.bytes) == (hashlib.sha256(TEXT.encode()).hexdigest(), len(TEXT.encode()))


def test_facts_survive_being_stored(tmp_path: Path) -> None:
    facts = inspect(put(tmp_path, TEXT.encode()))
    assert FileFacts.from_dict(facts.as_dict()) == facts


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF8 + b"\r\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refused(put(tmp_path, content)).code == "ARCHIVO_VACIO"


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 50,
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        gzip.compress(b"curp,nombre\n", mtime=0),
        b"SQLite format 3\x00" + b"\x00" * 100,
        b"{\\rtf1\\ansi hola}",
        bytes(range(1, 32)) * 40,
        b"<html><table><tr><td>curp</td></tr></table></html>",
        b"<?xml version='1.0'?><Workbook/>",
        b'[\n {"curp": "A"}\n]\n',
    ],
)
def test_what_is_no_table_is_refused_by_its_bytes_whatever_its_name(tmp_path: Path, content: bytes) -> None:
    assert refused(put(tmp_path, content, "datos.csv")).code == "ARCHIVO_NO_TABULAR"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "datos.xlsx"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("datos.csv", TEXT)
    assert refused(path).code == "ARCHIVO_NO_TABULAR"


@pytest.mark.parametrize("member", ["word/document.xml", "content.xml", "xl/workbook.bin"])
def test_other_office_files_are_named_in_the_refusal(tmp_path: Path, member: str) -> None:
    path = tmp_path / "datos.xlsx"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("[Content_Types].xml", "<Types/>")
        target.writestr(member, "<x/>")
    assert refused(path).code == "ARCHIVO_NO_TABULAR"


def test_a_workbook_with_password_is_told_from_an_old_one(tmp_path: Path) -> None:
    inside = b"\x00" * 2_000 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 200
    assert refused(put(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + inside)).code == "XLSX_CIFRADO"


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_nul_characters_are_refused_with_their_line(tmp_path: Path, ending: bytes) -> None:
    error = refused(put(tmp_path, ending.join([b"curp,nombre", b"A,Ana", b"B,Be\x00to", b""])))
    assert (error.code, error.facts["line"]) == ("ARCHIVO_CON_NULOS", 3)


def test_the_line_of_a_nul_is_right_beyond_the_first_block(tmp_path: Path) -> None:
    row = b"A" * 62 + b"\r\n"  # 64 bytes: breaks fall on the block's edge
    before = 40_000
    error = refused(put(tmp_path, b"B" + row[1:] * before + b"C\x00\r\n"))
    assert error.facts["line"] == before + 1


def test_utf16_without_its_mark_is_refused_with_that_hint(tmp_path: Path) -> None:
    error = refused(put(tmp_path, TEXT.encode("utf-16-le")))
    assert error.code == "ARCHIVO_CON_NULOS"
    assert "UTF-16" in error.hint


@pytest.mark.parametrize("broken", [b"\xff\xfea", b"\xff\xfea\x00\x00\xd8a\x00"])
def test_utf16_that_is_not_is_refused(tmp_path: Path, broken: bytes) -> None:
    assert refused(put(tmp_path, broken)).code == "CODIFICACION_DANADA"


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    assert refused(put(tmp_path, TEXT.encode()), Limits(file_bytes=10)).code == "ARCHIVO_DEMASIADO_GRANDE"


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    error = refused(put(tmp_path, b"curp,nombre\n" + b"x" * (6 * 1024 * 1024)))
    assert (error.code, error.facts["line"]) == ("LINEA_DEMASIADO_LARGA", 2)


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40))
def test_any_utf8_text_is_taken_for_utf8(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = put(tmp_path_factory.mktemp("sniff"), f"curp,nombre\nñ,{text}".encode())
    try:
        assert inspect(path).encoding == "utf-8"
    except FileRefused as error:
        assert error.code == "ARCHIVO_NO_TABULAR"
