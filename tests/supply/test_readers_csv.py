"""A CSV of any quality is read whole, or refused with its line; no row is joined to another, lost or repaired in silence."""

from __future__ import annotations

import csv
import io
import time
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tequio.supply.readers import Chunk, FileRefused, Limits, RowFault, inspect, rows
from tequio.supply.readers.sniff import find_delimiter

NAMES = frozenset({"curp", "nombre", "edad"})


def put(folder: Path, content: bytes | str, name: str = "archivo.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def read(path: Path, *, limits: Limits | None = None, known: frozenset[str] = frozenset(), chunk: int = 10_000) -> list[Chunk]:
    return list(rows(path, inspect(path), known=known, chunk=chunk, limits=limits or Limits()))


def numbered(chunks: Iterable[Chunk]) -> list[tuple[int, tuple[str, ...]]]:
    return [row for chunk in chunks for row in chunk.rows()]


def problems(chunks: Iterable[Chunk]) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for chunk in chunks for problem in chunk.problems]


def refusal(path: Path, *, limits: Limits | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(path, limits=limits)
    assert caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_gives_the_same_rows_and_line_numbers(tmp_path: Path, ending: str) -> None:
    path = put(tmp_path, ending.join(["curp,nombre", "A,Ana", "", "B,Beto", ""]))
    assert numbered(read(path)) == [(2, ("A", "Ana")), (4, ("B", "Beto"))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path: Path, delimiter: str) -> None:
    table = (["curp", "nombre", "edad"], ["A", "Ana", "30"], ["B", "", "31"])
    path = put(tmp_path, "\n".join(delimiter.join(row) for row in table))
    assert inspect(path).delimiter == delimiter
    assert numbered(read(path))[0] == (2, ("A", "Ana", "30"))


def test_decimal_commas_do_not_pass_for_separators() -> None:
    assert find_delimiter("lugar;latitud;longitud\na;19,4;99,1\nb;20,6;103,3\n") == ";"
    assert find_delimiter("Reporte de enero\nlugar;latitud;longitud\na;19,4;99,1\nb;20,6;103,3\n") == ";"


def test_commas_inside_addresses_do_not_pass_for_separators() -> None:
    assert find_delimiter("nombre;domicilio\nAna;Calle 1, Col. Centro, Tepic\nBeto;Calle 2, Tepic\n") == ";"


def test_excels_separator_line_is_obeyed_and_counted(tmp_path: Path) -> None:
    path = put(tmp_path, "sep=;\ncurp;nombre\nA;Ana, Beto\n")
    assert inspect(path).delimiter == ";"
    (chunk,) = read(path)
    assert (chunk.headers, chunk.header_line) == (("curp", "nombre"), 2)
    assert numbered([chunk]) == [(3, ("A", "Ana, Beto"))]


def test_a_file_of_one_column_is_a_table(tmp_path: Path) -> None:
    assert numbered(read(put(tmp_path, "curp\nA\nB\n"))) == [(2, ("A",)), (3, ("B",))]


def test_titles_above_the_headers_are_not_data_and_are_said(tmp_path: Path) -> None:
    path = put(tmp_path, "Secretaría de Seguridad\nReporte de enero,,\n\nCURP,NOMBRE,EDAD\nA,Ana,30\n")
    (chunk,) = read(path, known=NAMES)
    assert (chunk.headers, chunk.header_line, chunk.preamble) == (("CURP", "NOMBRE", "EDAD"), 4, (1, 2))
    assert numbered([chunk]) == [(5, ("A", "Ana", "30"))]


def test_of_two_header_rows_the_one_with_known_names_counts(tmp_path: Path) -> None:
    path = put(tmp_path, "Persona,Datos,Datos\ncurp,nombre,edad\nA,Ana,30\n")
    assert read(path, known=NAMES)[0].header_line == 2


def test_blank_lines_and_rows_of_empty_cells_are_skipped_but_counted(tmp_path: Path) -> None:
    path = put(tmp_path, "\n\ncurp,nombre\n,\nA,Ana\n   \n , \nB,Beto\n")
    assert [line for line, _ in numbered(read(path))] == [5, 8]


def test_a_cell_with_line_breaks_keeps_them_and_the_next_line_is_right(tmp_path: Path) -> None:
    path = put(tmp_path, 'curp,nota\nA,"uno\r\ndos\n"\nB,x\n')
    assert numbered(read(path)) == [(2, ("A", "uno\r\ndos\n")), (5, ("B", "x"))]


def test_rows_of_the_wrong_width_are_problems_with_their_cells(tmp_path: Path) -> None:
    (chunk,) = read(put(tmp_path, "curp,nombre\nA,Ana,sobra\nB\nC,Caro\n"))
    assert problems([chunk]) == [(2, RowFault.TOO_MANY), (3, RowFault.TOO_FEW)]
    assert [problem.cells for problem in chunk.problems] == [("A", "Ana", "sobra"), ("B",)]
    assert numbered([chunk]) == [(4, ("C", "Caro"))]


def test_blanks_to_the_right_of_the_table_are_no_problem(tmp_path: Path) -> None:
    (chunk,) = read(put(tmp_path, "curp,nombre,,\nA,Ana,,\nB,Beto,\n"))
    assert chunk.headers == ("curp", "nombre")
    assert numbered([chunk]) == [(2, ("A", "Ana")), (3, ("B", "Beto"))]


def test_leading_zeros_and_spaces_stay_as_supplied(tmp_path: Path) -> None:
    assert numbered(read(put(tmp_path, "clave,nombre\n01, Ana \n"))) == [(2, ("01", " Ana "))]


def test_a_cell_too_long_spoils_only_its_row(tmp_path: Path) -> None:
    long = "x" * 40_000
    longer = "y" * 200_000  # beyond what the standard parser admits
    chunks = read(put(tmp_path, f'curp,nota\nA,{long}\nB,ok\nC,"{longer}"\nD,ok\n'))
    assert problems(chunks) == [(2, RowFault.LONG_CELL), (4, RowFault.LONG_CELL)]
    assert [cells[0] for _, cells in numbered(chunks)] == ["B", "D"]
    assert max(len(cell) for problem in chunks[0].problems for cell in problem.cells) == 32_000


def test_a_quote_that_nobody_closes_refuses_the_file_and_names_its_line(tmp_path: Path) -> None:
    body = "".join(f"{number},Ana\n" for number in range(500))
    error = refusal(put(tmp_path, f'curp,nombre\n1,Ana\n2,"Beto\n{body}'))
    assert (error.code, error.facts["line"]) == ("COMILLA_SIN_CERRAR", 3)
    assert "línea 3" in error.message


def test_an_open_quote_is_found_without_swallowing_a_large_file(tmp_path: Path) -> None:
    path = put(tmp_path, 'curp,nombre\n1,"Beto\n' + "2,Ana\n" * 500_000)
    started = time.perf_counter()
    assert refusal(path).facts["line"] == 2
    assert time.perf_counter() - started < 5


def test_a_quote_left_open_spoils_its_row_and_not_the_quoted_rows_below(tmp_path: Path) -> None:
    chunks = read(put(tmp_path, 'curp,nombre\n1,"Ana\n"2","Beto"\n"3","Caro"\n'))
    assert problems(chunks) == [(2, RowFault.STRAY_QUOTE)]
    assert numbered(chunks) == [(3, ("2", "Beto")), (4, ("3", "Caro"))]


def test_a_quote_closed_too_soon_spoils_its_row_only(tmp_path: Path) -> None:
    chunks = read(put(tmp_path, 'curp,nombre\n1,"El "Chapo" Pérez"\n2,Ana\n'))
    assert problems(chunks) == [(2, RowFault.STRAY_QUOTE)]
    assert numbered(chunks) == [(3, ("2", "Ana"))]


def test_two_persons_are_never_joined_in_one_row(tmp_path: Path) -> None:
    """The lenient parser would read here one row of the right width: JUAN, with the age of Pedro."""
    chunks = read(put(tmp_path, 'nombre,edad\n"JUAN,30\n"PEDRO",40\n'))
    assert problems(chunks) == [(2, RowFault.STRAY_QUOTE)]
    assert numbered(chunks) == [(3, ("PEDRO", "40"))]


def test_quotes_wrong_throughout_do_not_cost_quadratic_time(tmp_path: Path) -> None:
    swallowing = ('a","b\n' * 900 + 'a","b"x\n') * 60
    path = put(tmp_path, "curp,nombre\n" + swallowing)
    started = time.perf_counter()
    assert refusal(path).code == "COMILLA_SIN_CERRAR"
    assert time.perf_counter() - started < 10


def test_an_inner_quote_in_a_bare_cell_is_text(tmp_path: Path) -> None:
    assert numbered(read(put(tmp_path, 'curp,nombre\n1,Calle 5"A\n'))) == [(2, ("1", 'Calle 5"A'))]


def test_only_headers_is_refused(tmp_path: Path) -> None:
    assert refusal(put(tmp_path, "curp,nombre\n\n")).code == "SIN_RENGLONES"


def test_ten_thousand_columns_are_refused_fast(tmp_path: Path) -> None:
    wide = ",".join(f"c{number}" for number in range(10_000))
    path = put(tmp_path, "\n".join([wide] * 300))
    started = time.perf_counter()
    error = refusal(path)
    assert (error.code, error.facts["line"]) == ("DEMASIADAS_COLUMNAS", 1)
    assert time.perf_counter() - started < 3


def test_chunks_have_the_size_asked_and_say_where_they_start(tmp_path: Path) -> None:
    path = put(tmp_path, "curp,nombre\n" + "".join(f"{number},x\n" for number in range(25)))
    chunks = read(path, chunk=10)
    assert [len(chunk.lines) for chunk in chunks] == [10, 10, 5]
    assert [chunk.first_line for chunk in chunks] == [2, 12, 22]
    assert chunks[0].cells[0] == [str(number) for number in range(10)]


def test_a_chunk_of_enormous_rows_ends_early(tmp_path: Path) -> None:
    path = put(tmp_path, "curp,nota\n" + "".join(f"{number},{'x' * 1_000}\n" for number in range(50)))
    assert len(read(path, limits=Limits(chunk_chars=10_000))) == 5


def test_a_file_that_changed_after_its_inspection_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "curp,nombre\nA,Ana\n")
    facts = inspect(path)
    put(tmp_path, b"curp,nombre\nA,Mu\xf1oz\n")
    with pytest.raises(FileRefused) as caught:
        list(rows(path, facts))
    assert caught.value.code == "CODIFICACION_DANADA"


