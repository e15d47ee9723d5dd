"""Writing the log. Lines are part of the transaction of the deed that they tell: both are kept or neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose, PurposeCode, Role
from tequio.audit import domain, selectors
from tequio.audit.domain import Action, Break, Outcome
from tequio.audit.models import ChainHead, Checkpoint, Line
from tequio.institutions.events import ReferenceLoaded
from tequio.kernel import clock, signing
from tequio.kernel.errors import NotAllowed, NotFound, PurposeRequired, TequioError


@dataclass(slots=True)
class _Draft:
    chain: str
    content: dict[str, Any]


@dataclass(slots=True)
class Unit:
    """The transaction in progress and the lines that it will leave."""

    drafts: list[_Draft] = field(default_factory=list)


_TOLD = {"permission", "screen"}
"""Facts of a refusal that its line keeps: names of the program's own, never data."""

_current: ContextVar[Unit | None] = ContextVar("tequio_audit_unit", default=None)


@contextmanager
def unit_of_work(*, actor: Actor, purpose: Purpose | None, action: Action) -> Iterator[Unit]:
    """One transaction. Its lines are written last, so that a chain is held for the time of the commit and no longer.

    A refusal (not allowed, not found, no purpose: «negado») or any
    other expected error («fallido») undoes the work and leaves its own line. An inner unit joins the outer one.
    """
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    unit = Unit()
    token = _current.set(unit)
    try:
        with transaction.atomic():
            yield unit
            _flush(unit)
    except TequioError as failure:
        _record_failure(actor, purpose, action, failure)
        raise
    finally:
        _current.reset(token)


def record(
    *,
    actor: Actor,
    purpose: Purpose | None,
    action: Action,
    subject_kind: str = "",
    subjects: Sequence[object] = (),
    facts: dict[str, Any] | None = None,
    key: object = "",
) -> None:
    """Add a line to the unit of work in progress. `facts` must hold no personal data. Raises RuntimeError outside a unit."""
    unit = _current.get()
    if unit is None:
        raise RuntimeError("audit.record outside a unit of work")
    content = _content(actor, purpose, action, Outcome.DONE)
    content |= {
        "subject_kind": subject_kind,
        "subjects": [str(s) for s in subjects],
        "facts": facts or {},
        "key": str(key or ""),
    }
    unit.drafts.append(_Draft(actor.agency_code, content))


def sign_checkpoint(*, actor: Actor, purpose: Purpose | None) -> Checkpoint:
    """State and sign where every chain stands now. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.CHECKPOINT_SIGNED):
        if not actor.is_system:
            policy.require(actor, Permission.AUDIT_VERIFY)
        heads = selectors.heads()
        moment = clock.now()
        key = signing.node_key()
        signature = key.sign(selectors.checkpoint_text(moment, heads))
        checkpoint = Checkpoint.objects.create(at=moment, heads=heads, key_id=key.key_id, signature=signature)
        record(actor=actor, purpose=purpose, action=Action.CHECKPOINT_SIGNED, facts={"chains": len(heads)})
    return checkpoint


def log_reference_load(event: ReferenceLoaded) -> None:
    """Leave the line of a load of reference data, which happens in rooms below this one."""
    agency_code = event.agency_code
    actor = Actor(event.username, 0, agency_code, "", frozenset(Role(role) for role in event.roles), is_system=True)
    purpose = Purpose(PurposeCode(event.purpose), event.folio)
    with unit_of_work(actor=actor, purpose=purpose, action=Action.REFERENCE_LOADED):
        facts = {
            "room": event.room,
            "created": event.created,
            "updated": event.updated,
            "kept": event.kept,
            "changes": list(event.changes),
        }
        record(actor=actor, purpose=purpose, action=Action.REFERENCE_LOADED, subject_kind="reference", facts=facts)


def verify_log(*, actor: Actor, purpose: Purpose, chain: str | None) -> tuple[int, list[Break]]:
    """Check a chain, or with None every chain. Returns (lines read, breaks found). The check is on the log. O(lines).

    An auditor reaches the chain of the own agency; a federal one reaches them all. Raises NotAllowed.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.AUDIT_VERIFIED):
        policy.require(actor, Permission.AUDIT_VERIFY)
        require_chain(actor, chain)
        lines, breaks = selectors.verify(chain)
        facts = {"chain": chain or "", "lines": lines, "breaks": len(breaks)}
        record(
            actor=actor,
            purpose=purpose,
            action=Action.AUDIT_VERIFIED,
            subject_kind="chain",
            subjects=[chain or "*"],
            facts=facts,
        )
    return lines, breaks


