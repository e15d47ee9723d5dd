"""Loading SESNSP's monthly files."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose
from tequio.audit import services as audit
from tequio.audit.domain import Action
from tequio.catalogs.domain import Item
from tequio.catalogs.models import Catalog, CatalogItem
from tequio.catalogs.selectors import items
from tequio.catalogs.services import derive_catalog
from tequio.institutions.selectors import state_book
from tequio.kernel import clock, outbox
from tequio.kernel.errors import NotFound
from tequio.registries.incidence import domain, selectors
from tequio.registries.incidence.domain import MOST_BYTES, IncidenceFileInvalid, MonthlyTable, Names, OlderFile, Remark
from tequio.registries.incidence.domain.findings import whole_file
from tequio.registries.incidence.domain.names import LEVELS, catalog_code
from tequio.registries.incidence.events import IncidenceLoaded
from tequio.registries.incidence.models import IncidenceCount, IncidenceFile, IncidenceRevision

_ONE_LOAD_AT_A_TIME = 0x7E9_10C1D  # any fixed number: key of the advisory lock under which revisions are numbered
_LONGEST_FILE_NAME = 255
_NAMES = "sesnsp_nombres"


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load did. The same file gives the same summary again; only `repeated` tells, and it does not count as content."""

    file_id: int
    name: str
    sha256: str
    encoding: str
    delimiter: str
    catalog: str
    rows: int
    keys: int
    years: tuple[int, ...]
    states: int
    cells: int
    blank_cells: int
    """Cells without a figure: unknown, not zero."""
    revisions: int
    superseded: int
    """State-years whose former figures stay, no longer in force."""
    loaded_at: str
    remarks: tuple[Remark, ...]
    repeated: bool = field(default=False, compare=False)


def load_monthly_file(*, actor: Actor, purpose: Purpose | None, path: Path) -> LoadSummary:
    """Load a state-level file of SESNSP: all of it or nothing. The same file again changes nothing and answers the same.

    A newer file for a state and year replaces its figures as a new revision; the former stay. One transaction, O(cells).
    Raises NotAllowed, PurposeRequired, NotFound (no such file), IncidenceFileInvalid (every fault with line, column and
    code), OlderFile (it reaches fewer months than the figures in force).
    """
    try:
        with audit.unit_of_work(actor=actor, purpose=purpose, action=Action.INCIDENCE_LOADED):
            policy.require(actor, Permission.INCIDENCE_LOAD)
            policy.require_purpose(purpose)
            return _load(actor, purpose, Path(path))
    except (IncidenceFileInvalid, OlderFile) as refusal:
        with audit.unit_of_work(actor=actor, purpose=purpose, action=Action.FILE_REFUSED):
            facts = {"registry": "incidence", "code": refusal.code, "faults": refusal.facts.get("total", 1)}
            audit.record(actor=actor, purpose=purpose, action=Action.FILE_REFUSED, subject_kind="incidence_file", facts=facts)
        raise


def _load(actor: Actor, purpose: Purpose | None, path: Path) -> LoadSummary:
    data = _bytes(path)
    sha256 = hashlib.sha256(data).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_LOAD_AT_A_TIME])
    earlier = IncidenceFile.objects.filter(sha256=sha256).first()
    if earlier is not None:
        return _restore(earlier.summary, repeated=True)
    moment = clock.now()
    today = moment.astimezone(clock.MEXICO).date()
    names = Names(tuple(items(_NAMES, today).values()))
    table = domain.parse(data, book=state_book(), names=names, today=today)
    _refuse_older(table)
    catalog = _catalog_of(table, names)
    file = IncidenceFile.objects.create(
        sha256=sha256,
        name=path.name[:_LONGEST_FILE_NAME],
        encoding=table.encoding,
        catalog=catalog,
        rows=table.rows,
        keys=len(table.keys),
        years=list(table.years),
        loaded_at=moment,
        agency_id=actor.agency_id,
        summary={},
    )
    revisions, superseded = _open_revisions(file, table)
    _store(table, catalog, revisions)
    summary = LoadSummary(
        file_id=file.pk,
        name=file.name,
        sha256=sha256,
        encoding=table.encoding,
        delimiter=table.delimiter,
        catalog=catalog.code,
        rows=table.rows,
        keys=len(table.keys),
        years=table.years,
        states=len(table.states),
        cells=table.rows * 12,
        blank_cells=table.blank_cells,
        revisions=len(revisions),
        superseded=superseded,
        loaded_at=moment.isoformat(),
        remarks=table.remarks,
    )
    file.summary = asdict(summary)
    file.save(update_fields=["summary"])
    _tell(actor, purpose, summary)
    return summary


