"""Tiles that count detentions: in all, by place, by institution, by kind, by what was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext as _

from tequio.catalogs import selectors as catalogs
from tequio.dashboards import selectors
from tequio.dashboards.domain.asking import FAULT, OFFENCE, Question
from tequio.dashboards.domain.figures import Figure, rough, share
from tequio.dashboards.selectors import Sums
from tequio.dashboards.tiles.model import TYPE_WORDS, Cell, Row, Share, Tile
from tequio.dashboards.tiles.reading import Cells, Reader, Split
from tequio.institutions import selectors as institutions
from tequio.kernel.errors import NotFound
from tequio.ui.places import municipality_labels

ARREST_LIMIT = "rnd.arrest_limit_hours"
KINDS = "tipo_detencion"

UPDATED, PRESENTED, ABSENT = "a_actualizada", "b_presentada", "c_sin"
WITH, WITHOUT = "con", "sin"


def summary(reader: Reader) -> Tile:
    """How many, of what type, and what was done with them."""
    cells = reader.cells("")
    steps = reader.cells("", stages)
    every = cells.figure(None, reader.types)
    absent = share(steps.figure(ABSENT, reader.types), every)
    rows = [Row(_("Detenciones"), (every,), code="todas")]
    rows += [Row(str(TYPE_WORDS[one]), (cells.figure(None, (one,)),), code=one) for one in _columns(reader)]
    rows += [
        Row(_("Con puesta a disposición"), (Share(None if absent is None else 1 - absent),), code="presentadas"),
        Row(_("Actualizadas por quien recibe"), (Share(share(steps.figure(UPDATED, reader.types), every)),), code="recibidas"),
        Row(_("Con número RND"), (Share(_part(reader, numbers, every)),), code="numeradas"),
        Row(_alarm_label(reader), (_alarms(reader),), code="alarma"),
    ]
    return Tile("resumen", _("En resumen"), (_("Qué"), _("Cuánto")), tuple(rows), layout="cards")


def places(reader: Reader) -> Tile:
    """By state, or by municipality within a state."""
    inside = bool(reader.question.state)
    cells = reader.cells("place")
    names = _place_names(reader, cells.rows)
    title = _("Por municipio") if inside else _("Por entidad")
    rows = tuple(
        row
        for code in cells.rows
        if (row := _row(reader, cells, code, names.get(code, code), _opened_place(reader, code))) is not None
    )
    return Tile(
        "lugares", title, _headers(reader, _("Municipio") if inside else _("Entidad")), _with_bars(rows),
        layout="bars" if inside else "map",
    )  # fmt: skip


def agencies(reader: Reader) -> Tile:
    """By institution."""
    cells = reader.cells("agency")
    names = institutions.agency_names_by_id([int(code) for code in cells.rows], reader.today)
    rows = [
        _row(reader, cells, code, names.get(int(code), code), replace(reader.question, agency=int(code))) for code in cells.rows
    ]
    found = sorted((row for row in rows if row), key=lambda row: row.label)
    return Tile(
        "dependencias", _("Por institución"), _headers(reader, _("Institución")), _with_bars(tuple(found)), layout="bars"
    )


def kinds(reader: Reader) -> Tile:
    """By kind of detention."""
    cells = reader.cells("kind")
    names = _kind_names(reader)
    rows = (
        _row(reader, cells, code, names.get(code, code) or _("Sin tipo de detención"), _opened_kind(reader, code))
        for code in cells.rows
    )
    found = _with_bars(tuple(row for row in rows if row))
    return Tile("modalidades", _("Por tipo de detención"), _headers(reader, _("Tipo de detención")), found, layout="bars")


def steps(reader: Reader) -> Tile:
    """What was done with the people detained: presented or not, updated by the receiver or not, with or without a number."""
    cells = reader.cells("", stages)
    told = {
        UPDATED: _("Puesta a disposición y actualizada por quien recibe"),
        PRESENTED: _("Puesta a disposición, sin actualización de quien recibe"),
        ABSENT: _("Sin puesta a disposición registrada"),
    }
    rows = [_row(reader, cells, code, label, None, keep=True) for code, label in told.items()]
    numbered = reader.cells("", numbers)
    rows.append(_row(reader, numbered, WITHOUT, _("Sin número RND"), None, keep=True))
    note = _("«Actualizada»: hay un paso de custodia posterior a la puesta a disposición.")
    title = _("Puesta a disposición y actualización")
    return Tile(
        "custodia",
        title,
        _headers(reader, _("Situación")),
        _with_bars(tuple(r for r in rows if r)),
        notes=(note,),
        layout="bars",
    )


def stages(one: Sums) -> dict[str, int]:
    """Detentions by how far their custody is told."""
    return {UPDATED: one.updated, PRESENTED: one.presented - one.updated, ABSENT: one.n - one.presented}


def numbers(one: Sums) -> dict[str, int]:
    """Detentions with and without the number of the RND."""
    return {WITH: one.numbered, WITHOUT: one.n - one.numbered}


def links(one: Sums) -> dict[str, int]:
    """Detentions of people known by a valid CURP, and the others."""
    return {WITH: one.linked, WITHOUT: one.n - one.linked}


def linked_share(reader: Reader) -> float | None:
    """Share of the detentions whose person is known by a valid CURP."""
    return _part(reader, links, reader.cells("").figure(None, reader.types))


def _part(reader: Reader, split: Split, every: Figure) -> float | None:
    return share(reader.cells("", split).figure(WITH, reader.types), every)


def _columns(reader: Reader) -> tuple[str, ...]:
    asked = reader.question.record_type
    return (asked,) if asked else (FAULT, OFFENCE)


def _headers(reader: Reader, first: str) -> tuple[str, ...]:
    columns = _columns(reader)
    return (first, *(str(TYPE_WORDS[one]) for one in columns), *((_("Total"),) if len(columns) > 1 else ()))


def _row(reader: Reader, cells: Cells, code: str, label: str, opens: Question | None, *, keep: bool = False) -> Row | None:
    """A row by type and in all; None if there is nobody in it."""
    columns = _columns(reader)
    told: list[Cell] = [cells.figure(code, (one,)) for one in columns]
    total = cells.figure(code, reader.types)
    if len(columns) > 1:
        told.append(total)
    if not keep and all(one == Figure(0) for one in told):
        return None
    return Row(label, tuple(told), opens if opens and reader.may_ask(opens) else None, code=code)


def _with_bars(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows with the length of their bars, by the last figure."""
    lengths = [cell.value if isinstance(cell := row.cells[-1], Figure) and cell.told else 0 for row in rows]
    most = max(lengths, default=0)
    return tuple(replace(row, bar=round(100 * length / most) if most else 0) for row, length in zip(rows, lengths, strict=True))


