"""Commands of hits: list, show, confirm, reject, unsure. Only their issuer reaches them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer
from rich.console import RenderableType

from tequio.access.domain import PurposeCode
from tequio.kernel import outbox
from tequio.matching import Explanation
from tequio.targets import selectors, services
from tequio.targets.domain import HitState, Verdict
from tequio.targets.models import Hit
from tequio.ui.console import reading
from tequio.ui.console.acting import Why
from tequio.ui.console.answers import Answer, facts, line, moment, table
from tequio.ui.console.entry import command
from tequio.ui.console.spanish import group
from tequio.ui.places import municipality_labels

ALL = "todas"

app = group("Coincidencias de los objetivos de su dependencia con los registros.")

Which = Annotated[str, typer.Argument(metavar="IDENTIFICADOR", help="Identificador de la coincidencia.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXTO", help="Qué se cotejó y con qué.")]


@command(app, "list")
def list_hits(
    why: Why,
    state: Annotated[
        str, typer.Option("--state", metavar="ESTADO", help=", ".join([*(s.value for s in HitState), ALL]) + ".")
    ] = HitState.OPEN.value,
    standing: Annotated[bool, typer.Option("--standing", help="Solo con registro y objetivo vigentes.")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Cuántas, como máximo.")] = 50,
) -> Answer:
    """Lista las coincidencias por revisar, de la más a la menos segura."""
    wanted = reading.one_of(state, [*(s.value for s in HitState), ALL], "--state")
    found = services.list_hits(
        actor=why.actor(),
        purpose=why.or_own(PurposeCode.HIT_REVIEW),
        state="" if wanted == ALL else wanted,
        standing_only=standing,
        limit=reading.limit(limit),
    )
    data = {"hits": [_data(hit) for hit in found]}
    if not found:
        return Answer(data, [line("No hay coincidencias.")])
    headers = (
        "Objetivo", "Folio", "Grado", "Bits", "Estado", "Registro de", "Clave", "Detención", "Municipio", "Vigencia",
        "Identificador",
    )  # fmt: skip
    places = municipality_labels(str(hit.record_summary.get("municipio", "")) for hit in found)
    return Answer(data, [table(headers, [_row(hit, places) for hit in found])])


@command(app, "show")
def show(hit: Which, why: Why) -> Answer:
    """Muestra una coincidencia: ambos lados, cada indicio y su peso, vigencia y línea de tiempo. Exige finalidad y folio."""
    found = services.read_hit(actor=why.actor(), purpose=why.stated(), hit_id=reading.identifier(hit, "coincidencia"))
    events, judged = selectors.timeline(found.id), selectors.judgements(found.id)
    explanation = Explanation.from_dict(found.explanation)
    data = _data(found) | {
        "explanation": found.explanation,
        "timeline": [
            {"kind": e.kind, "at": e.at, "by": e.by, "record_version": e.record_version, "score": e.score} for e in events
        ],
        "judgements": [{"verdict": j.verdict, "reason": j.reason, "by": j.by, "at": j.at, "score": j.score} for j in judged],
    }
    parts = [line(explanation.sentence), facts(_about(found)), *_evidence(explanation)]
    rows = [(moment(e.at), e.kind, e.by, e.record_version, f"{e.score:.2f}") for e in events]
    parts.append(table(("Momento", "Qué pasó", "Quién", "Versión del registro", "Bits"), rows, "Línea de tiempo"))
    if judged:
        said = [(moment(j.at), j.verdict, j.by, j.reason) for j in judged]
        parts.append(table(("Momento", "Juicio", "Quién", "Motivo"), said, "Juicios (vale el último)"))
    return Answer({"hit": data}, parts)


@command(app, "confirm")
def confirm(hit: Which, why: Why, reason: Reason) -> Answer:
    """Confirma que es la misma persona. De aquí sale el aviso a su dependencia. Exige finalidad y folio."""
    return _judge(hit, why, Verdict.POSITIVE, reason)


@command(app, "reject")
def reject(hit: Which, why: Why, reason: Reason) -> Answer:
    """Declara que no es la misma persona. Si había aviso, se retira. Exige finalidad y folio."""
    return _judge(hit, why, Verdict.NEGATIVE, reason)


@command(app, "unsure")
def unsure(hit: Which, why: Why, reason: Reason) -> Answer:
    """Declara que no se puede saber todavía. Si había aviso, se retira. Exige finalidad y folio."""
    return _judge(hit, why, Verdict.UNSURE, reason)


def _judge(hit: str, why: Why, verdict: Verdict, reason: str) -> Answer:
    done = services.judge_hit(
        actor=why.actor(), purpose=why.stated(), hit_id=reading.identifier(hit, "coincidencia"), verdict=verdict, reason=reason
    )
    outbox.drain()
    parts = [line(f"Coincidencia {done.state} (objetivo {done.target.folio}).")]
    if verdict is Verdict.POSITIVE:
        parts.append(line("El aviso se emitió: vea `tequio notice list`."))
    return Answer({"hit": _data(done)}, parts)


def _about(hit: Hit) -> list[tuple[str, object]]:
    record = hit.record_summary
    municipality = str(record.get("municipio", ""))
    places = municipality_labels([municipality])
    return [
        ("Objetivo", f"{hit.target.title} ({hit.target.folio}), {hit.target_state}, prioridad {hit.target.priority}"),
        (
            "Registro",
            f"{hit.registry} de {hit.record_agency.code}, clave {record.get('clave_registro')}, versión {hit.record_version}",
        ),
        ("Situación del registro", hit.record_standing),
        ("Detención", f"{record.get('detenida_el', '')} en {places[municipality] or record.get('entidad', '')}"),
        ("Custodia", record.get("custodia", "")),
        ("Estado", hit.state),
        ("Grado", f"{hit.band}, {hit.score:.2f} bits"),
        ("Abierta", moment(hit.opened_at)),
        ("Algoritmo", hit.explanation.get("algorithm", "")),
    ]


def _evidence(explanation: Explanation) -> list[RenderableType]:
    """The explanation, feature by feature: both values, level, weight."""
    rows = [(e.feature, e.left, e.right, e.level, f"{e.weight:+.2f}", e.conflict) for e in explanation.features]
    rows.append(("suma", "", "", explanation.band, f"{explanation.score:+.2f}", ""))
    parts: list[RenderableType] = [
        table(("Indicio", "Objetivo", "Registro", "Nivel", "Bits", "Contradicción"), rows, "Por qué")
    ]
    parts += [line(f"Advertencia: {explanation.label}.")] if explanation.label else []
    parts += [line(f"Contradicciones: {'; '.join(explanation.conflicts)}.")] if explanation.conflicts else []
    parts += [line(f"Sin dato en uno o ambos: {', '.join(explanation.missing)}.")] if explanation.missing else []
    return parts


def _row(hit: Hit, places: Mapping[str, str]) -> tuple[object, ...]:
    record = hit.record_summary
    return (
        hit.target.title,
        hit.target.folio,
        hit.band,
        f"{hit.score:.2f}",
        hit.state,
        hit.record_agency.code,
        record.get("clave_registro", ""),
        record.get("detenida_el", ""),
        places[str(record.get("municipio", ""))],
        f"{hit.record_standing}; objetivo {hit.target_state}",
        hit.id,
    )


def _data(hit: Hit) -> dict[str, object]:
    return {
        "id": hit.id,
        "target": {"id": hit.target_id, "folio": hit.target.folio, "title": hit.target.title, "state": hit.target_state},
        "record": {
            "registry": hit.registry,
            "id": hit.record_id,
            "version": hit.record_version,
            "agency": hit.record_agency.code,
            "standing": hit.record_standing,
            **hit.record_summary,
        },
        "state": hit.state,
        "score": hit.score,
        "band": hit.band,
        "opened_at": hit.opened_at,
        "updated_at": hit.updated_at,
    }
