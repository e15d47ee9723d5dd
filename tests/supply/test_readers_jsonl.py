"""A JSONL is read a flat object a line; a wrong line is that line's problem, with its text."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tequio.supply.readers import Chunk, FileRefused, Limits, RowFault, inspect, rows


def read(folder: Path, text: str | bytes, limits: Limits | None = None, chunk: int = 10_000) -> list[Chunk]:
    path = folder / "archivo.jsonl"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    facts = inspect(path)
    assert facts.format == "jsonl"
    return list(rows(path, facts, limits=limits or Limits(), chunk=chunk))


def test_objects_become_rows_in_the_order_of_their_keys(tmp_path: Path) -> None:
    (chunk,) = read(tmp_path, '{"curp": "A", "edad": 30}\n\n{"edad": 31, "curp": "B", "alias": "X"}\n')
    assert (chunk.headers, chunk.header_line) == (("curp", "edad", "alias"), 0)
    assert list(chunk.rows()) == [(1, ("A", "30", "")), (3, ("B", "31", "X"))]


def test_numbers_keep_their_digits_and_other_values_have_one_text(tmp_path: Path) -> None:
    line = '{"a": 1.0, "b": 12345678901234567890123, "c": true, "d": false, "e": null, "f": 1e3, "g": "01"}'
    (chunk,) = read(tmp_path, line)
    assert list(chunk.rows()) == [(1, ("1.0", "12345678901234567890123", "si", "no", "", "1e3", "01"))]


@pytest.mark.parametrize(
    "line",
    [
        '{"curp": "B"',
        '"B"',
        "[1]",
        "3",
        '{"curp": "B", "curp": "C"}',
        '{"curp": ["B"]}',
        '{"curp": {"x": 1}}',
        '{"edad": NaN}',
        '{"curp": "B\\u0000"}',
        '{"curp": "\\ud800"}',
        '{"curp": "B"} {"curp": "C"}',
        "{curp: 1}",
        "[" * 100_000,
    ],
)
def test_a_wrong_line_is_a_problem_with_its_text(tmp_path: Path, line: str) -> None:
    (chunk,) = read(tmp_path, f'{{"curp": "A"}}\n{line}\n{{"curp": "Z"}}\n')
    (problem,) = chunk.problems
    assert (problem.line, problem.code, problem.cells) == (2, RowFault.BAD_JSON, (line[:32_000],))
    assert problem.message
    assert list(chunk.rows()) == [(1, ("A",)), (3, ("Z",))]


def test_a_value_too_long_spoils_only_its_row(tmp_path: Path) -> None:
    (chunk,) = read(tmp_path, json.dumps({"curp": "x" * 40_000}) + '\n{"curp": "B"}\n')
    assert [(problem.line, problem.code) for problem in chunk.problems] == [(1, RowFault.LONG_CELL)]


def test_chunks_of_rows_and_problems_have_the_size_asked(tmp_path: Path) -> None:
    chunks = read(tmp_path, "{}\n" + '{"a": 1}\nmal\n' * 5, chunk=4)
    assert [len(chunk.lines) + len(chunk.problems) for chunk in chunks] == [4, 4, 2]
    assert chunks[0].first_line == 2


def test_other_encodings_are_read(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "cp1252", "utf-16"):
        (chunk,) = read(tmp_path, '{"año": "Muñoz"}\n'.encode(encoding))
        assert (chunk.headers, list(chunk.rows())) == (("año",), [(1, ("Muñoz",))])


def test_no_object_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as caught:
        read(tmp_path, '{\n"curp": "A"\n}\n')
    assert caught.value.code == "SIN_RENGLONES"


def test_too_many_keys_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as caught:
        read(tmp_path, json.dumps({f"c{number}": 1 for number in range(10_000)}))
    assert caught.value.code == "DEMASIADAS_COLUMNAS"


text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=15)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(text, text, max_size=4), min_size=1, max_size=6))
def test_any_text_survives(objects: list[dict[str, str]]) -> None:
    written = "{}\n" + "\n".join(json.dumps(each, ensure_ascii=False) for each in objects)
    kept = [each for each in objects if any(value.strip() for value in each.values())]
    with TemporaryDirectory() as folder:
        try:
            chunks = read(Path(folder), written)
        except FileRefused as error:
            assert error.code == "SIN_RENGLONES"
            assert not any(objects)
            return
        got = [dict(zip(chunk.headers, cells, strict=True)) for chunk in chunks for _, cells in chunk.rows()]
        assert [{key: value for key, value in row.items() if value} for row in got] == [
            {key: value for key, value in each.items() if value} for each in kept
        ]
