"""Screens of notices: the list with its clocks, the sheet, the acknowledgement."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tequio.access.domain import Permission
from tequio.kernel import clock
from tequio.notices import abouts, domain, services, words
from tequio.notices.domain import NoticeKind, Standing, Urgency
from tequio.notices.forms import NoticeFilterForm
from tequio.notices.models import Notice
from tequio.ui import tables
from tequio.ui.places import municipality_labels
from tequio.ui.tables import Column, Table
from tequio.ui.values import NO_INFORMATION, Badge, Fact, Link, Step, Tone
from tequio.ui.web import acting, purpose
from tequio.ui.web.acting import Asked
from tequio.ui.web.screens import screen


def _due(notice: Notice) -> object:
    return domain.due(notice.issued_at, notice.clock)


def _standing(notice: Notice) -> Badge:
    return words.STANDINGS[notice.standing(clock.now())]


COLUMNS = (
    Column("folio", gettext_lazy("Folio"), lambda n: Link(n.folio, reverse("notices:notice", args=[n.id]))),
    Column("aviso", gettext_lazy("Aviso"), lambda n: words.KINDS[NoticeKind(n.kind)], wide=True),
    Column("urgencia", gettext_lazy("Urgencia"), lambda n: words.URGENCIES[Urgency(n.urgency)]),
    Column("situacion", gettext_lazy("Situación"), _standing),
    Column("limite", gettext_lazy("Acusar antes de"), _due),
    Column("emitido", gettext_lazy("Emitido"), lambda n: n.issued_at),
    Column("acusado", gettext_lazy("Acusado"), lambda n: n.acknowledged_at, optional=True),
    Column("quien", gettext_lazy("Acusado por"), lambda n: n.acknowledged_by, optional=True),
)


@screen(Permission.NOTICE_READ, purpose=True)
def notices(request: Asked) -> HttpResponse:
    """The agency's notices, those that wait first, the one due soonest on top."""
    form = NoticeFilterForm(request.GET or None)
    asked = tables.read(request, COLUMNS)
    page = services.browse_notices(
        actor=acting.who(request), purpose=purpose.wanted(request), wanted=form.wanted(), offset=asked.offset, limit=asked.limit
    )
    table = Table(
        COLUMNS, page.notices, asked, caption=_("Avisos"), total=page.total, empty=_("No hay avisos con esos filtros.")
    )
    return tables.answer(request, "notices/notices.html", table, {"filters": form})


@screen(Permission.NOTICE_READ, purpose=True)
def notice(request: Asked, notice_id: UUID) -> HttpResponse:
    """One notice: what it says, its clock, and who answered."""
    actor = acting.who(request)
    found = services.read_notice(actor=actor, purpose=purpose.wanted(request), notice_id=notice_id)
    standing = found.standing(clock.now())
    told = {
        "notice": found,
        "kind": words.KINDS[NoticeKind(found.kind)],
        "standing": words.STANDINGS[standing],
        "urgency": words.URGENCIES[Urgency(found.urgency)],
        "due": _due(found),
        "facts": _facts(found),
        "steps": _steps(found),
        "waits": standing in {Standing.WAITING, Standing.OVERDUE, Standing.ESCALATED},
        "may": Permission.NOTICE_ACKNOWLEDGE in actor.permissions,
        "about_url": abouts.url(actor, NoticeKind(found.kind), found.about_kind, found.about_id),
    }
    return render(request, "notices/notice.html", told)


@screen(Permission.NOTICE_ACKNOWLEDGE, purpose=True, methods=("POST",))
def acknowledge(request: Asked, notice_id: UUID) -> HttpResponse:
    """Stop its clock. A second click changes nothing."""
    done = services.acknowledge_notice(actor=acting.who(request), purpose=purpose.wanted(request), notice_id=notice_id)
    said = words.STANDINGS[done.standing(clock.now())].text
    messages.success(request, _("Aviso {folio}: {said}.").format(folio=done.folio, said=said))
    return HttpResponseRedirect(reverse("notices:notice", args=[notice_id]))


def _facts(found: Notice) -> list[Fact]:
    """What the notice says, key by key; of what nobody reads, nothing."""
    municipality = str(found.content.get("municipio", ""))
    content = dict(found.content)
    if municipality:
        content["municipio"] = municipality_labels([municipality])[municipality]
    said = [(label, str(content[key]).replace("_", " ")) for key, label in words.CONTENT.items() if key in content]
    return [Fact(label, value or NO_INFORMATION) for label, value in said]


def _steps(found: Notice) -> list[Step]:
    """Its life, the latest on top."""
    steps = [Step(found.issued_at, _("Se emitió"), "", found.issued_by, Tone.INFO)]
    if found.escalated_at is not None:
        steps.append(Step(found.escalated_at, _("Se escaló: nadie lo había acusado"), "", "", Tone.BAD))
    if found.withdrawn_at is not None:
        steps.append(Step(found.withdrawn_at, _("Se retiró"), found.withdrawn_reason, "", Tone.WARN))
    if found.acknowledged_at is not None:
        steps.append(Step(found.acknowledged_at, _("Se acusó"), "", found.acknowledged_by, Tone.GOOD))
    return steps[::-1]
