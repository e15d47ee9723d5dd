"""Commands of hits: list, show, changes, confirm, reject, unsure. Only their issuer reaches them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from rich.console import RenderableType

from tequio.access.domain import PurposeCode
from tequio.kernel import outbox
from tequio.matching import BANDS, Explanation
from tequio.targets import services
from tequio.targets.commands.registering import advice_data, advice_lines, below_text, threshold_text
from tequio.targets.domain import Hidden, HitEventKind, HitState, Novelty, Row, Verdict
from tequio.targets.models import Hit, HitEvent, HitRecord, RescreeningChange
from tequio.targets.services.reading import Review
from tequio.ui.console import reading
from tequio.ui.console.acting import Why
from tequio.ui.console.answers import Answer, facts, line, moment, table
from tequio.ui.console.entry import command
from tequio.ui.console.spanish import group
from tequio.ui.places import municipality_labels

ALL = "todas"
MOST_UNASKED = 50
"""Rows of a list that no day's budget bounds."""

app = group("Coincidencias de los objetivos de su dependencia con los registros.")

Which = Annotated[str, typer.Argument(metavar="IDENTIFICADOR", help="Identificador de la coincidencia.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXTO", help="Qué se cotejó y con qué.")]
Seen = Annotated[
    str, typer.Option("--seen", metavar="SEÑA", help="Seña de lo que se revisó (hit show); si ya cambió, no se juzga nada.")
]


@command(app, "list")
def list_hits(
    why: Why,
    state: Annotated[
        str, typer.Option("--state", metavar="ESTADO", help=", ".join([*(s.value for s in HitState), ALL]) + ".")
    ] = HitState.OPEN.value,
    standing: Annotated[bool, typer.Option("--standing", help="Solo con registro y objetivo vigentes.")] = False,
    below: Annotated[bool, typer.Option("--below", help="Solo las que están bajo el umbral de su objetivo.")] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", help="Cuántas; si se omite, las que caben en su jornada de revisión.")
    ] = None,
) -> Answer:
    """Lista las coincidencias por revisar, de la más a la menos segura: las que caben en su jornada, y cuántas esperan."""
    wanted = reading.one_of(state, [*(s.value for s in HitState), ALL], "--state")
    most = reading.limit(limit) if limit is not None else None
    who, purpose = why.actor(), why.or_own(PurposeCode.HIT_REVIEW)
    if wanted == HitState.OPEN.value and not below:
        return _reviewed(services.read_review(actor=who, purpose=purpose, standing_only=standing, limit=most))
    found = services.list_hits(
        actor=who,
        purpose=purpose,
        state="" if wanted == ALL else wanted,
        standing_only=standing,
        below=below,
        limit=most or MOST_UNASKED,
    )
    return Answer({"hits": [_data(hit) for hit in found]}, _listed(found))


def _reviewed(review: Review) -> Answer:
    budget = review.budget
    data = {
        "hits": [_data(hit) for hit in review.hits],
        "review": {
            "budget_per_day": budget.a_day, "judged_today": budget.judged_today, "shown": len(review.hits),
            "waiting": sum(review.waiting.values()), "waiting_by_band": dict(review.waiting),
            "below_threshold": review.below, "advice": advice_data(review.advice),
        },
    }  # fmt: skip
    return Answer(data, [*_listed(review.hits), *(line(text) for text in [*_day(review), *advice_lines(review.advice)])])


