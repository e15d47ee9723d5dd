"""Tables: order, pages, columns; and their files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client, RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tequio.audit.models import Line
from tequio.kernel.errors import Invalid
from tequio.ui import exports, tables
from tequio.ui.values import NO_INFORMATION, NOT_APPLICABLE
from tests.ui.gallery import COLUMNS, MARKUP, ROWS

Enter = Callable[[str], Client]
TOP = exports.Head(
    "Prueba", "Ana (ana), JC-SSP", "Investigación", "CI/1", datetime(2026, 11, 1, 18, tzinfo=UTC), (("Nombre", "x"),)
)


@pytest.fixture(autouse=True)
def sample_pages() -> Iterator[None]:
    """The product with the sample pages beside it."""
    with override_settings(ROOT_URLCONF="tests.ui.gallery"):
        yield


def asked(**query: Any) -> tables.Read:
    """What a table's address asks."""
    return tables.read(RequestFactory().get("/lista/", query), COLUMNS, sort="-folio")


def test_the_address_says_order_page_and_columns() -> None:
    read = asked(orden="-veces", pagina="3", columnas=["nota", "alias", "nada"])
    assert (read.order, read.page, read.offset, read.limit, read.keys) == ("-times", 3, 50, 26, ("nota", "alias"))
    assert asked().order == "-number" and asked(orden="desde").order == "at" and asked(orden="-desde").order == "-at"


@pytest.mark.parametrize("order", ["nota", "nada", "--", "-", "folio;drop", "password"])
def test_what_cannot_be_sorted_by_is_taken_as_not_said(order: str) -> None:
    assert asked(orden=order).order == "-number"


@pytest.mark.parametrize("page", ["0", "-1", "401", "x", "", "1" * 5000, "١", "1.0"])
def test_a_page_that_no_table_has_is_refused(page: str) -> None:
    with pytest.raises(Invalid):
        asked(pagina=page)


@given(st.text(), st.text(), st.lists(st.text()))
def test_no_address_breaks_a_table(order: str, form: str, columns: list[str]) -> None:
    query = QueryDict(mutable=True)
    query["orden"], query["formato"] = order, form
    query.setlist("columnas", columns)
    request = RequestFactory().get("/lista/")
    request.GET = query  # type: ignore[assignment]
    read = tables.read(request, COLUMNS)
    table = tables.Table(COLUMNS, ROWS, read, caption="x")
    assert read.keys and read.export in ("", *tables.FORMATS) and list(table.body) and table.headings


def test_a_page_holds_its_rows_and_knows_of_the_next(enter: Enter) -> None:
    client = enter("jalisco_analyst")
    first = client.get("/lista/").content.decode()
    assert first.count("<tr ") == 26 and "63 resultados" in first and "pagina=2" in first and "Anterior" not in first
    last = client.get("/lista/?pagina=3").content.decode()
    assert last.count("<tr ") == 14 and "Siguiente" not in last and "pagina=2" in last


def test_only_the_table_is_answered_when_only_it_is_asked_for(enter: Enter) -> None:
    client = enter("jalisco_analyst")
    part = client.get("/lista/?orden=-veces", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="muestra").content.decode()
    assert "<html" not in part and part.lstrip().startswith('<div class="table" id="muestra"')
    restored = client.get("/lista/", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="muestra", HTTP_HX_HISTORY_RESTORE_REQUEST="true")
    assert "<html" in restored.content.decode()


def test_what_rows_hold_is_only_text(enter: Enter) -> None:
    page = enter("jalisco_analyst").get(f"/lista/?nombre={MARKUP}&columnas={MARKUP}&orden={MARKUP}").content.decode()
    assert MARKUP not in page and "<script>" not in page


def test_columns_that_are_not_shown_are_not_exported_and_the_export_is_on_the_log(enter: Enter) -> None:
    client = enter("jalisco_analyst")
    answer = client.get("/lista/?formato=csv&columnas=nombre&columnas=nota&nombre=persona")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="objetivos-de-muestra-')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    place = rows.index(["Nombre", "Nota"])
    assert len(rows) - place - 1 == 60 and ["Filtros", "Nombre: persona"] in rows
    line = Line.objects.get(action="screen.exported")
    assert line.facts == {"screen": "listed", "format": "csv", "rows": 60, "filters": ["Nombre"], "cut": False}


def test_a_workbook_says_on_top_who_when_for_what_and_with_which_filters() -> None:
    answer = exports.xlsx("x", TOP, ["Nombre", "Veces", "Día", "Momento"], [["Ana", 1204, date(2026, 1, 2), TOP.at]])
    cells = list(load_workbook(io.BytesIO(answer.content)).active.values)  # type: ignore[union-attr]
    assert [row[:2] for row in cells[:6]] == [
        ("Contenido", "Prueba"),
        ("Sacado por", "Ana (ana), JC-SSP"),
        ("Momento", "01/11/2026 12:00 (hora del centro de México)"),
        ("Finalidad", "Investigación"),
        ("Folio", "CI/1"),
        ("Filtros", "Nombre: x"),
    ]
    assert cells[8] == ("Ana", 1204, datetime(2026, 1, 2), datetime(2026, 11, 1, 12))


@pytest.mark.parametrize("text", ["=1+1", "+52", "-1", "@SUM(A1)", "\tx", "\rx", "\n=x", "＝1", "=cmd|' /C calc'!A0"])
def test_no_text_becomes_a_formula(text: str) -> None:
    top = exports.Head(text, text, text, text, TOP.at, ((text, text),))
    sheet = load_workbook(io.BytesIO(exports.xlsx("x", top, [text], [[text]]).content)).active
    assert sheet is not None
    for row in sheet.iter_rows():
        assert all(cell.data_type in ("s", "n") for cell in row)
    assert sheet.cell(9, 1).quotePrefix
    rows = csv.reader(io.StringIO(exports.csv("x", top, [text], [[text]]).content.decode("utf-8-sig"), newline=""))
    assert not any(cell.startswith(exports._FORMULA) for row in rows for cell in row)


def test_a_negative_figure_stays_a_figure_and_what_is_not_known_says_so() -> None:
    row = [-5, None, NOT_APPLICABLE, NO_INFORMATION, "a\x00b\x0bc"]
    text = exports.csv("x", TOP, list("abcde"), [row]).content.decode("utf-8-sig").splitlines()[-1]
    assert text == "-5,sin información,no aplica,sin información,a\ufffdb\ufffdc"


@given(st.lists(st.one_of(st.text(), st.integers(-(10**12), 10**12), st.none()), min_size=1, max_size=5))
def test_any_value_can_be_exported(values: list[object]) -> None:
    labels = [str(place) for place in range(len(values))]
    assert exports.xlsx("x", TOP, labels, [values]).content and exports.csv("x", TOP, labels, [values]).content
