"""Commands of whoever operates a node: up, down, status, migrate, run, worker."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Final

import typer
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from rich.console import RenderableType

from tequio.access import selectors as access
from tequio.access import walls
from tequio.access.domain import Actor, Purpose, PurposeCode, Role
from tequio.catalogs import services as catalogs
from tequio.config import worker
from tequio.institutions import services as institutions
from tequio.kernel import cluster
from tequio.kernel.errors import Invalid, Unavailable
from tequio.search import selectors as search_read
from tequio.search import services as search
from tequio.search.segments.prepare import prepare
from tequio.ui import health
from tequio.ui.console import answers
from tequio.ui.console.answers import Answer, facts, line, moment, yes_or_no
from tequio.ui.console.entry import Output, command
from tequio.ui.console.faults import DatabaseDown, NotMigrated
from tequio.ui.console.spanish import group

_MIGRATION_LOCK: Final = 0x7E9_A1A5
"""Key of the advisory lock that keeps two migrations of one base apart."""
_GRACE: Final = 10.0
"""Seconds that a child has to end in order before it is killed."""
_PORTS: Final = range(1, 65_536)
_THREADS: Final = 8
"""Requests attended at once; each has a connection to the database while it lasts."""
_QUEUE: Final = 64
"""Requests taken in at once; more wait in the system's own queue."""
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")

app = group("Operación del nodo.")


class PortTaken(Unavailable):
    """Another program listens there."""

    code = "PUERTO_OCUPADO"


class ChildDied(Unavailable):
    """The web server or the worker ended by itself."""

    code = "PROCESO_TERMINADO"


@command(app, "up")
def up(output: Output) -> Answer:
    """Arranca la base de datos privada de la carpeta de datos; la crea la primera vez."""
    link = cluster.up(_home(), os.environ, say=_say)
    data = {"home": _home(), "host": link.host, "port": link.port, "database": link.dbname}
    return Answer(data, [line(f"Base de datos lista en {_home()}.")])


@command(app, "down")
def down(output: Output) -> Answer:
    """Detiene la base de datos privada. Nada de lo confirmado se pierde."""
    cluster.down(_home(), os.environ, say=_say)
    return Answer({"home": _home()}, [line("Base de datos fuera de marcha.")])


@command(app, "status")
def status(output: Output) -> Answer:
    """Dice cómo están la base de datos, las migraciones y lo que falta por procesar."""
    found = cluster.status(_home(), os.environ)
    state = health.read()
    data: dict[str, object] = {"home": _home(), "cluster": asdict(found), "health": state.as_dict()}
    pairs: list[tuple[str, object]] = [
        ("Carpeta de datos", _home()),
        ("PostgreSQL", f"{found.version or 'versión desconocida'} ({found.source or 'sin iniciar'})"),
        ("Proceso", found.pid),
        ("Datos", found.data_folder),
        ("Base de datos alcanzable", yes_or_no(state.database)),
    ]
    if state.database:
        pairs += [("Migraciones pendientes", state.migrations_pending)]
    if state.ok:
        pairs += [
            ("Dependencias", state.agencies),
            (
                "Reacciones en espera",
                f"{state.backlog}" + (f", desde {moment(state.waiting_since)}" if state.waiting_since else ""),
            ),
            *((str(health.LABELS.get(name, name)), value) for name, value in state.gauges.items()),
        ]
    parts: list[RenderableType] = [facts(pairs)]
    if not state.database:
        parts.append(line("La base de datos no está en marcha: `tequio up`."))
    elif state.migrations_pending:
        parts.append(line("Faltan migraciones: `tequio migrate`."))
    return Answer(data, parts)


@command(app, "migrate")
def migrate(output: Output) -> Answer:
    """Arranca la base, la lleva a esta versión y carga los datos de referencia. Repetirlo no cambia nada."""
    cluster.up(_home(), os.environ, say=_say)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
    try:
        pending = health.pending_migrations()
        call_command("migrate", interactive=False, verbosity=0)
        actor, purpose = _installer(), Purpose(PurposeCode.ADMINISTRATION, "tequio migrate")
        tally = institutions.load_reference(actor=actor, purpose=purpose) + catalogs.load_reference(
            actor=actor, purpose=purpose
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])
    outdated = search_read.state().outdated
    data = {
        "applied": pending,
        "reference": {"created": tally.created, "updated": tally.updated, "kept": tally.kept},
        "index_outdated": outdated,
    }
    parts: list[RenderableType] = [line(f"Migraciones aplicadas: {pending}."), line(f"Datos de referencia: {tally}")]
    if outdated:
        parts.append(line("El índice de búsqueda es de otra versión y no encuentra todos los registros: `tequio reindex`."))
    return Answer(data, parts)


