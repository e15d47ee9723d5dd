"""The only writers of detentions: one at a time from capture, or a whole batch from supply."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
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
from tequio.registries.rnd.capture import FIELDS
from tequio.registries.rnd.contract import CONTRACT
from tequio.registries.rnd.domain import CustodyKind, Filters
from tequio.registries.rnd.events import CustodyChanged
from tequio.registries.rnd.models import CustodyEvent, Detention
from tequio.registries.rnd.selectors import Version

REGISTRY = "rnd"
NEAR = timedelta(hours=6)
"""Before the end of an arrest, when it begins to press."""
_REWRITTEN = (
    {field.name for field in FIELDS} | set(staging.BLANKS) | {"detained_on", "detained_at", "state_code", "record_type"}
)
"""Names of supplied values that a correction by form takes the place of."""


class UnknownField(Invalid):
    """A value for a field that the contract does not have."""

    code = "CAMPO_DESCONOCIDO"


class AlreadyCancelled(Conflict):
    """The record is a tombstone."""

    code = "REGISTRO_CANCELADO"


class StepOutOfOrder(Conflict):
    """The custody step cannot follow the present one."""

    code = "PASO_FUERA_DE_ORDEN"


class ChangedMeanwhile(Conflict):
    """The record is no longer the version that was seen."""

    code = "REGISTRO_CAMBIADO"


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


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that one page tells of a record: see `read_sheet`."""

    detention: Detention
    custody: list[CustodyEvent]
    versions: list[Version]
    hides_health: bool
    """Sensitive columns are for other roles, or for another purpose."""
    arrest_ends: datetime | None
    """When a running administrative arrest must end; None if none runs or its beginning is not known: «no calculable»."""
    arrest_hours: int


