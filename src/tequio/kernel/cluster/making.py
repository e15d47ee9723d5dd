"""Making the cluster: its data folder, its settings, its socket's folder, its role and its database.

Each step can be cut off at any moment and done again: what is half made has another name until it is whole.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psycopg
from psycopg import sql

from tequio.kernel.cluster import conf
from tequio.kernel.cluster.choice import Binaries
from tequio.kernel.cluster.faults import (
    ClusterFolderUnusable,
    ClusterOwnedByAnother,
    PostgresVersionMismatch,
    PostgresWontStart,
)
from tequio.kernel.cluster.files import make_folders, make_private, read_if_present, sync_folder, write_atomically
from tequio.kernel.cluster.link import APPLICATION_ROLE, Connection
from tequio.kernel.cluster.places import SOCKET_NAME, Layout, outside, refuse_intruder
from tequio.kernel.cluster.processes import end_members, forget_stranger, run_as

SUPERUSER = "postgres"
CONNECT_WAIT = 10
"""Seconds for one connection to the local socket."""
CTYPES = ("C.UTF-8", "UTF-8", "C")
"""Names of a locale that knows the letters of every language: glibc and musl, macOS, and what always exists."""
_NEW = ".pg-new-"


def make_home(layout: Layout) -> None:
    """The home and, for a server of root's, the folder apart. Homes are private unless a service account must pass through."""
    make_folders(layout.home, 0o711 if layout.account.system else 0o700)
    if layout.account.system:
        make_folders(outside(layout.home), 0o711)


def refuse_foreign(layout: Layout) -> None:
    """Raise ClusterOwnedByAnother or ClusterFolderUnusable if the data are not this user's to run."""
    data, account = layout.data, layout.account
    if not data.is_dir() or (os.access(data, os.R_OK | os.X_OK) and not layout.initialised):
        return
    if data.stat().st_uid != account.uid:
        raise ClusterOwnedByAnother(
            f"Los datos de {data} son de otro usuario del sistema operativo, no de {account.name}.",
            hint="Ejecute tequio con el usuario que los creó (o con root si así se crearon), o indique otra TEQUIO_HOME.",
            facts={"path": str(data), "expected": account.name},
        )
    if not account.enters(data):
        raise ClusterFolderUnusable(
            f"El usuario {account.name}, con el que corre PostgreSQL, ya no puede entrar en {data}.",
            hint="Devuelva el permiso de paso (x) a las carpetas que la contienen.",
        )


def refuse_occupied(layout: Layout) -> None:
    """Raise ClusterFolderUnusable if something that is no database sits where the data go."""
    data = layout.data
    if data.exists() and not layout.initialised and (not data.is_dir() or any(data.iterdir())):
        raise ClusterFolderUnusable(
            f"{data} existe y no es una base de datos de Tequio.",
            hint="Muévalo a otro lugar, o indique otra TEQUIO_HOME.",
        )


def data_version(layout: Layout) -> int | None:
    """Major version that made the data folder, or None if there is none yet. Raises PostgresVersionMismatch."""
    if not layout.initialised:
        return None
    text = (read_if_present(layout.data / "PG_VERSION") or "").strip()
    if not (text.isascii() and text.isdigit()):
        raise PostgresVersionMismatch(
            f"No se entiende con qué versión de PostgreSQL se hicieron los datos de {layout.data}.",
            hint="El archivo PG_VERSION está dañado o es anterior a PostgreSQL 10. Restaure un respaldo.",
        )
    return int(text)


