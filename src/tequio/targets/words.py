"""Codes of this room as people read them, with their tone."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tequio.matching import BANDS
from tequio.targets.domain import Agreement, Hidden, HitEventKind, HitState, Priority, RecordStanding, TargetState, Verdict
from tequio.ui.values import Badge, Tone

HIT_STATES: Final = {
    HitState.OPEN: Badge(_("por revisar"), Tone.INFO),
    HitState.PROPOSED: Badge(_("propuesta, falta segunda lectura"), Tone.WARN),
    HitState.DISPUTED: Badge(_("en desacuerdo, decide supervisión"), Tone.WARN),
    HitState.CONFIRMED: Badge(_("confirmada"), Tone.GOOD),
    HitState.REJECTED: Badge(_("rechazada"), Tone.PLAIN),
    HitState.UNSURE: Badge(_("dudosa"), Tone.PLAIN),
}
STANDINGS: Final = {
    RecordStanding.STANDS: Badge(_("vigente"), Tone.GOOD),
    RecordStanding.NO_LONGER_MATCHES: Badge(_("ya no coincide"), Tone.WARN),
    RecordStanding.CANCELLED: Badge(_("registro cancelado"), Tone.BAD),
}
TARGET_STATES: Final = {
    TargetState.PROPOSED: Badge(_("propuesto"), Tone.INFO),
    TargetState.ACTIVE: Badge(_("vigente"), Tone.GOOD),
    TargetState.SUSPENDED: Badge(_("suspendido"), Tone.WARN),
    TargetState.CLOSED: Badge(_("cerrado"), Tone.PLAIN),
}
PRIORITIES: Final = {
    Priority.HIGH: Badge(_("alta"), Tone.BAD),
    Priority.MEDIUM: Badge(_("media"), Tone.WARN),
    Priority.ORDINARY: Badge(_("ordinaria"), Tone.PLAIN),
}
_BAND_NAMES: Final[tuple[Promise | str, ...]] = (_("casi cierta"), _("probable"), _("posible"), _("débil"), _("descartada"))
BAND_LABELS: Final = dict(zip(BANDS, _BAND_NAMES, strict=True))
BAND_TONES: Final = dict(zip(BANDS, (Tone.GOOD, Tone.INFO, Tone.PLAIN, Tone.PLAIN, Tone.PLAIN), strict=True))
VERDICTS: Final[dict[Verdict, Promise | str]] = {
    Verdict.POSITIVE: _("es la misma persona"),
    Verdict.NEGATIVE: _("no es la misma persona"),
    Verdict.UNSURE: _("no se puede saber todavía"),
}
AGREEMENTS: Final = {
    Agreement.AGREES: Badge(_("coincide"), Tone.GOOD),
    Agreement.NEARLY: Badge(_("coincide en parte"), Tone.INFO),
    Agreement.DIFFERS: Badge(_("difiere"), Tone.WARN),
    Agreement.CONTRADICTS: Badge(_("contradice"), Tone.BAD),
    Agreement.MISSING: Badge(_("falta el dato"), Tone.PLAIN),
}
HIDDEN: Final[dict[Hidden, Promise | str]] = {
    Hidden.ROLE: _("Su rol ve qué coincide y cuánto pesa, no los datos: pídalos a quien analiza o supervisa."),
    Hidden.PURPOSE: _("Su finalidad no incluye ver estos datos. Indique «Revisión de una coincidencia» si es lo que hace."),
}
HIT_EVENTS: Final[dict[HitEventKind, Promise | str]] = {
    HitEventKind.OPENED: _("Se abrió la coincidencia"),
    HitEventKind.EVIDENCE_CHANGED: _("Cambió lo que dice el registro"),
    HitEventKind.NO_LONGER_MATCHES: _("El registro corregido ya no coincide"),
    HitEventKind.MATCHES_AGAIN: _("El registro vuelve a coincidir"),
    HitEventKind.RECORD_CANCELLED: _("Quien lo suministró canceló el registro"),
    HitEventKind.TARGET_SUSPENDED: _("El objetivo se suspendió"),
    HitEventKind.TARGET_RESUMED: _("El objetivo se reanudó"),
    HitEventKind.TARGET_CLOSED: _("El objetivo se cerró"),
    HitEventKind.JUDGED: _("Una persona la juzgó"),
    HitEventKind.REOPENED: _("Volvió a la lista: hay datos nuevos"),
    HitEventKind.RECORD_JOINED: _("Se unió otro registro del mismo hecho"),
    HitEventKind.RECORD_LEFT: _("Un registro corregido pasó a otra coincidencia"),
    HitEventKind.BELOW_THRESHOLD: _("Quedó bajo el umbral de su objetivo"),
    HitEventKind.ABOVE_THRESHOLD: _("Volvió a estar sobre el umbral de su objetivo"),
    HitEventKind.MODEL_CHANGED: _("Se volvió a calcular con otra versión del algoritmo"),
}
FIELDS: Final[dict[str, Promise | str]] = {
    "nombre": _("nombre"), "primer_apellido": _("primer apellido"), "segundo_apellido": _("segundo apellido"),
    "nombre_completo": _("nombre completo"), "alias": _("alias"), "sexo": _("sexo"), "edad": _("edad"),
    "fecha_nacimiento": _("fecha de nacimiento"), "entidad_nacimiento": _("entidad de nacimiento"), "curp": _("CURP"),
    "rfc": _("RFC"), "telefono": _("teléfono"), "placa": _("placa"), "tipo_registro": _("tipo de registro"),
    "fecha_detencion": _("fecha de detención"), "municipio_detencion": _("municipio de la detención"),
    "entidad_detencion": _("entidad de la detención"), "autoridad_destino": _("autoridad de destino"),
    "falta": _("falta administrativa"), "delito": _("probable delito"),
}  # fmt: skip
"""Fields of a detention's contract that a review names."""


def band(code: str) -> Badge:
    """A band as a badge; one that no model has any more, as it was kept."""
    return Badge(BAND_LABELS.get(code, code), BAND_TONES.get(code, Tone.PLAIN))
