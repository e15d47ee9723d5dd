"""Reading the log: who did or saw what, when, for which purpose. Each reading leaves its own line.

An auditor reaches the chain of the own agency; a federal one reaches them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose
from tequio.audit import selectors
from tequio.audit.domain import Action, Filters, Place
from tequio.audit.models import Line
from tequio.audit.services import record, require_chain, unit_of_work

MOST_LOOKS: Final = 500
"""Lines of one answer to who looked at a record."""
_TOLD: Final = ("chain", "action", "outcome", "purpose")
"""Filters of a closed vocabulary: their values go on the log as they are."""
_TOLD_IF_FOUND: Final = ("username", "folio")
"""Filters of free text: told only once lines have them, so that nothing that somebody typed there by mistake is kept."""


@dataclass(frozen=True, slots=True)
class ChainState:
    """Where one chain stands."""

    chain: str
    lines: int
    verified: Line | None
    """Line of its last verification."""


@dataclass(frozen=True, slots=True)
class LogState:
    """Where the chains in reach stand, and what was last checked of them."""

    chains: tuple[ChainState, ...]
    lines: int
    checkpoint_at: datetime | None
    verified_all: Line | None
    """Line of the last verification of all chains at once; None where the reader does not reach them all."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Lines about some records, the latest first."""

    lines: list[Line]
    cut: bool
    """Whether there are more than those."""


def reach_all(actor: Actor) -> bool:
    """Whether the actor reaches every chain."""
    return not actor.state_code


def list_lines(
    *,
    actor: Actor,
    purpose: Purpose,
    filters: Filters,
    before: Place | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> list[Line]:
    """A page of the log. With no chain in the filters: the own one, or for a federal auditor all. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.AUDIT_READ):
        policy.require(actor, Permission.AUDIT_READ)
        return _page(actor, purpose, filters, limit, before, after)


def export_lines(*, actor: Actor, purpose: Purpose, filters: Filters, limit: int) -> list[Line]:
    """The latest lines, to be taken out as a list: as `list_lines`, for whoever may export. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.AUDIT_READ):
        policy.require(actor, Permission.AUDIT_EXPORT)
        return _page(actor, purpose, filters, limit, None, None)


def _page(
    actor: Actor, purpose: Purpose, filters: Filters, limit: int, before: Place | None, after: Place | None
) -> list[Line]:
    wanted = _in_reach(actor, filters)
    found = selectors.page(wanted, limit, before=before, after=after)
    record(
        actor=actor,
        purpose=purpose,
        action=Action.AUDIT_READ,
        subject_kind="chain",
        subjects=[wanted.chain or "*"],
        facts={"filters": _told(wanted, found), "lines": len(found)},
    )
    return found


def list_looks(*, actor: Actor, purpose: Purpose, kind: str, subjects: Sequence[str], asked_by: str) -> Looks:
    """Who did or saw something with any of the records, in the chains in reach. `asked_by` says how they were named.

    Raises NotAllowed.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.LOOKS_READ):
        policy.require(actor, Permission.AUDIT_READ)
        chain = "" if reach_all(actor) else actor.agency_code
        found = selectors.about(subjects, chain, MOST_LOOKS + 1) if subjects else []
        record(
            actor=actor,
            purpose=purpose,
            action=Action.LOOKS_READ,
            subject_kind=kind,
            subjects=list(subjects),
            facts={"by": asked_by, "records": len(subjects), "lines": min(len(found), MOST_LOOKS)},
        )
    return Looks(found[:MOST_LOOKS], len(found) > MOST_LOOKS)


def log_state(*, actor: Actor, purpose: Purpose | None) -> LogState:
    """Where the chains in reach stand. Raises NotAllowed. Two queries, and one more for each chain."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.AUDIT_STATE_READ):
        policy.require(actor, Permission.AUDIT_READ)
        everything = reach_all(actor)
        heads = {chain: head["number"] for chain, head in selectors.heads().items() if everything or chain == actor.agency_code}
        chains = tuple(ChainState(chain, lines, selectors.last_verification(chain)) for chain, lines in heads.items())
        record(
            actor=actor,
            purpose=purpose,
            action=Action.AUDIT_STATE_READ,
            subject_kind="chain",
            subjects=["*" if everything else actor.agency_code],
        )
        whole = selectors.last_verification("") if everything else None
        return LogState(chains, sum(heads.values()), selectors.last_checkpoint_at(), whole)


def _in_reach(actor: Actor, filters: Filters) -> Filters:
    """The filters, never wider than what the actor reaches. Raises NotAllowed for another agency's chain."""
    if not filters.chain:
        return filters if reach_all(actor) else replace(filters, chain=actor.agency_code)
    require_chain(actor, filters.chain)
    return filters


def _told(filters: Filters, found: Sequence[Line]) -> dict[str, Any]:
    names = [*_TOLD, *(_TOLD_IF_FOUND if found else ())]
    told: dict[str, Any] = {name: value for name in names if (value := getattr(filters, name))}
    told |= {name: value.isoformat() for name in ("since", "until") if (value := getattr(filters, name)) is not None}
    return told | ({"subject": filters.subject} if filters.subject and found else {})
