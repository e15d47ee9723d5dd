"""Tables with the server's order, pages, columns and exports. They work without JavaScript; with it only the table is replaced.

The address says everything: `orden` (a column's key, `-` before it for descending), `pagina`, `columnas` (repeated), `formato`
(xlsx or csv) and whatever the filter form has. A view reads it, asks a selector for the rows, and answers:

    asked = tables.read(request, COLUMNS, sort="-at")
    rows, total = selectors.objectives(actor=..., order=asked.order, offset=asked.offset, limit=asked.limit)
    table = Table(COLUMNS, rows, asked, caption=_("Objetivos"), total=total)
    return tables.answer(request, "targets/list.html", table, {"filters": form})
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tequio.kernel.errors import Invalid
from tequio.ui import exports
from tequio.ui.web import htmx

SORT, PAGE, COLUMNS, FORMAT, CHOSEN = "orden", "pagina", "columnas", "formato", "columnas_elegidas"
"""Query parameters of every table. `CHOSEN` tells «no column ticked» from «nobody chose»."""
_OWN: Final = (SORT, PAGE, COLUMNS, FORMAT, CHOSEN, "csrfmiddlewaretoken")
PAGE_SIZE: Final = 25
DEEPEST: Final = 400
"""Last page that is shown: 10,000 rows. Nobody reads further; filters do better, and the base is spared."""
MOST_EXPORTED: Final = 10_000
"""Rows of one export."""
FORMATS: Final = ("xlsx", "csv")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `value` gives the cell's value from a row: text, number, date, `Badge`, `Link`, a `Lacking`, or None."""

    key: str
    label: str | Promise
    value: Callable[[Any], object]
    sort: str = ""
    """What a selector is to order by; empty: the column cannot be sorted by."""
    numeric: bool = False
    wide: bool = False
    """Long text: takes what width there is, and wraps."""
    optional: bool = False
    """Not shown until somebody chooses it."""


@dataclass(frozen=True, slots=True)
class Read:
    """What the address asks of a table."""

    order: str
    """What to order by, `-` before it for descending; empty: the selector's own order."""
    sort_key: str
    descending: bool
    page: int
    size: int
    keys: tuple[str, ...]
    """Columns to show."""
    export: str
    """Format to export in, or empty."""
    query: QueryDict = field(compare=False)
    path: str = ""

    @property
    def offset(self) -> int:
        """Rows before the first one."""
        return 0 if self.export else (self.page - 1) * self.size

    @property
    def limit(self) -> int:
        """Rows to ask for: those of the page and one more, which says whether there is a next one."""
        return MOST_EXPORTED + 1 if self.export else self.size + 1

    def url(self, **changes: str | None) -> str:
        """The same address with some parameters changed; None takes one out."""
        query = self.query.copy()
        query.pop(FORMAT, None)
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = value
        text = query.urlencode()
        return f"{self.path}?{text}" if text else self.path


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's head: where it leads, and how it is sorted now."""

    column: Column
    url: str
    sorted: str
    """ascending, descending or empty."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell."""

    column: Column
    value: object


