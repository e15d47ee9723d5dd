"""What somebody may send as a file: how much, of what kind, under what name, and how many. See also tests/supply."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from tequio.access.scoping import NATIONAL, reach
from tequio.supply.models import Batch, Upload
from tests.screens import browser, text_of
from tests.world import JUAN, Cast, csv_text

NEW = "/suministro/nuevo/"
GOOD = csv_text([JUAN]).encode()


@pytest.fixture
def sender(cast: Cast, today: datetime, tmp_path: Path) -> Iterator[Client]:
    """Nayarit's capturist, supplying, with files of this test alone."""
    with override_settings(FILES=tmp_path / "files", MOST_UPLOAD=1 << 20):
        yield browser("nayarit_capturist", "suministro")


def kept(tmp_path: Path) -> list[Path]:
    return [one for one in tmp_path.rglob("*") if one.is_file()]


def waiting() -> list[Upload]:
    with reach(NATIONAL):
        assert Batch.objects.count() == 0
        return list(Upload.objects.all())


def bomb() -> bytes:
    """A workbook of some kilobytes whose sheet says that it is hundreds of megabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/workbook.xml", "<workbook/>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(64):
                sheet.write(b" " * (1 << 22))
    return out.getvalue()


REFUSED = {
    "too large": ("a.csv", GOOD + b"x" * (1 << 20)),
    "empty": ("a.csv", b""),
    "a picture": ("a.csv", b"\x89PNG\r\n\x1a\n" + b"\x00" * 500),
    "a program": ("a.csv", b"MZ" + b"\x00" * 500),
    "a page": ("a.html", b"<!doctype html><script>alert(1)</script>"),
    "a drawing": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "another archive": ("a.xlsx", b"PK\x03\x04" + b"\x00" * 500),
    "a bomb": ("a.xlsx", bomb()),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_list_of_detentions_is_refused_and_not_kept(case: str, sender: Client, tmp_path: Path) -> None:
    name, content = REFUSED[case]
    answer = sender.post(NEW, {"registry": "rnd", "file": SimpleUploadedFile(name, content)})
    if answer.status_code == 302:  # a text that might be a list is shown, and refused where it is read
        refused = text_of(sender.get(answer.headers["Location"]))  # type: ignore[arg-type]
        assert "alert(1)</script>" not in refused
        assert sender.post(answer.headers["Location"], {"accion": "recibir", "campo": []}).status_code == 422
        waiting()
        return
    assert answer.status_code == 422, answer.content
    assert waiting() == [] and kept(tmp_path) == []


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.csv", "..\\..\\x.csv", "/etc/cron.d/x.csv", "C:\\x.csv", "a\x00b.csv", "x" * 300 + ".csv",
     "a\r\nSet-Cookie: x=1.csv",
     "<b>.csv", "con.csv", ".htaccess", "%2e%2e%2fx.csv", "\u202evsc.exe"],
)  # fmt: skip
def test_the_name_of_a_file_is_words_and_never_a_place(name: str, sender: Client, tmp_path: Path) -> None:
    file = SimpleUploadedFile("x.csv", GOOD)
    file._name = name  # type: ignore[attr-defined]  # as a program that is no browser would send it
    before = set(tmp_path.parent.iterdir())
    answer = sender.post(NEW, {"registry": "rnd", "file": file})
    assert answer.status_code in (302, 422) and "Set-Cookie" not in answer.headers
    assert set(tmp_path.parent.iterdir()) == before
    folder = tmp_path / "files"
    for upload in waiting():
        assert "/" not in upload.file_name and "\\" not in upload.file_name and "\x00" not in upload.file_name
        assert len(upload.file_name) <= 255
    assert all(folder in one.parents for one in kept(tmp_path))
    assert all(name not in one.name for one in kept(tmp_path))


def test_many_files_at_once_are_refused_before_they_fill_the_disk(sender: Client, tmp_path: Path) -> None:
    files = {f"file{number}": SimpleUploadedFile(f"{number}.csv", GOOD) for number in range(150)}
    answer = sender.post(NEW, {"registry": "rnd", **files})
    assert answer.status_code == 400
    assert waiting() == [] and kept(tmp_path) == []


def test_a_file_where_no_file_is_asked_for_is_not_kept(sender: Client, tmp_path: Path) -> None:
    answer = sender.post("/finalidad/", {"code": "suministro", "folio": "X-1", "file": SimpleUploadedFile("x.csv", GOOD)})
    assert answer.status_code == 302
    assert kept(tmp_path) == []
