"""Measure the matcher on the shared benchmark: `python -m tests.bench.matching [--sizes 100000] [--seeds 7 99 2026]`.

Prints one table and writes it into docs/benchmarks.md. `--name-only` and `--ablation` ask the same queries with fewer
fields; `--oracle` measures how far the matcher is from one that knows the generator; `--rivals` runs the other matchers
that are installed (those that are not are said to be skipped); `--aliases` runs the second benchmark too. `--step K` asks
one query in K.

Everything that is made lies in bench-data. A rival may live in another environment: TEQUIO_RIVALS_PYTHON names its python.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from tequio.kernel.text import LOST, fold
from tests.bench import aliases, oracle, shared
from tests.bench.aliases import report as aliases_report
from tests.bench.aliases import run as aliases_run
from tests.bench.answers import read, write
from tests.bench.figures import figures, lead, of_answers
from tests.bench.matching_run import VARIANTS
from tests.bench.measures import f1_at
from tests.bench.page import table, write_page
from tests.bench.places import DATA, ROOT
from tests.bench.rivals import NOT_INSTALLED, RIVALS, TEQUIO
from tests.bench.shared import Row, Shared

RESULTS = shared.FOLDER / "results.json"
_THREAD_SETTINGS = "OMP_NUM_THREADS NUMBA_NUM_THREADS OPENBLAS_NUM_THREADS POLARS_MAX_THREADS RAYON_NUM_THREADS"
ONE_THREAD = dict.fromkeys(_THREAD_SETTINGS.split(), "1")
RIVAL_SECONDS = 3_600
Results = dict[str, Any]


def main() -> None:
    """Run what was asked for. Results of other sizes and seeds stay as they were."""
    ask = argparse.ArgumentParser(prog="python -m tests.bench.matching", description=__doc__)
    ask.add_argument("--sizes", type=int, nargs="+", default=[100_000])
    ask.add_argument("--seeds", type=int, nargs="+", default=[7])
    ask.add_argument("--step", type=int, default=1)
    ask.add_argument("--budget", type=int, default=300)
    ask.add_argument("--name-only", action="store_true")
    ask.add_argument("--ablation", action="store_true")
    ask.add_argument("--oracle", action="store_true")
    ask.add_argument("--rivals", nargs="*", metavar="NAME", help="all, or those whose name contains one of these")
    ask.add_argument("--rival-queries", type=int, default=500, help="queries put to a rival, half of them about strangers")
    ask.add_argument("--aliases", action="store_true")
    ask.add_argument("--no-page", action="store_true", help="print only; leave docs/benchmarks.md as it is")
    asked = ask.parse_args()
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    for size in asked.sizes:
        for seed in asked.seeds:
            shared.ready(size, seed)
            results = forget(results, size, seed)
            results |= tequio(size, seed, asked)
            if asked.oracle:
                results |= ceiling(size, seed, asked.step)
            if asked.rivals is not None:
                results |= against(size, seed, asked)
            _keep(results)
    if asked.aliases:
        for size in (20_000, 100_000):
            bench = aliases.make(size)
            results[f"aliases {size}"] = "\n".join(aliases_report.lines(bench, aliases_run.run(bench, asked.budget)))
            _keep(results)
    for size in asked.sizes:
        for seed in asked.seeds:
            f1_elsewhere(results, size, seed, asked)
    _keep(results)
    print("\n" + table(results))
    if not asked.no_page:
        write_page(results, ROOT / "docs" / "benchmarks.md")


def forget(results: Results, size: int, seed: int) -> Results:
    """Leave out what depends on the matcher: its rows and answers, the oracle's, and leads. A rival's own figures stay."""
    for path in _folder(size, seed).rglob("*.jsonl"):
        path.unlink()
    kept: Results = {}
    for key, row in results.items():
        ours = isinstance(row, dict) and (row["size"], row["seed"]) == (size, seed)
        if not ours:
            kept[key] = row
        elif row["method"] in RIVALS:
            kept[key] = {name: value for name, value in row.items() if name != "lead"}
    return kept


def _keep(results: Results) -> None:
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")


def _machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {date.today():%Y-%m-%d}"


def _folder(size: int, seed: int) -> Path:
    return shared.FOLDER / "answers" / f"{size}-{seed}"


def _environment() -> dict[str, str]:
    paths = f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH') or ROOT / 'src'}"
    return {**os.environ, **ONE_THREAD, "PYTHONPATH": paths, "TEQUIO_HOME": os.environ.get("TEQUIO_HOME") or str(DATA / "home")}


def _row(size: int, seed: int, method: str, uses: str, found: Results) -> Results:
    return {
        f"{size} {seed} {method}": {"size": size, "seed": seed, "method": method, "uses": uses, "machine": _machine(), **found}
    }


def tequio(size: int, seed: int, asked: argparse.Namespace) -> Results:
    """The matcher itself, with all fields and with the fewer that were asked for."""
    variants = list(VARIANTS) if asked.ablation else ["all fields", "name only"] if asked.name_only else ["all fields"]
    words = [str(size), str(seed), str(_folder(size, seed)), "--step", str(asked.step), "--budget", str(asked.budget)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.matching_run", *words, "--variants", *variants],
        env=_environment(), cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr)
    told = json.loads(done.stdout.splitlines()[-1])
    bench = shared.load(size, seed, asked.step)
    results: Results = {}
    for variant in variants:
        found = figures(bench, read(_folder(size, seed), variant))
        found |= {"queries_per_s": told["queries_per_s"][variant], "build_s": told["build_s"], "memory_mb": told["memory_mb"]}
        method = f"Tequio, budget {asked.budget}"
        results |= _row(size, seed, method if variant == "all fields" else f"{method}, {variant}", variant, found)
        print(f"{size:>10,} {seed:>5} {variant:<36} recall@10 {found['recall10']:.4f}  F1 {found['f1']:.4f}", flush=True)
    return results


def f1_elsewhere(results: Results, size: int, seed: int, asked: argparse.Namespace) -> None:
    """Add the F1 at the threshold that was best on another seed of the same size, so that none of these queries chose it."""
    method = f"Tequio, budget {asked.budget}"
    others = [row for row in results.values() if isinstance(row, dict) and (row["size"], row["method"]) == (size, method)]
    thresholds = [row["threshold"] for row in others if row["seed"] != seed]
    if thresholds:
        found = of_answers(shared.load(size, seed, asked.step), read(_folder(size, seed), TEQUIO))
        results[f"{size} {seed} {method}"]["f1_elsewhere"] = f1_at(found, thresholds[0])


def ceiling(size: int, seed: int, step: int) -> Results:
    """What somebody who knows the generator would make of the same candidates, and the right one if it is not among them."""
    bench = shared.load(size, seed, step)
    answers = oracle.rescore(bench, read(_folder(size, seed), TEQUIO))
    write(_folder(size, seed), "oracle", answers)
    found = figures(bench, answers)
    print(f"{size:>10,} {seed:>5} {'oracle':<36} recall@1 {found['recall1']:.4f}  F1 {found['f1']:.4f}", flush=True)
    return _row(size, seed, "oracle", "all and the truth", found)


def lay_out(bench: Shared, folder: Path) -> None:
    """Leave a rival's work in a folder: records and queries, folded."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("records", shared.records(bench.size, bench.seed)), ("queries", bench.queries)):
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(tidy(row)) + "\n" for row in rows)