@command(app, "reindex")
def reindex(output: Output) -> Answer:
    """Rehace el índice de búsqueda a partir de los registros. Es derivado: perderlo no pierde nada. Si se corta, sigue."""
    _require_ready()
    entries = search.rebuild_index(lambda rebuilt: _say(f"Índice: {rebuilt.done} de {rebuilt.total} registros."))
    return Answer({"entries": entries}, [line(f"Índice de búsqueda rehecho: {entries} registros.")])


@command(app, "worker")
def run_worker(output: Output) -> Answer:
    """Atiende las reacciones pendientes y los relojes, hasta Ctrl-C o SIGTERM."""
    _require_ready()
    prepare()
    stop = _stop_on_signals()
    _say("El proceso de trabajo está en marcha; Ctrl-C para terminar.")
    ran = worker.work(stop)
    return Answer({"reactions": ran}, [line(f"El proceso de trabajo terminó en orden; atendió {ran} reacciones.")])


@command(app, "run")
def run(
    output: Output,
    host: Annotated[str, typer.Option("--host", metavar="DIRECCIÓN", help="Dirección en la que atiende.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="PUERTO", help="Puerto en el que atiende.")] = 8000,
) -> Answer:
    """Atiende la web y las reacciones en dos procesos, hasta Ctrl-C o SIGTERM."""
    _refuse_taken(host, port)
    _require_ready()
    call_command("collectstatic", interactive=False, verbosity=0)
    connection.close()
    prepare()  # before either process needs it: the first time takes a minute, which no search should wait
    stop = _stop_on_signals()
    if host not in _LOOPBACK and "TEQUIO_HOSTS" not in os.environ:
        _say("Fuera de este equipo solo se responde a los nombres de TEQUIO_HOSTS, que no está definida.")
    _say(f"Tequio atiende en http://{f'[{host}]' if ':' in host else host}:{port}/; Ctrl-C para terminar.")
    if host in _LOOPBACK and "TEQUIO_HOSTS" not in os.environ:
        os.environ.setdefault("TEQUIO_HTTPS", "0")  # a browser of this machine, without a proxy: there is no HTTPS to ask for
    _supervise([_web(host, port), [sys.executable, "-m", "tequio.config.cli", "worker"]], stop)
    return Answer({"host": host, "port": port}, [line("Tequio dejó de atender, en orden.")])


def _web(host: str, port: int) -> list[str]:
    options = f"--interface wsgi --workers 1 --no-ws --log-level error --blocking-threads {_THREADS} --backpressure {_QUEUE}"
    return [
        *(sys.executable, "-m", "granian", *options.split()),
        *("--host", host, "--port", str(port), "tequio.config.wsgi:application"),
    ]


def _supervise(commands: Sequence[Sequence[str]], stop: threading.Event) -> None:
    """Keep the children while all live and nobody says stop; then end them all. Raises ChildDied."""
    env = os.environ | {worker.SUPERVISOR: str(os.getpid())}
    children = [subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL) for command in commands]
    try:
        while not stop.wait(0.2):
            dead = next((child for child in children if child.poll() is not None), None)
            if dead is not None:
                which = "El servidor web" if dead is children[0] else "El proceso de trabajo"
                raise ChildDied(
                    f"{which} terminó solo (estado {dead.returncode}).", hint="Lea lo que dijo arriba y repita `tequio run`."
                )
    finally:
        _end(children)


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + _GRACE
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _stop_on_signals() -> threading.Event:
    """An event that Ctrl-C and SIGTERM set, instead of cutting the work."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _refuse_taken(host: str, port: int) -> None:
    """Raises Invalid for what is no address, PortTaken where another listens."""
    if port not in _PORTS:
        raise Invalid(f"El puerto {port} no existe.", hint="Indique --port de 1 a 65535.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(found[0], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found[4])
    except (socket.gaierror, UnicodeError):
        raise Invalid(f"«{host}» no es una dirección.", hint="Indique --host con una dirección de este equipo.") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"El puerto {port} de {host} está ocupado.", hint="Termine el otro programa o indique otro --port."
            ) from error
        raise PortTaken(
            f"No se puede atender en {host}:{port}.", hint="Indique una dirección de este equipo y un puerto permitido."
        ) from error


def _require_ready() -> None:
    """Raises DatabaseDown, NotMigrated, WallDown."""
    state = health.read()
    if not state.database:
        raise DatabaseDown("La base de datos no responde.", hint="Arránquela con `tequio up` y repita.")
    if state.migrations_pending:
        raise NotMigrated(f"Faltan {state.migrations_pending} migraciones.", hint="Ejecute `tequio migrate` y repita.")
    walls.require()


def _installer() -> Actor:
    """The system, with the one role that loading reference data asks for."""
    return replace(access.system_actor(worker.SYSTEM_AGENCY), roles=frozenset({Role.HUB_OPERATOR}))


def _home() -> Path:
    return Path(settings.HOME)


def _say(text: str) -> None:
    """What happens meanwhile, on standard error."""
    answers.screen_for(sys.stderr).print(line(text))
