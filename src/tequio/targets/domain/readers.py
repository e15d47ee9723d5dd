"""Who reads a hit before it is confirmed. Pure.

What is almost certain is also what a tired person confirms without looking, so in the bands that a dated parameter names a
second person must agree before anybody is told. Where readers disagree, a supervisor who is none of them decides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from tequio.kernel.errors import Conflict, NotAllowed
from tequio.targets.domain.life import HIT_STATE_OF, HitState, Verdict

STARTS_ANEW = frozenset({HitState.OPEN, HitState.REJECTED, HitState.UNSURE})
"""States from which a judgement begins a new round of readings."""


class HitChanged(Conflict):
    """What was shown is no longer what is there: nothing is judged."""

    code = "COINCIDENCIA_CAMBIADA"


class SupervisorDecides(NotAllowed):
    """Readers disagree: somebody else, who supervises, decides."""

    code = "DECIDE_SUPERVISION"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a judgement makes of a hit: its state, and who said what in the round in progress."""

    state: HitState
    said: Mapping[str, str]
    """Verdict by person."""


def needs_second(band: str, bands: Collection[str]) -> bool:
    """Whether a positive judgement in that band waits for another person. `bands`: parameter `target.second_reader_bands`."""
    return band in bands


def read(
    state: HitState, said: Mapping[str, str], reader: str, verdict: Verdict, *, two_needed: bool, may_settle: bool
) -> Reading:
    """What `reader`'s verdict makes of a hit that is in `state` after what was `said`. Each person's last word counts.

    Raises SupervisorDecides where readers already disagree and whoever judges is neither one of them nor may settle it.
    """
    if not two_needed and state not in (HitState.PROPOSED, HitState.DISPUTED):
        return Reading(HIT_STATE_OF[verdict], {reader: verdict.value})
    now = (dict(said) if state not in STARTS_ANEW else {}) | {reader: verdict.value}
    if state is HitState.DISPUTED and reader not in said:
        if not may_settle:
            raise SupervisorDecides(
                "Quienes leyeron la coincidencia no están de acuerdo: decide una persona supervisora que no la haya leído.",
                hint="Avise a quien supervisa su dependencia; mientras tanto no sale ningún aviso.",
            )
        alone = Verdict.POSITIVE.value not in said.values()
        if two_needed and verdict is Verdict.POSITIVE and alone:  # whoever had said so has taken it back
            return Reading(HitState.PROPOSED, {reader: verdict.value})
        return Reading(HIT_STATE_OF[verdict], now)
    if set(now.values()) != {verdict.value}:
        return Reading(HitState.DISPUTED, now)
    if verdict is Verdict.POSITIVE and len(now) == 1:
        return Reading(HitState.PROPOSED, now)
    return Reading(HIT_STATE_OF[verdict], now)


def fingerprint_of(*shown: Any) -> str:
    """Short sign of what a reviewer is shown: another one, and it is no longer the same. Plain JSON values only."""
    text = json.dumps(shown, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:20]
