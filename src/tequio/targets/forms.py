"""Forms of this room: what is typed, read into what the services take."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tequio.matching import BANDS
from tequio.targets import words
from tequio.targets.domain import HitState, Priority, TargetDraft, TargetState, Wanted
from tequio.targets.domain.life import LONGEST_DOCUMENT
from tequio.targets.selectors.listing import TargetFilter
from tequio.ui.web.forms import DayField, Form, ReasonField

ALL = ("", _("todas"))
BELOW = "bajo_umbral"
"""Choice of a list of hits that is no state: open ones under their target's own threshold."""


class HitFilterForm(Form):
    """Which hits to list."""

    estado = forms.ChoiceField(
        label=_("Estado"),
        required=False,
        choices=[
            *((state.value, words.HIT_STATES[state].text) for state in HitState),
            (BELOW, _("por revisar, bajo el umbral de su objetivo")),
            ("todas", _("todas")),
        ],
    )
    grado = forms.ChoiceField(
        label=_("Grado"), required=False, choices=[ALL, *((code, words.BAND_LABELS[code]) for code in BANDS)]
    )
    objetivo = forms.CharField(label=_("Folio del objetivo"), required=False, max_length=40)

    def wanted(self) -> Wanted:
        """What is asked for; what is not understood is taken as not said."""
        said = self.cleaned_data if self.is_valid() else {}
        state, band, folio = said.get("estado") or "", said.get("grado", ""), said.get("objetivo", "").strip()
        if state == BELOW:
            return Wanted(HitState.OPEN.value, band, folio, below=True)
        return Wanted("" if state == "todas" else state or HitState.OPEN.value, band, folio)


class JudgeForm(Form):
    """What a person says of a hit, of which they were shown what `visto` is the sign of."""

    motivo = ReasonField()
    visto = forms.CharField(widget=forms.HiddenInput, max_length=64)
    wide: ClassVar[frozenset[str]] = frozenset({"motivo"})


class StepForm(Form):
    """Why a target takes a step."""

    motivo = ReasonField(help_text=_("Queda en los pasos del objetivo."))
    wide: ClassVar[frozenset[str]] = frozenset({"motivo"})


class ThresholdForm(StepForm):
    """From which score a target's hits are listed; empty goes back to the system's."""

    bits = forms.FloatField(
        label=_("Puntaje mínimo, en bits"), required=False, help_text=_("Vacío: vuelve al del sistema."),
        widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
    )  # fmt: skip
    field_order = ("bits", "motivo")
    field_of_code: ClassVar[dict[str, str]] = {"UMBRAL_INVALIDO": "bits"}


class TargetFilterForm(Form):
    """Which targets to list."""

    estado = forms.ChoiceField(
        label=_("Estado"),
        required=False,
        choices=[("", _("todos")), *((s.value, words.TARGET_STATES[s].text) for s in TargetState)],
    )
    prioridad = forms.ChoiceField(
        label=_("Prioridad"), required=False, choices=[ALL, *((p.value, words.PRIORITIES[p].text) for p in Priority)]
    )
    fundamento = forms.ChoiceField(label=_("Fundamento"), required=False)
    nombre = forms.CharField(label=_("Nombre, como empieza"), required=False, max_length=80)

    def __init__(self, grounds: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "fundamento", [("", _("todos")), *grounds.items()])

    def wanted(self) -> TargetFilter:
        """What is asked for; what is not understood is taken as not said."""
        said = self.cleaned_data if self.is_valid() else {}
        return TargetFilter(
            said.get("estado", ""), said.get("prioridad", ""), said.get("fundamento", ""), said.get("nombre", "").strip()
        )


class LinesField(forms.CharField):
    """Several values, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 2_000)
        kwargs.setdefault("help_text", _("Uno por renglón."))
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> tuple[str, ...]:
        """The lines that say something."""
        return tuple(line.strip() for line in super().clean(value).splitlines() if line.strip())


class TargetForm(Form):
    """A target as it is proposed."""

    given = forms.CharField(label=_("Nombre o nombres"), required=False, max_length=100)
    paternal = forms.CharField(label=_("Primer apellido"), required=False, max_length=80)
    maternal = forms.CharField(label=_("Segundo apellido"), required=False, max_length=80)
    names = LinesField(label=_("Otros nombres completos"))
    aliases = LinesField(label=_("Alias"))
    sex = forms.ChoiceField(
        label=_("Sexo"),
        required=False,
        choices=[("", _("sin información")), ("H", _("hombre")), ("M", _("mujer")), ("X", _("no binario"))],
    )
    birth_dates = LinesField(
        label=_("Fecha de nacimiento"), help_text=_("dd/mm/aaaa, mm/aaaa o aaaa; si hay varias, una por renglón.")
    )
    birth_state = forms.ChoiceField(label=_("Entidad de nacimiento"), required=False)
    curps = LinesField(label=_("CURP"))
    rfcs = LinesField(label=_("RFC"))
    phones = LinesField(label=_("Teléfonos"))
    plates = LinesField(label=_("Placas"))
    grounds = forms.ChoiceField(label=_("Fundamento"))
    document = forms.CharField(
        label=_("Documento que lo funda"), max_length=LONGEST_DOCUMENT,
        help_text=_("Número de oficio, mandamiento o carpeta. El documento se queda en su expediente; aquí va su referencia."),
    )  # fmt: skip
    priority = forms.ChoiceField(
        label=_("Prioridad"), choices=[(p.value, words.PRIORITIES[p].text) for p in reversed(Priority)]
    )
    valid_to = DayField(label=_("Vigente hasta"), required=False, help_text=_("Vacío: hasta que se cierre o no se valide."))
    covert = forms.BooleanField(
        label=_("Encubierto"), required=False,
        help_text=_("Nadie fuera de su dependencia sabrá nunca que se le busca, tampoco quien lo tenga detenido."),
    )  # fmt: skip
    tell_holder = forms.BooleanField(
        label=_("Avisar a quien lo tenga"), required=False,
        help_text=_("Al confirmarse, quien tiene a la persona sabrá qué dependencia la busca y con qué fundamento."),
    )  # fmt: skip
    note = forms.CharField(label=_("Nota interna"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))
    visto = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    wide: ClassVar[frozenset[str]] = frozenset({"document", "note"})
    field_of_code: ClassVar[dict[str, str]] = {"VIGENCIA_EXCEDIDA": "valid_to"}

    def __init__(self, grounds: dict[str, str], states: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "grounds", [("", _("elija uno")), *grounds.items()])
        _choices(self, "birth_state", [("", _("sin información")), *states.items()])

    def draft(self) -> TargetDraft:
        """What was typed, for the service."""
        said = dict(self.cleaned_data)
        said.pop("visto")
        return TargetDraft(**said | {"priority": Priority(said["priority"])})


def _choices(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = choices
