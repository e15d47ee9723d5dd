"""Accounts of an agency: the list, one whole, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tequio.access.domain import Actor, Permission, Suspension
from tequio.accounts import services, words
from tequio.accounts.domain import Training
from tequio.accounts.forms.administration import (
    AccountFilters,
    DocumentForm,
    IdentityForm,
    ReasonForm,
    SuspendForm,
    TrainingForm,
)
from tequio.accounts.services import AccountRow, AccountSheet
from tequio.accounts.views.confirming import confirmed
from tequio.kernel.errors import TequioError
from tequio.ui import tables
from tequio.ui.tables import Column, Table
from tequio.ui.values import NOT_APPLICABLE, Badge, Fact, Link, Step, Tone
from tequio.ui.web.acting import Asked, who
from tequio.ui.web.forms import fill_errors
from tequio.ui.web.screens import screen
from tequio.ui.words import ROLES

UNPROCESSABLE = 422


def _state(row: AccountRow) -> Badge:
    if row.active:
        return Badge(_("Activa"), Tone.GOOD)
    return Badge(words.SUSPENSIONS.get(Suspension(row.suspended_for), "") if row.suspended_for else _("Suspendida"), Tone.BAD)


def _roles(row: AccountRow) -> str:
    return ", ".join(str(ROLES[role]) for role in row.roles)


def _sheet_url(row: AccountRow) -> str:
    return reverse("accounts:sheet", kwargs={"username": row.username})


COLUMNS = (
    Column("usuario", _("Usuario"), lambda row: Link(row.username, _sheet_url(row)), sort="username"),
    Column("nombre", _("Nombre"), lambda row: row.full_name, sort="full_name", wide=True),
    Column("dependencia", _("Dependencia"), lambda row: row.agency, sort="agency__code"),
    Column("roles", _("Roles vigentes"), _roles, wide=True),
    Column("estado", _("Estado"), _state),
    Column("entrada", _("Última entrada"), lambda row: row.last_login, sort="last_login"),
    Column("certificar", _("Certificar antes de"), lambda row: row.certify_before, sort="said"),
    Column("capacitacion", _("Capacitación"), lambda row: str(words.TRAININGS[row.training])),
)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done with an account: who may, what is asked, what it does. `do` may return what to show once."""

    name: str
    permission: Permission
    label: str | Promise
    question: str | Promise
    form: type[DocumentForm]
    do: Callable[[Actor, str, Any], object]
    done: str | Promise
    shown: Callable[[AccountSheet], bool]
    sensitive: bool = False
    danger: bool = False


def _suspend(actor: Actor, username: str, form: SuspendForm) -> None:
    said = form.cleaned_data
    cause = Suspension(said["cause"])
    services.suspend_user(actor=actor, purpose=form.purpose(), username=username, cause=cause, reason=said["reason"])


def _reinstate(actor: Actor, username: str, form: ReasonForm) -> None:
    reason = form.cleaned_data["reason"]
    services.reinstate_user(actor=actor, purpose=form.purpose(), username=username, reason=reason)


def _certify(actor: Actor, username: str, form: DocumentForm) -> None:
    services.certify_user(actor=actor, purpose=form.purpose(), username=username)


def _train(actor: Actor, username: str, form: TrainingForm) -> None:
    said = form.cleaned_data
    services.record_training(
        actor=actor,
        purpose=form.purpose(),
        username=username,
        state=Training(said["state"]),
        valid_to=said["training_valid_to"],
        document=said["document"],
    )


def _link(actor: Actor, username: str, form: DocumentForm) -> str:
    return services.make_password_link(actor=actor, purpose=form.purpose(), username=username)


def _identity(actor: Actor, username: str, form: IdentityForm) -> None:
    name = form.cleaned_data["federated_name"]
    services.link_identity(actor=actor, purpose=form.purpose(), username=username, federated_name=name)


def _reset(actor: Actor, username: str, form: ReasonForm) -> None:
    reason = form.cleaned_data["reason"]
    services.remove_second_factor(actor=actor, purpose=form.purpose(), username=username, reason=reason)


def _active(sheet: AccountSheet) -> bool:
    return sheet.row.active


def _suspended(sheet: AccountSheet) -> bool:
    return not sheet.row.active and sheet.row.suspended_for not in {Suspension.TRANSFER.value, Suspension.LEAVING.value}


