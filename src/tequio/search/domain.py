"""What a search asks and answers. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tequio.matching import Explanation


@dataclass(frozen=True, slots=True)
class Pair:
    """A record that shares keys with what is looked for."""

    registry: str
    record_id: UUID


@dataclass(frozen=True, slots=True)
class Found:
    """One answer: a reference to a record and why it may be the person. `explanation` is None where the role may not see it."""

    registry: str
    record_id: UUID
    agency_code: str
    state_code: str
    detained_on: date | None
    record_type: str
    score: float
    band: str
    explanation: Explanation | None


@dataclass(frozen=True, slots=True)
class Reference:
    """A record found by a number of its own: whose it is, when and where."""

    registry: str
    record_id: UUID
    agency_code: str
    state_code: str
    detained_on: date | None
    record_type: str


@dataclass(frozen=True, slots=True)
class NumberAnswer:
    """Records with that number, the newest first."""

    found: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Answers, best first. `cut`: records that share only very common data were left unread, and adding data narrows it."""

    found: tuple[Found, ...]
    compared: int
    """Records weighed in full."""
    cut: bool
    base: int
    """Records that the base holds."""
    outdated: bool = False
    """The index was made by the rules of an older version: something may be missing until it is rebuilt."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How far a rebuilding is: entries done of those that there were when it began."""

    done: int
    total: int
