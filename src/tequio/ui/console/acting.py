"""Who acts and for what: the options of each command that touches data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings

from tequio.access import selectors as access
from tequio.access.domain import Actor, Purpose, PurposeCode
from tequio.kernel.errors import NotAllowed
from tequio.ui.console import reading
from tequio.ui.console.entry import Output

DEMO_FILE = "demo.json"
"""Left in a data folder by the demonstration: {"operator": username}. Only there may a command go without saying who acts."""


class UserMissing(NotAllowed):
    """Nobody says who acts."""

    code = "FALTA_USUARIO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Who(Output):
    """Who acts. Whoever can open the data folder is trusted to say it truly; the log keeps what was said."""

    user: Annotated[str, typer.Option("--as", envvar="TEQUIO_USER", metavar="USUARIO", help="Persona usuaria que actúa.")] = ""

    def actor(self) -> Actor:
        """The acting user with the roles in force today. Raises UserMissing, UnknownUser."""
        username = self.user.strip() or demo_operator(Path(settings.HOME))
        if not username:
            raise UserMissing("No se dijo quién actúa.", hint="Indique --as USUARIO, o la variable TEQUIO_USER.")
        return access.actor(username)


@dataclass(frozen=True, slots=True, kw_only=True)
class Why(Who):
    """Who acts, for which purpose and under which folio."""

    purpose: Annotated[
        str,
        typer.Option(
            "--purpose", metavar="FINALIDAD", help="Finalidad: " + ", ".join(code.value for code in PurposeCode) + "."
        ),
    ] = ""
    folio: Annotated[str, typer.Option("--folio", metavar="TEXTO", help="Oficio, carpeta o caso que lo justifica.")] = ""

    def stated(self) -> Purpose | None:
        """The purpose as stated, or None: the service then refuses. Raises Invalid for a purpose that does not exist."""
        return self._purpose(self.purpose) if self.purpose else None

    def or_own(self, code: PurposeCode) -> Purpose:
        """The stated purpose, or else the command's own. Raises Invalid for a purpose that does not exist."""
        return self._purpose(self.purpose or code.value)

    def _purpose(self, code: str) -> Purpose:
        return Purpose(reading.choice(code, PurposeCode, "finalidad"), reading.short(self.folio.strip(), "El folio"))


def demo_operator(home: Path) -> str:
    """The demonstration's operator, or empty where there is no demonstration or its file says nothing readable."""
    try:
        said = json.loads((home / DEMO_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    operator = said.get("operator", "") if isinstance(said, dict) else ""
    return operator if isinstance(operator, str) else ""
