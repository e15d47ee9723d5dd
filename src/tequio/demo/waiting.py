"""What the demonstration leaves for whoever enters: hits to review, one to read again, a notice that nobody has answered.

Only encounters that the nation was made with are confirmed: whoever looks finds the same person on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass

from tequio.access import selectors as access
from tequio.access.domain import Purpose, PurposeCode
from tequio.access.scoping import own, reach
from tequio.demo.domain import Nation
from tequio.notices import selectors as notices
from tequio.targets import selectors as targets
from tequio.targets.domain import HitState, Verdict
from tequio.targets.models import Hit
from tequio.targets.services import judge_hit

ANALYST, SUPERVISOR = "jc.analista", "jc.supervisor"
REASON = "Demostración: se cotejaron nombre, fecha y lugar de nacimiento."
_WHY = Purpose(PurposeCode.HIT_REVIEW, "DEMO-2026")
_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class Left:
    """How many of each wait in Jalisco."""

    hits: int
    second_readings: int
    notices: int


def leave(nation: Nation) -> Left:
    """See to it that Jalisco has something of each to do. What there is already is not added to."""
    with reach(own(access.actor(ANALYST))):
        found = targets.hits(standing_only=True, limit=_LOOKED_AT)
        unanswered = len(notices.notices(unanswered=True))
        proposed = len(targets.hits(state=HitState.PROPOSED.value, limit=_LOOKED_AT))
    true = _of_the_same_person(nation, found)
    if not unanswered and true:
        _confirm(true.pop(0), ANALYST, SUPERVISOR)
        unanswered += 1
    if not proposed:
        for hit in true:
            if _confirm(hit, ANALYST) == HitState.PROPOSED.value:
                proposed += 1
                break
    with reach(own(access.actor(ANALYST))):
        return Left(len(targets.hits(limit=_LOOKED_AT)), proposed, unanswered)


def _of_the_same_person(nation: Nation, hits: list[Hit]) -> list[Hit]:
    """The open hits that were planted as one person's, best first; one of the open ones always stays."""
    same = {(case.target_ref, case.detention_key) for case in nation.truth() if case.is_same_person}
    true = [hit for hit in hits if (hit.target.note, hit.record_summary.get("clave_registro")) in same]
    return true if len(hits) > len(true) else true[:-1]


def _confirm(hit: Hit, *usernames: str) -> str:
    state = hit.state
    for username in usernames:
        state = judge_hit(
            actor=access.actor(username), purpose=_WHY, hit_id=hit.id, verdict=Verdict.POSITIVE, reason=REASON
        ).state
    return state
