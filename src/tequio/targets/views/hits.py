"""Screens of hits: the list, the review, the judgement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tequio.access.domain import Permission
from tequio.kernel.errors import Invalid, TequioError
from tequio.targets import domain, services, words
from tequio.targets.domain import HitState, Place, RecordStanding, TargetState, Verdict, Wanted
from tequio.targets.forms import HitFilterForm, JudgeForm
from tequio.targets.models import Hit
from tequio.targets.selectors.listing import MOST_COUNTED
from tequio.targets.services.reviewing import Page
from tequio.targets.views import review
from tequio.ui import tables
from tequio.ui.places import municipality_labels
from tequio.ui.tables import Column, Read, Table
from tequio.ui.values import Badge, Link
from tequio.ui.web import acting, purpose
from tequio.ui.web.acting import Asked
from tequio.ui.web.forms import fill_errors
from tequio.ui.web.screens import screen

PAGE = tables.PAGE_SIZE
AFTER, BEFORE = "desde", "antes"
"""Query parameters that name the place beside which a page is."""


class HitTable(Table):
    """A list whose pages begin beside a place: at any depth a page costs the same."""

    def __init__(self, columns: Iterable[Column], page: Page, asked: Read) -> None:
        many = page.total > MOST_COUNTED
        caption = _("Coincidencias")
        super().__init__(list(columns), page.hits, asked, caption=caption, total=None if many else page.total, empty=_EMPTY)
        self._page = page

    @property
    def previous_url(self) -> str:
        """The page before, or empty."""
        place = self._page.previous
        number = str(max(self.asked.page - 1, 1))
        return self.asked.url(**{BEFORE: str(place), AFTER: None, tables.PAGE: number}) if place else ""

    @property
    def next_url(self) -> str:
        """The page after, or empty."""
        place = self._page.next
        number = str(min(self.asked.page + 1, tables.DEEPEST))
        return self.asked.url(**{AFTER: str(place), BEFORE: None, tables.PAGE: number}) if place else ""

    @property
    def pages(self) -> int:
        """Not known: nobody counts the pages of a list that is read by places."""
        return 0

    @property
    def cut(self) -> bool:
        """Every hit can be reached."""
        return False


_EMPTY = gettext_lazy(
    "No hay coincidencias con esos filtros. Cuando un registro pueda ser de un objetivo suyo, aparecerá aquí."
)


@screen(Permission.HIT_READ, purpose=True)
def hits(request: Asked) -> HttpResponse:
    """The agency's hits, those that most likely are the person first."""
    form = HitFilterForm(request.GET or None)
    wanted = form.wanted() if form.is_bound else Wanted()
    places: dict[str, str] = {}
    columns = _columns(places)
    asked = tables.read(request, columns, size=PAGE)
    page = services.browse_hits(
        actor=acting.who(request),
        purpose=purpose.wanted(request),
        wanted=wanted,
        after=_place(request, AFTER),
        before=_place(request, BEFORE),
        limit=asked.limit - 1,
    )
    places.update(municipality_labels(str(hit.record_summary.get("municipio", "")) for hit in page.hits))
    told = {"filters": form, "page": page, "wanted": wanted, "tabs": _tabs(page, wanted), "most": MOST_COUNTED}
    return tables.answer(request, "targets/hits.html", HitTable(columns, page, asked), told)


@screen(Permission.HIT_READ, purpose=True)
def hit(request: Asked, hit_id: UUID) -> HttpResponse:
    """One hit, both sides, feature by feature."""
    return _show(request, hit_id, JudgeForm(), status=200)


@screen(Permission.HIT_JUDGE, purpose=True, methods=("POST",))
def judge(request: Asked, hit_id: UUID) -> HttpResponse:
    """What a person says of it. What changed while they looked is shown again, and nothing is judged."""
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return _show(request, hit_id, form, status=422)
    actor = acting.who(request)
    try:
        done = services.judge_hit(
            actor=actor,
            purpose=purpose.wanted(request),
            hit_id=hit_id,
            verdict=_verdict(request.POST.get("juicio", "")),
            reason=form.cleaned_data["motivo"],
            seen=form.cleaned_data["visto"],
        )
    except TequioError as error:
        if error.status not in {409, 422} and error.code != domain.SupervisorDecides.code:
            raise
        fill_errors(form, error)
        return _show(request, hit_id, form, status=error.status)
    messages.success(request, _said(done))
    following = services.next_to_review(actor, done, _was(request.POST.get("estado", "")))
    if following is None:
        return HttpResponseRedirect(reverse("targets:hits"))
    return HttpResponseRedirect(reverse("targets:hit", args=[following]))


