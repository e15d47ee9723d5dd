"""A rejected pair does not come back unless something new speaks for it; and then it says what."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tequio.matching import Explanation
from tequio.targets.domain import HitState, Verdict
from tequio.targets.models import Judgement
from tequio.targets.services import screening
from tests.cli.running import tequio
from tests.story import correct_juan, hit_of_juan, judge, kinds, the_hit
from tests.targets.people import JUANS_CURP, last_event
from tests.world import Cast, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def _shown(hit_id: object) -> str:
    return tequio("hit", "show", hit_id, "--purpose", "revision_coincidencia", "--folio", "O-1", user="jalisco_analyst").out


@pytest.mark.parametrize("verdict", [Verdict.NEGATIVE, Verdict.UNSURE])
def test_new_evidence_brings_it_back_and_the_command_tells_it_feature_by_feature(
    verdict: Verdict, cast: Cast, tmp_path: Path
) -> None:
    _, hit = hit_of_juan(cast, tmp_path, curps=(JUANS_CURP,))
    judge(cast, hit, verdict)
    correct_juan(cast, {"curp": JUANS_CURP})
    assert the_hit(cast.jalisco_analyst).state == HitState.OPEN
    told = _shown(hit.id)
    assert f"Lo nuevo desde que se juzgó {verdict.value.replace('negativa', 'rechazada')}" in told
    [row] = [text for text in told.splitlines() if text.startswith("CURP") and "sin dato" in text]
    assert JUANS_CURP in row and "igual" in row and "+" in row


def test_what_the_judge_was_shown_is_kept_with_the_judgement(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.NEGATIVE)
    correct_juan(cast, {"given_names": "Filiberto A"})
    [judgement] = stored(Judgement)
    assert judgement.explanation == hit.explanation != the_hit(cast.jalisco_analyst).explanation


def test_the_same_values_weighed_more_do_not_bring_it_back(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.NEGATIVE)
    real = screening.compare

    def heavier(*asked: Any) -> Explanation:
        found = real(*asked)
        first, *rest = found.features
        features = (first._replace(centibits=first.centibits + 5_000), *rest)
        return replace(found, score=found.score + 50, features=features)

    monkeypatch.setattr(screening, "compare", heavier)
    correct_juan(cast, {"municipality_code": "18008"})
    kept = the_hit(cast.jalisco_analyst)
    assert kept.score == hit.score + 50
    assert kept.state == HitState.REJECTED
    assert kinds(hit)[-1] == "evidencia_cambiada"


def test_a_confirmed_hit_stays_confirmed_whatever_comes(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path, curps=(JUANS_CURP,))
    judge(cast, hit, Verdict.POSITIVE)
    correct_juan(cast, {"curp": JUANS_CURP})
    assert the_hit(cast.jalisco_analyst).state == HitState.CONFIRMED
    assert last_event(hit).kind == "evidencia_cambiada"
    assert [one["feature"] for one in last_event(hit).detail["news"]] == ["CURP"]
    assert "Lo que cambió la última vez" in _shown(hit.id)


def test_a_hit_brought_back_and_rejected_again_needs_something_new_again(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path, curps=(JUANS_CURP,))
    judge(cast, hit, Verdict.NEGATIVE)
    correct_juan(cast, {"curp": JUANS_CURP})
    judge(cast, hit, Verdict.NEGATIVE)
    correct_juan(cast, {"municipality_code": "18008"})
    assert the_hit(cast.jalisco_analyst).state == HitState.REJECTED
    correct_juan(cast, {"curp": ""})
    assert the_hit(cast.jalisco_analyst).state == HitState.REJECTED
    correct_juan(cast, {"curp": JUANS_CURP})
    assert the_hit(cast.jalisco_analyst).state == HitState.REJECTED


def test_a_judgement_made_before_explanations_were_kept_still_yields_to_a_score_raised_enough(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, hit = hit_of_juan(cast, tmp_path, curps=(JUANS_CURP,))
    with monkeypatch.context() as former:
        former.setattr(
            "tequio.targets.services.judging.Judgement.objects.create",
            lambda **values: Judgement(**(values | {"explanation": {}})).save(),
        )
        judge(cast, hit, Verdict.NEGATIVE)
    correct_juan(cast, {"curp": JUANS_CURP})
    assert the_hit(cast.jalisco_analyst).state == HitState.OPEN
    assert last_event(hit).detail["news"] == []
