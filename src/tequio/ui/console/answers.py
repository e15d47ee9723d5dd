"""What a command answers: data for programs, text and tables for people. Plain when nobody looks at a screen."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import IO
from uuid import UUID

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from tequio.kernel import clock

PLAIN_WIDTH = 400
"""Columns of an answer that goes to a file or a pipe: wide enough that no cell is folded."""

_HIDDEN = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2066, 0x206A)], "·"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command did. `status` is its exit status: 0 unless it ended in a refusal that still has an answer.

    A part that is plain `str` is written as it is, never folded nor coloured.
    """

    data: Mapping[str, object]
    parts: Sequence[RenderableType] = ()
    status: int = 0


def clean(value: object) -> str:
    """A value as text that cannot move the cursor, colour the screen or turn the line around: such signs become a dot."""
    return ("" if value is None else str(value)).translate(_HIDDEN)


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> Table:
    """A table of cleaned cells. On a screen it has lines; in a file, only columns."""
    made = Table(title=title or None, title_justify="left", box=box.SIMPLE if on_screen(sys.stdout) else None, pad_edge=False)
    for header in headers:
        made.add_column(Text(header))
    for row in rows:
        made.add_row(*(Text(clean(cell)) for cell in row))
    return made


def facts(pairs: Iterable[tuple[str, object]]) -> Table:
    """Names and values, one a line. Pairs without a value are left out."""
    made = Table(show_header=False, box=None, pad_edge=False)
    made.add_column()
    made.add_column(overflow="fold")
    for name, value in pairs:
        if value not in (None, ""):
            made.add_row(Text(str(name), style="bold"), Text(clean(value)))
    return made


def line(text: object) -> Text:
    """One line of text."""
    return Text(clean(text))


def moment(value: datetime | None) -> str:
    """An instant as read in central Mexico: 2026-11-01 23:41."""
    return f"{value.astimezone(clock.MEXICO):%Y-%m-%d %H:%M}" if value else ""


def yes_or_no(value: bool) -> str:
    """A truth value as a person says it."""
    return "sí" if value else "no"


def show(answer: Answer, *, as_json: bool) -> None:
    """Print an answer on standard output."""
    if as_json:
        write_json({"ok": answer.status == 0, **answer.data})
        return
    for part in answer.parts:
        print_part(part)


def print_part(part: RenderableType) -> None:
    """Print one part on standard output; off the screen, without the blanks that pad its columns."""
    if isinstance(part, str):
        print(part)
    elif on_screen(sys.stdout):
        screen_for(sys.stdout).print(part)
    else:
        drawn = io.StringIO()
        screen_for(drawn).print(part)
        print("\n".join(row.rstrip() for row in drawn.getvalue().rstrip("\n").split("\n")))


def write_json(content: Mapping[str, object]) -> None:
    """One JSON object on one line of standard output, moments in UTC. Letters are escaped only where the output lacks them."""
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    print(json.dumps(content, ensure_ascii=encoding != "utf8", default=_plain))


def stop_writing() -> None:
    """After a broken pipe: whoever read the answer has seen enough, and what is still to be flushed goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def screen_for(stream: IO[str]) -> Console:
    """A writer for `stream`: colour and its own width on a screen, neither elsewhere."""
    if on_screen(stream):
        return Console(file=stream, highlight=False, markup=False, emoji=False)
    return Console(file=stream, highlight=False, markup=False, emoji=False, color_system=None, width=PLAIN_WIDTH)


def on_screen(stream: IO[str]) -> bool:
    """Whether a person looks at it and wants colour and lines (NO_COLOR unset)."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, UUID | Path):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    raise TypeError(f"{type(value).__name__} has no JSON form")
