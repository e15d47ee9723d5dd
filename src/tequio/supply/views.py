"""Screens of intake: history, upload with preview, receipt, rows to mend, quality."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tequio.access.domain import Permission
from tequio.kernel.errors import Invalid, TequioError
from tequio.supply import domain, reports, services, uploading, uploads, words
from tequio.supply.domain import BatchState
from tequio.supply.forms import NOT_TAKEN, BatchFilterForm, ColumnsForm, UploadForm, fields_of, identifier
from tequio.supply.models import Batch, RowFinding
from tequio.supply.registries import INTAKES, intake
from tequio.ui import formats, tables
from tequio.ui.tables import Column, Table
from tequio.ui.values import NOT_APPLICABLE, Fact, Link
from tequio.ui.web import acting, htmx
from tequio.ui.web import purpose as purposes
from tequio.ui.web.acting import Asked
from tequio.ui.web.forms import fill_errors
from tequio.ui.web.screens import screen

_UNPROCESSABLE: Final = 422
_NO_CONTENT: Final = 200
_EXCEL: Final = "xlsx"


@screen(Permission.SUPPLY_READ)
def history(request: Asked) -> HttpResponse:
    """The agency's batches."""
    actor = acting.who(request)
    form = BatchFilterForm(request.GET or None)
    asked = tables.read(request, BATCH_COLUMNS, sort="-received")
    rows, total = reports.list_batches(
        actor=actor,
        purpose=purposes.current(request),
        filters=form.filters() if form.is_bound else reports.BatchFilters(),
        order=asked.order,
        offset=asked.offset,
        limit=asked.limit,
    )
    table = Table(BATCH_COLUMNS, rows, asked, caption=gettext_lazy("Lotes suministrados"), total=total)
    sends = Permission.SUPPLY_SEND in actor.permissions
    waiting = uploads.list_uploads(actor=actor) if sends else []
    told = {"filters": form, "sends": sends, "waiting": waiting, "registry": next(iter(sorted(INTAKES)))}
    return tables.answer(request, "supply/history.html", table, told)


@screen(Permission.SUPPLY_SEND, purpose=True, methods=("GET", "POST"))
def upload(request: Asked) -> HttpResponse:
    """A file comes."""
    former = identifier(request.GET.get("corrige", ""))
    if request.method in {"GET", "HEAD"}:
        return _upload_page(request, UploadForm(settings.MOST_UPLOAD, initial={"corrects": former}), former)
    form = UploadForm(settings.MOST_UPLOAD, request.POST, request.FILES)
    refusal = uploading.refusal_of(request)
    if refusal is not None:
        form.errors.clear()
        form.add_error("file", f"{refusal.message} {refusal.hint}")
        return _upload_page(request, form, former, status=_UNPROCESSABLE)
    if not form.is_valid():
        return _upload_page(request, form, former, status=_UNPROCESSABLE)
    file = form.cleaned_data["file"]
    try:
        staged = uploads.stage_upload(
            actor=acting.who(request),
            purpose=purposes.wanted(request),
            registry=form.cleaned_data["registry"],
            path=Path(file.temporary_file_path()),
            file_name=file.name,
            batch_key=form.cleaned_data["batch_key"],
            corrects=form.cleaned_data["corrects"],
        )
    except TequioError as error:
        fill_errors(form, error)
        return _upload_page(request, form, former, status=_UNPROCESSABLE)
    return _go(request, reverse("supply:preview", args=[staged.id]))


@screen(Permission.SUPPLY_SEND, purpose=True, methods=("GET", "POST"))
def preview(request: Asked, upload_id: UUID) -> HttpResponse:
    """What the file would be read as, what its columns are, and its reception."""
    actor = acting.who(request)
    seen = uploads.preview_upload(actor=actor, upload_id=upload_id)
    if request.method in {"GET", "HEAD"}:
        return _preview_page(request, seen)
    chosen = request.POST.getlist("campo")
    if len(chosen) != len(seen.columns):
        raise Invalid(_("Las columnas enviadas no son las del archivo."), hint=_("Vuelva a abrir la página."))
    fields = fields_of(seen.columns, chosen)
    if request.POST.get("accion") == "perfil":
        try:
            changed = uploads.map_columns(actor=actor, purpose=purposes.wanted(request), upload_id=upload_id, fields=fields)
        except Invalid as error:
            return _preview_page(request, seen, chosen, error)
        said = _("Perfil de columnas guardado: vale también para los archivos que sigan.")
        messages.success(request, said if changed else _("El perfil ya decía eso."))
        return HttpResponseRedirect(reverse("supply:preview", args=[upload_id]))
    if fields != [column.field for column in seen.columns]:
        wrong = Invalid(
            _("Cambió el destino de alguna columna y no lo ha guardado."),
            hint=_("Guarde el perfil, revise, y entonces suministre."),
        )
        return _preview_page(request, seen, chosen, wrong)
    return _receive(request, seen)


