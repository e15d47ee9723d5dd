"""A workbook gives what its sheet shows, never what a formula claims; a hostile one gets a refusal and no memory."""

from __future__ import annotations

import datetime as dt
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from tequio.supply.readers import Chunk, FileRefused, Limits, RowFault, inspect, rows
from tequio.supply.readers.xlsx_rows import plain_number

CONTENT_TYPES = "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADER_ROW = "<row r='1'><c r='A1' t='inlineStr'><is><t>curp</t></is></c><c r='B1' t='inlineStr'><is><t>edad</t></is></c></row>"


def book(folder: Path, fill: Callable[[Worksheet], object], name: str = "libro.xlsx") -> Path:
    """A workbook of one sheet, by openpyxl."""
    workbook = openpyxl.Workbook()
    fill(workbook.worksheets[0])
    workbook.save(folder / name)
    return folder / name


def parts(sheet: str, more: Mapping[str, str | bytes] | None = None) -> dict[str, str | bytes]:
    """The parts of a minimal workbook whose rows are `sheet`."""
    return {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": f"<Relationships><Relationship Id='r1' Type='{RELATIONS}/officeDocument' Target='xl/workbook.xml'/>"
        "</Relationships>",
        "xl/workbook.xml": f"<workbook xmlns='{MAIN}' xmlns:r='{RELATIONS}'><sheets><sheet name='Uno' sheetId='1' r:id='s1'/>"
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        f"<Relationship Id='s1' Type='{RELATIONS}/worksheet' Target='worksheets/s1.xml'/>"
        f"<Relationship Id='s2' Type='{RELATIONS}/sharedStrings' Target='/xl/sharedStrings.xml'/></Relationships>",
        "xl/worksheets/s1.xml": f"<worksheet xmlns='{MAIN}'><sheetData>{sheet}</sheetData></worksheet>",
        **(more or {}),
    }


def packed(folder: Path, content: Mapping[str, str | bytes], name: str = "libro.xlsx") -> Path:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as target:
        for part, text in content.items():
            target.writestr(part, text)
    return folder / name


def read(path: Path, limits: Limits | None = None, known: frozenset[str] = frozenset()) -> list[Chunk]:
    facts = inspect(path, limits=limits or Limits())
    assert facts.format == "xlsx"
    return list(rows(path, facts, limits=limits or Limits(), known=known))


def numbered(chunks: list[Chunk]) -> list[tuple[int, tuple[str, ...]]]:
    return [row for chunk in chunks for row in chunk.rows()]


def refusal(path: Path, limits: Limits | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(path, limits)
    assert caught.value.hint
    return caught.value


def shown(folder: Path, value: object, number_format: str = "General") -> str:
    """The text of one cell."""

    def fill(sheet: Worksheet) -> None:
        sheet.append(["clave", "valor"])
        sheet.append(["x", value])
        sheet["B2"].number_format = number_format

    return numbered(read(book(folder, fill)))[0][1][1]


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (1, "General", "1"),
        (1.0, "General", "1"),
        (5512345678, "General", "5512345678"),
        (-3, "General", "-3"),
        (0.1 + 0.2, "General", "0.3"),
        (19.4326077, "General", "19.4326077"),
        (1e-7, "General", "0.0000001"),
        (7, "00", "07"),
        (1234, "00000", "01234"),
        (123456, "00000", "123456"),
        ("007", "General", "007"),
        (0.5, "0%", "0.5"),
        (123456789012345, "General", "123456789012345"),
        (True, "General", "si"),
        (False, "General", "no"),
        ("#REF!", "General", "#REF!"),
        ("=SUM(A1:A9)", "General", "=SUM(A1:A9)"),
        (dt.datetime(2022, 8, 3), "yyyy-mm-dd", "2022-08-03"),
        (dt.date(2022, 8, 3), "dd/mm/yyyy", "2022-08-03"),
        (dt.datetime(2022, 8, 3, 14, 30), "dd/mm/yyyy hh:mm", "2022-08-03T14:30:00"),
        (dt.datetime(2022, 8, 3, 23, 59, 59), "dd/mm/yyyy hh:mm", "2022-08-03T23:59:59"),
        (dt.time(14, 30), "hh:mm", "14:30:00"),
        (dt.timedelta(hours=36, minutes=5), "[h]:mm:ss", "36:05:00"),
        (44776, "d-mmm-yy", "2022-08-03"),
        (-5, "yyyy-mm-dd", "-5"),
        (1e9, "yyyy-mm-dd", "1000000000"),
        ("dos\nlíneas", "General", "dos\nlíneas"),
        ("<&>\"'ñ", "General", "<&>\"'ñ"),
    ],
)
def test_a_cell_is_written_as_the_sheet_shows_it(tmp_path: Path, value: object, number_format: str, expected: str) -> None:
    assert shown(tmp_path, value, number_format) == expected


