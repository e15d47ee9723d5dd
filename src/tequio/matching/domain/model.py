"""The model: every weight that moves a score, by name, and how it came about. A file, so that a change is a diff and a version.

Weights are in hundredths of a bit: log2 of how often two records of one person look so, over how often two strangers do.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tequio.kernel.errors import Unavailable
from tequio.matching.domain.bands import BANDS

OWN_MODEL = "TEQUIO_MATCHING_MODEL"
"""Environment variable: path of the model that a node runs instead of the one that comes with this version."""

MOST_CENTIBITS = 100_000
EM, JUDGEMENT = "em", "criterio"


class ModelUnusable(Unavailable):
    """A model's file cannot be read, or is no model of this version."""

    code = "MODELO_NO_UTILIZABLE"


class Weight(IntEnum):
    """Position of each weight. A new one goes at the end; the file names them, so their order is no format."""

    # Name tokens: loss against being equal, by how they are alike. EXACT is what an equal token loses: nothing.
    EXACT = 0
    LOST_LETTER = 1
    GLUED_PARTICLE = 2
    NICKNAME = 3
    SOUND = 4
    ONE_SLIP = 5
    ONE_SLIP_SHORT = 6
    TWO_SLIPS = 7
    TWO_SLIPS_SHORT = 8
    SAME_SKELETON = 9
    CUT_SHORT = 10
    INITIAL = 11
    # Names as wholes.
    OTHER_COLUMN = 12
    SWAPPED_SURNAMES = 13
    MISSING_TOKEN = 14
    GIVEN_DISAGREE = 15
    SECOND_GIVEN_DIFFERS = 16
    SHARED_GIVEN_DIFFERS = 17
    ONE_SURNAME_DIFFERS = 18
    SURNAMES_DIFFER = 19
    MOST_NAME = 20
    MOST_SURNAMES_OF_RELATIVES = 21
    NAME_ALONE_KNEE = 22
    OTHER_NAME_OF_AN_ALIAS = 23
    # Birth date.
    SAME_DATE = 24
    SAME_DATE_DOUBTFUL = 25
    SAME_FIRST_OF_JANUARY = 26
    SWAPPED_DATE = 27
    NEXT_DAY = 28
    SAME_DAY_OTHER_YEAR = 29
    ONE_DIGIT = 30
    SAME_MONTH = 31
    SAME_MONTH_NO_DAY = 32
    SAME_YEAR = 33
    SAME_YEAR_ONLY_YEAR = 34
    YEAR_OFF_BY_ONE = 35
    YEAR_OFF_BY_ONE_ONLY_YEAR = 36
    YEARS_APART = 37
    FAR_APART = 38
    # Age.
    SAME_AGE = 39
    NEAR_AGE = 40
    OTHER_AGE = 41
    FAR_AGE = 42
    # CURP and RFC: what they are worth in all, with the date, sex and state that they repeat, and at least beside these.
    CURP_IN_ALL = 43
    CURP_WRONG_DIGIT_IN_ALL = 44
    CURP_NEAR_IN_ALL = 45
    CURP_AT_LEAST = 46
    OTHER_CURP = 47
    OTHER_CURP_UNSURE = 48
    RFC_IN_ALL = 49
    RFC_NEAR_IN_ALL = 50
    RFC_AT_LEAST = 51
    RFC_OTHER_HOMOCLAVE = 52
    OTHER_RFC = 53
    LETTERS_OF_NAME = 54
    INITIALS_OF_NAME = 55
    OTHER_LETTERS = 56
    NAME_BESIDE_IDENTIFIER = 57
    IDENTIFIER_AT_LEAST = 58
    # Sex, state.
    SAME_SEX = 59
    OTHER_SEX = 60
    SEX_X = 61
    SAME_STATE = 62
    OTHER_STATE = 63
    # Alias, telephone, plate, document, place.
    RARE_ALIAS = 64
    FREQUENT_ALIAS = 65
    ALIAS_EXTENDED = 66
    SAME_PHONE = 67
    SAME_PLATE = 68
    SAME_DOCUMENT = 69
    SAME_PLACE = 70
    OTHER_PLACE = 71


