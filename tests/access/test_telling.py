"""The database knows the scope in force, whatever transactions, failures, threads and new sessions come between."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TransactionTestCase

from tequio.access.domain import Scope
from tequio.access.scoping import NATIONAL, in_force, reach

ONE, TWO = Scope(frozenset({1})), Scope(frozenset({3, 2}))
SCOPES = [ONE, TWO, NATIONAL, Scope(frozenset())]
REACHES = 200


def _known() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('tequio.scope', true), '')")
        return str(cursor.fetchone()[0])


def _break() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


def test_a_scope_is_spelled_as_policies_read_it() -> None:
    spelled = []
    for scope in SCOPES:
        with reach(scope):
            spelled.append(in_force())
    assert (spelled, in_force()) == (["1", "2,3", "*", ""], "")


@pytest.mark.django_db
def test_the_database_is_told_when_a_scope_opens_and_when_it_closes() -> None:
    assert _known() == ""
    with reach(NATIONAL):
        assert _known() == "*"
        with reach(ONE):
            assert _known() == "1"
        assert _known() == "*"
    assert _known() == ""


@pytest.mark.django_db(transaction=True)
def test_a_session_that_begins_later_is_told() -> None:
    with reach(TWO):
        connection.close()
        assert _known() == "2,3"
        connection.close()
    assert _known() == ""


@pytest.mark.django_db(transaction=True)
def test_a_failed_transaction_takes_its_scope_with_it() -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), reach(ONE):
        _break()
    assert _known() == ""
    with reach(TWO):
        with pytest.raises(DatabaseError), transaction.atomic(), reach(ONE):
            _break()
        assert _known() == "2,3"
        with pytest.raises(KeyError), transaction.atomic(), reach(ONE):
            raise KeyError
        assert _known() == "2,3"


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_that_is_undone_leaves_the_scope_that_is_in_force() -> None:
    with transaction.atomic(), reach(ONE):
        with pytest.raises(DatabaseError), transaction.atomic(), reach(TWO):
            _break()
        assert _known() == "1"
        with pytest.raises(DatabaseError), transaction.atomic():
            with reach(TWO), reach(NATIONAL):
                pass
            _break()
        assert _known() == "1"
    assert _known() == ""


@pytest.mark.django_db(transaction=True)
def test_a_scope_closed_inside_a_transaction_that_is_undone_stays_closed() -> None:
    opened = reach(ONE)
    opened.__enter__()
    with pytest.raises(KeyError), transaction.atomic():
        opened.__exit__(None, None, None)
        raise KeyError
    assert _known() == ""


@pytest.mark.django_db(transaction=True)
def test_a_scope_opened_inside_a_transaction_that_is_undone_stays_open() -> None:
    opened = reach(ONE)
    with pytest.raises(KeyError), transaction.atomic():
        opened.__enter__()
        raise KeyError
    assert _known() == "1"
    opened.__exit__(None, None, None)
    assert _known() == ""


@pytest.mark.django_db(transaction=True)
def test_another_thread_has_no_scope_until_it_opens_its_own() -> None:
    seen = []

    def look() -> None:
        seen.append(_known())
        with reach(TWO):
            seen.append(_known())
        connection.close()

    with reach(ONE):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        assert _known() == "1"
    assert seen == ["", "2,3"]


@pytest.mark.django_db
def test_a_scope_that_does_not_change_costs_no_statement() -> None:
    with reach(ONE):
        connection.connection.pgconn, former = _Silent(), connection.connection.pgconn  # type: ignore[union-attr]
        try:
            with reach(ONE):
                pass
        finally:
            connection.connection.pgconn = former  # type: ignore[union-attr]


class _Silent:
    """Of whom nothing may be asked."""


STEPS = st.recursive(
    st.sampled_from(["look", "break", "raise", "close"]),
    lambda inner: st.tuples(st.sampled_from([*range(len(SCOPES)), "atomic", "catch"]), st.lists(inner, max_size=4)),
    max_leaves=12,
)


class Stop(Exception):
    """The steps' own failure."""


class WhateverHappens(TransactionTestCase):
    """Random nestings of scopes, transactions, failures and caught failures."""

    @settings(max_examples=60, deadline=None)
    @given(steps=st.lists(STEPS, max_size=5))
    def test_the_database_knows_the_scope_in_force_whatever_happens(self, steps: list[object]) -> None:
        with suppress(Stop, DatabaseError):
            self._walk(steps)
        assert (in_force(), _known()) == ("", "")

    def _walk(self, steps: list[object]) -> None:
        for step in steps:
            if isinstance(step, tuple):
                self._enter(*step)
            elif step == "break":
                _break()
            elif step == "raise":
                raise Stop
            elif step == "close" and not connection.in_atomic_block:
                connection.close()
            assert _known() == in_force()

    def _enter(self, kind: int | str, inside: list[object]) -> None:
        if kind == "atomic":
            with transaction.atomic():
                self._walk(inside)
        elif kind == "catch":
            with suppress(Stop, DatabaseError), transaction.atomic():
                self._walk(inside)
        else:
            with reach(SCOPES[int(kind)]):
                self._walk(inside)


@pytest.mark.django_db
def test_a_reach_costs_less_than_three_of_the_shortest_queries() -> None:
    """On an idle machine some 60 microseconds. Compared with a query, so that a busy machine says the same."""

    def best(deed: object) -> float:
        found = []
        for _ in range(5):
            start = time.perf_counter()
            for _ in range(REACHES):
                deed()  # type: ignore[operator]
            found.append(time.perf_counter() - start)
        return min(found)

    def open_one() -> None:
        with reach(ONE):
            pass

    assert best(open_one) < 3 * best(_known)
