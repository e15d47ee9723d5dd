"""Codes as people read them. A room adds its own in a `words` module of its own."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tequio.access.domain import PurposeCode, Role

PURPOSES: Final[dict[PurposeCode, Promise | str]] = {
    PurposeCode.SUPPLY: _("Suministro de información"),
    PurposeCode.TARGET_SEARCH: _("Búsqueda de un objetivo"),
    PurposeCode.HIT_REVIEW: _("Revisión de una coincidencia"),
    PurposeCode.INVESTIGATION: _("Investigación de un delito"),
    PurposeCode.IDENTITY_CHECK: _("Verificación de identidad"),
    PurposeCode.CUSTODY: _("Seguimiento de la custodia"),
    PurposeCode.AUDIT: _("Auditoría de la bitácora"),
    PurposeCode.ADMINISTRATION: _("Administración del sistema"),
}

ROLES: Final[dict[Role, Promise | str]] = {
    Role.CAPTURE: _("Captura"),
    Role.CONSULTATION: _("Consulta"),
    Role.ANALYST: _("Análisis"),
    Role.LIAISON: _("Enlace"),
    Role.SUPERVISOR: _("Supervisión"),
    Role.AUDITOR: _("Auditoría"),
    Role.ADMINISTRATOR: _("Administración"),
    Role.HUB_OPERATOR: _("Operación nacional"),
}
