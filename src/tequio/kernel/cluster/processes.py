"""The processes of one cluster, told from every other by their working folder: PostgreSQL works inside its data folder.

A process number alone proves nothing: after a crash or a restart of a container it may belong to anything.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tequio.kernel.cluster.faults import PostgresWontStart, PostgresWontStop
from tequio.kernel.cluster.files import read_if_present
from tequio.kernel.cluster.places import Account

READY = "ready"
STOPPING = "stopping"
START_WAIT = 900.0
"""Seconds to wait for a start: it may replay up to max_wal_size of log after a crash."""
STOP_WAIT = 300.0
"""Seconds to wait for a fast stop: it writes every dirty page before it ends."""
ORPHAN_WAIT = 5.0
"""Seconds that processes without a postmaster get to notice it before they are ended."""
_POLL = 0.02


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A living server, as its postmaster.pid describes it."""

    pid: int
    socket: str
    state: str


def run_as(
    account: Account, command: Sequence[object], *, data: Path | None = None, output: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Run a PostgreSQL program as `account` over the folder `data`; its exit status is the caller's to judge.

    The program gets no PG* variable of the caller's and speaks English, which is what its output is read for. The folder
    goes in the environment because pg_ctl passes its -D through a shell without quoting it.
    Raises OSError when that user cannot execute the program.
    """
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    if data is not None:
        env["PGDATA"] = str(data)
    return subprocess.run(
        [str(part) for part in command],
        env={**env, "LC_ALL": "C"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        user=account.uid if account.lowered else None,
        group=account.gid if account.lowered else None,
        extra_groups=[] if account.lowered else None,
    )


def postmaster(data: Path) -> Postmaster | None:
    """The living postmaster of `data`, in whatever state, or None."""
    lines = (read_if_present(data / "postmaster.pid") or "").splitlines()
    if not lines or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    if not _works_in(pid, data):
        return None
    return Postmaster(pid=pid, socket=_line(lines, 4), state=_line(lines, 7))


def forget_stranger(data: Path) -> None:
    """Remove a postmaster.pid whose number now is another program's: PostgreSQL would take that program for its server.

    One whose number is free stays: PostgreSQL itself checks that nobody is left in the shared memory it names.
    """
    path = data / "postmaster.pid"
    first = (read_if_present(path) or "").partition("\n")[0].strip()
    if not first.isdigit() or psutil.pid_exists(int(first)):
        path.unlink(missing_ok=True)


def wait_settled(data: Path, say: Callable[[str], None]) -> Postmaster | None:
    """Wait until the server that somebody else started is ready, or until the one that is stopping has stopped."""
    limit = time.monotonic() + START_WAIT
    said = False
    while (found := postmaster(data)) is not None and found.state != READY:
        if time.monotonic() > limit:
            raise PostgresWontStart(
                f"PostgreSQL (proceso {found.pid}) lleva más de quince minutos en estado «{found.state or 'inicial'}».",
                hint="Vea pg.log; si está atascado, deténgalo con «tequio down» y arranque de nuevo.",
            )
        if not said:
            say(f"PostgreSQL se está {'deteniendo' if found.state == STOPPING else 'levantando'}; se espera.")
            said = True
        time.sleep(_POLL)
    return found


def stop_fast(data: Path, server: Postmaster) -> None:
    """End the server in order, cutting its clients off. Raises PostgresWontStop after STOP_WAIT seconds."""
    if not _send(server.pid, signal.SIGINT):
        return
    limit = time.monotonic() + STOP_WAIT
    while _works_in(server.pid, data):
        if time.monotonic() > limit:
            raise PostgresWontStop(
                f"PostgreSQL (proceso {server.pid}) no terminó en {STOP_WAIT:.0f} segundos.",
                hint="Puede estar escribiendo en un disco lento: espere y repita «tequio down». Vea pg.log.",
            )
        time.sleep(_POLL)


def end_members(folder: Path) -> int:
    """End what still works in `folder` without a postmaster that answers for it; returns how many there were.

    After `kill -9` of a postmaster its backends end by themselves, except the one in the middle of a long statement. A new
    server must not start before: two of them over one data folder destroy it. O(processes of the machine).
    """
    found = _members(folder)
    alive = _wait_gone(found, folder)
    for how in (signal.SIGQUIT, signal.SIGKILL):
        for pid in alive:
            _send(pid, how)
        alive = _wait_gone(alive, folder)
    if alive:
        raise PostgresWontStop(
            f"Quedan procesos de un arranque anterior que no terminan: {', '.join(map(str, alive))}.",
            hint="Suele ser un disco que no responde. Revise el equipo antes de arrancar la base de datos.",
        )
    return len(found)


def _wait_gone(pids: list[int], folder: Path) -> list[int]:
    """Those of `pids` that still live after ORPHAN_WAIT seconds."""
    limit = time.monotonic() + ORPHAN_WAIT
    while (pids := [pid for pid in pids if _works_in(pid, folder)]) and time.monotonic() < limit:
        time.sleep(_POLL)
    return pids


def _members(folder: Path) -> list[int]:
    return [pid for pid in psutil.pids() if _works_in(pid, folder)]


def _works_in(pid: int, folder: Path) -> bool:
    """Whether `pid` is a living PostgreSQL process of `folder`, also when the folder was deleted under it."""
    try:
        process = psutil.Process(pid)
        if not process.name().startswith(("postgres", "postmaster")) or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return process.cwd().removesuffix(" (deleted)") == str(folder)
    except psutil.Error:  # it ended meanwhile, or it is another user's and so not ours
        return False


def _send(pid: int, how: signal.Signals) -> bool:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return False
    return True


def _line(lines: list[str], index: int) -> str:
    """A line of postmaster.pid, which its owner writes bit by bit while it starts."""
    return lines[index].strip() if index < len(lines) else ""
