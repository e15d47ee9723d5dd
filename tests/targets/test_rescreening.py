"""All records against all targets after a change of model: looked at first, applied when somebody says so, and only once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tequio.access.domain import Purpose, PurposeCode, Role
from tequio.access.scoping import NATIONAL, own, reach
from tequio.audit.models import Line
from tequio.kernel import clock
from tequio.kernel.errors import NotAllowed, NotFound, PurposeRequired
from tequio.kernel.ids import new_id
from tequio.matching import Explanation
from tequio.targets import selectors
from tequio.targets.domain import HitState, Progress, RunOutdated, RunState, RunUnfinished, Verdict
from tequio.targets.models import Hit, HitEvent, HitRecord, Rescreening, RescreeningChange, TargetKey
from tequio.targets.services import (
    apply_rescreening,
    list_changes,
    read_rescreening,
    rescreen,
    rescreening,
    scoring,
    set_threshold,
    suspend_target,
)
from tequio.targets.services.rescreening import Counted
from tests.cli.running import tequio
from tests.story import NOON, correct_juan, hit_of_juan, hits_of, judge, kinds, the_hit
from tests.targets.people import DAY, HIMSELF, NAMESAKE, SOMEBODY_ELSE, detain, last_event
from tests.world import JUAN, REVIEW, WATCH, WHY, Cast, draft_of, stored, watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

Remodel = Callable[[float], None]


@pytest.fixture
def remodel(monkeypatch: pytest.MonkeyPatch) -> Remodel:
    """Another model: the same evidence, weighed so many bits more or less."""
    compare, compare_many, weigh_many = scoring.compare, scoring.compare_many, scoring.weigh_many

    def change(bits: float) -> None:
        def moved(found: Explanation) -> Explanation:
            first, *rest = found.features
            features = (first._replace(centibits=first.centibits + round(bits * 100)), *rest)
            return replace(found, score=round(found.score + bits, 2), features=features, algorithm=f"otro/{bits}")

        monkeypatch.setattr(scoring, "compare", lambda *asked: moved(compare(*asked)))
        monkeypatch.setattr(scoring, "compare_many", lambda *asked: [moved(one) for one in compare_many(*asked)])
        monkeypatch.setattr(scoring, "weigh_many", lambda *asked: weigh_many(*asked) + round(bits * 100))

    return change


def _run(cast: Cast) -> Counted:
    return rescreen(actor=cast.hub_operator, purpose=WHY)


def _apply(cast: Cast, run_id: UUID) -> Counted:
    return apply_rescreening(actor=cast.hub_operator, purpose=WHY, run_id=run_id)


def _counts(counted: Counted, code: str = "JC-SSP") -> dict[str, int]:
    return {kind: n for kind, n in counted.by_agency.get(code, {}).items() if n}


def _state() -> list[Any]:
    """All that hits are, to see that nothing changed."""
    with reach(NATIONAL):
        return [
            list(Hit.objects.order_by("id").values()), list(HitRecord.objects.order_by("id").values()),
            list(HitEvent.objects.order_by("id").values()),
        ]  # fmt: skip


def test_with_the_same_model_nothing_would_change(cast: Cast, tmp_path: Path) -> None:
    hit_of_juan(cast, tmp_path)
    counted = _run(cast)
    assert counted.run.state == RunState.READY
    assert _counts(counted) == {}
    before = _state()
    assert _apply(cast, counted.run.id).run.state == RunState.APPLIED
    assert _state() == before


def test_what_would_change_is_stored_and_shown_before_anything_does(cast: Cast, tmp_path: Path, remodel: Remodel) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    before = _state()
    remodel(5)
    counted = _run(cast)
    assert _counts(counted)["sube"] == 1
    assert _state() == before
    _, [change] = list_changes(actor=cast.jalisco_analyst, purpose=REVIEW)
    assert (change.hit_id, change.score_before, change.score_now) == (hit.id, hit.score, hit.score + 5)


def test_applying_it_brings_the_hits_to_the_new_model_and_says_so(cast: Cast, tmp_path: Path, remodel: Remodel) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    remodel(5)
    _apply(cast, _run(cast).run.id)
    now = the_hit(cast.jalisco_analyst)
    assert (now.score, now.explanation["algorithm"]) == (hit.score + 5, "otro/5")
    assert kinds(hit) == ["abierta", "modelo_cambiado"]
    assert last_event(hit).detail["algorithm"] == "otro/5"
    assert Line.objects.filter(chain="JC-SSP", action="hit.updated", subjects=[str(hit.id)]).exists()


def test_applying_it_twice_is_applying_it_once(cast: Cast, tmp_path: Path, remodel: Remodel) -> None:
    hit_of_juan(cast, tmp_path)
    remodel(5)
    run_id = _run(cast).run.id
    _apply(cast, run_id)
    before, lines = _state(), Line.objects.count()
    again = _apply(cast, run_id)
    assert again.run.state == RunState.APPLIED
    assert (_state(), Line.objects.count()) == (before, lines)


def test_a_model_that_sees_more_opens_the_hits_that_it_sees(cast: Cast, remodel: Remodel) -> None:
    watch(cast, draft_of(JUAN))
    remodel(-25)
    detain(cast.nayarit_capturist, "NAY-0001", NAMESAKE)
    assert not hits_of(cast.jalisco_analyst)
    remodel(10)
    counted = _run(cast)
    assert _counts(counted) == {"nueva": 1}
    assert not hits_of(cast.jalisco_analyst)
    _apply(cast, counted.run.id)
    assert kinds(the_hit(cast.jalisco_analyst)) == ["abierta"]


def test_new_hits_of_one_event_are_one_hit(cast: Cast, remodel: Remodel) -> None:
    watch(cast, draft_of(JUAN))
    remodel(-200)
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    detain(cast.jalisco_supervisor, "JAL-77", HIMSELF)
    remodel(0)
    counted = _run(cast)
    assert _counts(counted) == {"nueva": 2}
    _apply(cast, counted.run.id)
    assert the_hit(cast.jalisco_analyst).record_count == 2


def test_a_model_that_sees_less_says_which_no_longer_match_and_they_stay(cast: Cast, tmp_path: Path, remodel: Remodel) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    remodel(-200)
    counted = _run(cast)
    assert _counts(counted) == {"ya_no_coincide": 1}
    _apply(cast, counted.run.id)
    assert the_hit(cast.jalisco_analyst).record_standing == "ya_no_coincide"
    remodel(1)
    counted = _run(cast)
    assert _counts(counted)["vuelve_a_coincidir"] == 1
    _apply(cast, counted.run.id)
    assert the_hit(cast.jalisco_analyst).record_standing == "vigente"
    assert kinds(hit) == ["abierta", "ya_no_coincide", "vuelve_a_coincidir"]


def test_another_model_alone_brings_no_rejected_hit_back(cast: Cast, tmp_path: Path, remodel: Remodel) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.NEGATIVE)
    remodel(60)
    counted = _run(cast)
    assert _counts(counted) == {"sube": 1}
    _apply(cast, counted.run.id)
    assert the_hit(cast.jalisco_analyst).state == HitState.REJECTED


def test_a_model_that_reads_a_value_not_shown_before_reopens_what_was_rejected(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.NEGATIVE)
    compare, compare_many = scoring.compare, scoring.compare_many

    def reads_more(found: Explanation) -> Explanation:
        seen = found.features[0]._replace(feature="cicatriz", left="ceja", right="ceja ", level="igual", centibits=700)
        return replace(found, score=round(found.score + 7, 2), features=(*found.features, seen), algorithm="otro/9")

    monkeypatch.setattr(scoring, "compare", lambda *asked: reads_more(compare(*asked)))
    monkeypatch.setattr(scoring, "compare_many", lambda *asked: [reads_more(one) for one in compare_many(*asked)])
    counted = _run(cast)
    assert _counts(counted)["reabierta"] == 1
    _apply(cast, counted.run.id)
    assert the_hit(cast.jalisco_analyst).state == HitState.OPEN
    assert [one["feature"] for one in last_event(hit).detail["news"]] == ["cicatriz"]


def test_a_record_corrected_since_is_scored_again_when_it_is_applied(cast: Cast, tmp_path: Path, remodel: Remodel) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    remodel(5)
    run_id = _run(cast).run.id
    correct_juan(cast, {"birth_date": None, "birth_date_text": "1984"})
    _apply(cast, run_id)
    now = the_hit(cast.jalisco_analyst)
    assert (now.record_version, now.explanation["algorithm"]) == (2, "otro/5")
    assert now.score < hit.score + 5
    _, [change] = list_changes(actor=cast.jalisco_analyst, purpose=REVIEW)
    assert change.outcome == "recalculado"


def test_a_record_corrected_into_somebody_else_since_opens_no_hit(cast: Cast, remodel: Remodel) -> None:
    watch(cast, draft_of(JUAN))
    remodel(-200)
    detain(cast.nayarit_supervisor, "NAY-0001", HIMSELF)
    remodel(0)
    run_id = _run(cast).run.id
    correct_juan(cast, SOMEBODY_ELSE)
    _apply(cast, run_id)
    assert not hits_of(cast.jalisco_analyst)
    _, [change] = list_changes(actor=cast.jalisco_analyst, purpose=REVIEW)
    assert change.outcome == "ya_no_procede"


def test_a_target_stopped_since_is_left_as_it_is(cast: Cast, remodel: Remodel) -> None:
    target = watch(cast, draft_of(JUAN))
    remodel(-200)
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    remodel(0)
    run_id = _run(cast).run.id
    suspend_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason="Se revisa.")
    _apply(cast, run_id)
    assert not hits_of(cast.jalisco_analyst)


def test_a_new_hit_below_its_targets_threshold_is_counted_apart_and_opened_there(cast: Cast, remodel: Remodel) -> None:
    target = watch(cast, draft_of(JUAN))
    set_threshold(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, bits=150.0, reason="Homónimos.")
    remodel(-200)
    detain(cast.nayarit_capturist, "NAY-0001", HIMSELF)
    remodel(0)
    counted = _run(cast)
    assert _counts(counted) == {"nueva": 1, "bajo_umbral": 1}
    _apply(cast, counted.run.id)
    assert the_hit(cast.jalisco_analyst).below_threshold


def test_targets_get_the_keys_of_the_rules_in_force(cast: Cast, tmp_path: Path) -> None:
    target, _ = hit_of_juan(cast, tmp_path)
    keys = [row.key for row in stored(TargetKey)]
    with reach(NATIONAL):
        TargetKey.objects.all().delete()
        TargetKey.objects.create(key=1, target=target)
    assert _run(cast).run.targets == 1
    assert [row.key for row in stored(TargetKey)] == keys


class _Cut(Exception):
    """The process dies here."""


def _cut_after(chunks: int) -> Callable[[Progress], None]:
    told: list[Progress] = []

    def report(progress: Progress) -> None:
        told.append(progress)
        if sum(one.step != "objetivos" for one in told) == chunks:
            raise _Cut

    return report


def test_a_run_cut_anywhere_goes_on_where_it_was_and_finds_the_same(
    cast: Cast, remodel: Remodel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescreening, "ENTRIES_AT_A_TIME", 2)
    monkeypatch.setattr(rescreening, "CHANGES_AT_A_TIME", 2)
    watch(cast, draft_of(JUAN))
    for n in range(7):
        detain(cast.nayarit_capturist, f"NAY-{n}", HIMSELF, detained_on=DAY - timedelta(days=7 * n))
    remodel(3)
    for chunks in (1, 1):
        with pytest.raises(_Cut):
            rescreen(actor=cast.hub_operator, purpose=WHY, report=_cut_after(chunks))
    half = Rescreening.objects.get()
    assert (half.state, half.entries_done) == (RunState.RUNNING, 4)
    with pytest.raises(RunUnfinished):
        _apply(cast, half.id)
    counted = _run(cast)
    assert counted.run.id == half.id
    assert (counted.run.entries_done, counted.run.found) == (7, 7)
    for _ in range(2):
        with pytest.raises(_Cut):
            apply_rescreening(actor=cast.hub_operator, purpose=WHY, run_id=half.id, report=_cut_after(1))
    assert Rescreening.objects.get().state == RunState.APPLYING
    _apply(cast, half.id)
    assert {h.explanation["algorithm"] for h in hits_of(cast.jalisco_analyst)} == {"otro/3"}
    assert len(stored(HitEvent, kind="modelo_cambiado")) == 7
    steps = [line.facts["step"] for line in Line.objects.filter(action="target.rescreened").order_by("id")]
    assert steps == ["begun", "resumed", "resumed", "done"]


def test_a_run_left_half_way_by_another_model_is_abandoned(
    cast: Cast, tmp_path: Path, remodel: Remodel, monkeypatch: pytest.MonkeyPatch
) -> None:
    hit_of_juan(cast, tmp_path)
    with pytest.raises(_Cut):
        rescreen(actor=cast.hub_operator, purpose=WHY, report=_cut_after(1))
    former = Rescreening.objects.get()
    remodel(5)
    counted = _run(cast)
    assert counted.run.id != former.id and _counts(counted)["sube"] == 1
    former.refresh_from_db()
    assert former.state == RunState.ABANDONED
    with pytest.raises(RunOutdated):
        _apply(cast, former.id)


def test_a_run_of_another_model_or_with_a_later_one_is_not_applied(cast: Cast, tmp_path: Path, remodel: Remodel) -> None:
    hit_of_juan(cast, tmp_path)
    first = _run(cast).run.id
    with clock.at(NOON + timedelta(minutes=1)):
        second = _run(cast).run.id
    with pytest.raises(RunOutdated) as refusal:
        _apply(cast, first)
    assert refusal.value.hint
    remodel(5)
    with pytest.raises(RunOutdated):
        _apply(cast, second)


def test_what_comes_while_it_runs_is_screened_as_ever(cast: Cast, tmp_path: Path) -> None:
    hit_of_juan(cast, tmp_path)

    def report(progress: Progress) -> None:
        if progress.step == "registros":
            detain(cast.nayarit_capturist, "NAY-0002", HIMSELF, detained_on=DAY - timedelta(days=60))

    counted = rescreen(actor=cast.hub_operator, purpose=WHY, report=report)
    assert len(hits_of(cast.jalisco_analyst)) == 2
    assert _counts(counted) == {}


PEOPLE = ("nayarit_supervisor", "nayarit_analyst", "jalisco_supervisor", "administrator", "hub_auditor", "outsider")


@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_but_the_hubs_operator_runs_sees_or_applies_it(who: str, cast: Cast, tmp_path: Path) -> None:
    hit_of_juan(cast, tmp_path)
    run_id = _run(cast).run.id
    actor = getattr(cast, who)
    for deed in (
        lambda: rescreen(actor=actor, purpose=WHY),
        lambda: apply_rescreening(actor=actor, purpose=WHY, run_id=run_id),
        lambda: read_rescreening(actor=actor, purpose=WHY),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_a_states_own_operator_has_no_counts_of_the_others(cast: Cast) -> None:
    operator = replace(cast.nayarit_supervisor, roles=frozenset(Role))
    with pytest.raises(NotAllowed):
        rescreen(actor=operator, purpose=WHY)


@pytest.mark.parametrize("purpose", [None, Purpose(PurposeCode.ADMINISTRATION, " ")])
def test_running_and_applying_need_purpose_and_folio(purpose: Purpose | None, cast: Cast) -> None:
    with pytest.raises(PurposeRequired):
        rescreen(actor=cast.hub_operator, purpose=purpose)
    run_id = _run(cast).run.id
    with pytest.raises(PurposeRequired):
        apply_rescreening(actor=cast.hub_operator, purpose=purpose, run_id=run_id)


def test_an_issuer_sees_its_own_changes_and_nobody_elses(cast: Cast, tmp_path: Path, remodel: Remodel) -> None:
    target, hit = hit_of_juan(cast, tmp_path)
    remodel(5)
    counted = _run(cast)
    assert len(list_changes(actor=cast.jalisco_analyst, purpose=REVIEW)[1]) == 1
    assert list_changes(actor=cast.nayarit_analyst, purpose=REVIEW)[1] == []
    for who in (cast.hub_operator, cast.outsider, cast.administrator):
        with pytest.raises(NotAllowed):
            list_changes(actor=who, purpose=REVIEW)
    told = tequio("target", "rescreen", "--show", user="hub_operator").out + str(counted.by_agency)
    assert "JC-SSP" in told
    secrets = (str(target.id), target.folio, str(hit.id), str(hit.record_id), "Filiberto", "NAY-0001", "NT-SSPC")
    assert not [secret for secret in secrets if secret in told]
    with reach(own(cast.hub_operator)):
        assert not selectors.changes(counted.run.id)


def test_a_run_that_there_is_not_is_not_found(cast: Cast) -> None:
    with pytest.raises(NotFound):
        _apply(cast, new_id())
    with pytest.raises(NotFound):
        read_rescreening(actor=cast.hub_operator, purpose=WHY, run_id=new_id())
    with pytest.raises(NotFound):
        list_changes(actor=cast.jalisco_analyst, purpose=REVIEW, run_id=new_id())
    assert read_rescreening(actor=cast.hub_operator, purpose=WHY) is None
    assert list_changes(actor=cast.jalisco_analyst, purpose=REVIEW) == (None, [])


def test_an_empty_base_is_run_through_at_once(cast: Cast) -> None:
    counted = _run(cast)
    assert (counted.run.state, counted.run.entries, counted.by_agency) == (RunState.READY, 0, {})


FOLIO = ("--purpose", "administracion", "--folio", "OFICIO-9")


def test_the_operator_runs_shows_and_applies_it_by_command(cast: Cast, tmp_path: Path, remodel: Remodel) -> None:
    hit_of_juan(cast, tmp_path)
    remodel(5)
    done = tequio("target", "rescreen", *FOLIO, user="hub_operator")
    assert done.status == 0 and "Suben" in done.out and "Nada se ha aplicado todavía" in done.out
    assert "registros: 1 de 1 (100%)" in done.err
    run = tequio("target", "rescreen", "--show", "--json", user="hub_operator").data
    assert run["by_agency"]["JC-SSP"]["sube"] == 1
    theirs = tequio("hit", "changes", user="jalisco_analyst").out
    assert "sube" in theirs and "pendiente" in theirs
    applied = tequio("target", "rescreen", "--apply", "--run", run["run"]["id"], *FOLIO, "--json", user="hub_operator")
    assert applied.data["run"]["state"] == "aplicada"
    assert "aplicado" in tequio("hit", "changes", "--run", run["run"]["id"], user="jalisco_analyst").out
    assert tequio("hit", "changes", user="nayarit_analyst").out.count("Nada cambia") == 1


@pytest.mark.parametrize(
    ("words", "status"),
    [(("--show", "--apply"), 6), (("--apply",), 6), (("--run", "x"), 6), (("--apply", "--run", "x"), 6), ((), 3)],
)
def test_a_command_that_makes_no_sense_is_told_what_to_do(words: tuple[str, ...], status: int, cast: Cast) -> None:
    done = tequio("target", "rescreen", *words, user="hub_operator")
    assert done.status == status and "Qué hacer: " in done.err
    assert not stored(RescreeningChange)
