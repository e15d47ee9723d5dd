"""What can go wrong with the private cluster. Each has its own code, so that a program can tell them apart."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tequio.kernel.errors import Unavailable

_REASONS = {
    errno.EACCES: "no hay permiso",
    errno.EPERM: "no hay permiso",
    errno.ENOENT: "no existe",
    errno.ENOTDIR: "no es una carpeta",
    errno.EEXIST: "ya existe",
    errno.ENOSPC: "el disco está lleno",
    errno.EDQUOT: "se agotó el espacio que el usuario tiene asignado",
    errno.EROFS: "el disco es de solo lectura",
    errno.ENAMETOOLONG: "el nombre es demasiado largo",
    errno.ELOOP: "es un enlace que no se debe seguir",
    errno.EIO: "el disco falla",
}


class PostgresNotFound(Unavailable):
    """No usable PostgreSQL binaries where they were looked for."""

    code = "POSTGRES_NO_ENCONTRADO"


class PostgresVersionMismatch(Unavailable):
    """PostgreSQL is too old, or is not of the major version that made the data folder."""

    code = "POSTGRES_VERSION"


class PostgresWontStart(Unavailable):
    """The server, or the making of its data folder, failed. The message carries the last lines of the log."""

    code = "POSTGRES_NO_ARRANCA"


class PostgresWontStop(Unavailable):
    """The server was told to stop and is still there."""

    code = "POSTGRES_NO_SE_DETIENE"


class PostgresUnreachable(Unavailable):
    """The external server does not answer."""

    code = "POSTGRES_INALCANZABLE"


class PostgresUrlInvalid(Unavailable):
    """TEQUIO_POSTGRES looks like a URL and cannot be read as one."""

    code = "POSTGRES_URL"


class PostgresRoleMissing(Unavailable):
    """The external server lacks the application's role, and the role that logs in may not make it."""

    code = "POSTGRES_SIN_ROL"


class ClusterFolderUnusable(Unavailable):
    """A folder that the cluster needs cannot be made, read or trusted."""

    code = "POSTGRES_CARPETA"


class ClusterOwnedByAnother(Unavailable):
    """The folder belongs to another user of the operating system."""

    code = "POSTGRES_AJENO"


class ClusterBusy(Unavailable):
    """Another process has held the cluster's lock for too long."""

    code = "POSTGRES_OCUPADO"


@contextmanager
def folder_faults(home: Path) -> Iterator[None]:
    """Inside the block an error of the file system becomes ClusterFolderUnusable, which names the path."""
    try:
        yield
    except OSError as error:
        path = error.filename or home
        raise ClusterFolderUnusable(
            f"No se puede usar {path}: {_REASONS.get(error.errno or 0, error.strerror or str(error))}.",
            hint="Revise que la carpeta exista, que sea suya y que haya espacio; o indique otra en TEQUIO_HOME.",
            facts={"path": str(path), "home": str(home)},
        ) from error
