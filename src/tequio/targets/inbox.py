"""What waits for people in this room: hits, second readings, proposals, validations. Sources of the inbox.

They show folios, bands and days and no person's data, so that they ask for no purpose and leave no line on the log; what they
lead to does both.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from tequio.access.domain import Actor, Permission
from tequio.access.scoping import own, reach
from tequio.kernel import clock
from tequio.targets import domain, words
from tequio.targets.domain import HitState, Priority, TargetState, Wanted
from tequio.targets.models import Hit
from tequio.targets.selectors import listing
from tequio.ui.web.inbox import MOST_OF_A_SOURCE, Item, Source

SHOWN = 10
"""Hits of the inbox: the list has the rest, and the page's own count says how many."""
SOON = timedelta(days=30)
"""Validations are announced so many days ahead. Ours: a month is what an oficio takes."""


def sources() -> list[Source]:
    """Every source of this room."""
    return [
        Source("targets.hits", frozenset({Permission.HIT_JUDGE}), hits),
        Source("targets.second", frozenset({Permission.HIT_JUDGE}), second_readings),
        Source("targets.disputed", frozenset({Permission.HIT_SETTLE}), disputed),
        Source("targets.proposals", frozenset({Permission.TARGET_APPROVE}), proposals),
        Source("targets.validations", frozenset({Permission.TARGET_APPROVE}), validations),
    ]


def open_hits(actor: Actor) -> int:
    """How many hits wait to be reviewed, for the navigation. One query that stops at a thousand."""
    with reach(own(actor)):
        return listing.count_hits(Wanted())


def hits(actor: Actor) -> list[Item]:
    """The hits that most likely are the person."""
    with reach(own(actor)):
        return [_item(hit, _("Coincidencia"), hit.opened_at) for hit in listing.hit_page(Wanted(), None, SHOWN)]


def second_readings(actor: Actor) -> list[Item]:
    """Hits that somebody else proposed to confirm."""
    return _unread(actor, HitState.PROPOSED, lambda: _("Segunda lectura"))


def disputed(actor: Actor) -> list[Item]:
    """Hits on which their readers do not agree, for whoever decides."""
    return _unread(actor, HitState.DISPUTED, lambda: _("Lecturas en desacuerdo"))


def proposals(actor: Actor) -> list[Item]:
    """Targets that somebody else proposed."""
    with reach(own(actor)):
        found = listing.targets_of_state(TargetState.PROPOSED, MOST_OF_A_SOURCE)
    return [
        Item(
            _("Objetivo propuesto"), target.folio, target.document, reverse("targets:target", args=[target.id]), None,
            target.priority == Priority.HIGH.value, target.proposed_at,
        )
        for target in found
        if target.proposed_by != actor.username
    ]  # fmt: skip


def validations(actor: Actor) -> list[Item]:
    """Targets to validate within a month, or their time suspends them."""
    today = clock.now().astimezone(clock.MEXICO).date()
    with reach(own(actor)):
        found = listing.to_validate(today + SOON, MOST_OF_A_SOURCE)
    return [
        Item(
            _("Validación de objetivo"), target.folio, _("Si no se valida, se suspende solo."),
            reverse("targets:target", args=[target.id]), _end_of(target.validate_by), target.validate_by <= today,
            target.approved_at or target.proposed_at,
        )
        for target in found
        if target.validate_by is not None
    ]  # fmt: skip


def _unread(actor: Actor, state: HitState, kind: Callable[[], str]) -> list[Item]:
    with reach(own(actor)):
        return [_item(hit, kind(), hit.updated_at) for hit in listing.unread(state, actor.username, MOST_OF_A_SOURCE)]


def _item(hit: Hit, kind: str, at: datetime) -> Item:
    detail = _("{band}, {bits} bits").format(band=words.band(hit.band).text, bits=f"{hit.score:.2f}")
    urgent = hit.target.priority == Priority.HIGH.value and hit.band in domain.SAME_PERSON
    return Item(kind, hit.target.folio, detail, reverse("targets:hit", args=[hit.id]), None, urgent, at)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, clock.MEXICO).astimezone(UTC)
