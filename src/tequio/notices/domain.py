"""Clocks of a notice: when it must be acknowledged and when silence escalates. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Urgency(StrEnum):
    """Which clock runs."""

    URGENT = "urgente"
    ROUTINE = "ordinario"


class NoticeKind(StrEnum):
    """What is told."""

    DETENTION = "detencion_de_objetivo"
    HOLDER = "objetivo_bajo_custodia"


class Standing(StrEnum):
    """Where a notice stands at a moment."""

    WAITING = "en_espera"
    OVERDUE = "vencido"
    ESCALATED = "escalado"
    ON_TIME = "acusado_a_tiempo"
    LATE = "acusado_tarde"
    WITHDRAWN = "retirado"


@dataclass(frozen=True, slots=True)
class Clock:
    """How long the recipient has. Source: dated parameters `notices.clock.*`, e.g. urgent 10 min, routine 1 h."""

    acknowledge_within: timedelta
    escalate_after: timedelta


def due(issued_at: datetime, clock: Clock) -> datetime:
    """Last moment to acknowledge on time."""
    return issued_at + clock.acknowledge_within


def standing(
    issued_at: datetime, acknowledged_at: datetime | None, withdrawn_at: datetime | None, now: datetime, clock: Clock
) -> Standing:
    """Where the notice stands at `now`. A late acknowledgement stays late: the record is for whoever audits it."""
    if acknowledged_at is not None:
        return Standing.ON_TIME if acknowledged_at <= due(issued_at, clock) else Standing.LATE
    if withdrawn_at is not None:
        return Standing.WITHDRAWN
    if now >= issued_at + clock.escalate_after:
        return Standing.ESCALATED
    return Standing.OVERDUE if now > due(issued_at, clock) else Standing.WAITING
