"""Commands of the dashboard: read a tile, count everything anew."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import RenderableType

from tequio.access import selectors as access
from tequio.dashboards import services, tiles
from tequio.dashboards.domain.asking import FAULT, OFFENCE, Period, Question
from tequio.dashboards.tiles.model import plain
from tequio.institutions import selectors as institutions
from tequio.kernel import clock
from tequio.kernel.errors import Invalid
from tequio.ui.console.acting import Why
from tequio.ui.console.answers import Answer, line, table
from tequio.ui.console.entry import Output, command
from tequio.ui.console.spanish import group

app = group("Tablero de detenciones: cifras protegidas, sin datos de personas.")

SYSTEM_AGENCY = "FED-SSPC"
"""Whose chain keeps what the system does by itself."""
TYPES = {"falta": FAULT, "delito": OFFENCE}
YEARS = range(1990, 2101)
MONTHS = range(1, 13)


@command(app, "show")
def show(
    tile: Annotated[str, typer.Argument(metavar="TABLERO", help="Cuál: " + ", ".join(tiles.TITLES) + ".")],
    why: Why,
    year: Annotated[int, typer.Option("--year", metavar="AÑO", help="Año; si se omite, el actual.")] = 0,
    month: Annotated[int, typer.Option("--month", metavar="MES", help="Mes, 1 a 12; si se omite, todo el año.")] = 0,
    state: Annotated[str, typer.Option("--state", metavar="ENTIDAD", help="Entidad; si se omite, todo el país.")] = "",
    record_type: Annotated[str, typer.Option("--type", metavar="falta|delito", help="Tipo; si se omite, ambos.")] = "",
    subtype: Annotated[str, typer.Option("--subtype", metavar="SUBTIPO", help="Delito del SESNSP, para «incidencia».")] = "",
) -> Answer:
    """Muestra un tablero con las mismas cifras que la web: exactas, redondeadas o protegidas. Queda en la bitácora."""
    if tile not in tiles.TITLES:
        raise Invalid(f"No hay tablero «{tile}».", hint=f"Use uno de: {', '.join(tiles.TITLES)}.")
    if record_type and record_type not in TYPES:
        raise Invalid(f"No hay tipo «{record_type}».", hint="Use falta o delito.")
    question = Question(
        _period(year, month),
        state=institutions.state_by_any(state).code if state else "",
        record_type=TYPES.get(record_type, ""),
    )
    found = services.read_tile(actor=why.actor(), purpose=why.stated(), question=question, key=tile, subtype=subtype)
    rows = [{"label": row.label, "values": [plain(cell) for cell in row.cells]} for row in found.rows]
    data = {"tile": found.key, "title": found.title, "headers": list(found.headers), "rows": rows, "notes": list(found.notes)}
    parts: list[RenderableType] = [line(found.title)]
    if found.rows:
        parts.append(table(found.headers, [(row.label, *row.texts) for row in found.rows]))
    return Answer(data, [*parts, *(line(note) for note in (found.lead, *found.notes) if note)])


@command(app, "count")
def count(output: Output) -> Answer:
    """Cuenta de nuevo todo el tablero a partir del registro. Es derivado: perderlo no pierde nada. Las páginas esperan."""
    done = services.count_everything(actor=access.system_actor(SYSTEM_AGENCY))
    return Answer({"detentions": done}, [line(f"Tablero contado de nuevo: {done:,} detenciones.")])


def _period(year: int, month: int) -> Period:
    wanted = year or clock.now().astimezone(clock.MEXICO).year
    if wanted not in YEARS:
        raise Invalid(f"No hay cifras del año {wanted}.", hint=f"Indique un año de {YEARS[0]} a {YEARS[-1]}.")
    if not month:
        return Period.of_year(wanted)
    if month not in MONTHS:
        raise Invalid(f"No hay mes {month}.", hint="Indique un mes de 1 a 12.")
    return Period.of_month(wanted, month)
