"""Small operations on files that stay safe in a folder which another user may write: no link is ever followed."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tequio.kernel.cluster.faults import ClusterBusy

LOCK_WAIT = 900.0
"""Seconds to wait for another `up` or `down`: crash recovery of a large cluster takes minutes."""
_LOCK_POLL = 0.05


def owner_of(path: Path) -> int | None:
    """User number of `path`'s owner, or None if it cannot be seen."""
    try:
        return path.stat().st_uid
    except OSError:
        return None


def read_if_present(path: Path) -> str | None:
    """Text of a small file, or None."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return None


def open_own(path: Path, flags: int) -> int:
    """Open or create a file private to the owner of its folder; returns the descriptor, not inherited by children."""
    handle = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    parent = path.parent.stat()
    if os.geteuid() == 0 and os.fstat(handle).st_uid != parent.st_uid:
        os.fchown(handle, parent.st_uid, parent.st_gid)
    return handle


def write_atomically(path: Path, text: str, *, owner: tuple[int, int] | None, mode: int) -> None:
    """Replace `path` in one step: a reader, or a crash, sees the old text or the new one. `owner` is (uid, gid).

    The caller holds the cluster's lock, so the half-written file has a fixed name and none are left to pile up.
    """
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
        os.fchmod(handle, mode)
        if owner is not None and os.geteuid() == 0:
            os.fchown(handle, *owner)
        file.write(text)
        file.flush()
        os.fsync(handle)
    fresh.replace(path)


def make_folders(folder: Path, mode: int) -> None:
    """Make `folder` and its missing parents with exactly `mode`, whatever the umask. What exists is left as it is."""
    missing = []
    place = folder
    while not place.exists():
        missing.append(place)
        place = place.parent
    for place in reversed(missing):
        try:
            place.mkdir(mode)
        except FileExistsError:  # another process made it at the same moment
            continue
        place.chmod(mode)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))


def make_private(folder: Path, uid: int, gid: int) -> None:
    """Make one folder that only `uid` (and root) enters. Raises FileExistsError."""
    folder.mkdir(0o700)
    if os.geteuid() == 0:
        os.chown(folder, uid, gid, follow_symlinks=False)


def sync_folder(folder: Path) -> None:
    """Make a rename inside `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def tail(path: Path, lines: int) -> str:
    """The last `lines` lines of a text file, reading at most its last 16 KiB; empty if it cannot be read."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 16_384))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


@contextmanager
def exclusive(path: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock file `path` inside the block. The kernel frees it if the holder dies. Raises ClusterBusy."""
    handle = open_own(path, os.O_RDWR)
    try:
        limit = time.monotonic() + LOCK_WAIT
        waiting = False
        while not _taken(handle):
            if not waiting:
                say("Otro proceso de Tequio está arrancando o deteniendo la base de datos; se espera a que termine.")
                waiting = True
            if time.monotonic() > limit:
                raise ClusterBusy(
                    "Otro proceso de Tequio tiene ocupada la base de datos desde hace más de quince minutos.",
                    hint=f"Vea cuál es con: fuser {path}",
                )
            time.sleep(_LOCK_POLL)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
