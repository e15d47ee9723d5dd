"""Notices that nobody has acknowledged yet, with their clocks: a source of the inbox.

It shows folios and kinds and no person's data: what it leads to asks for a purpose and leaves its line on the log.
"""

from __future__ import annotations

from django.urls import reverse

from tequio.access.domain import Actor, Permission
from tequio.access.scoping import own, reach
from tequio.kernel import clock
from tequio.notices import domain, selectors, words
from tequio.notices.domain import NoticeKind, Standing, Urgency
from tequio.notices.selectors import NoticeFilter
from tequio.ui.web.inbox import MOST_OF_A_SOURCE, Item, Source

WAITING = NoticeFilter("sin_acuse")


def sources() -> list[Source]:
    """Every source of this room."""
    return [Source("notices", frozenset({Permission.NOTICE_ACKNOWLEDGE}), unanswered)]


def count(actor: Actor) -> int:
    """How many notices wait, for the navigation. One query."""
    with reach(own(actor)):
        return selectors.count(WAITING)


def unanswered(actor: Actor) -> list[Item]:
    """Notices that wait, the one due soonest on top."""
    now = clock.now()
    with reach(own(actor)):
        found = selectors.notice_page(WAITING, offset=0, limit=MOST_OF_A_SOURCE)
    return [
        Item(
            str(words.KINDS[NoticeKind(n.kind)]), n.folio, str(words.STANDINGS[n.standing(now)].text),
            reverse("notices:notice", args=[n.id]), domain.due(n.issued_at, n.clock),
            n.urgency == Urgency.URGENT.value or n.standing(now) is Standing.ESCALATED, n.issued_at,
        )
        for n in found
    ]  # fmt: skip
