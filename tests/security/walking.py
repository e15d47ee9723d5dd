"""Every address of the web application, with things that exist, and the people who open them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, reverse

from tequio.access import selectors as access
from tequio.access.domain import PurposeCode
from tequio.ui.web.screens import Screen, mark_of
from tests.matrix.test_role_matrix import addresses
from tests.screens import browser
from tests.security.hostile import AGENCY, Things

PEOPLE: Final[dict[str, PurposeCode]] = {
    "nayarit_capturist": PurposeCode.SUPPLY,
    "nayarit_analyst": PurposeCode.INVESTIGATION,
    "nayarit_supervisor": PurposeCode.INVESTIGATION,
    "nayarit_liaison": PurposeCode.INVESTIGATION,
    "jalisco_analyst": PurposeCode.HIT_REVIEW,
    "jalisco_supervisor": PurposeCode.HIT_REVIEW,
    "jalisco_liaison": PurposeCode.HIT_REVIEW,
    "jalisco_auditor": PurposeCode.AUDIT,
    "hub_operator": PurposeCode.ADMINISTRATION,
    "hub_auditor": PurposeCode.AUDIT,
    "administrator": PurposeCode.ADMINISTRATION,
    "outsider": PurposeCode.INVESTIGATION,
}
"""Somebody of each role and each house, with a purpose that the role may state."""
NEVER: Final = {"accounts:sign_out", "account_logout"}
"""Addresses that end the session of whoever opens them."""
PATTERNS: Final[dict[str, URLPattern]] = dict(addresses())
_BY_NAME: Final = {
    "administration:catalog": {"code": "fundamento_objetivo"},
    "administration:new_version": {"code": "fundamento_objetivo"},
    "administration:parameter": {"key": "purpose.basis.investigacion"},
    "administration:change_parameter": {"key": "purpose.basis.investigacion"},
    "administration:agency": {"code": AGENCY},
    "administration:rename_agency": {"code": AGENCY},
    "administration:close_agency": {"code": AGENCY},
    "dashboards:tile": {"key": "resumen"},
    "search:ask": {"by": "persona"},
    "supply:contract": {"registry": "rnd"},
}


def mark_at(name: str) -> Screen:
    """What the view of an address asks."""
    mark = mark_of(PATTERNS[name].callback)
    assert mark is not None, name
    return mark


def address(name: str, things: Things, username: str = "nayarit_analyst") -> str:
    """The address of that name about something that there is."""
    given: dict[str, Any] = {
        "detention_id": things.detention,
        "batch_id": things.batch,
        "upload_id": things.upload,
        "target_id": things.target,
        "hit_id": things.hit,
        "notice_id": things.notice,
        "request_id": things.request,
        "token_id": things.token,
        "username": username,
        "secret": "nada",
        "provider_id": "nadie",
        "pk": things.key,
        "reference": "nada",
    } | _BY_NAME.get(name, {})
    wanted = PATTERNS[name].pattern.converters
    return reverse(name, kwargs={key: given[key] for key in wanted})


def readable() -> list[str]:
    """Names of the addresses that can be read."""
    return [name for name in PATTERNS if "GET" in mark_at(name).methods and name not in NEVER]


def writable() -> list[str]:
    """Names of the addresses that take a form."""
    return [name for name in PATTERNS if "POST" in mark_at(name).methods]


def may(username: str, name: str) -> bool:
    """Whether the person's roles include the address's permission."""
    permission = mark_at(name).permission
    return permission is None or permission in access.actor(username).permissions


def everybody() -> Iterator[tuple[str, Client]]:
    """Each person at a browser of their own, with a purpose stated."""
    for username, code in PEOPLE.items():
        yield username, browser(username, code.value)


def page(answer: HttpResponse) -> str:
    """What an answer holds, streamed or not."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]
    return content.decode(errors="replace")
