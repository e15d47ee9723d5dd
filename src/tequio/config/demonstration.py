"""The command that shows the whole system on synthetic people: `tequio demo`."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from rich.console import RenderableType
from rich.text import Text

from tequio.config import operations
from tequio.demo import entries, services, story, waiting
from tequio.demo.domain import Nation
from tequio.ui.console.answers import Answer, line, print_part, table
from tequio.ui.console.entry import Output, command
from tequio.ui.console.spanish import group

app = group("Demostración.")


@command(app, "demo")
def demo(
    output: Output,
    detentions: Annotated[
        int, typer.Option("--detentions", metavar="N", help="Cuántas detenciones sintéticas.")
    ] = services.DETENTIONS,
    targets: Annotated[int, typer.Option("--targets", metavar="N", help="Cuántos objetivos sintéticos.")] = services.TARGETS,
) -> Answer:
    """Hace una nación sintética y cuenta la historia completa: suministro, coincidencia, juicio, aviso, bitácora.

    Todas las personas son inventadas. Repetirla no cambia nada; interrumpida, sigue donde iba.
    """
    started = time.monotonic()
    say = (lambda part: None) if output.json else print_part
    prepared = operations.migrate(output)
    for part in prepared.parts:
        say(part)
    home = Path(settings.HOME)
    nation, size = Nation(services.SEED), services.Size(detentions, targets)
    made = _make(nation, size, home, say)
    sample = services.write_sample(home / "demo" / "nayarit-2026-10.csv")
    told = story.tell(sample, say)
    left = waiting.leave(nation)
    ways = entries.give(home)
    _tell_left(say, left)
    _tell_ways(say, ways)
    story.next_steps(home, sample, say)
    seconds = time.monotonic() - started
    data = {
        "home": home,
        "seconds": round(seconds, 1),
        "made": made,
        "batch": told.batch,
        "hit": told.hit,
        "notice": told.notice,
        "left": asdict(left),
        **told.data,
    }
    return Answer(data, [line(f"Listo en {seconds:.0f} segundos.")])


def _make(nation: Nation, size: services.Size, home: Path, say: story.Print) -> dict[str, int]:
    """The nation, step by step. Steps already done are quick."""
    _tell(say, "Nación sintética: personas usuarias, detenciones y objetivos de 32 entidades. Nadie de aquí existe.")
    people = services.make_people()
    services.mark_folder(home)
    rows = services.supply_detentions(nation, size, home / "demo" / "files", lambda text: _tell(say, f"  {text}"))
    targets = services.register_targets(nation, size, lambda text: None)
    _tell(
        say,
        f"Nuevas en esta corrida: {people} cuentas, {rows:,} detenciones suministradas, "
        f"{targets} objetivos aprobados por segunda persona.",
    )
    return {"people": people, "detentions": rows, "targets": targets}


def _tell_left(say: story.Print, left: waiting.Left) -> None:
    """What there is to do on the screen."""
    _tell(
        say,
        f"Quedan en Jalisco {left.hits} coincidencias por revisar, {left.second_readings} por leer por segunda vez y "
        f"{left.notices} avisos sin acuse.",
    )


def _tell_ways(say: story.Print, ways: list[entries.Way]) -> None:
    say(Text(""))
    say(Text("Para entrar por la web (personas inventadas, solo en esta demostración)", style="bold"))
    rows = [(way.username, way.password, way.secret, " ".join(way.codes)) for way in ways]
    say(table(("Usuario", "Contraseña", "Clave de la aplicación", "O un código, una vez cada uno"), rows))
    _tell(say, f"  También están en {entries.FILE}, que solo usted puede leer.")


def _tell(say: story.Print, text: str) -> None:
    part: RenderableType = Text(text)
    say(part)
