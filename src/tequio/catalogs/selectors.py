"""Reads of catalogues and parameters. They are public facts, so no scope applies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tequio.catalogs import domain
from tequio.catalogs.domain import Item
from tequio.catalogs.models import Catalog, CatalogItem, Parameter
from tequio.institutions.selectors import closest, in_force
from tequio.kernel.errors import NotFound


class CatalogUnknown(NotFound):
    """No version of that catalogue is in force on that day."""

    code = "CATALOGO_DESCONOCIDO"


class ParameterUnknown(NotFound):
    """No value of that parameter is in force on that day."""

    code = "PARAMETRO_DESCONOCIDO"


class ParameterUndecided(NotFound):
    """The parameter exists, but nobody has given it a value: nothing may be computed from it."""

    code = "PARAMETRO_SIN_VALOR"


@dataclass(frozen=True, slots=True)
class InForce:
    """A parameter on a day, with what is needed to judge it. `value` None: no value is known."""

    key: str
    value: Any
    unit: str
    valid_from: date
    valid_to: date | None
    source: str
    confirmed: bool


def parameter(key: str, on: date) -> Any:
    """The value of a parameter on a day. One query; index (key, valid_from). Raises ParameterUnknown, ParameterUndecided."""
    found = parameter_in_force(key, on)
    if found.value is None:
        raise ParameterUndecided(
            f"El parámetro «{key}» no tiene valor: {found.source}.",
            hint="Regístrelo con su fuente antes de usar esta función.",
            facts={"key": key},
        )
    return found.value


def parameter_in_force(key: str, on: date) -> InForce:
    """The parameter on a day with its unit, source and confirmation, even without a value. Raises ParameterUnknown."""
    row = Parameter.objects.filter(in_force(on), key=key).order_by("-valid_from").first()
    if row is None:
        close = closest(key, Parameter.objects.order_by("key").values_list("key", flat=True).distinct())
        raise ParameterUnknown(
            f"No hay valor del parámetro «{key}» vigente el {on:%Y-%m-%d}.",
            hint=_hint(key, close),
            facts={"key": key, "closest": close},
        )
    return InForce(row.key, row.value, row.unit, row.valid_from, row.valid_to, row.source, row.confirmed)


def catalog_in_force(code: str, on: date) -> Catalog:
    """The version of a catalogue on a day. One query. Raises CatalogUnknown."""
    found = Catalog.objects.filter(in_force(on), code=code).order_by("-valid_from").first()
    if found is None:
        close = closest(code, Catalog.objects.order_by("code").values_list("code", flat=True).distinct())
        raise CatalogUnknown(
            f"No hay catálogo «{code}» vigente el {on:%Y-%m-%d}.",
            hint=_hint(code, close),
            facts={"code": code, "closest": close},
        )
    return found


def entries(catalog_code: str, on: date) -> list[CatalogItem]:
    """Entries of the version in force, in the order of the list. Two queries. Raises CatalogUnknown."""
    return list(catalog_in_force(catalog_code, on).items.order_by("position"))


def items(catalog_code: str, on: date) -> dict[str, str]:
    """Name by code, in the order of the list. Two queries. Raises CatalogUnknown."""
    return {item.code: item.name for item in entries(catalog_code, on)}


def lookup(catalog_code: str, on: date) -> dict[str, str]:
    """Code by folded code, name or synonym (`kernel.text.fold`), for set-wise reading. Two queries. Raises CatalogUnknown.

    A text that two entries claim is left out.
    """
    return domain.index(Item(item.code, item.name, item.parent, item.attributes) for item in entries(catalog_code, on))


def _hint(asked: str, close: list[str]) -> str:
    if asked in close:
        return "Existe, pero no para esa fecha: dé de alta el que regía ese día, con su fuente."
    return f"¿Quiso decir {' o '.join(close)}?" if close else "Cargue los datos de referencia o dé de alta su valor."
