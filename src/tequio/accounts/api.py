"""The door of the API: who a program is, how much it may ask, and that each of its commands is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse

from tequio.accounts import services
from tequio.accounts.services.answers import REQUESTS, SEARCHES, Given
from tequio.accounts.services.tokens import TokenRefused
from tequio.ui.api import problems
from tequio.ui.api.asking import Asked, Caller

Run = Callable[..., HttpResponse]

MOST_BODY: Final = 1 << 20
"""Bytes of a body that is not a file."""
MULTIPART: Final = "multipart/form-data"
JSON: Final = "application/json"
_COMMANDS: Final = frozenset({"POST", "PATCH", "PUT", "DELETE"})
_SEARCH: Final = "tequio_search"


def searches(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Mark an operation that asks about a person and changes nothing: it is counted apart, needs no key, and each time leaves
    its own line on the log."""
    setattr(operation, _SEARCH, True)
    return operation


def door(run: Run) -> Run:
    """Stand before an operation. Everything that it raises becomes a problem."""
    operation = run.__self__  # type: ignore[attr-defined]  # the library hands over a bound method
    search = hasattr(operation.view_func, _SEARCH)

    @wraps(run)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return _let_in(cast("Asked", request), lambda: run(request, **kwargs), search)
        except Exception as error:  # noqa: BLE001 - edge of the process: a program is answered whatever happens
            return problems.on_exception(request, error)

    return guarded


def _let_in(request: Asked, run: Callable[[], HttpResponse], search: bool) -> HttpResponse:
    request.caller = None
    entered = services.enter(_secret(request))
    request.caller = Caller(entered.actor, entered.token_id)
    services.count(entered.token_id, REQUESTS)
    is_file = (request.content_type or "").lower() == MULTIPART
    if int(request.META.get("CONTENT_LENGTH") or 0) > (settings.MOST_UPLOAD + MOST_BODY if is_file else MOST_BODY):
        raise problems.too_large()
    takes_file = is_file and request.path.endswith("/batches")
    with_body = request.method in _COMMANDS and int(request.META.get("CONTENT_LENGTH") or 0) > 0
    if with_body and not takes_file and (request.content_type or "").lower() != JSON:
        raise problems.wrong_type()
    if search:
        services.count(entered.token_id, SEARCHES)
    if search or request.method not in _COMMANDS:
        return run()
    services.refuse_bad_key(request.headers.get("Idempotency-Key", ""))
    given = services.once(
        entered.token_id, request.headers.get("Idempotency-Key", ""), _digest(request, is_file), lambda: _given(run())
    )
    kind = "application/json; charset=utf-8" if given.status < 400 else problems.TYPE
    response = HttpResponse(given.body, kind, given.status)
    for name, value in given.headers:
        response.headers[name] = value
    if given.repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _given(response: HttpResponse) -> Given:
    kept = tuple((name, response.headers[name]) for name in ("Retry-After", "Allow") if name in response.headers)
    return Given(response.status_code, response.content.decode(), headers=kept)


def _secret(request: HttpRequest) -> str:
    """What the request presents as its token. Raises TokenRefused without it."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise TokenRefused(
            "La petición no trae clave.", hint="Envíe el encabezado Authorization: Bearer, con la clave de su programa."
        )
    return secret.strip()


def _digest(request: HttpRequest, is_file: bool) -> str:
    """What is asked, so that the same key with anything else is noticed. O(bytes), a piece at a time."""
    said = hashlib.sha256()
    for part in (request.method or "", request.get_full_path(), *(_header(request, name) for name in ("Purpose", "Folio"))):
        said.update(part.encode("utf-8", "surrogatepass") + b"\0")
    if not is_file:
        said.update(request.body)
        return said.hexdigest()
    for name in sorted(request.POST):
        said.update(repr((name, request.POST.getlist(name))).encode("utf-8", "surrogatepass"))
    for name in sorted(request.FILES):
        for file in cast("list[UploadedFile[Any]]", request.FILES.getlist(name)):
            said.update(repr((name, file.name)).encode("utf-8", "surrogatepass"))
            for piece in file.chunks():
                said.update(piece)
            file.seek(0)
    return said.hexdigest()


def _header(request: HttpRequest, name: str) -> str:
    return str(request.headers.get(f"Tequio-{name}", ""))
