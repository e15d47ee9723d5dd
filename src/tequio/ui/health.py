"""How this node is: what the start page, /salud and `tequio status` show. No figure about any record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache

from django.db import Error as DatabaseError
from django.db import ProgrammingError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext_lazy

import tequio
from tequio.access import walls
from tequio.institutions.models import Agency
from tequio.kernel import outbox

LABELS = {
    "index_outdated": gettext_lazy("Índice de búsqueda de una versión anterior (1: ejecute tequio reindex)"),
    "index_pending": gettext_lazy("Lotes cuyos nombres aún no se cuentan"),
}
"""Names of the gauges as people read them."""

_gauges: dict[str, Callable[[], int]] = {}


@dataclass(frozen=True, slots=True)
class Health:
    """State of the node. Figures are None while the database cannot give them."""

    version: str
    database: bool
    migrations_pending: int | None = None
    agencies: int | None = None
    backlog: int | None = None
    waiting_since: datetime | None = None
    gauges: dict[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the node can work."""
        return self.database and self.migrations_pending == 0

    def as_dict(self) -> dict[str, object]:
        """For programs."""
        return {"ok": self.ok, **asdict(self)}


def add_gauge(name: str, read_it: Callable[[], int]) -> None:
    """Let a room above this one show a figure. Said in `config/wiring.py`."""
    _gauges[name] = read_it


def read() -> Health:
    """The state now. Some five short queries; never raises for a database that is not there."""
    try:
        pending = pending_migrations()
        if pending:
            return Health(tequio.__version__, database=True, migrations_pending=pending)
        waiting, since = outbox.backlog()
        figures = {name: read_it() for name, read_it in sorted(_gauges.items())}
        return Health(tequio.__version__, True, 0, Agency.objects.count(), waiting, since, figures)
    except DatabaseError:
        return Health(tequio.__version__, database=False)


def pending_migrations() -> int:
    """How many migrations of this version the database lacks. One query. Raises the database's errors."""
    return len(_known() - _applied())


def _applied() -> set[tuple[str, str]]:
    try:
        return set(MigrationRecorder(connection).applied_migrations())
    except ProgrammingError:  # tables of a version without the application's role: it may read none before `tequio migrate`
        with walls.as_owner():
            return set(MigrationRecorder(connection).applied_migrations())


@lru_cache(maxsize=1)
def _known() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations)
