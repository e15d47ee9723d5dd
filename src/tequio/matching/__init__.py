"""matching: which records may be of one person, and why. Knows `people.Subject` only; a match is a suggestion to a person."""

from tequio.matching.domain import (
    ALERT_THRESHOLD,
    BANDS,
    KEY_VERSION,
    Explanation,
    Rarity,
    compare,
    compare_many,
    key_kinds,
    keys,
    keys_of,
    name_tokens,
    screening_keys,
    weigh,
    weigh_many,
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
    "compare_many",
    "key_kinds",
    "keys",
    "keys_of",
    "name_tokens",
    "screening_keys",
    "weigh",
    "weigh_many",
]
