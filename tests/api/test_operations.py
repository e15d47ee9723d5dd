"""Every operation x every kind of caller: who is answered, who is refused, and the line that stays. A new one needs its row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse

from tequio.access.domain import Permission as P
from tequio.config import api
from tests.api.conftest import World
from tests.api.programs import Program, program, told
from tests.story import last_line_id
from tests.world import JUAN, Cast, csv_text

NEW = {
    "values": {
        "clave_registro": "NAY-API-1",
        "tipo_registro": "falta_administrativa",
        "fecha_detencion": "2026-11-20",
        "hora_detencion": "02:15",
        "nombre": "Ramona",
        "primer_apellido": "Prueba",
        "segundo_apellido": "Sintética",
        "sexo": "M",
        "entidad_detencion": "18",
        "municipio_detencion": "18017",
        "motivo": "flagrancia",
        "autoridad_destino": "JUEZ_CIVICO",
        "aprehensor_nombre": "Oficial de Prueba",
    },
}
TARGET = {
    "given": "Ramiro",
    "paternal": "Ficticio",
    "maternal": "Inexistente",
    "birth_dates": ["1980-05-06"],
    "grounds": "orden_aprehension",
    "document": "CAUSA 77/2026",
}
STEP = {"kind": "EN_TRASLADO", "at": "2026-11-21T10:00:00-06:00"}
WHY = {"reason": "Se cotejó con el oficio."}
PUBLIC, PEOPLE = "", "SOLO_PERSONAS"


@dataclass(frozen=True)
class Case:
    """How an operation is asked, whose thing it is, what it answers, and the line that it leaves ("" for public facts)."""

    ask: Callable[[Program, World], HttpResponse]
    owner: str
    status: int
    line: str
    takes_id: bool = False


CASES: dict[str, Case] = {
    "list_institutions": Case(lambda p, w: p.get("/institutions", {"state": "18"}), "NT-SSPC", 200, PUBLIC),
    "get_institution": Case(lambda p, w: p.get("/institutions/NT-SSPC"), "NT-SSPC", 200, PUBLIC),
    "list_states": Case(lambda p, w: p.get("/states"), "NT-SSPC", 200, PUBLIC),
    "list_municipalities": Case(lambda p, w: p.get("/states/18/municipalities"), "NT-SSPC", 200, PUBLIC),
    "list_catalogs": Case(lambda p, w: p.get("/catalogs"), "NT-SSPC", 200, PUBLIC),
    "get_catalog": Case(lambda p, w: p.get("/catalogs/delito"), "NT-SSPC", 200, PUBLIC),
    "get_contract": Case(lambda p, w: p.get("/contracts/rnd"), "NT-SSPC", 200, PUBLIC),
    "send_batch": Case(
        lambda p, w: p.send(csv_text([JUAN | {"clave_registro": "NAY-0009"}])), "NT-SSPC", 202, "supply.received"
    ),
    "list_batches": Case(lambda p, w: p.get("/batches"), "NT-SSPC", 200, "supply.batches_read"),
    "get_batch": Case(lambda p, w: p.get(f"/batches/{w.batch}"), "NT-SSPC", 200, PUBLIC, True),
    "get_receipt": Case(lambda p, w: p.get(f"/batches/{w.batch}/receipt"), "NT-SSPC", 200, "supply.receipt_read", True),
    "list_findings": Case(lambda p, w: p.get(f"/batches/{w.batch}/findings"), "NT-SSPC", 200, "supply.receipt_read", True),
    "get_fix_file": Case(lambda p, w: p.get(f"/batches/{w.batch}/fix-file"), "NT-SSPC", 200, "supply.fix_file", True),
    "list_detentions": Case(lambda p, w: p.get("/detentions"), "NT-SSPC", 200, "detention.read"),
    "get_detention": Case(lambda p, w: p.get(f"/detentions/{w.detention}"), "NT-SSPC", 200, "detention.read", True),
    "register_detention": Case(lambda p, w: p.post("/detentions", NEW), "NT-SSPC", 201, "detention.registered"),
    "correct_detention": Case(
        lambda p, w: p.patch(f"/detentions/{w.detention}", {"values": {"nombre": "Filiberta"}, "version": 1} | WHY),
        "NT-SSPC", 200, "detention.corrected", True,
    ),
    "cancel_detention": Case(
        lambda p, w: p.post(f"/detentions/{w.detention}/cancellation", WHY), "NT-SSPC", 200, "detention.cancelled", True
    ),
    "add_custody_step": Case(
        lambda p, w: p.post(f"/detentions/{w.detention}/custody-steps", STEP), "NT-SSPC", 201, "detention.custody_event", True
    ),
    "search_person": Case(
        lambda p, w: p.post("/searches/person", {"name": "Filiberto Muñoz Zepeda", "birth_date": "1984-03-07"}, key=None),
        "NT-SSPC", 200, "search.person",
    ),
    "list_targets": Case(lambda p, w: p.get("/targets"), "JC-SSP", 200, "target.read"),
    "get_target": Case(lambda p, w: p.get(f"/targets/{w.target}"), "JC-SSP", 200, "target.read", True),
    "propose_target": Case(lambda p, w: p.post("/targets", TARGET), "JC-SSP", 201, "target.proposed"),
    "approve_target": Case(lambda p, w: p.post(f"/targets/{w.target}/approval"), "JC-SSP", 403, PEOPLE),
    "suspend_target": Case(
        lambda p, w: p.post(f"/targets/{w.target}/suspension", WHY), "JC-SSP", 200, "target.suspended", True
    ),
    "list_hits": Case(lambda p, w: p.get("/hits", {"state": "confirmada"}), "JC-SSP", 200, "hit.read"),
    "get_hit": Case(lambda p, w: p.get(f"/hits/{w.hit}"), "JC-SSP", 200, "hit.read", True),
    "judge_hit": Case(lambda p, w: p.post(f"/hits/{w.hit}/judgement", {"verdict": "positiva"} | WHY), "JC-SSP", 403, PEOPLE),
    "list_notices": Case(lambda p, w: p.get("/notices"), "JC-SSP", 200, "notice.read"),
    "get_notice": Case(lambda p, w: p.get(f"/notices/{w.notice}"), "JC-SSP", 200, "notice.read", True),
    "acknowledge_notice": Case(
        lambda p, w: p.post(f"/notices/{w.notice}/acknowledgement"), "JC-SSP", 200, "notice.acknowledged", True
    ),
    "list_tiles": Case(lambda p, w: p.get("/dashboards/rnd"), "NT-SSPC", 200, PUBLIC),
    "get_tile": Case(lambda p, w: p.get("/dashboards/rnd/resumen"), "NT-SSPC", 200, "dashboard.read"),
    "list_audit_lines": Case(lambda p, w: p.get("/audit/lines"), "NT-SSPC", 200, "audit.read"),
}  # fmt: skip


NOWHERE = World(*(UUID(int=n) for n in range(1, 6)))
"""Identifiers of nothing: for whoever is refused before anything is looked for, and for what takes none."""


def world_of(name: str, request: pytest.FixtureRequest) -> World:
    """The story, for what takes something of it."""
    story: World = request.getfixturevalue("world") if CASES[name].takes_id or CASES[name].line == PEOPLE else NOWHERE
    return story


def owner_of(name: str) -> Program:
    """A program of the institution whose the thing is, with the very scope that the operation asks."""
    scope = api.scopes()[name]
    return program(CASES[name].owner, *([P(scope)] if scope else []))


def test_every_operation_has_its_row() -> None:
    assert sorted(api.scopes()) == sorted(CASES)


@pytest.mark.parametrize("name", CASES)
def test_whoever_has_the_scope_is_answered_and_it_is_on_the_log(name: str, cast: Cast, request: pytest.FixtureRequest) -> None:
    world = world_of(name, request)
    case, asking, before = CASES[name], owner_of(name), last_line_id()
    answer = case.ask(asking, world)
    body = answer.content.decode() if not answer.streaming else ""
    assert answer.status_code == case.status, body
    assert answer.headers["Cache-Control"] == "no-store" and not answer.cookies
    if case.line == PEOPLE:
        assert told(answer)["code"] == PEOPLE
        assert [outcome for _, outcome in asking.lines(before)] == ["negado"]
    elif case.line:
        assert (case.line, "hecho") in asking.lines(before)


@pytest.mark.parametrize("name", [name for name, scope in api.scopes().items() if scope])
def test_whoever_lacks_the_scope_is_refused_and_it_is_on_the_log(name: str, cast: Cast) -> None:
    others = [one for one in P if one.value != api.scopes()[name]]
    asking, before = program(CASES[name].owner, *others), last_line_id()
    answer = CASES[name].ask(asking, NOWHERE)
    assert answer.status_code == 403 and told(answer)["code"] == "NO_PERMITIDO"
    assert asking.lines(before) == [("screen.refused", "negado")]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.takes_id])
def test_another_institutions_thing_does_not_exist(name: str, world: World) -> None:
    asking, before = program("OC-SSPC", *P), last_line_id()
    answer = CASES[name].ask(asking, world)
    assert answer.status_code == 404, answer.content
    said: dict[str, Any] = told(answer)
    assert said["code"] == "NO_ENCONTRADO"
    if CASES[name].line:
        assert [outcome for _, outcome in asking.lines(before)] == ["negado"]


@pytest.mark.parametrize("name", CASES)
def test_without_a_token_nothing_is_told(name: str, cast: Cast) -> None:
    answer = CASES[name].ask(Program("tq_no-es-de-nadie", "nadie"), NOWHERE)
    assert answer.status_code == 401 and told(answer)["code"] == "CLAVE_NO_VALIDA"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
