"""Tiles of people followed over time: who is detained again, and who goes from a fault to an offence."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from tequio.dashboards import selectors
from tequio.dashboards.domain.figures import rough
from tequio.dashboards.domain.survival import Curve, curve
from tequio.dashboards.models import Study
from tequio.dashboards.tiles.counts import linked_share
from tequio.dashboards.tiles.model import Drawing, Line, Row, Share, Tile, text
from tequio.dashboards.tiles.reading import Reader

MARKS = (30, 90, 180, 365, 730)
"""Days at which the share is told."""
STEP_DAYS = 30
"""Days between the points of the curve: closer ones would tell single people."""
LEAST_AT_RISK = 50
"""People who must still be watched for the curve to go on."""


def escalation(reader: Reader) -> Tile:
    """From the first administrative fault to the first probable offence."""
    caution = _(
        "Muestra qué parte de las personas con una falta tuvo después una detención por un probable delito, y nada más: no "
        "dice por qué, ni que la falta lleve al delito, ni sirve para anticipar lo que hará una persona. Una detención no es "
        "una condena, y depende también de a quién y dónde detiene la policía."
    )
    return _tile(reader, Study.ESCALATION, "escalamiento", _("De la falta al probable delito"), caution)


def recidivism(reader: Reader) -> Tile:
    """From a first detention to the next one."""
    caution = _(
        "Cuenta detenciones, no culpables: quien es detenido otra vez puede no haber hecho nada. La primera detención es la "
        "primera que este registro conoce."
    )
    return _tile(reader, Study.RETURN, "reincidencia", _("Detenciones repetidas"), caution)


def _tile(reader: Reader, study: Study, key: str, title: str, caution: str) -> Tile:
    question = reader.question
    happened, waiting = selectors.intervals(study, question.state, question.period)
    censored: dict[int, int] = {}
    for day, people in waiting.items():
        watched = (reader.today - day).days
        if watched > 0:
            censored[watched] = censored.get(watched, 0) + people
    found = curve(happened, censored, max(LEAST_AT_RISK, 10 * reader.k))
    headers = (_("A los"), _("Parte de las personas (con intervalo de 95 %)"), _("Seguidas hasta entonces"))
    notes = (caution, *_notes(reader, question.narrow))
    if found.events < reader.k or not found.horizon:
        return Tile(key, title, headers, (), notes=notes, layout="curve")
    rows = tuple(
        Row(
            _("{n} días").format(n=day),
            (Share(step.share, step.low, step.high, digits=1), rough(_watched(day, censored, happened), reader.k)),
        )
        for day in MARKS
        if (step := found.at(day)) is not None
    )
    lead = _("{people} personas en el periodo; {events} con el suceso").format(
        people=text(rough(found.people, reader.k)), events=text(rough(found.events, reader.k))
    )
    return Tile(key, title, headers, rows, lead=lead, notes=notes, layout="curve", drawings=(_drawing(title, found),))


def _watched(day: int, censored: dict[int, int], happened: dict[int, int]) -> int:
    """People still watched, without the event, at that day."""
    return sum(n for at, n in (*censored.items(), *happened.items()) if at >= day)


def _drawing(label: str, found: Curve) -> Drawing:
    days = list(range(0, found.horizon + 1, STEP_DAYS))
    steps = [(day, found.at(day)) for day in days]
    points = tuple((float(day), 100 * step.share) for day, step in steps if step)
    band = tuple((float(day), 100 * step.low, 100 * step.high) for day, step in steps if step)
    ticks = tuple((float(day), str(day)) for day in days if day % (STEP_DAYS * max(1, len(days) // 10)) == 0)
    return Drawing(label, (Line(_("parte de las personas, con su banda de 95 %"), points, "a", band),), ticks, _("% · días"))


def _notes(reader: Reader, narrow: bool) -> tuple[str, ...]:
    linked = Share(linked_share(replaced(reader)))
    notes = [
        _(
            "Dos detenciones son de la misma persona solo si traen la misma CURP válida: {share} de las detenciones la traen. "
            "Un parecido de nombres, aunque sea grande, no se usa."
        ).format(share=linked),
        _("Entra quien empezó en los meses del periodo. Kaplan-Meier: quien se ha seguido menos tiempo cuenta hasta ahí."),
    ]
    if narrow:
        notes.append(_("De la entidad entera: no se divide por municipio, institución ni tipo de detención."))
    return tuple(notes)


def replaced(reader: Reader) -> Reader:
    """A reader of the whole place, without narrower filters."""
    wide = replace(reader.question, municipality="", kind="", agency=0)
    return reader if wide == reader.question else Reader(wide, k=reader.k, now=reader.now, may_ask=reader.may_ask)
