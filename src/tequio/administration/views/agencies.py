"""Screens of the agencies and their dated names."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tequio.access.domain import Permission
from tequio.administration import services, words
from tequio.administration.forms import AgencyFilterForm, AgencyForm, CloseForm, NameForm
from tequio.institutions import selectors as institutions_read
from tequio.institutions.models import Agency
from tequio.institutions.selectors import AgencySummary
from tequio.kernel import clock
from tequio.kernel.errors import TequioError
from tequio.ui import tables
from tequio.ui.tables import Column, Table
from tequio.ui.values import NOT_APPLICABLE, Badge, Fact, Link, Tone
from tequio.ui.web import acting
from tequio.ui.web import purpose as purposes
from tequio.ui.web.acting import Asked
from tequio.ui.web.forms import fill_errors
from tequio.ui.web.screens import screen

_UNPROCESSABLE: Final = 422


@screen(Permission.CATALOG_EDIT)
def agencies(request: Asked) -> HttpResponse:
    """Every agency, as it is called today."""
    actor = acting.who(request)
    services.log_reading(actor=actor, purpose=purposes.current(request), screen="agencies")
    form = AgencyFilterForm(_states(), request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    asked = tables.read(request, COLUMNS, sort="code")
    every = institutions_read.agencies(
        clock.now().astimezone(clock.MEXICO).date(), state=wanted.get("entidad") or "", text=wanted.get("texto") or ""
    )
    table = Table(COLUMNS, tables.page_of(asked, every, COLUMNS), asked, caption=gettext_lazy("Dependencias"), total=len(every))
    return tables.answer(request, "administration/agencies.html", table, {"filters": form})


@screen(Permission.CATALOG_EDIT)
def agency(request: Asked, code: str) -> HttpResponse:
    """One agency: what it is, its names, units and posts."""
    actor = acting.who(request)
    services.log_reading(actor=actor, purpose=purposes.current(request), screen="agency")
    found = institutions_read.agency_by_code(code)
    today = clock.now().astimezone(clock.MEXICO).date()
    names = institutions_read.agency_history(found)
    asked = tables.read(request, NAME_COLUMNS, size=len(names) + 1)
    now = next((one for one in names if one.valid_from <= today and (one.valid_to is None or today < one.valid_to)), None)
    told = {
        "agency": found,
        "name": now,
        "facts": _facts(found),
        "units": institutions_read.agency_units(found, today),
        "posts": institutions_read.agency_posts(found, today),
        "edits": services.edits_agencies_of(actor, found.state_id or ""),
        "open": bool(names) and names[0].valid_to is None,
        "close_form": CloseForm(),
    }
    table = Table(NAME_COLUMNS, names, asked, caption=gettext_lazy("Nombres y vigencias"), total=len(names))
    return tables.answer(request, "administration/agency.html", table, told)


@screen(Permission.CATALOG_EDIT, purpose=True, methods=("GET", "POST"))
def add(request: Asked) -> HttpResponse:
    """An agency that begins to be."""
    form = AgencyForm(_states(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_agency(actor=acting.who(request), purpose=purposes.wanted(request), new=form.new_agency())
        except TequioError as error:
            fill_errors(form, error)
        else:
            messages.success(request, _("La dependencia quedó de alta."))
            return HttpResponseRedirect(reverse("administration:agency", args=[made.code]))
    told = {"form": form, "title": _("Dar de alta una dependencia"), "agency": None}
    return render(request, "administration/edit_agency.html", told, status=_UNPROCESSABLE if form.errors else 200)


@screen(Permission.CATALOG_EDIT, purpose=True, methods=("GET", "POST"))
def rename(request: Asked, code: str) -> HttpResponse:
    """How an agency is called from a day on."""
    found = institutions_read.agency_by_code(code)
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.rename_agency(
                actor=acting.who(request), purpose=purposes.wanted(request), code=found.code, new=form.new_name()
            )
        except TequioError as error:
            fill_errors(form, error)
        else:
            messages.success(request, _("El nombre nuevo quedó registrado; el anterior se conserva con sus fechas."))
            return HttpResponseRedirect(reverse("administration:agency", args=[found.code]))
    told = {"form": form, "title": _("Cambiar el nombre"), "agency": found}
    return render(request, "administration/edit_agency.html", told, status=_UNPROCESSABLE if form.errors else 200)


@screen(Permission.CATALOG_EDIT, purpose=True, methods=("GET", "POST"))
def close(request: Asked, code: str) -> HttpResponse:
    """End an agency on a day."""
    found = institutions_read.agency_by_code(code)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.close_agency(
                actor=acting.who(request),
                purpose=purposes.wanted(request),
                code=found.code,
                on=form.cleaned_data["valid_from"],
                source=form.cleaned_data["source"],
            )
        except TequioError as error:
            fill_errors(form, error)
        else:
            messages.success(request, _("La dependencia queda cerrada desde ese día. Lo que hizo se conserva."))
            return HttpResponseRedirect(reverse("administration:agency", args=[found.code]))
    told = {"form": form, "title": _("Cerrar la dependencia"), "agency": found, "danger": True}
    return render(request, "administration/edit_agency.html", told, status=_UNPROCESSABLE if form.errors else 200)


def _states() -> list[tuple[str, str]]:
    return [(state.code, state.name) for state in institutions_read.states()]


def _facts(found: Agency) -> list[Fact]:
    parent = found.parent
    return [
        Fact(_("Clave"), found.code),
        Fact(_("Orden de gobierno"), str(words.LEVELS[found.level])),
        Fact(_("Entidad"), found.state.name if found.state else NOT_APPLICABLE),
        Fact(_("Clase"), str(words.KINDS[found.kind])),
        Fact(
            _("Depende de"),
            Link(parent.code, reverse("administration:agency", args=[parent.code])) if parent else NOT_APPLICABLE,
        ),
    ]


def _link(one: AgencySummary) -> Link:
    text = one.name.name if one.name else one.agency.code
    return Link(text, reverse("administration:agency", args=[one.agency.code]))


def _standing(one: AgencySummary) -> Badge:
    return words.confirmed(one.name.confirmed) if one.name else Badge(gettext_lazy("sin nombre vigente"), Tone.BAD)


COLUMNS: Final = [
    Column("code", gettext_lazy("Clave"), lambda one: one.agency.code, sort="code"),
    Column("name", gettext_lazy("Nombre"), _link, sort="name", wide=True),
    Column("abbreviation", gettext_lazy("Siglas"), lambda one: one.name.abbreviation if one.name else None),
    Column("level", gettext_lazy("Orden de gobierno"), lambda one: str(words.LEVELS[one.agency.level]), sort="level"),
    Column(
        "state",
        gettext_lazy("Entidad"),
        lambda one: one.agency.state.name if one.agency.state else NOT_APPLICABLE,
        sort="state",
    ),
    Column("kind", gettext_lazy("Clase"), lambda one: str(words.KINDS[one.agency.kind]), sort="kind"),
    Column("standing", gettext_lazy("Situación"), _standing),
]
NAME_COLUMNS: Final = [
    Column("name", gettext_lazy("Nombre"), lambda one: one.name, wide=True),
    Column("abbreviation", gettext_lazy("Siglas"), lambda one: one.abbreviation),
    Column("from", gettext_lazy("Vigente desde"), lambda one: one.valid_from),
    Column("to", gettext_lazy("Hasta"), lambda one: one.valid_to or _("sin término")),
    Column("standing", gettext_lazy("Situación"), lambda one: words.confirmed(one.confirmed)),
    Column("source", gettext_lazy("Documento"), lambda one: one.source, wide=True),
]
