"""What is wrong with an identifier: a code for programs, a Spanish sentence for people, and whether it stops its use."""

from __future__ import annotations

import math
import re
from typing import NamedTuple


class Problem(NamedTuple):
    """One finding. A blocking problem means that the value cannot serve as a key; the others are warnings."""

    code: str
    message: str
    blocking: bool = False


def as_text(value: object) -> str:
    """What was supplied as text; None and NaN are empty, and 18.0, a spreadsheet's idea of an integer, is 18."""
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if math.isnan(value) else str(int(value)) if value.is_integer() else str(value)
    return str(value)


def squeeze(text: object) -> str:
    """Upper-case letters and digits of whatever was supplied; None and NaN give an empty text. O(length)."""
    plain = (text if isinstance(text, str) else as_text(text)).upper()
    return (
        plain if plain.isascii() and plain.isalnum() else "".join(c for c in plain if c.isalnum() and (c.isascii() or c == "Ñ"))
    )


def digits(text: object) -> str:
    """ASCII digits of whatever was supplied."""
    plain = text if isinstance(text, str) else as_text(text)
    return plain if plain.isascii() and plain.isdecimal() else _NOT_DIGIT.sub("", squeeze(plain))


def is_filler(value: str) -> bool:
    """Whether a value was typed to fill a box: one sign repeated, or a run such as 1234567890."""
    return value[:-1] == value[1:] or (len(value) > 6 and (value in _RUNS or value[::-1] in _RUNS))


_RUNS = "01234567890123456789"
_NOT_DIGIT = re.compile(r"[^0-9]+")
