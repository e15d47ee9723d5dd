"""What the review page shows, in words: sheets of both sides, evidence, quality, timeline."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tequio.targets import words
from tequio.targets.domain import Hidden, HitEventKind, HitState, Priority, RecordStanding, TargetState, Verdict
from tequio.targets.models import Hit, HitEvent, HitRecord, Judgement, TargetEvent
from tequio.targets.services.reviewing import Quality, Reviewed
from tequio.ui.places import municipality_labels
from tequio.ui.values import NO_INFORMATION, Badge, Fact, Link, Masked, Step, Tone

_TONES = {
    HitEventKind.OPENED: Tone.INFO, HitEventKind.REOPENED: Tone.INFO, HitEventKind.RECORD_CANCELLED: Tone.BAD,
    HitEventKind.NO_LONGER_MATCHES: Tone.WARN, HitEventKind.TARGET_SUSPENDED: Tone.WARN, HitEventKind.TARGET_CLOSED: Tone.WARN,
}  # fmt: skip
_VERDICT_TONES = {Verdict.POSITIVE: Tone.GOOD, Verdict.NEGATIVE: Tone.BAD, Verdict.UNSURE: Tone.WARN}


def context(reviewed: Reviewed) -> dict[str, Any]:
    """Everything that `targets/hit.html` shows."""
    hit = reviewed.hit
    places = municipality_labels(
        str(one.get("municipio", "")) for one in [hit.record_summary, *(record.summary for record in reviewed.records)]
    )
    return {
        "hit": hit,
        "reviewed": reviewed,
        "band": words.band(hit.band),
        "state": words.HIT_STATES[HitState(hit.state)],
        "hidden": words.HIDDEN[reviewed.hidden] if reviewed.hidden else "",
        "sentence": "" if reviewed.hidden else str(hit.explanation.get("sentence", "")),
        "algorithm": str(hit.explanation.get("algorithm", "")),
        "target_facts": _target_facts(hit),
        "record_facts": _record_facts(hit, places, reviewed.hidden),
        "rows": [(row, words.AGREEMENTS[row.agreement]) for row in reviewed.rows if not row.empty],
        "lacking": ", ".join(row.feature for row in reviewed.rows if row.empty),
        "news": reviewed.news,
        "records": [_record_line(record, places) for record in reviewed.records],
        "quality_facts": _quality_facts(reviewed.quality) if reviewed.quality else [],
        "steps": _steps(reviewed),
        "warnings": _warnings(reviewed),
        "next_url": reverse("targets:hit", args=[reviewed.next_id]) if reviewed.next_id else "",
    }


def _target_facts(hit: Hit) -> list[Fact]:
    target = hit.target
    return [
        Fact(_("Folio"), Link(target.folio, reverse("targets:target", args=[target.id]))),
        Fact(_("Estado"), words.TARGET_STATES[TargetState(hit.target_state)]),
        Fact(_("Prioridad"), words.PRIORITIES[Priority(target.priority)]),
        Fact(_("Documento"), target.document),
        Fact(_("A quien lo tenga"), _tells(hit)),
        Fact(_("Umbral"), _("{bits} bits").format(bits=f"{target.threshold:.2f}")),
    ]


def _tells(hit: Hit) -> str:
    if hit.target.covert:
        return _("no se le dice nada: es encubierto")
    return _("se le avisará al confirmar") if hit.target.tell_holder else _("no se le dice nada")


def _record_facts(hit: Hit, places: dict[str, str], hidden: Hidden | None) -> list[Fact]:
    summary = hit.record_summary
    key: object = summary.get("clave_registro", "")
    return [
        Fact(_("Suministrado por"), hit.record_agency.code),
        Fact(_("Situación"), words.STANDINGS[RecordStanding(hit.record_standing)]),
        Fact(_("Detención"), hit.event_day or NO_INFORMATION),
        Fact(_("Municipio"), places.get(str(summary.get("municipio", "")), "") or summary.get("entidad") or NO_INFORMATION),
        Fact(_("Tipo"), str(summary.get("tipo_registro", "")).replace("_", " ")),
        Fact(_("Custodia"), str(summary.get("custodia", "")).replace("_", " ").lower()),
        Fact(_("Clave del registro"), Masked(words.HIDDEN[hidden]) if hidden else key),
        Fact(_("Versión"), _("{n} ({corrected})").format(n=hit.record_version, corrected=_corrected(hit))),
    ]


def _corrected(hit: Hit) -> str:
    return _("corregido") if hit.record_version > 1 else _("sin correcciones")


def _quality_facts(quality: Quality) -> list[Fact]:
    """How good the supplier's record is, in words."""

    def name(field: str) -> str:
        return str(words.FIELDS.get(field, field.replace("_", " ")))

    absences = [f"{name(field)}: {str(why).replace('_', ' ')}" for field, why in sorted(quality.absences.items())]
    return [
        Fact(_("Datos de identidad"), _("{n} de {of} con valor").format(n=quality.filled, of=quality.of)),
        Fact(_("Con valor que no se entendió"), ", ".join(name(field) for field in quality.unread) or _("ninguno")),
        Fact(_("Faltas en identificadores"), " ".join(quality.faults) or _("ninguna"), wide=True),
        Fact(_("Dicho como ausente por quien suministra"), "; ".join(absences) or _("nada"), wide=True),
    ]


