"""Commands of notices: list and acknowledge."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import RenderableType

from tequio.access.domain import PurposeCode
from tequio.kernel import clock
from tequio.notices import domain, services
from tequio.notices.models import Notice
from tequio.ui.console import reading
from tequio.ui.console.acting import Why
from tequio.ui.console.answers import Answer, facts, line, moment, table
from tequio.ui.console.entry import command
from tequio.ui.console.spanish import group

app = group("Avisos a su dependencia.")


@command(app, "list")
def list_notices(
    why: Why,
    waiting: Annotated[bool, typer.Option("--unanswered", help="Solo los que esperan acuse.")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="Cuántos, como máximo.")] = 50,
) -> Answer:
    """Lista los avisos de su dependencia, primero los que esperan acuse."""
    found = services.read_notices(
        actor=why.actor(), purpose=why.or_own(PurposeCode.HIT_REVIEW), unanswered=waiting, limit=reading.limit(limit)
    )
    data = {"notices": [_data(notice) for notice in found]}
    if not found:
        return Answer(data, [line("No hay avisos.")])
    rows = [
        (
            n.folio,
            n.kind,
            n.urgency,
            n.standing(clock.now()).value,
            moment(n.issued_at),
            moment(domain.due(n.issued_at, n.clock)),
            n.id,
        )
        for n in found
    ]
    headers = ("Folio", "Aviso", "Urgencia", "Situación", "Emitido", "Acusar antes de", "Identificador")
    return Answer(data, [table(headers, rows), *(_content(n) for n in found if n.acknowledged_at is None)])


@command(app, "ack")
def acknowledge(
    notice: Annotated[str, typer.Argument(metavar="IDENTIFICADOR", help="Identificador del aviso.")], why: Why
) -> Answer:
    """Acusa un aviso: detiene su reloj. Repetirlo no cambia nada."""
    notice_id = reading.identifier(notice, "aviso")
    done = services.acknowledge_notice(actor=why.actor(), purpose=why.or_own(PurposeCode.HIT_REVIEW), notice_id=notice_id)
    standing = done.standing(clock.now()).value
    said = f"Aviso {done.folio} acusado el {moment(done.acknowledged_at)} por {done.acknowledged_by}: {standing}."
    return Answer({"notice": _data(done)}, [line(said)])


def _data(notice: Notice) -> dict[str, object]:
    return {
        "id": notice.id,
        "folio": notice.folio,
        "kind": notice.kind,
        "urgency": notice.urgency,
        "standing": notice.standing(clock.now()),
        "content": notice.content,
        "issued_at": notice.issued_at,
        "due_at": domain.due(notice.issued_at, notice.clock),
        "acknowledged_at": notice.acknowledged_at,
        "acknowledged_by": notice.acknowledged_by,
        "withdrawn_at": notice.withdrawn_at,
        "withdrawn_reason": notice.withdrawn_reason,
        "escalated_at": notice.escalated_at,
    }


def _content(notice: Notice) -> RenderableType:
    withdrawn = [("retirado", f"{moment(notice.withdrawn_at)}: {notice.withdrawn_reason}")] if notice.withdrawn_at else []
    return facts([("Folio", notice.folio), *withdrawn, *((str(name), value) for name, value in notice.content.items())])
