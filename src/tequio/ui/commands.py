"""Commands of the log, whose room is below this one and cannot import it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from tequio.access.domain import Actor, PurposeCode
from tequio.audit import services
from tequio.audit.domain import Break
from tequio.ui.console import reading
from tequio.ui.console.acting import Why
from tequio.ui.console.answers import Answer, line, moment, table
from tequio.ui.console.entry import command
from tequio.ui.console.spanish import group

BROKEN_STATUS = 5
"""Exit status of a log that does not hold: that of a conflict."""
audit = group("Bitácora: quién hizo o vio qué, cuándo y para qué.")

All = Annotated[bool, typer.Option("--all", help="De todas las dependencias (auditoría federal).")]


@command(audit, "verify")
def verify(why: Why, every: All = False) -> Answer:
    """Comprueba la cadena de la bitácora: que ninguna línea falte, sobre, se haya movido o cambiado."""
    actor = why.actor()
    lines, breaks = services.verify_log(actor=actor, purpose=why.or_own(PurposeCode.AUDIT), chain=_chain(actor, every))
    data: dict[str, object] = {"chain": _chain(actor, every) or "*", "lines": lines, "breaks": [_break(one) for one in breaks]}
    if not breaks:
        return Answer(data, [line(f"La bitácora está íntegra: {lines} líneas comprobadas.")])
    message = f"La bitácora NO está íntegra: {len(breaks)} faltas en {lines} líneas."
    data["error"] = {
        "code": "BITACORA_ALTERADA",
        "message": message,
        "hint": "Conserve la base como está y dé aviso al órgano de control.",
    }
    rows = [(one.chain, one.number, one.kind, one.message) for one in breaks]
    return Answer(data, [line(message), table(("Cadena", "Línea", "Falta", "Qué pasa"), rows)], BROKEN_STATUS)


@command(audit, "export")
def export(
    file: Annotated[Path, typer.Argument(metavar="ARCHIVO", help="Archivo JSONL que se crea.")], why: Why, every: All = False
) -> Answer:
    """Escribe la bitácora, una línea JSON por renglón, con sus huellas. No lleva el contenido de ningún registro."""
    actor, purpose, path = why.actor(), why.or_own(PurposeCode.AUDIT), reading.fresh_file(file)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with reading.file_faults(path):
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
                lines = services.export_log(actor=actor, purpose=purpose, chain=_chain(actor, every), write=_writer(out))
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    return Answer({"file": path, "lines": lines}, [line(f"Se escribieron {lines} líneas de la bitácora en {path}.")])


@command(audit, "checkpoint")
def checkpoint(why: Why) -> Answer:
    """Firma un punto de control: hasta qué línea llega hoy cada cadena."""
    made = services.sign_checkpoint(actor=why.actor(), purpose=why.or_own(PurposeCode.AUDIT))
    said = f"Punto de control firmado el {moment(made.at)}: {len(made.heads)} cadenas, clave {made.key_id}."
    return Answer({"at": made.at, "heads": made.heads, "key": made.key_id, "signature": made.signature}, [line(said)])


def _chain(actor: Actor, every: bool) -> str | None:
    return None if every else actor.agency_code


def _break(one: Break) -> dict[str, object]:
    return {"chain": one.chain, "number": one.number, "kind": one.kind, "message": one.message}


def _writer(out: IO[str]) -> Any:
    return lambda content: out.write(json.dumps(content, ensure_ascii=False, sort_keys=True) + "\n")
