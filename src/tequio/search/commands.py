"""Command of the search room: `search person`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import typer
from rich.console import RenderableType

from tequio.people.domain import Subject
from tequio.search import services
from tequio.search.domain import Answer as Found
from tequio.ui.console import reading
from tequio.ui.console.acting import Why
from tequio.ui.console.answers import Answer, line, table
from tequio.ui.console.entry import Options, command
from tequio.ui.console.spanish import group

app = group("Consulta de todos los registros.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Options):
    """What is known of the person who is looked for."""

    name: Annotated[str, typer.Option("--name", metavar="TEXTO", help="Nombre completo en una pieza.")] = ""
    given: Annotated[str, typer.Option("--given", metavar="TEXTO", help="Nombre o nombres.")] = ""
    paternal: Annotated[str, typer.Option("--paternal", metavar="TEXTO", help="Primer apellido.")] = ""
    maternal: Annotated[str, typer.Option("--maternal", metavar="TEXTO", help="Segundo apellido.")] = ""
    birth: Annotated[str, typer.Option("--birth", metavar="FECHA", help="Fecha de nacimiento, aunque sea parcial.")] = ""
    state: Annotated[str, typer.Option("--state", metavar="ENTIDAD", help="Entidad de nacimiento.")] = ""
    sex: Annotated[str, typer.Option("--sex", metavar="H|M|X", help="Sexo, como en la CURP.")] = ""
    curp: Annotated[list[str], typer.Option("--curp", metavar="CURP", help="CURP; se puede repetir.")] = field(
        default_factory=list
    )
    rfc: Annotated[list[str], typer.Option("--rfc", metavar="RFC", help="RFC; se puede repetir.")] = field(default_factory=list)
    alias: Annotated[list[str], typer.Option("--alias", metavar="TEXTO", help="Alias; se puede repetir.")] = field(
        default_factory=list
    )
    phone: Annotated[list[str], typer.Option("--phone", metavar="NÚMERO", help="Teléfono; se puede repetir.")] = field(
        default_factory=list
    )
    plate: Annotated[list[str], typer.Option("--plate", metavar="PLACA", help="Placa; se puede repetir.")] = field(
        default_factory=list
    )

    def subject(self) -> Subject:
        """The person in the matcher's form."""
        return Subject.from_fields(
            full_name=self.name,
            given=self.given,
            paternal=self.paternal,
            maternal=self.maternal,
            birth_date=self.birth or None,
            birth_state=self.state or None,
            sex=self.sex or None,
            curp=tuple(self.curp),
            rfc=tuple(self.rfc),
            aliases=tuple(self.alias),
            phones=tuple(self.phone),
            plates=tuple(self.plate),
        )


@command(app, "person")
def search_person(
    person: Person,
    why: Why,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Cuántas respuestas, como máximo.")] = 20,
) -> Answer:
    """Busca a una persona en todos los registros de todas las entidades. Exige finalidad y folio; queda en la bitácora."""
    answer = services.search_person(
        actor=why.actor(), purpose=why.stated(), subject=person.subject(), limit=reading.limit(limit)
    )
    return Answer(_data(answer), _parts(answer))


def _data(answer: Found) -> dict[str, object]:
    return {
        "compared": answer.compared,
        "base": answer.base,
        "cut": answer.cut,
        "outdated": answer.outdated,
        "found": [
            {
                "registry": one.registry,
                "record": one.record_id,
                "agency": one.agency_code,
                "state": one.state_code,
                "detained_on": one.detained_on,
                "record_type": one.record_type,
                "score": one.score,
                "band": one.band,
                "explanation": one.explanation.to_dict() if one.explanation else None,
            }
            for one in answer.found
        ],
    }


def _parts(answer: Found) -> list[RenderableType]:
    said = f"Posibles: {len(answer.found)}" if answer.found else "Sin coincidencias"
    parts: list[RenderableType] = [line(f"{said}; registros comparados: {answer.compared}, de {answer.base}.")]
    if answer.found:
        rows = [
            (
                n,
                f.band,
                f"{f.score:.2f}",
                f.registry,
                f.agency_code,
                f.state_code,
                f.detained_on or "",
                f.record_type,
                f.record_id,
            )
            for n, f in enumerate(answer.found, start=1)
        ]
        headers = ("#", "Grado", "Bits", "Registro", "Dependencia", "Entidad", "Detención", "Tipo", "Identificador")
        parts.append(table(headers, rows))
    parts += [line(f"{n}. {f.explanation.sentence}") for n, f in enumerate(answer.found, start=1) if f.explanation is not None]
    if answer.cut:
        parts.append(line("Algún dato es demasiado común y no se leyó completo: agregue otro dato para precisar."))
    if answer.outdated:
        parts.append(line("El índice es de una versión anterior: puede faltar alguien. Falta ejecutar `tequio reindex`."))
    if answer.found:
        parts.append(line("Una coincidencia es una sugerencia: debe confirmarla una persona."))
    return parts