def tidy(row: Row) -> Row:
    """A row as a careful user of a rival would prepare it: folded, abbreviations written out, a lost letter taken for Ñ."""
    clean = {key: fold(row[key]).replace(LOST, "N") for key in ("given", "pat", "mat", "alias")}
    words = clean["given"].split()
    if len(words) > 1 and words[0] in {"MA", "M"}:
        words[0] = "MARIA"
    return row | clean | {"given": " ".join(words)}


def against(size: int, seed: int, asked: argparse.Namespace) -> Results:
    """The rivals that were named, on some of the queries; Tequio on the same ones; and the lead, tested in pairs."""
    whole = shared.load(size, seed, asked.step)
    results: Results = {}
    for every in (False, True):
        step = 1 if every else max(1, len(whole.queries) // asked.rival_queries)
        bench = Shared(size, seed, whole.queries[::step], whole.truth[::step], whole.kinds[::step])
        names = [
            name
            for name, rival in RIVALS.items()
            if rival.every is every
            and size <= rival.largest
            and (not asked.rivals or any(word.lower() in name.lower() for word in asked.rivals))
        ]
        if not names:
            continue
        folder = _folder(size, seed) / ("rivals-every" if every else "rivals")
        lay_out(bench, folder)
        ours = {variant: read(_folder(size, seed), variant)[::step] for variant in VARIANTS if _has(size, seed, variant)}
        for variant, answers in ours.items():
            write(folder, variant, answers)
            if not every and variant in ("all fields", "name only"):
                results |= _row(size, seed, f"Tequio, {variant}, the rivals' queries", variant, figures(bench, answers))
        for name in names:
            results |= one_rival(bench, name, folder, ours)
    return results


def one_rival(bench: Shared, name: str, folder: Path, ours: dict[str, list[list[tuple[object, float]]]]) -> Results:
    """One rival's row. Its lead is taken over Tequio's answers from the same fields, if there are any."""
    rival = RIVALS[name]
    found = _rival(name, folder)
    start = f"{bench.size:>10,} {bench.seed:>5} {name:<38}"
    if "skipped" in found:
        print(f"{start} omitido: {found['skipped']}", flush=True)
        return _row(bench.size, bench.seed, name, rival.uses, found)
    answers = read(folder, name)
    found |= figures(bench, answers) | {"batch": rival.batch}
    same = "name only" if rival.uses == "name" else "all fields"
    if same in ours:
        found["lead"] = lead(bench, ours[same], answers)
    print(f"{start} recall@10 {found['recall10']:.4f}  F1 {found['f1']:.4f}", flush=True)
    return _row(bench.size, bench.seed, name, rival.uses, found)


def _has(size: int, seed: int, variant: str) -> bool:
    try:
        return bool(read(_folder(size, seed), variant))
    except FileNotFoundError:
        return False


def _rival(name: str, folder: Path) -> Results:
    """Figures that a rival's process printed; or why there are none: its package is in neither environment, or it failed."""
    for python in shared.pythons():
        done = subprocess.run(
            [python, "-m", "tests.bench.rivals", name, str(folder)],
            env=_environment(), cwd=ROOT, capture_output=True, text=True, timeout=RIVAL_SECONDS,
        )  # fmt: skip
        if done.returncode == 0:
            found: Results = json.loads(done.stdout.splitlines()[-1])
            return found
        if done.returncode != NOT_INSTALLED:
            print(done.stderr[-2_000:], file=sys.stderr)
            return {"skipped": "it failed"}
    return {"skipped": f"{RIVALS[name].package} is not installed"}


if __name__ == "__main__":
    main()
