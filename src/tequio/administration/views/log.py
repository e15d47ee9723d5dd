"""Screens of the log: who did what, its verification, who looked at a record, and taking it out."""

from __future__ import annotations

import json
import tempfile
from typing import Any, Final

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tequio.access.domain import Permission, PurposeCode
from tequio.administration import services, words
from tequio.administration.forms import LogFilterForm, LooksForm
from tequio.audit import reading
from tequio.audit import services as audit
from tequio.audit.domain import Place
from tequio.audit.models import Line
from tequio.audit.reading import LogState
from tequio.kernel import clock
from tequio.kernel.errors import Invalid
from tequio.ui import tables
from tequio.ui.tables import PAGE, Column, Table
from tequio.ui.values import NOT_APPLICABLE
from tequio.ui.web import acting
from tequio.ui.web import purpose as purposes
from tequio.ui.web.acting import Asked
from tequio.ui.web.forms import fill_errors
from tequio.ui.web.screens import screen
from tequio.ui.words import PURPOSES

BEFORE, AFTER = "antes", "despues"
MOST_VERIFIED: Final = 250_000
"""Lines that are checked while somebody waits: some ten seconds. More are checked by the command, which has no hurry."""
_UNPROCESSABLE: Final = 422


class LogTable(Table):
    """A page of the log, which is read from one place on, never by counting what goes before."""

    @property
    def previous_url(self) -> str:
        """The lines that came later, or empty."""
        page = self.asked.page
        if page <= 1 or not self.rows:
            return ""
        if page == 2:
            return self.asked.url(**{PAGE: None, BEFORE: None, AFTER: None})
        return self.asked.url(**{PAGE: str(page - 1), BEFORE: None, AFTER: str(_place(self.rows[0]))})

    @property
    def next_url(self) -> str:
        """The lines that came before, or empty."""
        if not self.more or self.asked.page >= tables.DEEPEST:
            return ""
        return self.asked.url(**{PAGE: str(self.asked.page + 1), AFTER: None, BEFORE: str(_place(self.rows[-1]))})

    @property
    def exports(self) -> list[tuple[str, str]]:
        """An export is of the whole list, not from a place on."""
        bare = {PAGE: None, BEFORE: None, AFTER: None}
        return [(name.upper(), self.asked.url(**{**bare, tables.FORMAT: name})) for name in tables.FORMATS]


@screen(Permission.AUDIT_READ, purpose=True)
def log(request: Asked) -> HttpResponse:
    """Who did what, when, for which purpose, and how it ended."""
    actor, purpose = acting.who(request), purposes.wanted(request)
    form = LogFilterForm(request.GET, every_chain=reading.reach_all(actor))
    asked = tables.read(request, COLUMNS)
    filters = form.filters()
    before, after = (Place.read(text) if (text := request.GET.get(name)) else None for name in (BEFORE, AFTER))
    if asked.export:
        rows = reading.export_lines(actor=actor, purpose=purpose, filters=filters, limit=asked.limit)
    elif after is not None:
        rows = reading.list_lines(actor=actor, purpose=purpose, filters=filters, after=after, limit=asked.size)
    else:
        rows = reading.list_lines(actor=actor, purpose=purpose, filters=filters, before=before, limit=asked.limit)
    table = LogTable(COLUMNS, rows, asked, caption=gettext_lazy("Bitácora"))
    table.more = table.more or (after is not None and bool(rows))
    return tables.answer(request, "administration/log.html", table, {"filters": form})


@screen(Permission.AUDIT_READ, purpose=True, methods=("GET", "POST"))
def verification(request: Asked) -> HttpResponse:
    """Whether the log holds: what was last checked of it, and its check."""
    actor, purpose = acting.who(request), purposes.wanted(request)
    told: dict[str, Any] = {"all": reading.reach_all(actor)}
    if request.method == "POST":
        chain = request.POST.get("cadena", "") or (None if told["all"] else actor.agency_code)
        _refuse_long(reading.log_state(actor=actor, purpose=purpose), chain)
        lines, breaks = audit.verify_log(actor=actor, purpose=purpose, chain=chain)
        told |= {"checked": True, "chain": chain or "", "lines": lines, "breaks": breaks[:100], "broken": len(breaks)}
    told["state"] = reading.log_state(actor=actor, purpose=purpose)
    return render(request, "administration/verification.html", told)


