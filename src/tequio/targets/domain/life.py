"""Life of a target and of a hit. Pure rules.

A target is a person whom an agency looks for on legal grounds; a hit is a suggestion that a record may be that person. Only a
person turns a hit into anything else.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from enum import StrEnum

from tequio.kernel.errors import Conflict, Invalid


class Priority(StrEnum):
    """How soon the issuer must know."""

    HIGH = "alta"
    MEDIUM = "media"
    ORDINARY = "ordinaria"


class TargetState(StrEnum):
    """A proposed target is not searched: a second person must approve it."""

    PROPOSED = "propuesto"
    ACTIVE = "vigente"
    SUSPENDED = "suspendido"
    CLOSED = "cerrado"


class Verdict(StrEnum):
    """Four-valued judgement: absence of one of these three is the fourth."""

    POSITIVE = "positiva"
    NEGATIVE = "negativa"
    UNSURE = "dudosa"


class HitState(StrEnum):
    """What people said of the hit last. A proposed one waits for a second person; a disputed one for a supervisor."""

    OPEN = "abierta"
    PROPOSED = "propuesta"
    DISPUTED = "discrepancia"
    CONFIRMED = "confirmada"
    REJECTED = "rechazada"
    UNSURE = "dudosa"


WAITING_STATES = (HitState.OPEN, HitState.PROPOSED, HitState.DISPUTED)
"""States in which a hit waits for a person."""

HIT_STATE_OF: dict[Verdict, HitState] = {
    Verdict.POSITIVE: HitState.CONFIRMED,
    Verdict.NEGATIVE: HitState.REJECTED,
    Verdict.UNSURE: HitState.UNSURE,
}


class RecordStanding(StrEnum):
    """What became of the record since the hit was opened."""

    STANDS = "vigente"
    NO_LONGER_MATCHES = "ya_no_coincide"
    CANCELLED = "registro_cancelado"


class HitEventKind(StrEnum):
    """Lines of a hit's timeline."""

    OPENED = "abierta"
    EVIDENCE_CHANGED = "evidencia_cambiada"
    NO_LONGER_MATCHES = "ya_no_coincide"
    MATCHES_AGAIN = "vuelve_a_coincidir"
    RECORD_CANCELLED = "registro_cancelado"
    TARGET_SUSPENDED = "objetivo_suspendido"
    TARGET_RESUMED = "objetivo_reanudado"
    TARGET_CLOSED = "objetivo_cerrado"
    JUDGED = "juzgada"
    REOPENED = "reabierta"
    RECORD_JOINED = "registro_unido"
    RECORD_LEFT = "registro_separado"
    BELOW_THRESHOLD = "bajo_umbral"
    ABOVE_THRESHOLD = "sobre_umbral"
    MODEL_CHANGED = "modelo_cambiado"


class SamePerson(Conflict):
    """The same person proposed the target and would approve it."""

    code = "FALTA_SEGUNDA_PERSONA"


class WrongState(Conflict):
    """The target's state does not admit the step."""

    code = "ESTADO_NO_ADMITE"


class HitWithoutStanding(Conflict):
    """The record or the target no longer stands, so the hit cannot be confirmed."""

    code = "COINCIDENCIA_SIN_VIGENCIA"


class Incomplete(Invalid):
    """The target lacks what the law or the search needs."""

    code = "OBJETIVO_INCOMPLETO"


LONGEST_DOCUMENT = 120
"""Characters of the reference to the document that founds a target."""


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """What a person says when registering a target. Identity values as found; grounds and document are mandatory."""

    names: tuple[str, ...]
    grounds: str
    document: str
    priority: Priority = Priority.ORDINARY
    given: str = ""
    paternal: str = ""
    maternal: str = ""
    sex: str = ""
    birth_dates: tuple[str, ...] = ()
    birth_state: str = ""
    curps: tuple[str, ...] = ()
    rfcs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    plates: tuple[str, ...] = ()
    covert: bool = False
    tell_holder: bool = False
    valid_to: date | None = None
    note: str = field(default="")

    def texts(self) -> list[str]:
        """Every text of the draft."""
        values = [getattr(self, one.name) for one in fields(self)]
        return [text for value in values for text in (value if isinstance(value, tuple) else (value,)) if isinstance(text, str)]


def refuse_if_incomplete(draft: TargetDraft, grounds_known: frozenset[str], today: date) -> None:
    """A target needs a name, grounds of the catalogue, a document, and an end that is still to come.

    Raises Incomplete, and Invalid for a document's name that is too long.
    """
    missing = []
    if not (draft.names or draft.given or draft.paternal):
        missing.append("nombre")
    if not draft.document.strip():
        missing.append("documento que lo funda (número de oficio, mandamiento o carpeta)")
    if missing:
        raise Incomplete(f"Al objetivo le falta: {', '.join(missing)}.", hint="Complete los datos y vuelva a registrarlo.")
    if len(draft.document) > LONGEST_DOCUMENT:
        raise Invalid(
            f"El documento debe tener hasta {LONGEST_DOCUMENT} letras.",
            hint="Escriba el número de oficio, mandamiento o carpeta, y lo demás en la nota.",
        )
    if draft.grounds not in grounds_known:
        raise Incomplete(
            f"El fundamento «{draft.grounds}» no está en el catálogo.", hint=f"Fundamentos: {', '.join(sorted(grounds_known))}."
        )
    if draft.valid_to is not None and draft.valid_to <= today:
        raise Incomplete(f"La vigencia terminó el {draft.valid_to:%d/%m/%Y}.", hint="Indique una fecha posterior a hoy.")
    if draft.covert and draft.tell_holder:
        raise Incomplete("Un objetivo encubierto no se da a conocer a quien detiene.", hint="Quite una de las dos opciones.")


def refuse_same_person(proposed_by: str, approver: str) -> None:
    """Two-person entry. Raises SamePerson."""
    if proposed_by == approver:
        raise SamePerson(
            "Quien propone un objetivo no puede aprobarlo.",
            hint="Debe aprobarlo otra persona supervisora de la misma dependencia.",
        )


def refuse_unless(state: str, *admitted: TargetState) -> None:
    """Raises WrongState unless the target is in one of the `admitted` states."""
    if state not in {s.value for s in admitted}:
        wanted = " o ".join(s.value for s in admitted)
        raise WrongState(
            f"El objetivo está {state}; para esto debe estar {wanted}.", hint="Revise su estado con `tequio target list`."
        )


def validate_by(approved_on: date, days: int) -> date:
    """Day by which the issuer must validate the target again; from then on an unvalidated one is suspended."""
    return approved_on + timedelta(days=days)
