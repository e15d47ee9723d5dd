"""Requests of accounts: the list, a new one, one whole, and its decision."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tequio.access.domain import Actor, Permission, Role
from tequio.accounts import services, words
from tequio.accounts.domain import RequestState, Training
from tequio.accounts.domain import Step as Turn
from tequio.accounts.forms.administration import DecisionForm, RequestFilters, RequestForm
from tequio.accounts.models import AccountRequest
from tequio.accounts.services import RequestSheet
from tequio.accounts.views.confirming import confirmed
from tequio.kernel.errors import TequioError
from tequio.ui import tables
from tequio.ui.tables import Column, Table
from tequio.ui.values import NOT_APPLICABLE, Badge, Fact, Link, Step, Tone
from tequio.ui.web.acting import Asked, who
from tequio.ui.web.forms import fill_errors
from tequio.ui.web.inbox import Item
from tequio.ui.web.screens import screen
from tequio.ui.words import ROLES

UNPROCESSABLE = 422


def _badge(row: AccountRequest) -> Badge:
    state = RequestState(row.state)
    return Badge(words.STATES[state], words.STATE_TONES[state])


def _url(row: AccountRequest) -> str:
    return reverse("accounts:request", kwargs={"request_id": row.pk})


def _roles(row: AccountRequest) -> str:
    return ", ".join(str(ROLES[Role(role)]) for role in row.roles)


COLUMNS = (
    Column("usuario", _("Usuario"), lambda row: Link(row.username, _url(row)), sort="username"),
    Column("nombre", _("Nombre"), lambda row: row.full_name, wide=True),
    Column("dependencia", _("Dependencia"), lambda row: row.agency.code, sort="agency__code"),
    Column("roles", _("Roles"), _roles, wide=True),
    Column("estado", _("Estado"), _badge, sort="state"),
    Column("pedida", _("Pedida"), lambda row: row.requested_at, sort="requested_at"),
    Column("vence", _("Vence"), lambda row: row.expires_at, sort="expires_at"),
    Column("oficio", _("Oficio"), lambda row: row.document),
)


@screen(Permission.ACCOUNT_REQUEST)
def requests(request: Asked) -> HttpResponse:
    """The requests that one reaches."""
    filters = RequestFilters(request.GET or None)
    state = filters.cleaned_data.get("estado", "") if filters.is_valid() else ""
    asked = tables.read(request, COLUMNS, sort="-pedida")
    rows, total = services.read_requests(
        actor=who(request), state=state, order=asked.order, offset=asked.offset, limit=asked.limit
    )
    table = Table(COLUMNS, rows, asked, caption=_("Solicitudes"), total=total)
    return tables.answer(request, "accounts/requests.html", table, {"filters": filters})


@screen(Permission.ACCOUNT_REQUEST, methods=("GET", "POST"))
def request_new(request: Asked) -> HttpResponse:
    """Ask for an account, or for more roles."""
    actor = who(request)
    form = RequestForm(request.POST or None, initial={"agency": actor.agency_code})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.request_account(actor=actor, agency_code=form.cleaned_data["agency"], draft=form.draft())
        except TequioError as error:
            fill_errors(form, error)
        else:
            messages.success(request, str(_("Solicitud presentada.")))
            return redirect(_url(made))
    return render(request, "accounts/request_new.html", {"form": form}, status=UNPROCESSABLE if form.is_bound else 200)


@screen(Permission.ACCOUNT_REQUEST)
def request_sheet(request: Asked, request_id: UUID) -> HttpResponse:
    """A request whole."""
    return _show(request, services.read_request(actor=who(request), request_id=request_id), DecisionForm())


@screen(Permission.ACCOUNT_APPROVE, methods=("POST",))
@confirmed
def decide(request: Asked, request_id: UUID) -> HttpResponse:
    """Say yes or no at the step whose turn it is."""
    actor, form = who(request), DecisionForm(request.POST)
    if form.is_valid():
        agree = form.cleaned_data["agree"] == "si"
        try:
            services.decide_request(actor=actor, request_id=request_id, agree=agree, reason=form.cleaned_data["reason"])
        except TequioError as error:
            fill_errors(form, error)
        else:
            messages.success(request, str(_("Decisión guardada.")))
            return redirect("accounts:request", request_id=request_id)
    return _show(request, services.read_request(actor=actor, request_id=request_id), form)


def waiting(actor: Actor) -> list[Item]:
    """For the inbox: requests that wait for the actor, and accounts to certify soon."""
    items = [
        Item(
            str(_("Solicitud de cuenta")), one.full_name, f"{one.agency.code}: {_roles(one)}", _url(one), one.expires_at, False,
            one.requested_at,
        )
        for one in services.waiting_requests(actor)
    ]  # fmt: skip
    items += [
        Item(
            str(_("Recertificar")), row.full_name, row.username,
            reverse("accounts:sheet", kwargs={"username": row.username}), row.certify_before, False, row.certify_before,
        )
        for row in services.accounts_to_certify(actor)
    ]  # fmt: skip
    return items


def _show(request: Asked, sheet: RequestSheet, form: DecisionForm) -> HttpResponse:
    asked = sheet.request
    facts = [
        Fact(_("Usuario"), asked.username),
        Fact(_("Nombre"), asked.full_name),
        Fact(_("Dependencia"), asked.agency.code),
        Fact(_("Correo"), asked.email),
        Fact(_("Roles que se piden"), _roles(asked)),
        Fact(_("Oficio"), asked.document),
        Fact(_("Fecha del oficio"), asked.document_date),
        Fact(_("Capacitación"), str(words.TRAININGS[Training(asked.training)])),
        Fact(_("Constancia vale hasta"), asked.training_valid_to or NOT_APPLICABLE),
        Fact(_("Vence"), asked.expires_at),
    ]
    steps = [Step(asked.requested_at, _("Presentada"), "", asked.requested_by)]
    steps += [
        Step(one.at, words.STEPS[Turn(one.step)], one.reason, one.by, Tone.GOOD if one.agreed else Tone.BAD)
        for one in sheet.decisions
    ]
    told = {
        "sheet": sheet,
        "badge": _badge(asked),
        "facts": facts,
        "steps": steps,
        "form": form,
        "turn": words.STEPS[sheet.step] if sheet.step else "",
    }
    return render(request, "accounts/request.html", told, status=UNPROCESSABLE if form.is_bound else 200)