@screen(Permission.SUPPLY_SEND, purpose=True, methods=("POST",))
def discard(request: Asked, upload_id: UUID) -> HttpResponse:
    """Forget a file that was not received."""
    uploads.discard_upload(actor=acting.who(request), purpose=purposes.wanted(request), upload_id=upload_id)
    messages.success(request, _("El archivo se descartó: nada de él se guardó."))
    return HttpResponseRedirect(reverse("supply:history"))


@screen(Permission.SUPPLY_READ, purpose=True)
def receipt(request: Asked, batch_id: UUID) -> HttpResponse:
    """A batch with its two receipts, what was found in it and what to do."""
    actor = acting.who(request)
    sheet = reports.open_receipt(actor=actor, purpose=purposes.wanted(request), batch_id=batch_id)
    batch = sheet.batch
    final = batch.receipt_processed or {}
    told = {
        "sheet": sheet,
        "batch": batch,
        "badge": words.STATES[batch.state],
        "working": batch.state == BatchState.RECEIVED.value,
        "refused": final if batch.state == BatchState.REFUSED.value else None,
        "about": _about(batch),
        "counts": [Fact(label, batch.counts[name]) for name, label in words.COUNTS.items() if name in batch.counts],
        "found": [_found(one) for one in final.get("hallazgos", ())],
        "first": [_line(one) for one in sheet.findings],
        "to_mend": domain.to_mend(batch.counts),
        "timeliness": _timeliness(batch),
        "receipts": _receipts(batch),
        "sends": Permission.SUPPLY_SEND in actor.permissions,
        "progress": _progress(reports.Standing(batch.id, BatchState(batch.state), batch.received_at, None)),
    }
    return render(request, "supply/receipt.html", told)


@screen(Permission.SUPPLY_READ)
def standing(request: Asked, batch_id: UUID) -> HttpResponse:
    """Where a batch under way is, for the part of its page that asks; once it ends, the page is read again."""
    found = reports.batch_standing(actor=acting.who(request), batch_id=batch_id)
    if found.state is not BatchState.RECEIVED:
        if not htmx.asked_by(request):
            return HttpResponseRedirect(reverse("supply:receipt", args=[batch_id]))
        return HttpResponse(status=_NO_CONTENT, headers={"HX-Refresh": "true"})
    return render(request, "ui/parts/progress.html", _progress(found))


@screen(Permission.SUPPLY_READ, purpose=True)
def findings(request: Asked, batch_id: UUID) -> HttpResponse:
    """Everything that was found in a batch, by line."""
    asked = tables.read(request, FINDING_COLUMNS)
    batch, rows, total = reports.list_findings(
        actor=acting.who(request),
        purpose=purposes.wanted(request),
        batch_id=batch_id,
        code=request.GET.get("codigo", "")[:40],
        offset=asked.offset,
        limit=asked.limit,
    )
    table = Table(FINDING_COLUMNS, rows, asked, caption=gettext_lazy("Hallazgos, renglón por renglón"), total=total)
    code = request.GET.get("codigo", "")
    told = {"batch": batch, "code": code, "meaning": words.meaning(code)}
    return tables.answer(request, "supply/findings.html", table, told)


