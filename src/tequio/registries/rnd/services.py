"""The only writers of detentions: one at a time from capture, or a whole batch from supply."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from tequio.access import policy
from tequio.access.domain import Actor, IdempotencyKey, Permission, Purpose
from tequio.access.scoping import own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.kernel import clock, outbox, signing
from tequio.kernel.errors import Conflict, Invalid
from tequio.kernel.ids import new_id
from tequio.registries.events import RecordsChanged
from tequio.registries.rnd import domain, selectors, staging
from tequio.registries.rnd.contract import CONTRACT
from tequio.registries.rnd.domain import CustodyKind
from tequio.registries.rnd.events import CustodyChanged
from tequio.registries.rnd.models import CustodyEvent, Detention

REGISTRY = "rnd"


class UnknownField(Invalid):
    """A value for a field that the contract does not have."""

    code = "CAMPO_DESCONOCIDO"


class AlreadyCancelled(Conflict):
    """The record is a tombstone."""

    code = "REGISTRO_CANCELADO"


class StepOutOfOrder(Conflict):
    """The custody step cannot follow the present one."""

    code = "PASO_FUERA_DE_ORDEN"


class KeyTaken(Conflict):
    """The agency already has a record with that key."""

    code = "CLAVE_REPETIDA"


@dataclass(frozen=True, slots=True)
class CustodyStep:
    """A step of custody to record. `at` has a zone."""

    kind: CustodyKind
    at: datetime
    authority_code: str = ""
    place: str = ""
    note: str = ""


def register_detention(
    *, actor: Actor, purpose: Purpose, supplier_key: str, values: Mapping[str, Any], key: IdempotencyKey = ""
) -> Detention:
    """Record one detention. `values` are columns of `Detention` already in their types.

    The same key with the same values again returns the record that is there. Raises NotAllowed, KeyTaken, UnknownField.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.DETENTION_REGISTERED), reach(own(actor)):
        policy.require(actor, Permission.DETENTION_REGISTER)
        content_hash = _hash(_checked(values))
        there = selectors.by_supplier_key(actor.agency_id, supplier_key)
        if there is not None:
            if there.content_hash == content_hash:
                return there
            raise KeyTaken(
                f"La clave {supplier_key} ya tiene un registro con otro contenido.",
                hint="Corrija ese registro, o use otra clave.",
            )
        moment = clock.now()
        detention = Detention(
            agency_id=actor.agency_id,
            supplier_key=supplier_key,
            change_set=new_id(),
            changed_at=moment,
            changed_by=actor.username,
            contract_version=CONTRACT.version,
            content_hash=content_hash,
            supplied={name: _text(value) for name, value in values.items()},
            custody_state=CustodyKind.REGISTERED.value,
            **values,
        )
        detention.recorded_at = detention.recorded_at or moment
        try:
            with transaction.atomic():
                detention.save(force_insert=True)
        except IntegrityError as clash:
            raise KeyTaken(
                f"La clave {supplier_key} acaba de registrarse.", hint="Consulte el registro antes de repetir."
            ) from clash
        _add_event(actor, detention, CustodyStep(CustodyKind.REGISTERED, detention.recorded_at))
        record(
            actor=actor,
            purpose=purpose,
            action=Action.DETENTION_REGISTERED,
            subject_kind="detention",
            subjects=[detention.id],
            key=key,
        )
        outbox.publish(RecordsChanged(REGISTRY, detention.change_set, actor.agency_id))
    return detention


