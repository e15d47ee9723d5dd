"""Starting, stopping and looking at the private cluster."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tequio.kernel.cluster import making
from tequio.kernel.cluster.choice import OLDEST, Binaries, Source, choose
from tequio.kernel.cluster.faults import (
    PostgresRoleMissing,
    PostgresUnreachable,
    PostgresVersionMismatch,
    PostgresWontStart,
    folder_faults,
)
from tequio.kernel.cluster.files import exclusive, open_own, read_if_present, tail, write_atomically
from tequio.kernel.cluster.link import APPLICATION_ROLE, Connection, external_url, from_url
from tequio.kernel.cluster.places import SOCKET_NAME, Layout, Record, connection, layout, read_record, real
from tequio.kernel.cluster.processes import (
    READY,
    START_WAIT,
    Postmaster,
    end_members,
    postmaster,
    run_as,
    stop_fast,
    wait_settled,
)

STARTS = 3
"""Tries of a start. A second is needed when an `up` was killed between launching a server and that server's first file:
neither is known to the next `up`, which then clears the socket under it."""
REMOTE_WAIT = 5
"""Seconds for an external server to answer."""
LOG_LIMIT = 10 * 1024 * 1024
"""Bytes of pg.log after which a start sets it aside as pg.log.1."""


@dataclass(frozen=True, slots=True)
class Status:
    """What `tequio status` shows. Empty text or None: not known, or does not apply."""

    running: bool
    version: str
    source: Source | None
    bin_folder: Path | None
    data_folder: Path | None
    pid: int | None
    socket: Path | None


def up(home: Path, env: Mapping[str, str], *, durable: bool = True, say: Callable[[str], None]) -> Connection:
    """Have the database running, whatever happened before, and return how to reach it. A repeat changes nothing.

    `durable=False` is for tests: faster, and a power cut can destroy it. With a URL in TEQUIO_POSTGRES only checks that the
    server answers, is new enough and has the application's role, which is made if that is allowed. Raises the errors of
    `faults`, all of them Unavailable.
    """
    if url := external_url(env):
        link = from_url(url)
        say(f"Se usa el servidor externo {link.host} (PostgreSQL {_external_version(link)}).")
        _ready_external(link)
        return link
    home = real(home)
    with folder_faults(home):
        making.make_home(layout(home))
        with exclusive(home / "cluster.lock", say):
            place = layout(home)
            link = connection(home, env)
            making.refuse_foreign(place)
            making.refuse_occupied(place)
            if not _reused(place, link, durable=durable, say=say):
                _start_anew(place, link, env, durable=durable, say=say)
            return link


def down(home: Path, env: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Stop the cluster at once but in order: clients are cut off, nothing acknowledged is lost. Not for external servers."""
    if external_url(env):
        say("La base de datos es un servidor externo: Tequio no lo detiene.")
        return
    home = real(home)
    if not home.is_dir():
        say("La base de datos no estaba en marcha.")
        return
    with folder_faults(home), exclusive(home / "cluster.lock", say):
        place = layout(home)
        making.refuse_foreign(place)
        server = postmaster(place.data)
        if server is not None:
            stop_fast(place.data, server)
            say("La base de datos se detuvo.")
        elif end_members(place.data):
            say("La base de datos había caído; se terminaron los procesos que quedaban.")
        else:
            say("La base de datos no estaba en marcha.")
        making.remove_run_folder(place)


def status(home: Path, env: Mapping[str, str]) -> Status:
    """How the database stands now. Changes nothing and takes no lock."""
    if url := external_url(env):
        link = from_url(url)
        try:
            version = _external_version(link)
        except (PostgresUnreachable, PostgresVersionMismatch):
            version = ""
        place_of_socket = Path(link.host) if link.host.startswith("/") else None
        return Status(
            bool(version), version, Source.EXTERNAL, bin_folder=None, data_folder=None, pid=None, socket=place_of_socket
        )
    home = real(home)
    with folder_faults(home):
        place = layout(home)
        record = read_record(home)
        server = postmaster(place.data) if place.initialised else None
        made_by = (read_if_present(place.data / "PG_VERSION") or "").strip()
    if record is not None and record.data != str(place.data):
        record = None
    return Status(
        running=server is not None and server.state == READY,
        version=record.version if record else made_by,
        source=Source(record.source) if record else None,
        bin_folder=Path(record.bin_folder) if record else None,
        data_folder=place.data,
        pid=server.pid if server else None,
        socket=place.run,
    )


def _reused(place: Layout, link: Connection, *, durable: bool, say: Callable[[str], None]) -> bool:
    """Use the server that runs. One that runs and cannot be reached (its socket was cleaned away) is stopped."""
    server = wait_settled(place.data, say)
    if server is None:
        return False
    if not _usable(place, link, server):
        say("PostgreSQL está en marcha pero no se llega a él; se reinicia.")
        stop_fast(place.data, server)
        return False
    if making.write_settings(place, durable=durable):
        making.apply_settings(server.pid, durable=durable)
    say(f"PostgreSQL ya estaba en marcha (proceso {server.pid}).")
    return True


