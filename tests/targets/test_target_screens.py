"""Targets on the web: one person proposes, another approves, time suspends, and nothing tells who else is looking."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from tequio.access.domain import PurposeCode
from tequio.kernel import clock
from tequio.kernel.ids import new_id
from tequio.targets.domain import TargetState
from tequio.targets.models import Target
from tequio.targets.services import (
    approve_target,
    find_alike,
    propose_target,
    read_calendar,
    review_target,
    suspend_overdue,
    validate_target,
)
from tests.pages import browser, text_of, value_of
from tests.story import NOON, hit_of_juan, last_line, last_line_id, lines_of, target_now
from tests.world import JUAN, LOADER, WATCH, Cast, draft_of, stored, watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

SEARCH = PurposeCode.TARGET_SEARCH
FORM = {
    "given": "Filiberto", "paternal": "Muñoz", "maternal": "Zepeda", "sex": "H", "birth_dates": "07/03/1984",
    "birth_state": "JC", "grounds": "orden_aprehension", "document": "CAUSA 12/2026", "priority": "alta",
    "aliases": "El Fili\nFB",
}  # fmt: skip


def test_a_target_is_proposed_by_one_and_approved_by_another(cast: Cast) -> None:
    analyst, supervisor = browser("jalisco_analyst", SEARCH), browser("jalisco_supervisor", SEARCH)
    sent = analyst.post(reverse("targets:new"), FORM)
    [made] = stored(Target)
    assert (sent.status_code, sent.headers["Location"]) == (302, reverse("targets:target", args=[made.id]))
    assert (made.state, made.proposed_by, made.priority) == ("propuesto", "jalisco_analyst", "alta")
    assert [alias["text"] for alias in made.subject["aliases"]] == ["El Fili", "FB"]
    assert "Objetivo propuesto" in text_of(supervisor.get(reverse("ui:home")))
    assert "Aprobar" in text_of(supervisor.get(reverse("targets:target", args=[made.id])))
    assert "Aprobar" not in text_of(analyst.get(reverse("targets:target", args=[made.id])))
    assert supervisor.post(reverse("targets:approve", args=[made.id])).status_code == 302
    assert target_now(made.id).state == TargetState.ACTIVE


def test_who_proposes_cannot_approve(cast: Cast) -> None:
    supervisor = browser("jalisco_supervisor", SEARCH)
    supervisor.post(reverse("targets:new"), FORM)
    [made] = stored(Target)
    page = supervisor.get(reverse("targets:target", args=[made.id]))
    assert "Falta que otra persona supervisora" in text_of(page)
    refused = supervisor.post(reverse("targets:approve", args=[made.id]))
    assert refused.status_code == 409 and "Quien propone un objetivo no puede aprobarlo" in text_of(refused)
    assert target_now(made.id).state == TargetState.PROPOSED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"document": " "}, "Documento"),
        ({"grounds": "inventado"}, "Fundamento"),
        ({"given": "", "paternal": "", "maternal": ""}, "nombre"),
        ({"valid_to": "2020-01-01"}, "vigencia"),
        ({"valid_to": "2999-01-01"}, "vigencia"),
        ({"covert": "on", "tell_holder": "on"}, "encubierto"),
        ({"birth_dates": "", "given": "", "maternal": "", "aliases": ""}, "nombre"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_registered(changes: dict[str, str], field: str, cast: Cast) -> None:
    page = browser("jalisco_analyst", SEARCH).post(reverse("targets:new"), FORM | changes)
    assert page.status_code == 422 and 'id="corregir"' in page.content.decode()
    assert field.casefold() in text_of(page).casefold()
    assert not stored(Target)


def test_a_target_that_may_be_another_of_the_agency_is_shown_before_it_is_registered(cast: Cast) -> None:
    former = watch(cast, draft_of(JUAN))
    client = browser("jalisco_analyst", SEARCH)
    first = client.post(reverse("targets:new"), FORM)
    assert first.status_code == 422 and former.folio in text_of(first) and len(stored(Target)) == 1
    again = client.post(reverse("targets:new"), FORM | {"visto": value_of(first, "visto")})
    assert again.status_code == 302 and len(stored(Target)) == 2


def test_alike_are_found_in_every_state_of_the_own_agency_and_in_no_other(cast: Cast) -> None:
    proposed = propose_target(actor=cast.jalisco_second, purpose=WATCH, draft=draft_of(JUAN))
    theirs = propose_target(actor=cast.nayarit_analyst, purpose=WATCH, draft=draft_of(JUAN))
    approve_target(actor=cast.nayarit_supervisor, purpose=WATCH, target_id=theirs.id)
    found = find_alike(actor=cast.jalisco_analyst, purpose=WATCH, draft=draft_of(JUAN))
    assert [one.target.id for one in found] == [proposed.id]
    other = draft_of(JUAN | {"nombre": "Rutilio", "primer_apellido": "Arzate", "segundo_apellido": "Ibarrola"}, birth_dates=())
    assert find_alike(actor=cast.jalisco_analyst, purpose=WATCH, draft=other) == []


def test_registering_tells_nothing_of_whom_others_look_for(cast: Cast) -> None:
    pages = []
    for looked_for in (False, True):
        if looked_for:
            theirs = propose_target(actor=cast.nayarit_analyst, purpose=WATCH, draft=draft_of(JUAN))
            approve_target(actor=cast.nayarit_supervisor, purpose=WATCH, target_id=theirs.id)
        client = browser("jalisco_analyst", SEARCH)
        pages.append(
            (text_of(client.get(reverse("targets:new"))), client.post(reverse("targets:new"), FORM | {"document": ""}))
        )
    assert pages[0][0] == pages[1][0]
    assert text_of(pages[0][1]) == text_of(pages[1][1])


@pytest.mark.parametrize(
    ("step", "data", "state"),
    [
        ("validate", {"motivo": "Sigue."}, TargetState.ACTIVE),
        ("review", {"motivo": "Sigue."}, TargetState.ACTIVE),
        ("suspend", {"motivo": "Se revisa."}, TargetState.SUSPENDED),
        ("close", {"motivo": "Se localizó."}, TargetState.CLOSED),
        ("threshold", {"motivo": "Homónimos.", "bits": "40"}, TargetState.ACTIVE),
    ],
)
def test_each_step_asks_for_a_reason_and_is_told_in_the_sheet(step: str, data: dict[str, str], state: str, cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    client, url = browser("jalisco_supervisor", SEARCH), reverse(f"targets:{step}", args=[target.id])
    assert client.post(url, data | {"motivo": ""}).status_code == 422
    assert client.post(url, data).status_code == 302
    assert target_now(target.id).state == state
    assert data["motivo"] in text_of(client.get(reverse("targets:target", args=[target.id])))


def test_a_step_that_the_state_does_not_admit_says_so(cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    client = browser("jalisco_supervisor", SEARCH)
    page = client.post(reverse("targets:resume", args=[target.id]), {"motivo": "x"})
    assert page.status_code == 409 and "para esto debe estar suspendido" in text_of(page)


@pytest.mark.parametrize("step", ["approve", "validate", "review", "suspend", "resume", "close", "threshold"])
def test_only_a_supervisor_takes_steps_and_a_refusal_is_on_the_log(step: str, cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    client, since = browser("jalisco_analyst", SEARCH), last_line_id()
    assert client.post(reverse(f"targets:{step}", args=[target.id]), {"motivo": "x", "bits": "40"}).status_code == 403
    assert lines_of(cast.jalisco_analyst, since) == [("screen.refused", "negado")]


def test_another_agency_cannot_tell_a_target_from_nothing(cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    client = browser("nayarit_supervisor", SEARCH)
    for name in ("target", "approve", "validate", "suspend", "resume", "close"):
        answers = []
        for one in (target.id, new_id()):
            url = reverse(f"targets:{name}", args=[one])
            page = client.get(url) if name == "target" else client.post(url, {"motivo": "x"})
            answers.append((page.status_code, text_of(page)))
        assert answers[0] == answers[1] and answers[0][0] == 404, name
    assert "No hay objetivos" in text_of(client.get(reverse("targets:targets")))


def test_the_list_filters_sorts_and_leaves_a_line(cast: Cast, tmp_path: Path) -> None:
    hit_of_juan(cast, tmp_path)
    propose_target(actor=cast.jalisco_analyst, purpose=WATCH, draft=draft_of(JUAN | {"nombre": "Rutilio"}))
    client = browser("jalisco_analyst", SEARCH)
    everything = client.get(reverse("targets:targets"), {"orden": "objetivo"}).context["table"].rows
    assert [row.title[:4] for row in everything] == ["Fili", "Ruti"]
    proposed = client.get(reverse("targets:targets"), {"estado": "propuesto", "nombre": "rut"}).context["table"].rows
    assert [row.title[:4] for row in proposed] == ["Ruti"]
    assert (last_line(cast.jalisco_analyst).action, len(last_line(cast.jalisco_analyst).subjects)) == ("target.read", 1)


def test_the_calendar_says_what_to_validate_and_when_and_what_time_suspended(cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN, valid_to=NOON.date() + timedelta(days=60)))
    found = read_calendar(actor=cast.jalisco_analyst, purpose=WATCH)
    assert [(due.kind, due.on) for due in found.dues] == [
        ("fin de vigencia", NOON.date() + timedelta(days=60)), ("validación", NOON.date() + timedelta(days=90)),
    ]  # fmt: skip
    assert found.dues[1].opens == NOON.date() + timedelta(days=60)
    with clock.at(NOON + timedelta(days=91)):
        suspend_overdue(actor=LOADER)
        late = browser("jalisco_supervisor", SEARCH).get(reverse("targets:calendar"))
        assert "Suspendidos" in text_of(late) and target.folio in text_of(late)


def test_a_full_review_comes_due_after_its_years_with_notice_before(cast: Cast) -> None:
    target = watch(cast, draft_of(JUAN))
    for days in (80, 430, 780):
        with clock.at(NOON + timedelta(days=days)):
            validate_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason="Sigue.")
    with clock.at(NOON + timedelta(days=1000)):
        kinds = {due.kind.value: due for due in read_calendar(actor=cast.jalisco_analyst, purpose=WATCH).dues}
        assert (kinds["revisión"].on, kinds["revisión"].opens) == (
            NOON.date().replace(year=2029),
            NOON.date().replace(year=2029, month=7),
        )
        review_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=target.id, reason="Se revisó.")
        assert "revisión" not in {due.kind.value for due in read_calendar(actor=cast.jalisco_analyst, purpose=WATCH).dues}


def test_validations_due_wait_in_the_inbox_of_whoever_approves(cast: Cast) -> None:
    watch(cast, draft_of(JUAN))
    with clock.at(NOON + timedelta(days=70)):
        assert "Validación de objetivo" in text_of(browser("jalisco_supervisor", SEARCH).get(reverse("ui:home")))
        assert "Validación de objetivo" not in text_of(browser("jalisco_analyst", SEARCH).get(reverse("ui:home")))


def test_the_inbox_names_nobody(cast: Cast, tmp_path: Path) -> None:
    hit_of_juan(cast, tmp_path)
    propose_target(actor=cast.jalisco_analyst, purpose=WATCH, draft=draft_of(JUAN))
    for username in ("jalisco_analyst", "jalisco_supervisor", "jalisco_liaison"):
        told = text_of(browser(username, None).get(reverse("ui:home")))
        assert "Filiberto" not in told and "Zepeda" not in told
