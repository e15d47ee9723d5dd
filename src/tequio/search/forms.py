"""What can be asked: a person, a telephone, a vehicle, a document. Nothing of it is ever part of an address."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from tequio.institutions import selectors as institutions
from tequio.kernel.identifiers import ABROAD, parse_curp, parse_phone, parse_plate, parse_rfc
from tequio.people.domain import Subject, parse_date
from tequio.ui.web.forms import Form

_QUIET = {"autocomplete": "off", "spellcheck": "false"}


def _text(label: Any, longest: int, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=longest, help_text=hint, widget=forms.TextInput(attrs=_QUIET)
    )


class AskForm(Form):
    """A question. `subject` is it in the matcher's form; `said` is it in words, to be shown beside the answer."""

    number: ClassVar[bool] = False
    """It asks for a record by a number of its own, and for no person."""

    def subject(self) -> Subject:
        """The person who is looked for."""
        raise NotImplementedError

    def said(self) -> list[tuple[str, str]]:
        """(label, value) of what was asked."""
        return [(str(self.fields[name].label), self._worded(name, value)) for name, value in self.cleaned_data.items() if value]

    def _worded(self, name: str, value: object) -> str:
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value, value))


class PersonForm(AskForm):
    """What is known of a person."""

    name = _text(_("Nombre completo"), 200, _("En una pieza, o abajo por partes. También un alias."))
    given = _text(_("Nombre o nombres"), 100)
    paternal = _text(_("Primer apellido"), 80)
    maternal = _text(_("Segundo apellido"), 80)
    birth = _text(_("Fecha de nacimiento"), 40, _("dd/mm/aaaa, o sólo el año."))
    sex = forms.ChoiceField(
        label=_("Sexo"), required=False, choices=[("", "—"), ("H", _("Hombre")), ("M", _("Mujer")), ("X", _("No binario"))]
    )
    state = forms.ChoiceField(label=_("Entidad de nacimiento"), required=False)
    curp = _text(_("CURP"), 18)
    alias = _text(_("Alias"), 200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(state.renapo, state.name) for state in institutions.states()]
        field = self.fields["state"]
        field.choices = [("", "—"), *states, (ABROAD, _("Nacida en el extranjero"))]  # type: ignore[attr-defined]

    def clean_birth(self) -> str:
        """The date, if it reads as one."""
        text = str(self.cleaned_data["birth"]).strip()
        if text and parse_date(text) is None:
            raise forms.ValidationError(_("Escriba la fecha como dd/mm/aaaa, o sólo el año."))
        return text

    def clean_curp(self) -> str:
        """A CURP, maybe with a slip: it is compared all the same."""
        text = str(self.cleaned_data["curp"]).strip().upper()
        if text and len(parse_curp(text).value) < 16:
            raise forms.ValidationError(_("A la CURP le faltan letras o cifras: son dieciocho."))
        return text

    def subject(self) -> Subject:
        """The person."""
        told = self.cleaned_data
        return Subject.from_fields(
            full_name=told["name"],
            given=told["given"],
            paternal=told["paternal"],
            maternal=told["maternal"],
            birth_date=told["birth"] or None,
            birth_state=told["state"] or None,
            sex=told["sex"] or None,
            curp=told["curp"] or None,
            aliases=(told["alias"],) if told["alias"] else (),
        )


class PhoneForm(AskForm):
    """A telephone."""

    phone = forms.CharField(
        label=_("Teléfono"), max_length=30, help_text=_("Diez cifras, con clave lada."),
        widget=forms.TextInput(attrs={**_QUIET, "inputmode": "tel"}),
    )  # fmt: skip

    def clean_phone(self) -> str:
        """A number that can be compared."""
        text = str(self.cleaned_data["phone"]).strip()
        if not parse_phone(text).key:
            raise forms.ValidationError(_("No es un teléfono que se pueda buscar: escriba sus diez cifras."))
        return text

    def subject(self) -> Subject:
        """Whoever has that telephone."""
        return Subject.from_fields(phones=(self.cleaned_data["phone"],))


class VehicleForm(AskForm):
    """A plate."""

    plate = forms.CharField(label=_("Placa"), max_length=15, widget=forms.TextInput(attrs=_QUIET))

    def clean_plate(self) -> str:
        """A plate that can be compared."""
        text = str(self.cleaned_data["plate"]).strip().upper()
        if not parse_plate(text).key:
            raise forms.ValidationError(_("No es una placa que se pueda buscar: de cinco a ocho letras y cifras."))
        return text

    def subject(self) -> Subject:
        """Whoever was in a vehicle with that plate."""
        return Subject.from_fields(plates=(self.cleaned_data["plate"],))


class DocumentForm(AskForm):
    """A CURP, an RFC, or the number of a record."""

    kind = forms.ChoiceField(
        label=_("Documento"),
        choices=[("curp", _("CURP")), ("rfc", _("RFC")), ("rnd", _("Número RND o del IPH"))],
        widget=forms.RadioSelect,
        initial="curp",
    )
    value = forms.CharField(label=_("Número o clave"), max_length=40, widget=forms.TextInput(attrs=_QUIET))

    def clean(self) -> dict[str, Any]:
        """A value that can be compared."""
        cleaned = super().clean() or {}
        text, kind = str(cleaned.get("value", "")).strip(), cleaned.get("kind")
        if text and kind == "curp" and len(parse_curp(text).value) < 16:
            self.add_error("value", _("A la CURP le faltan letras o cifras: son dieciocho."))
        if text and kind == "rfc" and not parse_rfc(text).usable:
            self.add_error("value", _("Ese RFC no se puede buscar: revise sus letras y cifras."))
        return cleaned

    @property
    def by_number(self) -> bool:
        """Whether it asks for a record and not for a person."""
        return bool(self.cleaned_data["kind"] == "rnd")

    def subject(self) -> Subject:
        """Whoever has that CURP or RFC."""
        return Subject.from_fields(**{self.cleaned_data["kind"]: self.cleaned_data["value"]})


FORMS: dict[str, type[AskForm]] = {
    "persona": PersonForm,
    "telefono": PhoneForm,
    "vehiculo": VehicleForm,
    "documento": DocumentForm,
}
"""Form of each tab, by its part of the address."""
