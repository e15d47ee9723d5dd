"""Forms of intake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tequio.kernel.contract import Contract
from tequio.supply import services, words
from tequio.supply.readers import FileRefused
from tequio.supply.registries import INTAKES
from tequio.supply.reports import BatchFilters
from tequio.supply.services import BadBatchKey, BatchConflict
from tequio.supply.uploads import PreviewColumn
from tequio.ui.web.forms import DayField, Form

_FILE_CODES = [FileRefused.code, *(one.code for one in FileRefused.__subclasses__())]
"""Codes of the refusals of a file."""
NOT_TAKEN = "-"
"""Choice of a column that is no field."""


class UploadForm(Form):
    """A file, and the registry that it is for. The file goes last: what follows a file that is refused does not arrive."""

    field_of_code: ClassVar[dict[str, str]] = {
        BatchConflict.code: "batch_key",
        BadBatchKey.code: "batch_key",
        **dict.fromkeys(_FILE_CODES, "file"),
    }
    wide = frozenset({"file"})

    registry = forms.ChoiceField(label=_("Registro"))
    batch_key = forms.CharField(
        label=_("Clave del lote"),
        required=False,
        max_length=services.LONGEST_BATCH_KEY,
        strip=False,
        help_text=_("Cómo llama su dependencia a este envío. Si la omite, la da el contenido."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    corrects = forms.UUIDField(required=False, widget=forms.HiddenInput)
    file = forms.FileField(label=_("Archivo"), max_length=255, allow_empty_file=True)

    def __init__(self, most: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        registry, file = cast("forms.ChoiceField", self.fields["registry"]), self.fields["file"]
        registry.choices = [(name, found.contract.title) for name, found in sorted(INTAKES.items())]
        file.help_text = gettext("CSV, XLSX o JSONL, de hasta {n} MiB. Arrástrelo hasta aquí o elíjalo.").format(
            n=f"{most >> 20:,}"
        )
        file.widget.attrs |= {"accept": ".csv,.txt,.tsv,.xlsx,.jsonl,.ndjson", "data-most": str(most), "class": "drop"}


class BatchFilterForm(Form):
    """What a list of batches is narrowed to."""

    registro = forms.ChoiceField(label=_("Registro"), required=False)
    estado = forms.ChoiceField(label=_("Estado"), required=False)
    desde = DayField(label=_("Desde"), required=False)
    hasta = DayField(label=_("Hasta"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "registro", ((name, found.contract.title) for name, found in sorted(INTAKES.items())))
        choose(self, "estado", ((state, badge.text) for state, badge in words.STATES.items()))

    def filters(self) -> BatchFilters:
        """What was asked; what is not understood does not narrow."""
        self.is_valid()
        asked = self.cleaned_data
        return BatchFilters(asked.get("registro") or "", asked.get("estado") or "", asked.get("desde"), asked.get("hasta"))


class ColumnsForm(forms.Form):
    """What each column of a file is: one choice for each, in the file's order."""

    campo = forms.Field()

    def __init__(self, contract: Contract, columns: tuple[PreviewColumn, ...], chosen: list[str] | None = None) -> None:
        super().__init__()
        self.contract = contract
        self.columns = columns
        self.chosen = chosen if chosen is not None else [column.field or NOT_TAKEN for column in columns]

    def rows(self) -> Iterator[tuple[int, PreviewColumn, list[tuple[str, str, bool]]]]:
        """(place, column, [(value, label, chosen)]) of each column."""
        fields = [(field.name, field.label) for field in self.contract.fields]
        for place, (column, chosen) in enumerate(zip(self.columns, self.chosen, strict=True), 1):
            choices = [(NOT_TAKEN, gettext("no se toma")), *fields]
            yield place, column, [(value, label, value == chosen) for value, label in choices]


def fields_of(columns: tuple[PreviewColumn, ...], chosen: list[str]) -> list[str | None]:
    """What the choices say of each column, in the terms of `uploads.map_columns`."""
    return [
        column.field if choice == (column.field or NOT_TAKEN) else None if choice == NOT_TAKEN else choice
        for column, choice in zip(columns, chosen, strict=True)
    ]


def choose(form: forms.Form, name: str, choices: Iterator[tuple[str, str | Promise]]) -> None:
    """Give an optional choice its values, with one for all."""
    field = cast("forms.ChoiceField", form.fields[name])
    field.choices = [("", gettext("todos")), *choices]


def identifier(text: str) -> UUID | None:
    """The identifier that a parameter of the address holds, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None
