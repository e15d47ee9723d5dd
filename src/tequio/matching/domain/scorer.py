"""The scorer: an ordered list of features, whose weights in bits are added. Symmetric, additive, and explained.

Two subjects without anything in common have a score of zero or less. Evidence that agrees never lowers a score.
"""

from __future__ import annotations

from tequio.matching.domain.bands import band_of
from tequio.matching.domain.explanation import ALGORITHM, NAME_ONLY, Evidence, Explanation, sentence_of
from tequio.matching.domain.features import FEATURES, MISSING_BOTH, MISSING_ONE
from tequio.matching.domain.rarity import PRIOR, Context
from tequio.people.domain import Subject


def weigh(a: Subject, b: Subject, context: Context = PRIOR) -> int:
    """Score alone, in hundredths of a bit: what `compare` gives, without its words. For ranking many candidates."""
    return sum([feature.weigh(a, b, context).centibits for feature in FEATURES])


def compare(a: Subject, b: Subject, context: Context = PRIOR) -> Explanation:
    """Compare two subjects and explain the result. `compare(a, b).score == compare(b, a).score`. Never raises.

    The score is a suggestion in bits; bands are in `matching.domain.bands`. A person decides.
    """
    features = []
    conflicts = []
    identified = named = False
    total = 0
    for feature in FEATURES:
        found = feature.weigh(a, b, context)
        features.append(Evidence(feature.name, feature.show(a), feature.show(b), found.level, found.centibits, found.conflict))
        total += found.centibits
        if found.conflict:
            conflicts.append(found.conflict)
        if found.centibits > 0:
            identified = identified or feature.identifying
            named = named or feature.name == "nombre"
    evidence = tuple(features)
    missing = tuple(e.feature for e in evidence if e.level in (MISSING_ONE, MISSING_BOTH))
    name_only = named and not identified and not conflicts and all(e.centibits >= 0 for e in evidence)
    label = NAME_ONLY if name_only else ""
    band = band_of(total / 100, at_most_possible=bool(conflicts) or not identified)
    sentence = sentence_of(band, evidence, tuple(conflicts), label)
    return Explanation(total / 100, band, evidence, tuple(conflicts), missing, label, sentence, ALGORITHM)
