"""Forms of this room."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tequio.notices import words
from tequio.notices.domain import NoticeKind, Urgency
from tequio.notices.selectors import NoticeFilter
from tequio.ui.web.forms import Form


class NoticeFilterForm(Form):
    """Which notices to list."""

    estado = forms.ChoiceField(label=_("Situación"), required=False, choices=[("", _("todos")), *words.STATES.items()])
    aviso = forms.ChoiceField(
        label=_("Aviso"), required=False, choices=[("", _("todos")), *((k.value, words.KINDS[k]) for k in NoticeKind)]
    )
    urgencia = forms.ChoiceField(
        label=_("Urgencia"), required=False, choices=[("", _("todas")), *((u.value, words.URGENCIES[u].text) for u in Urgency)]
    )

    def wanted(self) -> NoticeFilter:
        """What is asked for; what is not understood is taken as not said."""
        said = self.cleaned_data if self.is_valid() else {}
        return NoticeFilter(said.get("estado", ""), said.get("aviso", ""), said.get("urgencia", ""))