def correct_detention(
    *, actor: Actor, purpose: Purpose, detention_id: UUID, changes: Mapping[str, Any], reason: str
) -> Detention:
    """Make a new version with `changes`. The former one stays in history. Raises NotFound, AlreadyCancelled, UnknownField."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.DETENTION_CORRECTED), reach(own(actor)):
        policy.require(actor, Permission.DETENTION_CORRECT)
        detention = selectors.lock(detention_id)
        _refuse_if_cancelled(detention)
        checked = _checked(changes)
        if all(getattr(detention, name) == value for name, value in checked.items()):
            return detention
        for name, value in checked.items():
            setattr(detention, name, value)
        detention.supplied = detention.supplied | {name: _text(value) for name, value in checked.items()}
        _save_version(detention, actor, reason)
        record(
            actor=actor,
            purpose=purpose,
            action=Action.DETENTION_CORRECTED,
            subject_kind="detention",
            subjects=[detention.id],
            facts={"fields": sorted(checked), "version": detention.version},
        )
        outbox.publish(RecordsChanged(REGISTRY, detention.change_set, actor.agency_id))
    return detention


def cancel_detention(*, actor: Actor, purpose: Purpose, detention_id: UUID, reason: str) -> Detention:
    """Leave a tombstone: key, dates and reason stay, personal data goes to history. A second call changes nothing."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.DETENTION_CANCELLED), reach(own(actor)):
        policy.require(actor, Permission.DETENTION_CANCEL)
        if not reason.strip():
            raise Invalid("La cancelación necesita un motivo.", hint="Indique --reason.")
        detention = selectors.lock(detention_id)
        if detention.cancelled_at is not None:
            return detention
        for name, blank in staging.BLANKS.items():
            setattr(detention, name, blank)
        detention.cancelled_at = clock.now()
        _save_version(detention, actor, reason)
        record(
            actor=actor, purpose=purpose, action=Action.DETENTION_CANCELLED, subject_kind="detention", subjects=[detention.id]
        )
        outbox.publish(RecordsChanged(REGISTRY, detention.change_set, actor.agency_id))
    return detention


def add_custody_event(
    *, actor: Actor, purpose: Purpose, detention_id: UUID, step: CustodyStep, key: IdempotencyKey = ""
) -> CustodyEvent:
    """Append a step of custody. The same step again returns the one that is there. Raises NotFound, StepOutOfOrder."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.CUSTODY_EVENT_ADDED), reach(own(actor)):
        policy.require(actor, Permission.DETENTION_CORRECT)
        detention = selectors.lock(detention_id)
        _refuse_if_cancelled(detention)
        same = CustodyEvent.objects.filter(detention=detention, kind=step.kind.value, at=step.at).first()
        if same is not None:
            return same
        latest = selectors.latest_custody_moment(detention_id)
        if latest is not None and step.at < latest:
            raise StepOutOfOrder(
                f"El paso es anterior al último, del {latest.astimezone(clock.MEXICO):%d/%m/%Y %H:%M}.",
                hint="Revise fecha y hora; un error anterior se aclara con un paso posterior que lo diga.",
            )
        current = CustodyKind(detention.custody_state) if detention.custody_state else None
        if not domain.may_follow(current, step.kind):
            possible = ", ".join(k.value for k in domain.next_steps(current)) or "ninguno: la custodia terminó"
            raise StepOutOfOrder(
                f"De {detention.custody_state} no se pasa a {step.kind.value}.", hint=f"Pasos posibles: {possible}."
            )
        event = _add_event(actor, detention, step)
        detention.custody_state = step.kind.value
        if step.kind in {CustodyKind.TO_PROSECUTOR, CustodyKind.TO_CIVIC_JUDGE} and detention.presented_at is None:
            detention.presented_at = step.at
        detention.save(update_fields=["custody_state", "presented_at"])
        record(
            actor=actor,
            purpose=purpose,
            action=Action.CUSTODY_EVENT_ADDED,
            subject_kind="detention",
            subjects=[detention.id],
            facts={"kind": step.kind.value},
            key=key,
        )
        outbox.publish(CustodyChanged(detention.id, actor.agency_id))
    return event


def read_detention(*, actor: Actor, purpose: Purpose | None, detention_id: UUID) -> Detention:
    """One detention of the actor's agency. The reading is on the log. Raises NotAllowed, NotFound, PurposeRequired."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.DETENTION_READ), reach(own(actor)):
        policy.require(actor, Permission.DETENTION_READ)
        purpose = policy.require_purpose(purpose)
        detention = selectors.get(detention_id)
        record(actor=actor, purpose=purpose, action=Action.DETENTION_READ, subject_kind="detention", subjects=[detention.id])
    return detention


