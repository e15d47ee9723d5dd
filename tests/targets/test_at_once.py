"""Two transactions at once: nothing is missed, nothing is told twice, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from tequio.access.scoping import own, reach
from tequio.kernel import clock, outbox
from tequio.kernel.models import OutboxEntry
from tequio.registries.rnd.services import cancel_detention, correct_detention, register_detention
from tequio.targets import selectors
from tequio.targets.domain import RecordStanding, TargetState, Verdict
from tequio.targets.services import approve_target, propose_target, suspend_target
from tests.story import NOON, hits_of, judge, kinds, notices_of, the_hit
from tests.world import JUAN, SUPPLY, WATCH, Cast, detention, draft_of, react, seen, watch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("today")]

PATIENCE = 15
"""Seconds after which a test gives up waiting."""
VALUES = {
    "given_names": "Filiberto", "paternal_surname": "Muñoz", "maternal_surname": "Zepeda", "sex": "H",
    "birth_date": date(1984, 3, 7), "birth_state": "14", "detained_on": date(2026, 10, 20), "state_code": "18",
    "record_type": "hecho_probablemente_delictivo",
}  # fmt: skip


class Other:
    """Somebody else's transaction: does its work, then stays open until it is let go."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._done, self._go = threading.Event(), threading.Event()
        self.faults: list[BaseException] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            with clock.at(NOON), transaction.atomic():
                self._work()
                self._done.set()
                self._go.wait(PATIENCE)
        except BaseException as fault:  # a thread's failure would otherwise be lost
            self.faults.append(fault)
        finally:
            self._done.set()
            connection.close()

    def has_worked(self, seconds: float = PATIENCE) -> bool:
        """Whether its work is done, after waiting that long at most."""
        return self._done.wait(seconds)

    def let_go(self) -> None:
        """Let it commit, and see that it does."""
        self._go.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        assert not self.faults


def _register(cast: Cast) -> None:
    register_detention(actor=cast.nayarit_capturist, purpose=SUPPLY, supplier_key="NAY-0001", values=VALUES)


def _correct(cast: Cast, changes: dict[str, object]) -> None:
    found = detention(cast.nayarit_capturist, "NAY-0001")
    correct_detention(
        actor=cast.nayarit_capturist, purpose=SUPPLY, detention_id=found.id, changes=changes, reason="Se verificó."
    )


def test_a_target_approved_while_a_record_is_being_stored_finds_it_once(live_cast: Cast) -> None:
    storing = Other(lambda: _register(live_cast))
    assert storing.has_worked()
    watch(live_cast, draft_of(JUAN))
    assert not hits_of(live_cast.jalisco_analyst)
    storing.let_go()
    react()
    assert kinds(the_hit(live_cast.jalisco_analyst)) == ["abierta"]


def test_a_record_stored_while_a_target_is_being_approved_is_found_once(live_cast: Cast) -> None:
    proposed = propose_target(actor=live_cast.jalisco_analyst, purpose=WATCH, draft=draft_of(JUAN))
    approving = Other(lambda: approve_target(actor=live_cast.jalisco_supervisor, purpose=WATCH, target_id=proposed.id))
    assert approving.has_worked()
    _register(live_cast)
    react()
    assert not hits_of(live_cast.jalisco_analyst)
    approving.let_go()
    react()
    assert kinds(the_hit(live_cast.jalisco_analyst)) == ["abierta"]


def test_a_record_being_corrected_is_met_as_it_is_once_corrected(live_cast: Cast) -> None:
    _register(live_cast)
    react()
    correcting = Other(lambda: _correct(live_cast, {"given_names": "Filiberto José"}))
    assert correcting.has_worked()
    watch(live_cast, draft_of(JUAN), drain=False)
    outbox.drain()  # the search meets a record in other hands, and is tried again
    assert not hits_of(live_cast.jalisco_analyst)
    correcting.let_go()
    with clock.at(NOON + timedelta(seconds=5)):
        react()
    hit = the_hit(live_cast.jalisco_analyst)
    assert hit.record_version == 2
    assert "JOSÉ" in str(hit.explanation).upper()
    assert kinds(hit) == ["abierta"]


