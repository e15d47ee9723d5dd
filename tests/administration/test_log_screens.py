"""The screens of the log, as auditors use them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from tequio.access.domain import Actor, Purpose, PurposeCode
from tequio.audit import reading
from tequio.audit.domain import Action, Filters, Place
from tequio.audit.models import Line
from tequio.audit.services import record, unit_of_work
from tequio.kernel import clock
from tequio.kernel.errors import Invalid, NotAllowed
from tequio.registries.rnd.services import read_detention
from tests.screens import MARKUP, assert_refused, browser, text_of
from tests.story import last_line, last_line_id, lines_of
from tests.world import INQUIRY, JUAN, Cast, detention, supply

AUDIT = Purpose(PurposeCode.AUDIT, "AUDITORIA-1")
CURP = "MUZF840307HJCXPL09"


def write_lines(actor: Actor, count: int, since: datetime) -> None:
    """Lines of one second each."""
    for n in range(count):
        with clock.at(since + timedelta(seconds=n)), unit_of_work(actor=actor, purpose=INQUIRY, action=Action.DETENTION_READ):
            record(actor=actor, purpose=INQUIRY, action=Action.DETENTION_READ, subject_kind="detention", subjects=[f"d-{n}"])


@pytest.fixture
def auditor(cast: Cast, today: datetime) -> Client:
    """Jalisco's auditor."""
    return browser("jalisco_auditor", "auditoria")


@pytest.fixture
def federal(cast: Cast, today: datetime) -> Client:
    """The federal auditor."""
    return browser("hub_auditor", "auditoria")


def test_pages_follow_one_another_without_a_gap_in_both_ways(cast: Cast, today: datetime) -> None:
    write_lines(cast.jalisco_analyst, 7, today)
    write_lines(cast.jalisco_second, 7, today)
    every = Filters(chain="JC-SSP", action=Action.DETENTION_READ.value)
    seen: list[int] = []
    place: Place | None = None
    while page := reading.list_lines(actor=cast.jalisco_auditor, purpose=AUDIT, filters=every, before=place, limit=4):
        seen += [line.pk for line in page]
        place = Place(page[-1].at, page[-1].pk)
    wanted = Line.objects.filter(chain="JC-SSP", action="detention.read").order_by("-at", "-id").values_list("pk", flat=True)
    assert seen == list(wanted) and len(seen) >= 14
    third = Line.objects.get(pk=seen[8])
    back = reading.list_lines(
        actor=cast.jalisco_auditor, purpose=AUDIT, filters=every, after=Place(third.at, third.pk), limit=4
    )
    assert [line.pk for line in back] == seen[4:8]


@pytest.mark.parametrize(
    "text", ["", "x", "2026-01-01~1", "2026-01-01T00:00:00+00:00~x", "2026-01-01T00:00:00+00:00~" + "9" * 30]
)
def test_a_place_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Place.read(text)


def test_a_state_auditor_reads_the_own_chain_alone_and_a_federal_one_all(cast: Cast, today: datetime) -> None:
    write_lines(cast.nayarit_analyst, 1, today)
    write_lines(cast.jalisco_analyst, 1, today)
    own = reading.list_lines(actor=cast.jalisco_auditor, purpose=AUDIT, filters=Filters(), limit=100)
    assert {line.chain for line in own} == {"JC-SSP"}
    with pytest.raises(NotAllowed):
        reading.list_lines(actor=cast.jalisco_auditor, purpose=AUDIT, filters=Filters(chain="NT-SSPC"), limit=100)
    every = reading.list_lines(actor=cast.hub_auditor, purpose=AUDIT, filters=Filters(), limit=100)
    assert {"JC-SSP", "NT-SSPC"} <= {line.chain for line in every}


def test_each_page_of_the_log_leaves_one_line_that_tells_what_was_asked(auditor: Client, cast: Cast) -> None:
    write_lines(cast.jalisco_analyst, 3, clock.now())
    before = last_line_id()
    page = text_of(auditor.get("/bitacora/?persona=jalisco_analyst&accion=detention.read&desde=2026-10-01&hasta=2026-11-30"))  # type: ignore[arg-type]
    assert "jalisco_analyst" in page and "Consultó detenciones" in page
    assert lines_of(cast.jalisco_auditor, before) == [("audit.read", "hecho")]
    told = last_line(cast.jalisco_auditor).facts
    assert told["filters"]["username"] == "jalisco_analyst" and told["filters"]["action"] == "detention.read"
    auditor.get("/bitacora/?persona=MUZF840307HJCXPL09&folio=Filiberto")
    assert set(last_line(cast.jalisco_auditor).facts["filters"]) == {"chain"}


def test_the_screen_pages_by_place_and_exports_the_whole_list(auditor: Client, cast: Cast) -> None:
    write_lines(cast.jalisco_analyst, 60, clock.now())
    address = "/bitacora/?accion=detention.read"
    first = auditor.get(address)
    second = auditor.get(first.context["table"].next_url)
    third = auditor.get(second.context["table"].next_url)
    rows = [line.pk for page in (first, second, third) for line in page.context["table"].rows]
    assert len(rows) == len(set(rows)) == 60 and third.context["table"].next_url == ""
    back = auditor.get(third.context["table"].previous_url)
    assert [line.pk for line in back.context["table"].rows] == [line.pk for line in second.context["table"].rows]
    assert back.context["table"].previous_url == address
    before = last_line_id()
    assert text_of(auditor.get(f"{address}&formato=csv")).count("jalisco_analyst") == 60  # type: ignore[arg-type]
    assert [action for action, _ in lines_of(cast.jalisco_auditor, before)] == ["audit.read", "screen.exported"]


