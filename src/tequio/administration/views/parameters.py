"""Screens of the parameters that a norm or an agreement fixes."""

from __future__ import annotations

import json
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tequio.access.domain import Permission
from tequio.administration import services, words
from tequio.administration.forms import ParameterForm
from tequio.catalogs import selectors as catalogs_read
from tequio.catalogs.selectors import InForce
from tequio.kernel import clock
from tequio.kernel.errors import TequioError
from tequio.ui import tables
from tequio.ui.tables import Column, Table
from tequio.ui.values import Link
from tequio.ui.web import acting
from tequio.ui.web import purpose as purposes
from tequio.ui.web.acting import Asked
from tequio.ui.web.forms import fill_errors
from tequio.ui.web.screens import screen

_UNPROCESSABLE: Final = 422


@screen(Permission.CATALOG_EDIT)
def parameters(request: Asked) -> HttpResponse:
    """Every parameter, as it is today."""
    actor = acting.who(request)
    services.log_reading(actor=actor, purpose=purposes.current(request), screen="parameters")
    asked = tables.read(request, COLUMNS, sort="key", size=50)
    every = catalogs_read.parameters(clock.now().astimezone(clock.MEXICO).date())
    rows = tables.page_of(asked, every, COLUMNS)
    table = Table(COLUMNS, rows, asked, caption=gettext_lazy("Parámetros"), total=len(every))
    return tables.answer(request, "administration/parameters.html", table)


@screen(Permission.CATALOG_EDIT)
def parameter(request: Asked, key: str) -> HttpResponse:
    """One parameter: what it is, was and will be."""
    actor = acting.who(request)
    services.log_reading(actor=actor, purpose=purposes.current(request), screen="parameter")
    history = catalogs_read.parameter_history(key)
    asked = tables.read(request, HISTORY_COLUMNS, size=len(history) + 1)
    table = Table(HISTORY_COLUMNS, history, asked, caption=gettext_lazy("Valores y vigencias"), total=len(history))
    told = {"key": key, "edits": services.edits_national(actor)}
    return tables.answer(request, "administration/parameter.html", table, told)


@screen(Permission.CATALOG_EDIT, purpose=True, methods=("GET", "POST"))
def change(request: Asked, key: str) -> HttpResponse:
    """Another value from a day on: written, seen beside the present one, and only then in force."""
    last = catalogs_read.parameter_history(key)[0]
    if request.method in {"GET", "HEAD"}:
        form = ParameterForm(last.value, initial={"value": _as_written(last.value)})
        return _page(request, last, form)
    form = ParameterForm(last.value, request.POST)
    if not form.is_valid():
        return _page(request, last, form, status=_UNPROCESSABLE)
    if request.POST.get("accion") != "confirmar":
        return _page(request, last, form, shown=_shown(form.cleaned_data["value"]))
    try:
        services.change_parameter(actor=acting.who(request), purpose=purposes.wanted(request), new=form.new(key))
    except TequioError as error:
        fill_errors(form, error)
        return _page(request, last, form, status=_UNPROCESSABLE)
    messages.success(request, _("El valor nuevo quedó registrado con su fecha y su documento."))
    return HttpResponseRedirect(reverse("administration:parameter", args=[key]))


def _page(request: Asked, last: InForce, form: ParameterForm, *, shown: str | None = None, status: int = 200) -> HttpResponse:
    told = {"key": last.key, "last": last, "now": _shown(last.value), "form": form, "shown": shown}
    return render(request, "administration/change_parameter.html", told, status=status)


def _as_written(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _shown(value: Any) -> str:
    return _("sin valor conocido") if value is None else _as_written(value)


COLUMNS: Final = [
    Column(
        "key",
        gettext_lazy("Parámetro"),
        lambda one: Link(one.key, reverse("administration:parameter", args=[one.key])),
        sort="key",
    ),
    Column("value", gettext_lazy("Valor"), lambda one: _shown(one.value), wide=True),
    Column("unit", gettext_lazy("Unidad"), lambda one: one.unit),
    Column("from", gettext_lazy("Vigente desde"), lambda one: one.valid_from, sort="from"),
    Column("standing", gettext_lazy("Situación"), lambda one: words.confirmed(one.confirmed)),
    Column("source", gettext_lazy("Fuente"), lambda one: one.source, wide=True, optional=True),
]
HISTORY_COLUMNS: Final = [
    Column("value", gettext_lazy("Valor"), lambda one: _shown(one.value), wide=True),
    Column("unit", gettext_lazy("Unidad"), lambda one: one.unit),
    Column("from", gettext_lazy("Vigente desde"), lambda one: one.valid_from),
    Column("to", gettext_lazy("Hasta"), lambda one: one.valid_to or _("sin término")),
    Column("standing", gettext_lazy("Situación"), lambda one: words.confirmed(one.confirmed)),
    Column("source", gettext_lazy("Fuente"), lambda one: one.source, wide=True),
]
