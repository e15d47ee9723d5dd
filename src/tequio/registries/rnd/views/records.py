"""The list of the agency's records, and a record's sheet."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tequio.access.domain import Permission
from tequio.registries.rnd import services, words
from tequio.registries.rnd.forms import FilterForm, NameForm, ReasonForm
from tequio.registries.rnd.models import Detention
from tequio.registries.rnd.views.showing import Shown
from tequio.ui import tables
from tequio.ui.places import municipality_labels
from tequio.ui.tables import Column, Table
from tequio.ui.values import Badge, Link, Tone
from tequio.ui.web import acting
from tequio.ui.web import purpose as purposes
from tequio.ui.web.acting import Asked
from tequio.ui.web.screens import safe_next, screen

NAME: Final = "rnd.name"
"""Where the session keeps how a name begins: names are in no address."""
UNPROCESSABLE: Final = 422


class ListTable(Table):
    """The list, with its files for whoever may take them out."""

    exportable = True

    @property
    def exports(self) -> list[tuple[str, str]]:
        """(format, address) of each export."""
        return super().exports if self.exportable else []


@screen(Permission.DETENTION_READ, purpose=True)
def listing(request: Asked) -> HttpResponse:
    """Records of the agency."""
    actor, purpose = acting.who(request), purposes.wanted(request)
    form = FilterForm(actor, request.GET)
    name = str(request.session.get(NAME, ""))
    filters = form.asked(name)
    columns = _columns({})
    asked = tables.read(request, columns, sort="-fecha")
    if asked.export:
        rows = services.export_detentions(actor=actor, purpose=purpose, filters=filters, order=asked.order, limit=asked.limit)
    else:
        rows = services.list_detentions(
            actor=actor, purpose=purpose, filters=filters, order=asked.order, offset=asked.offset, limit=asked.limit
        )
    places = municipality_labels(row.municipality_code for row in rows)
    table = ListTable(_columns(places), rows, asked, caption=gettext_lazy("Detenciones de la dependencia"))
    table.exportable = Permission.DETENTION_EXPORT in actor.permissions
    told = {"filters": form, "name": name, "name_form": NameForm(initial={"nombre": name}), "actions": _actions(request)}
    return tables.answer(request, "rnd/list.html", table, told, status=200 if form.is_valid() else UNPROCESSABLE)


@screen(Permission.DETENTION_READ, purpose=True, methods=("POST",))
def set_name(request: Asked) -> HttpResponse:
    """Keep how a name begins for the list, or forget it."""
    form = NameForm(request.POST)
    name = form.cleaned_data["nombre"].strip() if form.is_valid() else ""
    if name:
        request.session[NAME] = name
    else:
        request.session.pop(NAME, None)
    return HttpResponseRedirect(safe_next(request, reverse("rnd:list")))


@screen(Permission.DETENTION_READ, purpose=True)
def sheet(request: Asked, detention_id: UUID) -> HttpResponse:
    """All of a record: what it says, as it came, its custody with its clock, and its versions."""
    actor = acting.who(request)
    found = services.read_sheet(actor=actor, purpose=purposes.wanted(request), detention_id=detention_id)
    return render(request, "rnd/sheet.html", sheet_context(request, Shown(found, actor), ReasonForm(auto_id="cancelar_%s")))


def sheet_context(request: Asked, shown: Shown, cancelling: ReasonForm) -> dict[str, Any]:
    """What the sheet's template shows."""
    detention = shown.sheet.detention
    allowed, standing = acting.who(request).permissions, detention.cancelled_at is None
    actions = []
    if standing and Permission.DETENTION_CORRECT in allowed:
        if shown.next_steps:
            actions.append((_("Agregar paso de custodia"), reverse("rnd:custody", args=[detention.id])))
        actions.append((_("Corregir"), reverse("rnd:correct", args=[detention.id])))
    return {
        "shown": shown,
        "detention": detention,
        "title": _("Detención {key}").format(key=detention.supplier_key),
        "lead": _("Versión {version}, de {agency}").format(version=detention.version, agency=detention.agency.code),
        "badge": shown.badge,
        "crumbs": [(_("Detenciones"), reverse("rnd:list"))],
        "actions": actions,
        "cancelling": cancelling if standing and Permission.DETENTION_CANCEL in allowed else None,
        "cancel_url": reverse("rnd:cancel", args=[detention.id]),
    }


def _actions(request: Asked) -> list[tuple[str, str]]:
    allowed = acting.who(request).permissions
    return [(_("Nueva detención"), reverse("rnd:register"))] if Permission.DETENTION_REGISTER in allowed else []


def custody_badge(row: Detention) -> Badge:
    """State of custody, or that the record no longer stands."""
    if row.cancelled_at is not None:
        return Badge(gettext_lazy("cancelado"), Tone.BAD)
    return Badge(words.CUSTODY.get(row.custody_state, row.custody_state), words.CUSTODY_TONES.get(row.custody_state, Tone.INFO))


def _columns(places: dict[str, str]) -> tuple[Column, ...]:
    return (
        Column(
            "clave",
            gettext_lazy("Clave"),
            lambda row: Link(row.supplier_key, reverse("rnd:sheet", args=[row.id])),
            "supplier_key",
        ),
        Column("fecha", gettext_lazy("Detenida"), lambda row: row.detained_at or row.detained_on, "detained_on"),
        Column("nombre", gettext_lazy("Nombre"), _name, "listed_name", wide=True),
        Column("tipo", gettext_lazy("Tipo"), lambda row: words.RECORD_TYPES.get(row.record_type, row.record_type)),
        Column("custodia", gettext_lazy("Custodia"), custody_badge),
        Column("municipio", gettext_lazy("Municipio"), lambda row: places.get(row.municipality_code, row.municipality_code)),
        Column("sexo", gettext_lazy("Sexo"), lambda row: row.sex, optional=True),
        Column("edad", gettext_lazy("Edad"), lambda row: row.age, numeric=True, optional=True),
        Column("rnd", gettext_lazy("Número RND"), lambda row: row.rnd_number, optional=True),
        Column("iph", gettext_lazy("IPH"), lambda row: row.iph_number, optional=True),
        Column("registro", gettext_lazy("Registrada"), lambda row: row.recorded_at, optional=True),
        Column("disposicion", gettext_lazy("Puesta a disposición"), lambda row: row.presented_at, optional=True),
        Column("version", gettext_lazy("Versión"), lambda row: row.version, numeric=True, optional=True),
    )


def _name(row: Detention) -> str:
    parts = " ".join(part for part in (row.paternal_surname, row.maternal_surname) if part)
    return f"{parts}, {row.given_names}" if parts else row.full_name or row.given_names
