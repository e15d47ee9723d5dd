"""The scope in force, and the first wall: with no scope open there are no rows, there is an error.

Why not a library: see docs/decisions/0002-scoped-managers.md. The second wall is `access.walls`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db import connection, models

from tequio.access.domain import Actor, Scope
from tequio.kernel.errors import ScopeMissing

if TYPE_CHECKING:
    from tequio.access.engine.base import DatabaseWrapper  # which reads the scope from here

M = TypeVar("M", bound=models.Model)

_session = cast("DatabaseWrapper", connection)
"""The session of whichever thread asks."""
_scope: ContextVar[Scope | None] = ContextVar("tequio_scope", default=None)

NATIONAL = Scope(frozenset(), national=True)
"""Every agency's rows: for set-wise work of the system, whose answers are checked before anybody sees them."""


@contextmanager
def reach(scope: Scope) -> Iterator[None]:
    """Open `scope`: inside, scoped managers and the database answer with its agencies' rows only.

    Scopes replace each other, never add up. Close them in the order of transactions, as `with` does.
    """
    token = _scope.set(scope)
    try:
        _session.tell_scope()
        yield
    finally:
        _scope.reset(token)
        _session.tell_scope()


def in_force() -> str:
    """The scope as the database's policies read it: agencies' numbers between commas, * for all, empty for none."""
    scope = _scope.get()
    if scope is None:
        return ""
    return "*" if scope.national else ",".join(map(str, sorted(scope.agency_ids)))


def own(actor: Actor) -> Scope:
    """The actor's own agency."""
    return Scope(frozenset({actor.agency_id}))


class ReachedManager(models.Manager[M]):
    """Manager of rows that belong to somebody through another row: which are in reach the database's policy says.

    Raises ScopeMissing with no scope open, instead of answering that there is nothing.
    """

    def get_queryset(self) -> models.QuerySet[M]:
        """Rows of the scope in force."""
        self.scope()
        return super().get_queryset()

    def scope(self) -> Scope:
        """The scope in force. Raises ScopeMissing."""
        scope = _scope.get()
        if scope is None:
            raise ScopeMissing(
                f"{self.model.__name__}: consulta sin ámbito.", hint="Falta abrir un ámbito (access.scoping.reach)."
            )
        return scope


class ScopedManager(ReachedManager[M]):
    """Manager of rows that belong to an agency. `field` names the foreign key to it."""

    def __init__(self, field: str = "agency") -> None:
        super().__init__()
        self._field = field

    def get_queryset(self) -> models.QuerySet[M]:
        """Rows of the scope in force."""
        scope, rows = self.scope(), super().get_queryset()
        if scope.national:
            return rows
        condition: dict[str, Any] = {f"{self._field}_id__in": sorted(scope.agency_ids)}
        return rows.filter(**condition)
