"""Detentions for programs: follow, read, register, correct, cancel, steps of custody."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field, StringConstraints

from tequio.access.domain import Permission
from tequio.kernel import clock
from tequio.registries.rnd import capture, changes, services
from tequio.registries.rnd.changes import Place
from tequio.registries.rnd.domain import CustodyKind
from tequio.registries.rnd.forms import CaptureForm, ToldField, sentence
from tequio.registries.rnd.models import CustodyEvent, Detention
from tequio.registries.rnd.services import CustodyStep, Sheet, UnknownField
from tequio.ui.api.asking import May, Paged, Reason, Reasoned, Word, actor, read_cursor, write_cursor
from tequio.ui.api.problems import WrongData, answers, wrong_form

router = Router(tags=["Detenciones"])
LIST = "detentions"
Told = Annotated[str, StringConstraints(max_length=4_000)] | bool | int | float


class Reference(Schema):
    """A record without its person: who it is comes with the record itself."""

    id: UUID
    key: str
    version: int
    changed_at: datetime
    cancelled_at: datetime | None
    record_type: str
    detained_on: date | None
    state: str
    municipality: str
    custody: str


class References(Schema):
    """A part of the list of changes."""

    detentions: list[Reference]
    next: str = Field(description="Cursor de lo que sigue; vacío al final.")


class Step(Schema):
    """A step of custody."""

    kind: str
    at: datetime
    authority: str
    place: str
    note: str
    recorded_by: str


class Version(Schema):
    """A version of the record."""

    number: int
    at: datetime
    by: str
    reason: str


class Record(Reference):
    """A record with what its institution said, by the contract's names."""

    values: dict[str, Any]
    absences: dict[str, str] = Field(description="`no_aplica` o `sin_informacion`, por dato.")
    hidden: bool = Field(description="Si faltan datos sensibles, que sólo se muestran con otra finalidad.")
    custody_steps: list[Step]
    versions: list[Version]


class Draft(Schema):
    """A record, by the names of the contract (`GET /contracts/rnd`)."""

    model_config = {"extra": "forbid"}

    values: dict[Word, Told]
    absences: dict[Word, str] = {}


class Correction(Draft):
    """What changes of a record; the rest stays. An empty value removes the datum."""

    values: dict[Word, Told] = {}
    reason: Reason
    version: int = Field(ge=1, description="La versión que se leyó y que se corrige.")


class Cancellation(Schema):
    """Why a record is cancelled."""

    model_config = {"extra": "forbid"}

    reason: Reason


class NewStep(Schema):
    """A step to record."""

    model_config = {"extra": "forbid"}

    kind: CustodyKind
    at: AwareDatetime
    authority: Annotated[Word, StringConstraints(max_length=40)] = ""
    place: Word = ""
    note: Annotated[Word, StringConstraints(max_length=500)] = ""


class Warned(Schema):
    """Something possible and odd, that the record keeps as it was sent."""

    field: str
    code: str
    message: str


class Done(Schema):
    """What became of a record. It repeats no datum of the person."""

    id: UUID
    key: str
    version: int
    custody: str
    cancelled: bool
    warnings: list[Warned] = []


@router.get("", auth=May(Permission.DETENTION_READ), response=answers(References), operation_id="list_detentions")
def list_detentions(
    request: HttpRequest, why: Reasoned, part: Paged, updated_since: AwareDatetime | None = None
) -> dict[str, Any]:
    """Lo que cambió en los registros de su dependencia, en el orden en que cambió, cancelados también.

    Exige finalidad y folio.
    """
    after = Place.read(read_cursor(request, LIST, part.cursor))
    found = changes.list_changes(
        actor=actor(request), purpose=why.stated(), since=updated_since, after=after, limit=part.limit + 1
    )
    shown = found[: part.limit]
    last = Place(shown[-1].changed_at, shown[-1].id) if shown else None
    following = write_cursor(request, LIST, str(last)) if last and len(found) > part.limit else ""
    return {"detentions": [_reference(one) for one in shown], "next": following}


@router.get("/{uuid:detention_id}", auth=May(Permission.DETENTION_READ), response=answers(Record), operation_id="get_detention")
def get_detention(request: HttpRequest, detention_id: UUID, why: Reasoned) -> dict[str, Any]:
    """Un registro, con su custodia y sus versiones. Exige finalidad y folio."""
    return _record(services.read_sheet(actor=actor(request), purpose=why.stated(), detention_id=detention_id))


@router.post("", auth=May(Permission.DETENTION_REGISTER), response=answers(Done, 201), operation_id="register_detention")
def register_detention(request: HttpRequest, body: Draft, why: Reasoned) -> Status[dict[str, Any]]:
    """Registra una detención. La misma clave con los mismos datos es el mismo registro. Exige finalidad y folio."""
    form = CaptureForm(actor(request))
    form = CaptureForm(actor(request), _filled(form, body))
    if not form.is_valid():
        raise wrong_form(form)
    made = services.register_detention(
        actor=actor(request),
        purpose=why.needed(),
        supplier_key=form.result.key,
        values=form.result.values,
        key=form.result.key,
    )
    return Status(201, _done(made, form))


