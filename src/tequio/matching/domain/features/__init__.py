"""Kinds of evidence, in the order in which a reviewer reads them. To add one, write its module and list it here."""

from tequio.matching.domain.features import aliases, births, codes, contacts, names
from tequio.matching.domain.features.base import MISSING_BOTH, MISSING_ONE, Feature, Finding

FEATURES: tuple[Feature, ...] = (
    names.FEATURE,
    aliases.FEATURE,
    births.BIRTH_DATE,
    births.AGE,
    codes.CURP,
    codes.RFC,
    codes.SEX,
    codes.STATE,
    contacts.PHONES,
    contacts.PLATES,
)

__all__ = ["FEATURES", "MISSING_BOTH", "MISSING_ONE", "Feature", "Finding"]
