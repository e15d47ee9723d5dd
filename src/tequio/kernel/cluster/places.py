"""Where the private cluster keeps its things and which user of the operating system runs it.

Everything here is computed from the home folder, the caller's user and the permissions found; nothing is started.
PostgreSQL refuses to run as root. When the caller is root the server runs as the home's owner, else as `postgres`,
else as `nobody`; its socket is then under /var/lib/tequio, and so is its data if that user cannot enter the home.
No permission of a folder that somebody else made is ever changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import stat
import string
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from tequio.kernel.cluster.faults import ClusterFolderUnusable, ClusterOwnedByAnother, folder_faults
from tequio.kernel.cluster.files import owner_of, read_if_present
from tequio.kernel.cluster.link import DEFAULT_NAME, DEFAULT_PORT, Connection, external_url, from_url

SYSTEM_STATE = Path("/var/lib/tequio")
"""Parent of what a cluster started by root keeps outside its home. Only root writes here."""
SHARED_TEMP = Path("/tmp")  # noqa: S108 - the folder made in it is refused if it is not ours
"""Fixed, not $TMPDIR: every process must compute the same socket path."""
SOCKET_LIMIT = 103
"""Longest path of a Unix socket in bytes: 104 with its final zero on macOS and BSD, 108 on Linux."""
SOCKET_NAME = f".s.PGSQL.{DEFAULT_PORT}"
_PLAIN = set(string.ascii_letters + string.digits + "/._-+@=:~")
"""Characters with no meaning of their own in postgresql.conf nor in libpq's list of hosts."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user of the operating system that runs the server."""

    uid: int
    gid: int
    name: str
    lowered: bool
    """The caller is root and must become this user before it runs anything of the server's."""
    system: bool
    """A service account (postgres, nobody), not the person who owns the home."""

    def enters(self, folder: Path) -> bool:
        """Whether the permission bits let this user walk into `folder`; what does not exist yet will let it. O(depth)."""
        if not self.lowered:
            return True
        for place in (folder, *folder.parents):
            try:
                found = place.stat()
            except FileNotFoundError:
                continue
            except OSError:
                return False
            others = stat.S_IXGRP if found.st_gid == self.gid else stat.S_IXOTH
            if not found.st_mode & (stat.S_IXUSR if found.st_uid == self.uid else others):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Record:
    """What the last start left written in <home>/cluster.json, for `status` and for a home that was moved."""

    home: str
    data: str
    bin_folder: str
    version: str
    source: str

    def as_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class Layout:
    """Every path of one cluster."""

    home: Path
    data: Path
    run: Path
    account: Account

    @property
    def log(self) -> Path:
        return self.home / "pg.log"

    @property
    def record(self) -> Path:
        return self.home / "cluster.json"

    @property
    def lock(self) -> Path:
        return self.home / "cluster.lock"

    @property
    def nest(self) -> Path:
        """A folder of ours that the server's user can enter."""
        return self.home if self.account.enters(self.home) else outside(self.home)

    @property
    def beside(self) -> tuple[Path, ...]:
        """The folders that only a running server needs, inner first."""
        return (self.run, outside(self.home)) if self.account.system else (self.run,)

    @property
    def initialised(self) -> bool:
        return (self.data / "PG_VERSION").is_file()


def home_folder(env: Mapping[str, str]) -> Path:
    """TEQUIO_HOME, else .tequio in the working folder; absolute."""
    return Path(os.path.abspath(os.path.expanduser(env.get("TEQUIO_HOME", "").strip() or ".tequio")))


def connection(home: Path, env: Mapping[str, str]) -> Connection:
    """How to reach the database of `home`, running or not: the same answer before and after `up`.

    Raises PostgresUrlInvalid; ClusterOwnedByAnother when somebody else sits on the socket's folder.
    """
    if url := external_url(env):
        return from_url(url)
    home = real(home)
    account = account_for(home)
    run = run_folder(home, account)
    refuse_intruder(run, account)
    return Connection(host=str(run), port=DEFAULT_PORT, user=DEFAULT_NAME, password="", dbname=DEFAULT_NAME)