@screen(Permission.SUPPLY_READ, purpose=True)
def fix_file(request: Asked, batch_id: UUID) -> HttpResponse:
    """The rows to mend, as a file to mend and send again."""
    kind = _EXCEL if request.GET.get("formato") == _EXCEL else "csv"
    folder = tempfile.TemporaryDirectory(prefix="tequio-")
    path = Path(folder.name) / f"por-corregir-{batch_id}.{kind}"
    services.export_fix_file(actor=acting.who(request), purpose=purposes.wanted(request), batch_id=batch_id, path=path)
    response = FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
    response._resource_closers.append(folder.cleanup)  # type: ignore[attr-defined]  # it goes once the file is sent
    return response  # type: ignore[return-value]  # it is streamed


@screen(Permission.SUPPLY_READ, purpose=True)
def sealed_receipt(request: Asked, batch_id: UUID) -> HttpResponse:
    """The two receipts with their seals, for whoever verifies them."""
    batch = services.read_receipt(actor=acting.who(request), purpose=purposes.wanted(request), batch_id=batch_id)
    data = {"recibido": batch.receipt_received, "procesado": batch.receipt_processed or None}
    name = f'attachment; filename="acuse-{batch_id}.json"'
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2}, headers={"Content-Disposition": name})


@screen(Permission.SUPPLY_READ)
def quality(request: Asked) -> HttpResponse:
    """How good the last batches were."""
    registry = request.GET.get("registro", "") or next(iter(sorted(INTAKES)))
    last = reports.read_quality(actor=acting.who(request), purpose=purposes.current(request), registry=registry)
    asked = tables.read(request, QUALITY_COLUMNS)
    newest_first = last[::-1]
    table = Table(QUALITY_COLUMNS, newest_first, asked, caption=gettext_lazy("Calidad por lote"), total=len(last))
    told = {
        "bars": _bars(last),
        "registries": [(name, found.contract.title, name == registry) for name, found in sorted(INTAKES.items())],
    }
    return tables.answer(request, "supply/quality.html", table, told)


@screen(Permission.SUPPLY_READ)
def contract(request: Asked, registry: str) -> HttpResponse:
    """The fields of a registry, so that whoever prepares a file knows them."""
    found = intake(registry).contract
    asked = tables.read(request, CONTRACT_COLUMNS, size=len(found.fields) + 1)
    table = Table(CONTRACT_COLUMNS, found.fields, asked, caption=gettext_lazy("Campos"), total=len(found.fields))
    groups = [" / ".join(found.field_named(name).label for name in group) for group in found.any_of]
    return tables.answer(request, "supply/contract.html", table, {"contract": found, "groups": groups})


def _go(request: Asked, url: str) -> HttpResponse:
    return htmx.go_to(url, _NO_CONTENT) if htmx.asked_by(request) else HttpResponseRedirect(url)


def _upload_page(request: Asked, form: UploadForm, former: UUID | None, status: int = 200) -> HttpResponse:
    told = {"form": form, "former": former, "registries": [(n, i.contract.title) for n, i in sorted(INTAKES.items())]}
    return render(request, "supply/upload.html", told, status=status)


def _preview_page(
    request: Asked, seen: uploads.Preview, chosen: list[str] | None = None, wrong: TequioError | None = None
) -> HttpResponse:
    told = {
        "upload": seen.upload,
        "preview": seen,
        "columns": ColumnsForm(seen.contract, seen.columns, chosen),
        "about": _of_file(seen),
        "wrong": wrong,
        "not_taken": NOT_TAKEN,
        "nothing_fits": not any(column.field for column in seen.columns),
    }
    return render(request, "supply/preview.html", told, status=_UNPROCESSABLE if wrong else 200)


def _receive(request: Asked, seen: uploads.Preview) -> HttpResponse:
    try:
        batch = uploads.receive_upload(actor=acting.who(request), purpose=purposes.wanted(request), upload_id=seen.upload.id)
    except TequioError as error:
        if not isinstance(error, Invalid) and error.code != services.BatchConflict.code:
            raise
        return _preview_page(request, seen, None, error)
    if batch.received_at < seen.upload.made_at:
        said = _("Ese archivo ya se había recibido el {when}: este es su acuse, y nada cambió.")
        messages.warning(request, said.format(when=formats.instant(batch.received_at)))
    else:
        messages.success(request, _("Archivo recibido y resguardado. Se está procesando."))
    return HttpResponseRedirect(reverse("supply:receipt", args=[batch.id]))


