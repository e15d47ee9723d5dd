"""The public consultation of a detention: whether a person is detained, by which institution, and where now. Nothing else.

Off until an agency opens it (`PublicSwitch`). It answers only an exact question (whole name and date of birth, or CURP, with
the day of the detention), reads the whole of that day whatever is asked, and takes the same time and shape for «yes» and
«no»: it cannot be used to find out who is in it. Nobody's words are kept: the log has a keyed hash of the question.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose
from tequio.access.scoping import NATIONAL, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.catalogs import selectors as catalogs
from tequio.institutions import selectors as institutions
from tequio.institutions.models import Agency
from tequio.kernel import clock
from tequio.kernel.errors import Conflict, Invalid, NotAllowed, Unavailable
from tequio.kernel.identifiers import parse_curp
from tequio.kernel.text import fold
from tequio.registries.rnd.domain import PRESENTED, CustodyKind
from tequio.registries.rnd.models import CustodyEvent, Detention, PublicSwitch, PublicUse

ANYBODY = Actor("publico", 0, "PUBLICO", "", frozenset())
"""Who asks here: nobody in particular. Its lines are a chain of the log of their own."""
PER_ADDRESS, PER_HOUR, DAYS = "rnd.public_address_per_hour", "rnd.public_per_hour", "rnd.public_days"
EVERYBODY = "*"
_KEPT = timedelta(days=2)
"""Counts older than this are of no use."""
_STEP_S = 0.25
"""Answers are held until the next multiple of this many seconds."""
_CHUNK = 2_000
_NOBODY = UUID(int=0)


class TooManyQuestions(NotAllowed):
    """The address, or everybody together, has asked enough for this hour."""

    code = "DEMASIADAS_CONSULTAS"
    status = 429


class PublicClosed(Unavailable):
    """No institution has opened its public consultation."""

    code = "CONSULTA_PUBLICA_CERRADA"


class SwitchThere(Conflict):
    """The agency's public consultation is already as asked."""

    code = "CONSULTA_PUBLICA_YA_ESTA"


@dataclass(frozen=True, slots=True)
class Question:
    """An exact question. Either the CURP, or the name in its parts and the date of birth; always the day of the detention."""

    detained_on: date
    curp: str = ""
    given: str = ""
    paternal: str = ""
    maternal: str = ""
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One detention, as anybody may know it."""

    institution: str
    custody: str
    """State of custody: a code of the catalogue `custodia_estado`."""
    place: str
    since: datetime | None


def ask(*, question: Question, address: str) -> tuple[Told, ...]:
    """The detentions that answer a question; empty if none does or the agency does not answer. On the log, without its words.

    O(detentions of that day), with the answer or without it. Raises Invalid, TooManyQuestions, PublicClosed.
    """
    start = time.monotonic()
    try:
        _count_question(address)
        with unit_of_work(actor=ANYBODY, purpose=None, action=Action.PUBLIC_ASKED):
            _refuse_vague(question)
            open_agencies = frozenset(_open().values_list("agency_id", flat=True))
            if not open_agencies:
                raise PublicClosed(
                    "Ninguna institución tiene abierta la consulta pública.",
                    hint="Pregunte a la institución que hizo la detención, o al Registro Nacional de Detenciones.",
                )
            found = _matching(question, open_agencies)
            record(
                actor=ANYBODY,
                purpose=None,
                action=Action.PUBLIC_ASKED,
                subject_kind="detention",
                subjects=[one.id for one in found],
                facts={"question": digest(question), "found": len(found)},
            )
            return _told(found, open_agencies)
    finally:
        wait(_STEP_S - (time.monotonic() - start) % _STEP_S)


def wait(seconds: float) -> None:
    """Hold an answer."""
    time.sleep(seconds)


def digest(question: Question) -> str:
    """Keyed hash of a question: the same question can be recognised by whoever holds the key, and no question can be read."""
    said = "\x1f".join(
        [
            question.detained_on.isoformat(),
            parse_curp(question.curp).value if question.curp else "",
            _name(question.given, question.paternal, question.maternal),
            question.birth_date.isoformat() if question.birth_date else "",
        ]
    )
    return salted_hmac("tequio.public.question", said, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()


def is_open() -> bool:
    """Whether any institution answers. One query."""
    return _open().exists()


def switches(*, actor: Actor, purpose: Purpose | None) -> list[PublicSwitch]:
    """Periods in which the actor's agency has answered, the latest first. The reading is on the log. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.PUBLIC_SWITCHES_READ):
        policy.require(actor, Permission.PUBLIC_SWITCH)
        record(actor=actor, purpose=purpose, action=Action.PUBLIC_SWITCHES_READ)
    return list(PublicSwitch.objects.filter(agency_id=actor.agency_id).order_by("-valid_from")[:50])


