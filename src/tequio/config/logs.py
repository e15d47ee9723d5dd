"""The technical log: what a line of it may say. It goes where many read, so it names nobody and opens nothing."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Final

from tequio.kernel import stories

NOWHERE: Final = "(no such address)"

_Info = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Line(logging.Formatter):
    """A line: of an address, which may hold a secret, its pattern alone; of an error, no words."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. The record itself stays as it is, for other handlers."""
        told = logging.makeLogRecord(record.__dict__ | {"exc_text": None})
        path = getattr(getattr(record, "request", None), "path", None)
        if isinstance(path, str) and isinstance(record.args, tuple):
            match = getattr(record.request, "resolver_match", None)  # type: ignore[attr-defined]
            pattern = f"/{match.route}" if match is not None else NOWHERE
            forms = {path, path.encode("unicode_escape").decode("ascii")}  # as the framework writes what cannot be printed
            told.args = tuple(pattern if isinstance(one, str) and one in forms else one for one in record.args)
        return super().format(told)

    def formatException(self, ei: _Info) -> str:
        """An error's kinds and frames. Its words are in the log of the data folder, as far as they may be kept."""
        return stories.without_words(ei[1]) if ei[1] is not None else ""
