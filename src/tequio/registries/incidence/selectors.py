"""Reads of crime counts. They are public aggregates, so no scope applies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, Sum

from tequio.catalogs.models import Catalog, CatalogItem
from tequio.institutions.selectors import closest
from tequio.kernel.errors import NotFound
from tequio.kernel.text import fold
from tequio.registries.incidence.models import IncidenceCount, IncidenceFile, IncidenceRevision


class SubtypeUnknown(NotFound):
    """No list in force for that year has the subtype."""

    code = "SUBTIPO_DESCONOCIDO"


class YearUnknown(NotFound):
    """No file in force covers that year (and state)."""

    code = "SIN_CIFRAS"


@dataclass(frozen=True, slots=True)
class Total:
    """Figures of a subtype in a year. Blank is not zero: what is unknown is said beside what is known.

    `count` sums the known cells; None if no cell is known. `by_month` gives the same for each month.
    """

    subtype: str
    year: int
    state: str | None
    count: int | None
    by_month: tuple[int | None, ...]
    known_cells: int
    unknown_cells: int
    unknown_months: tuple[int, ...]
    """Months, 1 to 12, with at least one unknown cell."""
    states: int
    """States with a file in force for the year: below 32, the sum is not national."""
    supplied_names: tuple[str, ...]
    """The subtype as the files write it; it may have lost letters."""
    files: tuple[str, ...]


def total(subtype: str, year: int, state: str | None = None) -> Total:
    """Figures in force of a subtype in a year, of one state (INEGI code) or of all that are loaded. Three queries.

    The subtype may be written in any case, with or without accents; it also finds texts whose lost letters were proposed from
    the catalogue of names, and says so in `supplied_names`. Raises YearUnknown, SubtypeUnknown.
    """
    in_force = IncidenceRevision.objects.filter(year=year, superseded_by=None)
    if state is not None:
        in_force = in_force.filter(state_id=state)
    revisions = list(in_force.values_list("id", "file__catalog_id", "file__name"))
    if not revisions:
        where = f" de la entidad {state}" if state else ""
        raise YearUnknown(f"No hay cifras de {year}{where}.", hint="Cargue el archivo mensual del SESNSP que las trae.")
    found = _items_of(subtype, {catalog for _id, catalog, _name in revisions})
    expected = sum(found.per_catalog.get(catalog, 0) for _id, catalog, _name in revisions)
    counts = IncidenceCount.objects.filter(revision__in=[key for key, *_rest in revisions], item__in=found.ids)
    months = {m: (known, value) for m, known, value in counts.values_list("month").annotate(Count("count"), Sum("count"))}
    known = [months.get(month, (0, None))[0] for month in range(1, 13)]
    by_month = tuple(months.get(month, (0, None))[1] for month in range(1, 13))
    return Total(
        subtype=subtype,
        year=year,
        state=state,
        count=sum(value or 0 for value in by_month) if any(known) else None,
        by_month=by_month,
        known_cells=sum(known),
        unknown_cells=expected * 12 - sum(known),
        unknown_months=tuple(month for month, cells in enumerate(known, start=1) if cells < expected),
        states=len(revisions),
        supplied_names=found.names,
        files=tuple(sorted({name for _id, _catalog, name in revisions})),
    )


def subtypes(year: int) -> list[str]:
    """Subtypes that the files in force count in a year, as proposed where letters were lost, by name. Two queries."""
    used = IncidenceRevision.objects.filter(year=year, superseded_by=None).values("file__catalog_id")
    found = CatalogItem.objects.filter(catalog_id__in=used).values_list("attributes", flat=True)
    return sorted({one["proposed"].get("subtipo", one["subtipo"]) for one in found})


def last_months(years: Iterable[int]) -> dict[tuple[str, int], int]:
    """Last month with a figure in force of each state and year. One query."""
    known = IncidenceCount.objects.filter(revision__year__in=list(years), revision__superseded_by=None, count__isnull=False)
    rows = known.values_list("revision__state_id", "revision__year").annotate(Max("month"))
    return {(state, year): last for state, year, last in rows}


def catalogs() -> list[tuple[Catalog, list[str]]]:
    """The lists that loaded files brought, newest first, with the codes of their keys. Two queries."""
    used = IncidenceFile.objects.values("catalog_id")
    lists = Catalog.objects.filter(id__in=used).order_by("-valid_from", "-id").prefetch_related("items")
    return [(one, [item.code for item in one.items.all()]) for one in lists]


@dataclass(frozen=True, slots=True)
class _Found:
    ids: list[int]
    per_catalog: dict[int, int]
    names: tuple[str, ...]


def _items_of(subtype: str, catalog_ids: set[int]) -> _Found:
    """Keys whose subtype, as supplied or as proposed, is the one asked for. Lists of some hundred keys, read whole."""
    wanted = fold(subtype)
    ids: list[int] = []
    per_catalog: dict[int, int] = {}
    names: set[str] = set()
    seen: set[str] = set()
    for item in CatalogItem.objects.filter(catalog_id__in=catalog_ids):
        supplied = item.attributes["subtipo"]
        shown = item.attributes["proposed"].get("subtipo", supplied)
        seen.add(shown)
        if wanted in (fold(supplied), fold(shown)):
            ids.append(item.pk)
            per_catalog[item.catalog_id] = per_catalog.get(item.catalog_id, 0) + 1
            names.add(supplied)
    if not ids:
        close = closest(subtype, sorted(seen))
        hint = f"¿Quiso decir {' o '.join(close)}?" if close else "Use un subtipo del catálogo del SESNSP."
        raise SubtypeUnknown(f"Ningún archivo vigente cuenta «{subtype}».", hint=hint, facts={"closest": close})
    return _Found(ids, per_catalog, tuple(sorted(names)))
