"""Explanation: everything a reviewer needs to judge a match, and everything an auditor needs to repeat it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tequio.matching.domain.bands import ALMOST_CERTAIN, DISCARDED, POSSIBLE, PROBABLE, WEAK
from tequio.matching.domain.features.base import DIFFERENT, EQUAL, MISSING_BOTH, MISSING_ONE, NEAR, PARTIAL
from tequio.matching.domain.sharing import SharedName

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
_CALLED = {
    "nombre": "el nombre",
    "alias": "el alias",
    "fecha de nacimiento": "la fecha de nacimiento",
    "edad": "la edad",
    "CURP": "la CURP",
    "RFC": "el RFC",
    "sexo": "el sexo",
    "entidad de nacimiento": "la entidad de nacimiento",
    "teléfono": "el teléfono",
    "placa": "la placa",
    "documento": "el documento",
    "lugar": "el lugar de residencia",
}
_CODES = frozenset({"CURP", "RFC"})
_MISSING = frozenset({MISSING_ONE, MISSING_BOTH})
_ASKED_FOR = ("fecha de nacimiento", "CURP", "RFC")
"""What a reviewer can go and ask for."""
_MOST_NAMED = 5  # more would not be read in ten seconds; the table beside the sentence has them all


def sentence_of(band: str, features: tuple[Evidence, ...], label: str, shared: SharedName) -> str:
    """Spanish for a reviewer, read in ten seconds: verdict, what agrees, how rare it is, what contradicts, what is lacking."""
    ranked = sorted([e for e in features if e.centibits or e.level not in _MISSING], key=lambda e: -e.centibits)
    letters = [e for e in ranked if _by_letters(e)]
    speaking = [e for e in ranked if not _by_letters(e) and not (label and e.feature == "nombre")]
    equal = [e for e in speaking if e.level == EQUAL and e.centibits >= 0][:_MOST_NAMED]
    near = [e for e in speaking if e.level == NEAR and e.centibits > 0]
    partly = [e for e in speaking if e.level == PARTIAL and e.centibits > 0]
    against = [e for e in speaking if e.centibits < 0 and not e.conflict]
    conflicts = [e.conflict for e in features if e.conflict]
    parts = [label] if label else []
    parts += [f"{_verb('coincide', equal)} {_named(equal)}"] if equal else []
    parts += [f"{_verb('es', near)} casi igual{'es' if len(near) > 1 else ''} {_named(near)}"] if near else []
    parts += [f"en parte {_verb('coincide', partly)} {_named(partly)}"] if partly else []
    parts += [_of_letters(e) for e in letters]
    refuted = bool(conflicts) and band == DISCARDED  # then what contradicts is all that needs to be read
    parts += [] if refuted else _of_the_name(shared)
    parts += ["pero hay contradicción: " + _listed(conflicts)] if conflicts else []
    parts += [f"{_verb('difiere', against)} {_named(against)}"] if against and not refuted else []
    parts += [] if refuted else _of_what_is_lacking(features, label)
    told = "; ".join(parts)
    return _OPENING[band] + (f": {told}" if told else "") + ". Debe confirmarlo una persona."


def _listed(words: Sequence[str], joint: str = "y") -> str:
    if len(words) < 2:
        return "".join(words)
    before_i = joint == "y" and words[-1][:1].lower() == "i"
    return f"{', '.join(words[:-1])} {'e' if before_i else joint} {words[-1]}"


def _named(evidence: Sequence[Evidence]) -> str:
    return _listed([_CALLED[e.feature] for e in evidence])


def _verb(word: str, evidence: Sequence[Evidence]) -> str:
    if len(evidence) < 2:
        return word
    return "son" if word == "es" else word + "n"


def _by_letters(e: Evidence) -> bool:
    """Whether a code of one side was compared with the name, or the other code, of the other: it is no code that agrees."""
    return e.feature in _CODES and (not e.left or not e.right) and e.level not in _MISSING


def _of_letters(e: Evidence) -> str:
    code = e.feature if e.feature == "RFC" else "CURP"
    if e.centibits < 0 or e.level == DIFFERENT:
        return f"las letras de{'l' if code == 'RFC' else ' la'} {code} no son las del nombre"
    letters = "letras" if e.level == NEAR else "iniciales"
    return f"las {letters} de{'l' if code == 'RFC' else ' la'} {code} concuerdan con el nombre"


def _of_the_name(shared: SharedName) -> list[str]:
    """How rare what both names share is, and which of its words are only nearly equal."""
    if shared.share >= 1:
        return []
    alike = ", ".join(f"{one}/{other}" for one, other in shared.near[:2])
    return [f"el nombre en común{f' ({alike})' if alike else ''} lo lleva {_one_in(shared.share)}"]


def _of_what_is_lacking(features: tuple[Evidence, ...], label: str) -> list[str]:
    by_name = {e.feature: e for e in features}
    asked = [by_name[name] for name in _ASKED_FOR if name in by_name]
    one_side = [e for e in asked if bool(e.left) != bool(e.right)]
    nobody = [e.feature for e in asked if not e.left and not e.right]
    parts = [f"en un lado {_verb('falta', one_side)} {_named(one_side)}"] if one_side else []
    if label and nobody:  # nothing but a name was compared: this is what would tell namesakes apart
        parts.append("ninguno trae " + _listed(nobody, "ni"))
    return parts


def _one_in(share: float) -> str:
    people = 1 / max(share, 1e-9)
    if people < 10:
        return "más de 1 de cada 10 personas"
    if people > 5_000_000:
        return "menos de 1 de cada 5 millones de personas"
    rounded = round(people, -len(str(int(people))) + 1)
    return f"cerca de 1 de cada {int(rounded):,} personas".replace(",", "\u202f")
