"""The inbox, the purpose of the case, the page's looks, and the node's health."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _

from tequio.kernel.errors import Invalid
from tequio.ui import health
from tequio.ui.forms import PurposeForm
from tequio.ui.web import acting, purpose, shell
from tequio.ui.web import inbox as inboxes
from tequio.ui.web.acting import Asked
from tequio.ui.web.forms import fill_errors
from tequio.ui.web.screens import safe_next, screen

HEALTHY, UNHEALTHY, UNPROCESSABLE = 200, 503, 422
_COOKIE_LIFE: Final = timedelta(days=365)


@screen()
def inbox(request: Asked) -> HttpResponse:
    """What waits for whoever is signed in: clocks first."""
    return render(request, "ui/inbox.html", {"items": inboxes.waiting(acting.who(request))})


@screen(methods=("GET", "POST"))
def state_purpose(request: Asked) -> HttpResponse:
    """Purpose and folio of the case in hand."""
    now = purpose.current(request)
    initial = {"code": now.code.value, "folio": now.folio} if now else {}
    form = PurposeForm(acting.who(request), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            purpose.state(request, form.purpose())
        except Invalid as error:
            fill_errors(form, error)
        else:
            return HttpResponseRedirect(safe_next(request))
    status = UNPROCESSABLE if form.is_bound else HEALTHY
    return render(request, "ui/purpose.html", {"form": form, "now": now, "next": safe_next(request, "/")}, status=status)


@screen(methods=("POST",))
def end_purpose(request: Asked) -> HttpResponse:
    """The case is over: whatever asks for a purpose asks again."""
    purpose.end(request)
    return HttpResponseRedirect(safe_next(request))


@screen(methods=("POST",), public=True)
def set_theme(request: Asked) -> HttpResponse:
    """Light, dark, or as the device says; kept by the browser."""
    response = HttpResponseRedirect(safe_next(request))
    _keep(request, response, shell.THEME_COOKIE, request.POST.get("aspecto", "") if _known_theme(request) else "")
    return response


@screen(methods=("POST",), public=True)
def set_language(request: Asked) -> HttpResponse:
    """Spanish or English; kept by the browser."""
    response = HttpResponseRedirect(safe_next(request))
    code = request.POST.get("idioma", "")
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        _keep(request, response, settings.LANGUAGE_COOKIE_NAME, code)
    return response


@screen(public=True)
def node(request: Asked) -> HttpResponse:
    """What this node is, how it is, and what can be done with it by command line."""
    state = health.read()
    gauges = [(health.LABELS.get(name, name), value) for name, value in state.gauges.items()]
    return render(request, "ui/node.html", {"state": state, "gauges": gauges, "commands": _commands()})


@screen(public=True)
def show_health(request: Asked) -> HttpResponse:
    """Health for whoever watches the node: 200 if it can work, 503 if not."""
    state = health.read()
    return JsonResponse(state.as_dict(), status=HEALTHY if state.ok else UNHEALTHY)


def _known_theme(request: Asked) -> bool:
    return request.POST.get("aspecto", "") in shell.THEMES


def _keep(request: Asked, response: HttpResponse, name: str, value: str) -> None:
    """Keep a choice in the browser; an empty one is forgotten."""
    if not value:
        response.delete_cookie(name, samesite="Lax")
        return
    response.set_cookie(name, value, max_age=_COOKIE_LIFE, secure=request.is_secure(), httponly=True, samesite="Lax")


def _commands() -> list[tuple[str, str]]:
    """What can be done by command line, each with its words."""
    return [
        ("tequio contract rnd", _("Ver qué campos lleva un registro de detención.")),
        ("tequio supply rnd ARCHIVO --institution CLAVE", _("Suministrar un archivo y recibir su acuse.")),
        ("tequio receipt FOLIO --fix ARCHIVO", _("Sacar los renglones por corregir y reenviar.")),
        (
            "tequio search person --name NOMBRE --purpose FINALIDAD --folio FOLIO",
            _("Buscar a una persona en todos los registros."),
        ),
        ("tequio target add", _("Proponer un objetivo; otra persona lo aprueba.")),
        ("tequio hit list", _("Revisar las coincidencias de sus objetivos.")),
        ("tequio notice list", _("Leer y acusar los avisos.")),
        ("tequio audit verify", _("Comprobar que la bitácora está íntegra.")),
        ("tequio --help", _("Ver todos los comandos.")),
    ]
