"""The map of the thirty-two states, as shapes that a template draws: `ui/parts/map.html`.

Shapes: @svg-maps/mexico, by Victor Cazanave and contributors, CC BY 4.0 (static/ui/vendor/README.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).resolve().parent / "static" / "ui" / "vendor" / "mexico.svg"
_SHAPE: Final = re.compile(r'<path\s+id="(\w+)"\s+aria-label="[^"]*"\s+d="([^"]+)"')
VIEW_BOX: Final = "0 0 793 498"

_CODES: Final = {
    "agu": "01", "bcn": "02", "bcs": "03", "cam": "04", "coa": "05", "col": "06", "chp": "07", "chh": "08", "cmx": "09",
    "dur": "10", "gua": "11", "gro": "12", "hid": "13", "jal": "14", "mex": "15", "mic": "16", "mor": "17", "nay": "18",
    "nle": "19", "oax": "20", "pue": "21", "que": "22", "roo": "23", "slp": "24", "sin": "25", "son": "26", "tab": "27",
    "tam": "28", "tla": "29", "ver": "30", "yuc": "31", "zac": "32",
}  # fmt: skip
"""INEGI code of each shape, whose own names are those of ISO 3166-2:MX."""

LEVELS: Final = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A state on a map: its shape, what it says, how dark it is (0 to 5), and where it leads, if anywhere."""

    path: str
    label: str
    level: int
    url: str = ""


@lru_cache(maxsize=1)
def paths() -> dict[str, str]:
    """Outline of each state by INEGI code, in the units of `VIEW_BOX`."""
    return {_CODES[name]: path for name, path in _SHAPE.findall(_FILE.read_text(encoding="utf-8"))}


def level(value: float, most: float) -> int:
    """How dark a state with `value` is, where `most` is the darkest: 0 only for none."""
    return 0 if value <= 0 or most <= 0 else max(1, min(LEVELS, round(LEVELS * value / most)))
