"""Fixtures of these tests: who may load reference data and who may not. Nothing is shared between tests but the code."""

from __future__ import annotations

import pytest

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
