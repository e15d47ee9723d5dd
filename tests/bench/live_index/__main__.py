"""Measure where the live index can live: `python -m tests.bench.live_index [--records 1000000] [--stores segments gin ...]`.

Enters the records in batches, looks up, corrects, starts the server again; says what each took, and the room taken on disk.
The server is the project's own, or the one that TEQUIO_POSTGRES names. Data and results.json are in bench-data/live-index.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

from tequio.kernel import cluster
from tequio.kernel.cluster.link import external_url
from tequio.kernel.cluster.places import layout
from tests.bench.live_index import corpus
from tests.bench.live_index.measuring import BATCH, Result, measure, measure_restart, server_clock
from tests.bench.live_index.stores import STORES, Tantivy, make_store

ROOT = Path(__file__).resolve().parent.parent.parent.parent
DATA = Path(os.environ.get("TEQUIO_BENCH_DATA", ROOT / "bench-data")) / "live-index"
HOME = DATA / "home"


def main() -> None:
    """Measure the stores asked for, one after the other; each is removed when the next begins."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--records", type=int, default=100_000)
    ask.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES))
    ask.add_argument("--people", type=Path, help="carpeta del banco de pruebas común; sin ella, la nación sintética")
    asked = ask.parse_args()
    whole = min(asked.records, corpus.WHOLE)
    if asked.records < BATCH or asked.records % whole or whole % BATCH:
        ask.error(f"--records: un múltiplo de {BATCH:,}, y de {corpus.WHOLE:,} si pasa de {corpus.WHOLE:,}.")
    DATA.mkdir(parents=True, exist_ok=True)
    dsn = cluster.up(HOME, os.environ, say=print).dsn()
    made = corpus.load(asked.people, asked.records, DATA)
    print(f"Máquina: {platform.machine()}, {os.cpu_count()} núcleos; {asked.records:,} registros, lotes de {BATCH:,}")
    print(f"{made.offsets[-1] / whole:.1f} llaves por registro, {len(made.queries):,} consultas")
    results: list[Result] = []
    for name in asked.stores:
        if name == "tantivy" and not Tantivy.installed():
            print("\ntantivy: no se midió, el paquete no está instalado (pip install tantivy).")
            continue
        results.append(_measured(name, dsn, made, asked.records))
        (DATA / "results.json").write_text(json.dumps(results, indent=2, ensure_ascii=False), encoding="utf-8")


def _measured(name: str, dsn: str, made: corpus.Corpus, records: int) -> Result:
    own = external_url(os.environ) is None
    clock: Callable[[], float] = server_clock(dsn) if own else lambda: 0.0
    store = make_store(name, dsn, DATA)
    result = measure(store, made, records, clock)
    if own:
        result |= measure_restart(store, made, _restart)
    store.close()
    print()
    for figure, value in result.items():
        print(f"  {figure:27} {value}", flush=True)
    return result


def _restart() -> float:
    """Stop the project's own server and start it with none of its files in memory; seconds that the start took."""
    cluster.down(HOME, os.environ, say=lambda _: None)
    for folder in (layout(HOME).data, DATA):
        for path in folder.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    start = time.perf_counter()
    cluster.up(HOME, os.environ, say=lambda _: None)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
