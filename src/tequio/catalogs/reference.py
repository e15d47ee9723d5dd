"""The catalogues and parameters that come in the package, one JSON file for each version of a list. No database."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

_HOME = resources.files("tequio.catalogs").joinpath("data")


def catalogs() -> list[dict[str, Any]]:
    """Every list of the package with its items, by file name."""
    files = [file for file in _HOME.joinpath("catalogs").iterdir() if file.name.endswith(".json")]
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(files, key=lambda file: file.name)]


def parameters() -> list[dict[str, Any]]:
    """Every parameter of the package."""
    found: list[dict[str, Any]] = json.loads(_HOME.joinpath("parameters.json").read_text(encoding="utf-8"))
    return found
