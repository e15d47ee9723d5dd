"""Bands: what a score in bits means to a person. It is log2 of how much likelier the data are for one person than for two.

A score of 20 bits is a million to one before counting how many people were searched; in a base of a million that leaves even
odds, which is where a person should look. Thresholds are the product's own, to be set again on each node's judged hits.
"""

from __future__ import annotations

ALMOST_CERTAIN, PROBABLE, POSSIBLE, WEAK, DISCARDED = "casi cierta", "probable", "posible", "debil", "descartada"
BANDS = (ALMOST_CERTAIN, PROBABLE, POSSIBLE, WEAK, DISCARDED)

ALMOST_CERTAIN_FROM, PROBABLE_FROM, POSSIBLE_FROM, WEAK_FROM = 36.0, 28.0, 20.0, 10.0
"""Least score, in bits, of each band; below the last a candidate is discarded."""

ALERT_THRESHOLD = POSSIBLE_FROM
"""Least score, in bits, that opens a hit for human review. No score opens a notice."""


def band_of(score: float, *, at_most_possible: bool) -> str:
    """Band of a score. With a hard conflict, or nothing but the name in favour, no score is better than "posible"."""
    if score >= POSSIBLE_FROM and at_most_possible:
        return POSSIBLE
    if score >= ALMOST_CERTAIN_FROM:
        return ALMOST_CERTAIN
    if score >= PROBABLE_FROM:
        return PROBABLE
    if score >= POSSIBLE_FROM:
        return POSSIBLE
    return WEAK if score >= WEAK_FROM else DISCARDED
