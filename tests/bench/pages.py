"""Measure the pages that people open most, at a million records: `python -m tests.bench.pages [--records 1000000] [--asks 40]`.

Makes one agency's records set-wise in a database of its own, and asks for each page through Django's test client: sessions,
middleware, permissions, log and template included, the network not. Says the median and the 95th percentile in milliseconds,
and the bytes of the page, and writes bench-data/pages.json. `--keep` asks again of what a former run has made.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from typing import Any

from tests.bench.places import DATA

os.environ["TEQUIO_HOME"] = str(DATA / "pages-home")
os.environ["DJANGO_SETTINGS_MODULE"] = "tequio.config.settings"
os.environ["TEQUIO_HTTPS"] = "0"
os.environ["TEQUIO_HOSTS"] = "testserver"

import django
import numpy as np

from tequio.kernel import cluster

BUDGET_MS = 150
"""Server time at the 95th percentile that a page may take."""

Ask = Callable[[], Any]


def main() -> None:
    """Measure."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--records", type=int, default=1_000_000)
    ask.add_argument("--asks", type=int, default=40)
    ask.add_argument("--keep", action="store_true")
    asked = ask.parse_args()
    DATA.mkdir(parents=True, exist_ok=True)
    cluster.up(cluster.home_folder(os.environ), os.environ, say=print)
    django.setup()
    from tests.bench import pages_base  # models are not there before django.setup()

    print(f"Máquina: {platform.machine()}, {os.cpu_count()} núcleos, Python {platform.python_version()}")
    if not asked.keep:
        start = time.perf_counter()
        pages_base.fill(asked.records)
        print(f"  {asked.records:,} registros en {time.perf_counter() - start:.0f} s", flush=True)
    found = {"records": asked.records}
    for name, page in pages_base.pages():
        found |= {name: _measured(page, asked.asks)}
        told = found[name]
        over = "" if told["p95_ms"] <= BUDGET_MS else f"  más de {BUDGET_MS} ms"
        print(f"  {name:34} p50 {told['p50_ms']:7.1f} ms  p95 {told['p95_ms']:7.1f} ms  {told['bytes']:8,} B{over}", flush=True)
    (DATA / "pages.json").write_text(json.dumps(found, indent=2, ensure_ascii=False), encoding="utf-8")


def _measured(page: Iterator[Ask], asks: int) -> dict[str, float]:
    """A page asked many times, each time for something else. The first few are measured by nobody."""
    seconds = []
    size = 0
    for at in range(asks + 5):
        once = next(page)
        start = time.perf_counter()
        answer = once()
        took = time.perf_counter() - start
        if answer.status_code != 200:
            raise SystemExit(f"{answer.status_code}: {answer.content.decode()[:2_000]}")
        size = len(answer.content)
        if at >= 5:
            seconds.append(took * 1e3)
    low, high = np.percentile(np.array(seconds), [50, 95])
    return {"p50_ms": round(float(low), 1), "p95_ms": round(float(high), 1), "bytes": size}


if __name__ == "__main__":
    main()
