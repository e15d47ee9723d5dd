"""Short ways to tell a story in a test: what each person sees, and the steps that everybody's story shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from tequio.access.domain import Actor, Role
from tequio.access.scoping import NATIONAL, own, reach
from tequio.audit.models import Line
from tequio.catalogs.models import Parameter
from tequio.kernel import clock
from tequio.notices.models import Notice
from tequio.registries.rnd.services import correct_detention
from tequio.targets import selectors as targets
from tequio.targets.domain import HitState, Verdict
from tequio.targets.models import Hit, Target
from tequio.targets.services import judge_hit, second_reader_bands
from tests.world import JUAN, REVIEW, SUPPLY, Cast, detention, draft_of, load_reference, make_cast, react, supply, watch

NOON = datetime(2026, 11, 1, 18, tzinfo=UTC)
"""Noon of 1 November 2026 in Mexico: the day on which the tests' stories happen."""


@pytest.fixture
def today() -> Iterator[datetime]:
    """A clock held at `NOON`."""
    with clock.at(NOON):
        yield NOON


@pytest.fixture
def live_cast(transactional_db: None) -> Cast:
    """Everybody, in a database whose commits are real: for stories of two transactions at once."""
    load_reference()
    return make_cast()


def hits_of(actor: Actor, *, standing_only: bool = False) -> list[Hit]:
    """The hits that the actor's agency has, in whatever state."""
    with reach(own(actor)):
        return targets.hits(state="", standing_only=standing_only)


def the_hit(actor: Actor) -> Hit:
    """The one hit that the actor's agency has."""
    [hit] = hits_of(actor)
    return hit


def kinds(hit: Hit) -> list[str]:
    """What happened to a hit, in order."""
    with reach(NATIONAL):
        return [event.kind for event in targets.timeline(hit.id)]


def hit_of_juan(cast: Cast, folder: Path, **of_draft: object) -> tuple[Target, Hit]:
    """Jalisco looks for Juan and Nayarit detains him."""
    target = watch(cast, draft_of(JUAN, **of_draft))
    supply(cast.nayarit_capturist, folder, [JUAN])
    return target, the_hit(cast.jalisco_analyst)


def judge(cast: Cast, hit: Hit, verdict: Verdict, actor: Actor | None = None) -> Hit:
    """People of Jalisco say what the hit is; where two must agree, the supervisor has said the same before."""
    who = actor or cast.jalisco_analyst
    if verdict is Verdict.POSITIVE and who.roles != {Role.LIAISON}:
        other = cast.jalisco_second if who.username == cast.jalisco_supervisor.username else cast.jalisco_supervisor
        first = judge_once(other if second_reader_bands() else who, hit, verdict)
        if first.state != HitState.PROPOSED:
            return first
    return judge_once(who, hit, verdict)


def two_must_agree_in(*bands: str) -> None:
    """Only in those bands, and with none in no band, do two people have to agree."""
    Parameter.objects.filter(key="target.second_reader_bands").update(value=list(bands))


def judge_once(who: Actor, hit: Hit, verdict: Verdict, reason: str = "Se cotejó la ficha.") -> Hit:
    """One person says what the hit is."""
    return judge_hit(actor=who, purpose=REVIEW, hit_id=hit.id, verdict=verdict, reason=reason)


def correct_juan(cast: Cast, changes: Mapping[str, object], key: str = "NAY-0001") -> None:
    """Nayarit's supervisor corrects the record, and everything reacts."""
    found = detention(cast.nayarit_supervisor, key)
    correct_detention(
        actor=cast.nayarit_supervisor,
        purpose=SUPPLY,
        detention_id=found.id,
        changes=changes,
        reason="Se verificó la identidad.",
    )
    react()


def notices_of(actor: Actor) -> list[Notice]:
    """Every notice to the actor's agency, as issued."""
    with reach(own(actor)):
        return list(Notice.objects.order_by("issued_at", "folio"))


def all_notices() -> list[Notice]:
    """Every notice there is."""
    with reach(NATIONAL):
        return list(Notice.objects.order_by("issued_at", "folio"))


def last_line(actor: Actor) -> Line:
    """The latest line that the actor left."""
    return Line.objects.filter(username=actor.username).latest("id")


def lines_of(actor: Actor, since: int = 0) -> list[tuple[str, str]]:
    """(action, outcome) of the actor's lines after the line with that id, in order."""
    rows = Line.objects.filter(username=actor.username, id__gt=since).order_by("id")
    return list(rows.values_list("action", "outcome"))


def last_line_id() -> int:
    """Where the log ends now."""
    latest = Line.objects.order_by("-id").first()
    return latest.pk if latest else 0


def target_now(target_id: UUID) -> Target:
    """The target as it stands."""
    with reach(NATIONAL):
        return Target.objects.get(pk=target_id)