def _day(review: Review) -> list[str]:
    """What is not shown, and why, in words."""
    budget, waiting = review.budget, sum(review.waiting.values())
    told = []
    if budget.a_day is None:
        told.append("Nadie ha fijado cuántas coincidencias revisa una persona al día (parámetro target.review_budget_per_day).")
    elif budget.left:
        told.append(f"Jornada: {budget.a_day} al día; hoy ha juzgado {budget.judged_today} y le quedan {budget.left}.")
    else:
        told.append(f"Hoy ha juzgado {budget.judged_today}, su jornada de {budget.a_day}: con --limit se listan más.")
    if waiting:
        bands = ", ".join(f"{review.waiting[band]} {band}" for band in BANDS if band in review.waiting)
        told.append(f"Además {'espera' if waiting == 1 else 'esperan'} {waiting} ({bands}). Ninguna se descarta.")
    if review.below:
        told.append(f"Hay {below_text(review.below)}: `tequio hit list --below`.")
    return told


def _listed(found: Sequence[Hit]) -> list[RenderableType]:
    if not found:
        return [line("No hay coincidencias.")]
    headers = (
        "Objetivo", "Folio", "Grado", "Bits", "Estado", "Registros", "Registro de", "Clave", "Detención", "Municipio",
        "Vigencia", "Identificador",
    )  # fmt: skip
    places = municipality_labels(str(hit.record_summary.get("municipio", "")) for hit in found)
    return [table(headers, [_row(hit, places) for hit in found])]


@command(app, "show")
def show(hit: Which, why: Why) -> Answer:
    """Muestra una coincidencia: ambos lados, cada indicio y su peso, sus registros, lo nuevo, vigencia y línea de tiempo.

    Exige finalidad y folio.
    """
    seen = services.review_hit(actor=why.actor(), purpose=why.stated(), hit_id=reading.identifier(hit, "coincidencia"))
    found, events, records, hidden = seen.hit, seen.events, seen.records, seen.hidden
    data = _data(found) | {
        "hidden": hidden,
        "explanation": found.explanation if hidden is None else {"features": [_row_data(row) for row in seen.rows]},
        "records": [_record_data(record) for record in records] if hidden is None else [],
        "timeline": [
            {
                "kind": e.kind, "at": e.at, "by": e.by, "record_version": e.record_version, "score": e.score,
                "detail": e.detail if hidden is None else {},
            }
            for e in events
        ],
        "judgements": [
            {"verdict": j.verdict, "reason": j.reason, "by": j.by, "at": j.at, "score": j.score} for j in seen.judgements
        ],
    }  # fmt: skip
    if hidden is None:
        explanation = Explanation.from_dict(found.explanation)
        parts: list[RenderableType] = [line(explanation.sentence), facts(_about(found)), *_evidence(explanation)]
    else:
        rows = [(row.feature, row.agreement.value, row.bits) for row in seen.rows]
        parts = [line(_HIDDEN[hidden]), facts(_about(found)), table(("Indicio", "Qué dice", "Bits"), rows, "Por qué")]
    if len(records) > 1 and hidden is None:
        columns = ("Registro de", "Clave", "Detención", "Versión", "Bits", "Grado", "Situación", "Desde")
        told = [_record_row(record) for record in records]
        parts.append(table(columns, told, "Registros de esta persona y este hecho; se juzgan una vez"))
    parts += _news(events) if hidden is None else []
    steps = [(moment(e.at), e.kind, e.by, e.record_version, f"{e.score:.2f}") for e in events]
    parts.append(table(("Momento", "Qué pasó", "Quién", "Versión del registro", "Bits"), steps, "Línea de tiempo"))
    if seen.judgements:
        said = [(moment(j.at), j.verdict, j.by, j.reason) for j in seen.judgements]
        parts.append(table(("Momento", "Juicio", "Quién", "Motivo"), said, "Juicios (vale el último)"))
    return Answer({"hit": data}, parts)


_HIDDEN = {
    Hidden.ROLE: "Su rol ve qué coincide y cuánto pesa, no los datos: pídalos a quien analiza o supervisa en su dependencia.",
    Hidden.PURPOSE: "Su finalidad no incluye ver estos datos: indique --purpose revision_coincidencia si es lo que hace.",
}


def _row_data(row: Row) -> dict[str, object]:
    return {"feature": row.feature, "agreement": row.agreement, "weight": row.weight}