WEIGHTS = len(Weight)
Weights = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Model:
    """One version of the weights. `bands`: least score in bits of each band; `fitted` tells data, method and date."""

    version: str
    weights: Weights
    bands: Mapping[str, float]
    calibration: tuple[tuple[float, float], ...] = ()
    """(score in bits, share of candidates at about that score that were the person), measured on held-out pairs."""
    fitted: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    """By weight: `em` (fitted), `criterio` (set by judgement)."""
    judged: Mapping[str, int] = field(default_factory=dict)
    """By fitted weight: what it is by judgement, in hundredths of a bit. A fit begins there, not at an earlier fit."""

    def by_judgement(self) -> Weights:
        """The weights with every fit taken back."""
        weights = self.weights.copy()
        for name, centibits in self.judged.items():
            weights[Weight[name.upper()]] = centibits
        weights.flags.writeable = False
        return weights

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, weights by name."""
        weights: dict[str, dict[str, Any]] = {}
        for weight in Weight:
            name = weight.name.lower()
            weights[name] = {"centibits": int(self.weights[weight]), "source": self.sources.get(name, JUDGEMENT)}
            if name in self.judged:
                weights[name][JUDGEMENT] = self.judged[name]
        return {
            "version": self.version,
            "fitted": dict(self.fitted),
            "bands": dict(self.bands),
            "calibration": [list(point) for point in self.calibration],
            "weights": weights,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Model:
        """Rebuild a model. Raises KeyError where something is lacking, TypeError or ValueError where it is of no use."""
        weights = np.zeros(WEIGHTS, np.int32)
        for weight in Weight:
            weights[weight] = _centibits(data["weights"][weight.name.lower()]["centibits"])
        weights.flags.writeable = False
        bands = {str(band): float(bits) for band, bits in data["bands"].items()}
        if list(bands) != list(BANDS[:-1]) or sorted(bands.values(), reverse=True) != list(bands.values()):
            raise ValueError(f"bands are {', '.join(BANDS[:-1])}, falling")
        return cls(
            version=str(data["version"]),
            weights=weights,
            bands=bands,
            calibration=tuple((float(s), float(p)) for s, p in data.get("calibration", ())),
            fitted=dict(data.get("fitted", {})),
            sources={name: str(entry.get("source", JUDGEMENT)) for name, entry in data["weights"].items()},
            judged={
                name: _centibits(entry[JUDGEMENT])
                for name, entry in data["weights"].items()
                if JUDGEMENT in entry and name.upper() in Weight.__members__
            },
        )


def _centibits(value: Any) -> int:
    number = int(value)
    if abs(number) > MOST_CENTIBITS:
        raise ValueError(f"{number} is no weight in hundredths of a bit")
    return number


def read_model(path: Path) -> Model:
    """A model from a file. Raises ModelUnusable, in words for whoever named the file."""
    try:
        return Model.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ModelUnusable(f"No se puede leer el modelo {path}.", hint="Revise la ruta y los permisos.") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        lacking = f": le falta {error.args[0]!r}" if isinstance(error, KeyError) else ""
        raise ModelUnusable(
            f"{path} no es un modelo de comparación de esta versión{lacking}.",
            hint="Hágalo de nuevo con `tequio matching fit`, o use el modelo que trae el sistema.",
        ) from error


@lru_cache(maxsize=1)
def shipped() -> Model:
    """The model that runs: the node's own where TEQUIO_MATCHING_MODEL names one, else the one that comes with this version.

    Raises ModelUnusable where the node's own cannot be read: another model in its place would be a silent change.
    """
    own = os.environ.get(OWN_MODEL, "").strip()
    if own:
        return read_model(Path(own).expanduser())
    return Model.from_dict(json.loads(files("tequio.matching").joinpath("data", "model.json").read_text(encoding="utf-8")))
