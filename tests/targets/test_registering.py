"""Two people make a target; suspended and closed ones are not searched; what the law or the search lacks is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tequio.access import selectors as access
from tequio.access.domain import Actor
from tequio.kernel import clock
from tequio.kernel.errors import Invalid, NotAllowed, NotFound
from tequio.kernel.ids import new_id
from tequio.targets import selectors
from tequio.targets.domain import Incomplete, Priority, SamePerson, TargetState, WrongState
from tequio.targets.models import Target, TargetEvent, TargetKey
from tequio.targets.services import (
    approve_target,
    close_target,
    propose_target,
    read_target,
    resume_target,
    suspend_overdue,
    suspend_target,
    validate_target,
)
from tests.story import NOON, hits_of, target_now
from tests.world import JUAN, WATCH, Cast, draft_of, react, seen, stored, supply, watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

SYSTEM = Actor("sistema", 0, "FED-SSPC", "", frozenset(), is_system=True)


def _propose(cast: Cast, **other: object) -> UUID:
    return propose_target(actor=cast.jalisco_analyst, purpose=WATCH, draft=draft_of(JUAN, **other)).id


def _approve(actor: Actor, target_id: UUID) -> None:
    approve_target(actor=actor, purpose=WATCH, target_id=target_id)


def test_a_proposed_target_raises_no_hit_and_an_approved_one_does(cast: Cast, tmp_path: Path) -> None:
    target_id = _propose(cast)
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    assert not hits_of(cast.jalisco_analyst)
    _approve(cast.jalisco_supervisor, target_id)
    react()
    assert len(hits_of(cast.jalisco_analyst)) == 1


def test_whoever_proposes_a_target_cannot_approve_it(cast: Cast) -> None:
    target_id = propose_target(actor=cast.jalisco_supervisor, purpose=WATCH, draft=draft_of(JUAN)).id
    with pytest.raises(SamePerson) as refusal:
        _approve(cast.jalisco_supervisor, target_id)
    assert refusal.value.hint
    assert target_now(target_id).state == TargetState.PROPOSED


@pytest.mark.parametrize("who", ["jalisco_second", "jalisco_liaison", "jalisco_auditor", "administrator"])
def test_only_a_supervisor_approves(who: str, cast: Cast) -> None:
    target_id = _propose(cast)
    with pytest.raises(NotAllowed):
        _approve(getattr(cast, who), target_id)


def test_another_agency_is_answered_as_if_the_target_did_not_exist(cast: Cast) -> None:
    target_id = _propose(cast)
    said = []
    for asked in (target_id, new_id()):
        for step in (approve_target, read_target):
            with pytest.raises(NotFound) as refusal:
                step(actor=cast.nayarit_supervisor, purpose=WATCH, target_id=asked)
            said.append(refusal.value.as_dict())
    assert all(answer == said[0] for answer in said)


def test_approving_twice_is_approving_once(cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    _approve(cast.jalisco_supervisor, target.id)
    assert [e.state for e in seen(selectors.target_timeline, target.id)] == ["propuesto", "vigente"]


def test_an_approved_target_must_be_validated_within_the_days_of_the_parameter(cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    assert target.validate_by == (NOON + timedelta(days=90)).date()
    validate_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason="Sigue la orden.")
    assert target_now(target.id).validate_by == (NOON + timedelta(days=365)).date()


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        ({"given": "", "paternal": "", "maternal": ""}, "nombre"),
        ({"document": "  "}, "documento"),
        ({"grounds": "porque_si"}, "porque_si"),
        ({"valid_to": NOON.date()}, "01/11/2026"),
        ({"covert": True, "tell_holder": True}, "encubierto"),
        ({"paternal": "", "maternal": "", "birth_dates": (), "sex": "", "birth_state": ""}, "no se puede buscar"),
    ],
)
def test_an_incomplete_draft_is_refused_and_says_what_it_lacks(lacking: dict[str, object], named: str, cast: Cast) -> None:
    with pytest.raises(Incomplete) as refusal:
        _propose(cast, **lacking)
    assert named in refusal.value.message
    assert refusal.value.hint
    assert not stored(TargetEvent)


@pytest.mark.parametrize("value", ["X" * 121, "CAUSA\x0012", "CAUSA \ud800"])
def test_a_document_that_cannot_be_kept_is_refused(value: str, cast: Cast) -> None:
    with pytest.raises(Invalid):
        _propose(cast, document=value)


@pytest.mark.parametrize(
    "name", ["Filiberto\x00 Muñoz", "Fili\ud800berto Muñoz", "F" * 5_000 + " Muñoz", "\u202eMuñoz Filiberto"]
)
def test_any_name_is_taken_or_refused_and_never_breaks(name: str, cast: Cast) -> None:
    if "\x00" in name or "\ud800" in name:
        with pytest.raises(Invalid):
            _propose(cast, given=name)
    else:
        assert target_now(_propose(cast, given=name)).title


@pytest.mark.parametrize("state", [TargetState.PROPOSED, TargetState.ACTIVE, TargetState.SUSPENDED, TargetState.CLOSED])
def test_a_step_is_taken_only_from_the_states_that_admit_it(state: TargetState, cast: Cast) -> None:
    boss = cast.jalisco_supervisor
    admitted = {
        "approve": {TargetState.PROPOSED, TargetState.ACTIVE},  # the same person's repeat changes nothing
        "validate": {TargetState.ACTIVE},
        "suspend": {TargetState.ACTIVE, TargetState.SUSPENDED},
        "resume": {TargetState.SUSPENDED},
        "close": set(TargetState),
    }
    steps: dict[str, Callable[[UUID], Target]] = {
        "approve": lambda which: approve_target(actor=boss, purpose=WATCH, target_id=which),
        "validate": lambda which: validate_target(actor=boss, purpose=WATCH, target_id=which, reason="Vigente."),
        "suspend": lambda which: suspend_target(actor=boss, purpose=WATCH, target_id=which, reason="Se revisa."),
        "resume": lambda which: resume_target(actor=boss, purpose=WATCH, target_id=which, reason="Se reanuda."),
        "close": lambda which: close_target(actor=boss, purpose=WATCH, target_id=which, reason="Se cumplió."),
    }
    for name, step in steps.items():
        target_id = _propose(cast)
        if state is not TargetState.PROPOSED:
            steps["approve"](target_id)
        if state is TargetState.SUSPENDED:
            steps["suspend"](target_id)
        if state is TargetState.CLOSED:
            steps["close"](target_id)
        if state in admitted[name]:
            step(target_id)
            continue
        with pytest.raises(WrongState) as refusal:
            step(target_id)
        assert state.value in refusal.value.message, name
        assert target_now(target_id).state == state


@pytest.mark.parametrize("step", [suspend_target, close_target])
def test_stopping_needs_a_reason(step: object, cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    with pytest.raises(Invalid):
        step(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason=" ")  # type: ignore[operator]
    assert target_now(target.id).state == TargetState.ACTIVE


def test_stopping_twice_is_stopping_once(cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    for _ in range(2):
        suspend_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason="Se revisa.")
    for _ in range(2):
        close_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason="Se cumplió.")
    states = [e.state for e in seen(selectors.target_timeline, target.id)]
    assert states == ["propuesto", "vigente", "suspendido", "cerrado"]


@pytest.mark.parametrize("step", [suspend_target, close_target])
def test_a_stopped_target_is_not_searched(step: object, cast: Cast, tmp_path: Path) -> None:
    target = watch(cast, draft_of(JUAN))
    step(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason="Ya no.")  # type: ignore[operator]
    assert not stored(TargetKey)
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    assert not hits_of(cast.jalisco_analyst)


def test_a_resumed_target_finds_what_came_meanwhile(cast: Cast, tmp_path: Path) -> None:
    target = watch(cast, draft_of(JUAN))
    suspend_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason="Se revisa.")
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    resume_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason="Procede.")
    react()
    assert len(hits_of(cast.jalisco_analyst)) == 1


def test_a_target_that_nobody_validates_is_suspended_the_day_after_and_only_then(cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    with clock.at(NOON + timedelta(days=90)):
        assert suspend_overdue(actor=access.system_actor("FED-SSPC")) == []
    with clock.at(NOON + timedelta(days=91)):
        assert [t.id for t in suspend_overdue(actor=SYSTEM)] == [target.id]
        assert suspend_overdue(actor=SYSTEM) == []
    assert target_now(target.id).state == TargetState.SUSPENDED
    assert not stored(TargetKey)


def test_a_target_whose_validity_ended_is_suspended(cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN, valid_to=(NOON + timedelta(days=2)).date()))
    with clock.at(NOON + timedelta(days=3)):
        assert [t.id for t in suspend_overdue(actor=SYSTEM)] == [target.id]


def test_a_validated_target_is_left_alone(cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    validate_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason="Sigue la orden.")
    with clock.at(NOON + timedelta(days=200)):
        assert suspend_overdue(actor=SYSTEM) == []


def test_only_the_system_suspends_by_the_clock(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        suspend_overdue(actor=cast.jalisco_supervisor)


def test_every_step_is_told_with_who_and_why_and_cannot_be_rewritten(cast: Cast) -> None:
    target = watch(cast, replace(draft_of(JUAN), priority=Priority.ORDINARY))
    suspend_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason="Se revisa.")
    told = [(e.state, e.by, e.reason) for e in seen(selectors.target_timeline, target.id)]
    assert told == [
        ("propuesto", "jalisco_analyst", ""),
        ("vigente", "jalisco_supervisor", ""),
        ("suspendido", "jalisco_supervisor", "Se revisa."),
    ]


def test_a_target_that_could_never_raise_a_hit_is_refused_and_says_what_to_add(cast: Cast) -> None:
    nothing_else = {"given": "", "paternal": "", "maternal": "", "birth_dates": (), "birth_state": ""}
    draft = draft_of(JUAN, names=("Juan Hernández",), **nothing_else)
    with pytest.raises(Incomplete) as refused:
        propose_target(actor=cast.jalisco_analyst, purpose=WATCH, draft=draft)
    assert "demasiadas personas" in refused.value.message and "fecha de nacimiento" in refused.value.hint
