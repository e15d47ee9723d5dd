"""Commands of targets: add, show, list, approve, validate, suspend, resume, close."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

import typer
from rich.console import RenderableType

from tequio.access.domain import PurposeCode
from tequio.kernel import outbox
from tequio.people.domain import Subject
from tequio.targets import selectors, services
from tequio.targets.domain import Priority, TargetDraft, TargetState
from tequio.targets.models import Target
from tequio.ui.console import reading
from tequio.ui.console.acting import Why
from tequio.ui.console.answers import Answer, facts, line, moment, table, yes_or_no
from tequio.ui.console.entry import Options, command
from tequio.ui.console.spanish import group

app = group("Objetivos prioritarios de su dependencia.")

Which = Annotated[str, typer.Argument(metavar="IDENTIFICADOR", help="Identificador del objetivo.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXTO", help="Motivo.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(Options):
    """What is said of a target when it is proposed."""

    grounds: Annotated[str, typer.Option("--grounds", metavar="CLAVE", help="Fundamento, del catálogo fundamento_objetivo.")]
    document: Annotated[str, typer.Option("--document", metavar="TEXTO", help="Oficio, mandamiento o carpeta que lo funda.")]
    name: Annotated[list[str], typer.Option("--name", metavar="TEXTO", help="Nombre completo; se puede repetir.")] = field(
        default_factory=list
    )
    given: Annotated[str, typer.Option("--given", metavar="TEXTO", help="Nombre o nombres.")] = ""
    paternal: Annotated[str, typer.Option("--paternal", metavar="TEXTO", help="Primer apellido.")] = ""
    maternal: Annotated[str, typer.Option("--maternal", metavar="TEXTO", help="Segundo apellido.")] = ""
    sex: Annotated[str, typer.Option("--sex", metavar="H|M|X", help="Sexo, como en la CURP.")] = ""
    birth: Annotated[list[str], typer.Option("--birth", metavar="FECHA", help="Fecha de nacimiento; se puede repetir.")] = (
        field(default_factory=list)
    )
    state: Annotated[str, typer.Option("--state", metavar="ENTIDAD", help="Entidad de nacimiento.")] = ""
    curp: Annotated[list[str], typer.Option("--curp", metavar="CURP", help="CURP; se puede repetir.")] = field(
        default_factory=list
    )
    rfc: Annotated[list[str], typer.Option("--rfc", metavar="RFC", help="RFC; se puede repetir.")] = field(default_factory=list)
    alias: Annotated[list[str], typer.Option("--alias", metavar="TEXTO", help="Alias; se puede repetir.")] = field(
        default_factory=list
    )
    phone: Annotated[list[str], typer.Option("--phone", metavar="NÚMERO", help="Teléfono; se puede repetir.")] = field(
        default_factory=list
    )
    plate: Annotated[list[str], typer.Option("--plate", metavar="PLACA", help="Placa; se puede repetir.")] = field(
        default_factory=list
    )
    priority: Annotated[str, typer.Option("--priority", metavar="GRADO", help=", ".join(p.value for p in Priority) + ".")] = (
        "ordinaria"
    )
    covert: Annotated[bool, typer.Option("--covert", help="Encubierto: no se da a conocer a nadie más.")] = False
    tell_holder: Annotated[
        bool, typer.Option("--tell-holder", help="Al confirmar, avisa también a quien tiene a la persona.")
    ] = False
    valid_to: Annotated[str, typer.Option("--valid-to", metavar="FECHA", help="Último día de vigencia.")] = ""
    note: Annotated[str, typer.Option("--note", metavar="TEXTO", help="Nota interna.")] = ""

    def draft(self) -> TargetDraft:
        """The draft in the room's form. Raises Invalid for a priority or a date that cannot be read."""
        return TargetDraft(
            names=tuple(self.name),
            grounds=self.grounds,
            document=reading.short(self.document, "El documento"),
            priority=reading.choice(self.priority, Priority, "--priority"),
            given=self.given,
            paternal=self.paternal,
            maternal=self.maternal,
            sex=self.sex,
            birth_dates=tuple(self.birth),
            birth_state=self.state,
            curps=tuple(self.curp),
            rfcs=tuple(self.rfc),
            aliases=tuple(self.alias),
            phones=tuple(self.phone),
            plates=tuple(self.plate),
            covert=self.covert,
            tell_holder=self.tell_holder,
            valid_to=reading.day(self.valid_to, "--valid-to"),
            note=self.note,
        )


@command(app, "add")
def add(draft: Draft, why: Why) -> Answer:
    """Propone un objetivo. No se busca hasta que otra persona lo aprueba."""
    made = services.propose_target(actor=why.actor(), purpose=why.or_own(PurposeCode.TARGET_SEARCH), draft=draft.draft())
    said = [
        line(f"Objetivo {made.folio} propuesto por {made.proposed_by}."),
        line(f"Falta que otra persona lo apruebe: tequio target approve {made.id}"),
    ]
    return Answer({"target": _data(made)}, said)


@command(app, "show")
def show(target: Which, why: Why) -> Answer:
    """Muestra un objetivo con su identidad y sus pasos. Exige finalidad y folio; queda en la bitácora."""
    found = services.read_target(actor=why.actor(), purpose=why.stated(), target_id=reading.identifier(target, "objetivo"))
    steps = selectors.target_timeline(found.id)
    data = _data(found) | {
        "subject": found.subject,
        "note": found.note,
        "timeline": [{"state": s.state, "at": s.at, "by": s.by, "reason": s.reason} for s in steps],
    }
    parts: list[RenderableType] = [line(f"Objetivo {found.folio}, {found.state}."), facts([*_facts(found), *_identity(found)])]
    parts.append(
        table(("Momento", "Estado", "Quién", "Motivo"), [(moment(s.at), s.state, s.by, s.reason) for s in steps], "Pasos")
    )
    return Answer({"target": data}, parts)


