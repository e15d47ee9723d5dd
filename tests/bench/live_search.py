"""Measure the live path as a person meets it: `python -m tests.bench.live_search [--records 1000000] [--queries 1000]`.

Puts the shared benchmark's records into the RND, enters them into the index by the product's own services, and asks its queries
through `search_person`: purpose, log and explanation included; and the index alone, with the explanations of those shown. Says
what entering and asking took, and the room on disk. Writes bench-data/live-search.json. `--keep` asks again what a former run
has entered; `--settle` has the segments written together before, as the worker does by night.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from typing import Any

from tests.bench.places import DATA

os.environ["TEQUIO_HOME"] = str(DATA / "live-home")
os.environ["DJANGO_SETTINGS_MODULE"] = "tequio.config.settings"

import django
import numpy as np
from numpy.typing import NDArray

from tequio.kernel import cluster

_PARTS = {"p50": 50, "p99": 99, "max": 100}


def main() -> None:
    """Measure."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--records", type=int, default=1_000_000)
    ask.add_argument("--seed", type=int, default=7)
    ask.add_argument("--queries", type=int, default=1_000)
    ask.add_argument("--keep", action="store_true")
    ask.add_argument("--settle", action="store_true")
    asked = ask.parse_args()
    DATA.mkdir(parents=True, exist_ok=True)
    cluster.up(cluster.home_folder(os.environ), os.environ, say=print)
    django.setup()
    from tests.bench import live_base  # models are not there before django.setup()

    print(f"Máquina: {platform.machine()}, {os.cpu_count()} núcleos, Python {platform.python_version()}")
    path = DATA / "live-search.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if asked.keep else {}
    if not asked.keep:
        found |= {"records": asked.records, **live_base.fill(asked.records, asked.seed)}
    if asked.settle:
        live_base.settle()
    queries, truth = live_base.questions(asked.records, asked.seed, asked.queries)
    live_base.ask(queries[:50])  # a first touch is measured by nobody: processes, plans and caches are there afterwards
    start = time.perf_counter()
    seconds, answers = live_base.ask(queries)
    took = time.perf_counter() - start
    people = [(right, answer) for right, answer in zip(truth, answers, strict=True) if right is not None]
    alone = np.array(live_base.ask_alone(queries))
    found |= {
        "segments": live_base.held(),
        "queries": len(queries),
        "ms": _told(np.array(seconds)),
        "ms_asked": _told(alone[:, 0]),
        "ms_explained": _told(alone[:, 1]),
        "ms_asked_and_explained": _told(alone.sum(axis=1)),
        "queries_per_s": round(len(queries) / took, 1),
        "recall10": round(sum(right in answer for right, answer in people) / len(people), 4),
        "mb": live_base.sizes(),
    }
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False), encoding="utf-8")
    for name, value in found.items():
        print(f"  {name:20} {value}", flush=True)


def _told(seconds: NDArray[np.float64]) -> dict[str, float]:
    """Milliseconds."""
    return {name: round(float(np.percentile(seconds, part)) * 1e3, 2) for name, part in _PARTS.items()}


if __name__ == "__main__":
    main()
