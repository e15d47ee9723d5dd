"""How far a batch under way has got, for whoever waits for it.

A batch is one transaction, so its progress cannot be told through the database: it is a small file, which goes with the end.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from django.conf import settings


def counting(batch_id: UUID, also: Callable[[int], None] | None = None) -> Callable[[int], None]:
    """What notes the rows read so far, and tells `also`. A disk that admits no note does not stop the batch."""

    def count(rows: int) -> None:
        with suppress(OSError):
            _note(batch_id, rows)
        if also is not None:
            also(rows)

    return count


def rows_read(batch_id: UUID) -> int | None:
    """Rows read so far of a batch under way on this machine; None of one that nobody is processing."""
    try:
        text = _place(batch_id).read_text(encoding="ascii")
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def clear(batch_id: UUID) -> None:
    """The batch is over, or its transaction was undone."""
    with suppress(OSError):
        _place(batch_id).unlink(missing_ok=True)


def _note(batch_id: UUID, rows: int) -> None:
    place = _place(batch_id)
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    draft.write_text(str(rows), encoding="ascii")
    draft.replace(place)


def _place(batch_id: UUID) -> Path:
    return Path(settings.FILES) / "progress" / str(batch_id)