def make_data(layout: Layout, binaries: Binaries, *, durable: bool) -> None:
    """initdb into a folder beside the final one, then one rename: the data folder is whole or is not there."""
    parent, account = layout.data.parent, layout.account
    _clear_half_made(parent)
    if layout.data.exists():
        layout.data.rmdir()  # refuse_occupied has seen that it is empty
    fresh = parent / f"{_NEW}{secrets.token_hex(4)}"
    make_private(fresh, account.uid, account.gid)
    for ctype in CTYPES:
        command = [
            binaries.folder / "initdb",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            "--locale=C",  # byte order of UTF-8: every machine sorts alike, and an index survives a change of libc
            f"--lc-ctype={ctype}",
            "--auth-local=trust",  # the socket's folder is the lock: only the server's user and root enter it
            "--auth-host=reject",
            "--data-checksums",
            *([] if durable else ["--no-sync"]),
        ]
        done = run_as(account, command, data=fresh)
        if done.returncode == 0 or "invalid locale" not in done.stdout:
            break
    if done.returncode != 0:
        _clear_half_made(parent)
        raise PostgresWontStart(
            f"No se pudo crear la base de datos en {layout.data}:\n" + "\n".join(done.stdout.splitlines()[-10:]),
            hint="Revise el espacio en disco y los permisos de la carpeta.",
        )
    main = fresh / "postgresql.conf"
    write_atomically(main, (read_if_present(main) or "") + conf.INCLUDE, owner=(account.uid, account.gid), mode=0o600)
    fresh.rename(layout.data)
    if durable:
        sync_folder(parent)


def write_settings(layout: Layout, *, durable: bool) -> bool:
    """Write our settings; whether they differ from those that were there."""
    text = conf.settings(layout.run, durable=durable, memory=conf.machine_memory())
    path = layout.data / conf.FILE
    if read_if_present(path) == text:
        return False
    write_atomically(path, text, owner=(layout.account.uid, layout.account.gid), mode=0o600)
    return True


def apply_settings(pid: int, *, durable: bool) -> None:
    """Make a running server read its settings again (the sizes wait for the next start)."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGHUP)
    if durable:
        os.sync()  # what was written while fsync was off is still only in the system's memory


def make_run_folder(layout: Layout) -> None:
    """The socket's folder, with no socket of a dead server in it. Only called when no server of ours is alive."""
    try:
        make_private(layout.run, layout.account.uid, layout.account.gid)
    except FileExistsError:
        refuse_intruder(layout.run, layout.account)
    _clear_sockets(layout.run)


def remove_run_folder(layout: Layout) -> None:
    """What only a running server needs. A folder with other things stays. Only called when no server of ours is alive."""
    _clear_sockets(layout.run)
    for folder in layout.beside:
        with suppress(OSError):
            folder.rmdir()


def clear_dead_server(layout: Layout, say: Callable[[str], None]) -> None:
    """After a crash: end the processes that lost their postmaster, and forget a number that now is another program's."""
    if end_members(layout.data):
        say("Se terminaron procesos de un arranque anterior que quedaron sueltos.")
    forget_stranger(layout.data)


def make_database(link: Connection) -> None:
    """Roles and database of `link`, if they are not there. None is a superuser: row-level security must bind them."""
    with psycopg.connect(_as_superuser(link), connect_timeout=CONNECT_WAIT, autocommit=True) as session:
        # The session of an `up` that was killed may still be creating them.
        session.execute("SELECT pg_advisory_lock(hashtext('tequio.make_database'))")
        if session.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [link.user]).fetchone() is None:
            session.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS").format(sql.Identifier(link.user)))
        if session.execute("SELECT 1 FROM pg_database WHERE datname = %s", [link.dbname]).fetchone() is None:
            names = sql.Identifier(link.dbname), sql.Identifier(link.user)
            session.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
        make_application_role(session, link.user)


def make_application_role(session: psycopg.Connection, login: str) -> None:
    """The role that the application takes on, if it is not there, and the right of `login` to take it on."""
    role = sql.Identifier(APPLICATION_ROLE)
    if session.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION_ROLE]).fetchone() is None:
        session.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOINHERIT").format(role))
        held = False  # whoever makes a role administers it, and from version 16 on need not be able to take it on
    else:
        row = session.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [login, APPLICATION_ROLE]).fetchone()
        held = row is not None and bool(row[0])
    if not held:
        session.execute(sql.SQL("GRANT {} TO {}").format(role, sql.Identifier(login)))


def _as_superuser(link: Connection) -> str:
    return replace(link, user=SUPERUSER, dbname="postgres").dsn()


def _clear_sockets(run: Path) -> None:
    for left in run.glob(f"{SOCKET_NAME}*"):
        left.unlink(missing_ok=True)


def _clear_half_made(parent: Path) -> None:
    """Remove what an interrupted initdb left, ending it first if it still runs."""
    for left in parent.glob(f"{_NEW}*"):
        end_members(left)
        shutil.rmtree(left, ignore_errors=True)
