"""Reading a value never fails, never changes what was supplied, and its tallies add up, whatever the text."""

from __future__ import annotations

import json
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tequio.kernel.contract import Contract, Field, Kind, Severity
from tequio.registries.rnd.contract import CONTRACT
from tequio.supply.checks.codes import CODES
from tequio.supply.checks.engine import Checked, Checker, Piece, gravest
from tequio.supply.checks.masking import mask
from tequio.supply.checks.readings import Frame, read
from tequio.supply.domain import Tally, supplied_names

FRAME = Frame(date(2026, 11, 1), {"sexo": {"H": "H", "M": "M"}})
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80).filter(str.strip)
NEAR_MISSES = st.from_regex(r"[0-9/\-:.hT +,eE]{1,24}|[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[0-9A-Z][0-9]", fullmatch=True)
TEXTS = (ANY_TEXT | NEAR_MISSES).filter(str.strip)
TYPES: dict[Kind, type] = {Kind.DATE: date, Kind.TIME: time, Kind.INTEGER: int, Kind.DECIMAL: Decimal}


def _field(kind: Kind, *, required: bool = False) -> Field:
    bounds = {Kind.TEXT: (0, 40), Kind.NAME: (1, 40), Kind.KEY: (1, 60), Kind.INTEGER: (0, 120), Kind.DECIMAL: (14, 33)}
    return Field(kind.value, kind, kind.value, required, catalog="sexo", bounds=bounds.get(kind))


@pytest.mark.parametrize("kind", Kind)
@settings(max_examples=40)
@given(text=TEXTS, required=st.booleans())
def test_any_text_gives_a_value_of_its_kind_or_nothing_and_only_known_findings(kind: Kind, text: str, required: bool) -> None:
    reading = read(_field(kind, required=required), text.strip(), FRAME)
    assert reading.value is None or isinstance(reading.value, TYPES.get(kind, str))
    assert {code for code, _ in reading.findings} <= set(CODES)
    if isinstance(reading.value, str):
        assert len(reading.value) <= 60
        assert "\x00" not in reading.value
        assert "\n" not in reading.value


@settings(max_examples=60)
@given(text=TEXTS)
def test_a_value_that_was_not_understood_always_says_so(text: str) -> None:
    for kind in Kind:
        reading = read(_field(kind), text.strip(), FRAME)
        if reading.value is None:
            assert reading.findings or reading.absence


SMALL = Contract(
    registry="prueba",
    version="1",
    title="",
    fields=tuple(_field(kind, required=kind in {Kind.KEY, Kind.CATALOG}) for kind in Kind),
    source="",
    any_of=((Kind.NAME.value, Kind.TEXT.value),),
    advised=((Kind.CURP.value, Kind.RFC.value),),
)
CELL = st.just("") | st.just("  ") | TEXTS
ROW = st.lists(CELL, min_size=len(Kind) + 1, max_size=len(Kind) + 1)


def _check(rows: list[list[str]]) -> Checked:
    columns = [list(column) for column in zip(*rows, strict=True)]
    names = [kind.value for kind in Kind]
    return Checker(SMALL, FRAME).check(
        Piece(range(2, len(rows) + 2), dict(zip(names, columns, strict=False)), {"+otra": columns[-1]})
    )


@settings(max_examples=30)
@given(rows=st.lists(ROW, min_size=1, max_size=5))
def test_what_was_supplied_is_kept_to_the_letter(rows: list[list[str]]) -> None:
    names = [*(kind.value for kind in Kind), "+otra"]
    kept = [json.loads(text) for text in _check(rows).supplied]
    assert kept == [{name: text for name, text in zip(names, row, strict=True) if text} for row in rows]


@settings(max_examples=30)
@given(rows=st.lists(ROW, min_size=1, max_size=5))
def test_a_row_is_as_grave_as_its_gravest_finding(rows: list[list[str]]) -> None:
    checked = _check(rows)
    worst: dict[int, Severity | None] = dict.fromkeys(checked.lines)
    for finding in checked.findings:
        worst[finding.line] = gravest(worst[finding.line], finding.severity)
    assert checked.verdicts == [worst[line] for line in checked.lines]
    assert all(len(column) == len(rows) for column in checked.columns.values())


@settings(max_examples=30)
@given(rows=st.lists(ROW, min_size=2, max_size=5))
def test_a_value_is_read_alike_wherever_it_stands(rows: list[list[str]]) -> None:
    together, apart = _check(rows), [_check([row]) for row in rows]
    assert together.hashes == [one.hashes[0] for one in apart]
    assert together.verdicts == [one.verdicts[0] for one in apart]


@settings(max_examples=30)
@given(one=ROW, other=ROW)
def test_different_rows_have_different_fingerprints(one: list[str], other: list[str]) -> None:
    first, second = _check([one, other]).hashes
    assert (first == second) == (one == other)


def test_a_separator_inside_a_value_does_not_make_two_rows_alike() -> None:
    blank = [""] * (len(Kind) + 1)
    one, other = [*blank], [*blank]
    one[1], one[2], other[1], other[2] = "a\x1fb", "", "a", "b"
    first, second = _check([one, other]).hashes
    assert first != second


def test_what_is_asked_of_a_record_is_not_part_of_what_it_is() -> None:
    catalogs: dict[str, dict[str, str]] = {field.catalog: {} for field in CONTRACT.fields}
    checker = Checker(CONTRACT, Frame(date(2026, 11, 1), catalogs))
    piece = Piece([2, 3], {"nombre": ["Ana", "Ana"], "operacion": ["alta", ""], "motivo_cambio": ["", "otro"]})
    first, second = checker.check(piece).hashes
    assert first == second


@given(text=st.text())
def test_a_masked_value_shows_at_most_two_letters_of_it(text: str) -> None:
    shown = mask(text)
    assert len(shown) <= 40
    assert shown.isprintable()
    assert sum(sign.isalnum() for sign in shown) <= 2


@given(counts=st.lists(st.integers(0, 9), min_size=8, max_size=8), rows=st.integers(0, 99))
def test_a_tally_that_does_not_add_up_cannot_be_made(counts: list[int], rows: int) -> None:
    accepted, warned, quarantined, rejected, new, new_version, cancelled, unchanged = counts
    stored = new + new_version + cancelled + unchanged
    if accepted + warned + quarantined + rejected == rows and stored == accepted + warned:
        assert Tally(rows, *counts).as_dict()["renglones"] == rows
    else:
        with pytest.raises(ValueError, match="add up"):
            Tally(rows, *counts)


HEADERS = st.tuples(st.sampled_from(["a", "b", "", "a#2", "b#3"]), st.sampled_from([None, "x", ""]))


@given(headers=st.lists(HEADERS, max_size=8))
def test_columns_that_are_kept_never_share_a_name_unless_they_are_one_field(headers: list[tuple[str, str | None]]) -> None:
    names = supplied_names(headers)
    apart = [name for name, (_, field) in zip(names, headers, strict=True) if field is None]
    assert len(set(apart)) == len(apart)
    assert not set(apart) & {"x", ""}
