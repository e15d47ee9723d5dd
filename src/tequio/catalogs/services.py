"""Loading the catalogues and parameters of the package, and keeping lists that are derived from published files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from tequio.catalogs import domain, reference
from tequio.catalogs.domain import Item
from tequio.catalogs.models import Catalog, CatalogItem, Parameter
from tequio.institutions import sync
from tequio.institutions.domain import Editor, Reason, require_editor
from tequio.institutions.reference import day
from tequio.institutions.services import announce
from tequio.institutions.sync import Row, Tally
from tequio.kernel.errors import Invalid

_ITEM_COLUMNS = {"code", "name", "parent"}


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
