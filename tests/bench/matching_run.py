"""Tequio on one shared benchmark, in a process of its own so that its memory is its own. Prints one JSON line.

`python -m tests.bench.matching_run SIZE SEED FOLDER [--step K] [--variants all names ...]` leaves in FOLDER one file of
answers for each variant. Speeds are CPU seconds of one thread.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tequio.matching import MemoryIndex
from tequio.people.domain import Subject
from tests.bench import shared
from tests.bench.answers import write
from tests.bench.shared import Row

LIMIT = 10
WARMING = 200

VARIANTS: dict[str, Callable[[Row], Row]] = {
    "all fields": lambda row: row,
    "no CURP, RFC, phone, plate, alias": lambda row: shared.without(row, "curp", "rfc", "phone", "plate", "alias"),
    "no birth date": lambda row: shared.without(row, "dob"),
    "name, sex, state": lambda row: shared.only(row, *shared.NAMES, "sex", "state"),
    "name only": lambda row: shared.only(row, *shared.NAMES),
}
"""What the asker knows. The records keep all that they have."""


def main() -> None:
    """Build the index, ask each variant, write the answers, print the figures."""
    ask = argparse.ArgumentParser()
    ask.add_argument("size", type=int)
    ask.add_argument("seed", type=int)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--step", type=int, default=1)
    ask.add_argument("--budget", type=int, default=300)
    ask.add_argument("--variants", nargs="+", default=["all fields"], choices=list(VARIANTS))
    asked = ask.parse_args()
    me = psutil.Process()
    before = me.memory_info().rss
    start = time.process_time()
    index = MemoryIndex.build(Subject.from_fields(**shared.fields(row)) for row in shared.records(asked.size, asked.seed))
    built = time.process_time()
    bench = shared.load(asked.size, asked.seed, asked.step)
    figures = {
        "size": asked.size,
        "seed": asked.seed,
        "build_s": round(built - start, 1),
        "memory_mb": round((me.memory_info().rss - before) / 2**20),
        "queries_per_s": {},
    }
    for name in asked.variants:
        subjects = [Subject.from_fields(**shared.fields(VARIANTS[name](row))) for row in bench.queries]
        index.query(subjects[:WARMING], limit=LIMIT, budget=asked.budget)  # compiled code and caches wake up
        start = time.process_time()
        found = index.query(subjects, limit=LIMIT, budget=asked.budget)
        spent = time.process_time() - start
        figures["queries_per_s"] |= {name: round(len(subjects) / spent)}
        write(asked.folder, name, [[(c.id, c.score) for c in candidates] for candidates in found])
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
