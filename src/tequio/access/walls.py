"""The second wall: PostgreSQL's row-level security, for whatever gets past the scoped managers.

A model says beside itself whose its rows are (`walled`), or why anybody may read them (`unwalled`); a migration of its room
raises the wall (`raise_wall`); a node does not start with one missing (`require`). The policies read the scope that
`access.scoping` opens and `access.engine` tells. See docs/decisions/0011-row-level-security.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from django.apps import apps
from django.db import connection, models
from django.db.migrations import RunSQL

from tequio.access.engine.base import DatabaseWrapper
from tequio.access.scoping import NATIONAL, reach
from tequio.institutions.models import Agency
from tequio.kernel.cluster import APPLICATION_ROLE
from tequio.kernel.errors import Unavailable

POLICY: Final = "tequio_wall"
MIGRATIONS: Final = "django_migrations"

_ALL = "(SELECT current_setting('tequio.scope', true) = '*')"
_SOME = "(SELECT string_to_array(nullif(current_setting('tequio.scope', true), '*'), ',')::bigint[])::bigint[]"
"""Each in a subquery: computed once a statement and not once a row. Without the outer cast ANY would look at its rows."""

ROLE_HINT = (
    f"Tequio trabaja bajo el rol {APPLICATION_ROLE}, que no es superusuario, no tiene BYPASSRLS y no posee tablas: "
    "devuélvale esas condiciones (ALTER ROLE ... NOSUPERUSER NOBYPASSRLS) y reinicie."
)
TABLE_HINT = "Ejecute `tequio migrate`. Si sigue, alguien cambió la tabla a mano: restaure su política antes de arrancar."

M = TypeVar("M", bound=type[models.Model])

_walled: dict[type[models.Model], str] = {}
_unwalled: dict[type[models.Model], str] = {}


class WallDown(Unavailable):
    """Row-level security does not bind this session, or a table lacks its policy: nothing is served."""

    code = "MURO_CAIDO"


@dataclass(frozen=True, slots=True)
class Wall:
    """The policy of a table: a row is in reach when the agency in `column` is, or when its row of `parent` is."""

    table: str
    column: str
    parent: str = ""

    @property
    def condition(self) -> str:
        """What the policy asks of a row, read or written."""
        if not self.parent:
            return f"{_ALL} OR {self.column} = ANY ({_SOME})"
        return f"{_ALL} OR EXISTS (SELECT FROM {self.parent} p WHERE p.id = {self.table}.{self.column})"


def walled(by: str) -> Callable[[M], M]:
    """Class decorator: rows belong to the agency that the foreign key `by` names, or to whom the row that it names belongs."""

    def note(model: M) -> M:
        _walled[model] = by
        return model

    return note


def unwalled(why: str) -> Callable[[M], M]:
    """Class decorator: rows lead to an agency, and still no wall stands before them. `why` is for whoever audits it."""

    def note(model: M) -> M:
        _unwalled[model] = why
        return model

    return note


def walls() -> list[Wall]:
    """The walls there must be, by table. History kept of a walled model is walled as the model is."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        by = _walled.get(_original(model))
        if by is not None and not model._meta.proxy:
            field = cast("models.ForeignKey[Any, Any]", model._meta.get_field(by))
            owner = field.related_model
            parent = "" if owner is Agency else owner._meta.db_table
            found.append(Wall(model._meta.db_table, field.column, parent))
    return sorted(found, key=lambda wall: wall.table)


def undecided() -> list[str]:
    """Labels of the models whose rows lead to an agency and that say neither `walled` nor `unwalled`.

    Rooms below this one cannot say: institutions' rows are the public directory of agencies. Nor can libraries: what they keep
    of an account (second factors, linked identities) is read while somebody is signing in, before there is a scope.
    """
    every = apps.get_models(include_auto_created=True)
    ours = [
        model
        for model in every
        if model.__module__.startswith("tequio.")
        and not model._meta.proxy
        and model._meta.managed
        and model._meta.app_label != "institutions"
    ]
    leading: set[type[models.Model]] = {Agency}
    while more := {model for model in ours if model not in leading and _leads_to(model, leading)}:
        leading |= more
    decided = _walled.keys() | _unwalled.keys()
    return sorted(model._meta.label for model in leading - {Agency} if _original(model) not in decided)


def raise_wall(table: str, column: str, parent: str = "") -> RunSQL:
    """Migration step that puts a table behind its wall. `parent` must be behind its own. Locks the table for an instant."""
    condition = Wall(table, column, parent).condition
    return RunSQL(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;\n"
        f"CREATE POLICY {POLICY} ON {table} USING ({condition}) WITH CHECK ({condition})",
        f"DROP POLICY {POLICY} ON {table};\nALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY",
    )


