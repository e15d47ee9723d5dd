"""A run of all records against all targets: its states, what it finds that would change, and how far it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from tequio.kernel.errors import Conflict
from tequio.targets.domain.evidence import brings_back
from tequio.targets.domain.life import HitState, RecordStanding

REOPENABLE = frozenset({HitState.REJECTED.value, HitState.UNSURE.value})
"""States of a hit from which new evidence brings it back to the list."""


class RunState(StrEnum):
    """A run looks first and changes nothing; a person then has it applied."""

    RUNNING = "en_curso"
    READY = "por_aplicar"
    APPLYING = "aplicandose"
    APPLIED = "aplicada"
    ABANDONED = "abandonada"


class ChangeKind(StrEnum):
    """What would become of a pair of target and record."""

    NEW = "nueva"
    RAISED = "sube"
    LOWERED = "baja"
    SAME = "igual"
    LOST = "ya_no_coincide"
    AGAIN = "vuelve_a_coincidir"
    REOPENED = "reabierta"


class Outcome(StrEnum):
    """What became of a change when it was applied."""

    PENDING = "pendiente"
    APPLIED = "aplicado"
    RESCORED = "recalculado"
    VOID = "ya_no_procede"


class RunUnfinished(Conflict):
    """The run has not looked at every record yet."""

    code = "RECORRIDO_SIN_TERMINAR"


class RunOutdated(Conflict):
    """The model has changed since the run, or a later run has taken its place."""

    code = "RECORRIDO_SUPERADO"


@dataclass(frozen=True, slots=True)
class Model:
    """What decides scores and alerts: a run made with another must not be applied."""

    algorithm: str
    key_version: int
    alert_threshold: float

    def __str__(self) -> str:
        return f"{self.algorithm}, llaves {self.key_version}, umbral {self.alert_threshold:.2f} bits"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, for whoever watches. `step`: of what `done` and `total` count."""

    run_id: UUID
    step: str
    done: int
    total: int
    changes: int


@dataclass(frozen=True, slots=True)
class Held:
    """A record of a hit as it stands, with what is needed to say what would change."""

    standing: str
    hit_state: str
    explanation: Mapping[str, Any]
    judged: Mapping[str, Any]
    """Explanation that the judgement in force was made on; empty where there is none."""
    judged_score: float | None


def change_of(held: Held, now: Mapping[str, Any], alerting: bool) -> ChangeKind | None:
    """What would become of a record that is in a hit already, or None if nothing. `alerting`: `now` is enough for one."""
    stood = held.standing == RecordStanding.STANDS.value
    if not alerting:
        return ChangeKind.LOST if stood else None
    if held.hit_state in REOPENABLE and brings_back(held.judged, held.judged_score, now):
        return ChangeKind.REOPENED
    if not stood:
        return ChangeKind.AGAIN
    former, score = float(held.explanation["score"]), float(now["score"])
    if score != former:
        return ChangeKind.RAISED if score > former else ChangeKind.LOWERED
    return None if held.explanation.get("algorithm") == now.get("algorithm") else ChangeKind.SAME