def _place_names(reader: Reader, codes: tuple[str, ...]) -> dict[str, str]:
    unknown = _("No identificado")
    if not reader.question.state:
        return {state.code: state.name for state in institutions.states()} | {"": unknown}
    return municipality_labels(codes) | {f"{reader.question.state}000": unknown}


def _opened_place(reader: Reader, code: str) -> Question | None:
    if not code or code.endswith("000"):
        return None
    question = reader.question
    return replace(question, municipality=code) if question.state else replace(question, state=code)


def _opened_kind(reader: Reader, code: str) -> Question | None:
    return replace(reader.question, kind=code) if code else None


def _kind_names(reader: Reader) -> dict[str, str]:
    try:
        return catalogs.items(KINDS, reader.today)
    except NotFound:
        return {}


def _limit_hours(reader: Reader) -> int:
    return int(catalogs.parameter(ARREST_LIMIT, reader.today))


def _alarm_label(reader: Reader) -> str:
    return _("Arrestos de más de {hours} horas sin fin registrado").format(hours=_limit_hours(reader))


def _alarms(reader: Reader) -> Figure:
    """Administrative arrests past their limit now, of the detentions asked for. Always rounded: it changes by the hour."""
    if FAULT not in reader.types:
        return Figure(0)
    total = sum(one.open_arrests for one in reader.sums(reader.question, ""))
    young = selectors.young_arrests(reader.question, reader.now - timedelta(hours=_limit_hours(reader)))
    return rough(total - young, reader.k)
