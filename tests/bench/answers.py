"""Answers of a method to the queries of a benchmark, as a file of JSON lines: {"ids": [...], "scores": [...]} a query."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

Answer = Sequence[tuple[object, float]]
"""Candidates, best first, with their scores."""


def path_of(folder: Path, name: str) -> Path:
    """File of a method's answers."""
    return folder / (re.sub(r"\W+", "-", name).strip("-").lower() + ".jsonl")


def write(folder: Path, name: str, answers: Iterable[Answer]) -> None:
    """Keep the answers of a method."""
    folder.mkdir(parents=True, exist_ok=True)
    with path_of(folder, name).open("w", encoding="utf-8") as file:
        for answer in answers:
            line = {"ids": [found for found, _ in answer], "scores": [float(score) for _, score in answer]}
            file.write(json.dumps(line) + "\n")


def read(folder: Path, name: str) -> list[list[tuple[object, float]]]:
    """The answers of a method. Raises FileNotFoundError if it left none."""
    with path_of(folder, name).open(encoding="utf-8") as file:
        return [list(zip(line["ids"], line["scores"], strict=True)) for line in map(json.loads, file)]
