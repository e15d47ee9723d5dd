"""Explanation: everything a reviewer needs to judge a match, and everything an auditor needs to repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from tequio.matching.domain.bands import ALMOST_CERTAIN, DISCARDED, POSSIBLE, PROBABLE, WEAK

NAME_ONLY = "mismo nombre y nada lo contradice"
"""Label where nothing but the name (with sex or state) speaks for the match: a namesake looks just so."""


class Evidence(NamedTuple):
    """One feature of a comparison: both values as a reviewer sees them, the level in words, the weight in centibits."""

    feature: str
    left: str
    right: str
    level: str
    centibits: int
    conflict: str = ""

    @property
    def weight(self) -> float:
        """Weight in bits: positive speaks for one person, negative for two. Exact to the hundredth."""
        return self.centibits / 100


@dataclass(frozen=True, slots=True)
class Explanation:
    """Result of a comparison. `score` is the sum of the weights, to the hundredth of a bit."""

    score: float
    band: str
    features: tuple[Evidence, ...]
    conflicts: tuple[str, ...]
    missing: tuple[str, ...]
    label: str
    sentence: str
    algorithm: str
    """Version of the model that gave the weights."""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, to be kept with a hit; `from_dict` gives back an equal explanation."""
        return {
            "score": self.score,
            "band": self.band,
            "features": [
                {
                    "feature": e.feature,
                    "left": e.left,
                    "right": e.right,
                    "level": e.level,
                    "weight": e.weight,
                    "conflict": e.conflict,
                }
                for e in self.features
            ],
            "conflicts": list(self.conflicts),
            "missing": list(self.missing),
            "label": self.label,
            "sentence": self.sentence,
            "algorithm": self.algorithm,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Explanation:
        """Rebuild a stored explanation. Raises KeyError on a mapping that is not one."""
        features = tuple(
            Evidence(e["feature"], e["left"], e["right"], e["level"], round(e["weight"] * 100), e["conflict"])
            for e in data["features"]
        )
        return cls(
            data["score"],
            data["band"],
            features,
            tuple(data["conflicts"]),
            tuple(data["missing"]),
            data["label"],
            data["sentence"],
            data["algorithm"],
        )


_OPENING = {
    ALMOST_CERTAIN: "Casi con certeza es la misma persona",
    PROBABLE: "Probablemente es la misma persona",
    POSSIBLE: "Puede ser la misma persona",
    WEAK: "Hay pocos indicios de que sea la misma persona",
    DISCARDED: "No hay indicios suficientes de que sea la misma persona",
}


def _listed(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    joined = ", ".join(words[:-1])
    return f"{joined} {'e' if words[-1][:1].lower() == 'i' else 'y'} {words[-1]}"


def sentence_of(band: str, features: tuple[Evidence, ...], conflicts: tuple[str, ...], label: str, share: float) -> str:
    """Spanish for a reviewer, read in ten seconds: verdict, what agrees, how rare it is, what contradicts, what is lacking."""
    agree = [f"{e.feature} {e.level}" for e in sorted(features, key=lambda e: -e.centibits) if e.centibits > 0][:4]
    parts = [_OPENING[band]]
    if label:
        parts.append(label)
    elif agree:
        parts.append("coincide " + _listed(agree))
    if share < 1:
        parts.append(f"el nombre en común lo lleva {_one_in(share)}")
    if conflicts:
        parts.append("pero hay contradicción: " + _listed(list(conflicts)))
    against = [e.feature for e in features if e.centibits < 0 and not e.conflict]
    if against:
        parts.append("difiere en " + _listed(against))
    lacking = [e.feature for e in features if e.level == MISSING_ONE and e.feature in _ASKED_FOR]
    if lacking:
        parts.append("un lado no trae " + _listed(lacking))
    return "; ".join(parts) + ". Debe confirmarlo una persona."


MISSING_ONE = "falta en uno"
_ASKED_FOR = frozenset({"fecha de nacimiento", "CURP", "RFC"})
"""What a reviewer can go and ask for."""


def _one_in(share: float) -> str:
    people = 1 / max(share, 1e-9)
    if people < 10:
        return "más de 1 de cada 10 personas"
    if people > 5_000_000:
        return "menos de 1 de cada 5 millones"
    rounded = round(people, -len(str(int(people))) + 1)
    return f"cerca de 1 de cada {int(rounded):,}".replace(",", "\u202f")
