"""The product's addresses, and beside them one page with every component and one with a table: what the tests look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import include, path

from tequio.access.domain import Permission
from tequio.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from tequio.ui import maps, tables
from tequio.ui.tables import Column, Table
from tequio.ui.values import NOT_APPLICABLE, Badge, Fact, Link, Masked, Step, Tone
from tequio.ui.web.acting import Asked
from tequio.ui.web.errors import failure
from tequio.ui.web.forms import DayField, Form, MomentField, ReasonField, fill_errors
from tequio.ui.web.inbox import Item
from tequio.ui.web.purpose import wanted
from tequio.ui.web.screens import screen

MARKUP = "<script>alert(1)</script>\"'>&"
NOON = datetime(2026, 11, 1, 18, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """A row of the sample table."""

    number: int
    name: str
    note: str
    at: datetime
    state: str


ROWS = [
    Row(n, name, note, NOON - timedelta(hours=7 * n), "vigente" if n % 3 else "vencido")
    for n, (name, note) in enumerate(
        [
            ("Filiberto Muñoz Zepeda", "Causa penal 12/2026 del Juzgado Segundo de Distrito en Materia Penal, con oficio."),
            (MARKUP, "=HYPERLINK(\"http://example.org\")"),
            ("María Ñuñez", "+52 33 0000 0000"),
            *((f"Persona Sintética {n}", "Sin nota") for n in range(60)),
        ],
        1,
    )
]  # fmt: skip

COLUMNS = (
    Column("folio", "Folio", lambda row: Link(f"NAY-{row.number:04}", f"/muestra/{row.number}/"), sort="number"),
    Column("nombre", "Nombre", lambda row: row.name, sort="name"),
    Column("nota", "Nota", lambda row: row.note, wide=True),
    Column("veces", "Veces", lambda row: row.number * 1_234, sort="times", numeric=True),
    Column("desde", "Desde", lambda row: row.at, sort="at"),
    Column("estado", "Estado", lambda row: Badge(row.state, Tone.GOOD if row.state == "vigente" else Tone.WARN)),
    Column("alias", "Alias", lambda row: None, optional=True),
)


class Filters(Form):
    """Filters of the sample table."""

    nombre = forms.CharField(label="Nombre", required=False)
    estado = forms.ChoiceField(label="Estado", required=False, choices=[("", "Todos"), ("vigente", "Vigente")])


class Filled(Form):
    """A form with every kind of field."""

    field_of_code = {"CONFLICTO": "nombre"}
    wide = frozenset({"reason"})
    nombre = forms.CharField(label="Nombre", help_text="Como viene en el documento.", max_length=40)
    nacimiento = DayField(label="Nacimiento", required=False)
    visto = MomentField(label="Visto por última vez", required=False)
    sexo = forms.ChoiceField(label="Sexo", choices=[("H", "Hombre"), ("M", "Mujer")], widget=forms.RadioSelect)
    senas = forms.MultipleChoiceField(
        label="Señas", choices=[("t", "Tatuaje"), ("c", "Cicatriz")], widget=forms.CheckboxSelectMultiple, required=False
    )
    entidad = forms.ChoiceField(label="Entidad", choices=[("14", "Jalisco"), ("18", "Nayarit")])
    reason = ReasonField()


class Reason(Form):
    """Why."""

    reason = ReasonField()


def parts() -> dict[str, Any]:
    """What every component shows, with markup where a name goes."""
    now = NOON
    return {
        "title": "Muestrario de componentes",
        "lead": f"Cada parte, con sus estados. {MARKUP}",
        "crumbs": [("Bandeja", "/"), ("Coincidencias", "/nodo/")],
        "badge": Badge("en revisión", Tone.INFO),
        "actions": [("Proponer objetivo", "/nodo/"), ("Imprimir guía", "/nodo/")],
        "badges": [Badge(tone.value, tone) for tone in Tone],
        "facts": [
            Fact("Nombre", f"Filiberto {MARKUP}", supplied="FILIVERTO"),
            Fact("Nacimiento", date(1984, 3, 7)),
            Fact("CURP", None),
            Fact("Segundo apellido", NOT_APPLICABLE),
            Fact("Detenciones", 1_204_311),
            Fact("Domicilio", Masked("Su finalidad no lo muestra.", "Pídalo a la persona supervisora.")),
            Fact("Puesta a disposición", now),
            Fact("Narrativa", "Texto largo de lo que dijo quien lo detuvo. " * 6, wide=True),
        ],
        "steps": [
            Step(now - timedelta(hours=5), "Detención", "Avenida México, Tepic", "NT-SSPC", Tone.INFO),
            Step(now - timedelta(hours=3), "Puesta a disposición", MARKUP, "NT-SSPC", Tone.GOOD),
            Step(now, "Venció el plazo", "", "sistema", Tone.BAD),
        ],
        "soon": now + timedelta(minutes=9),
        "late": now - timedelta(hours=31),
        "done": now - timedelta(hours=32),
        "failed": failure(Invalid("La clave del lote es muy larga.", hint="Acórtela a 60 letras.")),
        "form": Filled(),
        "why": Reason(prefix="why"),
        "places": [
            maps.Place(shape, f"{code}: {index * 37}", maps.level(index * 37, 31 * 37), "/nodo/")
            for index, (code, shape) in enumerate(sorted(maps.paths().items()))
        ],
    }


@screen()
def gallery(request: Asked) -> HttpResponse:
    """Every component."""
    for level, words in ((messages.SUCCESS, "Objetivo aprobado."), (messages.WARNING, f"Vence mañana. {MARKUP}")):
        messages.add_message(request, level, words)
    return render(request, "gallery.html", parts())


@screen(methods=("GET", "POST"))
def form(request: Asked) -> HttpResponse:
    """A form that a service may refuse."""
    filled = Filled(request.POST or None)
    if filled.is_valid():
        try:
            raise Conflict("Ya hay un objetivo con ese nombre.", hint="Ábralo en lugar de registrarlo otra vez.")
        except Conflict as error:
            fill_errors(filled, error)
    return render(request, "gallery_form.html", {"form": filled}, status=422 if filled.is_bound else 200)


@screen(Permission.TARGET_READ)
def listed(request: Asked) -> HttpResponse:
    """A table."""
    asked = tables.read(request, COLUMNS, sort="folio")
    name = request.GET.get("nombre", "").casefold()
    found = [row for row in ROWS if name in row.name.casefold()]
    table = Table(
        COLUMNS, tables.page_of(asked, found, COLUMNS), asked, caption="Objetivos de muestra", total=len(found), name="muestra"
    )
    return tables.answer(request, "gallery_table.html", table, {"filters": Filters(request.GET), "title": "Objetivos"})


@screen(Permission.HIT_READ, purpose=True)
def consulted(request: Asked) -> HttpResponse:
    """A page that needs a purpose."""
    return render(request, "gallery.html", parts() | {"title": wanted(request).folio})


@screen()
def failing(request: Asked, kind: str) -> HttpResponse:
    """A page that fails in some way."""
    raise {
        "conflict": Conflict("El aviso cambió mientras lo veía.", hint="Vuelva a abrirlo."),
        "missing": NotFound("No existe, o no está a su alcance.", hint="Revise el identificador."),
        "invalid": Invalid(f"«{MARKUP}» no es un valor.", hint="Indique --reason: qué se vio."),
        "down": Unavailable("La base de datos no responde.", hint="Arránquela con `tequio up` y repita."),
    }.get(kind, RuntimeError("secreto"))


def unmarked(request: Any) -> HttpResponse:
    """A view that nobody marked."""
    return HttpResponse()


def items(moment: datetime) -> list[Item]:
    """What waits, in the sample."""
    return [
        Item("Validación", "Objetivo JAL-0007", "Validar que el fundamento sigue en pie", "/muestra/", None, False, moment),
        Item("Coincidencia", f"NAY-0001 {MARKUP}", "Banda alta", "/muestra/", moment + timedelta(days=2), False, moment),
        Item(
            "Aviso", "2026-NAY-00017", "Detenido en Nayarit", "/muestra/", moment + timedelta(minutes=9), True,
            moment - timedelta(hours=2),
        ),
        Item("Aviso", "2026-NAY-00011", "Sin acuse", "/muestra/", moment - timedelta(hours=3), True, moment),
    ]  # fmt: skip


urlpatterns = [
    path("", include("tequio.config.urls")),
    path("muestrario/", gallery, name="gallery"),
    path("formulario/", form, name="form"),
    path("lista/", listed, name="listed"),
    path("consulta/", consulted, name="consulted"),
    path("falla/<str:kind>/", failing, name="failing"),
]
handler400 = "tequio.ui.web.errors.bad_request"
handler403 = "tequio.ui.web.errors.forbidden"
handler404 = "tequio.ui.web.errors.not_found"
handler500 = "tequio.ui.web.errors.server_error"
