"""Drawings as shapes that a template draws as SVG: they need no script, print as they look, and follow the page's colours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tequio.dashboards.tiles.model import Drawing
from tequio.ui import formats

WIDTH, HEIGHT = 760, 260
LEFT, RIGHT, TOP, BOTTOM = 62, 36, 14, 38
TICKS = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on an axis and what it says."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line: its pieces, its band, its points, how it looks and what it is called."""

    label: str
    look: str
    path: str
    band: str
    points: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything of a drawing, in the units of its view box."""

    label: str
    unit: str
    view_box: str
    left: int
    right: int
    bottom: int
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    limits: tuple[Mark, ...]
    lines: tuple[Drawn, ...]


def chart(drawing: Drawing) -> Chart:
    """The shapes of a drawing. O(points)."""
    last = max((place for line in drawing.lines for place, _value in line.points), default=1.0) or 1.0
    top, step = _scale(drawing)

    def x(place: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * place / last, 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)

    said = dict(drawing.ticks)
    lines = tuple(
        Drawn(
            line.label,
            line.look,
            _path((x(place), None if value is None else y(value)) for place, value in line.points),
            _band([(x(place), y(low), y(high)) for place, low, high in line.band]),
            tuple(
                (
                    x(place),
                    y(value),
                    f"{line.label}, {said.get(place, formats.number(place))}: {formats.number(round(value, 1))}",
                )
                for place, value in line.points
                if value is not None
            ),
        )
        for line in drawing.lines
    )
    return Chart(
        drawing.label,
        drawing.unit,
        f"0 0 {WIDTH} {HEIGHT}",
        LEFT,
        WIDTH - RIGHT,
        HEIGHT - BOTTOM,
        tuple(Mark(x(place), label) for place, label in drawing.ticks),
        tuple(Mark(y(step * n), formats.number(round(step * n, 4))) for n in range(round(top / step) + 1)),
        tuple(Mark(y(value), label) for value, label in drawing.limits),
        lines,
    )


def _scale(drawing: Drawing) -> tuple[float, float]:
    """(top of the axis, distance between its marks): round figures that hold every value and limit."""
    values = [value for line in drawing.lines for _place, value in line.points if value is not None]
    values += [high for line in drawing.lines for _place, _low, high in line.band] + [value for value, _said in drawing.limits]
    highest = max([drawing.least_top, *values])
    rough = highest / TICKS
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= rough)
    return step * math.ceil(highest / step), step


def _path(points: Iterable[tuple[float, float | None]]) -> str:
    """Straight pieces, broken where nothing is known."""
    out: list[str] = []
    pen = "M"
    for at, value in points:
        if value is None:
            pen = "M"
            continue
        out.append(f"{pen}{at} {value}")
        pen = "L"
    return "".join(out)


def _band(points: Sequence[tuple[float, float, float]]) -> str:
    """The area between the lows and the highs."""
    if not points:
        return ""
    highs = [f"{at} {high}" for at, _low, high in points]
    lows = [f"{at} {low}" for at, low, _high in reversed(points)]
    return "M" + "L".join([*highs, *lows]) + "Z"
