"""Screens of the official lists, and the start page of administration."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tequio.access.domain import Permission
from tequio.administration import services, words
from tequio.administration.forms import VersionForm, as_lines
from tequio.catalogs import domain
from tequio.catalogs import selectors as catalogs_read
from tequio.catalogs.models import Catalog
from tequio.kernel import clock
from tequio.kernel.errors import TequioError
from tequio.ui import tables
from tequio.ui.tables import Column, Table
from tequio.ui.values import NOT_APPLICABLE, Badge, Fact, Link, Tone
from tequio.ui.web import acting
from tequio.ui.web import purpose as purposes
from tequio.ui.web.acting import Asked
from tequio.ui.web.forms import fill_errors
from tequio.ui.web.screens import screen

_UNPROCESSABLE: Final = 422
_ACCOUNTS: Final = (
    (
        "accounts:list",
        gettext_lazy("Cuentas"),
        gettext_lazy("Quién tiene cuenta en su dependencia, con qué roles y hasta cuándo."),
    ),
    (
        "accounts:requests",
        gettext_lazy("Solicitudes de cuenta"),
        gettext_lazy("Altas pedidas por oficio que esperan aprobación."),
    ),
)
"""Screens of the room of accounts, which this one does not know: where one has no address, it is not shown."""


@screen(Permission.CATALOG_EDIT)
def home(request: Asked) -> HttpResponse:
    """What there is to administer."""
    _log(request, "home")
    places = [
        (reverse("administration:catalogs"), _("Catálogos"), _("Listas oficiales, cada versión con su vigencia y su fuente.")),
        (reverse("administration:parameters"), _("Parámetros"), _("Plazos y valores que fija una norma o un acuerdo.")),
        (reverse("administration:agencies"), _("Dependencias"), _("Quiénes son, cómo se llaman y desde cuándo.")),
    ]
    for name, label, detail in _ACCOUNTS:
        try:
            places.append((reverse(name), str(label), str(detail)))
        except NoReverseMatch:
            continue
    return render(request, "administration/home.html", {"places": places})


@screen(Permission.CATALOG_EDIT)
def catalogs(request: Asked) -> HttpResponse:
    """Every official list."""
    _log(request, "catalogs")
    asked = tables.read(request, LIST_COLUMNS, sort="code")
    every = catalogs_read.catalogs(_today())
    rows = tables.page_of(asked, every, LIST_COLUMNS)
    table = Table(LIST_COLUMNS, rows, asked, caption=gettext_lazy("Catálogos"), total=len(every))
    return tables.answer(request, "administration/catalogs.html", table)


@screen(Permission.CATALOG_EDIT)
def catalog(request: Asked, code: str) -> HttpResponse:
    """One list: its versions, and the entries of the one asked for."""
    _log(request, "catalog")
    versions = catalogs_read.catalog_versions(code)
    named = request.GET.get("version", "")
    shown = next((one for one in versions if one.version == named), None) or _in_force(versions)
    items = catalogs_read.version_items(shown)
    asked = tables.read(request, ITEM_COLUMNS, size=100)
    table = Table(
        ITEM_COLUMNS, tables.page_of(asked, items, ITEM_COLUMNS), asked, caption=gettext_lazy("Renglones"), total=len(items)
    )
    told = {
        "code": code,
        "shown": shown,
        "badge": words.confirmed(shown.confirmed),
        "facts": _facts(shown),
        "versions": [(one, words.confirmed(one.confirmed), one == shown) for one in versions],
        "edits": services.edits_national(acting.who(request)),
    }
    return tables.answer(request, "administration/catalog.html", table, told)


@screen(Permission.CATALOG_EDIT, purpose=True, methods=("GET", "POST"))
def new_version(request: Asked, code: str) -> HttpResponse:
    """Another version of a list: written, seen against the last one, and only then begun."""
    last = catalogs_read.catalog_versions(code)[0]
    items = catalogs_read.version_items(last)
    if request.method in {"GET", "HEAD"}:
        form = VersionForm(initial={"items": as_lines(items)})
        return _version_page(request, code, last, form)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _version_page(request, code, last, form, status=_UNPROCESSABLE)
    new = form.new(code, items)
    changes = domain.changes(items, new.items)
    if request.POST.get("accion") != "confirmar":
        return _version_page(request, code, last, form, changes=changes)
    try:
        services.add_catalog_version(actor=acting.who(request), purpose=purposes.wanted(request), new=new)
    except TequioError as error:
        fill_errors(form, error)
        return _version_page(request, code, last, form, status=_UNPROCESSABLE)
    messages.success(request, _("La versión quedó abierta. La anterior se conserva entera."))
    return HttpResponseRedirect(reverse("administration:catalog", args=[code]))


def _version_page(
    request: Asked,
    code: str,
    last: Catalog,
    form: VersionForm,
    *,
    changes: domain.Changes | None = None,
    status: int = 200,
) -> HttpResponse:
    told = {"code": code, "last": last, "form": form, "changes": changes}
    return render(request, "administration/new_version.html", told, status=status)


def _in_force(versions: list[Catalog]) -> Catalog:
    today = _today()
    return next((one for one in versions if one.valid_from <= today), versions[0])


def _facts(shown: Catalog) -> list[Fact]:
    return [
        Fact(_("Versión"), shown.version),
        Fact(_("Vigente desde"), shown.valid_from),
        Fact(_("Hasta"), shown.valid_to or _("sin término")),
        Fact(_("Situación"), words.confirmed(shown.confirmed)),
        Fact(_("Fuente"), shown.source, wide=True),
        Fact(_("Nota"), shown.note or NOT_APPLICABLE, wide=True),
    ]


def _log(request: Asked, screen_name: str) -> None:
    services.log_reading(actor=acting.who(request), purpose=purposes.current(request), screen=screen_name)


def _today() -> date:
    return clock.now().astimezone(clock.MEXICO).date()


def _standing(one: catalogs_read.CatalogSummary) -> Badge:
    return words.confirmed(one.catalog.confirmed) if one.in_force else Badge(gettext_lazy("sin versión vigente"), Tone.BAD)


LIST_COLUMNS: Final = [
    Column("code", gettext_lazy("Clave"), lambda one: one.catalog.code, sort="code"),
    Column(
        "name",
        gettext_lazy("Nombre"),
        lambda one: Link(one.catalog.name, reverse("administration:catalog", args=[one.catalog.code])),
        sort="name",
        wide=True,
    ),
    Column("version", gettext_lazy("Versión"), lambda one: one.catalog.version),
    Column("from", gettext_lazy("Vigente desde"), lambda one: one.catalog.valid_from, sort="from"),
    Column("entries", gettext_lazy("Renglones"), lambda one: one.entries, sort="entries", numeric=True),
    Column("versions", gettext_lazy("Versiones"), lambda one: one.versions, sort="versions", numeric=True),
    Column("standing", gettext_lazy("Situación"), _standing),
]
ITEM_COLUMNS: Final = [
    Column("code", gettext_lazy("Clave"), lambda item: item.code, sort="code"),
    Column("name", gettext_lazy("Nombre"), lambda item: item.name, sort="name", wide=True),
    Column("parent", gettext_lazy("Superior"), lambda item: item.parent or NOT_APPLICABLE),
    Column(
        "synonyms",
        gettext_lazy("También se llama"),
        lambda item: ", ".join(item.attributes.get("synonyms", ())) or NOT_APPLICABLE,
        wide=True,
    ),
]