ACTS = (
    Act(
        "certify", Permission.ACCOUNT_CERTIFY, _("Certificar"), _("¿La persona todavía necesita esta cuenta?"),
        DocumentForm, _certify, _("Cuenta certificada."), _active,
    ),
    Act(
        "password_link", Permission.USER_ADMINISTER, _("Enlace de contraseña"),
        _("El enlace se muestra una sola vez. Entréguelo a la persona, y a nadie más."),
        DocumentForm, _link, _("Enlace hecho."), _active, sensitive=True,
    ),
    Act(
        "second_factor_reset", Permission.ACCOUNT_CERTIFY, _("Retirar el segundo factor"),
        _("Compruebe en persona que es quien dice ser: quien tenga la contraseña agregará otro."),
        ReasonForm, _reset, _("Segundo factor retirado."), _active, sensitive=True, danger=True,
    ),
    Act(
        "training", Permission.USER_ADMINISTER, _("Capacitación"), _("Estado de la capacitación, con su constancia."),
        TrainingForm, _train, _("Capacitación anotada."), lambda sheet: True,
    ),
    Act(
        "identity", Permission.USER_ADMINISTER, _("Identidad institucional"), _("Con qué nombre la conoce el proveedor."),
        IdentityForm, _identity, _("Identidad anotada."),
        lambda sheet: bool(settings.SOCIALACCOUNT_PROVIDERS) or bool(sheet.federated_name), sensitive=True,
    ),
    Act(
        "suspend", Permission.ACCOUNT_SUSPEND, _("Suspender"), _("La cuenta deja de entrar y sus sesiones se cierran ahora."),
        SuspendForm, _suspend, _("Cuenta suspendida."), _active, danger=True,
    ),
    Act(
        "reinstate", Permission.ACCOUNT_CERTIFY, _("Reactivar"), _("La cuenta vuelve a entrar, con los roles vigentes."),
        ReasonForm, _reinstate, _("Cuenta reactivada."), _suspended,
    ),
)  # fmt: skip


@screen(Permission.ACCOUNT_LIST)
def accounts(request: Asked) -> HttpResponse:
    """The accounts that one reaches."""
    filters = AccountFilters(request.GET or None)
    said = filters.cleaned_data if filters.is_valid() else {}
    asked = tables.read(request, COLUMNS, sort="usuario")
    rows, total = services.read_accounts(
        actor=who(request),
        text=said.get("texto", ""),
        state=said.get("estado", ""),
        order=asked.order,
        offset=asked.offset,
        limit=asked.limit,
    )
    table = Table(COLUMNS, rows, asked, caption=_("Cuentas"), total=total)
    return tables.answer(request, "accounts/accounts.html", table, {"filters": filters})


@screen(Permission.ACCOUNT_LIST)
def sheet(request: Asked, username: str) -> HttpResponse:
    """An account whole."""
    return _show(request, username)


def _show(request: Asked, username: str, bound: dict[str, DocumentForm] | None = None, secret: str = "") -> HttpResponse:
    actor = who(request)
    found = services.read_account(actor=actor, username=username)
    own = found.row.username == actor.username
    acts = [
        {
            "act": act,
            "url": reverse(f"accounts:{act.name}", kwargs={"username": username}),
            "form": (bound or {}).get(act.name) or act.form(auto_id=f"{act.name}_%s"),
        }
        for act in ACTS
        if act.permission in actor.permissions and not own and act.shown(found)
    ]
    told = {
        "sheet": found,
        "badge": _state(found.row),
        "facts": _facts(found),
        "grants": [
            Step(g.valid_from, ROLES[g.role], f"{_('Oficio')} {g.document}. {_until(g.valid_to)}", g.granted_by)
            for g in found.grants
        ],
        "trainings": [
            Step(t.recorded_at, words.TRAININGS[Training(t.state)], f"{t.document}. {_until(t.valid_to)}", t.recorded_by)
            for t in found.trainings
        ],
        "acts": acts,
        "link": _link_url(request, secret) if secret else "",
    }
    return render(request, "accounts/sheet.html", told, status=UNPROCESSABLE if bound else 200)


def _facts(found: AccountSheet) -> list[Fact]:
    row = found.row
    return [
        Fact(_("Nombre"), row.full_name),
        Fact(_("Dependencia"), row.agency),
        Fact(_("Roles vigentes"), _roles(row)),
        Fact(_("Correo"), found.email),
        Fact(_("Identidad institucional"), found.federated_name or NOT_APPLICABLE),
        Fact(_("Última entrada"), row.last_login),
        Fact(_("Abierta el"), found.created_at),
        Fact(_("Certificar antes de"), row.certify_before if row.active else NOT_APPLICABLE),
        Fact(_("Suspendida desde"), found.suspended_at if not row.active else NOT_APPLICABLE),
        Fact(_("Capacitación"), str(words.TRAININGS[row.training])),
        Fact(_("Constancia vale hasta"), row.training_valid_to or NOT_APPLICABLE),
    ]


def _until(day: Any) -> str:
    return str(_("Hasta el {day}.")).format(day=f"{day:%d/%m/%Y}") if day else str(_("Sin término."))


def _link_url(request: Asked, secret: str) -> str:
    return request.build_absolute_uri(reverse("accounts:set_password", kwargs={"secret": secret}))


def view_of(act: Act) -> Any:
    """The view that does one thing with an account."""

    def view(request: Asked, username: str) -> HttpResponse:
        form = act.form(request.POST, auto_id=f"{act.name}_%s")
        if form.is_valid():
            try:
                made = act.do(who(request), username, form)
            except TequioError as error:
                fill_errors(form, error)
            else:
                messages.success(request, str(act.done))
                if isinstance(made, str):
                    return _show(request, username, secret=made)
                return redirect("accounts:sheet", username=username)
        return _show(request, username, {act.name: form})

    view.__name__ = act.name
    marked = screen(act.permission, methods=("POST",))
    return marked(confirmed(view) if act.sensitive else view)
