"""Django's PostgreSQL engine, whose sessions are of the application's role and know the scope in force.

The database's own setting `tequio.scope` mirrors `access.scoping`: a statement meets the second wall with the scope that its
thread has open, whoever writes it. The mirror is told when a scope opens or closes (a statement, and none when it does not
change), when a session begins, and again after each rollback, which takes back what was told inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.postgresql import base
from django.db.utils import DEFAULT_DB_ALIAS
from psycopg import Connection, OperationalError
from psycopg.pq import ExecStatus, TransactionStatus

from tequio.access import scoping
from tequio.kernel.cluster import APPLICATION_ROLE

_SPEAKABLE = {TransactionStatus.IDLE, TransactionStatus.INTRANS}
"""Of a session: in no other standing can a statement run."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A thread's connection. Only the default one is a session of the application; others make and drop databases."""

    def __init__(self, settings_dict: dict[str, Any], alias: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(settings_dict, alias)
        self._told: str | None = None
        """What the session has as its scope; None when a failure or a rollback left that uncertain."""
        self._fragile = False
        """Whether something was told inside the transaction under way, and falls with it."""

    def get_connection_params(self) -> dict[str, Any]:
        """As Django's, under the application's role from the first statement on."""
        params: dict[str, Any] = super().get_connection_params()
        if self.alias == DEFAULT_DB_ALIAS:
            params["options"] = f"{params.get('options', '')} -c role={APPLICATION_ROLE}".strip()
        return params

    def init_connection_state(self) -> None:
        """A session begins with no scope; it is told the one in force."""
        super().init_connection_state()
        self._told, self._fragile = (None if self.pool else ""), False
        self.tell_scope()

    def tell_scope(self) -> None:
        """Have the session know the scope in force. Some 30 microseconds, or nothing where it knows it already.

        In a transaction that failed nothing can be told: the rollback that must come tells it. A session that is not open
        is told when it opens. Raises Django's errors of a database.
        """
        scope = scoping.in_force()
        session = self.connection
        if session is None or self._told == scope:
            return
        self._told = None
        if session.pgconn.transaction_status not in _SPEAKABLE:
            return
        with self.wrap_database_errors:
            _say(session, f"SET tequio.scope = '{scope}'")
        self._told = scope
        self._fragile = self._fragile or not session.autocommit

    @contextmanager
    def owning(self) -> Iterator[None]:
        """Inside, the session is of the role that logged in, which owns the tables. Nesting as transactions do."""
        with self.cursor() as cursor:
            cursor.execute("SET ROLE NONE")
        try:
            yield
        finally:
            session = self.connection
            if session is not None and session.pgconn.transaction_status in _SPEAKABLE:  # else the rollback gives it back
                with self.wrap_database_errors:
                    session.execute("RESET ROLE")

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # the stubs lack it
        self._fragile = False

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]  # the stubs lack it
        if self._forget():
            self.connection.commit()  # Django is about to leave the transaction, and expects that none is under way
        self._fragile = False

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # the stubs lack it
        self._forget()

    def _forget(self) -> bool:
        """Tell the scope anew if what was told since the transaction began may be gone. Whether it was."""
        if not self._fragile and self._told is not None:
            return False
        self._told = None
        self.tell_scope()
        return self._told is not None


def _say(session: Connection, statement: str) -> None:
    """Run a statement of ours without the driver's cursor, which costs more than the database does."""
    if session.pgconn.transaction_status == TransactionStatus.IDLE and not session.autocommit:
        session.execute(statement.encode())  # the driver begins the transaction first
        return
    answer = session.pgconn.exec_(statement.encode())
    if answer.status != ExecStatus.COMMAND_OK:
        raise OperationalError(answer.get_error_message())
