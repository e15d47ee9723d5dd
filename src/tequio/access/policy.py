"""The one place that answers "may this actor do this?"."""

from __future__ import annotations

from tequio.access.domain import Actor, Permission, Purpose
from tequio.kernel.errors import Invalid, NotAllowed, NotFound, PurposeRequired


def require(actor: Actor, permission: Permission, agency_id: int | None = None) -> None:
    """Refuse unless one of the actor's roles holds `permission` and, when given, the thing is of the actor's agency.

    A thing of another agency is answered as if it did not exist: the refusal must not say that it does.
    Raises NotAllowed, NotFound.
    """
    if permission not in actor.permissions:
        raise NotAllowed(
            f"La persona usuaria «{actor.username}» no tiene permiso para esto ({permission.value}).",
            hint="Pida el rol que corresponde a la persona supervisora de su dependencia.",
            facts={"permission": permission.value},
        )
    if agency_id is not None and agency_id != actor.agency_id and not actor.is_system:
        raise not_found()


class PersonNeeded(NotAllowed):
    """Two-person rules and judgements are people's: a program is refused whatever its token says."""

    code = "SOLO_PERSONAS"


def require_person(actor: Actor) -> None:
    """Refuse a program. Raises PersonNeeded."""
    if actor.is_program:
        raise PersonNeeded(
            "Esto lo decide una persona: ningún programa puede hacerlo.",
            hint="Entre con su cuenta a la aplicación y hágalo ahí.",
        )


def require_system(actor: Actor) -> None:
    """Refuse a person: what the clock asks for is the system's to do. Raises NotAllowed."""
    if not actor.is_system:
        raise NotAllowed(f"«{actor.username}» no puede hacer esto: lo hace el sistema a su hora.", hint="Espere a su turno.")


def require_reason(reason: str) -> None:
    """Refuse a step without a reason, or with one that cannot be kept. Raises Invalid."""
    if not reason.strip():
        raise Invalid("Falta el motivo.", hint="Indique --reason: qué se vio y con qué se cotejó.")
    refuse_unstorable(reason)


def refuse_unstorable(*texts: str) -> None:
    """Refuse text that the database cannot hold: NUL, or halves of a character. Raises Invalid."""
    for text in texts:
        if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise Invalid("Un texto lleva signos que no se pueden guardar.", hint="Vuelva a escribirlo a mano.")


def not_found() -> NotFound:
    """The one answer for what is not there and for what is out of reach."""
    return NotFound("No existe, o no está a su alcance.", hint="Revise el identificador.")


def require_purpose(purpose: Purpose | None) -> Purpose:
    """Refuse a consultation without purpose and folio. Raises PurposeRequired."""
    if purpose is None or not purpose.folio.strip():
        raise PurposeRequired(
            "Toda consulta necesita finalidad y folio.",
            hint="Indique --purpose (finalidad) y --folio (oficio, carpeta o caso que la justifica).",
        )
    return purpose