def _record_line(record: HitRecord, places: dict[str, str]) -> dict[str, Any]:
    return {
        "record": record,
        "standing": words.STANDINGS[RecordStanding(record.standing)],
        "band": words.band(record.band),
        "place": places.get(str(record.summary.get("municipio", "")), ""),
        "score": f"{record.score:.2f}",
    }


def _steps(reviewed: Reviewed) -> list[Step]:
    """What happened to the hit and to its target since it was opened, the latest on top."""
    reasons = {(judgement.at, judgement.by): judgement for judgement in reviewed.judgements}
    told = [(event.at, 0, _hit_step(event, reasons.get((event.at, event.by)), reviewed.hidden)) for event in reviewed.events]
    told += [(event.at, 1, _target_step(event)) for event in reviewed.target_events]
    return [step for _at, _order, step in sorted(told, key=lambda one: (one[0], one[1]), reverse=True)]


def _hit_step(event: HitEvent, judgement: Judgement | None, hidden: Hidden | None) -> Step:
    kind = HitEventKind(event.kind)
    if judgement is not None and kind is HitEventKind.JUDGED:
        verdict = Verdict(judgement.verdict)
        state = words.HIT_STATES[HitState(event.detail["state"])].text if "state" in event.detail else ""
        title = _("Juicio: {verdict}").format(verdict=words.VERDICTS[verdict])
        return Step(
            event.at, title, f"{judgement.reason} ({state})" if state else judgement.reason, event.by, _VERDICT_TONES[verdict]
        )
    detail = [_("registro {key}").format(key=event.detail["key"])] if event.detail.get("key") and not hidden else []
    detail += [_("versión {n}, {bits} bits").format(n=event.record_version, bits=f"{event.score:.2f}")]
    if event.detail.get("reason"):
        detail.append(str(event.detail["reason"]))
    return Step(event.at, words.HIT_EVENTS[kind], "; ".join(detail), event.by, _TONES.get(kind, Tone.PLAIN))


def _target_step(event: TargetEvent) -> Step:
    moved = event.detail.get("threshold")
    state = words.TARGET_STATES[TargetState(event.state)].text
    title = _("Objetivo: {state}").format(state=state)
    if moved:
        title = _("Umbral del objetivo: de {a} a {b} bits").format(a=f"{moved['from']:.2f}", b=f"{moved['to']:.2f}")
    return Step(event.at, title, event.reason, event.by, Tone.PLAIN)


def _warnings(reviewed: Reviewed) -> list[Badge]:
    """What a reviewer must know before judging, in sentences."""
    hit, powers = reviewed.hit, reviewed.powers
    told = []
    if hit.record_standing == RecordStanding.CANCELLED.value:
        told.append(Badge(_("Quien suministró el registro lo canceló: ya no se puede confirmar."), Tone.BAD))
    if hit.record_standing == RecordStanding.NO_LONGER_MATCHES.value:
        told.append(Badge(_("El registro se corrigió y ya no coincide: no se puede confirmar."), Tone.WARN))
    if hit.target_state != TargetState.ACTIVE.value:
        state = words.TARGET_STATES[TargetState(hit.target_state)].text
        told.append(Badge(_("El objetivo está {state}: no se puede confirmar.").format(state=state), Tone.WARN))
    if hit.state == HitState.PROPOSED.value:
        told.append(Badge(_("Una persona propuso confirmarla. Sale aviso solo si otra la lee y coincide."), Tone.INFO))
    if hit.state == HitState.DISPUTED.value:
        told.append(Badge(_("Las lecturas no coinciden: decide una persona supervisora que no la haya leído."), Tone.WARN))
    elif powers.two_needed and hit.state == HitState.OPEN.value:
        told.append(Badge(_("Este grado pide segunda lectura: confirmarla solo la propone."), Tone.INFO))
    if hit.below_threshold:
        told.append(Badge(_("Está bajo el umbral de su objetivo: se conserva y no se lista."), Tone.INFO))
    if powers.because:
        told.append(Badge(powers.because, Tone.INFO))
    return told
