"""Commands of accounts: list them, open one, let somebody set a password."""

from __future__ import annotations

from typing import Annotated

import typer

from tequio.access import selectors as access
from tequio.access.domain import Purpose, PurposeCode, Role
from tequio.accounts import domain
from tequio.accounts import services as accounts
from tequio.institutions import selectors as institutions
from tequio.kernel import clock
from tequio.ui.console import reading
from tequio.ui.console.acting import Who
from tequio.ui.console.answers import Answer, line, table, yes_or_no
from tequio.ui.console.entry import command
from tequio.ui.console.spanish import group

users = group("Personas usuarias.")


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
    domain.refuse_bad_username(username)
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
