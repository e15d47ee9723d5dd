"""matching: which records may be of one person, and why. Knows `people.Subject` only; a match is a suggestion to a person."""

from tequio.matching.domain import (
    ALERT_THRESHOLD,
    BANDS,
    KEY_VERSION,
    Explanation,
    Rarity,
    compare,
    key_kinds,
    keys,
    screening_keys,
    weigh,
)
from tequio.matching.memory import Candidate, MemoryIndex

__all__ = [
    "ALERT_THRESHOLD",
    "BANDS",
    "KEY_VERSION",
    "Candidate",
    "Explanation",
    "MemoryIndex",
    "Rarity",
    "compare",
    "key_kinds",
    "keys",
    "screening_keys",
    "weigh",
]