def layout(home: Path) -> Layout:
    """The paths of the cluster of `home`."""
    home = real(home)
    account = account_for(home)
    return Layout(home=home, data=real(_data_folder(home, account)), run=run_folder(home, account), account=account)


def real(path: Path) -> Path:
    """Absolute and without links, so that two names of one home are one cluster."""
    return Path(os.path.realpath(path))


def account_for(home: Path) -> Account:
    """Who runs the server of `home`."""
    uid = os.geteuid()
    if uid != 0:
        return Account(uid=uid, gid=os.getegid(), name=_name_of(uid), lowered=False, system=False)
    owner = owner_of(home)
    if owner:
        person = _account_of(owner, system=False)
        if person.enters(home):
            return person
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        if found.pw_uid != 0:
            return _account_of(found.pw_uid, system=True)
    raise ClusterFolderUnusable(
        "PostgreSQL no puede correr como root y este equipo no tiene los usuarios postgres ni nobody.",
        hint="Ejecute tequio con un usuario ordinario, o dé al usuario la carpeta: chown -R USUARIO " + str(home),
    )


def run_folder(home: Path, account: Account) -> Path:
    """Folder of the server's socket. Depends on names and users only, never on what exists: `connection` needs that."""
    if account.system:
        return outside(home) / "run"
    near = home / "pg-run"
    if len(os.fsencode(near / SOCKET_NAME)) <= SOCKET_LIMIT and _PLAIN.issuperset(str(near)):
        return near
    return SHARED_TEMP / f"tequio-{_mark(home)}"


def outside(home: Path) -> Path:
    """Root's own folder for what the service account must reach and cannot reach in `home`."""
    return SYSTEM_STATE / _mark(home)


def refuse_intruder(run: Path, account: Account) -> None:
    """Raise ClusterOwnedByAnother if `run` exists and is not a folder of `account` alone."""
    with folder_faults(run):
        try:
            found = run.lstat()
        except FileNotFoundError:
            return
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or stat.S_IMODE(found.st_mode) & 0o077:
        raise ClusterOwnedByAnother(
            f"La carpeta {run} debería ser solo del usuario {account.name} y no lo es.",
            hint="Otro usuario pudo crearla para hacerse pasar por la base de datos. Bórrela, o indique otra TEQUIO_HOME.",
            facts={"path": str(run)},
        )


def read_record(home: Path) -> Record | None:
    """The record of `home`, or None if there is none, it is damaged, or a third person wrote it."""
    path = home / "cluster.json"
    if owner_of(path) not in {0, os.geteuid(), owner_of(home)}:
        return None
    text = read_if_present(path)
    if text is None:
        return None
    try:
        found = json.loads(text)
        return Record(**{name: str(found[name]) for name in Record.__slots__})
    except (ValueError, KeyError, TypeError):
        return None


def _data_folder(home: Path, account: Account) -> Path:
    """The folder that already holds data, else the one where it should be."""
    inside, apart = home / "pg", outside(home) / "pg"
    if not account.system:
        return inside
    record = read_record(home)
    places = [inside, apart]
    if record is not None and _still_ours(record, home):
        places.insert(0, Path(record.data))
    for place in places:
        if (place / "PG_VERSION").is_file():
            return place
    return inside if account.enters(home) else apart


def _still_ours(record: Record, home: Path) -> bool:
    """A record speaks of this home, or of the same home under a name that no longer exists (it was moved).

    A copied home also carries the record: while the original exists the data stays with the original.
    """
    known = Path(record.data).parent.parent == SYSTEM_STATE or record.data == str(home / "pg")
    return known and (record.home == str(home) or not Path(record.home).exists())


def _mark(home: Path) -> str:
    return hashlib.sha256(os.fsencode(home)).hexdigest()[:12]


def _account_of(uid: int, *, system: bool) -> Account:
    try:
        gid = pwd.getpwuid(uid).pw_gid
    except KeyError:  # a container whose volume belongs to a number without a name
        gid = uid
    return Account(uid=uid, gid=gid, name=_name_of(uid), lowered=True, system=system)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
