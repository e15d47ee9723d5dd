"""Kinds of evidence, in the order in which a reviewer reads them.

To add one: its compiled function and its words in a module of its own, its place in `base.Place`, its call in `scorer`.
"""

from tequio.matching.domain.features import aliases, births, codes, contacts, names
from tequio.matching.domain.features.base import LEVELS, MISSING_BOTH, MISSING_ONE, Feature, Place

FEATURES: tuple[Feature, ...] = (
    names.FEATURE,
    aliases.FEATURE,
    births.BIRTH_DATE,
    births.AGE,
    codes.CURP,
    codes.RFC,
    codes.SEX_FEATURE,
    codes.STATE_FEATURE,
    contacts.PHONES,
    contacts.PLATES,
    contacts.DOCUMENTS,
    contacts.PLACES,
)
"""By their places."""

__all__ = ["FEATURES", "LEVELS", "MISSING_BOTH", "MISSING_ONE", "Feature", "Place"]