def export_log(*, actor: Actor, purpose: Purpose, chain: str | None, write: Callable[[dict[str, Any]], None]) -> int:
    """Hand every line of a chain, or with None of all, to `write`, with what is needed to check it elsewhere. Returns how many.

    Lines hold references, never a record's contents. Reach as in `verify_log`. The export is on the log. Raises NotAllowed.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.AUDIT_EXPORTED):
        policy.require(actor, Permission.AUDIT_EXPORT)
        require_chain(actor, chain)
        count = 0
        for line in selectors.lines(chain):
            write(selectors.content(line) | {"previous": line.previous, "fingerprint": line.fingerprint})
            count += 1
        facts = {"chain": chain or "", "lines": count}
        record(
            actor=actor,
            purpose=purpose,
            action=Action.AUDIT_EXPORTED,
            subject_kind="chain",
            subjects=[chain or "*"],
            facts=facts,
        )
    return count


def require_chain(actor: Actor, chain: str | None) -> None:
    """Own agency's chain, or any for a federal auditor. Raises NotAllowed."""
    if chain != actor.agency_code and actor.state_code:
        raise NotAllowed(
            f"«{actor.username}» alcanza la bitácora de {actor.agency_code} y ninguna otra.",
            hint="Quite --all: la bitácora de todas las dependencias la revisa la auditoría federal.",
        )


def _content(actor: Actor, purpose: Purpose | None, action: Action, outcome: Outcome) -> dict[str, Any]:
    return {
        "at": clock.now().isoformat(timespec="microseconds"),
        "username": actor.username,
        "roles": sorted(role.value for role in actor.roles),
        "action": action.value,
        "outcome": outcome.value,
        "purpose": purpose.code.value if purpose else "",
        "folio": purpose.folio if purpose else "",
        "subject_kind": "",
        "subjects": [],
        "facts": {},
        "key": "",
    }


def _record_failure(actor: Actor, purpose: Purpose | None, action: Action, failure: TequioError) -> None:
    refused = isinstance(failure, NotAllowed | NotFound | PurposeRequired)
    content = _content(actor, purpose, action, Outcome.REFUSED if refused else Outcome.FAILED)
    content["facts"] = {"code": failure.code, **{k: v for k, v in failure.facts.items() if k in _TOLD}}
    with transaction.atomic():
        _flush(Unit([_Draft(actor.agency_code, content)]))


def _flush(unit: Unit) -> None:
    """Number and chain the drafts. Chains are locked in name order, so that two units never wait for each other."""
    if not unit.drafts:
        return
    chains = sorted({draft.chain for draft in unit.drafts})
    ChainHead.objects.bulk_create([ChainHead(chain=c, fingerprint=domain.GENESIS) for c in chains], ignore_conflicts=True)
    heads = {h.chain: h for h in ChainHead.objects.select_for_update().filter(chain__in=chains).order_by("chain")}
    lines = []
    for draft in unit.drafts:
        head = heads[draft.chain]
        head.number += 1
        print_ = domain.fingerprint(head.fingerprint, {"chain": draft.chain, "number": head.number, **draft.content})
        lines.append(
            Line(
                chain=draft.chain,
                number=head.number,
                previous=head.fingerprint,
                fingerprint=print_,
                **(draft.content | {"at": selectors.moment(draft.content["at"])}),
            )
        )
        head.fingerprint = print_
    Line.objects.bulk_create(lines, batch_size=2_000)
    ChainHead.objects.bulk_update(heads.values(), ["number", "fingerprint"])
    unit.drafts.clear()