@contextmanager
def as_owner() -> Iterator[None]:
    """For migrations: the role that owns the tables, with every row in reach."""
    with reach(NATIONAL), cast("DatabaseWrapper", connection).owning():
        yield


def grant() -> None:
    """Open to the application's role what the session's role owns and will make: rows to read and write, nothing to alter
    or empty. Which migrations were applied it may only read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        [schema] = cursor.fetchone()
        cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {APPLICATION_ROLE}")
        for kind, letter, rights in (("TABLE", "r", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCE", "S", "USAGE, SELECT")):
            cursor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {rights} ON {kind}S TO {APPLICATION_ROLE}")
            cursor.execute(_OWN, [letter])
            names = [name for (name,) in cursor.fetchall()]
            if names:
                cursor.execute(f"GRANT {rights} ON {kind} {', '.join(names)} TO {APPLICATION_ROLE}")
            if MIGRATIONS in names:
                cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {MIGRATIONS} FROM {APPLICATION_ROLE}")


def require() -> None:
    """Refuse to go on unless both the session and every table are as they must. Two short queries. Raises WallDown."""
    for found, hint in ((role_faults(), ROLE_HINT), (table_faults(), TABLE_HINT)):
        if found:
            raise WallDown(f"La seguridad por renglón no protege los datos: {'; '.join(found)}.", hint=hint)


def role_faults() -> list[str]:
    """What is wrong with the role of the session."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLE, [[wall.table for wall in walls()]])
        name, superuser, bypasses, owns = cursor.fetchone()
    return [
        f"el rol de la sesión, {name}, {what}"
        for what, wrong in (("es superusuario", superuser), ("tiene BYPASSRLS", bypasses), ("posee tablas", owns))
        if wrong
    ]


def table_faults() -> list[str]:
    """What is wrong with the tables behind walls."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [[wall.table for wall in walls()]])
        states = {table: tuple(state) for table, *state in cursor.fetchall()}
    return [f"{wall.table} {what}" for wall in walls() if (what := _fault_of(wall, states.get(wall.table)))]


def _fault_of(wall: Wall, state: tuple[Any, ...] | None) -> str:
    if state is None:
        return "no existe"
    enabled, forced, policies, using, check = state
    if not enabled:
        return "no tiene ENABLE ROW LEVEL SECURITY"
    if not forced:
        return "no tiene FORCE ROW LEVEL SECURITY"
    if policies != 1:
        return f"tiene {policies} políticas y debe tener una"
    wanted = _plain(wall.condition)
    return "" if _plain(using) == wanted == _plain(check) else "tiene una política que no es la suya"


def _plain(condition: str | None) -> str:
    """A condition without what PostgreSQL adds when it tells one: parentheses, casts, names of columns that nobody reads."""
    return re.sub(r" as \w+|::\w+(\[\])?|[\s()]", "", (condition or "").lower())


def _original(model: type[models.Model]) -> type[models.Model]:
    """The model of which this one keeps the history, or itself."""
    return getattr(model, "pgh_tracked_model", None) or model


def _leads_to(model: type[models.Model], leading: set[type[models.Model]]) -> bool:
    return any(field.related_model in leading for field in model._meta.concrete_fields if field.is_relation)


_OWN: Final = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
WHERE r.rolname = current_user AND c.relnamespace = current_schema()::regnamespace AND c.relkind = %s
"""
_ROLE: Final = """
SELECT r.rolname, r.rolsuper, r.rolbypassrls, NOT r.rolsuper AND EXISTS (
    SELECT FROM unnest(%s::text[]) AS t(name) JOIN pg_class c ON c.oid = to_regclass(t.name)
    WHERE pg_has_role(r.oid, c.relowner, 'MEMBER')
) FROM pg_roles r WHERE r.rolname = current_user
"""
_TABLES: Final = """
SELECT t.name, c.relrowsecurity, c.relforcerowsecurity,
    (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid),
    pg_get_expr(w.polqual, w.polrelid), pg_get_expr(w.polwithcheck, w.polrelid)
FROM unnest(%s::text[]) AS t(name)
JOIN pg_class c ON c.oid = to_regclass(t.name)
LEFT JOIN pg_policy w ON w.polrelid = c.oid AND w.polpermissive AND w.polcmd = '*' AND w.polroles = '{0}'
"""
