"""A record's sheet as its template shows it: parts, custody, versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tequio.access.domain import Actor
from tequio.catalogs import selectors as catalogs
from tequio.institutions import selectors as institutions
from tequio.kernel import clock
from tequio.kernel.contract import Field, Kind
from tequio.kernel.identifiers import ABROAD, RENAPO_TO_INEGI
from tequio.registries.rnd import capture, domain, origins, words
from tequio.registries.rnd.contract import CONTRACT
from tequio.registries.rnd.domain import CustodyKind
from tequio.registries.rnd.origins import Origin
from tequio.registries.rnd.selectors import Change, Version
from tequio.registries.rnd.services import Sheet
from tequio.ui import formats
from tequio.ui.places import municipality_labels
from tequio.ui.values import NO_INFORMATION, NOT_APPLICABLE, Badge, Fact, Masked, Step, Tone

_ABSENCES = {capture.NOT_APPLICABLE: NOT_APPLICABLE, capture.NO_INFORMATION: NO_INFORMATION}
_COLUMN_OF: dict[str, str] = {}
for _column, _field in capture.FIELD_OF.items():
    _COLUMN_OF.setdefault(_field, _column)
_CATALOG_OF = {
    "detention_kind": "tipo_detencion", "fault_code": "falta_administrativa", "offence_code": "delito",
    "authority_code": "autoridad_destino", "sex": "sexo", "record_type": "tipo_registro", "custody_state": "custodia_estado",
}  # fmt: skip
_LABELS = {
    "custody_state": gettext_lazy("Custodia"),
    "presented_at": gettext_lazy("Puesta a disposición"),
    "recorded_at": gettext_lazy("Registrada"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the sheet."""

    title: str | Promise
    facts: list[Fact]


@dataclass(frozen=True, slots=True)
class Told:
    """A change, in words."""

    label: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version with where it came from."""

    version: Version
    origin: Origin | None
    changes: list[Told]


class Shown:
    """A sheet in words. Some ten queries, for catalogues, places and batches."""

    def __init__(self, sheet: Sheet, actor: Actor) -> None:
        self.sheet = sheet
        self._actor = actor
        self._today = clock.now().astimezone(clock.MEXICO).date()
        self._names: dict[str, dict[str, str]] = {}

    @property
    def badge(self) -> Badge:
        """How the record stands."""
        if self.sheet.detention.cancelled_at is not None:
            return Badge(_("cancelado"), Tone.BAD)
        state = self.sheet.detention.custody_state
        return Badge(words.CUSTODY.get(state, state), words.CUSTODY_TONES.get(state, Tone.INFO))

    @property
    def next_steps(self) -> tuple[CustodyKind, ...]:
        """Steps that can follow."""
        state = self.sheet.detention.custody_state
        return domain.next_steps(CustodyKind(state) if state else None)

    @cached_property
    def parts(self) -> list[Part]:
        """What the record says, in the parts in which it is captured."""
        if self.sheet.detention.cancelled_at is not None:
            return []
        shown = [
            Part(title, [self._fact(CONTRACT.field_named(name)) for name in names]) for _key, title, names in words.SECTIONS
        ]
        shown[0].facts.insert(4, Fact(_("Registrada"), self.sheet.detention.recorded_at))
        shown[3].facts.insert(1, Fact(_("Puesta a disposición"), self.sheet.detention.presented_at))
        extra = self._extra()
        return [*shown, Part(_("Otras columnas del archivo"), extra)] if extra else shown

    @cached_property
    def steps(self) -> list[Step]:
        """Custody, the first step on top; a running arrest's limit at the end."""
        authorities = self._catalog("autoridad_destino")
        told = []
        for event in self.sheet.custody:
            authority = authorities.get(event.authority_code, event.authority_code)
            detail = ". ".join(part for part in (authority, event.place, event.note) if part)
            title = words.CUSTODY.get(event.kind, event.kind)
            told.append(Step(event.at, title, detail, event.recorded_by, words.CUSTODY_TONES.get(event.kind, Tone.INFO)))
        return told

    @cached_property
    def versions(self) -> list[ShownVersion]:
        """Versions, the present one first, with their batches."""
        found = self.origins
        return [
            ShownVersion(one, found.get(one.change_set), [self._change(c) for c in one.changes]) for one in self.sheet.versions
        ]

    @cached_property
    def origins(self) -> Mapping[UUID, Origin]:
        """Batches of the versions."""
        return origins.origins(self._actor, [one.change_set for one in self.sheet.versions])

    def _fact(self, one: Field) -> Fact:
        detention = self.sheet.detention
        label, wide = one.label, one.kind is Kind.TEXT and (one.bounds or (0, 0))[1] > 400
        if self.sheet.hides_health and one.name in domain.HEALTH_FIELDS:
            return Fact(label, _masked(), wide=wide)
        text = str(detention.supplied.get(one.name, ""))
        if absence := _ABSENCES.get(detention.absences.get(one.name, "")):
            return Fact(label, absence, wide=wide)
        column = _COLUMN_OF.get(one.name, "")
        value = self._value(column, getattr(detention, column)) if column else text
        if one.name == "clave_registro":
            value = detention.supplier_key
        elif one.name == "fecha_nacimiento":
            value = detention.birth_date or detention.birth_date_text
        elif one.name == "hora_detencion":
            value = detention.detained_at
        shown = formats.plain(value) if value not in (None, "") else ""
        differs = text and text != shown and text.casefold() != shown.casefold()
        return Fact(label, value, text if differs else "", wide)

    def _extra(self) -> list[Fact]:
        known = {field.name for field in CONTRACT.fields} | set(capture.FIELD_OF)
        extra = [(name, text) for name, text in self.sheet.detention.supplied.items() if name not in known]
        return [Fact(name.lstrip("+"), text) for name, text in sorted(extra)]

    def _value(self, column: str, value: Any) -> object:
        if column in _CATALOG_OF:
            return self._catalog(_CATALOG_OF[column]).get(value, value) if value else None
        if column == "municipality_code":
            return municipality_labels([value])[value] if value else None
        if column == "state_code":
            return self._states.get(value, value)
        if column == "birth_state":
            return _("en el extranjero") if value == ABROAD else self._states.get(RENAPO_TO_INEGI.get(value, ""), value)
        if column in {"latitude", "longitude"} and value is not None:
            return str(value)
        if column == "aliases":
            return "; ".join(value)
        if isinstance(value, str) and value in _ABSENCES:
            return _ABSENCES[value]
        return {"si": _("sí"), "no": _("no")}.get(value, value) if isinstance(value, str) else value

    def _change(self, change: Change) -> Told:
        name = capture.FIELD_OF.get(change.column, change.column)
        known = {field.name: field.label for field in CONTRACT.fields}
        label = str(_LABELS[change.column]) if change.column in _LABELS else known.get(name, name)
        return Told(label, self._value(change.column, change.before), self._value(change.column, change.after))

    @cached_property
    def _states(self) -> dict[str, str]:
        return {state.code: state.name for state in institutions.states()}

    def _catalog(self, code: str) -> dict[str, str]:
        if code not in self._names:
            self._names[code] = catalogs.items(code, self._today)
        return self._names[code]

    @property
    def arrest_over(self) -> datetime | None:
        """When the running arrest must end."""
        return self.sheet.arrest_ends


def _masked() -> Masked:
    return Masked(
        _("Dato sensible: lo ven quien captura y quien supervisa, o con la finalidad de custodia."),
        _("Pídalo a la persona supervisora de su dependencia."),
    )