def register_detention(
    *, actor: Actor, purpose: Purpose, supplier_key: str, values: Mapping[str, Any], key: IdempotencyKey = ""
) -> Detention:
    """Record one detention. `values` are columns of `Detention` already in their types; `supplied` among them is as written.

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
        columns = dict(values)
        supplied = columns.pop("supplied", None) or {
            name: _text(value) for name, value in columns.items() if name != "absences"
        }
        detention = Detention(
            agency_id=actor.agency_id,
            supplier_key=supplier_key,
            change_set=new_id(),
            changed_at=moment,
            changed_by=actor.username,
            contract_version=CONTRACT.version,
            content_hash=content_hash,
            supplied=supplied,
            custody_state=CustodyKind.REGISTERED.value,
            **columns,
        )
        detention.listed_name = _listed_name(detention)
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
    *,
    actor: Actor,
    purpose: Purpose,
    detention_id: UUID,
    changes: Mapping[str, Any],
    reason: str,
    seen_version: int | None = None,
) -> Detention:
    """Make a new version with `changes`. The former one stays in history. `seen_version`: the one that the correction is of.

    Raises NotFound, AlreadyCancelled, ChangedMeanwhile, UnknownField.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.DETENTION_CORRECTED), reach(own(actor)):
        policy.require(actor, Permission.DETENTION_CORRECT)
        policy.require_reason(reason)
        detention = selectors.lock(detention_id)
        refuse_if_cancelled(detention)
        if seen_version is not None and detention.version != seen_version:
            raise ChangedMeanwhile(
                f"El registro {detention.supplier_key} va en la versión {detention.version}, y se corregía la {seen_version}.",
                hint="Vuelva a abrirlo, vea qué cambió y corrija sobre lo que dice ahora.",
            )
        checked = _checked(changes)
        if "supplied" in checked:  # what a form does not ask for stays as it came
            checked["supplied"] = {k: v for k, v in detention.supplied.items() if k not in _REWRITTEN} | checked["supplied"]
        if all(getattr(detention, name) == value for name, value in checked.items()):
            return detention
        for name, value in checked.items():
            setattr(detention, name, value)
        if "supplied" not in checked:
            detention.supplied = detention.supplied | {name: _text(value) for name, value in checked.items()}
        _save_version(detention, actor, reason)
        record(
            actor=actor,
            purpose=purpose,
            action=Action.DETENTION_CORRECTED,
            subject_kind="detention",
            subjects=[detention.id],
            facts={"fields": sorted(set(checked) - {"supplied", "absences"}), "version": detention.version},
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
        refuse_if_cancelled(detention)
        same = CustodyEvent.objects.filter(detention=detention, kind=step.kind.value, at=step.at).first()
        if same is not None:
            return same
        latest = selectors.latest_custody_moment(detention_id)
        if latest is not None and step.at < latest:
            raise StepOutOfOrder(
                f"El paso es anterior al último, del {latest.astimezone(clock.MEXICO):%d/%m/%Y %H:%M}.",
                hint="Revise fecha y hora; un error anterior se aclara con un paso posterior que lo diga.",
            )
        if detention.detained_at is not None and step.at < detention.detained_at:
            raise StepOutOfOrder(
                f"El paso es anterior a la detención, del {detention.detained_at.astimezone(clock.MEXICO):%d/%m/%Y %H:%M}.",
                hint="Revise fecha y hora; si la de la detención está mal, corríjala primero.",
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


def read_to_correct(*, actor: Actor, purpose: Purpose | None, detention_id: UUID) -> Detention:
    """One detention, for whoever may correct it and sees nothing of it. Raises NotAllowed, NotFound, PurposeRequired."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.DETENTION_CORRECTED), reach(own(actor)):
        policy.require(actor, Permission.DETENTION_CORRECT)
        policy.require_purpose(purpose)
        return selectors.get(detention_id)


def read_sheet(*, actor: Actor, purpose: Purpose | None, detention_id: UUID) -> Sheet:
    """A detention of the actor's agency, its custody and its versions. One line of the log for all. Raises as `read_detention`.

    Sensitive columns come blank where role and purpose do not show them.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.DETENTION_READ), reach(own(actor)):
        stated = policy.require_purpose(purpose)
        detention = read_detention(actor=actor, purpose=stated, detention_id=detention_id)
        hours = selectors.arrest_limit(clock.now().astimezone(clock.MEXICO).date())
        running = domain.arrest_runs(detention.record_type, detention.custody_state) and detention.cancelled_at is None
        ends = domain.arrest_ends(detention.presented_at, hours) if running and detention.presented_at else None
        versions = selectors.versions(detention)
        hides = not domain.sees_health(actor, stated)
        if hides:
            versions = [_without_health(version) for version in versions]
            _hide_health(detention)
        custody = selectors.custody(detention.id)
    return Sheet(detention, custody, versions, hides, ends, hours)


def list_detentions(
    *, actor: Actor, purpose: Purpose | None, filters: Filters, order: str, offset: int, limit: int
) -> list[Detention]:
    """A page of the actor's agency's records. The reading is on the log, with the records shown. Raises NotAllowed,
    PurposeRequired. Two queries."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.DETENTION_READ), reach(own(actor)):
        policy.require(actor, Permission.DETENTION_READ)
        purpose = policy.require_purpose(purpose)
        policy.refuse_unstorable(filters.name, filters.number)
        found = selectors.page(filters, order=order, offset=offset, limit=limit)
        shown = found[: limit - 1]  # the last one only tells that there is a next page
        _record_list(actor, purpose, Action.DETENTION_READ, filters, shown)
    return found


def export_detentions(*, actor: Actor, purpose: Purpose | None, filters: Filters, order: str, limit: int) -> list[Detention]:
    """The records that a file will hold, at most `limit` - 1 and one more that tells of others. On the log, with every record.

    Raises NotAllowed, PurposeRequired. O(limit).
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.DETENTION_EXPORTED), reach(own(actor)):
        policy.require(actor, Permission.DETENTION_EXPORT)
        purpose = policy.require_purpose(purpose)
        policy.refuse_unstorable(filters.name, filters.number)
        found = selectors.page(filters, order=order, limit=limit)
        _record_list(actor, purpose, Action.DETENTION_EXPORTED, filters, found[: limit - 1])
    return found


