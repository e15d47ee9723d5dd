"""Commands of targets: add, show, list, approve, validate, suspend, resume, close, threshold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Annotated

import typer
from rich.console import RenderableType

from tequio.access.domain import PurposeCode
from tequio.kernel import outbox
from tequio.kernel.errors import Invalid
from tequio.people.domain import Subject
from tequio.targets import services
from tequio.targets.domain import Priority, TargetDraft, TargetState
from tequio.targets.models import Target, TargetEvent
from tequio.targets.services.reading import Advice
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
    seen = services.study_target(actor=why.actor(), purpose=why.stated(), target_id=reading.identifier(target, "objetivo"))
    found = seen.target
    data = _data(found) | {
        "subject": found.subject,
        "note": found.note,
        "timeline": [{"state": s.state, "at": s.at, "by": s.by, "reason": s.reason, **s.detail} for s in seen.steps],
        "hits_below_threshold": seen.below,
        "advice": advice_data(seen.advice),
    }
    parts: list[RenderableType] = [
        line(f"Objetivo {found.folio}, {found.state}."),
        facts([*_facts(found, seen.below), *_identity(found)]),
        table(("Momento", "Estado", "Quién", "Motivo"), [_step_row(step) for step in seen.steps], "Pasos"),
    ]
    return Answer({"target": data}, [*parts, *(line(text) for text in advice_lines(seen.advice))])


def _step_row(step: TargetEvent) -> tuple[object, ...]:
    moved = step.detail.get("threshold")
    what = f"umbral: de {moved['from']:.2f} a {moved['to']:.2f} bits" if moved else step.state
    return (moment(step.at), what, step.by, step.reason)


@command(app, "list")
def list_targets(
    why: Why,
    state: Annotated[str, typer.Option("--state", metavar="ESTADO", help=", ".join(s.value for s in TargetState) + ".")] = "",
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Cuántos, como máximo.")] = 50,
) -> Answer:
    """Lista los objetivos de su dependencia, del más reciente al más antiguo."""
    wanted = reading.choice(state, TargetState, "--state").value if state else ""
    found = services.survey_targets(
        actor=why.actor(), purpose=why.or_own(PurposeCode.TARGET_SEARCH), state=wanted, limit=reading.limit(limit)
    )
    data = {"targets": [_data(one.target) | {"hits_below_threshold": one.below} for one in found]}
    if not found:
        return Answer(data, [line("No hay objetivos.")])
    rows = [
        (
            t.folio, t.title, t.state, t.priority, t.grounds, t.validate_by, t.valid_to, threshold_text(t),
            one.below or "", t.id,
        )
        for one in found
        for t in [one.target]
    ]  # fmt: skip
    headers = (
        "Folio", "Objetivo", "Estado", "Prioridad", "Fundamento", "Validar antes de", "Vigente hasta", "Umbral",
        "Bajo su umbral", "Identificador",
    )  # fmt: skip
    return Answer(data, [table(headers, rows)])


@command(app, "approve")
def approve(target: Which, why: Why) -> Answer:
    """Aprueba un objetivo propuesto por otra persona: desde aquí se busca en todos los registros."""
    target_id = reading.identifier(target, "objetivo")
    done = services.approve_target(actor=why.actor(), purpose=why.or_own(PurposeCode.TARGET_SEARCH), target_id=target_id)
    return _done(done, f"Objetivo {done.folio} aprobado por {done.approved_by}; debe validarse antes del {done.validate_by}.")


@command(app, "threshold")
def threshold(
    target: Which,
    why: Why,
    reason: Reason,
    bits: Annotated[
        float | None, typer.Option("--bits", metavar="N", help="Puntaje mínimo, en bits; nunca menor que el del sistema.")
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Vuelve al umbral del sistema.")] = False,
) -> Answer:
    """Fija desde qué puntaje se listan las coincidencias de un objetivo. Las que queden debajo se conservan y se cuentan.

    Una CURP o un RFC iguales se listan siempre.
    """
    if (bits is None) != reset:
        raise Invalid("Indique --bits o --reset, y solo una de las dos.", hint="P. ej.: --bits 27.5 --reason 'homónimos'.")
    done = services.set_threshold(
        actor=why.actor(),
        purpose=why.or_own(PurposeCode.TARGET_SEARCH),
        target_id=reading.identifier(target, "objetivo"),
        bits=bits,
        reason=reason,
    )
    said = f"Objetivo {done.target.folio}: umbral {threshold_text(done.target)}; {below_text(done.below)}."
    return Answer({"target": _data(done.target) | {"hits_below_threshold": done.below}}, [line(said)])


@command(app, "validate")
def validate(target: Which, why: Why, reason: Reason = "") -> Answer:
    """Declara que el fundamento sigue en pie, hasta la próxima validación."""
    done = _step(services.validate_target, target, why, reason)
    return _done(done, f"Objetivo {done.folio} validado; la próxima validación es antes del {done.validate_by}.")


@command(app, "review")
def review(target: Which, why: Why, reason: Reason) -> Answer:
    """Declara que el objetivo se revisó a fondo: fundamento, identidad y necesidad de seguir buscándolo. También lo valida."""
    done = _step(services.review_target, target, why, reason)
    return _done(done, f"Objetivo {done.folio} revisado; la próxima validación es antes del {done.validate_by}.")


@command(app, "calendar")
def calendar(
    why: Why,
    days: Annotated[int, typer.Option("--days", metavar="N", help="Cuántos días adelante.", min=1, max=1100)] = 90,
) -> Answer:
    """Dice qué objetivos vencen pronto: validación, revisión a fondo, fin de vigencia; y los que ya se suspendieron por eso."""
    found = services.read_calendar(actor=why.actor(), purpose=why.or_own(PurposeCode.TARGET_SEARCH), days=days)
    data = {
        "dues": [
            {"kind": d.kind, "opens": d.opens, "on": d.on, "target": d.target.id, "folio": d.target.folio} for d in found.dues
        ],
        "suspended": [{"target": t.id, "folio": t.folio} for t in found.suspended],
    }
    rows = [
        (d.on, d.kind.value, "vencida" if d.overdue(found.today) else "", d.target.folio, d.target.title, d.opens)
        for d in found.dues
    ]
    headers = ("Último día", "Qué", "Situación", "Folio", "Objetivo", "Se puede desde")
    parts: list[RenderableType] = [table(headers, rows) if rows else line("Nada vence en ese plazo.")]
    parts += [line(f"Suspendido por tiempo: {t.folio} {t.title}.") for t in found.suspended]
    return Answer(data, parts)


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
        "threshold": target.threshold,
        "own_threshold": target.own_threshold,
    }


def threshold_text(target: Target) -> str:
    """A target's threshold as a person reads it: whose it is, too."""
    own = target.own_threshold is not None and target.threshold == target.own_threshold
    return f"{target.threshold:.2f} bits ({'propio' if own else 'del sistema'})"


