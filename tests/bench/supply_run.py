"""One supply in a process of its own, so that its memory is its own. Prints one JSON line."""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import django
import psutil

django.setup()

from django.db import connection

from tequio.access.selectors import actor
from tequio.kernel import outbox
from tequio.supply import pipeline, staging
from tequio.supply.services import process_batch, receive_file
from tequio.targets.services.scoring import Screen
from tests.world import SUPPLY

spent: dict[str, float] = {}


def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, adding its seconds under `name`."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - start

    return run


def peak_mb() -> float:
    """Most memory that this process has held. Linux's own mark: `ru_maxrss` starts from what the parent held at the fork."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(re.search(r"VmHWM:\s+(\d+)", status.read_text(encoding="ascii"))[1]) / 1024  # type: ignore[index]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(path: Path) -> None:
    """Supply `path` to the RND as Nayarit and say where the time went."""
    pipeline._stage = timed("leer, revisar y copiar", pipeline._stage)
    staging.load = timed("  de ello, COPY", staging.load)
    for event, reactions in list(outbox._within.items()):
        outbox._within[event] = [timed(f"  {reaction.__qualname__}", reaction) for reaction in reactions]
    Screen.score = timed("    comparar pares", Screen.score)
    for name, reaction in list(outbox._reactions.items()):
        outbox._reactions[name] = timed(f"después: {reaction.__qualname__}", reaction)
    who = actor("nayarit_capturist")
    backend = psutil.Process(connection.connection.info.backend_pid)
    before = backend.cpu_times()
    cpu = time.process_time()
    start = time.perf_counter()
    batch = receive_file(actor=who, purpose=SUPPLY, registry="rnd", path=path, agency_code="NT-SSPC")
    received = time.perf_counter()
    batch = process_batch(batch_id=batch.id)
    accepted = time.perf_counter()
    outbox.drain()
    indexed = time.perf_counter()
    cpu = time.process_time() - cpu
    after = backend.cpu_times()
    database = after.user + after.system - before.user - before.system
    print(
        json.dumps(
            {
                "rows": batch.counts["renglones"],
                "counts": batch.counts,
                "receive_s": round(received - start, 2),
                "process_s": round(accepted - received, 2),
                "after_s": round(indexed - accepted, 2),
                "rows_per_s": round(batch.counts["renglones"] / (indexed - start)),
                "cpu_python_s": round(cpu, 1),
                "cpu_postgres_s": round(database, 1),
                "peak_mb": round(peak_mb()),
                "spent": {name: round(seconds, 2) for name, seconds in spent.items()},
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
