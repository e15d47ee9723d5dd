"""The search: one page with a tab for each way to ask. The question is posted and answered at once: it is in no address."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tequio.access.domain import Permission
from tequio.institutions import selectors as institutions
from tequio.kernel import clock
from tequio.kernel.errors import Invalid, NotFound
from tequio.matching.domain.bands import DISCARDED
from tequio.search import budget, services, showing
from tequio.search.forms import FORMS, AskForm, DocumentForm
from tequio.ui.web import acting
from tequio.ui.web import purpose as purposes
from tequio.ui.web.acting import Asked
from tequio.ui.web.forms import fill_errors
from tequio.ui.web.screens import screen

SHOWN: Final = 20
"""Answers of one page."""
UNPROCESSABLE: Final = 422


@screen(Permission.SEARCH_PERSON, purpose=True)
def page(request: Asked) -> HttpResponse:
    """The first tab."""
    return HttpResponseRedirect(reverse("search:ask", args=["persona"]))


@screen(Permission.SEARCH_PERSON, purpose=True, methods=("GET", "POST"))
def ask(request: Asked, by: str) -> HttpResponse:
    """A tab's form; and its answer, when it was asked."""
    if by not in FORMS:
        raise NotFound(_("No existe esa forma de buscar."), hint=_("Elija una de las pestañas."))
    form = FORMS[by](request.POST or None)
    told: dict[str, Any] = {"form": form, "tabs": _tabs(by), "by": by, "results": None}
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                told |= _answer(request, form)
                status = 200
            except Invalid as error:
                fill_errors(form, error)
    told["budget"] = budget.standing(acting.who(request))
    return render(request, "search/page.html", told, status=status)


@screen(Permission.SEARCH_SUPERVISE)
def budgets(request: Asked) -> HttpResponse:
    """Who of the agency has spent the budget of searches today."""
    found = services.read_budgets(actor=acting.who(request), purpose=purposes.current(request))
    of_hour, of_day = budget.limits(clock.now())
    return render(request, "search/budgets.html", {"found": found, "of_hour": of_hour, "of_day": of_day})


def _answer(request: Asked, form: AskForm) -> dict[str, Any]:
    """What the template shows of an answer. Raises what the services raise."""
    actor, purpose = acting.who(request), purposes.wanted(request)
    states = {state.code: state.name for state in institutions.states()}
    if isinstance(form, DocumentForm) and form.by_number:
        numbered = services.search_number(actor=actor, purpose=purpose, number=form.cleaned_data["value"])
        agencies = _agencies([one.agency_code for one in numbered.found])
        return {"asked": form.said(), "results": showing.references(actor, numbered.found, agencies, states), "exact": True}
    answer = services.search_person(actor=actor, purpose=purpose, subject=form.subject(), limit=SHOWN)
    agencies = _agencies([one.agency_code for one in answer.found])
    results = showing.results(actor, answer.found, agencies, states)
    likely = [one for one, found in zip(results, answer.found, strict=True) if found.band != DISCARDED]
    return {
        "asked": form.said(),
        "answer": answer,
        "results": results,
        "likely": likely,
        "unlikely": [one for one in results if one not in likely],
    }


def _agencies(codes: list[str]) -> dict[str, str]:
    return institutions.agency_names_by_code(codes, clock.now().astimezone(clock.MEXICO).date())


def _tabs(by: str) -> list[tuple[str, str, bool]]:
    labels = {"persona": _("Persona"), "telefono": _("Teléfono"), "vehiculo": _("Vehículo"), "documento": _("Documento")}
    return [(labels[name], reverse("search:ask", args=[name]), name == by) for name in FORMS]