def open_consultation(*, actor: Actor, purpose: Purpose | None, document: str) -> PublicSwitch:
    """Have the actor's agency answer from now on, as `document` orders. Raises NotAllowed, Invalid, SwitchThere."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.PUBLIC_OPENED):
        policy.require(actor, Permission.PUBLIC_SWITCH)
        policy.refuse_unstorable(document)
        if not document.strip():
            raise Invalid("Falta el documento que ordena abrir la consulta.", hint="Anote el oficio o acuerdo.")
        try:
            with transaction.atomic():
                made = PublicSwitch.objects.create(
                    agency_id=actor.agency_id, valid_from=clock.now(), document=document.strip(), opened_by=actor.username
                )
        except IntegrityError as clash:
            raise SwitchThere("La consulta pública de su dependencia ya está abierta.", hint="No hace falta más.") from clash
        record(
            actor=actor,
            purpose=purpose,
            action=Action.PUBLIC_OPENED,
            subject_kind="agency",
            subjects=[actor.agency_code],
            facts={"document": document.strip()},
        )
    return made


def close_consultation(*, actor: Actor, purpose: Purpose | None, reason: str) -> PublicSwitch:
    """Have the actor's agency answer no more. Raises NotAllowed, Invalid, SwitchThere."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.PUBLIC_CLOSED):
        policy.require(actor, Permission.PUBLIC_SWITCH)
        policy.require_reason(reason)
        found = _open().select_for_update().filter(agency_id=actor.agency_id).first()
        if found is None:
            raise SwitchThere("La consulta pública de su dependencia ya está cerrada.", hint="No hace falta más.")
        found.valid_to, found.closed_by, found.close_reason = clock.now(), actor.username, reason.strip()
        found.save(update_fields=["valid_to", "closed_by", "close_reason"])
        record(
            actor=actor,
            purpose=purpose,
            action=Action.PUBLIC_CLOSED,
            subject_kind="agency",
            subjects=[actor.agency_code],
            facts={"opened": found.valid_from.isoformat(timespec="seconds")},
        )
    return found


def _count_question(address: str) -> None:
    """Count a question of an address, kept whatever becomes of it. Raises TooManyQuestions. Two statements.

    Of what is over the limit only the first of each hour is on the log: whoever floods the page must not flood the log.
    """
    now = clock.now()
    today = now.astimezone(clock.MEXICO).date()
    hour = now.replace(minute=0, second=0, microsecond=0)
    limits = {
        _source(address): int(catalogs.parameter(PER_ADDRESS, today)),
        EVERYBODY: int(catalogs.parameter(PER_HOUR, today)),
    }
    with transaction.atomic():
        over = {source: asked - most for source, most in limits.items() if (asked := _count(source, hour)) > most}
    if not over:
        return
    until = (hour + timedelta(hours=1)).astimezone(clock.MEXICO)
    whose = "en total" if set(over) == {EVERYBODY} else "desde esta conexión"
    refusal = TooManyQuestions(
        f"Ya se hicieron las preguntas de esta hora {whose}.", hint=f"Vuelva a preguntar después de las {until:%H:%M}."
    )
    if 1 not in over.values():
        raise refusal
    with unit_of_work(actor=ANYBODY, purpose=None, action=Action.PUBLIC_ASKED):
        raise refusal


def _open() -> QuerySet[PublicSwitch]:
    return PublicSwitch.objects.filter(valid_to=None, valid_from__lte=clock.now())


