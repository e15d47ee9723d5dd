"""What an error was, told for a log: its kinds and the way it took through the program.

An error's own words may quote what somebody typed or a row holds: the server of the database does it as a rule.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator

import psycopg
from django.db import Error as DatabaseError

_QUOTING = (DatabaseError, psycopg.Error)


def without_words(error: BaseException) -> str:
    """Kinds and frames alone: for a log that several programs read."""
    return _told(error, lambda one: "")


def with_words(error: BaseException) -> str:
    """Kinds, frames and words, but for those of the database: for a log that its owner alone reads."""
    return _told(error, lambda one: f": {one}" if str(one) and not isinstance(one, _QUOTING) else "")


def _told(error: BaseException, words: Callable[[BaseException], str]) -> str:
    """The error and what it came from, the first one first, as the language tells them."""
    parts = []
    for one in reversed(list(_chain(error))):
        frames = "".join(traceback.format_tb(one.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{type(one).__module__}.{type(one).__qualname__}{words(one)}")
    return "\n\n".join(parts)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        yield now
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)
