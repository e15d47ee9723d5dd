"""The start page and the node's health, for people and for programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tequio.ui import health

HEALTHY, UNHEALTHY = 200, 503


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this node is, how it is, and what can be done with it."""
    state = health.read()
    gauges = [(health.LABELS.get(name, name), value) for name, value in state.gauges.items()]
    return render(request, "ui/home.html", {"state": state, "gauges": gauges, "commands": _commands()})


@require_safe
def show_health(request: HttpRequest) -> JsonResponse:
    """Health for whoever watches the node: 200 if it can work, 503 if not."""
    state = health.read()
    return JsonResponse(state.as_dict(), status=HEALTHY if state.ok else UNHEALTHY)


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
