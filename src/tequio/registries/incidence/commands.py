"""Commands of crime counts: load a SESNSP file, ask for a total."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType

from tequio.institutions import selectors as institutions
from tequio.kernel import outbox
from tequio.kernel.errors import Invalid
from tequio.registries.incidence import selectors, services
from tequio.registries.incidence.domain.text import MONTHS
from tequio.ui.console.acting import Why
from tequio.ui.console.answers import Answer, facts, line, table
from tequio.ui.console.entry import Output, command
from tequio.ui.console.spanish import group

YEARS = range(1997, 2101)
"""Years that a question may name: SESNSP publishes since 1997."""
ALL_STATES = 32

app = group("Incidencia delictiva: cifras mensuales del SESNSP.")


@command(app, "load")
def load(file: Annotated[Path, typer.Argument(metavar="ARCHIVO", help="CSV estatal del SESNSP.")], why: Why) -> Answer:
    """Carga un archivo mensual: todo o nada. Exige finalidad y folio. Repetirlo no cambia nada."""
    done = services.load_monthly_file(actor=why.actor(), purpose=why.stated(), path=file)
    outbox.drain()
    first = "El archivo ya estaba cargado; nada cambió." if done.repeated else f"Se cargó {done.name}."
    pairs: list[tuple[str, object]] = [
        ("Renglones", done.rows),
        ("Combinaciones de delito", done.keys),
        ("Años", ", ".join(map(str, done.years))),
        ("Entidades", done.states),
        ("Celdas", done.cells),
        ("Celdas sin información (no son cero)", done.blank_cells),
        ("Cifras anteriores sustituidas", done.superseded),
        ("Codificación", done.encoding),
        ("SHA-256", done.sha256),
    ]
    parts: list[RenderableType] = [line(first), facts(pairs)]
    if done.remarks:
        rows = [(r.code, r.rows, r.message, r.value, r.proposed_name) for r in done.remarks]
        parts.append(table(("Código", "Renglones", "Qué pasa", "Valor", "Probablemente decía"), rows, "Observaciones"))
    return Answer({"load": asdict(done)}, parts)


@command(app, "total")
def total(
    output: Output,
    subtype: Annotated[str, typer.Option("--subtype", metavar="SUBTIPO", help="Subtipo de delito, p. ej. «homicidio doloso».")],
    year: Annotated[int, typer.Option("--year", metavar="AÑO", help="Año.")],
    state: Annotated[str, typer.Option("--state", metavar="ENTIDAD", help="Entidad; si se omite, todas las cargadas.")] = "",
) -> Answer:
    """Suma las cifras vigentes de un subtipo en un año. Una celda en blanco es «sin información», no cero."""
    if year not in YEARS:
        raise Invalid(f"No hay cifras del año {year}.", hint=f"Indique un año de {YEARS[0]} a {YEARS[-1]}.")
    code = institutions.state_by_any(state).code if state else None
    found = selectors.total(subtype, year, code)
    where = (
        f"la entidad {code}"
        if code
        else f"{found.states} entidades cargadas" + ("" if found.states >= ALL_STATES else ", no es el total nacional")
    )
    said = "sin información" if found.count is None else f"{found.count:,}"
    parts: list[RenderableType] = [line(f"{found.subtype}, {found.year}, {where}: {said}.")]
    if found.unknown_cells:
        months = ", ".join(MONTHS[month - 1] for month in found.unknown_months)
        parts.append(
            line(f"Faltan {found.unknown_cells} celdas sin información, en: {months}. La suma no las cuenta como cero.")
        )
    rows = [
        (name, "sin información" if value is None else f"{value:,}") for name, value in zip(MONTHS, found.by_month, strict=True)
    ]
    parts.append(table(("Mes", "Carpetas de investigación"), rows))
    parts.append(
        facts([("Como lo escriben los archivos", "; ".join(found.supplied_names)), ("Archivos", "; ".join(found.files))])
    )
    return Answer({"total": asdict(found)}, parts)
