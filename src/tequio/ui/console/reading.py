"""Values typed by a person: identifiers, dates, purposes, files. What cannot be read is said in Spanish, with what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from tequio.kernel import clock
from tequio.kernel.errors import Conflict, Invalid

E = TypeVar("E", bound=StrEnum)

MOST_LISTED = 1_000
"""Rows that one list shows at most: a person does not read more, and a program should use the export."""
MOST_REFERENCE = 120
"""Characters of a folio or a document: what the log keeps."""

_REASONS = {
    errno.ENOENT: "no existe",
    errno.EISDIR: "es una carpeta",
    errno.ENOTDIR: "una parte de su ruta no es una carpeta",
    errno.EACCES: "no hay permiso",
    errno.EPERM: "no hay permiso",
    errno.ENOSPC: "el disco está lleno",
    errno.EROFS: "el disco es de solo lectura",
    errno.ENAMETOOLONG: "el nombre es demasiado largo",
    errno.ELOOP: "es un enlace que da vueltas",
}


class FileUnusable(Invalid):
    """The file cannot be read or written."""

    code = "ARCHIVO_NO_UTILIZABLE"


class FileThere(Conflict):
    """A file of that name exists, and nothing is written over."""

    code = "ARCHIVO_YA_EXISTE"


def identifier(text: str, what: str) -> UUID:
    """An identifier as printed by other commands. Raises Invalid."""
    try:
        return UUID(text.strip())
    except ValueError:
        raise Invalid(
            f"«{text[:60]}» no es un identificador de {what}.",
            hint="Cópielo completo, p. ej. 0193e2a0-0000-7000-8000-000000000000.",
        ) from None


def choice(text: str, kind: type[E], what: str) -> E:
    """One of the values of `kind`. Raises Invalid, which lists them."""
    return kind(one_of(text, [member.value for member in kind], what))


def one_of(text: str, values: Iterable[str], what: str) -> str:
    """One of `values`. Raises Invalid, which lists them."""
    known = list(values)
    if text not in known:
        raise Invalid(f"«{text[:60]}» no es un valor de {what}.", hint=f"Valores: {', '.join(known)}.")
    return text


def limit(number: int) -> int:
    """How many rows to show. Raises Invalid outside 1 to 1,000."""
    if not 1 <= number <= MOST_LISTED:
        raise Invalid(f"Se muestran de 1 a {MOST_LISTED} renglones, no {number}.", hint="Corrija --limit.")
    return number


def day(text: str, what: str) -> date | None:
    """AAAA-MM-DD or DD/MM/AAAA; blank is None. Raises Invalid."""
    if not text.strip():
        return None
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip(), shape).date()
        except ValueError:
            continue
    raise Invalid(f"«{text[:40]}» no es una fecha de {what}.", hint="Escríbala como AAAA-MM-DD o DD/MM/AAAA.")


def instant(text: str, what: str) -> datetime:
    """AAAA-MM-DD HH:MM, in central Mexico unless it names a zone, as UTC; blank is now. Raises Invalid."""
    if not text.strip():
        return clock.now()
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(f"«{text[:40]}» no es un momento de {what}.", hint="Escríbalo como «AAAA-MM-DD HH:MM».") from None
    try:
        return (read if read.tzinfo else read.replace(tzinfo=clock.MEXICO)).astimezone(UTC)
    except (OverflowError, ValueError):
        raise Invalid(f"«{text[:40]}» está fuera del calendario.", hint="Revise el año.") from None


def short(text: str, what: str) -> str:
    """A reference that the log can keep. Raises Invalid when it is longer."""
    if len(text) > MOST_REFERENCE:
        raise Invalid(f"{what} tiene {len(text)} letras; caben {MOST_REFERENCE}.", hint="Abrévielo.")
    return text


def existing_file(path: Path) -> Path:
    """A regular file that is there. Raises FileUnusable."""
    with file_faults(path):
        path.stat()
    if not path.is_file():
        raise FileUnusable(f"{path} no es un archivo.", hint="Indique un archivo, no una carpeta ni un dispositivo.")
    return path


def fresh_file(path: Path) -> Path:
    """A name under which a file can be made. Raises FileThere, FileUnusable."""
    if path.exists() or path.is_symlink():
        raise FileThere(f"{path} ya existe y no se escribe encima.", hint="Indique otro nombre, o bórrelo primero.")
    if not path.parent.is_dir():
        raise FileUnusable(f"No existe la carpeta {path.parent}.", hint="Créela, o indique otra.")
    return path


@contextmanager
def file_faults(path: Path) -> Iterator[None]:
    """Inside the block an error of the file system becomes FileUnusable, which names the path."""
    try:
        yield
    except OSError as error:
        raise FileUnusable(
            f"No se puede usar {error.filename or path}: {_REASONS.get(error.errno or 0, 'el sistema lo niega')}.",
            hint="Revise la ruta y los permisos.",
        ) from error
