"""Bands: what a score in bits means to a person. It is log2 of how much likelier the data are for one person than for two.

A score of 20 bits is a million to one before counting how many people were searched; in a base of a million that leaves even
odds, which is where a person should look. Where each band begins is the model's, measured on pairs held out of its fit.
"""

from __future__ import annotations

from collections.abc import Mapping

ALMOST_CERTAIN, PROBABLE, POSSIBLE, WEAK, DISCARDED = "casi cierta", "probable", "posible", "debil", "descartada"
BANDS = (ALMOST_CERTAIN, PROBABLE, POSSIBLE, WEAK, DISCARDED)

ALERT_THRESHOLD = 20.0
"""Least score, in bits, that opens a hit for human review. No score opens a notice."""


def band_of(score: float, bands: Mapping[str, float], *, at_most_possible: bool) -> str:
    """Band of a score. With a hard conflict, or nothing but the name in favour, no score is better than "posible"."""
    for band in BANDS[:-1]:
        if score >= bands[band] and not (at_most_possible and band in (ALMOST_CERTAIN, PROBABLE)):
            return band
    return DISCARDED
