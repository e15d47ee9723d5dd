"""How common a name is: the share of people who carry a token, from a shipped prior, from counted data, or from both.

The prior (matching/data/name_shares.csv, per million people) was counted on a public payroll of 1,256,438 people, most of them
teachers, published by the Secretaría de Educación Pública in 2012; tools/name_shares.py writes it and says how. Surnames are as
counted; given names are weighed to half men and half women and carried, with bounds, from people born about 1969 to adults of
today. Names given since 1990 are too rare in it or missing, and misspelt names have the share of their spelling. Counted data,
where a node has them, take over as they grow.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from math import log2
from typing import Protocol

from tequio.people.domain.damage import readings

PRIOR_STRENGTH = 2000
"""How many counted people the prior is worth when it is blended with counts."""

RIVAL_SHARE = 200 / 1_000_000
"""A spelling that this share of people carry is a name; below it a payroll's slips of the pen begin."""

_UNKNOWN = "*"  # the table's row for a name that it does not have


def _load() -> dict[str, tuple[float, float]]:
    text = files("tequio.matching").joinpath("data", "name_shares.csv").read_text(encoding="utf-8")
    return {row[0]: (float(row[1]) / 1e6, float(row[2]) / 1e6) for row in list(csv.reader(text.splitlines()))[1:]}


_SHARES = _load()

UNKNOWN_SHARE = sum(_SHARES.pop(_UNKNOWN))
"""Share given to a name that no table knows: that of the name of someone whose name fewer than five people bear."""

_SHARE = {token: surname + given for token, (surname, given) in _SHARES.items()}


def prior_share(token: str) -> float:
    """Approximate share of people who carry a folded token in any part of their name. O(1)."""
    return _SHARE.get(token, UNKNOWN_SHARE)


def are_rivals(a: str, b: str) -> bool:
    """Whether both tokens are frequent given names, or both frequent surnames: two names, not one and its misspelling."""
    one, other = _SHARES.get(a), _SHARES.get(b)
    return one is not None and other is not None and any(min(pair) >= RIVAL_SHARE for pair in zip(one, other, strict=True))


def is_frequent_surname(token: str) -> bool:
    """Whether many people carry the token as a surname."""
    return _SHARES.get(token, (0.0, 0.0))[0] >= RIVAL_SHARE


def is_frequent_given(token: str) -> bool:
    """Whether many people carry the token as a given name."""
    return _SHARES.get(token, (0.0, 0.0))[1] >= RIVAL_SHARE


def mostly_given(token: str) -> bool:
    """Whether the prior knows the token rather as a given name than as a surname."""
    surname, given = _SHARES.get(token, (0.0, 0.0))
    return given > surname


class Context(Protocol):
    """What a comparison needs to know of the population."""

    def frequency(self, token: str) -> float:
        """Share of people, above 0 and at most 1, who carry this folded token in their name."""
        ...


class Rarity:
    """A population's shares of names: counts blended with the prior. Thread-safe after construction; O(1) a token.

    `counts` maps folded tokens to people; `total` is the number of people counted. With no counts it is the prior alone.
    """

    def __init__(self, counts: Mapping[str, int] | None = None, total: int = 0) -> None:
        self._counts = counts if counts is not None else {}
        self._total = max(total, 0)

    def frequency(self, token: str) -> float:
        return max(self._share(reading) for reading in readings(token))

    def _share(self, token: str) -> float:
        prior = prior_share(token)
        if not self._total:
            return prior
        counted = max(self._counts.get(token, 0), 0)
        blended = (counted + PRIOR_STRENGTH * prior) / (self._total + PRIOR_STRENGTH)
        return min(max(blended, UNKNOWN_SHARE), 1.0)


PRIOR = Rarity()
"""Context of the shipped prior alone."""

AGREEMENT = 0.9
"""Chance that a name of the same person agrees when it is present on both sides."""

MOST_BITS = 12.0
"""No single name counts for more: beyond this the table's ignorance, not the name's rarity, is measured."""


@lru_cache(maxsize=1 << 16)
def token_centibits(frequency: float) -> int:
    """Weight, in hundredths of a bit, of agreeing on a name that this share of people carry. Never below half a bit."""
    return round(100 * min(MOST_BITS, max(0.5, log2(AGREEMENT / max(frequency, 1e-9)))))


@lru_cache(maxsize=1 << 16)
def prior_centibits(token: str) -> int:
    """Weight of a token by the shipped prior, remembered."""
    return token_centibits(PRIOR.frequency(token))


def weigh_token(token: str, context: Context) -> int:
    """Weight of agreeing on `token` in this context, in hundredths of a bit."""
    return prior_centibits(token) if context is PRIOR else token_centibits(context.frequency(token))
