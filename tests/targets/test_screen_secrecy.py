"""No page, count, redirection or error of these rooms tells anybody outside the issuer that somebody is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from django.urls import resolve, reverse

from tequio.access.domain import PurposeCode
from tequio.kernel.ids import new_id
from tequio.notices.domain import NoticeKind
from tequio.notices.urls import urlpatterns as of_notices
from tequio.targets.domain import Verdict
from tequio.targets.urls import urlpatterns as of_targets
from tequio.ui.web.screens import mark_of
from tests.pages import browser, text_of
from tests.story import all_notices, judge, the_hit
from tests.world import JUAN, Cast, draft_of, supply, watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

ASKERS = {
    "nayarit_capturist": PurposeCode.CUSTODY,
    "nayarit_analyst": PurposeCode.HIT_REVIEW,
    "nayarit_supervisor": PurposeCode.HIT_REVIEW,
    "nayarit_liaison": PurposeCode.HIT_REVIEW,
    "outsider": PurposeCode.INVESTIGATION,
    "hub_operator": PurposeCode.TARGET_SEARCH,
    "administrator": PurposeCode.ADMINISTRATION,
}
SENT = {"motivo": "x", "juicio": "positiva", "visto": "x", "bits": "40", "given": "Filiberto", "paternal": "Muñoz"}


class _Over(Exception):
    pass


@contextmanager
def _undone() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise _Over
    except _Over:
        pass


def _guesses(cast: Cast, folder: Path, watched: dict[str, object] | None) -> dict[str, UUID]:
    """Nayarit supplies; where somebody is `watched`, Jalisco had registered him and confirms. Returns what can be guessed."""
    guesses = {"hit_id": new_id(), "target_id": new_id(), "notice_id": new_id()}
    target = watch(cast, draft_of(JUAN, **watched)) if watched is not None else None
    supply(cast.nayarit_capturist, folder, [JUAN])
    if target is not None:
        hit = judge(cast, the_hit(cast.jalisco_analyst), Verdict.POSITIVE)
        notice = next(n for n in all_notices() if n.kind == NoticeKind.DETENTION)
        guesses = {"hit_id": hit.id, "target_id": target.id, "notice_id": notice.id}
    return guesses


def _answers(
    cast: Cast, folder: Path, watched: dict[str, object] | None, askers: Iterable[str] = tuple(ASKERS)
) -> dict[tuple[str, str, str], tuple[int, str, str]]:
    """What everybody outside Jalisco is answered, at every address of these rooms and in the inbox, read and sent."""
    told = {}
    with _undone():
        guesses = _guesses(cast, folder, watched)
        for username in askers:
            client = browser(username, ASKERS[username])
            for name, pattern in _addresses():
                wanted = re.findall(r"<uuid:(\w+)>", str(pattern))
                url = reverse(name, args=[guesses[one] for one in wanted])
                for verb in _verbs(url):
                    with _undone():
                        page = getattr(client, verb)(url, SENT if verb == "post" else {"estado": "todas"})
                        where = page.headers.get("Location", "")
                        told[username, name, verb] = (page.status_code, _plain(where, guesses), _plain(text_of(page), guesses))
    return told


def _verbs(url: str) -> list[str]:
    """How the address can be asked, by the mark of its view."""
    mark = mark_of(resolve(url).func)
    return [verb.lower() for verb in mark.methods] if mark is not None else []


def _addresses() -> list[tuple[str, object]]:
    rooms = (("targets", of_targets), ("notices", of_notices))
    return [("ui:home", ""), *((f"{room}:{one.name}", one.pattern) for room, found in rooms for one in found)]


def _plain(text: str, guesses: dict[str, UUID]) -> str:
    """Without the identifiers that were asked for, and those that are new in every world."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|OP-[A-Z]+-[A-Z]+-\d+-[0-9A-F]{8}", "ID", text)


def test_everybody_else_is_answered_as_if_nobody_were_looked_for(cast: Cast, tmp_path: Path) -> None:
    without = _answers(cast, tmp_path, None)
    watched: tuple[dict[str, object], ...] = ({}, {"covert": True})
    for how in watched:
        for asked, answer in _answers(cast, tmp_path, how).items():
            assert answer == without[asked], asked


def test_the_pages_are_really_asked(cast: Cast, tmp_path: Path) -> None:
    """The comparison is worth something: those who may read their own lists get pages, and guessed things are not found."""
    told = _answers(cast, tmp_path, {}, ("nayarit_supervisor", "nayarit_liaison", "outsider"))
    assert told["nayarit_supervisor", "targets:hits", "get"][0] == 200
    assert told["nayarit_liaison", "notices:notices", "get"][0] == 200
    assert told["nayarit_supervisor", "targets:hit", "get"][0] == 404
    assert told["nayarit_supervisor", "targets:judge", "post"][0] == 404
    assert told["nayarit_liaison", "notices:acknowledge", "post"][0] == 404
    assert told["outsider", "targets:hits", "get"][0] == 403
