"""The test's hand on a node of its own: a durable cluster and a process that can be killed at any moment."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tequio.kernel import cluster

ROOT = Path(__file__).resolve().parent.parent
LONGEST_DEED = 60.0
"""Seconds after which a deed is taken for hung."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that the node is doing in a process of its own."""

    pid: int
    out: Path

    @property
    def alive(self) -> bool:
        """Whether its process still runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        """End it as a power cut would. It may have ended by itself."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def end(self, within: float = LONGEST_DEED) -> dict[str, Any] | None:
        """Wait for it. What it said, or None if it was killed before it could."""
        limit = time.monotonic() + within
        while self.alive:
            assert time.monotonic() < limit, "hung"
            time.sleep(0.005)
        return json.loads(self.out.read_text(encoding="utf-8")) if self.out.exists() else None

    def said(self, within: float = LONGEST_DEED) -> dict[str, Any]:
        """What it said; an error it met is the test's."""
        told = self.end(within)
        assert told is not None, self.out.with_suffix(".error").read_text(encoding="utf-8")
        return told


class Node:
    """A node: its data folder, its database, its process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.env = {**os.environ, "TEQUIO_HOME": str(self.home), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        self._deeds = 0
        self.start_database()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.node_process"],
            env=self.env, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._answer() == "ready"
        self.begin("set_up").said()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def begin(self, do: str, **asked: object) -> Deed:
        """Start a deed and go on."""
        self._deeds += 1
        out = self.folder / f"deed-{self._deeds}.json"
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, "out": str(out), **asked}) + "\n")
        self._process.stdin.flush()
        return Deed(int(self._answer()), out)

    def file(self, name: str, text: str) -> str:
        """A file to supply."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def start_database(self) -> None:
        """Have the database up, whatever happened to it."""
        cluster.up(self.home, self.env, durable=True, say=lambda text: None)

    def kill_database(self) -> None:
        """End the server as the kernel would for want of memory."""
        pid = cluster.status(self.home, self.env).pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        link = cluster.connection(self.home, self.env).dsn()
        with psycopg.connect(link, options="-c tequio.scope=*") as session:
            return session.execute(question, values).fetchall()

    def count(self, question: str, *values: object) -> int:
        """The one number of a query."""
        [(number,)] = self.ask(question, *values)
        return int(number)

    def stop(self) -> None:
        """End the process and the database."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        cluster.down(self.home, self.env, lambda text: None)


@contextmanager
def new_node() -> Iterator[Node]:
    """A node in a short folder that the server's user can walk into; nothing of it is left."""
    folder = Path(tempfile.mkdtemp(prefix="tqn-", dir="/tmp"))
    folder.chmod(0o711)
    node = Node(folder)
    try:
        yield node
    finally:
        node.stop()
        shutil.rmtree(folder)
