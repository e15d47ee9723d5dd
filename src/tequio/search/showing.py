"""Answers of a search in words: what agrees, what differs, what is lacking; what is masked, why, and whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tequio.access.domain import Actor, Permission
from tequio.matching.domain import bands
from tequio.matching.domain.explanation import Evidence
from tequio.matching.domain.features.base import DIFFERENT, EQUAL, MISSING_BOTH, MISSING_ONE, NEAR, PARTIAL
from tequio.search.domain import Found, Reference
from tequio.search.services import EXPLAINED
from tequio.ui.values import Badge, Masked, Tone

BANDS: Final[dict[str, Badge]] = {
    bands.ALMOST_CERTAIN: Badge(_("casi cierta"), Tone.GOOD),
    bands.PROBABLE: Badge(_("probable"), Tone.INFO),
    bands.POSSIBLE: Badge(_("posible"), Tone.WARN),
    bands.WEAK: Badge(_("débil")),
    bands.DISCARDED: Badge(_("descartada")),
}
RECORD_TYPES: Final[dict[str, Promise | str]] = {
    "falta_administrativa": _("Falta administrativa"),
    "hecho_probablemente_delictivo": _("Hecho probablemente delictivo"),
}
LEVELS: Final[dict[str, tuple[str, Promise | str]]] = {
    EQUAL: ("✓", _("igual")),
    NEAR: ("≈", _("casi igual")),
    PARTIAL: ("≈", _("en parte")),
    DIFFERENT: ("✗", _("distinto")),
    "contradice": ("✗", _("contradice")),
    MISSING_ONE: ("–", _("falta en uno")),
    MISSING_BOTH: ("–", _("falta en ambos")),
}
"""Sign and words of each level: nobody reads by colour alone."""


@dataclass(frozen=True, slots=True)
class Line:
    """One feature of a comparison."""

    feature: str
    left: str
    right: str
    sign: str
    level: str | Promise
    bits: str
    conflict: str


@dataclass(frozen=True, slots=True)
class Result:
    """One answer."""

    number: int
    badge: Badge | None
    score: str
    agency: str
    agency_code: str
    state: str
    detained_on: object
    record_type: str | Promise
    sentence: str
    agree: str
    differ: str
    lack: str
    lines: list[Line]
    algorithm: str
    masked: Masked | None
    """Why the comparison is not shown."""
    url: str
    """The record's sheet, for those of the agency itself."""
    ask: str
    """Whom to ask for the record, for the others."""


def results(actor: Actor, found: tuple[Found, ...], agencies: dict[str, str], states: dict[str, str]) -> list[Result]:
    """Answers in words, in their order."""
    return [_of(actor, number, one, agencies, states) for number, one in enumerate(found, 1)]


def references(actor: Actor, found: tuple[Reference, ...], agencies: dict[str, str], states: dict[str, str]) -> list[Result]:
    """Records found by a number of their own."""
    return [
        Result(
            number=number, badge=None, score="", sentence="", agree="", differ="", lack="", lines=[], algorithm="", masked=None,
            **_whose(actor, one, agencies, states),
        )
        for number, one in enumerate(found, 1)
    ]  # fmt: skip


def _of(actor: Actor, number: int, one: Found, agencies: dict[str, str], states: dict[str, str]) -> Result:
    told = one.explanation
    features = told.features if told else ()
    return Result(
        number=number,
        badge=BANDS.get(one.band, Badge(one.band)),
        score=f"{one.score:.2f}",
        sentence=told.sentence if told else "",
        agree=_named(features, {EQUAL, NEAR, PARTIAL}),
        differ=_named(features, {DIFFERENT, "contradice"}),
        lack=_named(features, {MISSING_ONE}),
        lines=[_line(feature) for feature in features],
        algorithm=told.algorithm if told else "",
        masked=None if told else _masked(actor),
        **_whose(actor, one, agencies, states),
    )


def _whose(actor: Actor, one: Found | Reference, agencies: dict[str, str], states: dict[str, str]) -> dict[str, Any]:
    ours = one.agency_code == actor.agency_code and Permission.DETENTION_READ in actor.permissions
    name = agencies.get(one.agency_code, one.agency_code)
    return {
        "agency": name,
        "agency_code": one.agency_code,
        "state": states.get(one.state_code, one.state_code),
        "detained_on": one.detained_on,
        "record_type": RECORD_TYPES.get(one.record_type, one.record_type),
        "url": reverse("rnd:sheet", args=[one.record_id]) if ours and one.registry == "rnd" else "",
        "ask": ""
        if ours
        else str(_("El registro es de otra dependencia: pídalo a {agency}, con su oficio.")).format(agency=name),
    }


def _line(one: Evidence) -> Line:
    sign, level = LEVELS.get(one.level, ("", one.level))
    return Line(one.feature, one.left, one.right, sign, level, f"{one.weight:+.2f}", one.conflict)


def _named(features: tuple[Evidence, ...], levels: set[str]) -> str:
    return ", ".join(one.feature for one in features if one.level in levels)


def _masked(actor: Actor) -> Masked:
    if actor.roles & EXPLAINED:
        return Masked(_("El registro se canceló o cambió mientras se comparaba."), _("Busque otra vez."))
    return Masked(
        _("Su rol ve de quién es el registro y qué tan segura es la coincidencia, no con qué datos."),
        _("Pídalo a una persona analista o supervisora de su dependencia."),
    )
