"""Measure supply and screening: `python -m tests.bench [--rows 20000 200000] [--targets 20000]`.

Says what the machine is, what was measured, and where the time goes. Writes bench-data/results.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = Path(os.environ.get("TEQUIO_BENCH_DATA", ROOT / "bench-data"))
os.environ["TEQUIO_HOME"] = str(DATA / "home")
os.environ["DJANGO_SETTINGS_MODULE"] = "tequio.config.settings"

import django

from tequio.kernel import cluster


def main() -> None:
    """Run the measurements asked for."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--rows", type=int, nargs="+", default=[20_000, 200_000])
    ask.add_argument("--targets", type=int, default=20_000)
    asked = ask.parse_args()
    DATA.mkdir(parents=True, exist_ok=True)
    home = cluster.home_folder(os.environ)
    cluster.up(home, os.environ, say=print)
    django.setup()
    print(f"Máquina: {platform.machine()}, {os.cpu_count()} núcleos, Python {platform.python_version()}")
    results: list[dict[str, Any]] = []
    for rows in asked.rows:
        results.append(measure(rows, asked.targets))
    (DATA / "results.json").write_text(json.dumps(results, indent=2, ensure_ascii=False), encoding="utf-8")


def measure(rows: int, targets: int) -> dict[str, Any]:
    """Supply a file of `rows`, 1 % of them bad, to an empty base with `targets` targets. Its own process, its own memory."""
    from tests.bench import base  # models are not there before django.setup()

    base.make_anew(targets)
    path = base.large_file(DATA, rows)
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.supply_run", str(path)], env=env, cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    found |= {"targets": targets, "hits": base.hits(), "file_mb": round(path.stat().st_size / 2**20, 1)}
    print(
        f"\n{rows:,} renglones contra {targets:,} objetivos: {found['rows_per_s']:,} renglones/s de punta a punta, "
        f"{found['peak_mb']} MB"
    )
    print(
        f"  recibir {found['receive_s']} s · procesar {found['process_s']} s · indexar después {found['after_s']} s · "
        f"coincidencias {found['hits']:,}"
    )
    print(f"  de procesador: Python {found['cpu_python_s']} s, PostgreSQL {found['cpu_postgres_s']} s")
    for name, seconds in found["spent"].items():
        print(f"  {seconds:8.2f} s  {name}")
    print(f"  {found['counts']}", flush=True)
    return found


if __name__ == "__main__":
    main()