def _news(events: Sequence[HitEvent]) -> list[RenderableType]:
    """What was new, feature by feature, the last time that the hit's evidence changed."""
    told = [e for e in events if e.detail.get("news")]
    if not told:
        return []
    last = told[-1]
    found = [Novelty.from_dict(one) for one in last.detail["news"]]
    rows = [(n.feature, str(n.before), str(n.now), f"{n.gain:+.2f}") for n in found]
    back = last.kind == HitEventKind.REOPENED.value
    title = f"Lo nuevo desde que se juzgó {last.detail.get('was', '')}" if back else "Lo que cambió la última vez"
    return [table(("Indicio", "Antes", "Ahora", "Bits de más"), rows, f"{title} ({moment(last.at)})")]


@command(app, "changes")
def changes(
    why: Why,
    run: Annotated[str, typer.Option("--run", metavar="IDENTIFICADOR", help="Corrida; si se omite, la última terminada.")] = "",
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Cuántos, como máximo.")] = MOST_UNASKED,
) -> Answer:
    """Dice qué cambia en las coincidencias de su dependencia una corrida de todos los registros contra todos los objetivos."""
    made, found = services.list_changes(
        actor=why.actor(),
        purpose=why.or_own(PurposeCode.HIT_REVIEW),
        run_id=reading.identifier(run, "corrida") if run else None,
        limit=reading.limit(limit),
    )
    if made is None:
        return Answer({"run": None, "changes": []}, [line("No hay ninguna corrida terminada.")])
    data = {
        "run": {"id": made.id, "state": made.state, "algorithm": made.algorithm},
        "changes": [
            {
                "target": {"id": c.target_id, "folio": c.target.folio}, "hit": c.hit_id, "registry": c.registry,
                "record": c.record_id, "kind": c.kind, "score_before": c.score_before, "score_now": c.score_now,
                "band_before": c.band_before, "band_now": c.band_now, "below_threshold": c.below_threshold,
                "outcome": c.outcome,
            }
            for c in found
        ],
    }  # fmt: skip
    parts: list[RenderableType] = [line(f"Corrida {made.id} ({made.algorithm}), {made.state}.")]
    if not found:
        return Answer(data, [*parts, line("Nada cambia en las coincidencias de su dependencia.")])
    headers = (
        "Objetivo",
        "Folio",
        "Cambio",
        "Bits antes",
        "Bits ahora",
        "Grado antes",
        "Grado ahora",
        "Resultado",
        "Coincidencia",
    )
    return Answer(data, [*parts, table(headers, [_change_row(c) for c in found])])


def _change_row(change: RescreeningChange) -> tuple[object, ...]:
    return (
        change.target.title,
        change.target.folio,
        change.kind,
        f"{change.score_before:.2f}" if change.score_before is not None else "",
        f"{change.score_now:.2f}",
        change.band_before,
        change.band_now,
        change.outcome,
        change.hit_id,
    )


@command(app, "confirm")
def confirm(hit: Which, why: Why, reason: Reason, seen: Seen = "") -> Answer:
    """Confirma que es la misma persona. De aquí sale el aviso a su dependencia; donde se pide segunda lectura, sale cuando otra
    persona coincide. Exige finalidad y folio."""
    return _judge(hit, why, Verdict.POSITIVE, reason, seen)


@command(app, "reject")
def reject(hit: Which, why: Why, reason: Reason, seen: Seen = "") -> Answer:
    """Declara que no es la misma persona. Si había aviso, se retira. Exige finalidad y folio."""
    return _judge(hit, why, Verdict.NEGATIVE, reason, seen)


@command(app, "unsure")
def unsure(hit: Which, why: Why, reason: Reason, seen: Seen = "") -> Answer:
    """Declara que no se puede saber todavía. Si había aviso, se retira. Exige finalidad y folio."""
    return _judge(hit, why, Verdict.UNSURE, reason, seen)


