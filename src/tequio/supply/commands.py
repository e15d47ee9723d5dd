"""Commands of intake: contract, supply, receipt, profile."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType

from tequio.access.domain import PurposeCode
from tequio.access.scoping import own, reach
from tequio.kernel import outbox
from tequio.kernel.contract import Contract, Field
from tequio.kernel.errors import Invalid
from tequio.supply import receipts, selectors, services
from tequio.supply.checks.codes import CODES
from tequio.supply.domain import BatchState
from tequio.supply.models import Batch, RowFinding
from tequio.supply.registries import intake
from tequio.ui.console import reading
from tequio.ui.console.acting import Who, Why
from tequio.ui.console.answers import Answer, facts, line, moment, table, yes_or_no
from tequio.ui.console.entry import Output, command
from tequio.ui.console.progress import counting
from tequio.ui.console.spanish import group

FORMATS = ("table", "json", "markdown", "csv-header")
REFUSED_STATUS = 6
"""Exit status of a batch that could not be read to its end: that of invalid input."""
_MOST_PROFILE = 1_000_000
"""Bytes of a mapping profile. Five hundred columns take some 30 kB."""

app = group("Suministro de información a los registros.")
profiles = group("Perfil de encabezados: cómo llama su dependencia a cada columna.")
app.add_typer(profiles, name="profile")

Registry = Annotated[str, typer.Argument(metavar="REGISTRO", help="Registro, p. ej. rnd.")]


@command(app, "contract")
def contract(
    registry: Registry,
    output: Output,
    form: Annotated[str, typer.Option("--format", metavar="FORMA", help=", ".join(FORMATS) + ".")] = "table",
) -> Answer:
    """Muestra el contrato de un registro: qué campos lleva y cómo se escriben."""
    reading.one_of(form, FORMATS, "--format")
    found = intake(registry).contract
    data = {"contract": asdict(found)}
    if form == "json":
        return Answer(data, [json.dumps(asdict(found), ensure_ascii=False, indent=2)])
    if form == "markdown":
        return Answer(data, [_markdown(found)])
    if form == "csv-header":
        return Answer(data, [_csv_header(found)])
    rows = [(f.name, f.label, f.kind.value, "sí" if f.required else "", f.catalog, f.note) for f in found.fields]
    parts: list[RenderableType] = [
        line(f"{found.title} ({found.registry}, versión {found.version})"),
        line(f"Fuente: {found.source}"),
        table(("Campo", "Nombre", "Tipo", "Obligatorio", "Catálogo", "Nota"), rows),
    ]
    parts += [line(f"Al menos uno de: {', '.join(names)}.") for names in found.any_of]
    return Answer(data, parts)


@command(app, "supply")
def supply(
    registry: Registry,
    file: Annotated[Path, typer.Argument(metavar="ARCHIVO", help="CSV, XLSX o JSONL.")],
    institution: Annotated[
        str, typer.Option("--institution", metavar="CLAVE", help="Dependencia que suministra, p. ej. NT-SSPC.")
    ],
    why: Why,
    batch: Annotated[
        str, typer.Option("--batch", metavar="CLAVE", help="Clave propia del lote; si se omite, la da el contenido.")
    ] = "",
) -> Answer:
    """Suministra un archivo a un registro y da su acuse. Repetirlo no cambia nada y da el mismo acuse."""
    actor, purpose = why.actor(), why.or_own(PurposeCode.SUPPLY)
    if len(batch) > services.LONGEST_BATCH_KEY:
        raise Invalid(f"La clave del lote pasa de {services.LONGEST_BATCH_KEY} letras.", hint="Abrevie --batch.")
    path = reading.existing_file(file)
    with counting("Lotes pendientes", quiet=why.json) as count:
        resumed = services.resume_pending(count, actor.agency_id)
    with counting("Revisando y guardando", quiet=why.json) as count, reading.file_faults(path):
        done = services.supply_file(
            actor=actor,
            purpose=purpose,
            registry=registry,
            path=path,
            agency_code=institution.strip().upper(),
            batch_key=batch,
            progress=count,
        )
    outbox.drain()
    earlier = [line(f"Se terminó un lote que había quedado pendiente: {one.batch_key} ({one.id}).") for one in resumed]
    answer = _receipt(done, [])
    return Answer(dict(answer.data) | {"resumed": [one.id for one in resumed]}, [*earlier, *answer.parts], answer.status)


@command(app, "receipt")
def receipt(
    batch: Annotated[str, typer.Argument(metavar="FOLIO", help="Folio del acuse.")],
    why: Why,
    fix: Annotated[
        Path | None, typer.Option("--fix", metavar="ARCHIVO", help="Escribe los renglones por corregir y reenviar.")
    ] = None,
    findings: Annotated[int, typer.Option("--findings", metavar="N", help="Muestra los primeros N hallazgos.")] = 0,
) -> Answer:
    """Muestra el acuse de un lote, sus hallazgos y los renglones por corregir."""
    actor, purpose = why.actor(), why.or_own(PurposeCode.SUPPLY)
    batch_id = reading.identifier(batch, "acuse")
    wanted = reading.limit(findings) if findings else 0
    path = reading.fresh_file(fix) if fix is not None else None
    found = services.read_receipt(actor=actor, purpose=purpose, batch_id=batch_id)
    with reach(own(actor)):
        answer = _receipt(found, selectors.findings(found, wanted) if wanted else [])
    if path is None:
        return Answer(answer.data, answer.parts)
    with reading.file_faults(path):
        written = services.export_fix_file(actor=actor, purpose=purpose, batch_id=batch_id, path=path)
    told = line(f"Se escribieron {written} renglones por corregir en {path}. Corríjalos y reenvíelos con `tequio supply`.")
    return Answer(dict(answer.data) | {"fix_file": path, "fix_rows": written}, [*answer.parts, told])


@command(profiles, "set")
def set_profile(
    registry: Registry,
    file: Annotated[Path, typer.Argument(metavar="ARCHIVO", help='JSON: {"encabezado": "campo del contrato", ...}.')],
    why: Why,
) -> Answer:
    """Guarda el perfil de encabezados de su dependencia. El anterior se conserva."""
    saved = services.save_mapping_profile(
        actor=why.actor(), purpose=why.or_own(PurposeCode.SUPPLY), registry=registry, mapping=_read_profile(file)
    )
    said = f"Perfil de {registry} guardado: {len(saved.mapping)} encabezados, vigente desde {moment(saved.valid_from)}."
    return Answer({"registry": registry, "mapping": saved.mapping, "valid_from": saved.valid_from}, [line(said)])


@command(profiles, "show")
def show_profile(registry: Registry, who: Who) -> Answer:
    """Muestra el perfil de encabezados vigente de su dependencia."""
    mapping = services.read_mapping_profile(actor=who.actor(), registry=registry)
    data = {"registry": registry, "mapping": mapping}
    if not mapping:
        return Answer(data, [line("Su dependencia no tiene perfil: se usan los encabezados del contrato y sus sinónimos.")])
    return Answer(
        data, [table(("Encabezado del archivo", "Campo del contrato"), [(k, v or "(no se toma)") for k, v in mapping.items()])]
    )


def _receipt(batch: Batch, findings: list[RowFinding]) -> Answer:
    sealed = batch.receipt_processed or batch.receipt_received
    data: dict[str, object] = {"batch": batch.id, "state": batch.state, "receipt": sealed, "seal_holds": receipts.holds(sealed)}
    parts: list[RenderableType] = [line(_headline(batch)), facts(_about(batch, sealed))]
    parts += [line(f"Aviso {note['codigo']}: {note['mensaje']}") for note in sealed.get("avisos", [])]
    by_code = sealed.get("hallazgos", [])
    if by_code:
        rows = [(one["codigo"], one["resultado"], one["renglones"], *_meaning(one["codigo"])) for one in by_code]
        parts.append(table(("Código", "Resultado", "Renglones", "Qué pasa", "Qué hacer"), rows, "Hallazgos"))
    if findings:
        data["findings"] = [
            {"line": f.line, "field": f.field, "code": f.code, "severity": f.severity, "value": f.value} for f in findings
        ]
        shown = [(f.line, f.field, f.code, f.severity, f.value, _meaning(f.code)[1]) for f in findings]
        parts.append(table(("Línea", "Campo", "Código", "Resultado", "Valor", "Qué hacer"), shown, "Renglón por renglón"))
    if _held(batch):
        parts.append(line(f"Para corregir y reenviar: tequio receipt {batch.id} --fix por-corregir.csv"))
    if batch.state != BatchState.REFUSED.value:
        return Answer(data, parts)
    data["error"] = {
        "code": sealed.get("codigo", ""),
        "message": sealed.get("motivo", ""),
        "hint": "Corrija el archivo y suminístrelo de nuevo.",
    }
    return Answer(data, parts, REFUSED_STATUS)


def _headline(batch: Batch) -> str:
    if batch.state == BatchState.REFUSED.value:
        return f"El lote se rechazó y no se guardó nada: {batch.receipt_processed.get('motivo', '')}"
    if batch.state == BatchState.RECEIVED.value:
        return "El lote se recibió y está por procesarse."
    counts = batch.counts
    stored = counts["aceptados"] + counts["advertidos"]
    return (
        f"Lote procesado. Renglones: {counts['renglones']}; aceptados: {stored} (con advertencia: {counts['advertidos']}); "
        f"en cuarentena: {counts['en_cuarentena']}; rechazados: {counts['rechazados']}."
    )


def _about(batch: Batch, sealed: Mapping[str, Any]) -> list[tuple[str, object]]:
    counts = batch.counts
    effect = ", ".join(f"{counts[key]} {word}" for key, word in _EFFECTS if counts.get(key)) if counts else ""
    return [
        ("Folio del acuse", batch.id),
        ("Registro", f"{batch.registry}, contrato {batch.contract_version}"),
        ("Dependencia", batch.agency.code),
        ("Lote", batch.batch_key),
        ("Archivo", f"{batch.file_name} ({batch.file_facts.get('encoding', '')})"),
        ("SHA-256", batch.sha256),
        ("Recibido", f"{moment(batch.received_at)} por {batch.received_by}"),
        ("Procesado", moment(batch.processed_at)),
        ("En el registro", effect),
        (
            "Sello",
            f"Ed25519, clave {sealed.get('sello', {}).get('clave', '')}, válido: {yes_or_no(receipts.holds(dict(sealed)))}",
        ),
    ]


_EFFECTS = (
    ("nuevos", "nuevos"),
    ("nuevas_versiones", "versiones nuevas"),
    ("cancelados", "cancelados"),
    ("sin_cambio", "sin cambio"),
)


def _held(batch: Batch) -> int:
    return int(batch.counts.get("en_cuarentena", 0)) + int(batch.counts.get("rechazados", 0))


def _meaning(code: str) -> tuple[str, str]:
    known = CODES.get(code)
    return (known.message, known.hint) if known else ("", "")


def _read_profile(file: Path) -> dict[str, str]:
    """The mapping that a JSON file holds. Raises FileUnusable, Invalid."""
    reading.existing_file(file)
    hint = 'Forma: {"No. de registro": "clave_registro", "Colonia": ""}.'
    with reading.file_faults(file):
        if file.stat().st_size > _MOST_PROFILE:
            raise Invalid(f"{file} es demasiado grande para ser un perfil.", hint=hint)
        raw = file.read_bytes()
    try:
        said = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Invalid(f"{file} no es JSON en UTF-8.", hint=hint) from None
    if not isinstance(said, dict) or not said or not all(isinstance(value, str) for value in said.values()):
        raise Invalid(f"{file} no es un perfil: debe ser un objeto de encabezado a campo.", hint=hint)
    return {str(header): field for header, field in said.items()}


def _csv_header(found: Contract) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([f.name for f in found.fields])
    return out.getvalue()


def _markdown(found: Contract) -> str:
    lines = [f"# {found.title}", "", f"Registro `{found.registry}`, versión {found.version}. Fuente: {found.source}.", ""]
    lines += ["| Campo | Nombre | Tipo | Obligatorio | Catálogo | También se llama | Nota |", "|---|---|---|---|---|---|---|"]
    lines += [_markdown_row(f) for f in found.fields]
    lines += ["", *(f"Al menos uno de: {', '.join(f'`{name}`' for name in names)}." for names in found.any_of)]
    return "\n".join(lines)


def _markdown_row(f: Field) -> str:
    cells = (f"`{f.name}`", f.label, f.kind.value, "sí" if f.required else "", f.catalog, ", ".join(f.synonyms), f.note)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
