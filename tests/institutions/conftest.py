"""Fixtures of these tests: who may load reference data, who may not, and a database before its first load."""

from __future__ import annotations

import pytest
from django.db import connection

from tequio.access import walls
from tequio.access.domain import Actor, Purpose, PurposeCode, Role


@pytest.fixture
def operator() -> Actor:
    return Actor("operadora", 1, "FED-CNI", "", frozenset({Role.HUB_OPERATOR}))


@pytest.fixture
def analyst() -> Actor:
    return Actor("analista.nayarit", 2, "NT-SSPC", "18", frozenset({Role.ANALYST}))


@pytest.fixture
def purpose() -> Purpose:
    return Purpose(PurposeCode.ADMINISTRATION, "OFICIO-0001/2026")


@pytest.fixture
def empty_country(db: None) -> None:
    """No reference data at all, for the length of the test."""
    with walls.as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE institutions_state, institutions_zone, institutions_agency CASCADE")
