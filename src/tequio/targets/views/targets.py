"""Screens of targets: list, sheet, registration, steps, calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tequio.access.domain import Actor, Permission
from tequio.catalogs import selectors as catalogs
from tequio.institutions import selectors as institutions
from tequio.kernel import clock
from tequio.kernel.errors import TequioError
from tequio.people.domain import Subject
from tequio.targets import domain, services, words
from tequio.targets.domain import Due, HitState, Priority, TargetState
from tequio.targets.forms import StepForm, TargetFilterForm, TargetForm, ThresholdForm
from tequio.targets.models import Target, TargetEvent
from tequio.targets.services.planning import Alike, Sheet
from tequio.ui import tables
from tequio.ui.tables import Column, Table
from tequio.ui.values import NO_INFORMATION, Badge, Fact, Link, Step, Tone
from tequio.ui.web import acting, purpose
from tequio.ui.web.acting import Asked
from tequio.ui.web.forms import Form, fill_errors
from tequio.ui.web.screens import Marked, screen

UNPROCESSABLE = 422


@screen(Permission.TARGET_READ, purpose=True)
def targets(request: Asked) -> HttpResponse:
    """The agency's targets."""
    actor = acting.who(request)
    form = TargetFilterForm(_grounds(), request.GET or None)
    below: dict[UUID, int] = {}
    columns = _columns(below)
    asked = tables.read(request, columns, sort="-propuesto")
    page = services.browse_targets(
        actor=actor, purpose=purpose.wanted(request), wanted=form.wanted(),
        order=asked.order, offset=asked.offset, limit=asked.limit,
    )  # fmt: skip
    below.update(page.below)
    table = Table(
        columns, page.targets, asked, caption=_("Objetivos"), total=page.total, empty=_("No hay objetivos con esos filtros.")
    )
    told = {"filters": form, "actions": _actions(request)}
    return tables.answer(request, "targets/targets.html", table, told)


@screen(Permission.TARGET_READ, purpose=True)
def target(request: Asked, target_id: UUID) -> HttpResponse:
    """One target: identity, grounds, what falls due, its hits, its steps, and what may be done with it."""
    return _show(request, target_id)


@screen(Permission.TARGET_PROPOSE, purpose=True, methods=("GET", "POST"))
def new(request: Asked) -> HttpResponse:
    """Propose a target. Those of the own agency that may be the same person are shown first."""
    data = request.POST.copy() if request.method == "POST" else None
    form = TargetForm(_grounds(), _states(), data, initial={"priority": Priority.ORDINARY.value})
    if data is None:
        return render(request, "targets/new.html", {"form": form})
    alike: list[Alike] = []
    if form.is_valid():
        actor, why = acting.who(request), purpose.wanted(request)
        try:
            alike = services.find_alike(actor=actor, purpose=why, draft=form.draft())
            seen = domain.fingerprint_of([str(one.target.id) for one in alike])
            if not alike or form.cleaned_data["visto"] == seen:
                made = services.propose_target(actor=actor, purpose=why, draft=form.draft())
                messages.success(
                    request, _("{folio} quedó propuesto: se busca en cuanto otra persona lo apruebe.").format(folio=made.folio)
                )
                return HttpResponseRedirect(reverse("targets:target", args=[made.id]))
            data["visto"] = seen  # the form draws what was sent, with the sign of what is shown now
        except TequioError as error:
            fill_errors(form, error)
    told = {
        "form": form,
        "alike": [(one, words.TARGET_STATES[TargetState(one.target.state)], words.band(one.explanation.band)) for one in alike],
    }
    return render(request, "targets/new.html", told, status=UNPROCESSABLE)


