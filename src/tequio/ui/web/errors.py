"""From an error to the page that a person reads: here and nowhere else in the web application.

A page that fails becomes `ui/error.html`; a part of one becomes `ui/parts/failure.html`, which goes to the place for messages
and leaves the rest of the page as it is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tequio.kernel.errors import Invalid, NotAllowed, NotFound, PurposeRequired, TequioError, Unavailable
from tequio.ui.console import faults
from tequio.ui.web import htmx

FORBIDDEN: Final = 403
FAILURES_ID: Final = "fallas"
"""Element of base.html that takes what failed in a part of the page."""

_COMMAND_LINE: Final = re.compile(r"(?<![\w-])--[a-z]|`tequio\b")
"""A hint written for the command line."""

_HINTS: Final[dict[str, Promise | str]] = {
    PurposeRequired.code: _("Indique finalidad y folio, y repita."),
    faults.DatabaseDown.code: _("Repita en unos minutos. Si continúa, avise a quien opera el nodo."),
    faults.DatabaseBusy.code: _("Repita en unos minutos. Si continúa, avise a quien opera el nodo."),
    faults.NotMigrated.code: _("Avise a quien opera el nodo: falta actualizar la base de datos."),
    faults.Unexpected.code: _("Repita en unos minutos. Si continúa, dé la referencia a quien opera el nodo."),
}
"""What to do on the web, for errors whose own hint speaks to whoever is at the machine itself."""

_TITLES: Final[dict[int, Promise | str]] = {
    400: _("Petición inválida"),
    403: _("No permitido"),
    404: _("No existe"),
    405: _("Así no se puede"),
    409: _("Ya cambió"),
    422: _("No se puede aceptar"),
    500: _("Falla interna"),
    503: _("No disponible por ahora"),
}


class Unintelligible(Invalid):
    """The request cannot be read."""

    code = "PETICION_INVALIDA"
    status = 400


class MethodRefused(Invalid):
    """The address does not admit that verb."""

    code = "METODO_NO_ADMITIDO"
    status = 405


class FormExpired(NotAllowed):
    """A form without the sign that this site gave it, or with that of another session."""

    code = "FORMULARIO_VENCIDO"


@dataclass(frozen=True, slots=True)
class Failure:
    """What a person reads of an error."""

    status: int
    code: str
    title: str
    message: str
    hint: str
    needs_purpose: bool = False


class Errors:
    """Turns every error that a view raises into its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page of an expected error; None leaves the others to Django, which logs them and asks `server_error`."""
        expected = expected_of(error)
        return None if expected is None else answer(request, expected)


def expected_of(error: Exception) -> TequioError | None:
    """The expected error that an exception is or amounts to, or None for a fault of the program."""
    if isinstance(error, TequioError):
        return error
    return faults.of_database(error) if isinstance(error, DatabaseError) else None


def failure(error: TequioError) -> Failure:
    """An error as a person reads it on the web."""
    hint = str(_HINTS.get(error.code, "" if _COMMAND_LINE.search(error.hint) else error.hint))
    title = str(_TITLES.get(error.status, _TITLES[500]))
    return Failure(error.status, error.code, title, error.message, hint, isinstance(error, PurposeRequired))


def answer(request: HttpRequest, error: TequioError) -> HttpResponse:
    """The page of an error, or its fragment for a part of a page."""
    told = {"failure": failure(error)}
    if isinstance(error, Unavailable):
        request.actor = None  # type: ignore[attr-defined]  # what surrounds the page is read from what is not there
    if htmx.asked_by(request):
        response = HttpResponse(render_to_string("ui/parts/failure.html", told, request), status=error.status)
        response.headers["HX-Retarget"] = f"#{FAILURES_ID}"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    return HttpResponse(render_to_string("ui/error.html", told, request), status=error.status)


def method_refused(request: HttpRequest, admitted: Sequence[str]) -> HttpResponse:
    """405, with the verbs that the address admits."""
    response = answer(request, MethodRefused(str(_("Esa operación no se hace en esta dirección.")), hint=_back()))
    response.headers["Allow"] = ", ".join(admitted)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`."""
    return answer(request, Unintelligible(str(_("La dirección o los datos no se entienden.")), hint=_back()))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler403`."""
    return answer(request, NotAllowed(str(_("No tiene acceso a esta página.")), hint=_back()))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler404`: the same words for what is not there and for what is out of reach."""
    return answer(request, NotFound(str(_("No existe, o no está a su alcance.")), hint=str(_("Revise la dirección."))))


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`. The full story goes to the log of the data folder, under the reference that the person reads."""
    error = sys.exc_info()[1]
    expected = expected_of(error) if isinstance(error, Exception) else None
    return answer(request, expected or faults.of_surprise(error or RuntimeError("no exception")))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer to a form that this site did not give, or gave to another session."""
    said = _("El formulario venció o no salió de este sitio: no se hizo nada.")
    hint = _("Vuelva a abrir la página y envíelo otra vez. El navegador debe admitir cookies.")
    return answer(request, FormExpired(str(said), hint=str(hint)))


def _back() -> str:
    return str(_("Vuelva al inicio y siga los enlaces."))
