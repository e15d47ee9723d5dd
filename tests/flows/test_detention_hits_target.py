"""The story that everything serves, as docs/tour.md tells it."""

from __future__ import annotations

from pathlib import Path

from tequio.access.scoping import own, reach
from tequio.notices import selectors as notices
from tequio.notices.services import acknowledge_notice
from tequio.targets import selectors as targets
from tequio.targets.domain import Verdict
from tequio.targets.services import judge_hit
from tests.world import JUAN, REVIEW, Cast, draft_of, supply, watch


def test_a_supplied_detention_finds_the_person_that_another_state_is_looking_for(cast: Cast, tmp_path: Path) -> None:
    watch(cast, draft_of(JUAN))
    batch = supply(cast.nayarit_capturist, tmp_path, [JUAN])
    assert batch.counts["nuevos"] == 1
    with reach(own(cast.jalisco_analyst)):
        [hit] = targets.hits()
    assert hit.record_agency.code == "NT-SSPC"
    for reader in (cast.jalisco_analyst, cast.jalisco_second):  # what is almost certain is confirmed by two
        judge_hit(
            actor=reader,
            purpose=REVIEW,
            hit_id=hit.id,
            verdict=Verdict.POSITIVE,
            reason="Coinciden nombre, fecha y entidad.",
        )
    with reach(own(cast.jalisco_liaison)):
        [notice] = notices.notices(unanswered=True)
    done = acknowledge_notice(actor=cast.jalisco_liaison, purpose=REVIEW, notice_id=notice.id)
    assert done.acknowledged_by == "jalisco_liaison"


def test_the_same_hit_appears_when_the_target_comes_after_the_detention(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    watch(cast, draft_of(JUAN))
    with reach(own(cast.jalisco_analyst)):
        [hit] = targets.hits()
    assert hit.record_agency.code == "NT-SSPC"
