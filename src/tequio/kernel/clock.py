"""The one source of the present moment, so that tests and what-ifs can hold it still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

MEXICO = ZoneInfo("America/Mexico_City")
"""Time zone of supplied times that name none. States in other zones are data of `institutions`."""

_fixed: ContextVar[datetime | None] = ContextVar("tequio_clock", default=None)


def now() -> datetime:
    """The present moment, in UTC, with zone."""
    return (_fixed.get() or datetime.now(UTC)).astimezone(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` inside the block."""
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
