"""No file that leaves has a formula that the system did not write: of any list, in any format, whatever people wrote."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import reverse
from openpyxl import load_workbook

from tests.screens import browser
from tests.security.hostile import Things, build
from tests.security.walking import PEOPLE, address, may, page, readable
from tests.world import Cast

FORMULA: Final = "=HYPERLINK(1)+tq"
STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@pytest.fixture
def things(cast: Cast, today: datetime, tmp_path: Path) -> Iterator[Things]:
    """The world in formulas."""
    with override_settings(FILES=tmp_path / "files"):
        yield build(cast, tmp_path, FORMULA)


def test_no_file_of_anybodys_computes_what_was_written(things: Things) -> None:
    wrong, with_formula = [], set()
    for username, code in PEOPLE.items():
        client = browser(username)
        assert client.post(reverse("ui:purpose"), {"code": code.value, "folio": FORMULA}).status_code == 302
        for name in readable():
            if not may(username, name):
                continue
            for form in ("csv", "xlsx"):
                answer = client.get(address(name, things), {"formato": form, "columnas": ALL})
                assert answer.status_code < 500, (name, username)
                cells = list(_computed(answer))
                wrong += [f"{username} {name} {form}: {cell}" for cell, computed in cells if computed]
                if any("tq" in cell for cell, _ in cells):
                    with_formula.add(name)
    assert wrong == []
    assert with_formula >= EXPORTS, EXPORTS - with_formula


ALL: Final = ["clave", "nombre", "usuario", "facts", "folio", "documento", "objetivo"]
EXPORTS: Final = {"administration:log", "rnd:list", "targets:targets", "accounts:tokens", "accounts:list", "supply:history"}
"""Lists whose file holds what somebody wrote: a test of files without it would show nothing."""


def test_the_rows_to_mend_go_back_guarded(things: Things) -> None:
    client = browser("nayarit_capturist", "suministro")
    for form in ("csv", "xlsx"):
        answer = client.get(reverse("supply:fix_file", args=[things.batch]), {"formato": form})
        cells = list(_computed(answer))
        assert any("tq" in cell for cell, _ in cells)
        assert [cell for cell, computed in cells if computed] == []


def test_the_log_goes_out_as_lines_that_no_spreadsheet_opens_as_cells(things: Things) -> None:
    answer = browser("hub_auditor", "auditoria").post(reverse("administration:export"))
    lines = page(answer).splitlines()
    assert answer.headers["Content-Type"] == "application/x-ndjson" and len(lines) > 10
    assert all(isinstance(json.loads(line), dict) for line in lines)


def _computed(answer: HttpResponse) -> Iterator[tuple[str, bool]]:
    """(text, whether a spreadsheet would compute it) of each cell of a file; nothing of a page."""
    kind = answer.headers.get("Content-Type", "")
    named = answer.headers.get("Content-Disposition", "")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]
    if kind.startswith("text/csv") or ".csv" in named:
        for line in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
            yield from ((cell, cell.startswith(STARTS) and not _figure(cell)) for cell in line)
    elif ".xlsx" in named:
        for sheet in load_workbook(io.BytesIO(content)):
            for row in sheet.iter_rows():
                yield from ((str(cell.value), cell.data_type == "f") for cell in row if cell.value is not None)


def _figure(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
