"""Forms as every screen has them: label, hint and error at each field, and above them what is to be corrected, with links."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from tequio.kernel.errors import Invalid, TequioError
from tequio.ui.web import errors

DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")
"""How a day may be written; the first is what browsers send."""
MOMENT_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M")


class Form(forms.Form):
    """A form of ours. `{{ form }}` draws its fields and the summary of what is to be corrected."""

    template_name = "ui/parts/form.html"
    field_of_code: ClassVar[dict[str, str]] = {}
    """Error code of a service -> the field that it is about."""
    wide: ClassVar[frozenset[str]] = frozenset()
    """Fields that take the whole width."""
    required_css_class = "required"
    error_css_class = "wrong"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """(id of the field, its label, what is wrong) of each fault, in the order of the fields. Empty id: the whole form's."""
        found = [("", "", str(said)) for said in self.non_field_errors()]
        for field in self.visible_fields():
            found += [(_first_id(field), str(field.label), str(said)) for said in field.errors]
        return found


class DayField(forms.DateField):
    """A day of the calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format=DAY_FORMATS[0], attrs={"type": "date"}))
        kwargs.setdefault("error_messages", {"invalid": _("Escriba la fecha como dd/mm/aaaa.")})
        super().__init__(input_formats=DAY_FORMATS, **kwargs)


class MomentField(forms.DateTimeField):
    """A moment, in central Mexico's time; its value is in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateTimeInput(format=MOMENT_FORMATS[0], attrs={"type": "datetime-local"}))
        kwargs.setdefault("error_messages", {"invalid": _("Escriba el momento como dd/mm/aaaa HH:MM.")})
        super().__init__(input_formats=MOMENT_FORMATS, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        """The moment in UTC. The library reads it in the time zone of the settings, which is central Mexico's."""
        read = super().to_python(value)
        return None if read is None else read.astimezone(UTC)


class ReasonField(forms.CharField):
    """Why something is done. It stays on record."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Motivo"))
        kwargs.setdefault("help_text", _("Qué se vio y con qué se cotejó. Queda en el expediente."))
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        kwargs.setdefault("max_length", 2_000)
        super().__init__(**kwargs)


def fill_errors(form: forms.Form, error: TequioError) -> None:
    """Put a service's refusal in the form: beside the field that it is about, or above all. The answer's status is then 422.

    The field is `error.facts["field"]`, or the one that the form's `field_of_code` gives for the code. What is not about the
    input (no permission, not there, not available) is raised again, for its own page.
    """
    if not isinstance(error, Invalid) and error.code not in getattr(form, "field_of_code", {}) and error.status != 409:
        raise error
    told = errors.failure(error)
    named = error.facts.get("field") or getattr(form, "field_of_code", {}).get(error.code)
    field = named if isinstance(named, str) and named in form.fields else None
    form.add_error(field, f"{told.message} {told.hint}".strip())


def _first_id(field: BoundField) -> str:
    """The element that a link to the field should reach: of a group, its first choice."""
    if field.use_fieldset and field.subwidgets:
        return str(field.subwidgets[0].id_for_label or field.auto_id)
    return str(field.id_for_label or field.auto_id)
