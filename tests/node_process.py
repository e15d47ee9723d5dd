"""A node in a process of its own, for tests that kill it. Django loads once; each deed then runs in a fork.

Reads one JSON object a line: {"do": name, "out": path, ...}. Answers with the pid of the fork, which writes what it did to
`out`, or the error that ended it beside it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.management import call_command
from django.db import transaction

from tequio.access import selectors as access
from tequio.audit import selectors as audit
from tequio.kernel import outbox
from tequio.supply import receipts
from tequio.supply.models import Batch
from tequio.supply.services import process_batch, receive_file, resume_pending, supply_file
from tequio.targets.services import approve_target, propose_target, rescreening, scoring
from tests.world import SUPPLY, WATCH, WHY, draft_of, load_reference, make_cast

LONGEST_WAIT = 30.0
"""Seconds that a deed waits for the test's sign."""


def _send(asked: dict[str, Any]) -> Batch:
    actor = access.actor(asked.get("who", "nayarit_capturist"))
    return supply_file(
        actor=actor, purpose=SUPPLY, registry="rnd", path=Path(asked["path"]), agency_code=actor.agency_code,
        batch_key=asked["key"],
    )  # fmt: skip


def _told(batch: Batch) -> dict[str, Any]:
    return {
        "id": str(batch.id), "state": batch.state, "counts": batch.counts, "receipt": batch.receipt_processed,
        "holds": receipts.holds(batch.receipt_received) and receipts.holds(batch.receipt_processed),
        "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }  # fmt: skip


def set_up(asked: dict[str, Any]) -> dict[str, Any]:
    """Tables, reference data and people."""
    call_command("migrate", verbosity=0)
    load_reference()
    make_cast()
    return {}


def supply(asked: dict[str, Any]) -> dict[str, Any]:
    """Supply a file."""
    return _told(_send(asked))


def finish(asked: dict[str, Any]) -> dict[str, Any]:
    """What a person does after a crash: let what was left be finished, and supply again, twice."""
    resumed = [str(batch.id) for batch in resume_pending()]
    first, second = _told(_send(asked)), _told(_send(asked))
    outbox.drain()
    return first | {"resumed": resumed, "same": first["receipt"] == second["receipt"] and first["id"] == second["id"]}


def drain(asked: dict[str, Any]) -> dict[str, Any]:
    """Run the reactions that are due."""
    return {"ran": outbox.drain()}


def watch(asked: dict[str, Any]) -> dict[str, Any]:
    """Jalisco, or another state, registers a target."""
    state = asked.get("state", "jalisco")
    draft = draft_of(asked["row"], document=asked["document"])
    proposed = propose_target(actor=access.actor(f"{state}_analyst"), purpose=WATCH, draft=draft)
    with transaction.atomic():
        target = approve_target(actor=access.actor(f"{state}_supervisor"), purpose=WATCH, target_id=proposed.id)
        _hold(asked)
    return {"target": str(target.id)}


def supply_slowly(asked: dict[str, Any]) -> dict[str, Any]:
    """Supply a file, and keep its transaction open until the test says."""
    actor = access.actor("nayarit_capturist")
    batch = receive_file(
        actor=actor, purpose=SUPPLY, registry="rnd", path=Path(asked["path"]), agency_code=actor.agency_code,
        batch_key=asked["key"],
    )  # fmt: skip
    with transaction.atomic():
        batch = process_batch(batch_id=batch.id)
        _hold(asked)
    return _told(batch)


def rescreen(asked: dict[str, Any]) -> dict[str, Any]:
    """Look at all records and all targets, a few at a time, and apply what would change."""
    rescreening.ENTRIES_AT_A_TIME = rescreening.CHANGES_AT_A_TIME = asked["chunk"]
    one, many = scoring.compare, scoring.compare_many

    def told(*pair: Any) -> Any:
        return replace(one(*pair), algorithm=asked["algorithm"])

    def all_told(*pairs: Any) -> Any:
        return [replace(found, algorithm=asked["algorithm"]) for found in many(*pairs)]

    scoring.compare, scoring.compare_many = told, all_told  # type: ignore[assignment]
    operator = access.actor("hub_operator")
    found = rescreening.rescreen(actor=operator, purpose=WHY)
    done = rescreening.apply_rescreening(actor=operator, purpose=WHY, run_id=found.run.id)
    return {"run": str(done.run.id), "state": done.run.state, "found": done.run.found}


def verify(asked: dict[str, Any]) -> dict[str, Any]:
    """Check every chain of the log."""
    lines, breaks = audit.verify(None)
    return {"lines": lines, "breaks": len(breaks)}


def _hold(asked: dict[str, Any]) -> None:
    if "hold" not in asked:
        return
    Path(asked["hold"] + ".here").touch()
    limit = time.monotonic() + LONGEST_WAIT
    while not Path(asked["hold"]).exists() and time.monotonic() < limit:
        time.sleep(0.01)


DEEDS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    deed.__name__: deed for deed in (set_up, supply, supply_slowly, finish, drain, watch, rescreen, verify)
}


def _child(asked: dict[str, Any]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    out = Path(asked["out"])
    with out.with_suffix(".error").open("w", encoding="utf-8") as errors:
        os.dup2(errors.fileno(), 2)
    said = DEEDS[asked["do"]](asked)
    draft = out.with_suffix(".draft")
    draft.write_text(json.dumps(said), encoding="utf-8")
    draft.replace(out)


def _answer(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Fork for each deed until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # forks that end leave at once
    _answer("ready")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _child(json.loads(line))  # an error leaves through here, with its traceback where the test will read it
            os._exit(0)
        _answer(str(pid))


if __name__ == "__main__":
    main()
