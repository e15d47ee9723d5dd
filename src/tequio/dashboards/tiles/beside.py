"""SESNSP's monthly incidence beside the detentions for probable offences. Its figures are public: none is hidden."""

from __future__ import annotations

from datetime import date

from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _

from tequio.dashboards.domain.asking import OFFENCE
from tequio.dashboards.domain.figures import Figure
from tequio.dashboards.tiles.model import Drawing, Line, Row, Tile
from tequio.dashboards.tiles.reading import Reader
from tequio.dashboards.tiles.times import detentions_by_month
from tequio.kernel.errors import NotFound
from tequio.registries.incidence import selectors as incidence
from tequio.ui.values import NO_INFORMATION


def beside(reader: Reader, subtype: str) -> Tile:
    """The incidence of one subtype, month by month, and the detentions of the same months."""
    question = reader.question
    headers = (_("Mes"), _("Carpetas abiertas: {subtype}").format(subtype=subtype or "-"), _("Detenciones por probable delito"))
    title, note = (
        _("Junto a la incidencia del SESNSP"),
        _(
            "Carpetas de investigación y detenciones no son lo mismo ni de los mismos hechos: se ponen juntas para leerlas, no "
            "para dividir una entre otra."
        ),
    )
    try:
        total = incidence.total(subtype, question.period.first.year, question.state or None)
    except NotFound as missing:
        return Tile("incidencia", title, headers, (), notes=(f"{missing.message} {missing.hint}".strip(),), layout="lines")
    months = [date(total.year, month, 1) for month in range(1, 13)]
    told = detentions_by_month(reader, OFFENCE)
    rows = tuple(
        Row(f"{MONTHS_3[month.month]} {month.year}", (NO_INFORMATION if count is None else count, told.get(month, Figure(0))))
        for month, count in zip(months, total.by_month, strict=True)
        if question.period.first <= month <= question.period.last
    )
    lines = (
        Line(subtype, tuple((n, None if count is None else float(count)) for n, count in enumerate(total.by_month)), "a"),
        Line(
            _("Detenciones por probable delito"),
            tuple((n, float(f.value) if (f := told.get(month, Figure(0))).told else None) for n, month in enumerate(months)),
            "b",
        ),
    )
    ticks = tuple((float(n), str(MONTHS_3[month.month])) for n, month in enumerate(months))
    drawings = (Drawing(title, lines, ticks, _("por mes")),) if question.period.month is None else ()
    files = _("Archivos: {names}.").format(names=", ".join(total.files))
    return Tile("incidencia", title, headers, rows, notes=(note, files), layout="lines", drawings=drawings)
