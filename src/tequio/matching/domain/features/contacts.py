"""Telephones and plates. Sharing one says much, though less within a family; different ones say nothing: people change."""

from __future__ import annotations

from tequio.matching.domain.features.base import DIFFERENT, EQUAL, Feature, Finding, absent
from tequio.matching.domain.rarity import Context
from tequio.people.domain import Subject

SAME_PHONE, SAME_PLATE = 900, 800
_SAME_PHONE, _SAME_PLATE, _OTHER = Finding(EQUAL, SAME_PHONE), Finding(EQUAL, SAME_PLATE), Finding(DIFFERENT)


def weigh_phones(a: Subject, b: Subject, _context: Context) -> Finding:
    """Whether they share a telephone."""
    if not a.phones or not b.phones:
        return absent(a.phones, b.phones)
    return _OTHER if set(a.phones).isdisjoint(b.phones) else _SAME_PHONE


def weigh_plates(a: Subject, b: Subject, _context: Context) -> Finding:
    """Whether they share a plate."""
    if not a.plates or not b.plates:
        return absent(a.plates, b.plates)
    return _OTHER if set(a.plates).isdisjoint(b.plates) else _SAME_PLATE


PHONES = Feature("teléfono", weigh_phones, lambda s: ", ".join(s.phones[:4]), identifying=True)
PLATES = Feature("placa", weigh_plates, lambda s: ", ".join(s.plates[:4]), identifying=True)
