"""The root of the API: which room answers where, behind which door, and how it is described."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from tequio.access.domain import TOKEN_SCOPES, Permission
from tequio.accounts import words
from tequio.accounts.api import door
from tequio.administration import api as reference
from tequio.dashboards import api as dashboards
from tequio.notices import api as notices
from tequio.registries.rnd import api as rnd
from tequio.search import api as search
from tequio.supply import api as supply
from tequio.targets import api as targets
from tequio.ui.api import problems
from tequio.ui.api.asking import May
from tequio.ui.web.screens import Screen, screen

DESCRIPTION: Final = (
    "Los mismos servicios que la aplicación, para los programas de cada institución. Cada petición lleva la clave del "
    "programa; cada orden (POST, PATCH) lleva además Idempotency-Key; y lo que muestra o cambia datos de personas lleva "
    "finalidad y folio en Tequio-Purpose y Tequio-Folio, y queda en la bitácora."
)
VERBS: Final = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS")
_KEY: Final = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[ -~]+$"},
    "description": "Una nueva por orden, p. ej. un UUID; la misma para repetirla. Se recuerda 24 horas.",
}

api = NinjaAPI(
    title="Tequio",
    version="1",
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
api.add_decorator(door, mode="view")
for kind in (Exception, ValidationError, HttpError, Http404):  # the library has its own answer to the last three
    api.add_exception_handler(kind, problems.handle)
api.add_router("", reference.router)
api.add_router("", supply.router)
api.add_router("/detentions", rnd.router)
api.add_router("/searches", search.router)
api.add_router("/targets", targets.router)
api.add_router("/hits", targets.hits)
api.add_router("/notices", notices.router)
api.add_router("/dashboards", dashboards.router)
api.add_router("/audit", reference.log)


def schema() -> dict[str, Any]:
    """The description of the API (OpenAPI 3.1), with what the door asks of every operation."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1")))
    for methods in found["paths"].values():
        for method, operation in methods.items():
            operation["summary"] = operation["description"].split(".", 1)[0]
            if method != "get" and operation["operationId"] != "search_person":
                operation.setdefault("parameters", []).append(_KEY)
            for status, told in operation["responses"].items():
                if int(status) >= 400 and "content" in told:
                    told["content"] = {problems.TYPE: told["content"].pop("application/json")}
                told["description"] = told.get("description") or ""
    return found


def scopes() -> dict[str, str]:
    """Scope that each operation asks of its token, by operation; empty where any token does."""
    return {operation.operation_id: _scope(operation) for operation in _operations()}


def _operations() -> list[Any]:
    return [
        operation
        for bound in api._get_bound_routers()
        for view in bound.path_operations.values()
        for operation in view.operations
    ]


def _scope(operation: Any) -> str:
    [may] = [one for one in operation.auth_callbacks if isinstance(one, May)]
    return may.permission.value if may.permission else ""


@screen(public=True)
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of the API. It tells no datum, so it asks for no token."""
    return JsonResponse(schema(), json_dumps_params={"ensure_ascii": False, "indent": 1})


@screen(public=True)
def docs(request: HttpRequest) -> HttpResponse:
    """The same, for people."""
    needed = scopes()
    operations: dict[str, list[dict[str, Any]]] = {}
    for address, methods in schema()["paths"].items():
        for method, told in methods.items():
            one = {"method": method.upper(), "address": address, "scope": needed[told["operationId"]], **told}
            operations.setdefault(told["tags"][0], []).append(one)
    offered = [(one.value, words.SCOPES[one]) for one in Permission if one in TOKEN_SCOPES]
    return render(request, "config/api.html", {"rooms": operations, "scopes": offered, "lead": DESCRIPTION})


def _nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    return problems.not_found()


def _guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An operation's address, as the site lists its addresses: open to whoever, since its door is another."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            return problems.method_refused(response.headers["Allow"])
        return response

    guarded.screen = Screen(None, False, VERBS, True)  # type: ignore[attr-defined]
    guarded.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie is looked at
    return guarded


def urls() -> tuple[list[URLPattern], str, str]:
    """Addresses of the API."""
    found: list[URLPattern] = [path("openapi.json", openapi, name="openapi"), path("docs", docs, name="docs")]
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            pattern.callback = _guarded(pattern.callback)
            found.append(pattern)
    return [*found, path("", _guarded(_nowhere), name="api-root"), path("<path:rest>", _guarded(_nowhere))], "api", "api"