def _progress(found: reports.Standing) -> dict[str, Any]:
    if found.rows_read is None:
        label = _("En espera de turno: los lotes de una dependencia van uno tras otro.")
    else:
        label = _("Revisando: {n} renglones leídos.").format(n=formats.number(found.rows_read))
    url = reverse("supply:standing", args=[found.batch_id])
    return {"id": "avance", "label": label, "value": found.rows_read or 0, "most": 0, "url": url}


def _about(batch: Batch) -> list[Fact]:
    facts = batch.file_facts
    return [
        Fact(_("Folio del acuse"), str(batch.id)),
        Fact(_("Registro"), f"{intake(batch.registry).contract.title}, {batch.contract_version}"),
        Fact(_("Dependencia"), batch.agency.code),
        Fact(_("Clave del lote"), batch.batch_key),
        Fact(_("Archivo"), batch.file_name),
        Fact(_("Formato"), f"{words.FORMATS.get(facts.get('format', ''), '')} {facts.get('encoding', '')}".strip()),
        Fact(_("Recibido"), batch.received_at),
        Fact(_("Por"), batch.received_by),
        Fact(_("Procesado"), batch.processed_at),
        Fact("SHA-256", batch.sha256, wide=True),
    ]


def _of_file(seen: uploads.Preview) -> list[Fact]:
    facts = seen.facts
    return [
        Fact(_("Archivo"), seen.upload.file_name),
        Fact(_("Tamaño"), _("{n} bytes").format(n=formats.number(facts.bytes))),
        Fact(_("Formato"), words.FORMATS[facts.format]),
        Fact(_("Codificación"), facts.encoding),
        Fact(_("Hoja que se lee"), facts.sheet or NOT_APPLICABLE),
        Fact(_("Letras dañadas (estimación)"), facts.damaged),
        Fact(_("Clave del lote"), seen.upload.batch_key or _("la dará el contenido")),
    ]


def _found(one: Mapping[str, Any]) -> dict[str, Any]:
    code = str(one["codigo"])
    message, hint = words.meaning(code)
    return {
        "code": code,
        "badge": words.SEVERITIES.get(str(one["resultado"])),
        "rows": one["renglones"],
        "message": message,
        "hint": hint,
    }


def _line(one: RowFinding) -> dict[str, Any]:
    return {"row": one, "badge": words.SEVERITIES[one.severity], "hint": words.meaning(one.code)[1]}


def _timeliness(batch: Batch) -> list[tuple[str, str, str, int]]:
    return [
        (str(label), _minutes(found["p50"]), _minutes(found["p95"]), found["rows"])
        for name, label in words.INTERVALS.items()
        if (found := batch.timeliness.get(name))
    ]


def _bars(last: Sequence[reports.Quality]) -> list[dict[str, Any]]:
    """The trend's bars, in the units of its picture: 480 wide and 120 high."""
    bars = []
    for place, one in enumerate(one for one in last if one.shares is not None):
        top, parts = 0.0, []
        for kind in ("rejected", "quarantined", "warned", "accepted"):
            height = 120 * getattr(one.shares, kind) / domain.WHOLE
            parts.append({"kind": kind, "y": f"{top:.2f}", "height": f"{height:.2f}"})
            top += height
        bars.append({"x": 4 + 40 * place, "parts": parts})
    return bars


def _minutes(count: int) -> str:
    return formats.span(timedelta(minutes=count))


def _receipts(batch: Batch) -> list[tuple[str, dict[str, Any]]]:
    given = [
        (_("Primer acuse: recibido y resguardado"), batch.receipt_received),
        (_("Segundo acuse: resultado"), batch.receipt_processed),
    ]
    return [(title, one["sello"]) for title, one in given if one]


def _share(name: str) -> Column:
    labels = {
        "accepted": gettext_lazy("Aceptados"),
        "warned": gettext_lazy("Con advertencia"),
        "quarantined": gettext_lazy("En cuarentena"),
        "rejected": gettext_lazy("Rechazados"),
    }
    return Column(name, labels[name], lambda one: _percent(getattr(one.shares, name, None)), numeric=True)


def _percent(hundredths: int | None) -> str | None:
    return None if hundredths is None else f"{hundredths / 100:.1f} %"