def _judge(hit: str, why: Why, verdict: Verdict, reason: str, seen: str) -> Answer:
    done = services.judge_hit(
        actor=why.actor(),
        purpose=why.stated(),
        hit_id=reading.identifier(hit, "coincidencia"),
        verdict=verdict,
        reason=reason,
        seen=seen,
    )
    outbox.drain()
    parts = [line(f"Coincidencia {done.state} (objetivo {done.target.folio})."), *(line(text) for text in _what_follows(done))]
    return Answer({"hit": _data(done)}, parts)


def _what_follows(hit: Hit) -> list[str]:
    if hit.state == HitState.PROPOSED.value:
        return ["Falta que otra persona la lea y coincida: hasta entonces no sale ningún aviso."]
    if hit.state == HitState.DISPUTED.value:
        return ["Quienes la leyeron no coinciden: decide una persona supervisora que no la haya leído."]
    return ["El aviso se emitió: vea `tequio notice list`."] if hit.state == HitState.CONFIRMED.value else []


def _about(hit: Hit) -> list[tuple[str, object]]:
    record = hit.record_summary
    municipality = str(record.get("municipio", ""))
    places = municipality_labels([municipality])
    return [
        ("Objetivo", f"{hit.target.title} ({hit.target.folio}), {hit.target_state}, prioridad {hit.target.priority}"),
        ("Umbral del objetivo", threshold_text(hit.target)),
        (
            "Registro",
            f"{hit.registry} de {hit.record_agency.code}, clave {record.get('clave_registro')}, versión {hit.record_version}",
        ),
        ("Situación del registro", hit.record_standing),
        ("Detención", f"{record.get('detenida_el', '')} en {places[municipality] or record.get('entidad', '')}"),
        ("Custodia", record.get("custodia", "")),
        ("Estado", f"{hit.state}, bajo el umbral de su objetivo" if hit.below_threshold else hit.state),
        ("Grado", f"{hit.band}, {hit.score:.2f} bits"),
        ("Identificador oficial", "CURP o RFC iguales" if hit.exact else ""),
        ("Abierta", moment(hit.opened_at)),
        ("Algoritmo", hit.explanation.get("algorithm", "")),
        ("Lecturas", "; ".join(f"{who}: {verdict}" for who, verdict in sorted(hit.said.items()))),
        ("Seña de lo mostrado", services.seen_of(hit)),
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
        hit.record_count,
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
        "target": {
            "id": hit.target_id,
            "folio": hit.target.folio,
            "title": hit.target.title,
            "state": hit.target_state,
            "threshold": hit.target.threshold,
        },
        "record": {
            "registry": hit.registry,
            "id": hit.record_id,
            "version": hit.record_version,
            "agency": hit.record_agency.code,
            "standing": hit.record_standing,
            **hit.record_summary,
        },
        "state": hit.state,
        "said": hit.said,
        "seen": services.seen_of(hit),
        "score": hit.score,
        "band": hit.band,
        "exact_identifier": hit.exact,
        "below_threshold": hit.below_threshold,
        "record_count": hit.record_count,
        "opened_at": hit.opened_at,
        "updated_at": hit.updated_at,
    }


def _record_row(record: HitRecord) -> tuple[object, ...]:
    return (
        record.record_agency.code,
        record.summary.get("clave_registro", ""),
        record.day or "",
        record.version,
        f"{record.score:.2f}",
        record.band,
        record.standing,
        moment(record.joined_at),
    )


def _record_data(record: HitRecord) -> dict[str, object]:
    return {
        "registry": record.registry,
        "id": record.record_id,
        "version": record.version,
        "agency": record.record_agency.code,
        "standing": record.standing,
        "score": record.score,
        "band": record.band,
        "exact_identifier": record.exact,
        "joined_at": record.joined_at,
        "explanation": record.explanation,
        **record.summary,
    }
