"""Where things happen: municipalities with their weight, and the two codes of a state."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from tequio.demo.domain.dice import Weighted
from tequio.kernel.errors import Unavailable


class Municipality(NamedTuple):
    """A municipality of the official list. `code` has five digits, `state` two (INEGI)."""

    code: str
    state: str
    name: str
    population: int


class Site(NamedTuple):
    """A municipality with the names of its offices, ready to print."""

    code: str
    state: str
    name: str
    court: str
    prosecutor: str
    police: str


@dataclass(frozen=True, slots=True)
class Places:
    """States and their municipalities, drawn by population."""

    states: Weighted[str]
    sites: Mapping[str, Weighted[Site]]


def places_of(municipalities: Iterable[Municipality]) -> Places:
    """Groups the municipalities. One with unknown population weighs as much as a village of 1,000."""
    by_state: dict[str, list[tuple[Site, int]]] = {}
    for place in municipalities:
        name = place.name.upper()
        site = Site(
            place.code,
            place.state,
            place.name,
            f"JUZGADO CÍVICO DE {name}",
            f"MINISTERIO PÚBLICO EN {name}",
            f"POLICÍA MUNICIPAL DE {name}",
        )
        by_state.setdefault(place.state, []).append((site, place.population or 1000))
    return Places(
        states=Weighted((state, sum(weight for _, weight in sites)) for state, sites in sorted(by_state.items())),
        sites={state: Weighted(sites) for state, sites in by_state.items()},
    )


@cache
def load_municipalities() -> tuple[Municipality, ...]:
    """The official list of `institutions`. Raises Unavailable when the installation lacks it."""
    source = files("tequio.institutions").joinpath("data", "municipalities.csv")
    if not source.is_file():
        raise Unavailable(
            "Falta el catálogo de municipios (institutions/data/municipalities.csv).",
            hint="Reinstale Tequio: el paquete está incompleto.",
        )
    lines = (line for line in source.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return tuple(
        Municipality(row["code"], row["state"], row["name"], int(row["population"] or 0)) for row in csv.DictReader(lines)
    )
