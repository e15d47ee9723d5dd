"""The shared benchmark of person matching (`person_bench.py`): found, made when it is not there yet, and read."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

import polars as pl

from tests.bench.places import DATA, SHARED

Row = dict[str, Any]
FOLDER = DATA / "matching"
NEEDED = {"faker": "faker", "faker_persona_mx": "faker-persona-mx", "numpy": "numpy", "polars": "polars"}
"""Modules that the generator imports, and the package that brings each."""

FIELDS = {
    "given": "given",
    "pat": "paternal",
    "mat": "maternal",
    "sex": "sex",
    "state": "birth_state",
    "curp": "curp",
    "rfc": "rfc",
    "alias": "aliases",
    "phone": "phones",
    "plate": "plates",
}
"""The benchmark's columns, and the arguments of `Subject.from_fields` that they are."""

NAMES = ("given", "pat", "mat")


@dataclass(frozen=True, slots=True)
class Shared:
    """Queries with their truth: the id of a record, or -1, and the kind of corruption or of stranger."""

    size: int
    seed: int
    queries: list[Row]
    truth: list[int]
    kinds: list[str]


@lru_cache(maxsize=1)
def generator() -> ModuleType:
    """The module `person_bench`. Ends the program with a Spanish message if it is not there."""
    path = SHARED / "person_bench.py"
    if not path.is_file():
        sys.exit(
            f"BENCH_NO_ESTA · No está el banco de pruebas compartido: se buscó {path.name} en la carpeta «{SHARED}».\n"
            "Indique su carpeta en la variable TEQUIO_BENCH."
        )
    os.environ["BENCH_DATA"] = str(FOLDER)
    spec = importlib.util.spec_from_file_location("person_bench", path)
    if spec is None or spec.loader is None:
        sys.exit(f"BENCH_NO_ESTA · {path.name} no es un programa de Python.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ready(size: int, seed: int) -> None:
    """Make the benchmark of that size and seed if it is not in the data folder. Minutes at a million records."""
    folder = FOLDER / f"{size}-{seed}"
    if (folder / "queries.parquet").is_file() and (folder / "records.parquet").is_file():
        return
    generator()
    python = next((python for python in pythons() if not _lacking(python)), None)
    if python is None:
        lacking = " ".join(_lacking(sys.executable))
        sys.exit(
            f"BENCH_FALTA_PAQUETE · Para generar el banco de {size:,} registros (semilla {seed}) falta: {lacking}.\n"
            f"Instale lo que falta (pip install {lacking}), nombre en TEQUIO_RIVALS_PYTHON un Python que lo tenga, "
            f"o deje los archivos ya generados en «{folder}»."
        )
    print(f"Se genera el banco de {size:,} registros, semilla {seed}…", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [python, str(SHARED / "person_bench.py"), "gen", str(size), str(seed)],
        env={**os.environ, "BENCH_DATA": str(FOLDER)},
        check=True,
    )


def pythons() -> list[str]:
    """This Python, and the one that TEQUIO_RIVALS_PYTHON names: another environment with the optional packages."""
    return [python for python in (sys.executable, os.environ.get("TEQUIO_RIVALS_PYTHON")) if python]


def _lacking(python: str) -> list[str]:
    """Packages of the generator that a Python does not have."""
    script = f"import importlib.util as u; print(*[p for m, p in {NEEDED!r}.items() if u.find_spec(m) is None])"
    return subprocess.run([python, "-c", script], capture_output=True, text=True, check=True).stdout.split()


def load(size: int, seed: int, step: int = 1) -> Shared:
    """Queries of the benchmark, one in `step`."""
    rows = pl.read_parquet(FOLDER / f"{size}-{seed}" / "queries.parquet").to_dicts()[::step]
    truth = [row.pop("truth") for row in rows]
    kinds = [row.pop("op") for row in rows]
    return Shared(size, seed, rows, truth, kinds)


def records(size: int, seed: int) -> Iterator[Row]:
    """Records of the benchmark, one at a time."""
    yield from pl.read_parquet(FOLDER / f"{size}-{seed}" / "records.parquet").iter_rows(named=True)


def day_text(value: int) -> str | None:
    """The benchmark's YYYYMMDD as text: whole, the year alone, or None for 0."""
    if not value:
        return None
    return f"{value // 10_000:04d}-{value // 100 % 100:02d}-{value % 100:02d}" if value % 10_000 else str(value // 10_000)


def fields(row: Row) -> dict[str, Any]:
    """Arguments of `Subject.from_fields` for a record or a query."""
    given = {ours: value for theirs, ours in FIELDS.items() if (value := row[theirs])}
    return {"id": row["id"], "birth_date": day_text(row["dob"]), **given}


def without(row: Row, *columns: str) -> Row:
    """The same row with those columns blank."""
    return row | {column: 0 if column == "dob" else "" for column in columns}


def only(row: Row, *columns: str) -> Row:
    """The same row with everything but those columns blank."""
    return without(row, *(column for column in (*FIELDS, "dob") if column not in columns))
