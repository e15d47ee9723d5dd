"""A notice reaches its recipient and nobody else, is answered once, and its number is never lost or repeated."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction

from tequio.access.domain import Actor
from tequio.access.scoping import own, reach
from tequio.access.selectors import system_actor
from tequio.institutions.selectors import agency_by_code
from tequio.kernel import clock
from tequio.kernel.errors import NotAllowed, NotFound
from tequio.kernel.ids import new_id
from tequio.notices.domain import NoticeKind, Standing, Urgency
from tequio.notices.models import Notice
from tequio.notices.services import (
    Message,
    NoticeWithdrawn,
    acknowledge_notice,
    escalate_due,
    issue_notice,
    read_notices,
    withdraw_notices,
)
from tests.story import NOON, all_notices, last_line_id, lines_of
from tests.world import REVIEW, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def _issue(cast: Cast, about: UUID | None = None, urgency: Urgency = Urgency.URGENT, to: str = "JC-SSP") -> Notice:
    message = Message(NoticeKind.DETENTION, urgency, "hit", about or new_id(), {"objetivo": "OP-1"})
    return issue_notice(actor=cast.jalisco_analyst, purpose=REVIEW, recipient=agency_by_code(to), message=message)


def _acknowledge(actor: Actor, notice: Notice) -> Notice:
    return acknowledge_notice(actor=actor, purpose=REVIEW, notice_id=notice.id)


def _now(notice: Notice) -> Notice:
    return next(n for n in all_notices() if n.id == notice.id)


def test_telling_the_same_thing_again_is_telling_it_once(cast: Cast) -> None:
    about = new_id()
    assert _issue(cast, about).id == _issue(cast, about).id
    assert len(all_notices()) == 1


def test_acknowledging_twice_keeps_the_first_answer(cast: Cast) -> None:
    notice = _issue(cast)
    with clock.at(NOON + timedelta(minutes=5)):
        _acknowledge(cast.jalisco_liaison, notice)
    before = last_line_id()
    with clock.at(NOON + timedelta(minutes=50)):
        again = _acknowledge(cast.jalisco_supervisor, notice)
    assert (again.acknowledged_by, again.acknowledged_at) == ("jalisco_liaison", NOON + timedelta(minutes=5))
    assert not lines_of(cast.jalisco_supervisor, before)


def test_a_late_answer_stays_late(cast: Cast) -> None:
    notice = _issue(cast)
    with clock.at(NOON + timedelta(minutes=11)):
        _acknowledge(cast.jalisco_liaison, notice)
    assert _now(notice).standing(NOON + timedelta(days=900)) is Standing.LATE


def test_a_withdrawn_notice_asks_for_no_answer(cast: Cast) -> None:
    notice = _issue(cast)
    assert withdraw_notices(
        actor=cast.jalisco_analyst, purpose=REVIEW, about_kind="hit", about_id=notice.about_id, reason="juicio negativa"
    )
    with pytest.raises(NoticeWithdrawn) as refusal:
        _acknowledge(cast.jalisco_liaison, notice)
    assert notice.folio in refusal.value.message
    assert _now(notice).standing(NOON) is Standing.WITHDRAWN
    assert not read_notices(actor=cast.jalisco_liaison, purpose=REVIEW, unanswered=True)


def test_withdrawing_what_is_not_there_changes_nothing(cast: Cast) -> None:
    before = last_line_id()
    done = withdraw_notices(actor=cast.jalisco_analyst, purpose=REVIEW, about_kind="hit", about_id=new_id(), reason="no")
    assert done == 0
    assert last_line_id() == before


def test_silence_is_escalated_once_and_at_its_moment(cast: Cast) -> None:
    notice, routine = _issue(cast), _issue(cast, urgency=Urgency.ROUTINE)
    system = system_actor("FED-SSPC")
    with clock.at(NOON + timedelta(minutes=19, seconds=59)):
        assert escalate_due(actor=system) == []
    with clock.at(NOON + timedelta(minutes=20)):
        assert [n.id for n in escalate_due(actor=system)] == [notice.id]
        assert escalate_due(actor=system) == []
    assert _now(notice).escalated_at == NOON + timedelta(minutes=20)
    assert _now(routine).escalated_at is None


def test_what_was_answered_or_withdrawn_is_not_escalated(cast: Cast) -> None:
    answered, withdrawn = _issue(cast), _issue(cast)
    _acknowledge(cast.jalisco_liaison, answered)
    withdraw_notices(
        actor=cast.jalisco_analyst, purpose=REVIEW, about_kind="hit", about_id=withdrawn.about_id, reason="juicio negativa"
    )
    with clock.at(NOON + timedelta(days=9)):
        assert escalate_due(actor=system_actor("FED-SSPC")) == []


def test_only_the_system_escalates(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        escalate_due(actor=cast.jalisco_supervisor)


def test_only_the_recipient_reads_and_answers(cast: Cast) -> None:
    notice = _issue(cast)
    assert [n.id for n in read_notices(actor=cast.jalisco_liaison, purpose=REVIEW)] == [notice.id]
    assert read_notices(actor=cast.nayarit_liaison, purpose=REVIEW) == []
    said = []
    for asked in (notice.id, new_id()):
        with pytest.raises(NotFound) as refusal:
            acknowledge_notice(actor=cast.nayarit_liaison, purpose=REVIEW, notice_id=asked)
        said.append(refusal.value.as_dict())
    assert said[0] == said[1]
    with pytest.raises(NotAllowed):
        _acknowledge(cast.jalisco_analyst, notice)
    with reach(own(cast.nayarit_liaison)):
        assert not Notice.objects.exists()


def test_what_waits_is_read_first(cast: Cast) -> None:
    first = _issue(cast)
    with clock.at(NOON + timedelta(minutes=1)):
        second = _issue(cast)
    _acknowledge(cast.jalisco_liaison, second)
    assert [n.id for n in read_notices(actor=cast.jalisco_liaison, purpose=REVIEW)] == [first.id, second.id]


class _Undone(Exception):
    pass


def test_numbers_have_no_gaps_when_a_notice_is_undone(cast: Cast) -> None:
    _issue(cast)
    with pytest.raises(_Undone), transaction.atomic():
        _issue(cast)
        raise _Undone
    _issue(cast)
    assert [n.folio for n in all_notices()] == ["AVISO-JC-SSP-2026-00001", "AVISO-JC-SSP-2026-00002"]


def test_each_agency_and_year_counts_from_one(cast: Cast) -> None:
    _issue(cast)
    _issue(cast, to="NT-SSPC")
    with clock.at(NOON + timedelta(days=100)):
        _issue(cast)
    folios = {n.folio for n in all_notices()}
    assert folios == {"AVISO-JC-SSP-2026-00001", "AVISO-NT-SSPC-2026-00001", "AVISO-JC-SSP-2027-00001"}


@pytest.mark.django_db(transaction=True)
def test_two_transactions_at_once_take_following_numbers(live_cast: Cast) -> None:
    first_holds, faults = threading.Event(), []

    def second() -> None:
        try:
            first_holds.wait(10)
            with clock.at(NOON):
                _issue(live_cast)
        except Exception as fault:  # a thread's failure would otherwise be lost
            faults.append(fault)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        _issue(live_cast)
        first_holds.set()
        thread.join(0.3)
        assert thread.is_alive(), "the second must wait for the first's number"
    thread.join(10)
    assert not faults
    assert sorted(n.folio for n in all_notices()) == ["AVISO-JC-SSP-2026-00001", "AVISO-JC-SSP-2026-00002"]
