"""The second wall as one of Django's deployment checks: `check --deploy --database default`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS

from tequio.access import walls


def wall_stands(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """One error for each thing that is wrong with the session's role or with a table."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    return [
        *(Error(fault, hint=walls.ROLE_HINT, id="tequio.E001") for fault in walls.role_faults()),
        *(Error(fault, hint=walls.TABLE_HINT, id="tequio.E002") for fault in walls.table_faults()),
    ]