@screen(Permission.TARGET_READ, purpose=True)
def calendar(request: Asked) -> HttpResponse:
    """What must be validated, reviewed or let end, and what time has suspended."""
    columns = (
        Column("dia", gettext_lazy("Último día"), lambda due: due.on),
        Column("que", gettext_lazy("Qué"), lambda due: due.kind.value),
        Column("cuando", gettext_lazy("Situación"), lambda due: _situation(due, found.today)),
        Column(
            "objetivo",
            gettext_lazy("Objetivo"),
            lambda due: Link(due.target.title, reverse("targets:target", args=[due.target.id])),
            wide=True,
        ),
        Column("folio", gettext_lazy("Folio"), lambda due: due.target.folio),
        Column("prioridad", gettext_lazy("Prioridad"), lambda due: words.PRIORITIES[Priority(due.target.priority)]),
        Column("desde", gettext_lazy("Se puede desde"), lambda due: due.opens),
    )
    found = services.read_calendar(actor=acting.who(request), purpose=purpose.wanted(request))
    asked = tables.read(request, columns)
    caption = _("Hasta el {day}").format(day=f"{found.until:%d/%m/%Y}")
    table = Table(
        columns,
        tables.page_of(asked, found.dues, columns),
        asked,
        caption=caption,
        total=len(found.dues),
        empty=_("Nada vence en ese plazo."),
    )
    return tables.answer(request, "targets/calendar.html", table, {"suspended": found.suspended})


def _step(permission: Permission, form: Callable[..., Form], said: object, serve: Callable[..., Any]) -> Marked[[UUID]]:
    """The screen of one step of a target's life."""

    @screen(permission, purpose=True, methods=("POST",))
    def step(request: Asked, target_id: UUID) -> HttpResponse:
        filled = form(request.POST)
        if not filled.is_valid():
            return _show(request, target_id, filled, UNPROCESSABLE)
        told = {"reason": filled.cleaned_data["motivo"]} if "motivo" in filled.fields else {}
        if "bits" in filled.fields:
            told["bits"] = filled.cleaned_data["bits"]
        try:
            serve(actor=acting.who(request), purpose=purpose.wanted(request), target_id=target_id, **told)
        except TequioError as error:
            fill_errors(filled, error)
            return _show(request, target_id, filled, error.status)
        messages.success(request, str(said))
        return HttpResponseRedirect(reverse("targets:target", args=[target_id]))

    return step


approve = _step(
    Permission.TARGET_APPROVE,
    Form,
    gettext_lazy("Aprobado: se busca desde ahora en todos los registros."),
    services.approve_target,
)
validate = _step(
    Permission.TARGET_APPROVE, StepForm, gettext_lazy("Validado: el fundamento sigue en pie."), services.validate_target
)
review = _step(Permission.TARGET_APPROVE, StepForm, gettext_lazy("Revisado y validado."), services.review_target)
suspend = _step(
    Permission.TARGET_SUSPEND, StepForm, gettext_lazy("Suspendido: no se busca por ahora."), services.suspend_target
)
resume = _step(
    Permission.TARGET_APPROVE, StepForm, gettext_lazy("Vigente de nuevo: se busca también en lo que llegó mientras tanto."),
    services.resume_target,
)  # fmt: skip
close = _step(
    Permission.TARGET_CLOSE, StepForm, gettext_lazy("Cerrado: deja de buscarse en definitiva."), services.close_target
)
threshold = _step(Permission.TARGET_THRESHOLD, ThresholdForm, gettext_lazy("Umbral fijado."), services.set_threshold)


def _show(request: Asked, target_id: UUID, filled: Form | None = None, status: int = 200) -> HttpResponse:
    actor = acting.who(request)
    sheet = services.read_sheet(actor=actor, purpose=purpose.wanted(request), target_id=target_id)
    found = sheet.studied.target
    today, doing = clock.now().astimezone(clock.MEXICO).date(), _doing(found, actor)
    told = {
        "target": found,
        "state": words.TARGET_STATES[TargetState(found.state)],
        "facts": _facts(sheet),
        "identity": _identity(Subject.from_dict(found.subject)),
        "dues": [(due, _situation(due, today)) for due in sheet.dues],
        "hits": [(hit, words.band(hit.band), words.HIT_STATES[HitState(hit.state)]) for hit in sheet.hits],
        "advice": sheet.studied.advice,
        "steps": [_told(step) for step in reversed(sheet.studied.steps)],
        "doing": doing,
        "waits": found.state == TargetState.PROPOSED.value and not any(offer.name == "approve" for offer, _url, _form in doing),
        "filled": filled,
    }
    return render(request, "targets/target.html", told, status=status)


