"""What a tile is: a table of figures as they may be told, and what is drawn of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tequio.dashboards.domain.asking import FAULT, OFFENCE, Question
from tequio.dashboards.domain.figures import Figure, Telling
from tequio.dashboards.domain.histogram import Estimate
from tequio.ui import formats
from tequio.ui.values import Lacking

TYPE_WORDS = {FAULT: gettext_lazy("Faltas administrativas"), OFFENCE: gettext_lazy("Probables delitos")}

MINUTES_OF_A_DAY = 1440
TWO_DAYS = 2 * MINUTES_OF_A_DAY


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, 0 to 1; None: it cannot be told. `low` and `high`: its band."""

    value: float | None
    low: float | None = None
    high: float | None = None
    digits: int = 0

    def __str__(self) -> str:
        if self.value is None:
            return _("protegido")
        said = f"{100 * self.value:.{self.digits}f} %"
        if self.low is None or self.high is None:
            return said
        return _("{share} (de {low} a {high})").format(
            share=said, low=f"{100 * self.low:.{self.digits}f}", high=f"{100 * self.high:.{self.digits}f} %"
        )


Cell = Figure | Share | Estimate | Lacking | str | int | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `opens`: the page that it leads to; `bar`: how long its bar is, 0 to 100, None without one."""

    label: str
    cells: tuple[Cell, ...]
    opens: Question | None = None
    bar: int | None = None
    levels: tuple[int, ...] = ()
    """How dark each cell is, 0 to 5, in a table that is a map of heat."""
    code: str = ""

    @property
    def texts(self) -> list[str]:
        """The cells as people read them."""
        return [text(cell) for cell in self.cells]

    @property
    def shaded(self) -> list[tuple[str, int]]:
        """(text in few signs, how dark) of each cell."""
        return [(brief(cell), level) for cell, level in zip(self.cells, self.levels, strict=True)]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a drawing: (place on the axis, value); a gap where the value is None."""

    label: str
    points: tuple[tuple[float, float | None], ...]
    look: str = "a"
    band: tuple[tuple[float, float, float], ...] = ()
    """(place, low, high)."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Lines over an axis. `ticks`: (place, what it says); `limits`: (value, what it says), drawn across."""

    label: str
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    unit: str
    limits: tuple[tuple[float, str], ...] = ()
    least_top: float = 1.0


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile. `layout` chooses its template; `drawings` go over the table, which says the same."""

    key: str
    title: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    lead: str = ""
    layout: str = "table"
    notes: tuple[str, ...] = ()
    drawings: tuple[Drawing, ...] = field(default=())

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""
        return not self.rows


def text(cell: Cell) -> str:
    """A cell as people read it."""
    if isinstance(cell, Figure):
        return _figure(cell)
    if isinstance(cell, Estimate):
        return minutes(cell)
    return formats.plain(cell) if not isinstance(cell, Share) else str(cell)


def brief(cell: Cell) -> str:
    """A rounded figure in a cell of a few signs; what stands beside the table says that it is rounded."""
    if isinstance(cell, Figure) and cell.telling in {Telling.BELOW, Telling.ROUNDED}:
        return f"<{cell.value}" if cell.telling == Telling.BELOW else formats.number(cell.value)
    return text(cell)


def plain(cell: Cell) -> object:
    """A cell as a file has it: a number where it is told to the unit, else the text."""
    return cell.value if isinstance(cell, Figure) and cell.telling == Telling.EXACT else text(cell)


def minutes(estimate: Estimate) -> str:
    """A time: in minutes up to two days, then in days, to the precision that it has."""
    about = round(estimate.value)
    if estimate.high is None:
        return _("más de {n} días").format(n=estimate.low // MINUTES_OF_A_DAY)
    if about >= TWO_DAYS:
        return _("{n} días").format(n=f"{about / MINUTES_OF_A_DAY:.1f}")
    return (
        _("{n} min").format(n=formats.number(about))
        if estimate.low == estimate.high
        else _("≈ {n} min").format(n=formats.number(about))
    )


def _figure(figure: Figure) -> str:
    if figure.telling == Telling.HIDDEN:
        return _("protegido")
    if figure.telling == Telling.BELOW:
        return _("menos de {k}").format(k=figure.value)
    told = formats.number(figure.value)
    return told if figure.telling == Telling.EXACT else f"≈ {told}"