CONTROLS = "".join(chr(code) for code in range(32) if chr(code) not in "\t\n\r")
cell = st.text(st.characters(codec="utf-8", exclude_characters=CONTROLS), max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_text_survives_a_well_written_csv(table: list[tuple[str, str, str]], delimiter: str, ending: str) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerow(("curp", "nombre", "edad"))
    writer.writerows(table)
    kept = [row for row in table if any(text.strip() for text in row)]
    with TemporaryDirectory() as folder:
        path = put(Path(folder), f"sep={delimiter}{ending}{written.getvalue()}".encode())
        if kept:
            chunks = read(path, known=NAMES)
            assert problems(chunks) == []
            assert [row for _, row in numbered(chunks)] == kept
        else:
            assert refusal(path).code == "SIN_RENGLONES"


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('ab",;\n\r \t|='), max_size=60))
def test_whatever_is_typed_is_read_or_refused_and_never_crashes(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = put(Path(folder), "curp,nombre\n" + text)
        try:
            chunks = read(path)
        except FileRefused:
            return
        lines = sorted([line for line, _ in numbered(chunks)] + [line for line, _ in problems(chunks)])
        assert lines == sorted(set(lines))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_never_crash(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        try:
            read(put(Path(folder), content))
        except FileRefused as error:
            assert error.code


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    header = ",".join(f"c{number}" for number in range(40))
    row = ",".join(["valor"] * 40)
    path = put(tmp_path, header + "\n" + f"{row}\n" * 30_000)
    facts = inspect(path)
    tracemalloc.start()
    try:
        for _ in rows(path, facts, chunk=500):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10 * 1024 * 1024
