"""A count of rows that moves while a long command works. On standard error, and only if a person looks at it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tequio.ui.console import answers


@contextmanager
def counting(what: str, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Gives a function to call with the rows done so far. The total is not known before the file ends."""
    if quiet or not answers.on_screen(sys.stderr):
        yield lambda rows: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f} renglones"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=answers.screen_for(sys.stderr), transient=True) as shown:
        task = shown.add_task(what, total=None)
        yield lambda rows: shown.update(task, completed=rows)
