"""Counting one by one, in plain Python, from the records themselves: what the sums must agree with."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from tequio.access.scoping import NATIONAL, reach
from tequio.dashboards.domain import histogram
from tequio.institutions.models import State
from tequio.kernel.identifiers.curp import curp_check_digit
from tequio.registries.rnd.models import Detention

LETTER = {"falta_administrativa": "F", "hecho_probablemente_delictivo": "H"}
CURP = re.compile("[A-Z]{4}[0-9]{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-ZÑ]{3}[0-9A-Z][0-9]")
RECEIVED = {"PUESTA_A_DISPOSICION_MP", "PUESTA_A_DISPOSICION_JUEZ_CIVICO", "VINCULADA", "SANCIONADA", "INTERNADA"}
FOLLOWED = {"LIBERADA", "VINCULADA", "SANCIONADA", "INTERNADA"}


def standing() -> list[Detention]:
    """Detentions that count."""
    with reach(NATIONAL):
        return list(Detention.objects.filter(cancelled_at=None).exclude(detained_on=None))


def tallies() -> dict[tuple[str, date, int, str, str], tuple[int, int, int, int]]:
    """(n, presented, updated, numbered) by municipality, month, institution, type and kind."""
    out: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for d in standing():
        presented = d.presented_at is not None or d.custody_state in RECEIVED
        place = d.municipality_code or f"{d.state_code}000"
        row = out[place, d.detained_on.replace(day=1), d.agency_id, LETTER.get(d.record_type, ""), d.detention_kind]
        for at, yes in enumerate((True, presented, presented and d.custody_state in FOLLOWED, bool(d.rnd_number))):
            row[at] += yes
    return {key: tuple(row) for key, row in out.items()}  # type: ignore[misc]


def nation() -> Counter[int]:
    """Counts by slot of the whole nation and all time."""
    out: Counter[int] = Counter()
    zones = {state.code: ZoneInfo(state.time_zone) for state in State.objects.all()}
    for d in standing():
        local = d.detained_at.astimezone(zones[d.state_code]) if d.detained_at else None
        out[histogram.heat_slot(d.detained_on.weekday(), local.hour if local else None)] += 1
        for start, later in ((histogram.RECORD.start, d.recorded_at), (histogram.PRESENTATION.start, d.presented_at)):
            if d.detained_at and later and later >= d.detained_at:
                out[start + histogram.slot_of(int((later - d.detained_at).total_seconds() // 60))] += 1
    return out


def intervals() -> Counter[tuple[str, date, int]]:
    """People by study, beginning (its day, or its month for whom it happened to) and days until it, or -1."""
    days: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for d in standing():
        if CURP.fullmatch(d.curp) and curp_check_digit(d.curp[:17]) == d.curp[17]:
            days[d.curp].append((d.detained_on, LETTER.get(d.record_type, "")))
    out: Counter[tuple[str, date, int]] = Counter()
    for each in days.values():
        first, *later = sorted({day for day, _letter in each})
        out["R", first.replace(day=1) if later else first, (later[0] - first).days if later else -1] += 1
        faults, offences = sorted(d for d, t in each if t == "F"), sorted(d for d, t in each if t == "H")
        if faults and not (offences and offences[0] <= faults[0]):
            began = faults[0].replace(day=1) if offences else faults[0]
            out["E", began, (offences[0] - faults[0]).days if offences else -1] += 1
    return out
