"""Counting as it happens, and what a viewer is shown of it. Every look is on the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose
from tequio.access.scoping import NATIONAL, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.catalogs import selectors as catalogs
from tequio.dashboards import counting, tiles
from tequio.dashboards.domain.asking import Question
from tequio.dashboards.tiles.model import Tile
from tequio.dashboards.tiles.reading import Reader
from tequio.kernel import clock
from tequio.kernel.errors import NotFound
from tequio.registries.events import RecordsChanged
from tequio.registries.rnd.events import CustodyChanged

REGISTRY = "rnd"
SMALL_CELL = "dashboard.small_cell"


def count_change(event: RecordsChanged) -> None:
    """Count what a change set brought, corrected or cancelled. Repeating it changes nothing."""
    if event.registry != REGISTRY:
        return
    _recount("d.change_set = %(change_set)s", {"change_set": event.change_set})


def count_custody(event: CustodyChanged) -> None:
    """Count anew the detention whose custody went on. Repeating it changes nothing."""
    _recount("d.id = %(detention)s", {"detention": event.detention_id})


def count_everything(*, actor: Actor) -> int:
    """Count all detentions anew: after an installation over a registry that is there, or a change of rules. The system's to do.

    Raises NotAllowed. O(detentions).
    """
    with unit_of_work(actor=actor, purpose=None, action=Action.DASHBOARD_COUNTED):
        policy.require_system(actor)
        with reach(NATIONAL), connection.cursor() as cursor:
            done = counting.count_all(cursor)
        record(actor=actor, purpose=None, action=Action.DASHBOARD_COUNTED, facts={"detentions": done})
    return done


def may_ask(actor: Actor, question: Question) -> bool:
    """Whether the question is within reach: whoever belongs to a state sees it in detail, and of the others only what the
    nation's page says; a federal institution sees every state, always as sums."""
    if not actor.state_code:
        return True
    if question.state:
        return question.state == actor.state_code
    return not question.agency and not question.municipality


def read_tile(*, actor: Actor, purpose: Purpose | None, question: Question, key: str, subtype: str = "") -> Tile:
    """One tile, with what it may tell. Raises NotAllowed, NotFound for what is out of reach. See `tiles`."""
    with _reading(actor, purpose, question, [key]) as reader:
        return tiles.make(key, reader, subtype)


def read_board(*, actor: Actor, purpose: Purpose | None, question: Question, subtype: str = "") -> list[Tile]:
    """Every tile, in order. Raises as `read_tile`."""
    with _reading(actor, purpose, question, list(tiles.TITLES)) as reader:
        return [tiles.make(key, reader, subtype) for key in tiles.TITLES]


def names(catalog: str) -> dict[str, str]:
    """Name of each code of a catalogue in force today; nothing where none is."""
    try:
        return catalogs.items(catalog, clock.now().astimezone(clock.MEXICO).date())
    except NotFound:
        return {}


def told(question: Question) -> dict[str, str | int]:
    """A question as the log keeps it."""
    return {
        "first": question.period.first.isoformat(),
        "last": question.period.last.isoformat(),
        "state": question.state,
        "municipality": question.municipality,
        "type": question.record_type,
        "kind": question.kind,
        "agency": question.agency,
    }


@contextmanager
def _reading(actor: Actor, purpose: Purpose | None, question: Question, keys: list[str]) -> Iterator[Reader]:
    with unit_of_work(actor=actor, purpose=purpose, action=Action.DASHBOARD_READ):
        policy.require(actor, Permission.DASHBOARD_READ)
        if not may_ask(actor, question):
            raise policy.not_found()
        now = clock.now()
        k = int(catalogs.parameter(SMALL_CELL, now.astimezone(clock.MEXICO).date()))
        with reach(NATIONAL):
            yield Reader(question, k=k, now=now, may_ask=lambda asked: may_ask(actor, asked))
        record(
            actor=actor,
            purpose=purpose,
            action=Action.DASHBOARD_READ,
            subject_kind="dashboard",
            subjects=keys,
            facts=told(question),
        )


def _recount(condition: str, values: dict[str, object]) -> None:
    with reach(NATIONAL), transaction.atomic(), connection.cursor() as cursor:
        counting.recount(cursor, condition, values)
