"""From an error to what a program reads (RFC 9457): here and nowhere else in the API."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import Schema
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from tequio.kernel.errors import Invalid, NotFound, PurposeRequired, TequioError
from tequio.ui.console import faults
from tequio.ui.web import errors as pages

TYPE: Final = "application/problem+json"
ABOUT: Final = "/api/v1/docs#errores"
_UNREADABLE: Final = (HttpError, MultiPartParserError, SuspiciousOperation, UnicodeError, UnreadablePostError)

_HINTS: Final = {
    PurposeRequired.code: "Envíe los encabezados Tequio-Purpose y Tequio-Folio.",
    "REGISTRO_CAMBIADO": "Vuelva a leer el registro y corrija sobre la versión que tiene ahora.",
}
_WORDS: Final = {
    "missing": "Falta.",
    "extra_forbidden": "No existe ese dato.",
    "string_too_long": "Es demasiado largo.",
    "string_too_short": "Está vacío.",
    "enum": "No es uno de los valores que se admiten.",
    "literal_error": "No es uno de los valores que se admiten.",
    "uuid_parsing": "No es un identificador.",
    "json_invalid": "No es JSON.",
    "timezone_aware": "Le falta la zona horaria.",
    "int_parsing": "No es un número entero.",
    "int_type": "No es un número entero.",
    "string_type": "No es texto.",
    "bool_type": "No es verdadero ni falso.",
    "greater_than_equal": "Es menor de lo que se admite.",
    "less_than_equal": "Es mayor de lo que se admite.",
    "date_from_datetime_parsing": "No es una fecha AAAA-MM-DD.",
    "date_parsing": "No es una fecha AAAA-MM-DD.",
}


class Fault(Schema):
    """Something wrong with one datum."""

    field: str
    message: str


class Problem(Schema):
    """An error, as every operation tells it."""

    type: Annotated[str, Field(description="Dónde se explican los errores.")]
    title: str
    status: int
    detail: Annotated[str, Field(description="Qué pasó.")]
    code: Annotated[str, Field(description="Clave estable, para programas: docs/errores.md.")]
    hint: Annotated[str, Field(description="Qué hacer.")] = ""
    errors: Annotated[list[Fault], Field(description="Dato por dato, si los hay.")] = []


class WrongData(Invalid):
    """Data that cannot be accepted. `errors`: (datum, what is wrong with it)."""

    code = "DATOS_INVALIDOS"

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        super().__init__("Hay datos que no se pueden aceptar.", hint="Corrija los que se indican y repita.")
        self.errors = list(errors)


class TooLargeBody(Invalid):
    """The body is larger than an operation takes."""

    code = "CUERPO_DEMASIADO_GRANDE"
    status = 413


STATUSES: Final = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503})


def answers(schema: Any, status: int = 200) -> dict[Any, Any]:
    """What an operation can answer: its own schema, or a problem."""
    return {status: schema, STATUSES: Problem}


def wrong_form(form: BaseForm) -> WrongData:
    """What a form refused, datum by datum."""
    return WrongData(
        [("" if name == "__all__" else name, str(said)) for name, several in form.errors.items() for said in several]
    )


def answer(error: TequioError) -> HttpResponse:
    """The answer that tells an expected error."""
    told = pages.failure(error)
    content: dict[str, Any] = {
        "type": ABOUT,
        "title": told.title,
        "status": told.status,
        "detail": told.message,
        "code": told.code,
        "hint": _HINTS.get(told.code, told.hint),
        "errors": [{"field": name, "message": said} for name, said in getattr(error, "errors", ())],
    }
    if not content["errors"] and (name := error.facts.get("field")):
        content["errors"] = [{"field": str(name), "message": told.message}]
    headers: Mapping[str, str] = {}
    if told.status == 401:
        headers = {"WWW-Authenticate": 'Bearer realm="tequio", error="invalid_token"'}
    elif seconds := error.facts.get("seconds"):
        headers = {"Retry-After": str(seconds)}
    return HttpResponse(json.dumps(content, ensure_ascii=False), TYPE, told.status, headers=headers)


def of(error: Exception) -> TequioError:
    """The expected error that any exception of an operation is or amounts to; a fault of ours goes to the log."""
    expected = pages.expected_of(error)
    if expected is not None:
        return expected
    if isinstance(error, ValidationError):
        return WrongData([_fault(one) for one in error.errors])
    if isinstance(error, Http404):
        return _missing()
    if isinstance(error, RequestDataTooBig):
        return too_large()
    if isinstance(error, _UNREADABLE):
        return pages.Unintelligible(
            "La petición no se entiende.", hint="Revise que el cuerpo sea JSON en UTF-8 y bien formado."
        )
    return faults.of_surprise(error)


def on_exception(request: HttpRequest, error: Exception) -> HttpResponse:
    """Handler of every exception of an operation."""
    return answer(of(error))


def handle(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """The same, as the library types it."""
    return on_exception(request, error if isinstance(error, Exception) else error())


class WrongBodyType(Invalid):
    """The body is of a type that an operation does not take."""

    code = "TIPO_DE_CUERPO"
    status = 415


def wrong_type() -> WrongBodyType:
    """The refusal of a command whose body is not JSON: what a form of another site could send is not taken."""
    return WrongBodyType(
        "El cuerpo de la petición debe ser JSON.",
        hint="Envíe el encabezado Content-Type: application/json; un archivo, como formulario.",
    )


def too_large() -> TooLargeBody:
    """The refusal of a body that is too large."""
    return TooLargeBody("El cuerpo de la petición es demasiado grande.", hint="Envíe menos datos; un lote va como archivo.")


def not_found() -> HttpResponse:
    """The answer of an address that is no operation's."""
    return answer(_missing())


def method_refused(admitted: str) -> HttpResponse:
    """The answer to a verb that the address does not admit."""
    response = answer(pages.MethodRefused("Esa operación no se hace en esta dirección.", hint=f"Se admite: {admitted}."))
    response.headers["Allow"] = admitted
    return response


def _missing() -> NotFound:
    return NotFound("No existe, o no está a su alcance.", hint="Revise la dirección.")


def _fault(one: Mapping[str, Any]) -> tuple[str, str]:
    path = [str(part) for part in one["loc"][1:]]
    said = _WORDS.get(one["type"]) or _own_words(one) or "No se puede aceptar."
    return ".".join(path), said


def _own_words(one: Mapping[str, Any]) -> str:
    """What our own validators say."""
    told = str((one.get("ctx") or {}).get("error", "")) if one["type"] == "value_error" else ""
    return f"{told[:1].upper()}{told[1:]}." if told else ""
