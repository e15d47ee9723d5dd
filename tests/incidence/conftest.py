"""A folder to put files in, and one small file of each shape."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.incidence.sesnsp_files import new_text, old_text


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of the test and give its path."""

    def _write(content: str | bytes, name: str = "incidencia.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return _write


@pytest.fixture
def old_file(write: Callable[..., Path]) -> Path:
    return write(old_text(known=10), "IDEFC_NM_oct2020.csv")


@pytest.fixture
def new_file(write: Callable[..., Path]) -> Path:
    return write(new_text(), "estatal_n.csv", "latin-1")
