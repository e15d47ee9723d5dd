"""One error tree. Every failure a person can meet has a code, a Spanish message, a hint and an HTTP status.

Delivery maps the tree once: HTML, API and command line each in one place. Nothing else catches these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class TequioError(Exception):
    """Base of every expected failure. `facts` go to programs; message and hint go to people."""

    code: ClassVar[str] = "ERROR"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "", facts: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts = dict(facts or {})

    def as_dict(self) -> dict[str, object]:
        """Form that a program reads: code, message, hint and facts."""
        return {"code": self.code, "message": self.message, "hint": self.hint, **({"facts": self.facts} if self.facts else {})}


class NotAllowed(TequioError):
    """The actor's role or scope does not include this."""

    code = "NO_PERMITIDO"
    status = 403


class PurposeRequired(TequioError):
    """A consultation without purpose and folio is refused."""

    code = "FALTA_FINALIDAD"
    status = 403


class NotFound(TequioError):
    """There is no such thing, or the actor may not know that there is: both answer alike."""

    code = "NO_ENCONTRADO"
    status = 404


class Conflict(TequioError):
    """The state of things, or an earlier command with the same key, does not admit this command."""

    code = "CONFLICTO"
    status = 409


class Invalid(TequioError):
    """Input that cannot be accepted as it is."""

    code = "DATO_INVALIDO"
    status = 422


class ScopeMissing(TequioError):
    """A selector on records was called with no active scope: a fault of the program, never an unfiltered answer."""

    code = "SIN_AMBITO"
    status = 500


class Unavailable(TequioError):
    """Something Tequio needs (database, disk, port) cannot be had now."""

    code = "NO_DISPONIBLE"
    status = 503
