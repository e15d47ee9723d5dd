"""Entry point of the `tequio` command: sets Django up, then loads the commands, which name models."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import NoReturn

import django
from typer.main import get_command

from tequio.kernel.errors import TequioError, Unavailable
from tequio.ui.console import answers, faults

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it: 128 + SIGINT."""


class HomeUnusable(Unavailable):
    """The data folder cannot be made or used."""

    code = "CARPETA_NO_DISPONIBLE"


def main() -> NoReturn:
    """Run the command line and leave with its exit status. A letter that the terminal lacks becomes «?»."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:]))


def run(words: Sequence[str]) -> int:
    """Exit status of a command line. Nothing that goes wrong reaches a person as a traceback: this is the process's edge."""
    as_json = "--json" in words
    try:
        return _run(words)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        answers.stop_writing()
        return 0
    except TequioError as error:
        return faults.tell(error, as_json=as_json)
    except OSError as error:
        hint = "Revise que la carpeta exista, que sea suya y que haya espacio; o indique otra en TEQUIO_HOME."
        return faults.tell(
            HomeUnusable(f"No se puede usar {error.filename or 'la carpeta de datos'}.", hint=hint), as_json=as_json
        )
    except Exception as error:  # noqa: BLE001 - edge of the process
        return faults.tell(faults.of_surprise(error), as_json=as_json)


def _run(words: Sequence[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tequio.config.settings")
    django.setup()
    command = get_command(import_module("tequio.config.commands").app)
    try:
        command.main(list(words), prog_name="tequio")
    except SystemExit as end:
        sys.stdout.flush()
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


if __name__ == "__main__":
    main()