def test_a_record_being_cancelled_raises_no_hit(live_cast: Cast) -> None:
    _register(live_cast)
    react()
    found = detention(live_cast.nayarit_supervisor, "NAY-0001")
    cancelling = Other(
        lambda: cancel_detention(
            actor=live_cast.nayarit_supervisor, purpose=SUPPLY, detention_id=found.id, reason="Se duplicó."
        )
    )
    assert cancelling.has_worked()
    watch(live_cast, draft_of(JUAN), drain=False)
    outbox.drain()
    cancelling.let_go()
    with clock.at(NOON + timedelta(seconds=5)):
        react()
    assert not hits_of(live_cast.jalisco_analyst)


def test_a_correction_and_a_suspension_do_not_wait_in_a_circle(live_cast: Cast) -> None:
    _register(live_cast)
    target = watch(live_cast, draft_of(JUAN))
    boss = live_cast.jalisco_supervisor
    with transaction.atomic():
        with reach(own(boss)):
            selectors.lock_target(target.id)
        correcting = Other(
            lambda: _correct(live_cast, {"given_names": "Rutilio", "paternal_surname": "Arzate", "birth_date": None})
        )
        assert not correcting.has_worked(0.5)
        suspend_target(actor=boss, purpose=WATCH, target_id=target.id, reason="Se revisa.")
    assert correcting.has_worked()
    correcting.let_go()
    react()
    hit = the_hit(live_cast.jalisco_analyst)
    assert (hit.target_state, hit.record_standing) == (TargetState.SUSPENDED, RecordStanding.NO_LONGER_MATCHES)
    assert kinds(hit) == ["abierta", "objetivo_suspendido", "ya_no_coincide"]


def test_two_people_who_confirm_at_once_tell_the_issuer_once(live_cast: Cast) -> None:
    _register(live_cast)
    watch(live_cast, draft_of(JUAN))
    hit = the_hit(live_cast.jalisco_analyst)
    first = Other(lambda: judge(live_cast, hit, Verdict.POSITIVE))
    assert first.has_worked()
    second = Other(lambda: judge(live_cast, hit, Verdict.POSITIVE, live_cast.jalisco_second))
    assert not second.has_worked(0.3)
    first.let_go()
    assert second.has_worked()
    second.let_go()
    assert len(notices_of(live_cast.jalisco_liaison)) == 1
    assert [j.by for j in seen(selectors.judgements, hit.id)] == ["jalisco_supervisor", "jalisco_analyst"]


def test_two_agencies_that_record_one_detention_at_once_open_one_hit(live_cast: Cast) -> None:
    watch(live_cast, draft_of(JUAN))
    first = Other(lambda: _register(live_cast))
    assert first.has_worked()
    second = Other(
        lambda: register_detention(actor=live_cast.jalisco_supervisor, purpose=SUPPLY, supplier_key="JAL-77", values=VALUES)
    )
    assert not second.has_worked(0.3)
    first.let_go()
    assert second.has_worked()
    second.let_go()
    react()
    hit = the_hit(live_cast.jalisco_analyst)
    assert (hit.record_count, kinds(hit)) == (2, ["abierta", "registro_unido"])


def test_a_hit_judged_while_another_record_joins_it_keeps_both(live_cast: Cast) -> None:
    _register(live_cast)
    watch(live_cast, draft_of(JUAN))
    hit = the_hit(live_cast.jalisco_analyst)
    judging = Other(lambda: judge(live_cast, hit, Verdict.NEGATIVE))
    assert judging.has_worked()
    joining = Other(
        lambda: register_detention(actor=live_cast.jalisco_supervisor, purpose=SUPPLY, supplier_key="JAL-77", values=VALUES)
    )
    assert not joining.has_worked(0.3)
    judging.let_go()
    assert joining.has_worked()
    joining.let_go()
    after = the_hit(live_cast.jalisco_analyst)
    assert (after.state, after.record_count) == ("rechazada", 2)


def test_two_workers_that_search_for_the_same_target_open_one_hit(live_cast: Cast) -> None:
    _register(live_cast)
    react()
    watch(live_cast, draft_of(JUAN), drain=False)
    entry = OutboxEntry.objects.get(done_at=None)
    entry.pk = None
    entry.save()
    searching = Other(outbox.run_one)
    assert searching.has_worked()
    other = Other(outbox.run_one)
    assert not other.has_worked(0.3)
    searching.let_go()
    assert other.has_worked()
    other.let_go()
    react()
    assert kinds(the_hit(live_cast.jalisco_analyst)) == ["abierta"]
