"""Who may do what, as one table: every service that somebody calls, put to every role, and what each leaves on the log."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

import tequio
from tequio.access.domain import PERMISSIONS, Actor, Permission, Purpose, PurposeCode, Role, Suspension
from tequio.access.models import User
from tequio.accounts import selectors as account_selectors
from tequio.accounts import services as accounts
from tequio.accounts.domain import Training
from tequio.accounts.services import common as account_common
from tequio.accounts.services import requests as account_steps
from tequio.accounts.services import users as account_users
from tequio.accounts.views import requests as account_requests
from tequio.administration import services as administration
from tequio.audit import services as audit
from tequio.audit.domain import Action
from tequio.catalogs import domain as catalog_rules
from tequio.catalogs import services as catalogs
from tequio.dashboards import services as dashboards
from tequio.dashboards.domain.asking import Period, Question
from tequio.institutions import services as institutions
from tequio.institutions.domain import AgencyKind, Level
from tequio.institutions.selectors import agency_by_code
from tequio.kernel.errors import NotAllowed, TequioError
from tequio.notices import services as notices
from tequio.notices.selectors import NoticeFilter
from tequio.people.domain import Subject
from tequio.registries.incidence import services as incidence
from tequio.registries.rnd import services as rnd
from tequio.registries.rnd.domain import CustodyKind, Filters
from tequio.search import services as search
from tequio.supply import services as supply_room
from tequio.targets import services as targets
from tequio.targets.domain import Verdict, Wanted
from tequio.targets.selectors.listing import TargetFilter
from tequio.targets.services import following, opening, writing
from tequio.targets.services import reading as review_reading
from tests.incidence.sesnsp_files import new_text
from tests.story import NOON, hit_of_juan, judge, last_line_id, lines_of, notices_of
from tests.world import INQUIRY, JUAN, REVIEW, SUPPLY, WATCH, WHY, Cast, csv_text, detention, draft_of, supply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

AUDIT = Purpose(PurposeCode.AUDIT, "AUDITORIA-1")


@dataclass(frozen=True)
class Place:
    """What the services are asked about: Jalisco's targets, hit and notice; Nayarit's record and batch."""

    folder: Path
    proposed: UUID
    active: UUID
    suspended: UUID
    hit: UUID
    notice: UUID
    record: UUID
    batch: UUID
    run: UUID
    request: UUID
    token: UUID
    target_files: Path
    incidence_file: Path


@dataclass(frozen=True)
class Deed:
    """A service, what it asks for, the line that it leaves when done, and the one when refused if that is another.

    `permission` None: nobody may, it is the system's. `done` None: it leaves no line, for the reason written there.
    """

    agency: str
    permission: Permission | None
    done: Action | None
    ask: Callable[[Actor, Place], object]
    refused: Action | None = None
    refusal_is_silent: bool = False


JC, NT, HUB = "JC-SSP", "NT-SSPC", "FED-SSPC"
ONE, STOPPED = "jalisco_liaison", "jalisco_auditor"
"""Accounts of Jalisco that the services of accounts are asked about: one that enters and one that is suspended."""
P, A = Permission, Action
FROM = date(2026, 1, 1)

DAY, DOCUMENT = date(2026, 12, 1), "DOF de prueba"
YEAR = Question(Period(date(2026, 1, 1), date(2026, 12, 31)))

DEEDS: dict[Callable[..., Any], Deed] = {
    administration.add_agency: Deed(HUB, P.CATALOG_EDIT, A.AGENCY_ADDED, lambda a, w: administration.add_agency(
        actor=a, purpose=WHY, new=institutions.NewAgency(
            "NT-PRUEBA", Level.STATE, AgencyKind.PUBLIC_SECURITY, "18", "", "De prueba", "DP", DAY, DOCUMENT, False))),
    administration.rename_agency: Deed(HUB, P.CATALOG_EDIT, A.AGENCY_RENAMED, lambda a, w: administration.rename_agency(
        actor=a, purpose=WHY, code=NT, new=institutions.NewName("Otro nombre", "ON", DAY, DOCUMENT, False))),
    administration.close_agency: Deed(HUB, P.CATALOG_EDIT, A.AGENCY_CLOSED, lambda a, w: administration.close_agency(
        actor=a, purpose=WHY, code=NT, on=DAY, source=DOCUMENT)),
    administration.add_catalog_version: Deed(
        HUB, P.CATALOG_EDIT, A.CATALOG_VERSION_ADDED, lambda a, w: administration.add_catalog_version(
            actor=a, purpose=WHY, new=catalogs.NewVersion(
                "fundamento_objetivo", "2026-12", DAY, DOCUMENT, False, (catalog_rules.Item("nuevo", "Nuevo"),)))),
    administration.change_parameter: Deed(
        HUB, P.CATALOG_EDIT, A.PARAMETER_CHANGED, lambda a, w: administration.change_parameter(
            actor=a, purpose=WHY, new=catalogs.NewValue("search.per_hour", 61, DAY, DOCUMENT, False))),
    administration.log_reading: Deed(HUB, P.CATALOG_EDIT, A.REFERENCE_READ, lambda a, w: administration.log_reading(
        actor=a, purpose=WHY, screen="x")),
    administration.find_looks: Deed(HUB, P.AUDIT_READ, A.LOOKS_READ, lambda a, w: administration.find_looks(
        actor=a, purpose=AUDIT, asked=str(w.record))),
    dashboards.read_tile: Deed(HUB, P.DASHBOARD_READ, A.DASHBOARD_READ, lambda a, w: dashboards.read_tile(
        actor=a, purpose=None, question=YEAR, key="resumen")),
    dashboards.read_board: Deed(HUB, P.DASHBOARD_READ, A.DASHBOARD_READ, lambda a, w: dashboards.read_board(
        actor=a, purpose=None, question=YEAR)),
    dashboards.count_everything: Deed(HUB, None, A.DASHBOARD_COUNTED, lambda a, w: dashboards.count_everything(actor=a)),
    # Whoever corrects sees nothing of the record by it; the correction leaves the line.
    rnd.read_to_correct: Deed(NT, P.DETENTION_CORRECT, None, lambda a, w: rnd.read_to_correct(
        actor=a, purpose=SUPPLY, detention_id=w.record), refused=A.DETENTION_CORRECTED),
    rnd.register_detention: Deed(NT, P.DETENTION_REGISTER, A.DETENTION_REGISTERED, lambda a, w: rnd.register_detention(
        actor=a, purpose=SUPPLY, supplier_key="X-1", values={"given_names": "Rutilio"})),
    rnd.correct_detention: Deed(NT, P.DETENTION_CORRECT, A.DETENTION_CORRECTED, lambda a, w: rnd.correct_detention(
        actor=a, purpose=SUPPLY, detention_id=w.record, changes={"sex": "M"}, reason="x")),
    rnd.cancel_detention: Deed(NT, P.DETENTION_CANCEL, A.DETENTION_CANCELLED, lambda a, w: rnd.cancel_detention(
        actor=a, purpose=SUPPLY, detention_id=w.record, reason="x")),
    rnd.add_custody_event: Deed(NT, P.DETENTION_CORRECT, A.CUSTODY_EVENT_ADDED, lambda a, w: rnd.add_custody_event(
        actor=a, purpose=SUPPLY, detention_id=w.record, step=rnd.CustodyStep(CustodyKind.TO_PROSECUTOR, NOON))),
    rnd.read_detention: Deed(NT, P.DETENTION_READ, A.DETENTION_READ, lambda a, w: rnd.read_detention(
        actor=a, purpose=INQUIRY, detention_id=w.record)),
    # It tells an identifier and nothing of the record, whose reading leaves the line.
    rnd.find_detention: Deed(NT, P.DETENTION_READ, None, lambda a, w: rnd.find_detention(
        actor=a, purpose=INQUIRY, supplier_key="NAY-0001"), refused=A.DETENTION_READ),
    rnd.read_overdue_arrests: Deed(NT, P.DETENTION_READ, A.DETENTION_READ, lambda a, w: rnd.read_overdue_arrests(
        actor=a, purpose=INQUIRY, limit_hours=36)),
    rnd.read_sheet: Deed(NT, P.DETENTION_READ, A.DETENTION_READ, lambda a, w: rnd.read_sheet(
        actor=a, purpose=INQUIRY, detention_id=w.record)),
    rnd.list_detentions: Deed(NT, P.DETENTION_READ, A.DETENTION_READ, lambda a, w: rnd.list_detentions(
        actor=a, purpose=INQUIRY, filters=Filters(), order="id", offset=0, limit=10)),
    rnd.export_detentions: Deed(NT, P.DETENTION_EXPORT, A.DETENTION_EXPORTED, lambda a, w: rnd.export_detentions(
        actor=a, purpose=INQUIRY, filters=Filters(), order="id", limit=10)),
    rnd.find_alike: Deed(NT, P.DETENTION_READ, A.DETENTION_READ, lambda a, w: rnd.find_alike(
        actor=a, purpose=INQUIRY, listed_name="MUNOZ ZEPEDA FILIBERTO", detained_on=date(2026, 10, 20))),
    # Keys and clocks, for the inbox: no datum of a person.
    rnd.arrests_near_limit: Deed(NT, P.DETENTION_READ, None, lambda a, w: rnd.arrests_near_limit(actor=a),
        refusal_is_silent=True),
    supply_room.supply_file: Deed(NT, P.SUPPLY_SEND, A.BATCH_PROCESSED, lambda a, w: supply_room.supply_file(
        actor=a, purpose=SUPPLY, registry="rnd", path=w.target_files, agency_code=NT), refused=A.FILE_REFUSED),
    supply_room.receive_file: Deed(NT, P.SUPPLY_SEND, A.BATCH_RECEIVED, lambda a, w: supply_room.receive_file(
        actor=a, purpose=SUPPLY, registry="rnd", path=w.target_files, agency_code=NT), refused=A.FILE_REFUSED),
    supply_room.read_receipt: Deed(NT, P.SUPPLY_READ, A.RECEIPT_READ, lambda a, w: supply_room.read_receipt(
        actor=a, purpose=SUPPLY, batch_id=w.batch)),
    supply_room.export_fix_file: Deed(NT, P.SUPPLY_READ, A.FIX_FILE_EXPORTED, lambda a, w: supply_room.export_fix_file(
        actor=a, purpose=SUPPLY, batch_id=w.batch, path=w.folder / f"{a.username}.csv")),
    supply_room.save_mapping_profile: Deed(NT, P.SUPPLY_SEND, A.MAPPING_SAVED, lambda a, w: supply_room.save_mapping_profile(
        actor=a, purpose=SUPPLY, registry="rnd", mapping={"c1": "nombre"})),
    # Names of columns are nobody's data.
    supply_room.read_mapping_profile: Deed(NT, P.SUPPLY_READ, None, lambda a, w: supply_room.read_mapping_profile(
        actor=a, registry="rnd"), refusal_is_silent=True),
    incidence.load_monthly_file: Deed(HUB, P.INCIDENCE_LOAD, A.INCIDENCE_LOADED, lambda a, w: incidence.load_monthly_file(
        actor=a, purpose=SUPPLY, path=w.incidence_file)),
    targets.propose_target: Deed(JC, P.TARGET_PROPOSE, A.TARGET_PROPOSED, lambda a, w: targets.propose_target(
        actor=a, purpose=WATCH, draft=draft_of(JUAN))),
    targets.approve_target: Deed(JC, P.TARGET_APPROVE, A.TARGET_APPROVED, lambda a, w: targets.approve_target(
        actor=a, purpose=WATCH, target_id=w.proposed)),
    targets.validate_target: Deed(JC, P.TARGET_APPROVE, A.TARGET_VALIDATED, lambda a, w: targets.validate_target(
        actor=a, purpose=WATCH, target_id=w.active, reason="x")),
    targets.review_target: Deed(JC, P.TARGET_APPROVE, A.TARGET_REVIEWED, lambda a, w: targets.review_target(
        actor=a, purpose=WATCH, target_id=w.active, reason="x")),
    targets.suspend_target: Deed(JC, P.TARGET_SUSPEND, A.TARGET_SUSPENDED, lambda a, w: targets.suspend_target(
        actor=a, purpose=WATCH, target_id=w.active, reason="x")),
    targets.resume_target: Deed(JC, P.TARGET_APPROVE, A.TARGET_RESUMED, lambda a, w: targets.resume_target(
        actor=a, purpose=WATCH, target_id=w.suspended, reason="x")),
    targets.close_target: Deed(JC, P.TARGET_CLOSE, A.TARGET_CLOSED, lambda a, w: targets.close_target(
        actor=a, purpose=WATCH, target_id=w.active, reason="x")),
    targets.list_targets: Deed(JC, P.TARGET_READ, A.TARGET_READ, lambda a, w: targets.list_targets(actor=a, purpose=WATCH)),
    targets.read_target: Deed(JC, P.TARGET_READ, A.TARGET_READ, lambda a, w: targets.read_target(
        actor=a, purpose=WATCH, target_id=w.active)),
    targets.survey_targets: Deed(JC, P.TARGET_READ, A.TARGET_READ, lambda a, w: targets.survey_targets(
        actor=a, purpose=WATCH)),
    targets.study_target: Deed(JC, P.TARGET_READ, A.TARGET_READ, lambda a, w: targets.study_target(
        actor=a, purpose=WATCH, target_id=w.active)),
    targets.browse_targets: Deed(JC, P.TARGET_READ, A.TARGET_READ, lambda a, w: targets.browse_targets(
        actor=a, purpose=WATCH, wanted=TargetFilter())),
    targets.read_sheet: Deed(JC, P.TARGET_READ, A.TARGET_READ, lambda a, w: targets.read_sheet(
        actor=a, purpose=WATCH, target_id=w.active)),
    targets.read_calendar: Deed(JC, P.TARGET_READ, A.TARGET_READ, lambda a, w: targets.read_calendar(actor=a, purpose=WATCH)),
    targets.find_alike: Deed(JC, P.TARGET_PROPOSE, A.TARGET_READ, lambda a, w: targets.find_alike(
        actor=a, purpose=WATCH, draft=draft_of(JUAN))),
    targets.browse_hits: Deed(JC, P.HIT_READ, A.HIT_READ, lambda a, w: targets.browse_hits(
        actor=a, purpose=REVIEW, wanted=Wanted(""))),
    targets.review_hit: Deed(JC, P.HIT_READ, A.HIT_READ, lambda a, w: targets.review_hit(
        actor=a, purpose=REVIEW, hit_id=w.hit)),
    targets.set_threshold: Deed(JC, P.TARGET_THRESHOLD, A.TARGET_THRESHOLD_SET, lambda a, w: targets.set_threshold(
        actor=a, purpose=WATCH, target_id=w.active, bits=40, reason="x")),
    targets.read_review: Deed(JC, P.HIT_READ, A.HIT_READ, lambda a, w: targets.read_review(actor=a, purpose=REVIEW)),
    targets.list_changes: Deed(JC, P.HIT_READ, A.HIT_READ, lambda a, w: targets.list_changes(actor=a, purpose=REVIEW)),
    targets.rescreen: Deed(HUB, P.TARGET_RESCREEN, A.RESCREENED, lambda a, w: targets.rescreen(actor=a, purpose=WHY)),
    targets.apply_rescreening: Deed(HUB, P.TARGET_RESCREEN, A.RESCREENING_APPLIED, lambda a, w: targets.apply_rescreening(
        actor=a, purpose=WHY, run_id=w.run)),
    targets.read_rescreening: Deed(HUB, P.TARGET_RESCREEN, A.RESCREENING_READ, lambda a, w: targets.read_rescreening(
        actor=a, purpose=WHY)),
    targets.list_hits: Deed(JC, P.HIT_READ, A.HIT_READ, lambda a, w: targets.list_hits(actor=a, purpose=REVIEW, state="")),
    targets.read_hit: Deed(JC, P.HIT_READ, A.HIT_READ, lambda a, w: targets.read_hit(actor=a, purpose=REVIEW, hit_id=w.hit)),
    targets.judge_hit: Deed(JC, P.HIT_JUDGE, A.HIT_JUDGED, lambda a, w: targets.judge_hit(
        actor=a, purpose=REVIEW, hit_id=w.hit, verdict=Verdict.NEGATIVE, reason="x")),
    targets.suspend_overdue: Deed(JC, None, A.TARGET_SUSPENDED, lambda a, w: targets.suspend_overdue(actor=a)),
    notices.read_notices: Deed(JC, P.NOTICE_READ, A.NOTICE_READ, lambda a, w: notices.read_notices(actor=a, purpose=REVIEW)),
    notices.browse_notices: Deed(JC, P.NOTICE_READ, A.NOTICE_READ, lambda a, w: notices.browse_notices(
        actor=a, purpose=REVIEW, wanted=NoticeFilter())),
    notices.read_notice: Deed(JC, P.NOTICE_READ, A.NOTICE_READ, lambda a, w: notices.read_notice(
        actor=a, purpose=REVIEW, notice_id=w.notice)),
    notices.acknowledge_notice: Deed(JC, P.NOTICE_ACKNOWLEDGE, A.NOTICE_ACKNOWLEDGED, lambda a, w: notices.acknowledge_notice(
        actor=a, purpose=REVIEW, notice_id=w.notice)),
    notices.escalate_due: Deed(JC, None, A.NOTICE_ESCALATED, lambda a, w: notices.escalate_due(actor=a)),
    search.search_person: Deed(NT, P.SEARCH_PERSON, A.PERSON_SEARCHED, lambda a, w: search.search_person(
        actor=a, purpose=INQUIRY, subject=Subject.from_fields(given="Filiberto", paternal="Muñoz"))),
    search.search_number: Deed(NT, P.SEARCH_PERSON, A.NUMBER_SEARCHED, lambda a, w: search.search_number(
        actor=a, purpose=INQUIRY, number="18/01/017/20102026/0007")),
    search.read_budgets: Deed(NT, P.SEARCH_SUPERVISE, A.BUDGETS_READ, lambda a, w: search.read_budgets(actor=a, purpose=WHY)),
    audit.verify_log: Deed(JC, P.AUDIT_VERIFY, A.AUDIT_VERIFIED, lambda a, w: audit.verify_log(
        actor=a, purpose=AUDIT, chain=JC)),
    audit.export_log: Deed(JC, P.AUDIT_EXPORT, A.AUDIT_EXPORTED, lambda a, w: audit.export_log(
        actor=a, purpose=AUDIT, chain=JC, write=lambda row: None)),
    audit.sign_checkpoint: Deed(JC, P.AUDIT_VERIFY, A.CHECKPOINT_SIGNED, lambda a, w: audit.sign_checkpoint(
        actor=a, purpose=AUDIT)),
    accounts.create_user: Deed(NT, P.USER_ADMINISTER, A.USER_CREATED, lambda a, w: accounts.create_user(
        actor=a, purpose=WHY, username="nueva", full_name="Nueva", agency=agency_by_code(NT))),
    accounts.grant_roles: Deed(NT, P.USER_ADMINISTER, A.ROLE_GRANTED, lambda a, w: accounts.grant_roles(
        actor=a, purpose=WHY, user=User.objects.get(username="nayarit_liaison"), roles=[Role.ANALYST], valid_from=FROM,
        document="x")),
    accounts.list_accounts: Deed(NT, P.USER_ADMINISTER, A.USERS_READ, lambda a, w: accounts.list_accounts(actor=a)),
    accounts.suspend_user: Deed(JC, P.ACCOUNT_SUSPEND, A.USER_SUSPENDED, lambda a, w: accounts.suspend_user(
        actor=a, purpose=WHY, username=ONE, cause=Suspension.MANUAL, reason="x")),
    accounts.reinstate_user: Deed(JC, P.ACCOUNT_CERTIFY, A.USER_REINSTATED, lambda a, w: accounts.reinstate_user(
        actor=a, purpose=WHY, username=STOPPED, reason="x")),
    accounts.certify_user: Deed(JC, P.ACCOUNT_CERTIFY, A.USER_CERTIFIED, lambda a, w: accounts.certify_user(
        actor=a, purpose=WHY, username=ONE)),
    accounts.suspend_uncertified: Deed(JC, None, A.USER_SUSPENDED, lambda a, w: accounts.suspend_uncertified(actor=a)),
    accounts.record_training: Deed(JC, P.USER_ADMINISTER, A.TRAINING_RECORDED, lambda a, w: accounts.record_training(
        actor=a, purpose=WHY, username=ONE, state=Training.ENROLLED, valid_to=None, document="x")),
    accounts.link_identity: Deed(JC, P.USER_ADMINISTER, A.USER_LINKED, lambda a, w: accounts.link_identity(
        actor=a, purpose=WHY, username=ONE, federated_name="x")),
    accounts.remove_second_factor: Deed(JC, P.ACCOUNT_CERTIFY, A.SECOND_FACTOR_CHANGED, lambda a, w:
        accounts.remove_second_factor(actor=a, purpose=WHY, username=ONE, reason="x")),
    accounts.make_password_link: Deed(JC, P.USER_ADMINISTER, A.PASSWORD_LINK_MADE, lambda a, w: accounts.make_password_link(
        actor=a, purpose=WHY, username=ONE)),
    accounts.read_accounts: Deed(JC, P.ACCOUNT_LIST, A.USERS_READ, lambda a, w: accounts.read_accounts(actor=a)),
    accounts.read_account: Deed(JC, P.ACCOUNT_LIST, A.USERS_READ, lambda a, w: accounts.read_account(actor=a, username=ONE)),
    accounts.request_account: Deed(JC, P.ACCOUNT_REQUEST, A.ACCOUNT_REQUESTED, lambda a, w: accounts.request_account(
        actor=a, agency_code=JC, draft=asked_for("otra"))),
    accounts.decide_request: Deed(JC, P.ACCOUNT_APPROVE, A.ACCOUNT_DECIDED, lambda a, w: accounts.decide_request(
        actor=a, request_id=w.request, agree=True, reason="")),
    accounts.expire_requests: Deed(JC, None, A.ACCOUNT_DECIDED, lambda a, w: accounts.expire_requests(actor=a)),
    accounts.read_requests: Deed(JC, P.ACCOUNT_REQUEST, A.REQUESTS_READ, lambda a, w: accounts.read_requests(actor=a)),
    accounts.read_request: Deed(JC, P.ACCOUNT_REQUEST, A.REQUESTS_READ, lambda a, w: accounts.read_request(
        actor=a, request_id=w.request)),
    accounts.make_token: Deed(JC, P.TOKEN_ADMINISTER, A.TOKEN_MADE, lambda a, w: accounts.make_token(
        actor=a, purpose=WHY, label="otro", scopes=[P.SUPPLY_SEND], valid_days=1)),
    accounts.revoke_token: Deed(JC, P.TOKEN_ADMINISTER, A.TOKEN_REVOKED, lambda a, w: accounts.revoke_token(
        actor=a, purpose=WHY, token_id=w.token, reason="x")),
    accounts.read_tokens: Deed(JC, P.TOKEN_ADMINISTER, A.TOKENS_READ, lambda a, w: accounts.read_tokens(actor=a)),
    # These rooms lie below the log: a load that changes something reaches it by an event, a refused one cannot.
    institutions.load_reference: Deed(NT, P.CATALOG_EDIT, None, lambda a, w: institutions.load_reference(
        actor=a, purpose=WHY), refusal_is_silent=True),
    catalogs.load_reference: Deed(NT, P.CATALOG_EDIT, None, lambda a, w: catalogs.load_reference(
        actor=a, purpose=WHY), refusal_is_silent=True),
}  # fmt: skip

INNER: dict[Callable[..., Any], str] = {
    audit.unit_of_work: "what every service runs in",
    audit.require_chain: "what services of the log authorise with",
    administration.edits_national: "a question, not a deed",
    administration.edits_agencies_of: "the same",
    dashboards.may_ask: "the same",
    audit.record: "what every service leaves its line with",
    institutions.announce: "how rooms below the log tell it of a load",
    notices.issue_notice: "called by the judgement, which is what asks for permission",
    notices.withdraw_notices: "the same",
    targets.next_to_review: "where a reviewer who has just judged goes on: an identifier of the own list and nothing else",
    review_reading.budget_of: "what the readings of lists tell of the actor's own day",
    opening.open_hits: "how the system opens hits, in its own name, inside the transaction that met them",
    following.follow: "how it keeps them up to date",
    writing.leave_lines: "how it leaves its lines in the issuers' chains",
    accounts.close_own_session: "ends a session of one's own, which needs no permission",
    accounts.waiting_requests: "what one may decide, for one's own inbox",
    accounts.accounts_to_certify: "the same",
    account_requests.waiting: "the same, as the inbox shows it",
    account_steps.step_for: "whether a step of a request is the actor's turn",
    account_selectors.own_account: "one's own account",
    account_selectors.sessions: "one's own sessions",
    account_selectors.session_key: "the same",
    account_users.make_user: "called by what has authorised",
    account_users.give_roles: "the same",
    account_users.restore: "the same",
    account_users.write_training: "the same",
    account_common.is_hub: "a question, not a deed",
    account_common.reaches: "the same",
    account_common.lock_user: "what services of accounts authorise with",
    rnd.upsert_from_supply: "runs in the intake, and asks for the intake's permission again",
}
"""What takes an actor and is not for anybody to call."""


def _services() -> Iterator[Callable[..., Any]]:
    for module in pkgutil.walk_packages(tequio.__path__, "tequio."):
        if {"services", "accounts"} & set(module.name.split(".")):
            for name, found in vars(importlib.import_module(module.name)).items():
                mine = inspect.isfunction(found) and found.__module__ == module.name and not name.startswith("_")
                if mine and "actor" in inspect.signature(found).parameters:
                    yield found


def asked_for(username: str) -> accounts.RequestDraft:
    """A request of an account."""
    return accounts.RequestDraft(username, "Persona Nueva", frozenset({Role.ANALYST}), "OFICIO 9", FROM)


@contextmanager
def _undone() -> Iterator[None]:
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


@pytest.fixture
def place(cast: Cast, tmp_path: Path) -> Place:
    """Everything that the services can be asked about."""
    active, hit = hit_of_juan(cast, tmp_path)
    judge(cast, hit, Verdict.POSITIVE)
    made = [targets.propose_target(actor=cast.jalisco_second, purpose=WATCH, draft=draft_of(JUAN)).id for _ in range(2)]
    targets.approve_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=made[1])
    targets.suspend_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=made[1], reason="x")
    batch = supply(cast.nayarit_capturist, tmp_path, [JUAN | {"clave_registro": "NAY-0005", "sexo": "?"}])
    file, figures = tmp_path / "otro.csv", tmp_path / "incidencia.csv"
    file.write_text(csv_text([JUAN | {"clave_registro": "NAY-0006"}]), encoding="utf-8")
    figures.write_bytes(new_text().encode("latin-1"))
    record = detention(cast.nayarit_capturist, "NAY-0001").pk
    notice = notices_of(cast.jalisco_liaison)[0].id
    run = targets.rescreen(actor=cast.hub_operator, purpose=WHY).run.id
    boss = cast.jalisco_supervisor
    asked = accounts.request_account(actor=cast.jalisco_liaison, agency_code=JC, draft=asked_for("nueva.persona"))
    token, _ = accounts.make_token(actor=boss, purpose=WHY, label="nodo", scopes=[P.SUPPLY_SEND], valid_days=1)
    accounts.suspend_user(actor=boss, purpose=WHY, username=STOPPED, cause=Suspension.MANUAL, reason="x")
    of_targets = (made[0], active.id, made[1], hit.id, notice)
    return Place(tmp_path, *of_targets, record, batch.id, run, asked.pk, token.pk, file, figures)


def test_every_service_is_in_the_table() -> None:
    found = set(_services())
    known = {inspect.unwrap(service) for service in DEEDS.keys() | INNER.keys()}
    assert {inspect.unwrap(f).__qualname__ for f in found if inspect.unwrap(f) not in known} == set()
    assert len(known) == len(found)


@pytest.mark.parametrize("role", [*sorted(Role), None], ids=str)
def test_a_role_does_what_its_permissions_say_and_nothing_else_and_all_of_it_is_on_the_log(
    role: Role | None, place: Place
) -> None:
    wrong = []
    for service, deed in DEEDS.items():
        agency = agency_by_code(deed.agency)
        roles = frozenset({role} if role else ())
        user = User.objects.get(username="outsider")
        actor = Actor("alguien", agency.pk, agency.code, agency.state_id or "", roles, user_id=user.pk)
        may = role is not None and deed.permission in PERMISSIONS[role]
        since = last_line_id()
        with _undone():
            try:
                deed.ask(actor, place)
                did = True
            except NotAllowed:
                did = False
            lines = lines_of(actor, since)
        if may:
            wanted = deed.done is None or (deed.done.value, "hecho") in lines
        else:
            refused = deed.refused or deed.done
            wanted = lines == ([] if deed.refusal_is_silent or refused is None else [(refused.value, "negado")])
        if did != may or not wanted:
            wrong.append((service.__module__, service.__name__, "did" if did else "refused", lines))
    assert not wrong


OF_NOBODY = {
    targets.browse_targets, targets.read_calendar, targets.find_alike, targets.browse_hits, notices.browse_notices,
    targets.propose_target, targets.list_targets, targets.survey_targets, targets.list_hits, targets.read_review,
    targets.list_changes, notices.read_notices, audit.sign_checkpoint, accounts.read_accounts, accounts.read_requests,
    accounts.make_token, accounts.read_tokens,
}  # fmt: skip
"""What is asked of one's own agency and names nothing of another."""


def test_nobody_of_another_agency_does_anything_with_what_is_jaliscos(place: Place, cast: Cast) -> None:
    everything = replace(cast.outsider, roles=frozenset(Role))
    for service, deed in DEEDS.items():
        if deed.agency != JC or deed.permission is None:
            continue
        since = last_line_id()
        with _undone():
            if service in OF_NOBODY:
                answer = deed.ask(everything, place)
                assert not isinstance(answer, list) or answer == [], service
                continue
            with pytest.raises(TequioError) as refusal:
                deed.ask(everything, place)
            assert refusal.value.code in {"NO_ENCONTRADO", "NO_PERMITIDO"}, service
            assert [outcome for _, outcome in lines_of(everything, since)] == ["negado"], service