@screen(Permission.AUDIT_READ, purpose=True, methods=("GET", "POST"))
def looks(request: Asked) -> HttpResponse:
    """Who looked at a record, or at a person's."""
    actor = acting.who(request)
    form = LooksForm(request.POST if request.method == "POST" else None)
    told: dict[str, Any] = {"form": form, "all": reading.reach_all(actor)}
    if request.method == "POST" and form.is_valid():
        try:
            found = services.find_looks(actor=actor, purpose=purposes.wanted(request), asked=form.cleaned_data["asked"])
        except Invalid as error:
            fill_errors(form, error)
        else:
            told |= {"found": found, "rows": [_look(line) for line in found.lines], "most": reading.MOST_LOOKS}
    status = _UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "administration/looks.html", told, status=status)


@screen(Permission.AUDIT_EXPORT, purpose=True, methods=("POST",))
def export(request: Asked) -> HttpResponse:
    """The whole chain, line by line as JSON, with what is needed to check it elsewhere."""
    actor = acting.who(request)
    chain = request.POST.get("cadena", "") or (None if reading.reach_all(actor) else actor.agency_code)
    file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - the answer closes it once it is sent

    def write(line: dict[str, Any]) -> None:
        file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")

    try:
        audit.export_log(actor=actor, purpose=purposes.wanted(request), chain=chain, write=write)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    name = f"bitacora-{chain or 'todas'}-{clock.now():%Y%m%d-%H%M}.jsonl"
    kind = "application/x-ndjson"
    return FileResponse(file, as_attachment=True, filename=name, content_type=kind)  # type: ignore[return-value]  # streamed


def _refuse_long(state: LogState, chain: str | None) -> None:
    lines = sum(one.lines for one in state.chains if chain in (None, one.chain))
    if lines > MOST_VERIFIED:
        raise Invalid(
            _("Son {n} líneas: más de las que se comprueban mientras alguien espera.").format(n=f"{lines:,}"),
            hint=_("Pida a quien opera el nodo que las compruebe por línea de comandos; el resultado se verá aquí."),
        )


def _place(line: Line) -> Place:
    return Place(line.at, line.pk)


def _purpose(line: Line) -> str | None:
    if not line.purpose:
        return NOT_APPLICABLE.label
    known = {code.value for code in PurposeCode}
    return str(PURPOSES[PurposeCode(line.purpose)]) if line.purpose in known else line.purpose


def _look(line: Line) -> dict[str, Any]:
    return {
        "line": line,
        "action": words.action(line.action),
        "outcome": words.OUTCOMES.get(line.outcome),
        "purpose": _purpose(line),
    }


def _subjects(line: Line) -> str:
    shown = ", ".join(line.subjects[:3])
    return f"{shown} +{len(line.subjects) - 3}" if len(line.subjects) > 3 else shown


COLUMNS: Final = [
    Column("at", gettext_lazy("Cuándo"), lambda line: line.at),
    Column("username", gettext_lazy("Quién"), lambda line: line.username),
    Column("roles", gettext_lazy("Con qué rol"), lambda line: ", ".join(line.roles) or NOT_APPLICABLE, optional=True),
    Column("action", gettext_lazy("Qué hizo"), lambda line: words.action(line.action), wide=True),
    Column("outcome", gettext_lazy("Resultado"), lambda line: words.OUTCOMES.get(line.outcome, line.outcome)),
    Column("purpose", gettext_lazy("Finalidad"), _purpose),
    Column("folio", gettext_lazy("Folio"), lambda line: line.folio or NOT_APPLICABLE),
    Column("kind", gettext_lazy("Sobre qué"), lambda line: words.subject(line.subject_kind) or NOT_APPLICABLE),
    Column("subjects", gettext_lazy("Cuál"), lambda line: _subjects(line) or NOT_APPLICABLE, wide=True, optional=True),
    Column("facts", gettext_lazy("Detalle"), lambda line: json.dumps(line.facts, ensure_ascii=False), wide=True, optional=True),
    Column("chain", gettext_lazy("Línea"), lambda line: f"{line.chain}#{line.number}"),
    Column("fingerprint", gettext_lazy("Huella"), lambda line: line.fingerprint, wide=True, optional=True),
]
