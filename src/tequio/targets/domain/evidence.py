"""What is new in a pair that was already judged, and which records tell of one event. Pure.

A judgement stands until what the records say changes. A higher score alone is no news: another model, or names that became
rarer, weigh the same values otherwise, and those the reviewer has seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tequio.kernel.text import fold
from tequio.matching import ALERT_THRESHOLD, BANDS, Explanation
from tequio.people.domain import Subject

REOPENING_GAIN = 3.0
"""Bits by which new evidence must speak for a judged hit to bring it back. Ours: eight times the odds."""

CURP, RFC, EQUAL = "CURP", "RFC", "igual"
"""Features, and their level, whose agreement reaches a reviewer whatever the rest says."""

SAME_PERSON = frozenset(BANDS[:2])
"""Bands in which two records under one target are of one person: at least "probable"."""

DAYS_APART = 1
"""Days between what two agencies write as the day of one detention: it may cross midnight."""


def agrees_exactly(explanation: Explanation) -> bool:
    """Whether a CURP or an RFC is the same on both sides. An RFC that adds nothing to the name and the date is none."""
    return any(_is_exact(e.feature, e.level, e.weight) for e in explanation.features)


def may_agree_exactly(a: Subject, b: Subject) -> bool:
    """Whether it is worth asking the scorer: some CURP or RFC is written the same on both sides."""
    return any(x.value == y.value for x in a.curps for y in b.curps) or any(x.value == y.value for x in a.rfcs for y in b.rfcs)


def alerts(explanation: Explanation) -> bool:
    """Whether a pair becomes, or still is, a hit."""
    return explanation.score >= ALERT_THRESHOLD or agrees_exactly(explanation)


@dataclass(frozen=True, slots=True)
class Side:
    """One feature as it was shown: both values, the level in words, the weight in bits."""

    left: str
    right: str
    level: str
    weight: float

    def __str__(self) -> str:
        values = self.left if self.left == self.right else f"{self.left or 'sin dato'} / {self.right or 'sin dato'}"
        return f"{values or 'sin dato'} ({self.level or 'sin dato'}, {self.weight:+.2f})"


NOTHING = Side("", "", "", 0.0)


@dataclass(frozen=True, slots=True)
class Novelty:
    """A feature whose values are not those that were seen before."""

    feature: str
    before: Side
    now: Side

    @property
    def gain(self) -> float:
        """Bits by which it speaks more for one person than before; negative, against."""
        return round(self.now.weight - self.before.weight, 2)

    def __str__(self) -> str:
        return f"{self.feature}: {self.before} → {self.now}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` gives back an equal novelty."""
        sides = {
            name: {"left": side.left, "right": side.right, "level": side.level, "weight": side.weight}
            for name, side in (("before", self.before), ("now", self.now))
        }
        return {"feature": self.feature, "gain": self.gain, **sides}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Novelty:
        """Rebuild a stored novelty. Raises KeyError on a mapping that is not one."""
        return cls(data["feature"], Side(**data["before"]), Side(**data["now"]))


def news(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Novelty, ...]:
    """Features of `now` whose two values were not shown in `before`; both as `Explanation.to_dict` gives them.

    A feature that a model has since renamed is no news while its values are the same; one that is gone says nothing.
    """
    seen = {e["feature"]: _side(e) for e in before.get("features", ())}
    shown = {(side.left, side.right) for side in seen.values()}
    found = []
    for feature, side in ((e["feature"], _side(e)) for e in now.get("features", ())):
        former = seen.get(feature)
        if former is None:
            changed = bool(side.left and side.right) and (side.left, side.right) not in shown
        else:
            changed = (former.left, former.right) != (side.left, side.right)
        if changed:
            found.append(Novelty(feature, former or NOTHING, side))
    return tuple(found)


def reopens(found: Sequence[Novelty]) -> bool:
    """Whether what is new brings a judged hit back: it speaks enough for one person, or an identifier now agrees exactly."""
    if any(_exact_side(n.feature, n.now) and not _exact_side(n.feature, n.before) for n in found):
        return True
    return round(sum(n.gain for n in found), 2) >= REOPENING_GAIN


def brings_back(judged: Mapping[str, Any], judged_score: float | None, now: Mapping[str, Any]) -> bool:
    """Whether a hit that a person rejected, or was unsure of, comes back. `judged`: the explanation that they were shown.

    Judgements older than that record kept the score only: of those, a score raised enough must do.
    """
    if judged:
        return reopens(news(judged, now))
    return judged_score is not None and float(now["score"]) >= judged_score + REOPENING_GAIN


@dataclass(frozen=True, slots=True)
class Occasion:
    """When a record says that its event was, whose record it is and under which key."""

    day: date | None
    agency_id: int
    supplier_key: str


def may_be_one_event(a: date | None, b: date | None) -> bool:
    """Whether two days may be of one event. An unknown day is of no event but its own."""
    return a is not None and b is not None and abs((a - b).days) <= DAYS_APART


def is_sent_again(a: Occasion, b: Occasion) -> bool:
    """Whether another agency sent the record on under the key that it already had."""
    return a.agency_id != b.agency_id and bool(key := fold(a.supplier_key)) and key == fold(b.supplier_key)


def are_of_one_person(explanation: Explanation, *, sent_again: bool) -> bool:
    """Whether two records of one event under one target are one hit. A record sent on must only not be contradicted."""
    return explanation.band in SAME_PERSON or (sent_again and not explanation.conflicts)


def _is_exact(feature: str, level: str, weight: float) -> bool:
    return level == EQUAL and (feature == CURP or (feature == RFC and weight > 0))


def _exact_side(feature: str, side: Side) -> bool:
    return _is_exact(feature, side.level, side.weight)


def _side(feature: Mapping[str, Any]) -> Side:
    return Side(str(feature["left"]), str(feature["right"]), str(feature["level"]), round(float(feature["weight"]), 2))
