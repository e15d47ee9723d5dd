"""Headers that every page carries: nothing from elsewhere, nothing inline, nobody frames it, nobody keeps it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject, empty

POLICY: Final = (
    "default-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
)
HEADERS: Final = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class SecurityHeaders:
    """Adds the policy and `HEADERS` to every answer that does not set them itself.

    `request.csp_nonce` is made when something asks for it, and only then does the policy admit what carries it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = SimpleLazyObject(lambda: secrets.token_urlsafe(16))
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.get_response(request)
        used = "" if nonce._wrapped is empty else str(nonce)
        response.headers.setdefault("Content-Security-Policy", policy(used))
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def policy(nonce: str = "") -> str:
    """The content security policy of a page; with a nonce, what carries it may be inline."""
    extra = (f"script-src 'self' 'nonce-{nonce}'", f"style-src 'self' 'nonce-{nonce}'") if nonce else ()
    return "; ".join((*POLICY, *extra))
