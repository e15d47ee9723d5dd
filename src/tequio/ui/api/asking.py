"""What a program says with its request: who it is, why it asks, and from where a list goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final, cast
from uuid import UUID

from django.core import signing
from django.http import HttpRequest
from ninja import Header, Query, Schema
from ninja.security import HttpBearer
from pydantic import AfterValidator, Field, StringConstraints

from tequio.access import policy
from tequio.access.domain import LONGEST_FOLIO, Actor, Permission, Purpose, PurposeCode
from tequio.audit.domain import Action
from tequio.audit.services import unit_of_work
from tequio.kernel.errors import Invalid, NotAllowed

MOST: Final = 200
"""Rows of one answer."""
_SALT: Final = "tequio.api.cursor"


class BadCursor(Invalid):
    """The cursor is not one that this list gave to this institution."""

    code = "CURSOR_INVALIDO"


@dataclass(frozen=True, slots=True)
class Caller:
    """The program that asks."""

    actor: Actor
    token_id: UUID


class Asked(HttpRequest):
    """A request that has passed the door (`accounts.api`). Operations take this type."""

    caller: Caller | None


def actor(request: HttpRequest) -> Actor:
    """Who asks, in an operation that is behind the door."""
    return cast("Caller", cast("Asked", request).caller).actor


class May(HttpBearer):
    """Lets on whoever passed the door and, if given, whose token has the scope. A refusal is on the log."""

    def __init__(self, permission: Permission | None = None) -> None:
        super().__init__()
        self.permission = permission
        self.openapi_name = "token"

    def __call__(self, request: HttpRequest) -> Caller | None:
        """The caller. Raises NotAllowed."""
        caller = cast("Asked", request).caller
        if caller is not None and self.permission is not None and self.permission not in caller.actor.permissions:
            match = request.resolver_match
            with unit_of_work(actor=caller.actor, purpose=None, action=Action.SCREEN_REFUSED):
                raise NotAllowed(
                    "La clave de este programa no alcanza para esta operación.",
                    hint=f"Pida una clave con el alcance {self.permission.value} a quien las administra en su dependencia.",
                    facts={"permission": self.permission.value, "screen": match.view_name if match else ""},
                )
        return caller

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Not asked: the door has read the token."""
        return cast("Asked", request).caller


def _plain(text: str) -> str:
    if not text.isprintable():
        raise ValueError("lleva signos que no se ven")
    return text


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("lleva signos que no se pueden guardar")
    return text


Word = Annotated[str, StringConstraints(max_length=120), AfterValidator(_plain)]
"""A short text in one line."""
Words = Annotated[str, StringConstraints(max_length=4_000), AfterValidator(_storable)]
"""A text that may have several lines."""
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2_000), AfterValidator(_storable)]
"""Why something is done. It stays on record."""


class Why(Schema):
    """Headers with the purpose of use and the folio that justifies it."""

    purpose: Annotated[
        PurposeCode | None,
        Field(alias="Tequio-Purpose", description="Finalidad de la consulta. La exigen las operaciones que muestran personas."),
    ] = None
    folio: Annotated[
        str,
        StringConstraints(max_length=LONGEST_FOLIO),
        Field(alias="Tequio-Folio", description="Oficio, carpeta o caso que la justifica."),
    ] = ""

    def stated(self) -> Purpose | None:
        """What was stated, or None. Raises Invalid for a folio that cannot be kept."""
        return Purpose(self.purpose, self.folio) if self.purpose is not None else None

    def needed(self) -> Purpose:
        """What was stated. Raises PurposeRequired."""
        return policy.require_purpose(self.stated())

    def or_own(self, code: PurposeCode) -> Purpose:
        """What was stated, or the operation's own purpose."""
        return self.stated() or Purpose(code, self.folio)


Reasoned = Annotated[Why, Header(...)]
"""Parameter of an operation that answers to a purpose."""


class Part(Schema):
    """Which part of a list is asked for."""

    limit: int = Field(50, ge=1, le=MOST, description="Cuántos renglones, como máximo.")
    cursor: str = Field("", max_length=600, description="`next` de la respuesta anterior; vacío: desde el principio.")


Paged = Annotated[Part, Query(...)]
"""Parameters of an operation that answers part by part."""


def write_cursor(request: HttpRequest, name: str, place: str) -> str:
    """An opaque sign of where the list goes on: of this list, for this institution, and nobody can make another."""
    return signing.dumps([name, actor(request).agency_id, place], salt=_SALT, compress=True)


def read_cursor(request: HttpRequest, name: str, cursor: str) -> str:
    """The place that a cursor is of; empty for the beginning. Raises BadCursor."""
    if not cursor:
        return ""
    try:
        read = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError):
        read = None
    if not isinstance(read, list) or read[:2] != [name, actor(request).agency_id]:
        raise BadCursor("El cursor no es de esta lista.", hint="Use el `next` de la respuesta anterior, tal cual, o ninguno.")
    return str(read[2])


def offset_of(request: HttpRequest, name: str, part: Part) -> int:
    """How many rows of a short list come before the part asked for. Raises BadCursor."""
    return int(read_cursor(request, name, part.cursor) or 0)


def next_offset(request: HttpRequest, name: str, start: int, rows: int, total: int) -> str:
    """The cursor of the part after one that began at `start` and has `rows`; empty at the end."""
    return write_cursor(request, name, str(start + rows)) if rows and start + rows < total else ""