def _bytes(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise NotFound(f"«{path.name}» no es un archivo.", hint="Indique la ruta del CSV del SESNSP.")
        if path.stat().st_size > MOST_BYTES:
            limit = MOST_BYTES // (1024 * 1024)
            raise whole_file("ARCHIVO_DEMASIADO_GRANDE", f"pasa de {limit} MB", "Cargue el archivo estatal, no el municipal.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = "no existe" if isinstance(error, FileNotFoundError) else "no se puede leer"
        raise NotFound(f"El archivo «{path.name}» {reason}.", hint="Revise la ruta y los permisos.") from error


def _refuse_older(table: MonthlyTable) -> None:
    """A file that ends before the figures in force end is an older one. Raises OlderFile."""
    reached = selectors.last_months(table.years)
    for (state, year), last in sorted(table.last_months().items()):
        if last < reached.get((state, year), 0):
            raise OlderFile(
                f"El archivo es anterior a las cifras vigentes: en la entidad {state} llega al mes {last} de {year} "
                f"y ellas al {reached[state, year]}.",
                hint="Descargue el archivo más reciente. Las cifras vigentes no cambiaron.",
                facts={"state": state, "year": year, "file": last, "in_force": reached[state, year]},
            )


def _catalog_of(table: MonthlyTable, names: Names) -> Catalog:
    """The list that the file's keys belong to; a new one if none has them all."""
    known = {catalog.code: (catalog, set(codes)) for catalog, codes in selectors.catalogs()}
    chosen = domain.choose_catalog([key.code for key in table.keys], {code: codes for code, (_catalog, codes) in known.items()})
    if chosen is not None:
        return known[chosen][0]
    return derive_catalog(
        code=catalog_code(table.years[0], list(known)),
        name=f"Incidencia delictiva del fuero común, lista usada desde {table.years[0]}",
        valid_from=date(table.years[0], 1, 1),
        source="SESNSP: derivada del archivo mensual al cargarlo, con los textos como vinieron",
        items=[Item(key.code, key.label, attributes=_attributes(key, names)) for key in table.keys],
    )


def _attributes(key: domain.Key, names: Names) -> dict[str, Any]:
    """The four names as supplied and, apart, what the damaged ones probably said."""
    supplied = dict(zip(LEVELS, key.names, strict=True))
    proposed = {level: better for level, name in supplied.items() if (better := names.propose(name))}
    return {**supplied, "proposed": proposed}


def _open_revisions(file: IncidenceFile, table: MonthlyTable) -> tuple[dict[tuple[str, int], int], int]:
    """A revision for each state and year of the file, in force in place of the former. (ids, how many it superseded)."""
    wanted = sorted(table.frame.select("state", "year").unique().iter_rows())
    former = {
        (revision.state_id, revision.year): revision
        for revision in IncidenceRevision.objects.filter(year__in=table.years, superseded_by=None)
        if (revision.state_id, revision.year) in set(wanted)
    }
    # Only one revision of a state and year may stand unsuperseded, and the new one does not exist yet: a row is superseded
    # by itself for the length of this function.
    last_number = {place: revision.number for place, revision in former.items()}
    for revision in former.values():
        revision.superseded_by = revision
    IncidenceRevision.objects.bulk_update(former.values(), ["superseded_by"])
    fresh = IncidenceRevision.objects.bulk_create(
        [
            IncidenceRevision(file=file, state_id=state, year=year, number=last_number.get((state, year), 0) + 1)
            for state, year in wanted
        ]
    )
    by_place = {(revision.state_id, revision.year): revision for revision in fresh}
    for place, revision in former.items():
        revision.superseded_by = by_place[place]
    IncidenceRevision.objects.bulk_update(former.values(), ["superseded_by"])
    return {place: revision.pk for place, revision in by_place.items()}, len(former)


def _store(table: MonthlyTable, catalog: Catalog, revisions: dict[tuple[str, int], int]) -> None:
    """Every cell, by COPY."""
    ids = dict(CatalogItem.objects.filter(catalog=catalog).values_list("code", "id"))
    places = pl.DataFrame(
        [(state, year, key) for (state, year), key in revisions.items()], schema=["state", "year", "revision"], orient="row"
    )
    keys = pl.DataFrame({"item": list(ids), "item_id": list(ids.values())})
    cells = table.cells().join(places, on=["state", "year"]).join(keys, on="item")
    # Sorted as the index is, which then fills page after page.
    cells = cells.select("revision", "item_id", "month", "count").sort("revision", "item_id", "month")
    target = connection.ops.quote_name(IncidenceCount._meta.db_table)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {target} (revision_id, item_id, month, count) FROM STDIN (FORMAT csv)") as copy,
    ):
        copy.write(cells.write_csv(include_header=False))


def _tell(actor: Actor, purpose: Purpose | None, summary: LoadSummary) -> None:
    facts = {
        "sha256": summary.sha256,
        "catalog": summary.catalog,
        "rows": summary.rows,
        "years": list(summary.years),
        "blank_cells": summary.blank_cells,
        "superseded": summary.superseded,
        "remarks": len(summary.remarks),
    }
    audit.record(
        actor=actor,
        purpose=purpose,
        action=Action.INCIDENCE_LOADED,
        subject_kind="incidence_file",
        subjects=[summary.file_id],
        facts=facts,
    )
    outbox.publish(IncidenceLoaded(file_id=summary.file_id, years=summary.years))


def _restore(stored: dict[str, Any], *, repeated: bool) -> LoadSummary:
    remarks = tuple(Remark(**remark) for remark in stored["remarks"])
    return LoadSummary(**(stored | {"years": tuple(stored["years"]), "remarks": remarks, "repeated": repeated}))
