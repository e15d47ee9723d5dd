"""Command of whoever operates the hub: `target rescreen`, all records against all targets."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from typing import Annotated

import typer
from rich.console import RenderableType

from tequio.access.domain import PurposeCode
from tequio.kernel.errors import Invalid
from tequio.targets import services
from tequio.targets.commands.registering import app
from tequio.targets.domain import ChangeKind, Progress, RunState
from tequio.targets.services.rescreening import Counted
from tequio.ui.console import answers, reading
from tequio.ui.console.acting import Why
from tequio.ui.console.answers import Answer, facts, line, moment, table
from tequio.ui.console.entry import command

__all__ = ["app", "rescreen"]

SECONDS_BETWEEN_LINES = 2.0
"""A run tells how far it is no more often than that."""

_HEADERS = {
    ChangeKind.NEW: "Nuevas", ChangeKind.RAISED: "Suben", ChangeKind.LOWERED: "Bajan", ChangeKind.LOST: "Ya no coinciden",
    ChangeKind.AGAIN: "Vuelven a coincidir", ChangeKind.REOPENED: "Se reabren", ChangeKind.SAME: "Mismo puntaje",
}  # fmt: skip
_ALSO = {"cambia_de_grado": "De ellas, cambian de grado", "bajo_umbral": "De ellas, bajo el umbral de su objetivo"}


@command(app, "rescreen")
def rescreen(
    why: Why,
    show: Annotated[bool, typer.Option("--show", help="Solo muestra la última corrida, o la de --run.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Aplica la corrida de --run, ya terminada.")] = False,
    run: Annotated[str, typer.Option("--run", metavar="IDENTIFICADOR", help="Corrida que se muestra o se aplica.")] = "",
) -> Answer:
    """Compara todos los registros con todos los objetivos, tras un cambio de modelo, y dice qué cambiaría.

    Aplicarlo es otro paso. Interrumpida, sigue donde iba al repetirla. Muestra cuentas por dependencia: qué objetivo y qué
    registro, solo quien busca. Exige finalidad y folio, salvo con --show.
    """
    if show and apply:
        raise Invalid("--show y --apply no van juntas.", hint="Indique una de las dos.")
    if run and not (show or apply):
        raise Invalid(
            "--run necesita --show o --apply.", hint="Sin ellas se empieza una corrida, o sigue la que quedó a medias."
        )
    run_id = reading.identifier(run, "corrida") if run else None
    say = _teller(quiet=why.json)
    if show:
        found = services.read_rescreening(actor=why.actor(), purpose=why.or_own(PurposeCode.ADMINISTRATION), run_id=run_id)
        return _answer(found) if found is not None else Answer({"run": None}, [line("No hay ninguna corrida.")])
    if apply:
        if run_id is None:
            raise Invalid(
                "Falta la corrida que se aplica.",
                hint="Indique --run, como lo dice `tequio target rescreen --show`.",
            )
        return _answer(services.apply_rescreening(actor=why.actor(), purpose=why.stated(), run_id=run_id, report=say))
    return _answer(services.rescreen(actor=why.actor(), purpose=why.stated(), report=say))


def _answer(counted: Counted) -> Answer:
    run, by_agency = counted.run, counted.by_agency
    data = {
        "run": {
            "id": run.id, "state": run.state, "algorithm": run.algorithm, "key_version": run.key_version,
            "alert_threshold": run.alert_threshold, "started_by": run.started_by, "started_at": run.started_at,
            "finished_at": run.finished_at, "applied_by": run.applied_by, "applied_at": run.applied_at,
            "entries": run.entries, "entries_done": run.entries_done, "targets": run.targets, "pairs": run.pairs,
            "changes": run.found,
        },
        "by_agency": by_agency,
    }  # fmt: skip
    parts: list[RenderableType] = [line(f"Corrida {run.id}, {run.state}."), facts(_about(counted))]
    if by_agency:
        headers = ("Dependencia", *_HEADERS.values(), *_ALSO.values())
        parts.append(table(headers, [_row(code, counts) for code, counts in by_agency.items()], "Qué cambia"))
    elif run.state != RunState.RUNNING.value:
        parts.append(line("Nada cambiaría."))
    parts += [line(text) for text in _next(counted)]
    return Answer(data, parts)


def _about(counted: Counted) -> list[tuple[str, object]]:
    run = counted.run
    return [
        ("Modelo", f"{run.algorithm}; llaves, versión {run.key_version}; umbral del sistema, {run.alert_threshold:.2f} bits"),
        ("Empezó", f"{moment(run.started_at)}, {run.started_by}"),
        ("Terminó", moment(run.finished_at)),
        ("Se aplicó", f"{moment(run.applied_at)}, {run.applied_by}" if run.applied_at else ""),
        ("Registros", f"{run.entries_done:,} de {run.entries:,}"),
        ("Objetivos", f"{run.targets:,}"),
        ("Pares comparados", f"{run.pairs:,}"),
        ("Cambios", f"{run.found:,}"),
    ]


def _row(code: str, counts: Mapping[str, int]) -> tuple[object, ...]:
    return (code, *(counts.get(kind.value, 0) for kind in _HEADERS), *(counts.get(name, 0) for name in _ALSO))


def _next(counted: Counted) -> list[str]:
    run = counted.run
    if run.state == RunState.RUNNING.value:
        return ["Quedó a medias: repita `tequio target rescreen` y sigue donde iba."]
    if run.state in (RunState.READY.value, RunState.APPLYING.value) and run.found:
        return [
            f"Nada se ha aplicado todavía: `tequio target rescreen --apply --run {run.id}`."
            if run.state == RunState.READY.value
            else f"Se aplicó en parte: repita `tequio target rescreen --apply --run {run.id}`.",
            "Cada dependencia ve lo suyo con `tequio hit changes`.",
        ]
    return []


def _teller(*, quiet: bool) -> Callable[[Progress], None]:
    """Tells how far a run is on standard error, a line every few seconds."""
    began = told = time.monotonic()
    screen = answers.screen_for(sys.stderr)

    def tell(progress: Progress) -> None:
        nonlocal told
        now = time.monotonic()
        if quiet or (now - told < SECONDS_BETWEEN_LINES and progress.done < progress.total):
            return
        told = now
        share = f" ({progress.done / progress.total:.0%})" if progress.total else ""
        pace = progress.done / (now - began) if now > began else 0.0
        screen.print(
            line(
                f"{progress.step}: {progress.done:,} de {progress.total:,}{share}, {pace:,.0f} por segundo; "
                f"cambios: {progress.changes:,}"
            )
        )

    return tell