def find_alike(
    *, actor: Actor, purpose: Purpose | None, listed_name: str, detained_on: date, but: UUID | None = None
) -> list[Detention]:
    """Records of the actor's agency of that very name and day: maybe the same detention. On the log if there are any."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.DETENTION_READ), reach(own(actor)):
        policy.require(actor, Permission.DETENTION_READ)
        found = selectors.alike(listed_name, detained_on, but) if listed_name else []
        if found:
            ids = [one.id for one in found]
            record(actor=actor, purpose=purpose, action=Action.DETENTION_READ, subject_kind="detention", subjects=ids)
    return found


def arrests_near_limit(*, actor: Actor, limit: int = 50) -> list[tuple[Detention, datetime]]:
    """Arrests of the actor's agency that are past their limit or near it, and when each ends; no datum of a person is shown, so
    no line is left. Raises NotAllowed."""
    policy.require(actor, Permission.DETENTION_READ)
    now = clock.now()
    hours = selectors.arrest_limit(now.astimezone(clock.MEXICO).date())
    with reach(own(actor)):
        found = selectors.arrests_near_limit(now, hours, NEAR, limit)
    return [(one, domain.arrest_ends(one.presented_at, hours)) for one in found if one.presented_at is not None]


def _record_list(actor: Actor, purpose: Purpose, action: Action, filters: Filters, shown: list[Detention]) -> None:
    asked = sorted(name for name, value in asdict(filters).items() if value and name != "standing")
    record(
        actor=actor,
        purpose=purpose,
        action=action,
        subject_kind="detention",
        subjects=[detention.id for detention in shown],
        facts={"filters": asked, "rows": len(shown)},
    )


def _hide_health(detention: Detention) -> None:
    """Blank what is sensitive in a row that will not be saved."""
    for name in domain.HEALTH:
        setattr(detention, name, "")
    detention.supplied = {k: v for k, v in detention.supplied.items() if k not in domain.HEALTH_FIELDS | domain.HEALTH}
    detention.absences = {k: v for k, v in detention.absences.items() if k not in domain.HEALTH_FIELDS}


def _without_health(version: Version) -> Version:
    hidden = domain.HEALTH | domain.HEALTH_FIELDS
    return replace(version, changes=tuple(change for change in version.changes if change.column not in hidden))


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
    detention.listed_name = _listed_name(detention)
    detention.content_hash = _hash({name: getattr(detention, name) for name in staging.BLANKS if name != "supplied"})
    detention.save()


def _listed_name(detention: Detention) -> str:
    return domain.listed_name(
        detention.given_names, detention.paternal_surname, detention.maternal_surname, detention.full_name
    )


def refuse_if_cancelled(detention: Detention) -> None:
    """Refuse to go on with a tombstone. Raises AlreadyCancelled."""
    if detention.cancelled_at is not None:
        raise AlreadyCancelled(
            f"El registro {detention.supplier_key} fue cancelado el {detention.cancelled_at:%d/%m/%Y}.",
            hint="Un registro cancelado no se corrige: registre uno nuevo con otra clave.",
        )


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    known = (set(staging.BLANKS) - {"listed_name"}) | {"detained_on", "detained_at", "state_code", "record_type"}
    unknown = sorted(set(values) - known)
    if unknown:
        raise UnknownField(f"Campos que el registro no tiene: {', '.join(unknown)}.", hint="Vea `tequio contract rnd`.")
    return dict(values)


def _hash(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps({k: _text(v) for k, v in values.items()}, sort_keys=True).encode()).hexdigest()


def _text(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(str(item) for item in value)
    return "" if value is None else str(value)
