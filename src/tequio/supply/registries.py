"""The registries that can be supplied: one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tequio.kernel.contract import Contract
from tequio.kernel.errors import NotFound
from tequio.registries.rnd import checks as rnd_checks
from tequio.registries.rnd import contract as rnd_contract
from tequio.registries.rnd import selectors as rnd_selectors
from tequio.registries.rnd import services as rnd_services
from tequio.registries.rnd import timeliness as rnd_timeliness
from tequio.registries.rnd.checks import Found
from tequio.registries.rnd.staging import Counts

Refine = Callable[[dict[str, list[Any]], Mapping[str, Sequence[str]]], list[Found]]


@dataclass(frozen=True, slots=True)
class Intake:
    """How a registry takes rows: its contract, its own checks (made for one file), and its writer."""

    contract: Contract
    derived: tuple[str, ...]
    """Columns that the registry's checks add."""
    refiner: Callable[[date, str], Refine]
    upsert: Callable[..., Counts]
    timeliness: Callable[[UUID, datetime], dict[str, dict[str, int]]]
    """How long the new records of a change set took to get here, as `Batch.timeliness` keeps it."""


def intake(registry: str) -> Intake:
    """The registry's intake. Raises NotFound."""
    found = INTAKES.get(registry)
    if found is None:
        raise NotFound(
            f"No existe el registro «{registry}».", hint=f"Registros que se suministran: {', '.join(sorted(INTAKES))}."
        )
    return found


def _rnd_refiner(on: date, home_state: str) -> Refine:
    lookups = rnd_selectors.lookups(on)
    return lambda columns, raw: rnd_checks.refine(columns, raw, lookups, home_state)


INTAKES: dict[str, Intake] = {
    "rnd": Intake(
        rnd_contract.CONTRACT,
        rnd_checks.DERIVED,
        _rnd_refiner,
        rnd_services.upsert_from_supply,
        rnd_timeliness.of_change_set,
    )
}