class Table:
    """Rows of one page, with their columns. `rows` may hold one row more than the page: then there is a next one."""

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Iterable[Any],
        asked: Read,
        *,
        caption: str | Promise,
        total: int | None = None,
        name: str = "tabla",
        empty: str | Promise = "",
    ) -> None:
        self.columns = columns
        self.asked = asked
        self.caption = caption
        self.total = total
        self.id = name
        self.empty = empty
        listed = list(rows)
        most = asked.limit - 1
        self.more = len(listed) > most
        self.rows = listed[:most]

    @property
    def shown(self) -> list[Column]:
        """Columns to show."""
        return [column for column in self.columns if column.key in self.asked.keys]

    @property
    def headings(self) -> list[Heading]:
        """Heads of the columns shown."""
        return [self._heading(column) for column in self.shown]

    @property
    def body(self) -> Iterator[list[Cell]]:
        """Cells, row by row."""
        shown = self.shown
        return ([Cell(column, column.value(row)) for column in shown] for row in self.rows)

    @property
    def choices(self) -> list[tuple[Column, bool]]:
        """Every column, and whether it is shown."""
        return [(column, column.key in self.asked.keys) for column in self.columns]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters that the form of columns carries on: filters and order."""
        return [(name, value) for name, value in _pairs(self.asked.query) if name not in {COLUMNS, CHOSEN, PAGE, FORMAT}]

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """(value of `orden`, what it says, whether it is in force), for narrow screens, which show no heads."""
        return [
            (
                f"-{column.key}" if down else column.key,
                (_("{column}, descendente") if down else _("{column}, ascendente")).format(column=column.label),
                column.key == self.asked.sort_key and down == self.asked.descending,
            )
            for column in self.columns
            if column.sort
            for down in (False, True)
        ]

    @property
    def pages(self) -> int:
        """How many pages there are to go to; 0 if the total is not known."""
        return min(DEEPEST, -(-self.total // self.asked.size)) if self.total else 0

    @property
    def first(self) -> int:
        """Number of the first row shown, from 1; 0 if there is none."""
        return self.asked.offset + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return self.asked.offset + len(self.rows)

    @property
    def previous_url(self) -> str:
        """The page before, or empty."""
        page = self.asked.page
        return "" if page <= 1 else self.asked.url(**{PAGE: str(page - 1) if page > 2 else None})

    @property
    def next_url(self) -> str:
        """The page after, or empty."""
        return self.asked.url(**{PAGE: str(self.asked.page + 1)}) if self.more and self.asked.page < DEEPEST else ""

    @property
    def cut(self) -> bool:
        """Whether there are more rows than any page shows."""
        return self.more and self.asked.page >= DEEPEST

    @property
    def exports(self) -> list[tuple[str, str]]:
        """(format, address) of each export."""
        return [(name.upper(), self.asked.url(**{FORMAT: name, PAGE: None})) for name in FORMATS]

    def _heading(self, column: Column) -> Heading:
        if not column.sort:
            return Heading(column, "", "")
        here = column.key == self.asked.sort_key
        now = ("descending" if self.asked.descending else "ascending") if here else ""
        wanted = f"-{column.key}" if now == "ascending" else column.key
        return Heading(column, self.asked.url(**{SORT: wanted, PAGE: None}), now)


def read(request: HttpRequest, columns: Sequence[Column], *, sort: str = "", size: int = PAGE_SIZE) -> Read:
    """What the address asks. `sort` is the order when it says none: a column's key, `-` before it for descending.

    What is not understood (a column that does not exist or cannot be sorted by) is taken as not said. Raises Invalid for a page
    that no table has.
    """
    query = request.GET
    by_key = {column.key: column for column in columns if column.sort}
    wanted = query.get(SORT, "")
    chosen = wanted if wanted.lstrip("-") in by_key else sort
    key, descending = chosen.lstrip("-"), chosen.startswith("-")
    order = by_key[key].sort if key in by_key else ""
    export = query.get(FORMAT, "")
    return Read(
        order=_flipped(order) if descending and order else order,
        sort_key=key,
        descending=descending,
        page=_page(query.get(PAGE, "1")),
        size=size,
        keys=_keys(query, columns),
        export=export if export in FORMATS else "",
        query=query,
        path=request.path,
    )


def page_of(asked: Read, rows: Sequence[Any], columns: Sequence[Column]) -> list[Any]:
    """The page of a short list that is all at hand, in the order asked: for lists that a selector bounds and does not page."""
    column = next((one for one in columns if one.key == asked.sort_key and one.sort), None)
    listed = list(rows)
    if column is not None:
        listed.sort(key=lambda row: _comparable(column.value(row)), reverse=asked.descending)
    return listed[asked.offset : asked.offset + asked.limit]


def answer(
    request: HttpRequest, template: str, table: Table, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """The page; or only the table, when only that was asked for; or the file. An export is on the log."""
    filters = (context or {}).get("filters")
    if table.asked.export:
        return exports.of_table(request, table, exports.filters_of(filters, table.asked.query, _OWN))
    told = {**(context or {}), "table": table}
    if htmx.target(request) == table.id:
        template = "ui/parts/table.html"
    return render(request, template, told, status=status)


def _keys(query: QueryDict, columns: Sequence[Column]) -> tuple[str, ...]:
    known = [column.key for column in columns]
    chosen = [key for key in known if key in query.getlist(COLUMNS)]
    return tuple(chosen) or tuple(column.key for column in columns if not column.optional)


def _page(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= DEEPEST or len(text) > 6:
        raise Invalid(f"Las páginas van de 1 a {DEEPEST}.", hint="Use los filtros para acercarse a lo que busca.")
    return int(text)


def _flipped(order: str) -> str:
    return order[1:] if order.startswith("-") else f"-{order}"


def _comparable(value: object) -> tuple[int, Any]:
    """Numbers and dates by their value, text by its letters, what is not known last."""
    if value is None or value == "":
        return (2, "")
    return (0, value) if isinstance(value, int | float) else (1, getattr(value, "isoformat", lambda: str(value).casefold())())


def _pairs(query: QueryDict) -> Iterator[tuple[str, str]]:
    for name, values in query.lists():
        for value in values:
            yield name, str(value)
