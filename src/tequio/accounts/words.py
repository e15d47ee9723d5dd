"""Codes of this room as people read them."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tequio.access.domain import Permission, Suspension
from tequio.accounts.domain import RequestState, Step, Training
from tequio.ui.values import Tone

SUSPENSIONS: Final[dict[Suspension, Promise | str]] = {
    Suspension.MANUAL: _("Por un motivo"),
    Suspension.TRANSFER: _("Cambio de adscripción"),
    Suspension.LEAVING: _("Baja"),
    Suspension.RECERTIFICATION: _("Sin recertificar"),
}
STATES: Final[dict[RequestState, Promise | str]] = {
    RequestState.REQUESTED: _("Espera a la supervisión"),
    RequestState.SUPERVISED: _("Espera al nodo nacional"),
    RequestState.APPROVED: _("Aprobada"),
    RequestState.REJECTED: _("Rechazada"),
    RequestState.EXPIRED: _("Vencida"),
}
STATE_TONES: Final = {
    RequestState.REQUESTED: Tone.WARN,
    RequestState.SUPERVISED: Tone.INFO,
    RequestState.APPROVED: Tone.GOOD,
    RequestState.REJECTED: Tone.BAD,
    RequestState.EXPIRED: Tone.PLAIN,
}
STEPS: Final[dict[Step, Promise | str]] = {
    Step.SUPERVISOR: _("Visto bueno de la supervisión"),
    Step.HUB: _("Aprobación del nodo nacional"),
}
TRAININGS: Final[dict[Training, Promise | str]] = {
    Training.NONE: _("Sin capacitación"),
    Training.ENROLLED: _("Inscrita"),
    Training.VALID: _("Vigente"),
}
SCOPES: Final[dict[Permission, Promise | str]] = {
    Permission.DETENTION_REGISTER: _("Registrar detenciones"),
    Permission.DETENTION_READ: _("Ver detenciones"),
    Permission.DETENTION_CORRECT: _("Corregir detenciones"),
    Permission.DETENTION_CANCEL: _("Cancelar detenciones"),
    Permission.SUPPLY_SEND: _("Suministrar archivos"),
    Permission.SUPPLY_READ: _("Ver acuses"),
    Permission.TARGET_PROPOSE: _("Proponer objetivos"),
    Permission.TARGET_READ: _("Ver objetivos"),
    Permission.TARGET_SUSPEND: _("Suspender objetivos"),
    Permission.HIT_READ: _("Ver coincidencias"),
    Permission.NOTICE_READ: _("Ver avisos"),
    Permission.NOTICE_ACKNOWLEDGE: _("Acusar avisos"),
    Permission.SEARCH_PERSON: _("Buscar personas"),
    Permission.AUDIT_READ: _("Leer la bitácora"),
    Permission.DASHBOARD_READ: _("Ver el tablero"),
}
