"""Commands of accounts: list them, open one, let somebody set a password."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from django.conf import settings
from django.urls import reverse
from rich.text import Text

from tequio.access import selectors as access
from tequio.access.domain import Purpose, PurposeCode, Role, Suspension
from tequio.accounts import domain
from tequio.accounts import services as accounts
from tequio.accounts.services.entering import NOBODYS_CHAIN
from tequio.institutions import selectors as institutions
from tequio.kernel import clock
from tequio.ui.console import reading
from tequio.ui.console.acting import Who
from tequio.ui.console.answers import Answer, line, table, yes_or_no
from tequio.ui.console.entry import command
from tequio.ui.console.spanish import group

users = group("Personas usuarias.")

Username = Annotated[str, typer.Argument(metavar="USUARIO", help="Nombre con el que entra.")]
Document = Annotated[str, typer.Option("--document", metavar="TEXTO", help="Oficio que lo pide.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXTO", help="Motivo; queda en el expediente.")]


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
    data: dict[str, object] = {
        "user": {"username": made.username, "full_name": made.full_name, "agency": made.agency.code, "roles": held}
    }
    parts = [line(f"{made.username} ({made.agency.code}) tiene hoy: {', '.join(held)}.")]
    if not made.has_usable_password():
        secret = accounts.make_password_link(actor=actor, purpose=purpose, username=made.username)
        data["link"] = _address(secret)
        parts += _link_lines(secret)
    return Answer(data, parts)


@command(users, "link")
def link(who: Who, username: Username, document: Document) -> Answer:
    """Hace un enlace de una sola vez para que la persona ponga su contraseña. Se muestra solo ahora."""
    secret = accounts.make_password_link(actor=who.actor(), purpose=_purpose(document), username=username)
    return Answer({"username": username, "link": _address(secret)}, _link_lines(secret))


@command(users, "suspend")
def suspend(
    who: Who,
    username: Username,
    cause: Annotated[str, typer.Option("--cause", metavar="CAUSA", help=", ".join(s.value for s in Suspension) + ".")],
    document: Document,
    reason: Reason,
) -> Answer:
    """Suspende una cuenta: deja de entrar y sus sesiones se cierran. El cambio de adscripción y la baja terminan sus roles."""
    why = reading.choice(cause, Suspension, "--cause")
    accounts.suspend_user(actor=who.actor(), purpose=_purpose(document), username=username, cause=why, reason=reason)
    return Answer({"username": username, "active": False}, [line(f"{username} quedó suspendida.")])


@command(users, "reinstate")
def reinstate(who: Who, username: Username, document: Document, reason: Reason) -> Answer:
    """Reactiva una cuenta suspendida. Si en la base no queda ninguna activa, lo hace el sistema."""
    actor = access.system_actor(NOBODYS_CHAIN) if accounts.none_yet() else who.actor()
    accounts.reinstate_user(actor=actor, purpose=_purpose(document), username=username, reason=reason)
    return Answer({"username": username, "active": True}, [line(f"{username} quedó activa.")])


@command(users, "certify")
def certify(who: Who, username: Username, document: Document) -> Answer:
    """Certifica que la persona todavía necesita la cuenta; sin ello se suspende cada trimestre."""
    accounts.certify_user(actor=who.actor(), purpose=_purpose(document), username=username)
    return Answer({"username": username}, [line(f"{username} quedó certificada.")])


def _purpose(document: str) -> Purpose:
    return Purpose(PurposeCode.ADMINISTRATION, reading.short(document.strip(), "El documento"))


def _address(secret: str) -> str:
    """Where the link leads, under the first name that this node answers to."""
    host = settings.ALLOWED_HOSTS[0] if os.environ.get("TEQUIO_HOSTS") else ""
    root = f"https://{host}" if host else "http://127.0.0.1:8000"
    return root + reverse("accounts:set_password", kwargs={"secret": secret})


def _link_lines(secret: str) -> list[Text]:
    return [
        line("Para poner su contraseña, la persona abre una sola vez este enlace, que no se vuelve a mostrar:"),
        line(_address(secret)),
    ]
