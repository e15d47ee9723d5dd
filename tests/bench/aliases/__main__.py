"""Run the benchmark on the matcher in memory: `python -m tests.bench.aliases [--size 20000] [--misses 3]`.

Prints one table, and writes the whole verdict to bench-data/aliases-SIZE-SEED.json. `--write FOLDER` writes the benchmark
itself as JSON lines instead (records, queries, truths apart), for a matcher that is run elsewhere.
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

from tests.bench.aliases import make
from tests.bench.aliases.report import as_dict, lines, misses
from tests.bench.aliases.run import run
from tests.bench.places import DATA


def main() -> None:
    """Make, run, judge and print what was asked for."""
    ask = argparse.ArgumentParser(prog="python -m tests.bench.aliases")
    ask.add_argument("--size", type=int, default=20_000, help="records in the base")
    ask.add_argument("--seed", type=int, default=2026)
    ask.add_argument("--each", type=int, default=300, help="queries of each family")
    ask.add_argument("--negatives", type=int, default=300, help="people outside the base asked for in each family")
    ask.add_argument("--budget", type=int, default=300)
    ask.add_argument("--misses", type=int, default=0, help="missed queries to print for each family")
    ask.add_argument("--write", type=Path, help="write the benchmark to this folder and do not run it")
    asked = ask.parse_args()
    bench = make(asked.size, asked.seed, asked.each, asked.negatives)
    if asked.write:
        asked.write.mkdir(parents=True, exist_ok=True)
        for name, rows in (
            ("records", bench.records),
            ("queries", [query.fields for query in bench.queries]),
            ("truths", [{"truth": q.truth, "family": q.family, "kind": q.kind} for q in bench.queries]),
        ):
            with (asked.write / f"{name}.jsonl").open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(row, ensure_ascii=False, default=date.isoformat) + "\n" for row in rows)
        print(f"{len(bench.records):,} registros y {len(bench.queries):,} consultas en {asked.write}")
        return
    found = run(bench, asked.budget)
    print("\n".join(lines(bench, found)))
    if asked.misses:
        print("\n".join(misses(bench, found, asked.misses)))
    DATA.mkdir(parents=True, exist_ok=True)
    path = DATA / f"aliases-{asked.size}-{asked.seed}.json"
    path.write_text(json.dumps(as_dict(bench, found), ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"\nTodo, en {path}")


if __name__ == "__main__":
    main()
