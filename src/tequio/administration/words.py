"""Codes of the log and of reference data as people read them."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tequio.audit.domain import Action, Outcome
from tequio.institutions.domain import AgencyKind, Level
from tequio.ui.values import Badge, Tone

ACTIONS: Final[dict[str, Promise | str]] = {
    Action.DETENTION_REGISTERED.value: _("Registró una detención"),
    Action.DETENTION_CORRECTED.value: _("Corrigió una detención"),
    Action.DETENTION_CANCELLED.value: _("Canceló una detención"),
    Action.DETENTION_READ.value: _("Consultó detenciones"),
    Action.CUSTODY_EVENT_ADDED.value: _("Anotó un paso de la custodia"),
    Action.FILE_UPLOADED.value: _("Subió un archivo para revisarlo"),
    Action.UPLOAD_DISCARDED.value: _("Descartó un archivo subido"),
    Action.BATCHES_READ.value: _("Consultó sus lotes"),
    Action.BATCH_RECEIVED.value: _("Suministró un lote"),
    Action.BATCH_PROCESSED.value: _("Se procesó un lote"),
    Action.RECEIPT_READ.value: _("Consultó un acuse"),
    Action.FIX_FILE_EXPORTED.value: _("Sacó los renglones por corregir"),
    Action.FILE_REFUSED.value: _("Se rechazó un archivo"),
    Action.MAPPING_SAVED.value: _("Guardó un perfil de columnas"),
    Action.INCIDENCE_LOADED.value: _("Cargó incidencia delictiva"),
    Action.TARGET_PROPOSED.value: _("Propuso un objetivo"),
    Action.TARGET_APPROVED.value: _("Aprobó un objetivo"),
    Action.TARGET_VALIDATED.value: _("Validó un objetivo"),
    Action.TARGET_SUSPENDED.value: _("Suspendió un objetivo"),
    Action.TARGET_RESUMED.value: _("Reanudó un objetivo"),
    Action.TARGET_CLOSED.value: _("Cerró un objetivo"),
    Action.TARGET_THRESHOLD_SET.value: _("Cambió el umbral de un objetivo"),
    Action.TARGET_READ.value: _("Consultó objetivos"),
    Action.RESCREENED.value: _("Comparó de nuevo todo"),
    Action.RESCREENING_APPLIED.value: _("Aplicó una comparación nueva"),
    Action.RESCREENING_READ.value: _("Consultó una comparación nueva"),
    Action.PERSON_SEARCHED.value: _("Buscó a una persona"),
    Action.HIT_OPENED.value: _("Se abrió una coincidencia"),
    Action.HIT_UPDATED.value: _("Cambió una coincidencia"),
    Action.HIT_READ.value: _("Consultó coincidencias"),
    Action.HIT_JUDGED.value: _("Juzgó una coincidencia"),
    Action.NOTICE_ISSUED.value: _("Se emitió un aviso"),
    Action.NOTICE_READ.value: _("Consultó avisos"),
    Action.NOTICE_ACKNOWLEDGED.value: _("Acusó un aviso"),
    Action.NOTICE_WITHDRAWN.value: _("Se retiró un aviso"),
    Action.NOTICE_ESCALATED.value: _("Escaló un aviso"),
    Action.SCREEN_REFUSED.value: _("Se le negó una página"),
    Action.SCREEN_EXPORTED.value: _("Sacó una lista"),
    Action.AUDIT_READ.value: _("Leyó la bitácora"),
    Action.AUDIT_STATE_READ.value: _("Consultó el estado de la bitácora"),
    Action.LOOKS_READ.value: _("Preguntó quién vio un registro"),
    Action.AUDIT_VERIFIED.value: _("Comprobó la bitácora"),
    Action.AUDIT_EXPORTED.value: _("Sacó la bitácora"),
    Action.CHECKPOINT_SIGNED.value: _("Se firmó un punto de control"),
    Action.REFERENCE_LOADED.value: _("Cargó datos de referencia"),
    Action.REFERENCE_READ.value: _("Consultó datos de referencia"),
    Action.CATALOG_VERSION_ADDED.value: _("Abrió una versión de un catálogo"),
    Action.PARAMETER_CHANGED.value: _("Cambió un parámetro"),
    Action.AGENCY_ADDED.value: _("Dio de alta una dependencia"),
    Action.AGENCY_RENAMED.value: _("Cambió el nombre de una dependencia"),
    Action.AGENCY_CLOSED.value: _("Cerró una dependencia"),
    Action.DETENTION_EXPORTED.value: _("Sacó una lista de detenciones"),
    Action.TARGET_REVIEWED.value: _("Revisó un objetivo"),
    Action.NUMBER_SEARCHED.value: _("Buscó un registro por su número"),
    Action.BUDGETS_READ.value: _("Consultó cuánto se ha buscado"),
    Action.PUBLIC_ASKED.value: _("Alguien usó la consulta pública"),
    Action.PUBLIC_OPENED.value: _("Abrió la consulta pública"),
    Action.PUBLIC_CLOSED.value: _("Cerró la consulta pública"),
    Action.PUBLIC_SWITCHES_READ.value: _("Consultó qué consultas públicas hay abiertas"),
    Action.DASHBOARD_READ.value: _("Consultó el tablero"),
    Action.DASHBOARD_COUNTED.value: _("Se recontó el tablero"),
    Action.USERS_READ.value: _("Consultó cuentas"),
    Action.USER_CREATED.value: _("Dio de alta una cuenta"),
    Action.ROLE_GRANTED.value: _("Dio un rol"),
    Action.SIGNED_IN.value: _("Entró"),
    Action.SIGN_IN_FAILED.value: _("Falló al entrar"),
    Action.SIGN_IN_LOCKED.value: _("Se le cerró la entrada por un rato"),
    Action.SIGNED_OUT.value: _("Salió"),
    Action.SESSION_EXPIRED.value: _("Venció su sesión"),
    Action.SESSION_CLOSED.value: _("Cerró una sesión"),
    Action.SECOND_FACTOR_CHANGED.value: _("Cambió un segundo factor"),
    Action.PASSWORD_CHANGED.value: _("Cambió una contraseña"),
    Action.PASSWORD_LINK_MADE.value: _("Hizo un enlace de contraseña"),
    Action.USER_SUSPENDED.value: _("Se suspendió una cuenta"),
    Action.USER_REINSTATED.value: _("Reactivó una cuenta"),
    Action.USER_CERTIFIED.value: _("Certificó una cuenta"),
    Action.USER_LINKED.value: _("Enlazó una identidad institucional"),
    Action.TRAINING_RECORDED.value: _("Anotó una capacitación"),
    Action.ACCOUNT_REQUESTED.value: _("Pidió una cuenta"),
    Action.ACCOUNT_DECIDED.value: _("Decidió una solicitud de cuenta"),
    Action.REQUESTS_READ.value: _("Consultó solicitudes de cuenta"),
    Action.TOKEN_MADE.value: _("Hizo una clave de programa"),
    Action.TOKEN_REVOKED.value: _("Revocó una clave de programa"),
    Action.TOKEN_REFUSED.value: _("Se rechazó una clave de programa"),
    Action.TOKENS_READ.value: _("Consultó claves de programas"),
}
"""An action that is not here is shown by its code."""
OUTCOMES: Final[dict[str, Badge]] = {
    Outcome.DONE.value: Badge(_("hecho"), Tone.GOOD),
    Outcome.REFUSED.value: Badge(_("negado"), Tone.BAD),
    Outcome.FAILED.value: Badge(_("fallido"), Tone.WARN),
}
SUBJECTS: Final[dict[str, Promise | str]] = {
    "detention": _("detención"),
    "record": _("registro"),
    "target": _("objetivo"),
    "hit": _("coincidencia"),
    "notice": _("aviso"),
    "rescreening": _("comparación"),
    "batch": _("lote"),
    "upload": _("archivo subido"),
    "mapping": _("perfil de columnas"),
    "incidence_file": _("archivo de incidencia"),
    "screen": _("página"),
    "chain": _("cadena de la bitácora"),
    "reference": _("datos de referencia"),
    "catalog": _("catálogo"),
    "parameter": _("parámetro"),
    "agency": _("dependencia"),
    "user": _("cuenta"),
}
"""What a line is about. A kind that is not here is shown by its code."""
LEVELS: Final[dict[str, Promise | str]] = {
    Level.FEDERAL.value: _("Federal"),
    Level.STATE.value: _("Estatal"),
    Level.MUNICIPAL.value: _("Municipal"),
}
KINDS: Final[dict[str, Promise | str]] = {
    AgencyKind.PUBLIC_SECURITY.value: _("Seguridad pública"),
    AgencyKind.PROSECUTOR.value: _("Fiscalía"),
    AgencyKind.PRISONS.value: _("Sistema penitenciario"),
    AgencyKind.POLICE.value: _("Policía"),
    AgencyKind.COORDINATION.value: _("Coordinación"),
    AgencyKind.INFORMATION.value: _("Información"),
    AgencyKind.CIVIC_JUSTICE.value: _("Justicia cívica"),
}


def action(code: str) -> str:
    """An action as people read it."""
    return str(ACTIONS.get(code, code))


def subject(kind: str) -> str:
    """What a line is about, as people read it."""
    return str(SUBJECTS.get(kind, kind))


def confirmed(value: bool) -> Badge:
    """Whether something was read in an official publication."""
    return Badge(_("confirmado"), Tone.GOOD) if value else Badge(_("por confirmar"), Tone.WARN)
