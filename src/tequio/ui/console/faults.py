"""From an error to what a person reads, what a program reads, and an exit status: here and nowhere else in the command line."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import Final

from django.db import DataError, InterfaceError, OperationalError, ProgrammingError
from rich.text import Text

from tequio.kernel import clock, cluster, stories
from tequio.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, PurposeRequired, TequioError, Unavailable
from tequio.ui.console.answers import clean, screen_for, write_json

USAGE: Final = 2
"""Exit status of a command that was not understood. The others are in `EXITS`; 1 is everything else."""

EXITS: Final[tuple[tuple[type[TequioError], int], ...]] = (
    (NotAllowed, 3),
    (PurposeRequired, 3),
    (NotFound, 4),
    (Conflict, 5),
    (Invalid, 6),
    (Unavailable, 7),
)
LOG_NAME: Final = "tequio.log"

_STATES_OF_LOAD: Final = ("40", "53", "55", "57014")
"""Starts of SQLSTATE codes of a server that is there and cannot now: conflict of transactions, no room, lock held, cut off."""
_NO_SUCH_TABLE: Final = ("42P01", "42703", "3F000")


class DatabaseDown(Unavailable):
    """Nobody answers where the database should be."""

    code = "BASE_NO_DISPONIBLE"


class DatabaseBusy(Unavailable):
    """The database is there and cannot do it now."""

    code = "BASE_OCUPADA"


class NotMigrated(Unavailable):
    """The database lacks tables of this version."""

    code = "FALTAN_MIGRACIONES"


class Unexpected(TequioError):
    """A fault of the program. The full story is in the log of the data folder."""

    code = "FALLA_INTERNA"


def exit_status(error: TequioError) -> int:
    """Exit status of an error, by its class."""
    return next((status for kind, status in EXITS if isinstance(error, kind)), 1)


def tell(error: TequioError, *, as_json: bool) -> int:
    """Say the error, on standard error for people and as JSON on standard output for programs. Returns the exit status."""
    if as_json:
        write_json({"ok": False, "error": error.as_dict()})
    else:
        screen = screen_for(sys.stderr)
        screen.print(Text(f"Error {error.code}: ", style="bold red") + Text(_lines(error.message)))
        if error.hint:
            screen.print(Text(f"Qué hacer: {_lines(error.hint)}"))
    return exit_status(error)


def of_database(error: Exception) -> TequioError | None:
    """The expected error that a database error amounts to, or None if it is a fault of ours.

    The server's own words quote values and places, so they are not repeated.
    """
    state = str(getattr(error.__cause__, "sqlstate", None) or "")
    if isinstance(error, ProgrammingError) and state in _NO_SUCH_TABLE:
        return NotMigrated("A la base de datos le faltan tablas de esta versión.", hint="Ejecute `tequio migrate` y repita.")
    if isinstance(error, DataError):
        return Invalid(
            "Un valor no cabe en su campo o lleva signos que la base de datos no admite.",
            hint="Acorte o corrija los valores y repita.",
        )
    if isinstance(error, OperationalError | InterfaceError):
        if state.startswith(_STATES_OF_LOAD):
            return DatabaseBusy(
                f"La base de datos no pudo terminar la operación (SQLSTATE {state}); no se guardó nada de ella.",
                hint="Repita el comando. Si continúa, revise `tequio status` y el espacio en disco.",
            )
        return DatabaseDown("La base de datos no responde.", hint="Arránquela con `tequio up` y repita.")
    return None


def of_surprise(error: BaseException) -> Unexpected:
    """A fault of the program, told short. Its traceback goes to the log of the data folder, readable by its owner only."""
    reference = secrets.token_hex(4)
    path = cluster.home_folder(os.environ) / LOG_NAME
    story = stories.with_words(error)
    kept = _append(path, f"{clock.now().isoformat(timespec='seconds')} falla {reference}\n{story}\n")
    hint = (
        f"El detalle está en {path}, referencia {reference}."
        if kept
        else f"No se pudo escribir {path}: {type(error).__name__}."
    )
    return Unexpected(f"Falla interna de Tequio (referencia {reference}).", hint=hint, facts={"reference": reference})


def _append(path: Path, text: str) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError:
        return False
    with os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace") as log:
        log.write(text)
    return True


def _lines(text: str) -> str:
    return "\n".join(clean(part) for part in text.split("\n"))
