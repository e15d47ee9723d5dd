"""Codes of intake as people read them."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tequio.supply.checks.codes import CODES
from tequio.supply.domain import BatchState
from tequio.ui.values import Badge, Tone

STATES: Final[dict[str, Badge]] = {
    BatchState.RECEIVED.value: Badge(_("en proceso"), Tone.INFO),
    BatchState.PROCESSED.value: Badge(_("procesado"), Tone.GOOD),
    BatchState.REFUSED.value: Badge(_("rechazado"), Tone.BAD),
}
SEVERITIES: Final[dict[str, Badge]] = {
    "advertida": Badge(_("advertida"), Tone.WARN),
    "cuarentena": Badge(_("en cuarentena"), Tone.INFO),
    "rechazada": Badge(_("rechazada"), Tone.BAD),
}
INTERVALS: Final[dict[str, Promise | str]] = {
    "hecho_registro": _("De la detención a su registro"),
    "registro_suministro": _("Del registro al suministro"),
    "hecho_suministro": _("De la detención al suministro"),
}
COUNTS: Final[dict[str, Promise | str]] = {
    "renglones": _("Renglones"),
    "aceptados": _("Aceptados sin advertencia"),
    "advertidos": _("Aceptados con advertencia"),
    "en_cuarentena": _("En cuarentena"),
    "rechazados": _("Rechazados"),
    "nuevos": _("Registros nuevos"),
    "nuevas_versiones": _("Versiones nuevas"),
    "cancelados": _("Cancelados"),
    "sin_cambio": _("Sin cambio"),
}
FORMATS: Final = {"csv": "CSV", "xlsx": "XLSX", "jsonl": "JSONL"}


def meaning(code: str) -> tuple[str, str]:
    """(what it means, what to do) of a finding; blank for a code of another version."""
    known = CODES.get(code)
    return (known.message, known.hint) if known else ("", "")