def _start_anew(place: Layout, link: Connection, env: Mapping[str, str], *, durable: bool, say: Callable[[str], None]) -> None:
    made_by = making.data_version(place)
    binaries = choose(env, place.account, made_by=made_by, nest=place.nest, say=say)
    _write_record(place, binaries)
    if place.home not in place.data.parents:
        say(f"Los datos están en {place.data}: el usuario {place.account.name} no puede entrar en {place.home}.")
    if made_by is None:
        say(f"Se crea la base de datos con PostgreSQL {binaries.version} ({binaries.source}).")
        making.make_data(place, binaries, durable=durable)
    for _ in range(STARTS):
        making.clear_dead_server(place, say)
        making.make_run_folder(place)
        making.write_settings(place, durable=durable)
        server = _start(place, binaries, say)
        if _usable(place, link, server):
            say(f"PostgreSQL {binaries.version} ({binaries.source}) en marcha (proceso {server.pid}).")
            return
        stop_fast(place.data, server)
    raise _wont_start(place, f"PostgreSQL {binaries.version} arranca y no abre su enlace en {place.run}.")


def _reached(place: Layout, server: Postmaster) -> bool:
    """Whether the server listens where its clients will look. A server that is only full also listens."""
    with socket.socket(socket.AF_UNIX) as knock:
        try:
            knock.connect(str(place.run / SOCKET_NAME))
        except BlockingIOError:  # its queue of callers is full
            return True
        except OSError:
            return False
    return server.socket == str(place.run)


def _usable(place: Layout, link: Connection, server: Postmaster) -> bool:
    """Whether the server can be used; its role and database are made if an interrupted start left them out.

    False: it does not listen, or it died just now. Raises PostgresWontStart if it listens and refuses.
    """
    if not _reached(place, server):
        return False
    try:
        making.make_database(link)
    except psycopg.Error as error:
        if not _reached(place, server):
            return False
        raise _wont_start(place, f"PostgreSQL está en marcha y no se pudo entrar en su base: {_first_line(error)}.") from error
    return True


def _wont_start(place: Layout, what: str) -> PostgresWontStart:
    return PostgresWontStart(
        f"{what} Últimas líneas de {place.log}:\n{tail(place.log, 10)}",
        hint="Corrija lo que dice el registro y repita «tequio up».",
        facts={"log": str(place.log)},
    )


def _start(place: Layout, binaries: Binaries, say: Callable[[str], None]) -> Postmaster:
    """Start and wait until it answers. The log is opened here: the server's user need not be able to enter the home."""
    if place.log.exists() and place.log.stat().st_size > LOG_LIMIT:
        place.log.replace(place.log.with_name("pg.log.1"))
    log = open_own(place.log, os.O_WRONLY | os.O_APPEND)
    try:
        command = [binaries.folder / "pg_ctl", "start", "--wait", "--silent", f"--timeout={START_WAIT:.0f}"]
        run_as(place.account, command, data=place.data, output=log)
    finally:
        os.close(log)
    server = wait_settled(place.data, say)  # also when pg_ctl failed: a start cut off earlier may have won the race
    if server is None:
        raise _wont_start(place, f"PostgreSQL {binaries.version} no arrancó.")
    return server


def _write_record(place: Layout, binaries: Binaries) -> None:
    record = Record(
        home=str(place.home),
        data=str(place.data),
        bin_folder=str(binaries.folder),
        version=binaries.version,
        source=str(binaries.source),
    )
    if read_record(place.home) != record:
        home = place.home.stat()
        write_atomically(place.record, record.as_json(), owner=(home.st_uid, home.st_gid), mode=0o644)


def _external_version(link: Connection) -> str:
    """Version of an external server. Raises PostgresUnreachable, PostgresVersionMismatch; neither carries the password."""
    try:
        with psycopg.connect(link.dsn(), connect_timeout=REMOTE_WAIT) as session:
            number = session.info.server_version
    except psycopg.Error as error:
        raise PostgresUnreachable(
            f"No se pudo entrar en la base {link.dbname} de {link.host}:{link.port} como {link.user}: {_first_line(error)}",
            hint="Revise TEQUIO_POSTGRES, que el servidor esté en marcha y que admita a este equipo.",
            facts={"host": link.host, "port": link.port, "dbname": link.dbname},
        ) from error
    if number // 10_000 < OLDEST:
        raise PostgresVersionMismatch(
            f"El servidor {link.host} tiene PostgreSQL {number // 10_000}: se necesita {OLDEST} o posterior.",
            hint="Actualice el servidor o use otro.",
        )
    return f"{number // 10_000}.{number % 10_000}"


def _ready_external(link: Connection) -> None:
    """Have the application's role on a server that is not ours. Raises PostgresRoleMissing."""
    with psycopg.connect(link.dsn(), connect_timeout=REMOTE_WAIT, autocommit=True) as session:
        try:
            making.make_application_role(session, link.user)
        except psycopg.errors.InsufficientPrivilege as error:
            raise PostgresRoleMissing(
                f"Falta el rol {APPLICATION_ROLE} en {link.host}, y {link.user} no puede crearlo ni tomarlo.",
                hint=f"Pida a quien administra el servidor: CREATE ROLE {APPLICATION_ROLE} NOLOGIN NOINHERIT; "
                f"GRANT {APPLICATION_ROLE} TO {link.user};",
            ) from error


def _first_line(error: psycopg.Error) -> str:
    return (str(error).strip().splitlines() or ["sin respuesta"])[0]
