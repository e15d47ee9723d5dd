"""What a request made by htmx says of itself, and what an answer can tell it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse


def asked_by(request: HttpRequest) -> bool:
    """Whether a part of a page asks, and not the page itself. A page restored from history is asked for whole."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def target(request: HttpRequest) -> str:
    """The id of the element that the answer will replace, or empty."""
    return request.headers.get("HX-Target", "") if asked_by(request) else ""


def page(request: HttpRequest) -> str:
    """Path and query of the page that the person sees, or empty. It comes from the browser: check it before use."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def go_to(url: str, status: int) -> HttpResponse:
    """An answer that takes the whole page elsewhere."""
    return HttpResponse(status=status, headers={"HX-Redirect": url})