def _refuse_vague(question: Question) -> None:
    """Refuse what is not one person on one day, and what the retention no longer answers."""
    today = clock.now().astimezone(clock.MEXICO).date()
    days = int(catalogs.parameter(DAYS, today))
    if not today - timedelta(days=days) <= question.detained_on <= today:
        raise Invalid(
            f"Se contestan detenciones de los últimos {days} días.",
            hint="Revise la fecha de la detención.",
            facts={"field": "detained_on"},
        )
    if question.curp:
        if not parse_curp(question.curp).valid:
            raise Invalid(
                "La CURP no está bien escrita.",
                hint="Cópiela de la constancia: dieciocho letras y cifras.",
                facts={"field": "curp"},
            )
    elif not (fold(question.given) and fold(question.paternal) and question.birth_date):
        raise Invalid(
            "Falta la CURP, o bien nombre, primer apellido y fecha de nacimiento.",
            hint="La pregunta debe ser exacta: no se contesta por parte de un nombre.",
        )


_COLUMNS = (
    "id", "agency_id", "curp", "given_names", "paternal_surname", "maternal_surname", "full_name", "birth_date",
    "custody_state",
)  # fmt: skip


def _matching(question: Question, agencies: frozenset[int]) -> list[Detention]:
    """Every detention of that day is read and compared in full, so that time says nothing of what it found."""
    wanted_curp = parse_curp(question.curp).value if question.curp else ""
    wanted_name = _name(question.given, question.paternal, question.maternal)
    found = []
    with reach(NATIONAL):
        rows = Detention.objects.filter(agency_id__in=agencies, detained_on=question.detained_on, cancelled_at=None)
        for row in rows.only(*_COLUMNS).order_by("id").iterator(chunk_size=_CHUNK):
            by_curp = _same(parse_curp(row.curp).value, wanted_curp) & bool(wanted_curp)
            name = _name(row.given_names, row.paternal_surname, row.maternal_surname, row.full_name)
            by_name = _same(name, wanted_name) & (row.birth_date == question.birth_date) & (question.birth_date is not None)
            if by_curp if wanted_curp else by_name:
                found.append(row)
    return found


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _name(given: str, paternal: str, maternal: str, full: str = "") -> str:
    """Words of a whole name in one order, so that surnames first or last make no difference."""
    return " ".join(sorted(fold(f"{given} {paternal} {maternal}" if paternal or not full else full).split()))


def _told(found: list[Detention], agencies: frozenset[int]) -> tuple[Told, ...]:
    """What may be told of each, by the same queries whether there is any or none."""
    today = clock.now().astimezone(clock.MEXICO).date()
    names = institutions.agency_names(Agency.objects.filter(pk__in=agencies), today)
    authorities = catalogs.items("autoridad_destino", today)
    with reach(NATIONAL):
        steps = CustodyEvent.objects.filter(detention_id__in=[one.id for one in found] or [_NOBODY]).order_by(
            "at", "recorded_at"
        )
        last = {step.detention_id: step for step in steps}
    return tuple(_of(one, names, authorities, last.get(one.id)) for one in found)


def _of(one: Detention, names: dict[int, str], authorities: dict[str, str], step: CustodyEvent | None) -> Told:
    place = ""
    if step is not None and one.custody_state != CustodyKind.RELEASED:
        there = step.kind in PRESENTED  # before that, the authority is where the person will be and not where they are
        place = step.place or (authorities.get(step.authority_code, step.authority_code) if there else "")
    return Told(names[one.agency_id], one.custody_state, place, step.at if step else None)


def _source(address: str) -> str:
    """Address as the table keeps it: a keyed hash of one day, so that nobody can be followed from one to the next."""
    day = clock.now().date().isoformat()
    return salted_hmac("tequio.public.address", f"{day} {address}", secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()[
        :32
    ]


def _count(source: str, hour: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO rnd_publicuse AS u (source, hour, asked) VALUES (%s, %s, 1) "
            "ON CONFLICT (source, hour) DO UPDATE SET asked = u.asked + 1 RETURNING asked",
            [source, hour],
        )
        [asked] = cursor.fetchone()
    if asked == 1:
        PublicUse.objects.filter(hour__lt=hour - _KEPT).delete()
    return int(asked)
