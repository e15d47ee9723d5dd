"""Reads of catalogues and parameters. They are public facts, so no scope applies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

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
    return _in_force(row)


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


@dataclass(frozen=True, slots=True)
class CatalogSummary:
    """One official list on a day: the version in force, or the last that was, and how many versions there are."""

    catalog: Catalog
    entries: int
    versions: int
    in_force: bool


def catalogs(on: date) -> list[CatalogSummary]:
    """Every list, by code. One query; its rows are tens."""
    rows: dict[str, list[Catalog]] = {}
    for one in Catalog.objects.annotate(entries=Count("items")).order_by("code", "valid_from"):
        rows.setdefault(one.code, []).append(one)
    found = []
    for versions in rows.values():
        covering = [one for one in versions if _covers(one.valid_from, one.valid_to, on)]
        shown = (covering or versions)[-1]
        found.append(CatalogSummary(shown, shown.entries, len(versions), bool(covering)))  # type: ignore[attr-defined]
    return found


def catalog_versions(code: str) -> list[Catalog]:
    """Every version of a list, the latest first. One query. Raises CatalogUnknown."""
    found = list(Catalog.objects.filter(code=code).order_by("-valid_from"))
    if not found:
        close = closest(code, Catalog.objects.order_by("code").values_list("code", flat=True).distinct())
        raise CatalogUnknown(f"No hay catálogo «{code}».", hint=_hint(code, close), facts={"code": code, "closest": close})
    return found


def version_items(catalog: Catalog) -> list[Item]:
    """Entries of one version, in the order of the list. One query."""
    return [Item(one.code, one.name, one.parent, one.attributes) for one in catalog.items.order_by("position")]


def parameters(on: date) -> list[InForce]:
    """Every parameter as it is on a day, or as it last was or will first be, by key. One query; its rows are tens."""
    rows: dict[str, list[InForce]] = {}
    for one in map(_in_force, Parameter.objects.order_by("key", "valid_from")):
        rows.setdefault(one.key, []).append(one)
    return [([one for one in history if _covers(one.valid_from, one.valid_to, on)] or history)[-1] for history in rows.values()]


def parameter_history(key: str) -> list[InForce]:
    """Every value that a parameter had, has or will have, the latest first. One query. Raises ParameterUnknown."""
    found = [_in_force(one) for one in Parameter.objects.filter(key=key).order_by("-valid_from")]
    if not found:
        close = closest(key, Parameter.objects.order_by("key").values_list("key", flat=True).distinct())
        raise ParameterUnknown(f"No hay parámetro «{key}».", hint=_hint(key, close), facts={"key": key, "closest": close})
    return found


def _in_force(row: Parameter) -> InForce:
    return InForce(row.key, row.value, row.unit, row.valid_from, row.valid_to, row.source, row.confirmed)


def _covers(start: date, end: date | None, on: date) -> bool:
    return start <= on and (end is None or on < end)


def _hint(asked: str, close: list[str]) -> str:
    if asked in close:
        return "Existe, pero no para esa fecha: dé de alta el que regía ese día, con su fuente."
    return f"¿Quiso decir {' o '.join(close)}?" if close else "Cargue los datos de referencia o dé de alta su valor."
