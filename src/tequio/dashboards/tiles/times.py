"""Tiles of time: over the months or days, by hour and weekday, and how long the record and the presentation took."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.utils.dates import MONTHS_3, WEEKDAYS
from django.utils.translation import gettext as _

from tequio.catalogs import selectors as catalogs
from tequio.catalogs.selectors import ParameterUndecided, ParameterUnknown
from tequio.dashboards import selectors
from tequio.dashboards.domain import histogram
from tequio.dashboards.domain.asking import FAULT, OFFENCE
from tequio.dashboards.domain.figures import HIDDEN, Figure, rough
from tequio.dashboards.domain.histogram import HEAT, HOURS, PRESENTATION, RECORD, Bins, Estimate
from tequio.dashboards.selectors import Sums
from tequio.dashboards.tiles.model import TYPE_WORDS, Cell, Drawing, Line, Row, Share, Tile
from tequio.dashboards.tiles.reading import Reader
from tequio.ui import formats, maps
from tequio.ui.values import NO_INFORMATION, NOT_APPLICABLE

RECORD_LIMIT, PRESENTATION_LIMIT = "rnd.record_limit_minutes", "rnd.presentation_limit_minutes"
MEDIAN, TAIL = 0.5, 0.95
MOST_TICKS = 12


def series(reader: Reader) -> Tile:
    """Detentions over time: by month, or by day in a short period."""
    columns = _columns(reader)
    if reader.question.period.daily:
        moments, told = _days(reader)
    else:
        moments, told = _months(reader, columns)
    headers = (_("Día") if reader.question.period.daily else _("Mes"), *(str(TYPE_WORDS[one]) for one in columns))
    labels = [_moment(reader, at) for at in moments]
    rows = tuple(Row(label, tuple(told[one][at] for one in columns)) for label, at in zip(labels, moments, strict=True))
    lines = tuple(
        Line(str(TYPE_WORDS[one]), tuple((n, _drawn(told[one][at])) for n, at in enumerate(moments)), "ab"[number])
        for number, one in enumerate(columns)
    )
    drawing = Drawing(_("Detenciones en el tiempo"), lines, _ticks(labels), _("detenciones"))
    return Tile("tiempo", _("En el tiempo"), headers, rows, layout="lines", drawings=(drawing,) if len(moments) > 1 else ())


def heat(reader: Reader) -> Tile:
    """By hour and weekday. Always rounded: it is read for its shape."""
    whole = _all(reader)[:HEAT].reshape(7, HOURS)
    most = int(whole[:, :-1].max(initial=0))
    headers = (_("Día"), *(f"{hour:02}" for hour in range(24)), _("sin hora"))
    rows = tuple(
        Row(
            str(WEEKDAYS[day]).capitalize(),
            tuple(rough(int(count), reader.k) for count in whole[day]),
            levels=tuple(_level(int(count), most, reader.k) for count in whole[day]),
        )
        for day in range(7)
    )
    note = _("Hora local de la entidad de la detención. Cifras redondeadas a múltiplos de {k}.").format(k=reader.k)
    return Tile("calor", _("Por hora y día de la semana"), headers, rows if most else (), layout="heat", notes=(note,))


def minutes(reader: Reader) -> Tile:
    """Minutes from the detention to the record and to the presentation: half and 95 of each hundred took that or less."""
    found = selectors.shapes(reader.question)
    months = reader.question.period.months()
    by_month: dict[date, Bins] = defaultdict(histogram.empty)
    for (month, of_type), bins in found.items():
        if of_type in reader.types:
            by_month[month] = by_month[month] + bins
    limited = ((RECORD_LIMIT, RECORD), (PRESENTATION_LIMIT, PRESENTATION))
    limits = {key: _limit(reader, key) for key, _part in limited}
    rows = [
        Row(
            _moment(reader, month, monthly=True),
            _times(by_month[month][RECORD], reader.k) + _times(by_month[month][PRESENTATION], reader.k),
        )
        for month in months
    ]
    whole = sum(by_month.values(), histogram.empty())
    rows.append(Row(_("Todo el periodo"), _times(whole[RECORD], reader.k) + _times(whole[PRESENTATION], reader.k)))
    beyond = [_beyond(whole[part], limits[key], reader.k) for key, part in limited]
    rows.append(Row(_("Más que el límite de referencia"), (beyond[0], NOT_APPLICABLE, beyond[1], NOT_APPLICABLE)))
    headers = (
        _("Mes"),
        _("Registro: la mitad tardó hasta"), _("Registro: 95 de cada 100"),
        _("Puesta a disposición: la mitad"), _("Puesta a disposición: 95 de cada 100"),
    )  # fmt: skip
    drawings = tuple(
        _time_drawing(reader, label, months, by_month, part, limits[key])
        for label, part, key in (
            (_("Minutos de la detención al registro"), RECORD, RECORD_LIMIT),
            (_("Minutos de la detención a la puesta a disposición"), PRESENTATION, PRESENTATION_LIMIT),
        )
    )
    return Tile(
        "minutos", _("Cuánto tarda el registro y la puesta a disposición"), headers, tuple(rows), layout="lines",
        notes=_time_notes(limits), drawings=drawings if len(months) > 1 else (),
    )  # fmt: skip


def _times(counts: Bins, k: int) -> tuple[Cell, Cell]:
    """Median and 95th percentile, each only where at least k people took longer."""
    return _time(counts, MEDIAN, k), _time(counts, TAIL, k)


def _time(counts: Bins, share: float, k: int) -> Cell:
    people = int(counts.sum())
    if people and people * (1 - share) < k:
        return HIDDEN
    return histogram.percentile(counts, share) or NO_INFORMATION


def _beyond(counts: Bins, limit: int | None, k: int) -> Cell:
    if limit is None:
        return NO_INFORMATION
    people, over = int(counts.sum()), histogram.above(counts, limit)
    return Share(over / people) if min(over, people - over) >= k else Share(None)


def _limit(reader: Reader, key: str) -> int | None:
    try:
        return int(catalogs.parameter(key, reader.question.period.last))
    except (ParameterUnknown, ParameterUndecided):
        return None


def _time_notes(limits: dict[str, int | None]) -> tuple[str, ...]:
    error = _("Exacto hasta una hora; después, con un error de hasta {error} %.").format(error=f"{100 * histogram.ERROR:.1f}")
    told = _("Solo cuentan las detenciones con ambos momentos conocidos y en orden.")
    law = _("La ley pide registrar de inmediato y presentar sin demora, sin cifra: los límites son parámetros por confirmar.")
    return (error, told, law) if any(limits.values()) else (error, told)


def _time_drawing(
    reader: Reader, label: str, months: list[date], by_month: dict[date, Bins], part: slice, limit: int | None
) -> Drawing:
    told = [_times(by_month[month][part], reader.k) for month in months]
    lines = tuple(
        Line(
            said,
            tuple((n, cell.value if isinstance(cell := cells[at], Estimate) else None) for n, cells in enumerate(told)),
            look,
        )
        for at, said, look in ((0, _("la mitad"), "a"), (1, _("95 de cada 100"), "b"))
    )
    crossed = ((float(limit), _("límite de referencia: {n} min").format(n=formats.number(limit))),) if limit else ()
    return Drawing(label, lines, _ticks([_moment(reader, month, monthly=True) for month in months]), _("minutos"), crossed)


def _days(reader: Reader) -> tuple[list[date], dict[str, dict[date, Figure]]]:
    period = reader.question.period
    counts: dict[str, dict[date, int]] = {one: defaultdict(int) for one in _columns(reader)}
    for day, of_type, n in selectors.by_day(reader.question):
        if of_type in counts and of_type in reader.types:
            counts[of_type][day] += n
    moments = [period.first + timedelta(days=at) for at in range(period.days)]
    return moments, {one: {day: rough(counts[one][day], reader.k) for day in moments} for one in counts}


def _months(reader: Reader, columns: tuple[str, ...]) -> tuple[list[date], dict[str, dict[date, Figure]]]:
    moments = reader.question.period.months()
    told: dict[str, dict[date, Figure]] = {one: {} for one in columns}
    if reader.question.exact:
        year = reader.year(reader.question, "", _counted)
        for one, of_type in told.items():
            of_type.update({month: year.figure(None, month.month, (one,)) for month in moments})
        return moments, told
    counts: dict[tuple[str, date], int] = defaultdict(int)
    for row in reader.sums(reader.question, ""):
        counts[row.record_type, row.month] += row.n
    for one, of_type in told.items():
        shown = one in reader.types
        of_type.update({month: rough(counts[one, month] if shown else 0, reader.k) for month in moments})
    return moments, told


def detentions_by_month(reader: Reader, of_type: str) -> dict[date, Figure]:
    """Detentions of one type in each month of the period."""
    if of_type not in reader.types:
        return {}
    _moments, told = _months(reader, (of_type,))
    return told[of_type]


def _counted(one: Sums) -> dict[str, int]:
    return {"": one.n}


def _all(reader: Reader) -> Bins:
    found = selectors.shapes(reader.question)
    return sum((bins for (_month, of_type), bins in found.items() if of_type in reader.types), histogram.empty())


def _columns(reader: Reader) -> tuple[str, ...]:
    asked = reader.question.record_type
    return (asked,) if asked else (FAULT, OFFENCE)


def _moment(reader: Reader, at: date, *, monthly: bool = False) -> str:
    if reader.question.period.daily and not monthly:
        return formats.day(at)
    return f"{MONTHS_3[at.month]} {at.year}"


def _ticks(labels: list[str]) -> tuple[tuple[float, str], ...]:
    step = max(1, -(-len(labels) // MOST_TICKS))
    return tuple((float(at), label) for at, label in enumerate(labels) if at % step == 0)


def _drawn(figure: Figure) -> float | None:
    return float(figure.value) if figure.told else None


def _level(count: int, most: int, k: int) -> int:
    return 0 if count < k else maps.level(count, most)