@dataclass(frozen=True, slots=True)
class _Offer:
    """A step that a sheet offers: to whom, in which states, and in what words."""

    name: str
    permission: Permission
    states: tuple[TargetState, ...]
    form: type[Form] | None
    label: Promise | str
    question: Promise | str
    danger: bool = False


_ALIVE = (TargetState.PROPOSED, TargetState.ACTIVE, TargetState.SUSPENDED)
_OFFERS = (
    _Offer(
        "approve", Permission.TARGET_APPROVE, (TargetState.PROPOSED,), None, gettext_lazy("Aprobar"),
        gettext_lazy("Desde que lo apruebe se busca en todos los registros de todos los estados. ¿El documento lo funda?"),
    ),
    _Offer(
        "validate", Permission.TARGET_APPROVE, (TargetState.ACTIVE,), StepForm, gettext_lazy("Validar"),
        gettext_lazy("¿El fundamento sigue en pie?"),
    ),
    _Offer(
        "review", Permission.TARGET_APPROVE, (TargetState.ACTIVE,), StepForm, gettext_lazy("Revisar a fondo"),
        gettext_lazy("Fundamento, identidad y necesidad de seguir buscándolo."),
    ),
    _Offer(
        "threshold", Permission.TARGET_THRESHOLD, _ALIVE, ThresholdForm, gettext_lazy("Cambiar umbral"),
        gettext_lazy("Lo que quede debajo se conserva y se cuenta. Una CURP o un RFC iguales se listan siempre."),
    ),
    _Offer(
        "suspend", Permission.TARGET_SUSPEND, (TargetState.ACTIVE,), StepForm, gettext_lazy("Suspender"),
        gettext_lazy("Deja de buscarse por ahora."), danger=True,
    ),
    _Offer(
        "resume", Permission.TARGET_APPROVE, (TargetState.SUSPENDED,), StepForm, gettext_lazy("Reanudar"),
        gettext_lazy("Se buscará también en lo que llegó mientras tanto."),
    ),
    _Offer(
        "close", Permission.TARGET_CLOSE, _ALIVE, StepForm, gettext_lazy("Cerrar"),
        gettext_lazy("Deja de buscarse en definitiva."), danger=True,
    ),
)  # fmt: skip


def _doing(found: Target, actor: Actor) -> list[tuple[_Offer, str, Form | None]]:
    """The steps that the target admits and its reader may take, each with its address and its form."""
    return [
        (
            offer,
            reverse(f"targets:{offer.name}", args=[found.id]),
            offer.form(auto_id=f"{offer.name}_%s") if offer.form else None,
        )
        for offer in _OFFERS
        if offer.permission in actor.permissions
        and found.state in offer.states
        and not (offer.name == "approve" and found.proposed_by == actor.username)
    ]


def _facts(sheet: Sheet) -> list[Fact]:
    found = sheet.studied.target
    return [
        Fact(_("Folio"), found.folio),
        Fact(_("Prioridad"), words.PRIORITIES[Priority(found.priority)]),
        Fact(_("Fundamento"), sheet.grounds),
        Fact(_("Documento que lo funda"), found.document),
        Fact(_("Propuesto por"), f"{found.proposed_by}, {found.proposed_at.astimezone(clock.MEXICO):%d/%m/%Y}"),
        Fact(_("Aprobado por"), found.approved_by or _("nadie todavía")),
        Fact(_("Validar antes de"), found.validate_by or NO_INFORMATION),
        Fact(_("Vigente hasta"), found.valid_to or _("sin fecha: mientras se valide")),
        Fact(_("Reserva"), _("encubierto: nadie fuera de la dependencia lo sabe") if found.covert else _("ordinaria")),
        Fact(_("A quien lo tenga"), _("se le avisa al confirmar") if found.tell_holder else _("no se le dice nada")),
        Fact(_("Umbral"), _("{bits} bits").format(bits=f"{found.threshold:.2f}")),
        Fact(_("Bajo su umbral"), sheet.studied.below),
        Fact(_("Nota interna"), found.note or _("ninguna"), wide=True),
    ]


