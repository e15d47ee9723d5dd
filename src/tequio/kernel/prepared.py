"""Statements that the database keeps planned, over the driver's own connection: for what is asked at every search.

Answers come in binary form, which costs neither side what text does. A statement written by hand knows nothing of scopes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection
from psycopg.pq import Format

Connection = psycopg.Connection[Any]


def raw() -> Connection:
    """The driver's own connection, in whatever transaction this thread is."""
    connection.ensure_connection()
    found: Connection = connection.connection
    found.prepare_threshold = 0  # Django forbids it; its own cursors bind at the client and are never prepared
    return found


def binary_cursor(held: Connection) -> psycopg.Cursor[Any]:
    """A cursor whose answers come in binary form, whatever cursors the connection makes by itself."""
    cursor = psycopg.Cursor(held)
    cursor.format = Format.BINARY
    return cursor


def fetch(statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    """All rows of a statement. Its text must not vary: each is planned once for each connection."""
    with binary_cursor(raw()) as cursor:
        return cursor.execute(statement, values).fetchall()
