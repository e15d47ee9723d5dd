"""Notices on the web: clocks, acknowledgement, withdrawal, and what the holder is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from tequio.access.domain import PurposeCode
from tequio.kernel import clock
from tequio.kernel.ids import new_id
from tequio.notices.services import escalate_due
from tequio.targets.domain import Verdict
from tests.pages import browser, text_of
from tests.story import NOON, all_notices, hit_of_juan, judge, last_line, last_line_id, lines_of, notices_of
from tests.world import LOADER, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def test_the_liaison_reads_and_acknowledges_and_a_second_click_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    target, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.POSITIVE)
    [notice] = all_notices()
    client = browser("jalisco_liaison")
    inbox = text_of(client.get(reverse("ui:home")))
    assert notice.folio in inbox and "Quedan 10 min" in inbox
    page = client.get(reverse("notices:notice", args=[notice.id]))
    told = text_of(page)
    assert target.folio in told and "18017 Tepic" in told and "Quedan 10 min" in told and "Acusar de recibido" in told
    assert last_line(cast.jalisco_liaison).action == "notice.read"
    for minutes in (5, 12):
        with clock.at(NOON + timedelta(minutes=minutes)):
            sent = client.post(reverse("notices:acknowledge", args=[notice.id]))
            assert sent.status_code == 302
    [done] = all_notices()
    assert done.acknowledged_at == NOON + timedelta(minutes=5)
    with clock.at(NOON + timedelta(minutes=13)):
        after = text_of(client.get(reverse("notices:notice", args=[notice.id])))
        assert "acusado a tiempo" in after and "Acusar de recibido" not in after
        assert notice.folio not in text_of(client.get(reverse("ui:home")))


def test_overdue_and_escalated_notices_say_so_and_come_first(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.POSITIVE)
    with clock.at(NOON + timedelta(minutes=15)):
        assert "vencido sin acuse" in text_of(browser("jalisco_supervisor").get(reverse("notices:notices")))
    with clock.at(NOON + timedelta(minutes=25)):
        escalate_due(actor=LOADER)
        client = browser("jalisco_supervisor")
        assert "escalado" in text_of(client.get(reverse("notices:notices"), {"estado": "escalados"}))
        [notice] = all_notices()
        assert "nadie lo había acusado" in text_of(client.get(reverse("notices:notice", args=[notice.id])))


def test_a_withdrawn_notice_asks_for_nothing(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.POSITIVE)
    judge(cast, hit, Verdict.NEGATIVE)
    [notice] = all_notices()
    client = browser("jalisco_liaison")
    page = text_of(client.get(reverse("notices:notice", args=[notice.id])))
    assert "no requiere acuse" in page and "Acusar de recibido" not in page
    refused = client.post(reverse("notices:acknowledge", args=[notice.id]))
    assert refused.status_code == 409 and "AVISO_RETIRADO" in text_of(refused)


def test_the_holder_is_told_what_it_may_know_and_finds_no_way_to_the_hit(cast: Cast, tmp_path: Path) -> None:
    target, hit = hit_of_juan(cast, tmp_path, tell_holder=True)
    judge(cast, hit, Verdict.POSITIVE)
    [notice] = notices_of(cast.nayarit_liaison)
    body = browser("nayarit_liaison").get(reverse("notices:notice", args=[notice.id])).content.decode()
    assert "NAY-0001" in body and "JC-SSP" in body
    assert str(hit.id) not in body and target.folio not in body and str(target.id) not in body


@pytest.mark.parametrize(
    ("username", "code"),
    [
        ("jalisco_analyst", PurposeCode.HIT_REVIEW),
        ("jalisco_auditor", PurposeCode.AUDIT),
        ("nayarit_capturist", PurposeCode.CUSTODY),
        ("outsider", PurposeCode.INVESTIGATION),
    ],
)
def test_who_has_no_notices_is_refused_and_that_is_on_the_log(
    username: str, code: PurposeCode, cast: Cast, tmp_path: Path
) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.POSITIVE)
    [notice] = all_notices()
    client, since = browser(username, code), last_line_id()
    assert client.get(reverse("notices:notices")).status_code == 403
    assert client.get(reverse("notices:notice", args=[notice.id])).status_code == 403
    assert client.post(reverse("notices:acknowledge", args=[notice.id])).status_code == 403
    assert lines_of(getattr(cast, username), since) == [("screen.refused", "negado")] * 3


def test_another_agency_cannot_tell_a_notice_from_nothing(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.POSITIVE)
    [notice] = all_notices()
    client = browser("nayarit_liaison")
    for ask in (
        lambda one: client.get(reverse("notices:notice", args=[one])),
        lambda one: client.post(reverse("notices:acknowledge", args=[one])),
    ):
        there, nothing = ask(notice.id), ask(new_id())
        assert (there.status_code, text_of(there)) == (nothing.status_code, text_of(nothing))
        assert there.status_code == 404
