"""Bringing a table to what its data file says, set-wise: one read, one write of new rows, one of changed rows.

Nothing is deleted. A row that the file does not have was added here and stays; a row confirmed here is not replaced by one
that the file has as «por confirmar»; whatever an update replaces is listed. O(rows).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from tequio.institutions import domain
from tequio.institutions.domain import Period
from tequio.kernel.errors import Conflict

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tally:
    """What a load did."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0
    """Rows of the database that the file lacks or says less surely, left as they were."""
    changes: tuple[str, ...] = ()

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.kept + other.kept,
            self.changes + other.changes,
        )

    @property
    def changed_nothing(self) -> bool:
        """Whether the database already said all of it."""
        return not self.created and not self.updated

    def __str__(self) -> str:
        if self.changed_nothing:
            return f"Sin cambios: {self.unchanged} renglones ya estaban al día; {self.kept} propios se conservan."
        return (
            f"{self.created} renglones nuevos, {self.updated} actualizados, "
            f"{self.unchanged} sin cambio, {self.kept} propios conservados."
        )


def load(
    model: type[models.Model], rows: Sequence[Row], key: Sequence[str], among: models.QuerySet[Any] | None = None
) -> Tally:
    """Make `model` say `rows`, each known by its `key` columns. Columns are attribute names (`state_id`).

    `among` limits which rows of the table are looked at.
    """
    manager = model._default_manager
    looked_at = manager.all() if among is None else among
    present: dict[tuple[Any, ...], Any] = {tuple(getattr(one, k) for k in key): one for one in looked_at}
    fresh, stale, changes = [], [], []
    unchanged = surer_here = 0
    for row in rows:
        one = present.pop(tuple(row[k] for k in key), None)
        if one is None:
            fresh.append(model(**row))
            continue
        differing = [name for name, value in row.items() if getattr(one, name) != value]
        if not differing:
            unchanged += 1
        elif row.get("confirmed") is False and one.confirmed:
            surer_here += 1
        else:
            changes += [_change(model, row, key, name, getattr(one, name)) for name in differing]
            for name in differing:
                setattr(one, name, row[name])
            stale.append(one)
    # Updates go first: a row that now ends must end before its successor begins without end.
    if stale:
        manager.bulk_update(stale, sorted({name for name in rows[0] if name not in key}), batch_size=1_000)
    manager.bulk_create(fresh, batch_size=2_000)
    return Tally(len(fresh), len(stale), unchanged, len(present) + surer_here, tuple(changes))


def load_dated(model: type[models.Model], rows: Sequence[Row], thing: Sequence[str]) -> Tally:
    """As `load`, for things that hold for a period: the key is `thing` and `valid_from`.

    A row added here ends the package's row that it follows, and what was ended here stays ended where the package knows of no
    end. Raises Conflict if two periods of one thing share a day.
    """
    published = {(*(row[k] for k in thing), row["valid_from"]) for row in rows}
    local: dict[tuple[Any, ...], list[Period]] = defaultdict(list)
    ended: dict[tuple[Any, ...], date] = {}
    for *name, start, end in model._default_manager.values_list(*thing, "valid_from", "valid_to"):
        if (*name, start) not in published:
            local[tuple(name)].append(Period(start, end))
        elif end is not None:
            ended[(*name, start)] = end
    settled = [
        _settle(row, local[(name := tuple(row[k] for k in thing))], ended.get((*name, row["valid_from"]))) for row in rows
    ]
    _refuse_overlap(model, settled, thing, local)
    return load(model, settled, (*thing, "valid_from"))


def _settle(row: Row, local: list[Period], ended: date | None) -> Row:
    end = domain.end_in_force(Period(row["valid_from"], row["valid_to"]), [period.start for period in local])
    return row | {"valid_to": ended if end is None else end}


def _refuse_overlap(
    model: type[models.Model], rows: Sequence[Row], thing: Sequence[str], local: dict[tuple[Any, ...], list[Period]]
) -> None:
    periods = {name: list(some) for name, some in local.items()}
    for row in rows:
        periods.setdefault(tuple(row[k] for k in thing), []).append(Period(row["valid_from"], row["valid_to"]))
    for name, before, after in domain.overlaps(dict(periods)):
        raise Conflict(
            f"Dos vigencias de {model.__name__} {name} se enciman: {_span(before)} y {_span(after)}.",
            hint="Cierre la primera el día en que empieza la segunda y repita la carga.",
        )


def _span(period: Period) -> str:
    return f"{period.start} a {period.end or 'la fecha'}"


def _change(model: type[models.Model], row: Row, key: Sequence[str], name: str, before: object) -> str:
    which = "/".join(_plain(row[k]) for k in key)
    return f"{model.__name__} {which}: {name}: {_plain(before)} -> {_plain(row[name])}"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else "—" if value is None else str(value)
