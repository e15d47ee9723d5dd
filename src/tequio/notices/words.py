"""Codes of this room as people read them, with their tone."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tequio.notices.domain import NoticeKind, Standing, Urgency
from tequio.ui.values import Badge, Tone

KINDS: Final[dict[NoticeKind, Promise | str]] = {
    NoticeKind.DETENTION: _("Un objetivo suyo está detenido"),
    NoticeKind.HOLDER: _("Tiene bajo custodia a una persona buscada"),
}
URGENCIES: Final = {
    Urgency.URGENT: Badge(_("urgente"), Tone.BAD),
    Urgency.ROUTINE: Badge(_("ordinario"), Tone.PLAIN),
}
STANDINGS: Final = {
    Standing.WAITING: Badge(_("espera acuse"), Tone.INFO),
    Standing.OVERDUE: Badge(_("vencido sin acuse"), Tone.WARN),
    Standing.ESCALATED: Badge(_("escalado: nadie lo acusó"), Tone.BAD),
    Standing.ON_TIME: Badge(_("acusado a tiempo"), Tone.GOOD),
    Standing.LATE: Badge(_("acusado tarde"), Tone.WARN),
    Standing.WITHDRAWN: Badge(_("retirado"), Tone.PLAIN),
}
STATES: Final[dict[str, Promise | str]] = {
    "sin_acuse": _("esperan acuse"),
    "escalados": _("escalados"),
    "acusados": _("acusados"),
    "retirados": _("retirados"),
}
CONTENT: Final[dict[str, Promise | str]] = {
    "objetivo": _("Objetivo"), "custodia_de": _("Bajo custodia de"), "detenida_el": _("Detención"),
    "entidad": _("Entidad"), "municipio": _("Municipio"), "tipo_registro": _("Tipo de registro"), "custodia": _("Custodia"),
    "registro": _("Clave de su registro"), "busca": _("Lo busca"), "fundamento": _("Fundamento"),
}  # fmt: skip
"""What a notice says, by key of its content; a key that is not here is a reference for programs."""
