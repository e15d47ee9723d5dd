"""What a search asks and answers. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tequio.matching import Explanation

BUCKET_CAP = 300
"""Records read of one key in a search at the desk. A key shared by more is too common to tell anybody apart."""

EXHAUSTIVE_CAP = 1_000_000_000
"""The same for the search that a new target starts: none. The keys that a target is watched under are rare, so that even in ten
million records each is shared by some thousands at most; that search may take seconds and must miss nothing."""

BUDGET = 2_000
"""Candidates compared in a search at the desk, those with most keys in common first."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A record that shares keys with what is looked for."""

    registry: str
    record_id: UUID
    shared: int


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
class Answer:
    """Answers, best first. `cut` says that there were more candidates than a search compares: adding data narrows it."""

    found: tuple[Found, ...]
    compared: int
    cut: bool
    base: int
    """Records that the base holds."""
