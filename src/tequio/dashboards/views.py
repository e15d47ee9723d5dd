"""The dashboard's pages. Each tile has an address of its own: the page is quick, and a tile can be opened or exported."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tequio.access.domain import Actor, Permission
from tequio.dashboards import charts, counting, reports, services, tiles
from tequio.dashboards.domain.asking import Question
from tequio.dashboards.forms import Filters, address
from tequio.dashboards.tiles.model import TYPE_WORDS, Row, Tile, plain
from tequio.kernel import clock
from tequio.kernel.errors import NotFound
from tequio.registries.incidence import selectors as incidence
from tequio.ui import exports, maps
from tequio.ui.web import acting, htmx
from tequio.ui.web import purpose as purposes
from tequio.ui.web.acting import Asked
from tequio.ui.web.screens import screen

UNPROCESSABLE: Final = 422
SUBTYPE, FORMAT = "subtipo", "formato"
LONGEST_SUBTYPE: Final = 120
PDF: Final = "application/pdf"


@screen(Permission.DASHBOARD_READ)
def board(request: Asked) -> HttpResponse:
    """The dashboard: its filters, the summary, and the other tiles, which come by themselves."""
    form = _filters(request)
    if not form.is_valid():
        return render(request, "dashboards/board.html", {"filters": form}, status=UNPROCESSABLE)
    question = form.question()
    query = address(question)
    told = _tile(request, question, tiles.SUMMARY)
    others = [
        {"key": key, "title": title, "url": f"{reverse('dashboards:tile', args=[key])}?{query}"}
        for key, title in tiles.TITLES.items()
        if key != tiles.SUMMARY
    ]
    context = {
        "filters": form, "others": others, "question": question, "told": asked_words(question, form), "query": query,
        "lists": _lists(acting.who(request), question), **shown(request, told, question),
    }  # fmt: skip
    return render(request, "dashboards/board.html", context)


@screen(Permission.DASHBOARD_READ)
def tile(request: Asked, key: str) -> HttpResponse:
    """One tile: a part of the page, a page of its own, or a file."""
    if key not in tiles.TITLES:
        raise NotFound(_("No existe, o no está a su alcance."), hint=_("Vuelva al tablero."))
    form = _filters(request)
    if not form.is_valid():
        return render(request, "dashboards/tile_page.html", {"filters": form, "key": key}, status=UNPROCESSABLE)
    question = form.question()
    found = _tile(request, question, key)
    if request.GET.get(FORMAT) in exports.WRITERS:
        return _file(request, found, question, form)
    context = {"filters": form, "key": key, "told": asked_words(question, form), **shown(request, found, question)}
    template = "dashboards/parts/tile.html" if htmx.asked_by(request) else "dashboards/tile_page.html"
    return render(request, template, context)


@screen(Permission.DASHBOARD_READ)
def report(request: Asked) -> HttpResponse:
    """Every tile as a PDF, with who took it out, when and with which filters."""
    form = _filters(request)
    if not form.is_valid():
        return render(request, "dashboards/board.html", {"filters": form}, status=UNPROCESSABLE)
    question = form.question()
    found = services.read_board(
        actor=acting.who(request), purpose=purposes.current(request), question=question, subtype=_subtype(request, question)
    )
    top = exports.head(request, _("Tablero de detenciones"), asked_words(question, form))
    exports.log(request, {"screen": "dashboards:report", "format": "pdf", "tiles": len(found)})
    name = f"tablero-{top.at.astimezone(clock.MEXICO):%Y%m%d-%H%M}.pdf"
    return HttpResponse(
        reports.pdf(top, found), content_type=PDF, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def shown(request: Asked, found: Tile, question: Question) -> dict[str, Any]:
    """What a template needs of a tile: its drawings as shapes, its map, and where its rows lead."""
    base = reverse("dashboards:board")
    rows = [(row, f"{base}?{address(row.opens)}" if row.opens else "") for row in found.rows]
    here = f"{reverse('dashboards:tile', args=[found.key])}?{address(question)}"
    return {
        "tile": found,
        "rows": rows,
        "charts": [charts.chart(drawing) for drawing in found.drawings],
        "places": _map(rows) if found.layout == "map" else [],
        "here": here,
        "formats": [(name.upper(), f"{here}&{FORMAT}={name}") for name in exports.WRITERS],
        "subtypes": incidence.subtypes(question.period.first.year) if found.key == tiles.BESIDE else [],
        "subtype": _subtype(request, question),
        "kept": parse_qsl(address(question)),
        "question": question,
    }


def asked_words(question: Question, form: Filters) -> list[tuple[str, str]]:
    """The filters in force, in words: (label, value)."""
    period = question.period
    said = [(_("Del"), f"{period.first:%d/%m/%Y}"), (_("Al"), f"{period.last:%d/%m/%Y}")]
    for name in ("entidad", "municipio", "modalidad", "dependencia"):
        field = form.fields.get(name)
        value = form.cleaned_data.get(name)
        if field is not None and value:
            choices = {str(code): str(label) for code, label in field.choices}  # type: ignore[attr-defined]
            said.append((str(field.label), choices.get(str(value), str(value))))
    if question.record_type:
        said.append((_("Tipo de registro"), str(TYPE_WORDS[question.record_type])))
    return said


def _filters(request: Asked) -> Filters:
    return Filters(acting.who(request), clock.now().astimezone(clock.MEXICO).date(), request.GET)


def _tile(request: Asked, question: Question, key: str) -> Tile:
    subtype = _subtype(request, question) if key == tiles.BESIDE else ""
    return services.read_tile(
        actor=acting.who(request), purpose=purposes.current(request), question=question, key=key, subtype=subtype
    )


def _subtype(request: Asked, question: Question) -> str:
    """The subtype of SESNSP asked for; without one, the first that its files count."""
    wanted = request.GET.get(SUBTYPE, "")[:LONGEST_SUBTYPE]
    return wanted or next(iter(incidence.subtypes(question.period.first.year)), "")


def _lists(actor: Actor, question: Question) -> str:
    """Where the viewer's institution's detentions behind the figures are listed, for whoever may read them; else empty."""
    if Permission.DETENTION_READ not in actor.permissions or question.agency not in {0, actor.agency_id}:
        return ""
    asked = {
        "desde": question.period.first.isoformat(),
        "hasta": question.period.last.isoformat(),
        "tipo": counting.TYPES.get(question.record_type, ""),
        "municipio": question.municipality,
        "modalidad": question.kind,
    }
    return f"{reverse('rnd:list')}?{urlencode({name: value for name, value in asked.items() if value})}"


def _map(rows: list[tuple[Row, str]]) -> list[maps.Place]:
    """The states, each as dark as its bar is long."""
    by_code = {row.code: (row, url) for row, url in rows}
    places = []
    for code, path in maps.paths().items():
        row, url = by_code.get(code, (None, ""))
        label = f"{row.label}: {row.texts[-1]}" if row else _("sin detenciones")
        places.append(maps.Place(path, label, maps.level(row.bar or 0, 100) if row else 0, url))
    return places


def _file(request: Asked, found: Tile, question: Question, form: Filters) -> HttpResponse:
    wanted = request.GET[FORMAT]
    exports.log(request, {"screen": "dashboards:tile", "tile": found.key, "format": wanted, "rows": len(found.rows)})
    top = exports.head(request, found.title, [*asked_words(question, form), *((_("Nota"), note) for note in found.notes)])
    name = f"tablero-{slugify(found.key)}-{top.at.astimezone(clock.MEXICO):%Y%m%d-%H%M}"
    rows = [[row.label, *(plain(cell) for cell in row.cells)] for row in found.rows]
    return exports.WRITERS[wanted](name, top, list(found.headers), rows)