def _identity(subject: Subject) -> list[Fact]:
    def joined(values: Any) -> object:
        return "; ".join(str(value) for value in values) or NO_INFORMATION

    return [
        Fact(_("Nombres"), joined(name.text for name in subject.names), wide=True),
        Fact(_("Alias"), joined(alias.text for alias in subject.aliases)),
        Fact(_("Sexo"), subject.sex or NO_INFORMATION),
        Fact(_("Fecha de nacimiento"), joined(subject.birth_dates)),
        Fact(_("Entidad de nacimiento"), subject.birth_state or NO_INFORMATION),
        Fact(_("CURP"), joined(curp.value for curp in subject.curps)),
        Fact(_("RFC"), joined(rfc.value for rfc in subject.rfcs)),
        Fact(_("Teléfonos"), joined(subject.phones)),
        Fact(_("Placas"), joined(subject.plates)),
    ]


def _told(event: TargetEvent) -> Step:
    moved = event.detail.get("threshold")
    title = str(words.TARGET_STATES[TargetState(event.state)].text)
    if moved:
        title = _("umbral: de {a} a {b} bits").format(a=f"{moved['from']:.2f}", b=f"{moved['to']:.2f}")
    if event.detail.get("review"):
        title = _("revisado a fondo")
    return Step(event.at, title, event.reason, event.by)


def _situation(due: Due, today: date) -> Badge:
    if due.overdue(today):
        return Badge(_("vencida"), Tone.BAD)
    return Badge(_("se puede hacer"), Tone.WARN) if due.open(today) else Badge(_("todavía no"), Tone.PLAIN)


def _columns(below: dict[UUID, int]) -> tuple[Column, ...]:
    return (
        Column(
            "objetivo",
            gettext_lazy("Objetivo"),
            lambda t: Link(t.title, reverse("targets:target", args=[t.id])),
            sort="title",
            wide=True,
        ),
        Column("folio", gettext_lazy("Folio"), lambda t: t.folio, sort="folio"),
        Column("estado", gettext_lazy("Estado"), lambda t: words.TARGET_STATES[TargetState(t.state)], sort="state"),
        Column("prioridad", gettext_lazy("Prioridad"), lambda t: words.PRIORITIES[Priority(t.priority)]),
        Column("documento", gettext_lazy("Documento"), lambda t: t.document, optional=True),
        Column("validar", gettext_lazy("Validar antes de"), lambda t: t.validate_by, sort="validate_by"),
        Column("hasta", gettext_lazy("Vigente hasta"), lambda t: t.valid_to, sort="valid_to"),
        Column("encubierto", gettext_lazy("Encubierto"), lambda t: t.covert),
        Column("umbral", gettext_lazy("Umbral"), lambda t: f"{t.threshold:.2f}", numeric=True, optional=True),
        Column("bajo", gettext_lazy("Bajo su umbral"), lambda t: below.get(t.id, 0), numeric=True),
        Column("propuesto", gettext_lazy("Propuesto"), lambda t: t.proposed_at, sort="proposed_at"),
    )


def _actions(request: Asked) -> list[tuple[str, str]]:
    actions = [(_("Calendario"), reverse("targets:calendar"))]
    if Permission.TARGET_PROPOSE in acting.who(request).permissions:
        actions.insert(0, (_("Registrar objetivo"), reverse("targets:new")))
    return actions


def _grounds() -> dict[str, str]:
    return catalogs.items("fundamento_objetivo", clock.now().astimezone(clock.MEXICO).date())


def _states() -> dict[str, str]:
    return {state.renapo: state.name for state in institutions.states()}
