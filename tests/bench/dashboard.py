"""How long each tile takes: `python -m tests.bench.dashboard --sizes 1000000 10000000`.

The facts that so many detentions leave are made set-wise, in place of the detentions themselves: no tile reads a detention.
Each tile is asked for as a viewer gets it, with its line on the log; the first answer of each question is not the one counted,
but what a table hides is worked out again each time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from datetime import date
from pathlib import Path
from uuid import UUID

import django
from django.db import connection, transaction

django.setup()

from tequio.access.scoping import NATIONAL, reach
from tequio.access.selectors import actor
from tequio.dashboards import counting, services, tiles
from tequio.dashboards.domain import figures
from tequio.dashboards.domain.asking import FAULT, Period, Question
from tequio.institutions.models import Agency
from tests.bench import dashboard_base

ROUNDS = 5
BUDGET_MS = 200


def questions() -> dict[str, Question]:
    """What is asked: the easy and the hard."""
    year, month = Period.of_year(2025), Period.of_month(2025, 10)
    odd, long_ = Period(date(2025, 2, 10), date(2025, 9, 20)), Period(date(2022, 1, 5), date(2026, 12, 20))
    guard = Agency.objects.get(code="FED-GN").pk
    return {
        "nation, year": Question(year),
        "nation, month": Question(month),
        "nation, year, faults": Question(year, record_type=FAULT),
        "nation, year, one kind": Question(year, kind="flagrancia"),
        "nation, year, one institution": Question(year, agency=guard),
        "nation, odd span": Question(odd),
        "nation, five years": Question(long_),
        "largest state, year": Question(year, state="15"),
        "Oaxaca (570 municipalities), year": Question(year, state="20"),
        "largest state, odd span": Question(odd, state="15"),
        "largest state, five years": Question(long_, state="15"),
        "largest municipality, year": Question(year, state="02", municipality="02004"),
        "largest municipality, month": Question(month, state="02", municipality="02004"),
        "largest municipality, five years": Question(long_, state="02", municipality="02004"),
    }


def run(detentions: int, keep: bool) -> dict[str, object]:
    """Measure at that size; with `keep`, on what a former run has made."""
    made = {} if keep else dashboard_base.fill(detentions)
    who = actor("hub_operator")
    worst: dict[str, dict[str, float]] = {}
    work: dict[str, dict[str, float]] = {}
    for name, question in questions().items():
        worst[name], work[name] = {}, {}
        for key in tiles.TITLES:
            took = []
            for _ in range(ROUNDS + 1):
                figures._protected.cache_clear()
                start, spent = time.perf_counter(), _work()
                services.read_tile(actor=who, purpose=None, question=question, key=key, subtype="Robo")
                took.append((1000 * (time.perf_counter() - start), 1000 * (_work() - spent)))
            worst[name][key] = round(statistics.median(wall for wall, _cpu in took[1:]), 1)
            work[name][key] = round(statistics.median(cpu for _wall, cpu in took[1:]), 1)
        slow = {key: ms for key, ms in work[name].items() if ms >= BUDGET_MS}
        most, spent = max(worst[name].values()), max(work[name].values())
        print(f"{detentions:>11,}  {name:36} slowest {most:7.1f} ms, of which at work {spent:7.1f}  {slow or ''}", flush=True)
    tables = dashboard_base.sizes()
    return {"detentions": detentions, **made, "tables": tables, "ms": worst, "at_work_ms": work, **changes()}


def _work() -> float:
    """Seconds of processor that this process and its server process have used: what a busy machine does not stretch."""
    server = connection.connection.info.backend_pid
    fields = Path(f"/proc/{server}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def changes() -> dict[str, float]:
    """Milliseconds to count one detention anew in a dashboard of that size, median."""
    took = []
    with reach(NATIONAL):
        for number in range(1, 21):
            start = time.perf_counter()
            with transaction.atomic(), connection.cursor() as cursor:
                counting.recount(cursor, "d.id = %(one)s", {"one": UUID(int=number)})
            took.append(1000 * (time.perf_counter() - start))
    return {"one_change_ms": round(statistics.median(took), 1)}


def main() -> None:
    """Measure at each size asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    for size in asked.sizes:
        print(json.dumps(run(size, asked.keep)), flush=True)


if __name__ == "__main__":
    main()
