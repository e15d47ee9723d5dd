"""Rules of institutions that need no database: levels, periods in force, who may load reference data, naming a state."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from tequio.kernel.errors import NotAllowed, PurposeRequired
from tequio.kernel.text import LOST, fold


class Level(StrEnum):
    """Order of government."""

    FEDERAL = "federal"
    STATE = "estatal"
    MUNICIPAL = "municipal"


class AgencyKind(StrEnum):
    """What an agency is for."""

    PUBLIC_SECURITY = "seguridad_publica"
    PROSECUTOR = "fiscalia"
    PRISONS = "sistema_penitenciario"
    POLICE = "policia"
    COORDINATION = "coordinacion"
    INFORMATION = "informacion"
    CIVIC_JUSTICE = "justicia_civica"


class Editor(Protocol):
    """What this room, which lies below `access`, needs to know of whoever acts. `access.domain.Actor` fits."""

    @property
    def username(self) -> str: ...
    @property
    def agency_code(self) -> str: ...
    @property
    def roles(self) -> Collection[str]: ...
    @property
    def permissions(self) -> Collection[str]: ...


class Reason(Protocol):
    """Purpose of use, as this room sees it. `access.domain.Purpose` fits."""

    @property
    def code(self) -> str: ...
    @property
    def folio(self) -> str: ...


CATALOG_EDIT = "catalog.edit"
"""The permission of `access.domain.Permission` that reference data asks for."""


def require_editor(actor: Editor, purpose: Reason | None) -> Reason:
    """Refuse whoever may not change reference data, or does not say why. Raises NotAllowed, PurposeRequired."""
    if CATALOG_EDIT not in actor.permissions:
        raise NotAllowed(
            f"La persona usuaria «{actor.username}» no tiene permiso para cargar catálogos ({CATALOG_EDIT}).",
            hint="Pida la carga a quien administra el sistema en su dependencia.",
            facts={"permission": CATALOG_EDIT},
        )
    if purpose is None or not purpose.folio.strip():
        raise PurposeRequired(
            "La carga de catálogos necesita finalidad y folio.",
            hint="Indique la finalidad y el folio del oficio o acuerdo que la ordena.",
        )
    return purpose


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open time in force: from the first day, to the first day no longer in force; open while `end` is None."""

    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Whether `day` is in force."""
        return self.start <= day and (self.end is None or day < self.end)


def overlaps(periods: Mapping[Hashable, Iterable[Period]]) -> list[tuple[Hashable, Period, Period]]:
    """Each pair of neighbouring periods of one thing that share a day, in order. O(n log n)."""
    found = []
    for thing, unsorted in periods.items():
        ordered = sorted(unsorted, key=lambda period: period.start)
        for before, after in pairwise(ordered):
            if before.end is None or before.end > after.start:
                found.append((thing, before, after))
    return found


def end_in_force(stated: Period, other_starts: Iterable[date]) -> date | None:
    """When a published period ends, given the days on which rows added here begin: a later row ends the one before it."""
    later = [start for start in other_starts if start > stated.start]
    if stated.end is not None:
        later.append(stated.end)
    return min(later, default=None)


@dataclass(frozen=True, slots=True)
class StateEntry:
    """One state and everything it is called."""

    code: str
    renapo: str
    name: str
    abbreviation: str
    aliases: tuple[str, ...] = ()


_STATE_NUMBER = re.compile(r"[0-9]{1,2}")
_LEAST_TO_MEND = 4  # letters that must be left of a damaged name before its lost ones are told


def without_accented_letters(text: str) -> str:
    """What remains when a system drops every letter beyond ASCII: "Querétaro" -> "Quertaro"."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if c.isascii())


@dataclass(slots=True)
class StateBook:
    """Tells a state from a code, a name or an abbreviation, however damaged; never from a likeness.

    Building O(states x names); `find` O(1) for what is whole, O(names) for a text with lost letters.
    """

    entries: tuple[StateEntry, ...]
    _whole: dict[str, str] = field(init=False, default_factory=dict)
    _damaged: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        doubtful: set[str] = set()
        for entry in self.entries:
            for text in (entry.code, entry.renapo, entry.name, entry.abbreviation, *entry.aliases):
                self._whole.setdefault(_key(text), entry.code)
                broken = _key(without_accented_letters(text))
                if self._damaged.setdefault(broken, entry.code) != entry.code:
                    doubtful.add(broken)
        for broken in doubtful:
            del self._damaged[broken]

    def find(self, text: str | None) -> str | None:
        """INEGI code of the state that `text` names, or None. Code with or without its zero, RENAPO key, name, abbreviation."""
        key = _key(text)
        if not key:
            return None
        whole = self._whole.get(key) or self._damaged.get(key)
        return whole if whole or LOST not in key or len(key.replace(LOST, "")) < _LEAST_TO_MEND else self._mend(key)

    def is_damaged(self, text: str | None) -> bool:
        """Whether `text` names a state only because its lost letters could be told."""
        return self.find(text) is not None and _key(text) not in self._whole

    def names(self) -> list[str]:
        """Official names, by code."""
        return [entry.name for entry in self.entries]

    def _mend(self, key: str) -> str | None:
        pattern = re.compile("".join(".{1,2}" if c == LOST else re.escape(c) for c in key))
        fitting = {code for known, code in self._whole.items() if pattern.fullmatch(known)}
        return fitting.pop() if len(fitting) == 1 else None


def _key(text: str | None) -> str:
    """Comparison key: folded, without spaces, so that "B.C.S.", "BCS" and "B C S" are one; a code has its zero.

    Digits mixed with anything else name no state: "1.0" must not become "10".
    """
    plain = (text or "").strip()
    if any(c.isdigit() for c in plain):
        return plain.zfill(2) if _STATE_NUMBER.fullmatch(plain) else ""
    return fold(plain).replace(" ", "")