def below_text(n: int) -> str:
    """What a threshold keeps from the list, in words."""
    return f"{n} {'coincidencia' if n == 1 else 'coincidencias'} bajo su umbral"


def advice_lines(advice: Sequence[Advice]) -> list[str]:
    """What would help each target that has more to judge than a reviewer's day."""
    lines = []
    for one in advice:
        said = f"El objetivo {one.target.folio} tiene {one.waiting} por revisar, más que la jornada de una persona"
        if one.suggestion is None:
            lines.append(f"{said}; ningún umbral lo remedia sin ocultar lo ya confirmado: agregue datos al objetivo.")
            continue
        held = "; no se sugiere más alto porque una persona confirmó una así" if one.suggestion.held else ""
        lines.append(
            f"{said}: con un umbral de {one.suggestion.threshold:.2f} bits quedarían {one.suggestion.stay} y "
            f"{one.suggestion.leave} irían bajo su umbral{held} (`tequio target threshold`)."
        )
    return lines


def advice_data(advice: Sequence[Advice]) -> list[dict[str, object]]:
    """The same for programs."""
    return [
        {
            "target": one.target.id,
            "folio": one.target.folio,
            "waiting": one.waiting,
            "suggestion": asdict(one.suggestion) if one.suggestion is not None else None,
        }
        for one in advice
    ]


def _facts(target: Target, below: int) -> list[tuple[str, object]]:
    return [
        ("Identificador", target.id),
        ("Prioridad", target.priority),
        ("Fundamento", target.grounds),
        ("Documento", target.document),
        ("Encubierto", yes_or_no(target.covert)),
        ("Avisa a quien tiene a la persona", yes_or_no(target.tell_holder)),
        ("Vigente hasta", target.valid_to),
        ("Validar antes de", target.validate_by),
        ("Umbral", f"{threshold_text(target)}; {below_text(below)}"),
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
