"""Capture: register, correct, cancel, and the steps of custody."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tequio.access.domain import Permission
from tequio.kernel.errors import Conflict, Invalid
from tequio.registries.rnd import domain, services, words
from tequio.registries.rnd.capture import Slip
from tequio.registries.rnd.domain import CustodyKind
from tequio.registries.rnd.forms import CaptureForm, CustodyForm, ReasonForm
from tequio.registries.rnd.services import CustodyStep
from tequio.registries.rnd.views.records import UNPROCESSABLE, sheet_context
from tequio.registries.rnd.views.showing import Shown
from tequio.ui.web import acting
from tequio.ui.web import purpose as purposes
from tequio.ui.web.acting import Asked
from tequio.ui.web.forms import fill_errors
from tequio.ui.web.screens import screen


@screen(Permission.DETENTION_REGISTER, purpose=True, methods=("GET", "POST"))
def register(request: Asked) -> HttpResponse:
    """The immediate record of a detention."""
    actor, purpose = acting.who(request), purposes.wanted(request)
    form = CaptureForm(actor, request.POST or None)
    if form.is_valid() and not form.unseen(_alike(request, form)):
        try:
            made = services.register_detention(
                actor=actor, purpose=purpose, supplier_key=form.result.key, values=form.result.values, key=form.result.key
            )
        except (Invalid, Conflict) as error:
            fill_errors(form, error)
        else:
            messages.success(request, _("Detención registrada con la clave {key}.").format(key=made.supplier_key))
            return HttpResponseRedirect(reverse("rnd:sheet", args=[made.id]))
    told = {
        "form": form,
        "title": _("Nueva detención"),
        "lead": _("Registro inmediato. De lo que no haya dato, diga si no aplica o si no hay información."),
        "crumbs": [(_("Detenciones"), reverse("rnd:list"))],
        "back": reverse("rnd:list"),
        "submit": _("Registrar"),
    }
    return render(request, "rnd/capture.html", told, status=UNPROCESSABLE if form.is_bound else 200)


@screen(Permission.DETENTION_CORRECT, purpose=True, methods=("GET", "POST"))
def correct(request: Asked, detention_id: UUID) -> HttpResponse:
    """A correction: a new version, with its reason."""
    actor, purpose = acting.who(request), purposes.wanted(request)
    found = services.read_detention(actor=actor, purpose=purpose, detention_id=detention_id)
    services.refuse_if_cancelled(found)
    form = CaptureForm(actor, request.POST or None, detention=found)
    if form.is_valid() and not form.unseen(_alike(request, form, found.id)):
        try:
            done = services.correct_detention(
                actor=actor,
                purpose=purpose,
                detention_id=detention_id,
                changes=form.result.values,
                reason=form.cleaned_data["reason"],
                seen_version=form.cleaned_data["version"],
            )
        except (Invalid, Conflict) as error:
            fill_errors(form, error)
        else:
            messages.success(request, _("Corregido: va en la versión {version}.").format(version=done.version))
            return HttpResponseRedirect(reverse("rnd:sheet", args=[detention_id]))
    here = reverse("rnd:sheet", args=[detention_id])
    told = {
        "form": form,
        "title": _("Corregir la detención {key}").format(key=found.supplier_key),
        "lead": _("La versión anterior se conserva, con quién, cuándo y por qué."),
        "crumbs": [(_("Detenciones"), reverse("rnd:list")), (found.supplier_key, here)],
        "back": here,
        "submit": _("Guardar la corrección"),
    }
    return render(request, "rnd/capture.html", told, status=UNPROCESSABLE if form.is_bound else 200)


@screen(Permission.DETENTION_CANCEL, purpose=True, methods=("POST",))
def cancel(request: Asked, detention_id: UUID) -> HttpResponse:
    """Leave a tombstone: the question and its confirmation are on the sheet."""
    actor, purpose = acting.who(request), purposes.wanted(request)
    form = ReasonForm(request.POST, auto_id="cancelar_%s")
    if form.is_valid():
        services.cancel_detention(actor=actor, purpose=purpose, detention_id=detention_id, reason=form.cleaned_data["reason"])
        messages.success(request, _("Registro cancelado. Quedan su clave, sus fechas y el motivo."))
        return HttpResponseRedirect(reverse("rnd:sheet", args=[detention_id]))
    found = services.read_sheet(actor=actor, purpose=purpose, detention_id=detention_id)
    return render(request, "rnd/sheet.html", sheet_context(request, Shown(found, actor), form), status=UNPROCESSABLE)


@screen(Permission.DETENTION_CORRECT, purpose=True, methods=("GET", "POST"))
def add_custody(request: Asked, detention_id: UUID) -> HttpResponse:
    """A step of custody, of those that can follow."""
    actor, purpose = acting.who(request), purposes.wanted(request)
    found = services.read_detention(actor=actor, purpose=purpose, detention_id=detention_id)
    services.refuse_if_cancelled(found)
    form = CustodyForm(found.custody_state, request.POST or None)
    here = reverse("rnd:sheet", args=[detention_id])
    if form.is_valid():
        told = form.cleaned_data
        step = CustodyStep(CustodyKind(told["kind"]), told["at"], told["authority"], told["place"], told["note"])
        try:
            services.add_custody_event(actor=actor, purpose=purpose, detention_id=detention_id, step=step)
        except (Invalid, Conflict) as error:
            fill_errors(form, error)
        else:
            messages.success(request, _("Paso registrado: {step}.").format(step=words.CUSTODY[step.kind]))
            return HttpResponseRedirect(here)
    context = {
        "form": form,
        "title": _("Paso de custodia"),
        "lead": _("Registro {key}, ahora: {state}.").format(
            key=found.supplier_key, state=words.CUSTODY.get(found.custody_state, found.custody_state)
        ),
        "crumbs": [(_("Detenciones"), reverse("rnd:list")), (found.supplier_key, here)],
        "back": here,
        "ended": not domain.next_steps(CustodyKind(found.custody_state) if found.custody_state else None),
    }
    return render(request, "rnd/custody.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _alike(request: Asked, form: CaptureForm, but: UUID | None = None) -> list[Slip]:
    """A slip for records of the agency that may be the same detention."""
    values = form.result.values
    name = domain.listed_name(
        values["given_names"], values["paternal_surname"], values["maternal_surname"], values["full_name"]
    )
    found = services.find_alike(
        actor=acting.who(request),
        purpose=purposes.wanted(request),
        listed_name=name,
        detained_on=values["detained_on"],
        but=but,
    )
    others = [one.supplier_key for one in found if one.supplier_key != form.result.key]
    return [Slip("clave_registro", "POSIBLE_DUPLICADO", ", ".join(others))] if others else []
