"""A deed and its line are one thing; refusals leave theirs; nobody's data is in any."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from django.db import connection

from tequio.access.domain import Actor, Permission, Purpose, PurposeCode, Role
from tequio.access.models import RoleGrant, User
from tequio.access.policy import not_found, require, require_purpose
from tequio.accounts.services import OwnRoles, UsernameTaken, create_user, grant_roles, list_accounts
from tequio.audit import selectors
from tequio.audit.domain import GENESIS, Action, Outcome, fingerprint
from tequio.audit.models import Line
from tequio.audit.services import export_log, record, unit_of_work, verify_log
from tequio.institutions.selectors import agency_by_code
from tequio.kernel import clock
from tequio.kernel.errors import Conflict, Invalid, NotAllowed, TequioError
from tequio.people.domain import Subject
from tequio.search.services import search_person
from tequio.targets.domain import Verdict
from tequio.targets.services import list_targets
from tests.story import NOON, correct_juan, hit_of_juan, judge, last_line, last_line_id
from tests.world import INQUIRY, JUAN, WATCH, WHY, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

WHO = Actor("escribana", 0, "PRUEBA", "", frozenset({Role.CONSULTATION}))
AUDIT = Purpose(PurposeCode.AUDIT, "AUDITORIA-1")


def _lines() -> list[Line]:
    return list(Line.objects.filter(chain="PRUEBA").order_by("number"))


def _deed(failure: Exception | None) -> None:
    with unit_of_work(actor=WHO, purpose=WHY, action=Action.HIT_JUDGED):
        connection.cursor().execute("CREATE TEMP TABLE deed (n int) ON COMMIT DROP")
        record(actor=WHO, purpose=WHY, action=Action.HIT_JUDGED)
        if failure is not None:
            raise failure


def _deed_is_there() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.deed') IS NOT NULL")
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("failure", [Invalid("no", facts={"name": "Zepeda"}), Conflict("no")])
def test_an_expected_failure_undoes_the_deed_and_leaves_its_own_line(failure: TequioError) -> None:
    with pytest.raises(type(failure)):
        _deed(failure)
    assert not _deed_is_there()
    [line] = _lines()
    assert (line.action, line.outcome, line.facts) == ("hit.judged", Outcome.FAILED, {"code": failure.code})


@pytest.mark.parametrize("failure", [RuntimeError("no"), KeyboardInterrupt()])
def test_a_deed_that_fails_leaves_neither_itself_nor_its_line(failure: Exception) -> None:
    with pytest.raises(type(failure)):
        _deed(failure)
    assert not _deed_is_there()
    assert _lines() == []


@pytest.mark.parametrize("refusal", [NotAllowed("no", facts={"permission": "hit.judge", "name": "Zepeda"}), not_found()])
def test_a_refusal_undoes_the_deed_and_leaves_its_own_line(refusal: TequioError) -> None:
    with pytest.raises(type(refusal)):
        _deed(refusal)
    assert not _deed_is_there()
    [line] = _lines()
    assert (line.action, line.outcome, line.facts["code"]) == ("hit.judged", Outcome.REFUSED, refusal.code)
    assert "Zepeda" not in json.dumps(line.facts)


def test_a_missing_purpose_is_a_refusal_on_the_log() -> None:
    with pytest.raises(TequioError), unit_of_work(actor=WHO, purpose=None, action=Action.PERSON_SEARCHED):
        require_purpose(None)
    [line] = _lines()
    assert (line.action, line.outcome, line.facts) == ("search.person", "negado", {"code": "FALTA_FINALIDAD"})


def test_an_inner_refusal_is_one_line_of_the_outer_deed() -> None:
    with pytest.raises(NotAllowed), unit_of_work(actor=WHO, purpose=WHY, action=Action.HIT_JUDGED):
        record(actor=WHO, purpose=WHY, action=Action.HIT_JUDGED)
        with unit_of_work(actor=WHO, purpose=WHY, action=Action.NOTICE_ISSUED):
            require(WHO, Permission.HIT_JUDGE)
    [line] = _lines()
    assert (line.action, line.outcome) == ("hit.judged", "negado")


def test_a_line_outside_a_unit_of_work_is_a_fault_of_the_program() -> None:
    with pytest.raises(RuntimeError):
        record(actor=WHO, purpose=WHY, action=Action.HIT_READ)


def test_lines_of_one_deed_are_numbered_in_order_in_each_chain() -> None:
    other = Actor("otra", 0, "AJENA", "", frozenset(), is_system=True)
    with unit_of_work(actor=WHO, purpose=WHY, action=Action.HIT_JUDGED):
        for actor in (WHO, other, WHO):
            record(actor=actor, purpose=WHY, action=Action.HIT_JUDGED)
    assert [line.number for line in _lines()] == [1, 2]
    assert selectors.verify(None)[1] == []


def test_a_line_keeps_who_when_as_what_and_for_which_purpose() -> None:
    with unit_of_work(actor=WHO, purpose=AUDIT, action=Action.HIT_READ):
        record(actor=WHO, purpose=AUDIT, action=Action.HIT_READ, subject_kind="hit", subjects=["x"], facts={"n": 1}, key="k")
    [line] = _lines()
    assert (line.username, line.roles, line.at) == ("escribana", ["consulta"], NOON)
    assert (line.purpose, line.folio, line.subject_kind, line.subjects) == ("auditoria", "AUDITORIA-1", "hit", ["x"])
    assert (line.facts, line.key) == ({"n": 1}, "k")


@pytest.mark.parametrize("folio", ["F" * 121, "con \x00", "con \ud800", "dos\nrenglones"])
def test_a_folio_that_the_log_cannot_keep_is_refused(folio: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Purpose(PurposeCode.AUDIT, folio)
    assert refusal.value.hint


def test_no_line_of_a_whole_story_holds_anybodys_data(cast: Cast, tmp_path: Path) -> None:
    curp = "MUZF840307HJCXPL09"
    _, hit = hit_of_juan(cast, tmp_path, curps=(), note="Zepeda es peligroso")
    correct_juan(cast, {"curp": curp, "aliases": ["El Fili"]})
    judge(cast, hit, Verdict.POSITIVE)
    asked = Subject.from_fields(given="Filiberto", paternal="Muñoz", maternal="Zepeda", curp=(curp,), aliases=("El Fili",))
    search_person(actor=cast.jalisco_analyst, purpose=INQUIRY, subject=asked)
    told = json.dumps([selectors.content(line) for line in Line.objects.all()], ensure_ascii=False).upper()
    assert "SUPPLY.PROCESSED" in told
    words = [
        "FILIBERTO",
        "MUÑOZ",
        "MUNOZ",
        "ZEPEDA",
        "1984-03-07",
        curp,
        "EL FILI",
        "APREHENSOR",
        JUAN["aprehensor_nombre"].upper(),
    ]
    assert not [word for word in words if word in told]
    assert selectors.verify(None)[1] == []


def _some_lines(cast: Cast) -> None:
    for _ in range(3):
        list_targets(actor=cast.jalisco_analyst, purpose=WATCH)


def test_an_auditor_reaches_the_own_chain_and_a_federal_one_all(cast: Cast) -> None:
    _some_lines(cast)
    assert verify_log(actor=cast.jalisco_auditor, purpose=AUDIT, chain="JC-SSP") == (3, [])
    for chain in (None, "NT-SSPC", "NO-EXISTE"):
        with pytest.raises(NotAllowed):
            verify_log(actor=cast.jalisco_auditor, purpose=AUDIT, chain=chain)
        with pytest.raises(NotAllowed):
            export_log(actor=cast.jalisco_auditor, purpose=AUDIT, chain=chain, write=lambda row: None)
    assert verify_log(actor=cast.hub_auditor, purpose=AUDIT, chain=None)[1] == []


def test_an_export_can_be_checked_without_the_database(cast: Cast) -> None:
    rows: list[dict[str, object]] = []
    _some_lines(cast)
    assert export_log(actor=cast.jalisco_auditor, purpose=AUDIT, chain="JC-SSP", write=rows.append) == len(rows) == 3
    previous = GENESIS
    for row in json.loads(json.dumps(rows)):
        said = {name: value for name, value in row.items() if name not in {"previous", "fingerprint"}}
        assert row["previous"] == previous
        assert fingerprint(previous, said) == row["fingerprint"]
        previous = row["fingerprint"]


def test_an_administrator_sees_the_own_agencys_accounts_and_it_is_on_the_log(cast: Cast) -> None:
    before = last_line_id()
    found = {account.username for account in list_accounts(actor=cast.administrator)}
    assert "nayarit_analyst" in found
    assert "jalisco_analyst" not in found
    [line] = Line.objects.filter(id__gt=before)
    assert (line.action, line.outcome) == ("user.read", "hecho")


def test_a_username_of_another_agency_is_not_taken_over(cast: Cast) -> None:
    agency = agency_by_code("NT-SSPC")
    with pytest.raises(UsernameTaken):
        create_user(actor=cast.administrator, purpose=WHY, username="jalisco_analyst", full_name="Otra", agency=agency)
    again = create_user(actor=cast.administrator, purpose=WHY, username="nayarit_analyst", full_name="x", agency=agency)
    assert again.full_name == "nayarit_analyst"


def test_whoever_administers_accounts_gives_no_roles_to_the_own(cast: Cast) -> None:
    user = User.objects.get(username="administrator")
    with pytest.raises(OwnRoles):
        grant_roles(
            actor=cast.administrator, purpose=WHY, user=user, roles=[Role.AUDITOR], valid_from=NOON.date(), document="Oficio 1"
        )
    assert last_line(cast.administrator).outcome == Outcome.REFUSED
    assert not RoleGrant.objects.filter(user=user, role=Role.AUDITOR).exists()


@pytest.mark.django_db(transaction=True)
def test_units_on_the_same_chains_in_opposite_order_do_not_wait_for_each_other_for_ever() -> None:
    a = Actor("a", 0, "CADENA-A", "", frozenset(), is_system=True)
    b = Actor("b", 0, "CADENA-B", "", frozenset(), is_system=True)
    faults: list[BaseException] = []
    start = threading.Barrier(2)

    def work(first: Actor, second: Actor) -> None:
        try:
            with clock.at(NOON):
                start.wait(10)
                for _ in range(15):
                    with unit_of_work(actor=first, purpose=None, action=Action.HIT_OPENED):
                        record(actor=first, purpose=None, action=Action.HIT_OPENED)
                        record(actor=second, purpose=None, action=Action.HIT_OPENED)
        except BaseException as fault:  # a thread's failure would otherwise be lost
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in ((a, b), (b, a))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not faults
    assert selectors.verify("CADENA-A") == selectors.verify("CADENA-B") == (30, [])
