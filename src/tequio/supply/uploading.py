"""Uploads: straight to disk, in pieces, never whole in memory, and cut at the limit.

Set in the settings for every form, since the form's own protection reads the request before any view does.
"""

from __future__ import annotations

import tempfile
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tequio.kernel.errors import TequioError, Unavailable
from tequio.supply import uploads
from tequio.supply.readers import TooLarge

MIB: Final = 1 << 20
_DRAINED: Final = 2
"""Of an upload up to this many times the limit the rest is read and thrown away, so that the browser gets to its answer."""


class NoRoom(Unavailable):
    """The disk does not take the file."""

    code = "SIN_ESPACIO"


class _Incoming(TemporaryUploadedFile):
    """A temporary file in the folder where uploads wait, so that taking it over is a rename."""

    def __init__(self, name: str, content_type: str | None, size: int, charset: str | None, extra: Any) -> None:
        folder = uploads.incoming_folder()
        folder.mkdir(parents=True, exist_ok=True)
        file = tempfile.NamedTemporaryFile(prefix=".", suffix=".upload", dir=folder)  # noqa: SIM115 - it lives as long as the request
        UploadedFile.__init__(self, file, name, content_type, size, charset, extra)


class ToDisk(FileUploadHandler):
    """The only upload handler."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._file: _Incoming | None = None
        self._size = 0
        self._announced = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """What the browser says that it will send."""
        self._announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self._size = 0
        if self._announced > settings.MOST_UPLOAD + MIB:
            self._stop(too_large())
        try:
            self._file = _Incoming(self.file_name or "", self.content_type, 0, self.charset, self.content_type_extra)
        except OSError:
            self._stop(_no_room())

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece."""
        self._size += len(raw_data)
        if self._size > settings.MOST_UPLOAD:
            self._stop(too_large())
        try:
            if self._file is not None:
                self._file.write(raw_data)
        except OSError:
            self._stop(_no_room())

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """The file is whole."""
        if self._file is None:
            return None
        try:
            self._file.seek(0)
        except OSError:
            self._stop(_no_room())
        self._file.size = file_size
        return self._file

    def upload_interrupted(self) -> None:
        """The browser went away: nothing is left on disk."""
        self._drop()

    def _stop(self, refusal: TequioError) -> None:
        self._drop()
        self.request.upload_refusal = refusal  # type: ignore[union-attr]
        raise StopUpload(connection_reset=self._announced > _DRAINED * settings.MOST_UPLOAD)

    def _drop(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def refusal_of(request: HttpRequest) -> TequioError | None:
    """Why the request's file was not taken, if it was not."""
    found = getattr(request, "upload_refusal", None)
    return found if isinstance(found, TequioError) else None


def too_large() -> TooLarge:
    """The refusal of a file larger than this node takes."""
    return TooLarge(
        _("El archivo pasa de {n} MiB, que es lo más que recibe este nodo.").format(n=f"{settings.MOST_UPLOAD // MIB:,}"),
        hint=_("Divídalo por periodo o por municipio y envíe las partes, o pida a quien opera el nodo que lo suministre."),
    )


def _no_room() -> NoRoom:
    return NoRoom(
        _("El nodo no tiene espacio para recibir el archivo."), hint=_("Avise a quien opera el nodo y repita más tarde.")
    )
