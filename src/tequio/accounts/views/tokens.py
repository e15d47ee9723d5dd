"""Tokens of the agency's programs."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tequio.access.domain import Permission
from tequio.accounts import services, words
from tequio.accounts.forms.administration import ReasonForm, TokenForm
from tequio.accounts.models import ApiToken
from tequio.accounts.views.confirming import confirmed
from tequio.kernel import clock
from tequio.kernel.errors import TequioError
from tequio.ui import tables
from tequio.ui.tables import Column, Table
from tequio.ui.values import NOT_APPLICABLE, Badge, Link, Tone
from tequio.ui.web.acting import Asked, who
from tequio.ui.web.forms import fill_errors
from tequio.ui.web.screens import screen

UNPROCESSABLE = 422


def _state(token: ApiToken) -> Badge:
    if token.revoked_at is not None:
        return Badge(_("Revocada"), Tone.BAD)
    return Badge(_("Vigente"), Tone.GOOD) if token.valid_to > clock.now() else Badge(_("Vencida"), Tone.PLAIN)


def _revoke_link(token: ApiToken) -> object:
    url = reverse("accounts:token_revoke", kwargs={"token_id": token.pk})
    return NOT_APPLICABLE if token.revoked_at else Link(str(_("Revocar")), url)


COLUMNS = (
    Column("programa", _("Programa"), lambda row: row.label, sort="label"),
    Column(
        "permisos", _("Qué puede hacer"), lambda row: ", ".join(str(words.SCOPES[Permission(s)]) for s in row.scopes), wide=True
    ),
    Column("estado", _("Estado"), _state),
    Column("vence", _("Vence"), lambda row: row.valid_to, sort="valid_to"),
    Column("uso", _("Último uso"), lambda row: row.used_at, sort="used_at"),
    Column("hizo", _("La hizo"), lambda row: row.made_by),
    Column("hacer", _("Qué hacer"), _revoke_link),
)


@screen(Permission.TOKEN_ADMINISTER)
def tokens(request: Asked) -> HttpResponse:
    """The agency's tokens."""
    asked = tables.read(request, COLUMNS)
    rows = services.read_tokens(actor=who(request))
    table = Table(COLUMNS, tables.page_of(asked, rows, COLUMNS), asked, caption=_("Claves de programas"), total=len(rows))
    return tables.answer(request, "accounts/tokens.html", table)


@screen(Permission.TOKEN_ADMINISTER, methods=("GET", "POST"))
@confirmed
def token_new(request: Asked) -> HttpResponse:
    """Make one. Its secret is in this answer and nowhere else."""
    actor = who(request)
    form = TokenForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            token, secret = services.make_token(
                actor=actor,
                purpose=form.purpose(),
                label=said["label"],
                scopes=form.scopes_wanted(),
                valid_days=said["valid_days"],
            )
        except TequioError as error:
            fill_errors(form, error)
        else:
            return render(request, "accounts/token_made.html", {"token": token, "secret": secret})
    return render(request, "accounts/token_new.html", {"form": form}, status=UNPROCESSABLE if form.is_bound else 200)


@screen(Permission.TOKEN_ADMINISTER, methods=("GET", "POST"))
def token_revoke(request: Asked, token_id: UUID) -> HttpResponse:
    """End one now."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        services.revoke_token(actor=who(request), purpose=form.purpose(), token_id=token_id, reason=reason)
        messages.success(request, str(_("Clave revocada.")))
        return redirect("accounts:tokens")
    return render(request, "accounts/token_revoke.html", {"form": form}, status=UNPROCESSABLE if form.is_bound else 200)
