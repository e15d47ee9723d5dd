"""Who may open a screen: every view of the web application carries this mark.

`@screen(Permission.HIT_READ, purpose=True)` lets in whoever is signed in, has the permission and has stated a purpose. The mark
is also read by the test that lists every address: a view without one fails it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, Protocol, cast
from urllib.parse import unquote, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tequio.access.domain import Actor, Permission
from tequio.audit.domain import Action
from tequio.audit.services import unit_of_work
from tequio.kernel.errors import NotAllowed
from tequio.ui.web import errors, htmx
from tequio.ui.web import purpose as purposes
from tequio.ui.web.acting import Asked

P = ParamSpec("P")

NEXT: Final = "siguiente"
"""Query parameter that names the page to go on to."""
UNAUTHENTICATED: Final = 401


@dataclass(frozen=True, slots=True)
class Screen:
    """What a view asks of whoever opens it."""

    permission: Permission | None
    purpose: bool
    methods: tuple[str, ...]
    public: bool


class Marked(Protocol[P]):
    """A view with its mark."""

    screen: Screen

    def __call__(self, request: Asked, *args: P.args, **kwargs: P.kwargs) -> HttpResponse: ...


def screen(
    permission: Permission | None = None,
    *,
    purpose: bool = False,
    methods: tuple[str, ...] = ("GET",),
    public: bool = False,
) -> Callable[[Callable[Concatenate[Asked, P], HttpResponse]], Marked[P]]:
    """Mark a view. Whoever is not signed in goes to sign in, and comes back; who lacks the permission gets a refusal, which is
    on the log; with `purpose`, who has stated none goes to state it, and comes back. `public` asks nothing of anybody.
    """
    mark = Screen(permission, purpose, methods, public)
    admitted = {*methods, *(("HEAD",) if "GET" in methods else ())}

    def decorate(view: Callable[Concatenate[Asked, P], HttpResponse]) -> Marked[P]:
        @wraps(view)
        def guarded(request: Asked, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method not in admitted:
                return errors.method_refused(request, sorted(admitted))
            return (None if public else _stopped(request, mark)) or view(request, *args, **kwargs)

        guarded.screen = mark  # type: ignore[attr-defined]
        return cast("Marked[P]", guarded)

    return decorate


def safe_next(request: HttpRequest, default: str = "") -> str:
    """The page that the request asks to go on to, if it is one of ours; else `default`, or the start page."""
    wanted = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    return wanted if _ours(request, wanted) else default or reverse("ui:home")


def sign_in_url(then: str = "") -> str:
    """Where to sign in, and the page to come back to."""
    return _with_next(_account_url("sign_in", "/entrar/"), then)


def sign_out_url() -> str:
    """Where to post to leave."""
    return _account_url("sign_out", "/salir/")


def purpose_url(then: str = "") -> str:
    """Where to state a purpose, and the page to come back to."""
    return _with_next(reverse("ui:purpose"), then)


def _stopped(request: Asked, mark: Screen) -> HttpResponse | None:
    """The answer for whoever may not go on, or None. Raises NotAllowed."""
    if request.actor_unknown is not None:
        raise request.actor_unknown
    if request.actor is None:
        return _send(request, sign_in_url(_here(request)), UNAUTHENTICATED)
    if mark.permission is not None and mark.permission not in request.actor.permissions:
        _refuse(request, request.actor, mark.permission)
    if mark.purpose and purposes.current(request) is None:
        return _send(request, purpose_url(_here(request)), errors.FORBIDDEN)
    return None


def _refuse(request: Asked, actor: Actor, permission: Permission) -> None:
    name = request.resolver_match.view_name if request.resolver_match else ""
    with unit_of_work(actor=actor, purpose=purposes.current(request), action=Action.SCREEN_REFUSED):
        raise NotAllowed(
            _("Su rol no incluye esta página."),
            hint=_("Pida el rol que corresponde a la persona supervisora de su dependencia."),
            facts={"permission": permission.value, "screen": name},
        )


def _send(request: HttpRequest, url: str, status: int) -> HttpResponse:
    return htmx.go_to(url, status) if htmx.asked_by(request) else HttpResponseRedirect(url)


def _here(request: HttpRequest) -> str:
    """The page to come back to: the one that asks, or the one that it is part of. What posts is not asked for again."""
    if htmx.asked_by(request):
        page = htmx.page(request)
        return page if _ours(request, page) else ""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else ""


def _ours(request: HttpRequest, url: str) -> bool:
    """Whether a path is of this site: no other host, no other scheme, no way around either."""
    plain = unquote(url)
    if "\\" in plain or plain.startswith("//") or not plain.isprintable():
        return False
    return url.startswith("/") and url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def _with_next(url: str, then: str) -> str:
    return f"{url}?{urlencode({NEXT: then})}" if then and then != "/" else url


def _account_url(name: str, default: str) -> str:
    try:
        return reverse(f"accounts:{name}")
    except NoReverseMatch:
        return default


def mark_of(view: Any) -> Screen | None:
    """The mark of a view, or None."""
    found = getattr(view, "screen", None)
    return found if isinstance(found, Screen) else None