def test_an_integer_that_excel_truncated_does_not_pass_for_a_whole_number() -> None:
    assert plain_number("123456789012345678") == "1.23456789012346E+17"
    assert plain_number("1.2345678901234568E+17") == "1.23456789012346E+17"


@pytest.mark.parametrize("raw", ["", "abc", "1e999999999", "NaN", "Infinity", "--1", "1_000", "٣"])
def test_what_is_no_number_is_left_as_it_came(raw: str) -> None:
    assert plain_number(raw) == raw


def test_days_counted_from_1904_are_right(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    sheet = workbook.worksheets[0]
    sheet.append(["clave", "fecha"])
    sheet.append(["x", dt.datetime(2022, 8, 3)])
    workbook.save(tmp_path / "libro.xlsx")
    assert numbered(read(tmp_path / "libro.xlsx")) == [(2, ("x", "2022-08-03"))]


def test_a_formula_is_its_text_and_its_stored_value_is_not_believed(tmp_path: Path) -> None:
    sheet = HEADER_ROW + (
        "<row r='2'><c r='A2'><f>HYPERLINK(1)</f><v>99</v></c>"
        "<c r='B2'><f t='shared' si='0' ref='B2:B3'>A2+1</f><v>1</v></c></row>"
        "<row r='3'><c r='A3' t='str'><f>A2</f><v>x</v></c><c r='B3'><f t='shared' si='0'/><v>2</v></c></row>"
        "<row r='4'><c r='A4' t='e'><v>#REF!</v></c></row>"
    )
    assert numbered(read(packed(tmp_path, parts(sheet)))) == [
        (2, ("=HYPERLINK(1)", "=A2+1")),
        (3, ("=A2", "=A2+1")),
        (4, ("#REF!", "")),
    ]


def test_rich_text_is_joined_and_phonetic_help_left_out(tmp_path: Path) -> None:
    strings = (
        f"<sst xmlns='{MAIN}'><si><r><t>Mu</t></r><r><t xml:space='preserve'>ñoz </t></r><rPh><t>no</t></rPh></si>"
        "<si><t>uno_x000D_dos_x0000_</t></si></sst>"
    )
    sheet = HEADER_ROW + "<row r='2'><c r='A2' t='s'><v>0</v></c><c r='B2' t='s'><v>1</v></c></row>"
    path = packed(tmp_path, parts(sheet, {"xl/sharedStrings.xml": strings}))
    assert numbered(read(path)) == [(2, ("Muñoz ", "uno\rdos_x0000_"))]


def test_cells_and_rows_without_their_place_follow_one_another(tmp_path: Path) -> None:
    sheet = "<row><c t='str'><v>curp</v></c><c t='str'><v>edad</v></c></row><row><c/><c><v>3</v></c></row>"
    assert numbered(read(packed(tmp_path, parts(sheet)))) == [(2, ("", "3"))]


def test_prefixed_xml_in_utf16_is_read(tmp_path: Path) -> None:
    text = (
        f"<?xml version='1.0' encoding='utf-16'?><x:worksheet xmlns:x='{MAIN}'><x:sheetData><x:row r='1'>"
        "<x:c r='A1' t='inlineStr'><x:is><x:t>año</x:t></x:is></x:c></x:row>"
        "<x:row r='5'><x:c r='A5'><x:v>2022</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    path = packed(tmp_path, parts("", {"xl/worksheets/s1.xml": text.encode("utf-16")}))
    assert numbered(read(path)) == [(5, ("2022",))]


def test_the_first_visible_sheet_with_data_is_read_and_the_others_named(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    hidden, _empty, good, other = workbook.worksheets[0], *(workbook.create_sheet(name) for name in ("Vacía", "Datos", "Notas"))
    for sheet in (hidden, good, other):
        sheet.append(["curp", "edad"])
        sheet.append([sheet.title, 1])
    hidden.sheet_state = "hidden"
    workbook.active = 1
    workbook.save(tmp_path / "libro.xlsx")
    facts = inspect(tmp_path / "libro.xlsx")
    assert (facts.sheet, facts.other_sheets) == ("Datos", ("Notas",))
    (chunk,) = read(tmp_path / "libro.xlsx")
    assert (chunk.sheet, numbered([chunk])) == ("Datos", [(2, ("Datos", "1"))])


def test_a_workbook_with_nothing_visible_is_refused(tmp_path: Path) -> None:
    assert refusal(book(tmp_path, lambda sheet: sheet.append([None, " "]))).code == "ARCHIVO_VACIO"


def test_headers_are_found_under_titles_and_merged_groups(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = "Secretaría de Seguridad"
        sheet.merge_cells("A1:C1")
        sheet["A3"], sheet["B3"] = "Persona", "Hecho"
        sheet.merge_cells("B3:C3")
        for row in (["CURP", "Fecha", "Edad"], ["A", "2022-08-03", 30], [None, None, None], ["B", None, 31]):
            sheet.append(row)

    (chunk,) = read(book(tmp_path, fill), known=frozenset({"curp", "fecha", "edad"}))
    assert (chunk.headers, chunk.header_line, chunk.preamble) == (("CURP", "Fecha", "Edad"), 4, (1, 3))
    assert numbered([chunk]) == [(5, ("A", "2022-08-03", "30")), (7, ("B", "", "31"))]


def test_a_value_beyond_the_table_is_a_problem_of_its_row(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (["curp", "edad"], ["A", 1, None, "ojo"], ["B", 2]):
            sheet.append(row)

    (chunk,) = read(book(tmp_path, fill))
    assert [(problem.line, problem.code) for problem in chunk.problems] == [(2, RowFault.TOO_MANY)]


@pytest.mark.parametrize("kind", ["inlineStr", "s"])
def test_a_cell_too_long_spoils_only_its_row(tmp_path: Path, kind: str) -> None:
    long = "x" * 200_000
    cell = f"<c r='A2' t='inlineStr'><is><t>{long}</t></is></c>" if kind == "inlineStr" else "<c r='A2' t='s'><v>0</v></c>"
    sheet = HEADER_ROW + f"<row r='2'>{cell}</row><row r='3'><c r='A3'><v>1</v></c></row>"
    path = packed(tmp_path, parts(sheet, {"xl/sharedStrings.xml": f"<sst><si><t>{long}</t></si></sst>"}))
    (chunk,) = read(path)
    assert [(problem.line, problem.code) for problem in chunk.problems] == [(2, RowFault.LONG_CELL)]
    assert len(chunk.problems[0].cells[0]) == 32_000
    assert numbered([chunk]) == [(3, ("1", ""))]


def test_macros_are_told_and_only_data_is_read(tmp_path: Path) -> None:
    macros = {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}
    path = packed(tmp_path, parts(HEADER_ROW + "<row><c><v>1</v></c></row>", macros), "libro.xlsm")
    assert inspect(path).macros
    assert numbered(read(path)) == [(2, ("1", ""))]


def test_ten_thousand_columns_are_refused_fast(tmp_path: Path) -> None:
    path = book(tmp_path, lambda sheet: sheet.append([f"c{number}" for number in range(10_000)]))
    started = time.perf_counter()
    assert refusal(path).code == "DEMASIADAS_COLUMNAS"
    assert time.perf_counter() - started < 2


def test_styled_blanks_far_to_the_right_are_nobodys_columns(tmp_path: Path) -> None:
    sheet = HEADER_ROW + "<row r='2'><c r='A2'><v>1</v></c><c r='XFD2' s='1'/></row>"
    assert numbered(read(packed(tmp_path, parts(sheet)))) == [(2, ("1", ""))]


def test_a_zip_bomb_is_refused_by_its_directory(tmp_path: Path) -> None:
    bomb = "<row r='2'><c r='A2'><v>" + " " * (60 * 1024 * 1024) + "</v></c></row>"
    assert refusal(packed(tmp_path, parts(bomb))).code == "XLSX_EXPANDIDO"


def test_more_than_the_limit_once_expanded_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, parts(HEADER_ROW + "<row><c><v>1</v></c></row>" * 1_000))
    assert refusal(path, Limits(expanded_bytes=10_000)).code == "XLSX_EXPANDIDO"


def test_what_comes_out_is_metered_though_the_directory_admits_it(tmp_path: Path) -> None:
    path = packed(tmp_path, parts(HEADER_ROW + "<row><c><v>1</v></c></row>" * 10_000))
    facts = inspect(path)
    with pytest.raises(FileRefused) as caught:
        list(rows(path, facts, limits=Limits(expanded_bytes=100_000)))
    assert caught.value.code == "XLSX_EXPANDIDO"


def test_a_directory_that_lies_about_sizes_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, parts("<row r='2'><c r='A2'><v>" + "1" * 3_000_000 + "</v></c></row>"))
    content = bytearray(path.read_bytes())
    entry = content.rfind(b"xl/worksheets/s1.xml") - 46  # its directory entry; the size is 24 bytes in
    assert content[entry : entry + 4] == b"PK\x01\x02"
    content[entry + 24 : entry + 28] = (200).to_bytes(4, "little")
    path.write_bytes(content)
    assert refusal(path).code == "XLSX_DANADO"


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    assert refusal(packed(tmp_path, parts("", {f"x/{number}": b"" for number in range(2_100)}))).code == "XLSX_EXPANDIDO"


def test_too_many_distinct_texts_are_refused(tmp_path: Path) -> None:
    strings = "<sst>" + "".join(f"<si><t>texto {number}</t></si>" for number in range(1_000)) + "</sst>"
    path = packed(tmp_path, parts(HEADER_ROW + "<row><c><v>1</v></c></row>", {"xl/sharedStrings.xml": strings}))
    assert refusal(path, Limits(shared_text_bytes=1_000)).code == "XLSX_EXPANDIDO"


@pytest.mark.parametrize(
    "prologue",
    [
        "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>",
        "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE x SYSTEM 'http://example.invalid/x.dtd'>",
    ],
)
@pytest.mark.parametrize("part", ["xl/worksheets/s1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "docProps/core.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_and_entities_are_refused_in_any_part(tmp_path: Path, prologue: str, part: str, encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?>{prologue}<x>&a;</x>"
    assert refusal(packed(tmp_path, parts(HEADER_ROW, {part: text.encode(encoding)}))).code == "XLSX_INSEGURO"


def test_a_repeated_part_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "libro.xlsx", "w") as target:
        for part, text in parts(HEADER_ROW).items():
            target.writestr(part, text)
        with pytest.warns(UserWarning, match="Duplicate name"):
            target.writestr("xl/workbook.xml", "<workbook/>")
    assert refusal(tmp_path / "libro.xlsx").code == "XLSX_INSEGURO"


def test_a_member_with_password_is_refused(tmp_path: Path) -> None:
    content = bytearray(packed(tmp_path, parts(HEADER_ROW)).read_bytes())
    entry = content.find(b"PK\x01\x02")
    content[entry + 8] |= 1
    (tmp_path / "libro.xlsx").write_bytes(content)
    assert refusal(tmp_path / "libro.xlsx").code == "XLSX_CIFRADO"


@pytest.mark.parametrize(
    "sheet",
    [
        HEADER_ROW + "<row r='2'><c r='A2' t='s'><v>9</v></c></row>",
        HEADER_ROW + "<row r='2'><c r='A2' t='s'><v>-1</v></c></row>",
        HEADER_ROW + "<row r='1'><c r='A1'><v>9</v></c></row>",
        HEADER_ROW + "<row r='99999999999'><c><v>9</v></c></row>",
        HEADER_ROW + "<row r='dos'><c><v>9</v></c></row>",
        HEADER_ROW + "<row r='2'><c r='B2'><v>9</v></c><c r='A2'><v>9</v></c></row>",
        HEADER_ROW + "<row r='2'><c r='2A'><v>9</v></c></row>",
        HEADER_ROW + "<row r='2'><c r='AAAA2'><v>9</v></c></row>",
        HEADER_ROW + "<row r='2'><c><v>9</v></row>",
        HEADER_ROW + "<row r='2'><c><v>&nada;</v></c></row>",
    ],
)
def test_a_broken_sheet_is_refused(tmp_path: Path, sheet: str) -> None:
    assert refusal(packed(tmp_path, parts(sheet))).code == "XLSX_DANADO"


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_a_truncated_workbook_is_refused(tmp_path: Path, cut: float) -> None:
    path = book(tmp_path, lambda sheet: sheet.append(["curp", "edad"]))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * cut)])
    assert refusal(path).code == "XLSX_DANADO"


def test_an_unknown_xml_encoding_is_refused(tmp_path: Path) -> None:
    text = "<?xml version='1.0' encoding='klingon'?><worksheet/>"
    assert refusal(packed(tmp_path, parts("", {"xl/worksheets/s1.xml": text}))).code in ("XLSX_DANADO", "ARCHIVO_VACIO")


MUTABLE = parts(
    HEADER_ROW + "<row r='2'><c r='A2' t='s'><v>0</v></c><c r='B2' s='1'><v>3</v></c></row>",
    {"xl/sharedStrings.xml": f"<sst xmlns='{MAIN}'><si><t>uno</t></si></sst>"},
)


@settings(max_examples=200, deadline=None)
@given(part=st.sampled_from(sorted(MUTABLE)), place=st.floats(0, 1), piece=st.binary(max_size=6), gone=st.integers(0, 8))
def test_any_xml_in_any_part_is_read_or_refused(part: str, place: float, piece: bytes, gone: int) -> None:
    text = MUTABLE[part]
    raw = text.encode() if isinstance(text, str) else text
    at = int(place * len(raw))
    with TemporaryDirectory() as folder:
        path = packed(Path(folder), {**MUTABLE, part: raw[:at] + piece + raw[at + gone :]})
        try:
            read(path)
        except FileRefused as error:
            assert error.code


@settings(max_examples=200, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
def test_any_flipped_byte_is_read_or_refused(place: float, value: int) -> None:
    with TemporaryDirectory() as folder:
        path = packed(Path(folder), MUTABLE)
        content = bytearray(path.read_bytes())
        content[int(place * len(content))] = value
        path.write_bytes(content)
        try:
            list(rows(path, inspect(path)))
        except FileRefused as error:
            assert error.code