def find_detention(*, actor: Actor, purpose: Purpose | None, supplier_key: str) -> UUID:
    """The record of the actor's agency with that key. Tells nothing else of it. Raises NotAllowed, NotFound."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.DETENTION_READ), reach(own(actor)):
        policy.require(actor, Permission.DETENTION_READ)
        found = selectors.by_supplier_key(actor.agency_id, supplier_key)
        if found is None:
            raise policy.not_found()
    return found.id


def read_overdue_arrests(*, actor: Actor, purpose: Purpose, limit_hours: int) -> list[Detention]:
    """The actor's agency's administrative arrests past their limit. The reading is on the log. Raises NotAllowed."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.DETENTION_READ), reach(own(actor)):
        policy.require(actor, Permission.DETENTION_READ)
        found = selectors.overdue_arrests(clock.now(), limit_hours)
        record(
            actor=actor, purpose=purpose, action=Action.DETENTION_READ, subject_kind="detention", subjects=[d.id for d in found]
        )
    return found


def upsert_from_supply(*, actor: Actor, change_set: UUID, table: str) -> staging.Counts:
    """Store the staged rows of a batch: new, changed, cancelled; unchanged ones are left alone. Set-wise: five statements.

    `table` is the intake's staging table (see `staging`); rows that cannot be stored are marked there with the reason. Must
    run in the intake's transaction, which writes the audit line; publishes RecordsChanged.
    """
    policy.require(actor, Permission.SUPPLY_SEND)
    with connection.cursor() as cursor:
        counts = staging.store(
            cursor, table=table, actor=actor, change_set=change_set, moment=clock.now(), contract_version=CONTRACT.version
        )
    if counts.inserted or counts.updated or counts.cancelled:
        outbox.publish(RecordsChanged(REGISTRY, change_set, actor.agency_id))
    return counts


def _add_event(actor: Actor, detention: Detention, step: CustodyStep) -> CustodyEvent:
    moment = clock.now()
    said = "\n".join(
        [
            str(detention.id),
            step.kind.value,
            step.at.astimezone(UTC).isoformat(),
            step.authority_code,
            step.place,
            step.note,
            actor.username,
        ]
    )
    return CustodyEvent.objects.create(
        detention=detention,
        agency_id=detention.agency_id,
        kind=step.kind.value,
        at=step.at,
        authority_code=step.authority_code,
        place=step.place,
        note=step.note,
        recorded_by=actor.username,
        recorded_at=moment,
        signature=signing.node_key().sign(said),
    )


def _save_version(detention: Detention, actor: Actor, reason: str) -> None:
    detention.version += 1
    detention.change_set = new_id()
    detention.changed_at = clock.now()
    detention.changed_by = actor.username
    detention.change_reason = reason
    detention.content_hash = _hash({name: getattr(detention, name) for name in staging.BLANKS if name != "supplied"})
    detention.save()


def _refuse_if_cancelled(detention: Detention) -> None:
    if detention.cancelled_at is not None:
        raise AlreadyCancelled(
            f"El registro {detention.supplier_key} fue cancelado el {detention.cancelled_at:%d/%m/%Y}.",
            hint="Un registro cancelado no se corrige: registre uno nuevo con otra clave.",
        )


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(values) - set(staging.BLANKS) - {"detained_on", "detained_at", "state_code", "record_type"})
    if unknown:
        raise UnknownField(f"Campos que el registro no tiene: {', '.join(unknown)}.", hint="Vea `tequio contract rnd`.")
    return dict(values)


def _hash(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps({k: _text(v) for k, v in values.items()}, sort_keys=True).encode()).hexdigest()


def _text(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(str(item) for item in value)
    return "" if value is None else str(value)