def test_what_somebody_typed_as_a_folio_is_shown_as_text(auditor: Client, cast: Cast) -> None:
    purpose = Purpose(PurposeCode.INVESTIGATION, MARKUP)
    with unit_of_work(actor=cast.jalisco_analyst, purpose=purpose, action=Action.DETENTION_READ):
        record(actor=cast.jalisco_analyst, purpose=purpose, action=Action.DETENTION_READ)
    page = text_of(auditor.get("/bitacora/"))  # type: ignore[arg-type]
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_a_whole_log_is_said_to_be_so_and_a_broken_one_where(federal: Client, cast: Cast) -> None:
    write_lines(cast.jalisco_analyst, 3, clock.now())
    assert "La bitácora está íntegra" in text_of(federal.post("/bitacora/comprobacion/"))  # type: ignore[arg-type]
    assert "íntegra" in text_of(federal.get("/bitacora/comprobacion/"))  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("ALTER TABLE audit_line DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_line SET username = 'otra' WHERE chain = 'JC-SSP' AND number = 1")
        cursor.execute("ALTER TABLE audit_line ENABLE TRIGGER USER")
    page = text_of(federal.post("/bitacora/comprobacion/", {"cadena": "JC-SSP"}))  # type: ignore[arg-type]
    assert "NO está íntegra" in page and "JC-SSP#1" in page


def test_a_state_auditor_checks_the_own_chain_and_no_other(auditor: Client, cast: Cast) -> None:
    assert "La bitácora está íntegra" in text_of(auditor.post("/bitacora/comprobacion/"))  # type: ignore[arg-type]
    assert "NT-SSPC" not in text_of(auditor.get("/bitacora/comprobacion/"))  # type: ignore[arg-type]
    for address in ("/bitacora/comprobacion/", "/bitacora/sacar/"):
        assert auditor.post(address, {"cadena": "NT-SSPC"}).status_code == 403


def test_more_lines_than_somebody_waits_for_are_left_to_the_command(federal: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tequio.administration.views.log.MOST_VERIFIED", 1)
    answer = federal.post("/bitacora/comprobacion/")
    assert answer.status_code == 422 and "línea de comandos" in answer.content.decode()


def test_the_log_goes_out_line_by_line_with_what_is_needed_to_check_it(auditor: Client, cast: Cast) -> None:
    write_lines(cast.jalisco_analyst, 2, clock.now())
    lines = [json.loads(line) for line in text_of(auditor.post("/bitacora/sacar/")).splitlines()]  # type: ignore[arg-type]
    assert {line["chain"] for line in lines} == {"JC-SSP"} and all(line["fingerprint"] for line in lines)
    assert last_line(cast.jalisco_auditor).action == "audit.exported"


def test_who_looked_at_a_record_is_told_by_its_id_and_by_the_person(federal: Client, cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN | {"curp": CURP}])
    record_id = detention(cast.nayarit_analyst, "NAY-0001").id
    read_detention(actor=cast.nayarit_analyst, purpose=INQUIRY, detention_id=record_id)
    for asked in (str(record_id), CURP, CURP.lower()):
        page = text_of(federal.post("/bitacora/quien-vio/", {"asked": asked}))  # type: ignore[arg-type]
        assert "nayarit_analyst" in page and "Consultó detenciones" in page and "CARPETA-4" in page, asked
    line = last_line(cast.hub_auditor)
    assert line.action == "audit.looks_read" and line.subjects == [str(record_id)]
    assert CURP not in json.dumps([line.facts, line.subjects])


def test_an_auditor_of_another_state_is_told_of_none(auditor: Client, cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN | {"curp": CURP}])
    record_id = detention(cast.nayarit_analyst, "NAY-0001").id
    read_detention(actor=cast.nayarit_analyst, purpose=INQUIRY, detention_id=record_id)
    for asked in (str(record_id), CURP):
        page = text_of(auditor.post("/bitacora/quien-vio/", {"asked": asked}))  # type: ignore[arg-type]
        assert "nayarit_analyst" not in page and "Nadie, en las cadenas" in page
        assert str(record_id) not in page or asked == str(record_id)


@pytest.mark.parametrize("asked", ["", "x", "' OR 1=1", MARKUP, "A" * 64])
def test_what_is_neither_id_nor_curp_is_told_beside_the_field(auditor: Client, asked: str) -> None:
    answer = auditor.post("/bitacora/quien-vio/", {"asked": asked})
    assert answer.status_code == 422 and 'href="#id_asked"' in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()


def test_nobody_else_reads_the_log(cast: Cast) -> None:
    for address in ("/bitacora/", "/bitacora/comprobacion/", "/bitacora/quien-vio/"):
        for username in ("nayarit_supervisor", "administrator", "outsider", "hub_operator"):
            assert_refused(cast, username, address)
    assert browser("nayarit_analyst").post("/bitacora/sacar/").status_code == 403
