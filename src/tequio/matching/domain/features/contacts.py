"""Telephones, plates, documents and places. Sharing one says much, though less within a family; different ones say nothing,
for people change them; another place of residence only a little against."""

from __future__ import annotations

from typing import Any

from tequio.matching.domain.compiled import inlined
from tequio.matching.domain.features.base import Feature, Level, Place, put, put_absent
from tequio.matching.domain.model import Weight
from tequio.matching.domain.packing import MOST_DOCUMENTS, MOST_PHONES, MOST_PLACES, MOST_PLATES, Part


@inlined
def _weigh_shared(a: Any, sections_a: Any, b: Any, sections_b: Any, part: int, place: int, bits: int, found: Any) -> None:
    """Whether two rows share an entry of a part whose entries are two words long."""
    count_a, count_b = sections_a.count[part], sections_b.count[part]
    if count_a == 0 or count_b == 0:
        put_absent(found, place, count_a, count_b)
        return
    put(found, place, 0, Level.DIFFERENT)
    for i in range(count_a):
        one = sections_a.at[part] + 2 * i
        for j in range(count_b):
            other = sections_b.at[part] + 2 * j
            if a.words[one] == b.words[other] and a.words[one + 1] == b.words[other + 1]:
                put(found, place, bits, Level.EQUAL)
                return


@inlined
def weigh_contacts(a: Any, sections_a: Any, b: Any, sections_b: Any, weights: Any, found: Any) -> None:
    """Telephones, plates and documents that both sides have."""
    _weigh_shared(a, sections_a, b, sections_b, Part.PHONES, Place.PHONES, weights[Weight.SAME_PHONE], found)
    _weigh_shared(a, sections_a, b, sections_b, Part.PLATES, Place.PLATES, weights[Weight.SAME_PLATE], found)
    _weigh_shared(a, sections_a, b, sections_b, Part.DOCUMENTS, Place.DOCUMENTS, weights[Weight.SAME_DOCUMENT], found)
    found.used[Weight.SAME_PHONE] += found.centibits[Place.PHONES] > 0
    found.used[Weight.SAME_PLATE] += found.centibits[Place.PLATES] > 0
    found.used[Weight.SAME_DOCUMENT] += found.centibits[Place.DOCUMENTS] > 0


@inlined
def weigh_places(a: Any, sections_a: Any, b: Any, sections_b: Any, weights: Any, found: Any) -> None:
    """Places of residence."""
    count_a, count_b = sections_a.count[Part.PLACES], sections_b.count[Part.PLACES]
    if count_a == 0 or count_b == 0:
        put_absent(found, Place.PLACES, count_a, count_b)
        return
    weight, level = Weight.OTHER_PLACE, Level.DIFFERENT
    for i in range(count_a):
        for j in range(count_b):
            if a.words[sections_a.at[Part.PLACES] + i] == b.words[sections_b.at[Part.PLACES] + j]:
                weight, level = Weight.SAME_PLACE, Level.EQUAL
    put(found, Place.PLACES, weights[weight], level)
    found.used[weight] += 1


PHONES = Feature("teléfono", lambda s: ", ".join(s.phones[:MOST_PHONES]), identifying=True)
PLATES = Feature("placa", lambda s: ", ".join(s.plates[:MOST_PLATES]), identifying=True)
DOCUMENTS = Feature("documento", lambda s: ", ".join(s.documents[:MOST_DOCUMENTS]), identifying=True)
PLACES = Feature("lugar", lambda s: ", ".join(s.places[:MOST_PLACES]), identifying=False)
