"""Forms of the log, the catalogues, the parameters and the agencies."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tequio.access.domain import LONGEST_FOLIO
from tequio.administration import words
from tequio.audit.domain import Action, Filters
from tequio.catalogs.domain import Item
from tequio.catalogs.services import NewValue, NewVersion, VersionTaken
from tequio.institutions.domain import AgencyKind, Level
from tequio.institutions.selectors import AgencyUnknown, StateUnknown
from tequio.institutions.services import AgencyCodeTaken, NewAgency, NewName
from tequio.kernel import clock
from tequio.ui.web.forms import DayField, Form
from tequio.ui.words import PURPOSES

MOST_LINES: Final = 20_000
"""Entries of a catalogue written in a form."""
_COLUMNS: Final = 4
"""Columns of an entry: code, name, the one above, other names."""


class LogFilterForm(Form):
    """What a reading of the log is narrowed to."""

    cadena = forms.CharField(label=_("Dependencia"), required=False, max_length=40)
    persona = forms.CharField(label=_("Persona usuaria"), required=False, max_length=150)
    accion = forms.ChoiceField(label=_("Acción"), required=False)
    resultado = forms.ChoiceField(label=_("Resultado"), required=False)
    finalidad = forms.ChoiceField(label=_("Finalidad"), required=False)
    folio = forms.CharField(label=_("Folio"), required=False, max_length=LONGEST_FOLIO)
    registro = forms.CharField(label=_("Identificador del registro"), required=False, max_length=64)
    desde = DayField(label=_("Desde"), required=False)
    hasta = DayField(label=_("Hasta"), required=False)

    def __init__(self, *args: Any, every_chain: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not every_chain:
            del self.fields["cadena"]
        actions = sorted(((action.value, words.action(action.value)) for action in Action), key=lambda one: one[1].casefold())
        choose(self, "accion", actions)
        choose(self, "resultado", ((code, badge.text) for code, badge in words.OUTCOMES.items()))
        choose(self, "finalidad", ((code.value, label) for code, label in PURPOSES.items()))

    def filters(self) -> Filters:
        """What was asked; what is not understood does not narrow."""
        self.is_valid()
        asked = self.cleaned_data
        return Filters(
            chain=(asked.get("cadena") or "").strip().upper(),
            username=(asked.get("persona") or "").strip(),
            action=asked.get("accion") or "",
            outcome=asked.get("resultado") or "",
            purpose=asked.get("finalidad") or "",
            folio=(asked.get("folio") or "").strip(),
            subject=(asked.get("registro") or "").strip().casefold(),
            since=_start(asked.get("desde")),
            until=_start(asked["hasta"] + timedelta(days=1)) if asked.get("hasta") else None,
        )


class LooksForm(Form):
    """Whose looks are asked for. It is posted: a CURP is in no address."""

    asked = forms.CharField(
        label=_("Identificador del registro, o CURP de la persona"),
        max_length=64,
        help_text=_("La CURP no queda en la bitácora ni en la dirección de la página."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class DatedForm(Form):
    """What every dated edit says: from when, by which document, and whether that document was read."""

    wide = frozenset({"source", "items", "note", "value"})

    valid_from = DayField(label=_("Vigente desde"))
    source = forms.CharField(
        label=_("Documento que lo dispone"),
        max_length=2_000,
        help_text=_("DOF, acuerdo u oficio, con fecha y artículo."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    confirmed = forms.BooleanField(
        label=_("Leído en la publicación oficial"), required=False, help_text=_("Si no, queda «por confirmar».")
    )


class ParameterForm(DatedForm):
    """Another value of a parameter."""

    value = forms.CharField(label=_("Valor"), required=False, max_length=4_000, strip=True)
    field_order = ("value", "valid_from", "source", "confirmed")

    def __init__(self, last: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_text = isinstance(last, str)
        field = self.fields["value"]
        if self._is_text or isinstance(last, dict):
            field.widget = forms.Textarea(attrs={"rows": 4})
        said = gettext("Se escribe como el vigente: {value}. Vacío: no se conoce ningún valor.")
        field.help_text = said.format(value=json.dumps(last, ensure_ascii=False)[:200])

    def clean_value(self) -> Any:
        """The value, as what it is: text, or what JSON says."""
        text = self.cleaned_data["value"]
        if not text:
            return None
        if self._is_text:
            return text
        try:
            return json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise forms.ValidationError(gettext("No se entiende: escríbalo como el vigente.")) from None

    def new(self, key: str) -> NewValue:
        """What was asked for."""
        asked = self.cleaned_data
        return NewValue(key, asked["value"], asked["valid_from"], asked["source"], asked["confirmed"])


class VersionForm(DatedForm):
    """Another version of a catalogue, entry by entry."""

    field_of_code: ClassVar[dict[str, str]] = {VersionTaken.code: "version"}
    field_order = ("version", "valid_from", "source", "confirmed", "note", "items")

    version = forms.CharField(label=_("Nombre de la versión"), max_length=20, help_text=_("P. ej. el año."))
    note = forms.CharField(label=_("Nota"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))
    items = forms.CharField(
        label=_("Renglones"),
        max_length=4_000_000,
        strip=False,
        help_text=_("Uno por línea: clave; nombre; clave superior; otros nombres separados por |."),
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "entries"}),
    )

    def clean_items(self) -> tuple[Item, ...]:
        """The entries. What a line does not say of an entry that was there (its attributes) is kept by the view."""
        rows = list(csv.reader(io.StringIO(self.cleaned_data["items"]), delimiter=";"))
        filled = [(number, [cell.strip() for cell in row]) for number, row in enumerate(rows, 1) if any(map(str.strip, row))]
        if len(filled) > MOST_LINES:
            raise forms.ValidationError(gettext("Son demasiados renglones."))
        for number, row in filled:
            if not 2 <= len(row) <= _COLUMNS:
                said = gettext("La línea {n} no tiene clave y nombre separados por punto y coma.")
                raise forms.ValidationError(said.format(n=number))
        return tuple(_item(row) for _number, row in filled)

    def new(self, code: str, before: Iterable[Item]) -> NewVersion:
        """What was asked for; entries that were there keep what the form does not show of them."""
        known = {item.code: item for item in before}
        items = tuple(_keeping(item, known.get(item.code)) for item in self.cleaned_data["items"])
        asked = self.cleaned_data
        return NewVersion(
            code, asked["version"], asked["valid_from"], asked["source"], asked["confirmed"], items, asked["note"]
        )


class NameForm(DatedForm):
    """How an agency is called from a day on."""

    field_order: tuple[str, ...] = ("name", "abbreviation", "valid_from", "source", "confirmed")

    name = forms.CharField(label=_("Nombre"), max_length=200)
    abbreviation = forms.CharField(label=_("Siglas"), max_length=30)

    def new_name(self) -> NewName:
        """What was asked for."""
        asked = self.cleaned_data
        return NewName(asked["name"], asked["abbreviation"], asked["valid_from"], asked["source"], asked["confirmed"])


class AgencyForm(NameForm):
    """An agency that begins to be."""

    field_of_code: ClassVar[dict[str, str]] = {
        AgencyCodeTaken.code: "code",
        StateUnknown.code: "state",
        AgencyUnknown.code: "parent",
    }
    field_order = (
        "code", "level", "state", "kind", "parent", "name", "abbreviation", "valid_from", "source", "confirmed",
    )  # fmt: skip

    code = forms.CharField(label=_("Clave"), max_length=30, help_text=_("P. ej. NT-SSPC. No cambia nunca."))
    level = forms.ChoiceField(label=_("Orden de gobierno"))
    state = forms.ChoiceField(label=_("Entidad"), required=False)
    kind = forms.ChoiceField(label=_("Clase"))
    parent = forms.CharField(label=_("Clave de la superior"), required=False, max_length=30)

    def __init__(self, states: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["level"]).choices = list(words.LEVELS.items())
        cast("forms.ChoiceField", self.fields["kind"]).choices = list(words.KINDS.items())
        cast("forms.ChoiceField", self.fields["state"]).choices = [("", gettext("ninguna (federal)")), *states]

    def new_agency(self) -> NewAgency:
        """What was asked for."""
        asked = self.cleaned_data
        return NewAgency(
            code=asked["code"].strip().upper(),
            level=Level(asked["level"]),
            kind=AgencyKind(asked["kind"]),
            state=asked["state"],
            parent=asked["parent"].strip().upper(),
            name=asked["name"],
            abbreviation=asked["abbreviation"],
            valid_from=asked["valid_from"],
            source=asked["source"],
            confirmed=asked["confirmed"],
        )


class CloseForm(Form):
    """From when an agency is no more, by which document."""

    field_of_code: ClassVar[dict[str, str]] = {}

    valid_from = DayField(label=_("Deja de existir el"))
    source = forms.CharField(label=_("Documento que lo dispone"), max_length=2_000)


class AgencyFilterForm(Form):
    """Which agencies to list."""

    texto = forms.CharField(label=_("Clave o nombre"), required=False, max_length=100)
    entidad = forms.ChoiceField(label=_("Entidad"), required=False)

    def __init__(self, states: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "entidad", states)


def as_lines(items: Iterable[Item]) -> str:
    """Entries as the form of a version takes them."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    for item in items:
        cells = [item.code, item.name, item.parent, "|".join(item.attributes.get("synonyms", ()))]
        while not cells[-1] and len(cells) > 2:
            cells.pop()
        writer.writerow(cells)
    return out.getvalue()


def choose(form: forms.Form, name: str, choices: Iterable[tuple[str, str | Promise]]) -> None:
    """Give an optional choice its values, with one for all."""
    cast("forms.ChoiceField", form.fields[name]).choices = [("", gettext("todos")), *choices]


def _item(row: list[str]) -> Item:
    code, name, parent, others = [*row, "", ""][:_COLUMNS]
    synonyms = [text.strip() for text in others.split("|") if text.strip()]
    return Item(code, name, parent, {"synonyms": synonyms} if synonyms else {})


def _keeping(item: Item, before: Item | None) -> Item:
    if before is None:
        return item
    rest = {name: value for name, value in before.attributes.items() if name != "synonyms"}
    return Item(item.code, item.name, item.parent, rest | item.attributes)


def _no_constant(text: str) -> None:
    raise ValueError(text)


def _start(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, clock.MEXICO)