@router.patch(
    "/{uuid:detention_id}", auth=May(Permission.DETENTION_CORRECT), response=answers(Done), operation_id="correct_detention"
)
def correct_detention(request: HttpRequest, detention_id: UUID, body: Correction, why: Reasoned) -> dict[str, Any]:
    """Corrige un registro: versión nueva, con su motivo; la anterior se conserva. Exige finalidad y folio."""
    who, purpose = actor(request), why.needed()
    found = services.read_to_correct(actor=who, purpose=purpose, detention_id=detention_id)
    services.refuse_if_cancelled(found)
    form = CaptureForm(who, detention=found)
    form = CaptureForm(who, _kept(form) | _filled(form, body) | _about(body), detention=found)
    if not form.is_valid():
        raise wrong_form(form)
    done = services.correct_detention(
        actor=who,
        purpose=purpose,
        detention_id=detention_id,
        changes=form.result.values,
        reason=body.reason,
        seen_version=body.version,
    )
    return _done(done, form)


@router.post(
    "/{uuid:detention_id}/cancellation",
    auth=May(Permission.DETENTION_CANCEL),
    response=answers(Done),
    operation_id="cancel_detention",
)
def cancel_detention(request: HttpRequest, detention_id: UUID, body: Cancellation, why: Reasoned) -> dict[str, Any]:
    """Cancela un registro: quedan su clave, sus fechas y el motivo. Exige finalidad y folio."""
    done = services.cancel_detention(actor=actor(request), purpose=why.needed(), detention_id=detention_id, reason=body.reason)
    return _done(done)


@router.post(
    "/{uuid:detention_id}/custody-steps",
    auth=May(Permission.DETENTION_CORRECT),
    response=answers(Done, 201),
    operation_id="add_custody_step",
)
def add_custody_step(request: HttpRequest, detention_id: UUID, body: NewStep, why: Reasoned) -> Status[dict[str, Any]]:
    """Agrega un paso de custodia. El mismo paso otra vez no agrega nada. Exige finalidad y folio."""
    if body.at > clock.now():
        raise WrongData([("at", "El momento del paso es posterior a ahora.")])
    step = CustodyStep(body.kind, body.at, body.authority, body.place, body.note)
    event = services.add_custody_event(actor=actor(request), purpose=why.needed(), detention_id=detention_id, step=step)
    return Status(201, _done(event.detention))


def _about(body: Correction) -> dict[str, str]:
    return {"reason": body.reason, "version": str(body.version)}


def _filled(form: CaptureForm, body: Draft) -> dict[str, str]:
    """What was sent, as the capture form asks for it. Raises UnknownField."""
    unknown = sorted({*body.values, *body.absences} - {one.name for one in capture.FIELDS})
    if unknown:
        raise UnknownField(
            f"Datos que el contrato no tiene, o que el sistema pone por su cuenta: {', '.join(unknown)}.",
            hint="Vea los nombres en GET /api/v1/contracts/rnd.",
        )
    both = sorted(body.values.keys() & body.absences.keys())
    wrong = sorted(name for name, said in body.absences.items() if said not in (capture.NOT_APPLICABLE, capture.NO_INFORMATION))
    if both or wrong:
        raise WrongData(
            [(name, "Trae un dato y a la vez se dice que no lo hay.") for name in both]
            + [(name, "La ausencia es no_aplica o sin_informacion.") for name in wrong]
        )
    told: dict[str, str] = {}
    for name, value in body.values.items():
        told |= {name: _text(value), f"{name}_sin": ""}
    for name, absence in body.absences.items():
        told |= {name: "", f"{name}_sin": absence} if isinstance(form.fields[name], ToldField) else {name: absence}
    return told


def _kept(form: CaptureForm) -> dict[str, str]:
    """What the record says now, as the form would send it back."""
    kept: dict[str, str] = {}
    for one in capture.FIELDS:
        value = form.get_initial_for_field(form.fields[one.name], one.name)
        if isinstance(value, capture.Told):
            kept |= {one.name: _text(value.value if value.value is not None else value.text), f"{one.name}_sin": value.absence}
        else:
            kept[one.name] = _text(value)
    return kept


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "si" if value else "no"
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


def _reference(one: Detention) -> dict[str, Any]:
    return {
        "id": one.id,
        "key": one.supplier_key,
        "version": one.version,
        "changed_at": one.changed_at,
        "cancelled_at": one.cancelled_at,
        "record_type": one.record_type,
        "detained_on": one.detained_on,
        "state": one.state_code,
        "municipality": one.municipality_code,
        "custody": one.custody_state,
    }


def _record(sheet: Sheet) -> dict[str, Any]:
    found = sheet.detention
    return _reference(found) | {
        "values": found.supplied,
        "absences": found.absences,
        "hidden": sheet.hides_health,
        "custody_steps": [_step(event) for event in sheet.custody],
        "versions": [{"number": v.number, "at": v.at, "by": v.by, "reason": v.reason} for v in sheet.versions],
    }


def _step(event: CustodyEvent) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "at": event.at,
        "authority": event.authority_code,
        "place": event.place,
        "note": event.note,
        "recorded_by": event.recorded_by,
    }


def _done(found: Detention, form: CaptureForm | None = None) -> dict[str, Any]:
    slips = form.result.slips if form is not None else []
    return {
        "id": found.id,
        "key": found.supplier_key,
        "version": found.version,
        "custody": found.custody_state,
        "cancelled": found.cancelled_at is not None,
        "warnings": [{"field": one.field, "code": one.code, "message": sentence(one)} for one in slips],
    }
