"""The examples of docs/api.md are sent as they stand, and every one is answered."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from tequio.access.domain import Permission as P
from tests.api.programs import program
from tests.world import JUAN, Cast, csv_text

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "api.md"
EXAMPLES = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)


def send(example: str, secret: str) -> HttpResponse:
    """A curl command, sent in process."""
    words = shlex.split(example.replace("\\\n", " ").replace("$NODO", "").replace("$CLAVE", secret))
    assert words[:2] == ["curl", "-s"]
    options = list(zip(words[3::2], words[4::2], strict=True))
    headers = dict(value.split(": ", 1) for name, value in options if name == "-H")
    client = Client()
    if form := [value.split("=", 1) for name, value in options if name == "-F"]:
        file = SimpleUploadedFile("lote.csv", csv_text([JUAN]).encode())
        return client.post(words[2], {k: file if v.startswith("@") else v for k, v in form}, headers=headers)
    if data := [value for name, value in options if name == "-d"]:
        kind = headers.pop("Content-Type")
        return client.generic("POST", words[2], data[0], kind, headers=headers)
    return client.get(words[2], headers=headers)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_the_page_holds(cast: Cast, example: str) -> None:
    one = program("NT-SSPC", P.DETENTION_READ, P.DETENTION_REGISTER, P.SUPPLY_SEND)
    answer = send(example, one.secret)
    assert answer.status_code in {200, 201, 202}, answer.content.decode()


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4
