"""The dashboard's figures, for programs: as its tiles tell them, small cells protected."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from tequio.access import policy
from tequio.access.domain import Permission
from tequio.dashboards import services, tiles
from tequio.dashboards.forms import Filters
from tequio.dashboards.tiles.model import plain
from tequio.kernel import clock
from tequio.ui.api.asking import May, Reasoned, Word, actor
from tequio.ui.api.problems import answers, wrong_form

router = Router(tags=["Tablero"])


class TileRow(Schema):
    """A line of a tile. Cells are numbers where they are told to the unit, else text."""

    label: str
    cells: list[int | float | str | None]


class TileSheet(Schema):
    """A tile as a table."""

    key: str
    title: str
    headers: list[str]
    rows: list[TileRow]
    notes: list[str]


class TileName(Schema):
    """A tile that there is."""

    key: str
    title: str


class TileNames(Schema):
    """Tiles that there are."""

    tiles: list[TileName]


@router.get("/rnd", auth=May(Permission.DASHBOARD_READ), response=answers(TileNames), operation_id="list_tiles")
def list_tiles(request: HttpRequest) -> dict[str, Any]:
    """Qué cifras tiene el tablero del RND."""
    return {"tiles": [{"key": key, "title": str(title)} for key, title in tiles.TITLES.items()]}


@router.get("/rnd/{key}", auth=May(Permission.DASHBOARD_READ), response=answers(TileSheet), operation_id="get_tile")
def get_tile(
    request: HttpRequest,
    key: str,
    why: Reasoned,
    year: int | None = None,
    month: int | None = None,
    state: Word = "",
    municipality: Word = "",
    record_type: Literal["", "falta", "delito"] = "",
) -> dict[str, Any]:
    """Una de ellas. `state`: clave INEGI, o `todas`; si se omite, la de su institución. Las celdas chicas van protegidas."""
    if key not in tiles.TITLES:
        raise policy.not_found()
    who = actor(request)
    asked = {"anio": year or "", "mes": month or "", "entidad": state, "municipio": municipality, "tipo": record_type}
    today = clock.now().astimezone(clock.MEXICO).date()
    form = Filters(who, today, {name: value for name, value in asked.items() if value != ""})
    if not form.is_valid():
        raise wrong_form(form)
    told = services.read_tile(actor=who, purpose=why.stated(), question=form.question(), key=key)
    return {
        "key": told.key,
        "title": str(told.title),
        "headers": [str(one) for one in told.headers],
        "rows": [{"label": str(row.label), "cells": [_cell(plain(cell)) for cell in row.cells]} for row in told.rows],
        "notes": [str(one) for one in told.notes],
    }


def _cell(value: object) -> int | float | str | None:
    return value if value is None or isinstance(value, int | float) else str(value)
