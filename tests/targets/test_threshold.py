"""A target may ask for more than the product does before its reviewers are shown a hit; what it keeps from them is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tequio.access.scoping import own, reach
from tequio.audit.models import Line
from tequio.kernel.errors import Invalid, NotAllowed, NotFound
from tequio.kernel.ids import new_id
from tequio.matching import ALERT_THRESHOLD
from tequio.targets import selectors
from tequio.targets.domain import HitState, ThresholdRefused, Verdict, WrongState
from tequio.targets.models import Hit, HitEvent, TargetEvent
from tequio.targets.services import close_target, list_hits, read_review, set_threshold, study_target, survey_targets
from tests.cli.running import tequio
from tests.story import correct_juan, hit_of_juan, hits_of, judge, kinds, the_hit
from tests.targets.people import HIMSELF, JUANS_CURP, SOMEBODY_ELSE, detain
from tests.world import JUAN, REVIEW, WATCH, Cast, draft_of, react, seen, stored, supply, watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

HIGH = 150.0
WHY = ("--purpose", "busqueda_objetivo", "--folio", "OFICIO-2")


def _raise(cast: Cast, target_id: object, bits: float | None = HIGH, reason: str = "Homónimos.") -> None:
    set_threshold(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target_id, bits=bits, reason=reason)  # type: ignore[arg-type]


def _listed(cast: Cast, **asked: bool) -> list[Hit]:
    return list_hits(actor=cast.jalisco_analyst, purpose=REVIEW, state=HitState.OPEN.value, **asked)


def test_a_hit_below_its_targets_threshold_is_kept_counted_and_not_listed(cast: Cast, tmp_path: Path) -> None:
    target = watch(cast, draft_of(JUAN))
    _raise(cast, target.id)
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    assert _listed(cast) == []
    [kept] = _listed(cast, below=True)
    assert kept.below_threshold and kept.state == HitState.OPEN
    review = read_review(actor=cast.jalisco_analyst, purpose=REVIEW)
    assert (review.hits, review.below, review.waiting) == ([], 1, {})
    [listed] = survey_targets(actor=cast.jalisco_analyst, purpose=WATCH)
    assert listed.below == 1


def test_raising_the_threshold_moves_what_is_there_and_lowering_it_brings_all_back(cast: Cast, tmp_path: Path) -> None:
    target, hit = hit_of_juan(cast, tmp_path)
    _raise(cast, target.id)
    assert _listed(cast) == []
    _raise(cast, target.id, hit.score)
    assert [h.id for h in _listed(cast)] == [hit.id]
    _raise(cast, target.id)
    _raise(cast, target.id, None)
    assert [h.id for h in _listed(cast)] == [hit.id]
    assert kinds(hit) == ["abierta", "bajo_umbral", "sobre_umbral", "bajo_umbral", "sobre_umbral"]


def test_raising_it_is_told_with_who_why_and_how_much_in_the_target_its_hits_and_the_log(cast: Cast, tmp_path: Path) -> None:
    target, hit = hit_of_juan(cast, tmp_path)
    _raise(cast, target.id)
    step = seen(selectors.target_timeline, target.id)[-1]
    assert (step.by, step.reason) == ("jalisco_supervisor", "Homónimos.")
    assert step.detail == {"threshold": {"from": ALERT_THRESHOLD, "to": HIGH}}
    event = seen(selectors.timeline, hit.id)[-1]
    assert (event.by, event.detail["threshold"], event.detail["reason"]) == ("jalisco_supervisor", HIGH, "Homónimos.")
    line = Line.objects.get(action="target.threshold_set")
    assert (line.chain, line.subjects) == ("JC-SSP", [str(target.id)])
    assert line.facts == {"from_centibits": 2000, "to_centibits": 15000, "hits_moved": 1}


def test_saying_the_same_threshold_again_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    target, _ = hit_of_juan(cast, tmp_path)
    _raise(cast, target.id)
    before = (len(stored(TargetEvent)), len(stored(HitEvent)), Line.objects.count())
    _raise(cast, target.id)
    assert before == (len(stored(TargetEvent)), len(stored(HitEvent)), Line.objects.count())


@pytest.mark.parametrize("bits", [ALERT_THRESHOLD - 0.01, float("nan"), float("inf"), 1e9, -1.0])
def test_no_threshold_below_the_products_nor_beyond_any_score(bits: float, cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    with pytest.raises(ThresholdRefused):
        _raise(cast, target.id, bits)


@pytest.mark.parametrize("reason", ["", " \n", "con \x00"])
def test_a_threshold_needs_a_reason_that_can_be_kept(reason: str, cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    with pytest.raises(Invalid):
        _raise(cast, target.id, reason=reason)


def test_a_closed_target_has_no_threshold_to_set(cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    close_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason="Se cumplió.")
    with pytest.raises(WrongState):
        _raise(cast, target.id)


def test_only_a_supervisor_of_the_issuer_sets_it_and_another_agency_cannot_tell_the_target_from_nothing(cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    for who in (cast.jalisco_analyst, cast.jalisco_liaison, cast.outsider, cast.hub_operator):
        with pytest.raises(NotAllowed):
            set_threshold(actor=who, purpose=WATCH, target_id=target.id, bits=HIGH, reason="x")
    said = []
    for asked in (target.id, new_id()):
        with pytest.raises(NotFound) as refusal:
            set_threshold(actor=cast.nayarit_supervisor, purpose=WATCH, target_id=asked, bits=HIGH, reason="x")
        said.append(refusal.value.as_dict())
    assert said[0] == said[1]


def test_an_equal_curp_reaches_a_reviewer_whatever_the_threshold_and_whatever_the_name_says(cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN, curps=(JUANS_CURP,)))
    _raise(cast, target.id, 200.0)
    detain(cast.nayarit_capturist, "NAY-0001", SOMEBODY_ELSE, curp=JUANS_CURP)
    [hit] = _listed(cast)
    assert hit.exact and not hit.below_threshold
    assert hit.score < 200.0


def test_a_hit_that_gains_an_equal_curp_comes_out_from_below_the_threshold(cast: Cast, tmp_path: Path) -> None:
    target, hit = hit_of_juan(cast, tmp_path, curps=(JUANS_CURP,))
    _raise(cast, target.id, 200.0)
    assert _listed(cast) == []
    correct_juan(cast, {"curp": JUANS_CURP})
    assert [h.id for h in _listed(cast)] == [hit.id]
    assert kinds(hit)[-1] == "sobre_umbral"


def test_a_hit_with_an_equal_curp_comes_before_any_other(cast: Cast) -> None:
    watch(cast, draft_of(JUAN, curps=(JUANS_CURP,)))
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    detain(cast.nayarit_capturist, "NAY-0002", SOMEBODY_ELSE, curp=JUANS_CURP)
    assert [h.exact for h in _listed(cast)] == [True, False]


def test_what_was_judged_stays_judged_when_the_threshold_rises(cast: Cast, tmp_path: Path) -> None:
    target, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.POSITIVE)
    _raise(cast, target.id)
    assert the_hit(cast.jalisco_analyst).state == HitState.CONFIRMED
    confirmed = list_hits(actor=cast.jalisco_analyst, purpose=REVIEW, state=HitState.CONFIRMED.value)
    assert [h.id for h in confirmed] == [hit.id]


def test_nothing_is_left_out_of_the_list_of_all(cast: Cast, tmp_path: Path) -> None:
    target, hit = hit_of_juan(cast, tmp_path)
    _raise(cast, target.id)
    assert [h.id for h in hits_of(cast.jalisco_analyst)] == [hit.id]


def test_the_issuer_sees_threshold_and_what_it_keeps_back_wherever_the_target_is_shown(cast: Cast, tmp_path: Path) -> None:
    target, hit = hit_of_juan(cast, tmp_path)
    done = tequio("target", "threshold", target.id, "--bits", "150", "--reason", "Homónimos.", user="jalisco_supervisor")
    assert done.status == 0 and "150.00 bits (propio)" in done.out and "1 coincidencia bajo su umbral" in done.out
    for words in (
        ("target", "list"), ("target", "show", target.id, *WHY), ("hit", "list"),
        ("hit", "show", hit.id, "--purpose", "revision_coincidencia", "--folio", "O-1"),
    ):  # fmt: skip
        shown = tequio(*words, user="jalisco_analyst")
        assert shown.status == 0
        assert ("150.00 bits" in shown.out) or ("1 coincidencia bajo su umbral" in shown.out), words
    seen = study_target(actor=cast.jalisco_analyst, purpose=WATCH, target_id=target.id)
    assert seen.below == 1
    steps = tequio("target", "show", target.id, *WHY, user="jalisco_analyst").out
    assert "umbral: de 20.00 a 150.00 bits" in steps and "Homónimos." in steps
    assert hit.id == the_hit(cast.jalisco_analyst).id


@pytest.mark.parametrize(
    "words", [(), ("--bits", "30", "--reset"), ("--bits", "19"), ("--bits", "nan"), ("--bits", "-inf"), ("--bits", "1e400")]
)
def test_a_threshold_that_cannot_be_is_said_in_spanish_by_the_command(words: tuple[str, ...], cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    done = tequio("target", "threshold", target.id, *words, "--reason", "x", user="jalisco_supervisor")
    assert done.status == 6 and "Qué hacer: " in done.err


def test_the_threshold_holds_for_a_target_that_comes_after_the_record_too(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    target = watch(cast, draft_of(JUAN), drain=False)
    _raise(cast, target.id)
    react()
    with reach(own(cast.jalisco_analyst)):
        assert selectors.below_threshold([target.id]) == {target.id: 1}