@command(app, "list")
def list_targets(
    why: Why,
    state: Annotated[str, typer.Option("--state", metavar="ESTADO", help=", ".join(s.value for s in TargetState) + ".")] = "",
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Cuántos, como máximo.")] = 50,
) -> Answer:
    """Lista los objetivos de su dependencia, del más reciente al más antiguo."""
    wanted = reading.choice(state, TargetState, "--state").value if state else ""
    found = services.list_targets(
        actor=why.actor(), purpose=why.or_own(PurposeCode.TARGET_SEARCH), state=wanted, limit=reading.limit(limit)
    )
    data = {"targets": [_data(target) for target in found]}
    if not found:
        return Answer(data, [line("No hay objetivos.")])
    rows = [(t.folio, t.title, t.state, t.priority, t.grounds, t.validate_by, t.valid_to, t.id) for t in found]
    headers = ("Folio", "Objetivo", "Estado", "Prioridad", "Fundamento", "Validar antes de", "Vigente hasta", "Identificador")
    return Answer(data, [table(headers, rows)])


@command(app, "approve")
def approve(target: Which, why: Why) -> Answer:
    """Aprueba un objetivo propuesto por otra persona: desde aquí se busca en todos los registros."""
    target_id = reading.identifier(target, "objetivo")
    done = services.approve_target(actor=why.actor(), purpose=why.or_own(PurposeCode.TARGET_SEARCH), target_id=target_id)
    return _done(done, f"Objetivo {done.folio} aprobado por {done.approved_by}; debe validarse antes del {done.validate_by}.")


@command(app, "validate")
def validate(target: Which, why: Why, reason: Reason = "") -> Answer:
    """Declara que el fundamento sigue en pie, hasta la próxima validación."""
    done = _step(services.validate_target, target, why, reason)
    return _done(done, f"Objetivo {done.folio} validado; la próxima validación es antes del {done.validate_by}.")


@command(app, "suspend")
def suspend(target: Which, why: Why, reason: Reason) -> Answer:
    """Deja de buscar un objetivo por ahora. Sus coincidencias se conservan y lo dicen."""
    done = _step(services.suspend_target, target, why, reason)
    return _done(done, f"Objetivo {done.folio} suspendido.")


@command(app, "resume")
def resume(target: Which, why: Why, reason: Reason) -> Answer:
    """Vuelve a buscar un objetivo suspendido, también en lo que llegó mientras tanto."""
    done = _step(services.resume_target, target, why, reason)
    return _done(done, f"Objetivo {done.folio} vigente de nuevo; debe validarse antes del {done.validate_by}.")


@command(app, "close")
def close(target: Which, why: Why, reason: Reason) -> Answer:
    """Deja de buscar un objetivo en definitiva."""
    done = _step(services.close_target, target, why, reason)
    return _done(done, f"Objetivo {done.folio} cerrado.")


def _step(service: Callable[..., Target], target: str, why: Why, reason: str) -> Target:
    target_id = reading.identifier(target, "objetivo")
    return service(actor=why.actor(), purpose=why.or_own(PurposeCode.TARGET_SEARCH), target_id=target_id, reason=reason)


def _done(target: Target, said: str) -> Answer:
    """The answer to a step, after the reactions that it started: an approved target's hits are there when the command ends."""
    outbox.drain()
    return Answer({"target": _data(target)}, [line(said)])


def _data(target: Target) -> dict[str, object]:
    return {
        "id": target.id,
        "folio": target.folio,
        "title": target.title,
        "state": target.state,
        "priority": target.priority,
        "grounds": target.grounds,
        "document": target.document,
        "covert": target.covert,
        "tell_holder": target.tell_holder,
        "valid_from": target.valid_from,
        "valid_to": target.valid_to,
        "validate_by": target.validate_by,
        "proposed_by": target.proposed_by,
        "proposed_at": target.proposed_at,
        "approved_by": target.approved_by,
        "approved_at": target.approved_at,
    }


def _facts(target: Target) -> list[tuple[str, object]]:
    return [
        ("Identificador", target.id),
        ("Prioridad", target.priority),
        ("Fundamento", target.grounds),
        ("Documento", target.document),
        ("Encubierto", yes_or_no(target.covert)),
        ("Avisa a quien tiene a la persona", yes_or_no(target.tell_holder)),
        ("Vigente hasta", target.valid_to),
        ("Validar antes de", target.validate_by),
        ("Nota", target.note),
    ]


def _identity(target: Target) -> list[tuple[str, object]]:
    subject = Subject.from_dict(target.subject)
    return [
        ("Nombres", "; ".join(name.text for name in subject.names)),
        ("Alias", "; ".join(alias.text for alias in subject.aliases)),
        ("Sexo", subject.sex),
        ("Nacimiento", "; ".join(str(born) for born in subject.birth_dates)),
        ("Entidad de nacimiento", subject.birth_state),
        ("CURP", "; ".join(curp.value for curp in subject.curps)),
        ("RFC", "; ".join(rfc.value for rfc in subject.rfcs)),
        ("Teléfonos", "; ".join(subject.phones)),
        ("Placas", "; ".join(subject.plates)),
    ]
