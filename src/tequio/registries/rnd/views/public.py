"""The public consultation, and the switch with which an institution opens and closes its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tequio.access.domain import Permission
from tequio.accounts.adapters import AccountAdapter
from tequio.kernel.errors import Conflict, Invalid
from tequio.registries.rnd import public, words
from tequio.registries.rnd.forms import PublicForm, ReasonForm, SwitchForm
from tequio.registries.rnd.public import PublicClosed, TooManyQuestions
from tequio.registries.rnd.views.records import UNPROCESSABLE
from tequio.ui.web import acting
from tequio.ui.web import purpose as purposes
from tequio.ui.web.acting import Asked
from tequio.ui.web.forms import fill_errors
from tequio.ui.web.screens import screen


@screen(public=True, methods=("GET", "POST"))
def consult(request: Asked) -> HttpResponse:
    """Whether a person is detained, by which institution, and where now."""
    form = PublicForm(request.POST or None)
    told: dict[str, Any] = {"form": form, "open": public.is_open(), "answered": False}
    status = 200
    if told["open"] and request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                address = AccountAdapter(request).get_client_ip(request)
                found = public.ask(question=form.question(), address=address)
            except (Invalid, TooManyQuestions) as error:
                status = error.status
                form.add_error(None, f"{error.message} {error.hint}")
            except PublicClosed:
                told["open"] = False
            else:
                status = 200
                told |= {"answered": True, "found": [(one, words.CUSTODY.get(one.custody, one.custody)) for one in found]}
    return render(request, "rnd/public.html", told, status=status)


@screen(Permission.PUBLIC_SWITCH)
def switches(request: Asked) -> HttpResponse:
    """Whether the agency answers the public, since when, and by what document."""
    return _page(request, SwitchForm(), ReasonForm())


@screen(Permission.PUBLIC_SWITCH, methods=("POST",))
def switch_on(request: Asked) -> HttpResponse:
    """Have the agency answer."""
    form = SwitchForm(request.POST)
    if form.is_valid():
        try:
            public.open_consultation(
                actor=acting.who(request), purpose=purposes.current(request), document=form.cleaned_data["document"]
            )
        except (Invalid, Conflict) as error:
            fill_errors(form, error)
        else:
            messages.success(request, _("La consulta pública de su dependencia está abierta."))
            return HttpResponseRedirect(reverse("rnd:switches"))
    return _page(request, form, ReasonForm(), UNPROCESSABLE)


@screen(Permission.PUBLIC_SWITCH, methods=("POST",))
def switch_off(request: Asked) -> HttpResponse:
    """Have the agency answer no more."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            public.close_consultation(
                actor=acting.who(request), purpose=purposes.current(request), reason=form.cleaned_data["reason"]
            )
        except (Invalid, Conflict) as error:
            fill_errors(form, error)
        else:
            messages.success(request, _("La consulta pública de su dependencia está cerrada."))
            return HttpResponseRedirect(reverse("rnd:switches"))
    return _page(request, SwitchForm(), form, UNPROCESSABLE)


def _page(request: Asked, opening: SwitchForm, closing: ReasonForm, status: int = 200) -> HttpResponse:
    found = public.switches(actor=acting.who(request), purpose=purposes.current(request))
    now = next((one for one in found if one.valid_to is None), None)
    told = {"switches": found, "now": now, "opening": opening, "closing": closing}
    return render(request, "rnd/switches.html", told, status=status)
