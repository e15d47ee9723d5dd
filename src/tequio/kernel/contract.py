"""What a registry publishes so that others can supply it: its fields, their names in the wild, their rules.

A contract is data. The intake (`supply`) reads it; `tequio contract REGISTRY` prints it; documentation is made from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """Type of a field. The intake knows how to read each and which errors each can have."""

    KEY = "clave"  # the supplier's own stable key of the record
    TEXT = "texto"  # free text, kept as supplied
    NAME = "nombre"  # a person's name or part of one
    DATE = "fecha"  # calendar day; partial dates are kept in text and warned
    TIME = "hora"  # HH:MM[:SS]
    INTEGER = "entero"
    DECIMAL = "decimal"
    CATALOG = "catalogo"  # code or text of a versioned catalogue
    TRISTATE = "si_no"  # si, no, no aplica, sin informacion
    CURP = "curp"
    RFC = "rfc"
    PHONE = "telefono"
    PLATE = "placa"


class Severity(StrEnum):
    """What a finding does to its row."""

    WARNING = "advertida"  # stored, and said
    QUARANTINE = "cuarentena"  # not stored until a person decides
    REJECTION = "rechazada"  # cannot be stored


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a contract.

    `synonyms` are other headers seen in real files; comparison ignores case, accents, spaces and punctuation.
    `bounds` are (least, most): length for text, value for numbers.
    """

    name: str
    kind: Kind
    label: str
    required: bool = False
    synonyms: tuple[str, ...] = ()
    catalog: str = ""
    bounds: tuple[int, int] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """The published form of a registry. A change of meaning is a new `version`."""

    registry: str
    version: str
    title: str
    fields: tuple[Field, ...]
    source: str
    any_of: tuple[tuple[str, ...], ...] = field(default=())
    """Groups of fields of which each row needs at least one, e.g. a name in parts or in one piece."""
    advised: tuple[tuple[str, ...], ...] = field(default=())
    """Groups of which the law or the form expects one: a row without any is stored and warned."""

    operation: str = ""
    """Field that says what to do with a record. A file with it may hold only cancellations, which need nothing but the key."""

    def field_named(self, name: str) -> Field:
        """The field `name`. Raises KeyError."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)
