"""People and records for the tests of what a reviewer's time is spent on."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from tequio.access.domain import Actor
from tequio.kernel.identifiers import curp_check_digit
from tequio.registries.rnd.services import register_detention
from tequio.targets import selectors
from tequio.targets.models import Hit, HitEvent, HitRecord
from tests.world import SUPPLY, react, seen

JUANS_CURP = "MUZF840307HJCXPL0" + str(curp_check_digit("MUZF840307HJCXPL0"))
DAY = date(2026, 10, 20)

HIMSELF: dict[str, object] = {
    "given_names": "Filiberto", "paternal_surname": "Muñoz", "maternal_surname": "Zepeda", "sex": "H",
    "birth_date": date(1984, 3, 7), "birth_state": "14", "state_code": "18", "record_type": "hecho_probablemente_delictivo",
    "detained_on": DAY,
}  # fmt: skip
"""Juan, as another agency writes his detention down."""

NAMESAKE: dict[str, object] = HIMSELF | {"birth_date": None, "birth_state": "", "sex": ""}
"""Somebody of Juan's name, of whom little else is known."""

SOMEBODY_ELSE: dict[str, object] = HIMSELF | {
    "given_names": "Rutilio", "paternal_surname": "Arzate", "maternal_surname": "Ibarrola", "birth_date": None,
    "birth_state": "",
}  # fmt: skip


def detain(actor: Actor, key: str, values: dict[str, object], **other: object) -> UUID:
    """An agency captures a detention, and everything reacts. Returns the record's identifier."""
    found = register_detention(actor=actor, purpose=SUPPLY, supplier_key=key, values=values | other)
    react()
    return found.pk


def records_of(hit: Hit) -> list[HitRecord]:
    """Records of a hit, in the order in which they joined it."""
    return seen(selectors.records_of_hit, hit.id)


def last_event(hit: Hit) -> HitEvent:
    """What happened to a hit last."""
    return seen(selectors.timeline, hit.id)[-1]
