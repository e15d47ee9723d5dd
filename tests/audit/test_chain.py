"""Whoever changes, removes, moves or adds a line of the log is found out, and told where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tequio.access import walls
from tequio.access.domain import Actor
from tequio.access.selectors import system_actor
from tequio.audit import selectors
from tequio.audit.domain import GENESIS, Action, Break, fingerprint
from tequio.audit.models import ChainHead, Checkpoint, Line
from tequio.audit.services import record, sign_checkpoint, unit_of_work
from tests.world import WHY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

CHAIN = "PRUEBA"
WHO = Actor("escribana", 0, CHAIN, "", frozenset(), is_system=True)


def _write(count: int, actor: Actor = WHO) -> None:
    with unit_of_work(actor=actor, purpose=WHY, action=Action.HIT_READ):
        for number in range(count):
            record(actor=actor, purpose=WHY, action=Action.HIT_READ, subjects=[number], facts={"n": number, "más": ["ñ", None]})


def _tamper(sql: str, *parameters: str | int) -> None:
    """What whoever owns the database can do: put the guards aside and write."""
    with walls.as_owner(), connection.cursor() as cursor:
        for table in ("audit_line", "audit_checkpoint"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, parameters)
        for table in ("audit_line", "audit_checkpoint"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _found(chain: str | None = CHAIN) -> set[tuple[str, int, str]]:
    return {(b.chain, b.number, b.kind) for b in selectors.verify(chain)[1]}


def test_a_log_that_nobody_touched_holds() -> None:
    _write(6)
    assert selectors.verify(CHAIN) == (6, [])


def test_an_empty_chain_holds() -> None:
    assert selectors.verify("NO-HAY") == (0, [])


@pytest.mark.parametrize("number", [1, 3, 6])
@pytest.mark.parametrize(
    "change",
    [
        "username = 'otra'", "at = at + interval '1 microsecond'", "folio = 'OFICIO-9'", "outcome = 'negado'",
        "facts = '{\"n\": 77}'", "subjects = '{77}'", "roles = '{auditor}'", "key = 'k'", "purpose = ''",
    ],
)  # fmt: skip
def test_a_changed_line_is_named(number: int, change: str) -> None:
    _write(6)
    _tamper(f"UPDATE audit_line SET {change} WHERE chain = %s AND number = %s", CHAIN, number)
    assert _found() == {(CHAIN, number, "ALTERADA")}


def test_a_line_changed_together_with_its_fingerprint_breaks_the_next() -> None:
    _write(6)
    line = Line.objects.get(chain=CHAIN, number=3)
    line.username = "otra"
    forged = fingerprint(line.previous, selectors.content(line))
    _tamper("UPDATE audit_line SET username = 'otra', fingerprint = %s WHERE chain = %s AND number = 3", forged, CHAIN)
    assert _found() == {(CHAIN, 4, "ENLACE")}


@pytest.mark.parametrize(
    ("which", "named"),
    [
        ("number = 1", "PRUEBA#1: fue retirada"),
        ("number = 3", "PRUEBA#3: fue retirada"),
        ("number = 6", "PRUEBA#6: fue retirada"),
        ("number IN (2, 3, 4)", "PRUEBA#2 a #4: fueron retiradas"),
        ("number > 4", "PRUEBA#5 a #6: fueron retiradas"),
        ("true", "PRUEBA#1 a #6: fueron retiradas"),
    ],
)
def test_removed_lines_are_named(which: str, named: str) -> None:
    _write(6)
    _tamper(f"DELETE FROM audit_line WHERE chain = %s AND {which}", CHAIN)
    [found] = selectors.verify(CHAIN)[1]
    assert found.kind == "FALTANTE"
    assert named in found.message


def test_a_removed_line_whose_place_was_closed_up_is_found() -> None:
    _write(6)
    _tamper("DELETE FROM audit_line WHERE chain = %s AND number = 3", CHAIN)
    for number in (4, 5, 6):
        _tamper("UPDATE audit_line SET number = %s WHERE chain = %s AND number = %s", number - 1, CHAIN, number)
    _tamper("UPDATE audit_chainhead SET number = 5 WHERE chain = %s", CHAIN)
    assert (CHAIN, 3, "ENLACE") in _found()


def test_two_lines_that_changed_places_are_found() -> None:
    _write(6)
    for former, now in ((3, -1), (4, 3), (-1, 4)):
        _tamper("UPDATE audit_line SET number = %s WHERE chain = %s AND number = %s", now, CHAIN, former)
    assert {(CHAIN, 3, "ALTERADA"), (CHAIN, 4, "ALTERADA"), (CHAIN, 3, "ENLACE")} <= _found()


@pytest.mark.parametrize("number", [0, 7])
def test_a_line_that_was_put_in_is_found(number: int) -> None:
    _write(6)
    last = Line.objects.get(chain=CHAIN, number=6)
    last.pk, last.number, last.previous = None, number, last.fingerprint if number else GENESIS
    last.fingerprint = fingerprint(last.previous, selectors.content(last))
    last.save()
    assert _found() == {(CHAIN, 7, "CABEZA") if number else (CHAIN, 1, "ENLACE")}


def test_a_line_with_a_wrong_fingerprint_that_was_put_in_is_found() -> None:
    _write(6)
    last = Line.objects.get(chain=CHAIN, number=6)
    last.pk, last.number, last.previous, last.fingerprint = None, 7, last.fingerprint, "0" * 64
    last.save()
    assert {(CHAIN, 7, "ALTERADA"), (CHAIN, 7, "CABEZA")} <= _found()


def test_one_chains_break_is_not_anothers() -> None:
    _write(3)
    _write(3, Actor("otra", 0, "OTRA", "", frozenset(), is_system=True))
    _tamper("UPDATE audit_line SET username = 'x' WHERE chain = %s AND number = 2", CHAIN)
    assert _found("OTRA") == set()
    assert _found(None) == {(CHAIN, 2, "ALTERADA")}


@pytest.mark.parametrize("change", ["number = 3", "fingerprint = repeat('a', 64)", "number = 9"])
def test_a_head_that_says_otherwise_is_found(change: str) -> None:
    _write(6)
    _tamper(f"UPDATE audit_chainhead SET {change} WHERE chain = %s", CHAIN)
    assert {kind for _, _, kind in _found()} <= {"CABEZA", "FALTANTE"}
    assert _found()


def _cut_back_to(number: int) -> None:
    """Remove the tail and set the head back, so that what is left is a whole chain."""
    kept = Line.objects.get(chain=CHAIN, number=number)
    _tamper("DELETE FROM audit_line WHERE chain = %s AND number > %s", CHAIN, number)
    _tamper("UPDATE audit_chainhead SET number = %s, fingerprint = %s WHERE chain = %s", number, kept.fingerprint, CHAIN)


def test_a_tail_cut_with_its_head_shows_against_a_signed_checkpoint() -> None:
    _write(6)
    sign_checkpoint(actor=system_actor("FED-SSPC"), purpose=None)
    _cut_back_to(4)
    assert _found() == {(CHAIN, 6, "PUNTO_DE_CONTROL")}


def test_a_tail_written_anew_shows_against_a_signed_checkpoint() -> None:
    _write(6)
    sign_checkpoint(actor=system_actor("FED-SSPC"), purpose=None)
    _cut_back_to(4)
    _write(5, Actor("otra", 0, CHAIN, "", frozenset(), is_system=True))
    assert _found() == {(CHAIN, 6, "PUNTO_DE_CONTROL")}


@pytest.mark.parametrize(
    "change",
    [
        "heads = jsonb_set(heads, '{PRUEBA,number}', '4')",
        "heads = heads - 'PRUEBA'",
        "at = at - interval '1 day'",
        "signature = 'AAAA'",
        "signature = 'no es base 64 ñ'",
        "heads = heads - 'PRUEBA', key_id = 'ffffffffffffffff'",
    ],
)
def test_a_changed_checkpoint_is_found(change: str) -> None:
    _write(6)
    sign_checkpoint(actor=system_actor("FED-SSPC"), purpose=None)
    _tamper(f"UPDATE audit_checkpoint SET {change}")
    assert "FIRMA" in {kind for _, _, kind in _found()}


def test_a_checkpoint_that_stands_says_nothing() -> None:
    _write(6)
    sign_checkpoint(actor=system_actor("FED-SSPC"), purpose=None)
    _write(2)
    sign_checkpoint(actor=system_actor("FED-SSPC"), purpose=None)
    assert selectors.verify(None)[1] == []


@pytest.mark.parametrize("table", ["audit_line", "audit_checkpoint"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET at = now()", "DELETE FROM {}"])
def test_the_program_itself_can_neither_change_nor_erase(table: str, deed: str) -> None:
    _write(1)
    sign_checkpoint(actor=system_actor("FED-SSPC"), purpose=None)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed.format(table))


def test_lines_written_while_the_log_is_read_are_no_break(monkeypatch: pytest.MonkeyPatch) -> None:
    _write(3)
    read = selectors.lines

    def slow(chain: str | None = None) -> Any:
        found = list(read(chain))
        _write(2)  # somebody goes on working
        yield from found

    monkeypatch.setattr(selectors, "lines", slow)
    assert selectors.verify(CHAIN) == (3, [])


def test_breaks_are_told_in_words() -> None:
    _write(2)
    _tamper("UPDATE audit_line SET username = 'x' WHERE chain = %s AND number = 2", CHAIN)
    [found] = selectors.verify(CHAIN)[1]
    assert isinstance(found, Break)
    assert "PRUEBA#2" in found.message


words = st.text(max_size=4)
leaves = st.none() | st.booleans() | st.integers() | words
contents = st.dictionaries(
    words, leaves | st.lists(leaves, max_size=2) | st.dictionaries(words, leaves, max_size=2), max_size=3
)


@settings(max_examples=60)
@given(contents, contents)
def test_a_fingerprint_stands_for_what_is_said_and_nothing_else(one: dict[str, Any], other: dict[str, Any]) -> None:
    same = fingerprint(GENESIS, one) == fingerprint(GENESIS, other)
    assert same == (_strict(one) == _strict(other))


def _strict(value: object) -> object:
    """Equality that tells True from 1, as JSON does."""
    if isinstance(value, dict):
        return {"{": sorted((key, repr(_strict(item))) for key, item in value.items())}
    if isinstance(value, list):
        return [_strict(item) for item in value]
    return (type(value).__name__, value)


@settings(max_examples=40)
@given(contents)
def test_the_order_of_names_does_not_matter(content: dict[str, Any]) -> None:
    turned = dict(reversed(content.items()))
    assert fingerprint(GENESIS, content) == fingerprint(GENESIS, turned)
    assert fingerprint(GENESIS, content) != fingerprint("1" * 64, content)


@pytest.mark.parametrize("facts", [{"score": 1.5}, {"a": [{"b": 1e20}]}])
def test_a_number_that_the_database_may_write_otherwise_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(TypeError), unit_of_work(actor=WHO, purpose=None, action=Action.HIT_READ):
        record(actor=WHO, purpose=None, action=Action.HIT_READ, facts=facts)
    assert not Line.objects.filter(chain=CHAIN).exists()


@pytest.mark.parametrize(
    "facts", [{"n": 10**40, "t": 'ñ\U0001f600\u2028\\"', "l": [], "z": None, "b": True, "d": {"é": {"": -1}}}]
)
def test_what_a_line_says_comes_back_from_the_database_as_it_was(facts: dict[str, Any]) -> None:
    with unit_of_work(actor=WHO, purpose=WHY, action=Action.HIT_READ):
        record(actor=WHO, purpose=WHY, action=Action.HIT_READ, facts=facts, subjects=["ñ", 7], key="clave ñ")
    assert selectors.verify(CHAIN) == (1, [])
    assert Line.objects.get(chain=CHAIN).facts == facts


def test_a_checkpoint_tells_when_the_log_was_last_signed() -> None:
    assert selectors.last_checkpoint_at() is None
    sign_checkpoint(actor=system_actor("FED-SSPC"), purpose=None)
    latest = Checkpoint.objects.get()
    assert selectors.last_checkpoint_at() == latest.at
    assert latest.at - datetime(2026, 11, 1, 18, tzinfo=UTC) == timedelta(0)
    assert ChainHead.objects.filter(chain="FED-SSPC").exists()