def _show(request: Asked, hit_id: UUID, form: JudgeForm, *, status: int) -> HttpResponse:
    reviewed = services.review_hit(actor=acting.who(request), purpose=purpose.wanted(request), hit_id=hit_id)
    told = review.context(reviewed) | {"form": form, "seen": reviewed.seen}
    return render(request, "targets/hit.html", told, status=status)


def _verdict(text: str) -> Verdict:
    try:
        return Verdict(text)
    except ValueError:
        raise Invalid(_("Falta decir qué es."), hint=_("Elija confirmar, rechazar o «no estoy seguro».")) from None


def _was(text: str) -> HitState:
    """The state that the hit was shown in: the list to go on in. What is no state goes on in the list to review."""
    return next((state for state in HitState if state.value == text), HitState.OPEN)


def _said(done: Hit) -> str:
    told = {
        HitState.PROPOSED: _("Propuesta: falta que otra persona la lea y coincida. Todavía no sale ningún aviso."),
        HitState.DISPUTED: _("No coincide con la otra lectura: decide una persona supervisora. No sale ningún aviso."),
        HitState.CONFIRMED: _("Confirmada: el aviso a su dependencia ya salió."),
        HitState.REJECTED: _("Rechazada. Volverá si llegan datos nuevos que pesen bastante."),
        HitState.UNSURE: _("Queda como dudosa. Volverá si llegan datos nuevos que pesen bastante."),
    }
    return f"{done.target.folio}: {told[HitState(done.state)]}"


def _place(request: Asked, name: str) -> Place | None:
    return domain.read_place(request.GET.get(name, ""))


def _tabs(page: Page, wanted: Wanted) -> list[tuple[str, str, int]]:
    """(label, address, how many) of the other lists that wait."""
    base = reverse("targets:hits")
    folio = f"&objetivo={wanted.folio}" if wanted.folio else ""
    tabs = [
        (_("Esperan segunda lectura"), f"{base}?estado={HitState.PROPOSED.value}{folio}", page.proposed),
        (_("En desacuerdo"), f"{base}?estado={HitState.DISPUTED.value}{folio}", page.disputed),
        (_("Bajo el umbral de su objetivo"), f"{base}?estado=bajo_umbral{folio}", page.below),
    ]
    return [tab for tab in tabs if tab[2]]


def _columns(places: Mapping[str, str]) -> tuple[Column, ...]:
    return (
        Column(
            "objetivo", gettext_lazy("Objetivo"), lambda h: Link(h.target.title, reverse("targets:hit", args=[h.id])), wide=True
        ),
        Column("folio", gettext_lazy("Folio"), lambda h: h.target.folio),
        Column("grado", gettext_lazy("Grado"), lambda h: words.band(h.band)),
        Column("bits", gettext_lazy("Bits"), lambda h: f"{h.score:.2f}", numeric=True),
        Column("exacto", gettext_lazy("CURP o RFC igual"), lambda h: h.exact),
        Column("estado", gettext_lazy("Estado"), lambda h: words.HIT_STATES[HitState(h.state)]),
        Column("registro", gettext_lazy("Registro de"), lambda h: h.record_agency.code),
        Column("detenida", gettext_lazy("Detención"), lambda h: h.event_day),
        Column("municipio", gettext_lazy("Municipio"), lambda h: places.get(str(h.record_summary.get("municipio", "")), "")),
        Column("registros", gettext_lazy("Registros"), lambda h: h.record_count, numeric=True),
        Column("vigencia", gettext_lazy("Vigencia"), _standing),
        Column("abierta", gettext_lazy("Desde"), lambda h: h.opened_at, optional=True),
    )


def _standing(row: Hit) -> Badge:
    if row.record_standing != RecordStanding.STANDS.value:
        return words.STANDINGS[RecordStanding(row.record_standing)]
    if row.target_state != TargetState.ACTIVE.value:
        badge = words.TARGET_STATES[TargetState(row.target_state)]
        return Badge(_("objetivo {state}").format(state=badge.text), badge.tone)
    return words.STANDINGS[RecordStanding.STANDS]