def _spread(interval: str, point: str, label: Any) -> Column:
    def value(one: reports.Quality) -> str | None:
        found = one.batch.timeliness.get(interval)
        return _minutes(found[point]) if found else None

    return Column(f"{interval}_{point}", label, value, numeric=True, optional=interval != "hecho_suministro")


def _receipt_link(batch: Batch, text: object) -> Link:
    return Link(text, reverse("supply:receipt", args=[batch.id]))


def _stored(batch: Batch) -> int | None:
    return batch.counts["aceptados"] + batch.counts["advertidos"] if batch.counts else None


BATCH_COLUMNS: Final = [
    Column("received", gettext_lazy("Recibido"), lambda batch: batch.received_at, sort="received_at"),
    Column("file", gettext_lazy("Archivo"), lambda batch: _receipt_link(batch, batch.file_name), sort="file_name", wide=True),
    Column("registry", gettext_lazy("Registro"), lambda batch: batch.registry, sort="registry"),
    Column("state", gettext_lazy("Estado"), lambda batch: words.STATES[batch.state], sort="state"),
    Column("rows", gettext_lazy("Renglones"), lambda batch: batch.counts.get("renglones"), numeric=True),
    Column("stored", gettext_lazy("Aceptados"), _stored, numeric=True),
    Column(
        "held", gettext_lazy("Por corregir"), lambda batch: domain.to_mend(batch.counts) if batch.counts else None, numeric=True
    ),
    Column("key", gettext_lazy("Clave del lote"), lambda batch: batch.batch_key, sort="batch_key", optional=True),
    Column("by", gettext_lazy("Por"), lambda batch: batch.received_by, sort="received_by", optional=True),
    Column("corrects", gettext_lazy("Corrige a"), lambda batch: str(batch.corrects_id or NOT_APPLICABLE.label), optional=True),
]
FINDING_COLUMNS: Final = [
    Column("line", gettext_lazy("Línea"), lambda one: one.line, numeric=True),
    Column("field", gettext_lazy("Campo"), lambda one: one.field or NOT_APPLICABLE),
    Column("code", gettext_lazy("Código"), lambda one: one.code),
    Column("severity", gettext_lazy("Resultado"), lambda one: words.SEVERITIES[one.severity]),
    Column("value", gettext_lazy("Valor (oculto)"), lambda one: one.value or NOT_APPLICABLE),
    Column("hint", gettext_lazy("Qué hacer"), lambda one: words.meaning(one.code)[1], wide=True),
]
QUALITY_COLUMNS: Final = [
    Column("received", gettext_lazy("Recibido"), lambda one: one.batch.received_at),
    Column("file", gettext_lazy("Archivo"), lambda one: _receipt_link(one.batch, one.batch.file_name), wide=True),
    Column("rows", gettext_lazy("Renglones"), lambda one: one.batch.counts.get("renglones"), numeric=True),
    *(_share(name) for name in ("accepted", "warned", "quarantined", "rejected")),
    _spread("hecho_suministro", "p50", gettext_lazy("Hecho a suministro, mediana")),
    _spread("hecho_suministro", "p95", gettext_lazy("Hecho a suministro, 95 %")),
    _spread("hecho_registro", "p50", gettext_lazy("Hecho a registro, mediana")),
    _spread("hecho_registro", "p95", gettext_lazy("Hecho a registro, 95 %")),
    _spread("registro_suministro", "p50", gettext_lazy("Registro a suministro, mediana")),
    _spread("registro_suministro", "p95", gettext_lazy("Registro a suministro, 95 %")),
]
CONTRACT_COLUMNS: Final = [
    Column("label", gettext_lazy("Dato"), lambda field: field.label),
    Column("name", gettext_lazy("Encabezado"), lambda field: field.name),
    Column("kind", gettext_lazy("Tipo"), lambda field: field.kind.value),
    Column("required", gettext_lazy("Obligatorio"), lambda field: field.required),
    Column("catalog", gettext_lazy("Catálogo"), lambda field: field.catalog or NOT_APPLICABLE),
    Column("synonyms", gettext_lazy("También se llama"), lambda field: ", ".join(field.synonyms) or NOT_APPLICABLE, wide=True),
    Column("note", gettext_lazy("Nota"), lambda field: field.note or NOT_APPLICABLE, wide=True),
]
