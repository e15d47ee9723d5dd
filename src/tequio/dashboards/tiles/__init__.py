"""The tiles of the dashboard, by key, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tequio.dashboards.tiles import beside, cohorts, counts, times
from tequio.dashboards.tiles.model import Tile
from tequio.dashboards.tiles.reading import Reader

SUMMARY, BESIDE = "resumen", "incidencia"

TITLES: dict[str, Promise | str] = {
    SUMMARY: gettext_lazy("En resumen"),
    "tiempo": gettext_lazy("En el tiempo"),
    "calor": gettext_lazy("Por hora y día de la semana"),
    "lugares": gettext_lazy("Por lugar"),
    "dependencias": gettext_lazy("Por institución"),
    "modalidades": gettext_lazy("Por tipo de detención"),
    "custodia": gettext_lazy("Puesta a disposición y actualización"),
    "minutos": gettext_lazy("Cuánto tardan el registro y la puesta a disposición"),
    "escalamiento": gettext_lazy("De la falta al probable delito"),
    "reincidencia": gettext_lazy("Detenciones repetidas"),
    BESIDE: gettext_lazy("Junto a la incidencia del SESNSP"),
}

_MAKERS: dict[str, Callable[[Reader], Tile]] = {
    SUMMARY: counts.summary,
    "tiempo": times.series,
    "calor": times.heat,
    "lugares": counts.places,
    "dependencias": counts.agencies,
    "modalidades": counts.kinds,
    "custodia": counts.steps,
    "minutos": times.minutes,
    "escalamiento": cohorts.escalation,
    "reincidencia": cohorts.recidivism,
}


def make(key: str, reader: Reader, subtype: str = "") -> Tile:
    """The tile of that key. A page that may tell nothing says so. Raises KeyError for a key that is no tile's."""
    if reader.closed:
        told = _("Hay muy pocas personas detrás de estas cifras, o servirían para deducir otras: no se muestran.")
        return Tile(key, str(TITLES[key]), (), (), notes=(told,))
    return beside.beside(reader, subtype) if key == BESIDE else _MAKERS[key](reader)
