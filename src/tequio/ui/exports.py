"""Lists as files: XLSX and CSV that say on top who took them out, when, for what and with which filters.

Text that a spreadsheet would take for a formula stays text: in XLSX the cell is typed and marked as text, in CSV an apostrophe
goes before it.
"""

from __future__ import annotations

import csv as csv_writer
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from tequio.audit import services as audit
from tequio.audit.domain import Action
from tequio.kernel import clock
from tequio.ui import formats, words
from tequio.ui.web import acting
from tequio.ui.web import purpose as purposes

if TYPE_CHECKING:
    from tequio.ui.tables import Table

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First letters that make a spreadsheet compute a text; the wide ones too, which some programs fold."""
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST: Final = 32_767
"""Characters of a cell."""
_WIDEST: Final = 60
"""Width of a column, in characters."""

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over the rows of every file."""

    title: str
    who: str
    purpose: str
    folio: str
    at: datetime
    filters: tuple[tuple[str, str], ...] = ()

    def lines(self) -> list[tuple[str, str]]:
        """As (what, value)."""
        filters = "; ".join(f"{name}: {value}" for name, value in self.filters) or _("ninguno")
        return [
            (_("Contenido"), self.title),
            (_("Sacado por"), self.who),
            (_("Momento"), f"{formats.instant(self.at)} ({_('hora del centro de México')})"),
            (_("Finalidad"), self.purpose or _("no se pidió")),
            (_("Folio"), self.folio or _("no se pidió")),
            (_("Filtros"), filters),
        ]


def head(request: HttpRequest, title: str, filters: Iterable[tuple[str, str]] = ()) -> Head:
    """The head of a file that the person of this request takes out now. Raises NotAllowed for nobody."""
    actor = acting.who(request)
    purpose = purposes.current(request)
    name = str(getattr(request.user, "full_name", "") or actor.username)
    return Head(
        title=title,
        who=f"{name} ({actor.username}), {actor.agency_code}",
        purpose=str(words.PURPOSES[purpose.code]) if purpose else "",
        folio=purpose.folio if purpose else "",
        at=clock.now(),
        filters=tuple(filters),
    )


def xlsx(name: str, top: Head, labels: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A workbook of one sheet. O(cells); rows go through one by one. `name` is the file's, without ending."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Datos"))
    widths = [max(14, min(_WIDEST, len(label) + 2)) for label in labels]
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    lines = top.lines()
    sheet.freeze_panes = f"A{len(lines) + 3}"
    for what, value in lines:
        sheet.append([_text_cell(sheet, what, bold=True), _text_cell(sheet, value)])
    sheet.append([])
    sheet.append([_text_cell(sheet, label, bold=True) for label in labels])
    for row in rows:
        sheet.append([_xlsx_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return _attachment(out.getvalue(), XLSX, f"{name}.xlsx")


def csv(name: str, top: Head, labels: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """UTF-8 with its mark, so that spreadsheets read the accents. `name` is the file's, without ending."""
    out = io.StringIO()
    writer = csv_writer.writer(out, lineterminator="\r\n")
    writer.writerows([_csv_cell(what), _csv_cell(value)] for what, value in top.lines())
    writer.writerow([])
    writer.writerow([_csv_cell(label) for label in labels])
    writer.writerows([_csv_cell(value) for value in row] for row in rows)
    return _attachment(b"\xef\xbb\xbf" + out.getvalue().encode("utf-8"), CSV, f"{name}.csv")


WRITERS: Final = {"xlsx": xlsx, "csv": csv}


def of_table(request: HttpRequest, table: Table, filters: Iterable[tuple[str, str]]) -> HttpResponse:
    """The file of a table, in the format that it asks for, with the columns that it shows. Leaves a line on the log: how many
    rows, in which format, with filters on what; never their values.
    """
    shown, told = table.shown, tuple(filters)
    rows = [[column.value(row) for column in shown] for row in table.rows]
    facts = {
        "screen": request.resolver_match.view_name if request.resolver_match else "",
        "format": table.asked.export,
        "rows": len(rows),
        "filters": sorted(name for name, _value in told),
        "cut": table.more,
    }
    log(request, facts)
    top = head(request, str(table.caption), [*told, *_cut(table)])
    name = f"{slugify(str(table.caption)) or 'datos'}-{top.at.astimezone(clock.MEXICO):%Y%m%d-%H%M}"
    return WRITERS[table.asked.export](name, top, [str(column.label) for column in shown], rows)


def log(request: HttpRequest, facts: Mapping[str, Any]) -> None:
    """Leave the line of a file taken out. `facts` holds names and counts, no data."""
    actor, purpose = acting.who(request), purposes.current(request)
    with audit.unit_of_work(actor=actor, purpose=purpose, action=Action.SCREEN_EXPORTED):
        audit.record(actor=actor, purpose=purpose, action=Action.SCREEN_EXPORTED, subject_kind="screen", facts=dict(facts))


def filters_of(form: object, query: QueryDict, own: Sequence[str]) -> list[tuple[str, str]]:
    """(label, value) of each filter in force: by the form's labels, or by the names of the address where there is no form."""
    if not isinstance(form, forms.Form):
        return [(name, ", ".join(values)) for name, values in query.lists() if name not in own and any(values)]
    found = []
    for bound in form:
        value = ", ".join(_label(bound.field, text) for text in query.getlist(bound.html_name) if text)
        if value:
            found.append((str(bound.label), value))
    return found


def _label(field: forms.Field, text: str) -> str:
    """The words of a choice, or the text itself."""
    choices = dict(getattr(field, "choices", None) or ())
    return str(choices.get(text, text))


def _cut(table: Table) -> list[tuple[str, str]]:
    return [(_("Atención"), _("hay más renglones de los que caben; afine los filtros"))] if table.more else []


def _text(value: object) -> str:
    return _UNPRINTABLE.sub("\ufffd", formats.plain(value))[:_LONGEST]


def _text_cell(sheet: Any, text: str, *, bold: bool = False) -> SheetCell:
    cell = WriteOnlyCell(sheet, value="")
    cell.value = _UNPRINTABLE.sub("\ufffd", text)[:_LONGEST]
    cell.data_type = "s"  # else a text that begins with = is a formula
    if text.startswith(_FORMULA):
        cell.quotePrefix = True  # and stays text when somebody edits it, or saves the sheet as CSV
    if bold:
        cell.font = Font(bold=True)
    return cell


def _xlsx_cell(sheet: Any, value: object) -> SheetCell:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return WriteOnlyCell(sheet, value=value)
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=value.astimezone(clock.MEXICO).replace(tzinfo=None))
        cell.number_format = "dd/mm/yyyy hh:mm"
        return cell
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=datetime.combine(value, time.min))
        cell.number_format = "dd/mm/yyyy"
        return cell
    return _text_cell(sheet, _text(value))


def _csv_cell(value: object) -> Cell:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = _text(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
