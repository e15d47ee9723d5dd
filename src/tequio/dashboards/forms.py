"""The filters of the dashboard, which are its address: everything asked can be bookmarked, sent and opened again."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from tequio.access.domain import Actor
from tequio.dashboards import selectors, services
from tequio.dashboards.domain.asking import FAULT, OFFENCE, Period, Question
from tequio.dashboards.tiles.counts import KINDS
from tequio.institutions import selectors as institutions
from tequio.ui.web.forms import DayField, Form

TYPES = {"falta": FAULT, "delito": OFFENCE}
"""Word of the address and letter of the type."""
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)
LONGEST_YEARS = 10
NATION = "todas"


class Filters(Form):
    """What the dashboard is asked. Blank fields are no filter."""

    anio = forms.ChoiceField(label=_("Año"), required=False)
    mes = forms.ChoiceField(label=_("Mes"), required=False)
    desde = DayField(label=_("O desde el día"), required=False)
    hasta = DayField(label=_("Hasta el día"), required=False)
    entidad = forms.ChoiceField(label=_("Entidad"), required=False)
    municipio = forms.ChoiceField(label=_("Municipio"), required=False)
    tipo = forms.ChoiceField(label=_("Tipo de registro"), required=False)
    modalidad = forms.ChoiceField(label=_("Tipo de detención"), required=False)
    dependencia = forms.ChoiceField(label=_("Institución"), required=False)

    def __init__(self, actor: Actor, today: date, data: Any = None) -> None:
        self.actor, self.today = actor, today
        super().__init__(_started(data, actor, today))
        self.state = self._state()
        self._offer()

    def clean(self) -> dict[str, Any]:
        """Days come together, in order, and not too many."""
        given = super().clean() or {}
        first, last = given.get("desde"), given.get("hasta")
        if bool(first) != bool(last) and not self.errors:
            self.add_error("hasta" if first else "desde", _("Escriba ambos días, o ninguno."))
        if first and last:
            if first > last:
                self.add_error("hasta", _("El último día es anterior al primero."))
            elif first < EARLIEST or last > LATEST or (last - first).days > LONGEST_YEARS * 366:
                self.add_error("hasta", _("El periodo es demasiado largo: hasta diez años."))
        return given

    def question(self) -> Question:
        """What is asked. Only of a form that is valid."""
        given = self.cleaned_data
        if given.get("desde"):
            period = Period(given["desde"], given["hasta"])
        else:
            year = int(given.get("anio") or self.today.year)
            period = Period.of_month(year, int(given["mes"])) if given.get("mes") else Period.of_year(year)
        return Question(
            period,
            state=self.state,
            municipality=given.get("municipio") or "",
            record_type=TYPES.get(given.get("tipo") or "", ""),
            kind=given.get("modalidad") or "",
            agency=int(given.get("dependencia") or 0),
        )

    def _state(self) -> str:
        wanted = str(self.data.get("entidad") or "")
        return "" if wanted == NATION else wanted

    def _offer(self) -> None:
        """What each field offers: only what is within the viewer's reach."""
        span = selectors.years() or (self.today.year, self.today.year)
        years = range(max(span[1], self.today.year), min(span[0], self.today.year) - 1, -1)
        self._choose("anio", [(str(year), str(year)) for year in years])
        self._choose("mes", [("", _("Todo el año")), *((str(month), str(MONTHS[month]).capitalize()) for month in MONTHS)])
        states = [
            (state.code, state.name)
            for state in institutions.states()
            if services.may_ask(self.actor, Question(Period.of_year(self.today.year), state=state.code))
        ]
        self._choose("entidad", [(NATION, _("Todo el país")), *states])
        known = dict(states)
        towns = [(one.code, one.name) for one in institutions.municipalities(self.state)] if self.state in known else []
        self._choose("municipio", [("", _("Todos")), *sorted(towns, key=lambda town: town[1])])
        self._choose("tipo", [("", _("Ambos")), ("falta", _("Faltas administrativas")), ("delito", _("Probables delitos"))])
        self._choose("modalidad", [("", _("Todos")), *services.names(KINDS).items()])
        self._choose("dependencia", [("", _("Todas")), *self._agencies()])
        if not towns:
            del self.fields["municipio"]

    def _agencies(self) -> list[tuple[str, str]]:
        probe = Question(Period.of_year(self.today.year), state=self.state, agency=-1)
        if not services.may_ask(self.actor, probe):
            return []
        found = selectors.agencies(self.state)
        names = institutions.agency_names_by_id(found, self.today)
        return sorted(((str(one), names.get(one, str(one))) for one in found), key=lambda pair: pair[1])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


def address(question: Question) -> str:
    """The query of a page that asks this."""
    period = question.period
    if period.calendar:
        parts = {"anio": str(period.first.year), "mes": str(period.month or "")}
    else:
        parts = {"desde": period.first.isoformat(), "hasta": period.last.isoformat()}
    words = {letter: word for word, letter in TYPES.items()}
    parts |= {
        "entidad": question.state or NATION,
        "municipio": question.municipality,
        "tipo": words.get(question.record_type, ""),
        "modalidad": question.kind,
        "dependencia": str(question.agency or ""),
    }
    return urlencode({name: value for name, value in parts.items() if value})


def _started(data: Any, actor: Actor, today: date) -> dict[str, str]:
    """What was given, and where nothing was: this year, in the viewer's state."""
    given = {name: str(value) for name, value in (data or {}).items()}
    given.setdefault("entidad", actor.state_code or NATION)
    given.setdefault("anio", str(today.year))
    return given
