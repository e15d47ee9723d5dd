"""Why data is looked at: stated once per case, kept for the session, shown on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpRequest

from tequio.access.domain import Actor, Purpose, PurposeCode, Role
from tequio.catalogs import selectors as catalogs
from tequio.catalogs.selectors import ParameterUnknown
from tequio.kernel import clock
from tequio.kernel.errors import Invalid, PurposeRequired
from tequio.ui import words
from tequio.ui.web import acting

_KEY: Final = "tequio.purpose"

_OPERATION = (
    PurposeCode.TARGET_SEARCH,
    PurposeCode.HIT_REVIEW,
    PurposeCode.INVESTIGATION,
    PurposeCode.IDENTITY_CHECK,
)
OFFERED: Final[dict[Role, tuple[PurposeCode, ...]]] = {
    Role.CAPTURE: (PurposeCode.SUPPLY, PurposeCode.CUSTODY),
    Role.CONSULTATION: (PurposeCode.INVESTIGATION, PurposeCode.IDENTITY_CHECK),
    Role.ANALYST: _OPERATION,
    Role.LIAISON: (PurposeCode.SUPPLY, PurposeCode.HIT_REVIEW, PurposeCode.INVESTIGATION, PurposeCode.CUSTODY),
    Role.SUPERVISOR: (PurposeCode.SUPPLY, *_OPERATION, PurposeCode.CUSTODY),
    Role.AUDITOR: (PurposeCode.AUDIT,),
    Role.ADMINISTRATOR: (PurposeCode.ADMINISTRATION,),
    Role.HUB_OPERATOR: (PurposeCode.SUPPLY, PurposeCode.TARGET_SEARCH, PurposeCode.ADMINISTRATION),
}
"""Purposes that each role can state on the web."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A purpose that can be stated, as people read it."""

    code: PurposeCode
    label: str
    basis: str
    """Its legal basis, from the dated parameter; empty if none is in force."""


def offered(actor: Actor) -> tuple[PurposeCode, ...]:
    """Purposes that the actor's roles can state, in the order of the catalogue."""
    allowed = {code for role in actor.roles for code in OFFERED[role]}
    return tuple(code for code in PurposeCode if code in allowed)


def choices(actor: Actor) -> list[Choice]:
    """The same, as people read them. One query each."""
    today = clock.now().astimezone(clock.MEXICO).date()
    return [Choice(code, str(words.PURPOSES[code]), _basis(code, today)) for code in offered(actor)]


def current(request: HttpRequest) -> Purpose | None:
    """The purpose in force for this session, or None: none was stated, or the person's roles no longer admit it."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return None
    kept = request.session.get(_KEY)
    if not isinstance(kept, dict) or kept.get("username") != actor.username:
        return None
    try:
        purpose = Purpose(PurposeCode(str(kept.get("code"))), str(kept.get("folio", "")))
    except (ValueError, Invalid):
        return None
    return purpose if purpose.code in offered(actor) and purpose.folio.strip() else None


def wanted(request: HttpRequest) -> Purpose:
    """The purpose of a view marked `purpose=True`. Raises PurposeRequired if there is none."""
    found = current(request)
    if found is None:
        raise PurposeRequired("Toda consulta necesita finalidad y folio.", hint="Indíquelos y repita.")
    return found


def state(request: HttpRequest, purpose: Purpose) -> None:
    """Put `purpose` in force for this session. Raises Invalid for one that the roles do not admit, or with no folio."""
    actor = acting.who(request)
    if purpose.code not in offered(actor):
        raise Invalid("Su rol no admite esa finalidad.", hint="Elija una de las que se ofrecen.")
    if not purpose.folio.strip():
        raise Invalid("Falta el folio.", hint="Escriba el oficio, la carpeta o el caso que justifica la consulta.")
    request.session[_KEY] = {"username": actor.username, "code": purpose.code.value, "folio": purpose.folio.strip()}


def end(request: HttpRequest) -> None:
    """No purpose is in force any more: the case is over."""
    request.session.pop(_KEY, None)


def _basis(code: PurposeCode, today: date) -> str:
    try:
        found = catalogs.parameter_in_force(f"purpose.basis.{code.value}", today)
    except ParameterUnknown:
        return ""
    return str(found.value or "")
