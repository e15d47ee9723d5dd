"""The file for fixing is safe to open, says what to do, and comes back as it went out."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tequio.supply.readers import Chunk, FixFinding, RowFault, RowToFix, inspect, rows, write_fix_file
from tequio.supply.readers.fix_file import OWN_COLUMNS, guard, unguard

HEADERS = ("curp", "nombre", "nota")
FINDING = FixFinding("CURP_INVALIDA", "curp", "Revise el dígito verificador.")


def sent_back(path: Path) -> list[Chunk]:
    return list(rows(path, inspect(path)))


def test_each_row_comes_with_its_line_codes_fields_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "corregir.csv"
    other = FixFinding("FALTA_DATO_OBLIGATORIO", "nombre", "Escriba el nombre.")
    assert write_fix_file(path, HEADERS, iter([RowToFix(7, ("A", "", "x"), (FINDING, other))])) == 1
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    (chunk,) = sent_back(path)
    assert chunk.headers == HEADERS + OWN_COLUMNS
    row = next(chunk.rows())[1]
    assert row[3:] == (
        "7",
        "CURP_INVALIDA | FALTA_DATO_OBLIGATORIO",
        "curp | nombre",
        "Revise el dígito verificador. | Escriba el nombre.",
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_in_the_file_opens_as_a_formula(tmp_path: Path, start: str) -> None:
    path = tmp_path / "corregir.csv"
    evil = f"{start}cmd|'/c calc'!A1"
    write_fix_file(path, (evil, "b"), [RowToFix(2, (evil, "x"), (FixFinding(evil, evil, evil),))])
    raw = path.read_bytes().decode("utf-8-sig")
    assert raw.count(start + "cmd") == raw.count("'" + start + "cmd") == 5


def test_a_guarded_header_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "corregir.csv"
    write_fix_file(path, ("=a", "b"), [RowToFix(2, ("1", "2"), ())])
    assert sent_back(path)[0].headers[:2] == ("=a", "b")


def test_the_guard_is_only_taken_from_our_own_files(tmp_path: Path) -> None:
    path = tmp_path / "suyo.csv"
    path.write_text("curp,nombre\n'=A,'+52\n", encoding="utf-8")
    assert next(sent_back(path)[0].rows())[1] == ("'=A", "'+52")


def test_a_short_row_sent_back_unfixed_is_refused_again(tmp_path: Path) -> None:
    path = tmp_path / "corregir.csv"
    write_fix_file(path, HEADERS, [RowToFix(2, ("A",), (FINDING,))])
    assert [problem.code for problem in sent_back(path)[0].problems] == [RowFault.TOO_FEW]


def test_a_wide_row_keeps_its_surplus_and_sent_back_unfixed_is_refused_again(tmp_path: Path) -> None:
    path = tmp_path / "corregir.csv"
    write_fix_file(path, HEADERS, [RowToFix(2, ("A", "B", "C", "sobra"), (FINDING,))])
    (problem,) = sent_back(path)[0].problems
    assert problem.code == RowFault.TOO_MANY
    assert problem.cells[-1] == "sobra"


def test_a_second_round_has_our_columns_once(tmp_path: Path) -> None:
    path, again = tmp_path / "uno.csv", tmp_path / "dos.csv"
    write_fix_file(path, HEADERS, [RowToFix(2, ("A", "B", "C"), (FINDING,))])
    (chunk,) = sent_back(path)
    line, cells = next(chunk.rows())
    write_fix_file(again, chunk.headers, [RowToFix(line, cells, (FINDING,))])
    assert again.read_bytes() == path.read_bytes()


def test_fixed_in_a_spreadsheet_and_saved_as_a_workbook_it_loses_its_guards(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([*HEADERS, *OWN_COLUMNS])
    sheet.append(["A", "'=1+1", "x", "2", "C", "curp", "Revise."])
    book.save(tmp_path / "corregir.xlsx")
    assert next(sent_back(tmp_path / "corregir.xlsx")[0].rows())[1][1] == "=1+1"


@given(st.text(max_size=20))
def test_the_guard_loses_nothing(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")


hard = st.text(st.sampled_from("'=+-@\t\r\n\",;ñ #a0"), max_size=8) | st.text(
    st.characters(codec="utf-8", exclude_characters="".join(map(chr, range(32)))), max_size=12
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(hard, hard, hard), min_size=1, max_size=6))
def test_any_cells_come_back_as_they_went(table: list[tuple[str, str, str]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "corregir.csv"
        write_fix_file(path, HEADERS, [RowToFix(number, row, (FINDING,)) for number, row in enumerate(table, start=2)])
        chunks = sent_back(path)
    assert [row[:3] for chunk in chunks for _, row in chunk.rows()] == table
    assert [row[3] for chunk in chunks for _, row in chunk.rows()] == [str(number) for number in range(2, len(table) + 2)]
