"""Running the command line inside a test, and in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from tequio.config.commands import app

SRC = Path(__file__).resolve().parents[2] / "src"


@dataclass(frozen=True)
class Done:
    """What a command left."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """The JSON answer."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def code(self) -> str:
        """Code of the error in the JSON answer."""
        return str(self.data["error"]["code"])


def tequio(*words: object, user: str = "") -> Done:
    """Run a command in this process, on the test's database."""
    found = CliRunner().invoke(app, [*map(str, words), *(("--as", user) if user else ())])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return Done(found.exit_code, found.stdout, found.stderr)


def process(*words: object, home: Path, **variables: str) -> Done:
    """Run a command in a process of its own, on a data folder of its own."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("TEQUIO_", "DJANGO_"))}
    env |= {"TEQUIO_HOME": str(home), "PYTHONPATH": str(SRC), **variables}
    command = [sys.executable, "-m", "tequio.config.cli", *map(str, words)]
    found = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    return Done(found.returncode, found.stdout, found.stderr)
