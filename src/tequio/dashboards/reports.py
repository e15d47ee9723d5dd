"""The dashboard as a PDF. The document's text is fixed; every datum goes in as data, never as source."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import typst
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tequio.dashboards import charts
from tequio.dashboards.tiles.model import Tile
from tequio.ui.exports import Head

_TEMPLATE: Final = Path(__file__).resolve().parent / "report.typ"


def pdf(head: Head, found: Sequence[Tile]) -> bytes:
    """The tiles on paper, with who took them out, when and with which filters on every page. Some tenths of a second."""
    data = {
        "title": head.title,
        "head": [list(line) for line in head.lines()],
        "foot": _("{who} · {when}").format(who=head.who, when=head.lines()[2][1]),
        "page": _("Página"),
        "empty": _("Sin cifras que mostrar."),
        "tiles": [_tile(one) for one in found],
    }
    compiled = typst.compile(_TEMPLATE.read_bytes(), sys_inputs={"data": json.dumps(data)})
    if not isinstance(compiled, bytes):
        raise TypeError("one document was asked for")
    return compiled


def _tile(one: Tile) -> dict[str, object]:
    return {
        "title": one.title,
        "lead": one.lead,
        "headers": list(one.headers),
        "rows": [[row.label, *([said for said, _level in row.shaded] if row.levels else row.texts)] for row in one.rows],
        "notes": list(one.notes),
        "heat": one.layout == "heat",
        "charts": [
            render_to_string("dashboards/parts/chart.svg", {"chart": charts.chart(drawing), "paper": True}).strip()
            for drawing in one.drawings
        ],
    }
