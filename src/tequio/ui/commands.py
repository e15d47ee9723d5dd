"""Commands of the rooms below this one, which cannot import it: the log and the accounts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from tequio.access import selectors as access
from tequio.access.domain import Actor, Purpose, PurposeCode, Role
from tequio.audit import accounts, services
from tequio.audit.domain import Break
from tequio.institutions import selectors as institutions
from tequio.kernel import clock
from tequio.kernel.errors import Invalid
from tequio.ui.console import reading
from tequio.ui.console.acting import Who, Why
from tequio.ui.console.answers import Answer, line, moment, table, yes_or_no
from tequio.ui.console.entry import command
from tequio.ui.console.spanish import group

BROKEN_STATUS = 5
"""Exit status of a log that does not hold: that of a conflict."""
MOST_USERNAME = 150
"""Characters of a username."""

audit = group("Bitácora: quién hizo o vio qué, cuándo y para qué.")
users = group("Personas usuarias.")

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


@command(users, "list")
def list_users(who: Who) -> Answer:
    """Lista las personas usuarias de su dependencia y los roles que tienen hoy."""
    found = accounts.list_accounts(actor=who.actor())
    data = {
        "users": [{"username": u.username, "full_name": u.full_name, "active": u.active, "roles": list(u.roles)} for u in found]
    }
    rows = [(u.username, u.full_name, yes_or_no(u.active), ", ".join(role.value for role in u.roles)) for u in found]
    return Answer(data, [table(("Usuario", "Nombre", "Activa", "Roles"), rows)])


@command(users, "add")
def add_user(
    who: Who,
    username: Annotated[str, typer.Argument(metavar="USUARIO", help="Nombre con el que entra.")],
    full_name: Annotated[str, typer.Option("--name", metavar="TEXTO", help="Nombre completo.")],
    agency: Annotated[str, typer.Option("--agency", metavar="CLAVE", help="Dependencia, p. ej. NT-SSPC.")],
    role: Annotated[
        list[str], typer.Option("--role", metavar="ROL", help=", ".join(r.value for r in Role) + "; se puede repetir.")
    ],
    document: Annotated[str, typer.Option("--document", metavar="TEXTO", help="Oficio que da los roles.")],
) -> Answer:
    """Da de alta a una persona usuaria, o le agrega roles. La primera de una base vacía la da de alta el sistema."""
    if (
        not username.isascii()
        or not username.replace("_", "").replace(".", "").replace("-", "").isalnum()
        or len(username) > MOST_USERNAME
    ):
        raise Invalid(
            f"«{username[:40]}» no sirve de nombre de usuario.", hint="Use letras sin acento, cifras, punto, guion: hasta 150."
        )
    roles = [reading.choice(value, Role, "--role") for value in role]
    where = institutions.agency_by_code(agency)
    actor = access.system_actor(where.code) if accounts.none_yet() else who.actor()
    purpose = Purpose(PurposeCode.ADMINISTRATION, reading.short(document.strip(), "El documento"))
    made = accounts.create_user(actor=actor, purpose=purpose, username=username, full_name=full_name, agency=where)
    today = clock.now().astimezone(clock.MEXICO).date()
    accounts.grant_roles(actor=actor, purpose=purpose, user=made, roles=roles, valid_from=today, document=purpose.folio)
    held = sorted(access.roles(made.pk, today))
    data = {"user": {"username": made.username, "full_name": made.full_name, "agency": made.agency.code, "roles": held}}
    return Answer(data, [line(f"{made.username} ({made.agency.code}) tiene hoy: {', '.join(held)}.")])


def _chain(actor: Actor, every: bool) -> str | None:
    return None if every else actor.agency_code


def _break(one: Break) -> dict[str, object]:
    return {"chain": one.chain, "number": one.number, "kind": one.kind, "message": one.message}


def _writer(out: IO[str]) -> Any:
    return lambda content: out.write(json.dumps(content, ensure_ascii=False, sort_keys=True) + "\n")
