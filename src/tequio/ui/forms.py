"""Forms of this room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tequio.access.domain import LONGEST_FOLIO, Actor, Purpose, PurposeCode
from tequio.ui.web import purpose as purposes
from tequio.ui.web.forms import Form


class PurposeForm(Form):
    """Why data will be looked at, and the folio that it answers to."""

    field_order = ("code", "folio")
    folio = forms.CharField(
        label=_("Folio"),
        max_length=LONGEST_FOLIO,
        help_text=_(
            "Oficio, carpeta de investigación o caso que justifica la consulta. Queda en la bitácora con cada respuesta."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.basis = purposes.choices(actor)
        self.fields["code"] = forms.ChoiceField(
            label=_("Finalidad"),
            widget=forms.RadioSelect,
            choices=[(choice.code.value, choice.label) for choice in self.basis],
        )
        self.order_fields(self.field_order)

    def purpose(self) -> Purpose:
        """What was stated. Raises Invalid for a folio that the log cannot keep."""
        return Purpose(PurposeCode(self.cleaned_data["code"]), self.cleaned_data["folio"])
