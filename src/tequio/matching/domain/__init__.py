"""Pure matching: keys, features, score, bands, explanation. No Django, no clock, no I/O after import."""

from tequio.matching.domain.bands import ALERT_THRESHOLD, BANDS
from tequio.matching.domain.explanation import Evidence, Explanation
from tequio.matching.domain.keys import KEY_VERSION, key_kinds, keys, keys_of, screening_keys
from tequio.matching.domain.model import Model, shipped
from tequio.matching.domain.packing import name_tokens
from tequio.matching.domain.rarity import PRIOR, Context, Rarity
from tequio.matching.domain.scorer import compare, compare_many, weigh, weigh_many

__all__ = [
    "ALERT_THRESHOLD",
    "BANDS",
    "KEY_VERSION",
    "PRIOR",
    "Context",
    "Evidence",
    "Explanation",
    "Model",
    "Rarity",
    "compare",
    "compare_many",
    "key_kinds",
    "keys",
    "keys_of",
    "name_tokens",
    "screening_keys",
    "shipped",
    "weigh",
    "weigh_many",
]
