"""Loading the catalogues and parameters of the package, and keeping lists that are derived from published files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from tequio.catalogs import domain, reference, selectors
from tequio.catalogs.domain import Item
from tequio.catalogs.models import Catalog, CatalogItem, Parameter
from tequio.institutions import sync
from tequio.institutions.domain import Editor, Reason, require_editor
from tequio.institutions.reference import day
from tequio.institutions.services import announce
from tequio.institutions.sync import Row, Tally
from tequio.kernel.errors import Conflict, Invalid

_ITEM_COLUMNS = {"code", "name", "parent"}
_LONGEST_CODE = 120
_LONGEST_NAME = 300


class VersionTaken(Conflict):
    """The list has a version of that name."""

    code = "VERSION_OCUPADA"


def load_reference(*, actor: Editor, purpose: Reason | None) -> Tally:
    """Bring catalogues and parameters to what the package says. A repeat changes nothing and says so.

    A version or parameter added here ends the package's that it follows; one confirmed here is not replaced by one «por
    confirmar». Set-wise, O(rows). Raises NotAllowed, PurposeRequired, Conflict (two periods overlap), Invalid (broken file).
    """
    reason = require_editor(actor, purpose)
    published = reference.catalogs()
    with transaction.atomic():
        tally = sync.load_dated(Catalog, [_catalog_row(one) for one in published], ("code",))
        tally += _load_items(published)
        tally += sync.load_dated(Parameter, [_dated(one) for one in reference.parameters()], ("key",))
        if not tally.changed_nothing:
            announce("catalogs", actor, reason, tally)
    return tally


def derive_catalog(*, code: str, name: str, valid_from: date, source: str, items: Sequence[Item]) -> Catalog:
    """Keep the list of keys that a published file uses, as its first version. The caller authorises and audits.

    Part of the caller's transaction; two queries. Raises Invalid if an entry's parent is missing.
    """
    _refuse_orphans(code, items)
    catalog = Catalog.objects.create(code=code, version="1", name=name, valid_from=valid_from, source=source, confirmed=False)
    CatalogItem.objects.bulk_create([CatalogItem(**_item_row(catalog.pk, at, item)) for at, item in enumerate(items)])
    return catalog


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version of a list that is to begin on a day, and the document that says so."""

    code: str
    version: str
    valid_from: date
    source: str
    confirmed: bool
    items: tuple[Item, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value that a parameter is to have from a day on, and the document that says so. None: none is known."""

    key: str
    value: Any
    valid_from: date
    source: str
    confirmed: bool


def add_version(new: NewVersion) -> tuple[Catalog, Catalog]:
    """End the last version of a list and begin another; the former keeps all its entries. Returns (before, after).

    The caller authorises and audits; part of the caller's transaction. Four queries. Raises CatalogUnknown, Invalid (no source,
    empty list, repeated or orphan entries, begins no later than the last one, says nothing new), VersionTaken.
    """
    with transaction.atomic():
        versions = list(Catalog.objects.select_for_update().filter(code=new.code).order_by("valid_from"))
        if not versions:
            selectors.catalog_versions(new.code)
        last = versions[-1]
        _refuse_undocumented(new.source)
        _refuse_early(new.valid_from, last.valid_from)
        if any(one.version == new.version for one in versions):
            raise VersionTaken(
                f"El catálogo «{new.code}» ya tiene una versión «{new.version}».",
                hint="Dé otro nombre a la versión, p. ej. el año.",
                facts={"field": "version"},
            )
        _refuse_broken(new.code, new.items)
        changed = domain.changes(selectors.version_items(last), new.items)
        if changed.none and new.confirmed == last.confirmed:
            raise Invalid("La versión dice lo mismo que la vigente.", hint="Cambie algún renglón.", facts={"field": "items"})
        Catalog.objects.filter(pk=last.pk).update(valid_to=_until(last.valid_to, new.valid_from))
        catalog = Catalog.objects.create(
            code=new.code,
            version=new.version,
            name=last.name,
            valid_from=new.valid_from,
            source=new.source,
            confirmed=new.confirmed,
            note=new.note,
        )
        CatalogItem.objects.bulk_create([CatalogItem(**_item_row(catalog.pk, at, item)) for at, item in enumerate(new.items)])
    return last, catalog


def set_parameter(new: NewValue) -> tuple[Parameter, Parameter]:
    """Give a parameter another value from a day on: a new row, the former one ends there. Returns (before, after).

    The caller authorises and audits; part of the caller's transaction. Three queries. Raises ParameterUnknown, Invalid (no
    source, another kind of value, begins no later than the last one, says nothing new).
    """
    with transaction.atomic():
        last = Parameter.objects.select_for_update().filter(key=new.key).order_by("-valid_from").first()
        if last is None:
            selectors.parameter_history(new.key)
            raise AssertionError("a key without rows is unknown")
        _refuse_undocumented(new.source)
        _refuse_early(new.valid_from, last.valid_from)
        if not domain.same_shape(last.value, new.value):
            raise Invalid(
                f"El valor de «{new.key}» es de otra clase que el vigente.",
                hint=f"Escríbalo como el vigente: {json.dumps(last.value, ensure_ascii=False)}.",
                facts={"field": "value"},
            )
        if (last.value, last.confirmed, last.source) == (new.value, new.confirmed, new.source):
            raise Invalid("El parámetro ya dice eso.", hint="Cambie el valor o su fuente.", facts={"field": "value"})
        Parameter.objects.filter(pk=last.pk).update(valid_to=_until(last.valid_to, new.valid_from))
        row = Parameter.objects.create(
            key=new.key,
            value=new.value,
            unit=last.unit,
            valid_from=new.valid_from,
            source=new.source,
            confirmed=new.confirmed,
        )
    return last, row


def _until(ended: date | None, successor: date) -> date:
    """When a row ends: on the day that its successor begins, unless it ended before."""
    return successor if ended is None or ended > successor else ended


def _refuse_undocumented(source: str) -> None:
    if not source.strip():
        raise Invalid(
            "Falta el documento que lo dispone.",
            hint="Indique el DOF, el acuerdo o el oficio, con fecha.",
            facts={"field": "source"},
        )


def _refuse_early(begins: date, last_began: date) -> None:
    if begins <= last_began:
        raise Invalid(
            f"Debe empezar después del {last_began:%d/%m/%Y}, en que empezó lo vigente: lo pasado no se reescribe.",
            hint="Indique una fecha posterior.",
            facts={"field": "valid_from"},
        )


def _refuse_broken(code: str, items: Sequence[Item]) -> None:
    wrong = domain.repeated(items)
    if not items or wrong:
        said = f"Claves repetidas: {', '.join(wrong[:10])}." if wrong else "La lista está vacía."
        raise Invalid(f"Catálogo «{code}»: {said}", hint="Corrija la lista.", facts={"field": "items"})
    for item in items:
        if not item.code.strip() or not item.name.strip() or len(item.code) > _LONGEST_CODE or len(item.name) > _LONGEST_NAME:
            raise Invalid(
                f"Catálogo «{code}»: cada renglón lleva clave (hasta {_LONGEST_CODE}) y nombre (hasta {_LONGEST_NAME}).",
                hint=f"Revise el renglón «{item.code[:40]}».",
                facts={"field": "items"},
            )
    _refuse_orphans(code, items)


def _load_items(published: Sequence[dict[str, Any]]) -> Tally:
    ids = {(code, version): key for code, version, key in Catalog.objects.values_list("code", "version", "id")}
    rows: list[Row] = []
    for one in published:
        catalog_id = ids[(one["code"], one["version"])]
        items = [_item(entry) for entry in one["items"]]
        _refuse_orphans(one["code"], items)
        rows += [_item_row(catalog_id, at, item) for at, item in enumerate(items)]
    among = CatalogItem.objects.filter(catalog_id__in={row["catalog_id"] for row in rows})
    return sync.load(CatalogItem, rows, ("catalog_id", "code"), among=among)


def _refuse_orphans(code: str, items: Sequence[Item]) -> None:
    for item in domain.orphans(items):
        raise Invalid(
            f"Catálogo «{code}»: el renglón {item.code} cuelga de {item.parent}, que no está en la lista.",
            hint="Agregue el renglón superior o quite la referencia.",
            facts={"field": "items"},
        )


def _catalog_row(published: dict[str, Any]) -> Row:
    return _dated({name: value for name, value in published.items() if name != "items"})


def _dated(published: dict[str, Any]) -> Row:
    return published | {"valid_from": day(published["valid_from"]), "valid_to": day(published["valid_to"] or "")}


def _item_row(catalog_id: int, at: int, item: Item) -> Row:
    return {
        "catalog_id": catalog_id,
        "code": item.code,
        "name": item.name,
        "parent": item.parent,
        "attributes": item.attributes,
        "position": at,
    }


def _item(entry: dict[str, Any]) -> Item:
    attributes = {name: value for name, value in entry.items() if name not in _ITEM_COLUMNS}
    return Item(entry["code"], entry["name"], entry.get("parent", ""), attributes)
