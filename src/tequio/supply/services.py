"""Intake of a batch: received once and durable, then checked and stored whole, in one transaction, or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DataError, connection

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose, PurposeCode, Role
from tequio.access.scoping import NATIONAL, own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.kernel import clock
from tequio.kernel.cluster.files import sync_folder
from tequio.kernel.contract import Contract
from tequio.kernel.errors import Conflict, Invalid, NotAllowed
from tequio.supply import pipeline, progress_notes, readers, receipts, selectors
from tequio.supply.domain import BatchState
from tequio.supply.events import BatchReceived
from tequio.supply.models import Batch, MappingProfile
from tequio.supply.readers import FileFacts, FileRefused, HeaderNote
from tequio.supply.registries import intake

Progress = Callable[[int], None]
LONGEST_BATCH_KEY = 80
"""Characters of a batch key."""
LEFT_OUT = ""
"""Field of a column that the agency's profile leaves out on purpose: not even its text is kept."""
HEADER_SAMPLE = 200
"""Rows read before a file is received, to match its headers."""


class FileWithoutData(FileRefused):
    """Rows that say nothing, e.g. objects whose values are all blank."""

    code = "SIN_RENGLONES"


class Unstorable(FileRefused):
    """The database cannot hold something that every check let pass: a fault of ours, and the batch must not block the next."""

    code = "DATO_NO_ALMACENABLE"


class BatchConflict(Conflict):
    """The batch key was used with other content."""

    code = "LOTE_CON_OTRO_CONTENIDO"


class BadBatchKey(Invalid):
    """The supplier's name for the batch cannot be kept as it is."""

    code = "CLAVE_DE_LOTE_INVALIDA"


class NotYourAgency(NotAllowed):
    """Supply is in the name of one's own agency."""

    code = "OTRA_DEPENDENCIA"


def supply_file(
    *,
    actor: Actor,
    purpose: Purpose,
    registry: str,
    path: Path,
    agency_code: str,
    batch_key: str = "",
    progress: Progress | None = None,
) -> Batch:
    """Receive a file and process it. Repeating it gives the same batch and the same receipt."""
    batch = receive_file(
        actor=actor, purpose=purpose, registry=registry, path=path, agency_code=agency_code, batch_key=batch_key
    )
    return process_batch(batch_id=batch.id, progress=progress)


def receive_file(
    *,
    actor: Actor,
    purpose: Purpose,
    registry: str,
    path: Path,
    agency_code: str,
    batch_key: str = "",
    file_name: str = "",
    corrects: UUID | None = None,
) -> Batch:
    """Make a file durable and give its first receipt. `file_name` is how its sender calls it, where `path` does not say it;
    `corrects` is the batch whose rows it brings mended.

    Raises NotAllowed, NotFound, BadBatchKey, FileRefused (nothing is kept), BatchConflict.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.FILE_REFUSED):
        policy.require(actor, Permission.SUPPLY_SEND)
        if agency_code != actor.agency_code:
            raise NotYourAgency(
                f"«{actor.username}» es de {actor.agency_code} y no suministra a nombre de {agency_code}.",
                hint="Suministre con una cuenta de esa dependencia.",
            )
        contract = intake(registry).contract
        check_batch_key(batch_key)
        facts = readers.inspect(path)
        with reach(own(actor)):
            former = selectors.batch(corrects) if corrects else None
            profile = selectors.mapping_profile(actor.agency_id, registry)
        headers, notes = _headers(path, facts, contract, profile)
    kept = _keep_file(path, facts.sha256)
    with unit_of_work(actor=actor, purpose=purpose, action=Action.BATCH_RECEIVED), reach(own(actor)):
        batch, fresh = _one_batch(actor, registry, batch_key or facts.sha256[:24], storable(file_name or path.name), facts)
        if not fresh:
            return batch
        batch.headers = headers
        batch.contract_version = contract.version
        batch.received_as = _as_data(actor, purpose)
        batch.receipt_received = receipts.received(batch, notes)
        batch.corrects = former if former is None or former.pk != batch.pk else None
        batch.save(update_fields=["headers", "contract_version", "received_as", "receipt_received", "corrects"])
        record(
            actor=actor,
            purpose=purpose,
            action=Action.BATCH_RECEIVED,
            subject_kind="batch",
            subjects=[batch.id],
            facts={"registry": registry, "sha256": facts.sha256, "bytes": kept.stat().st_size},
            key=batch.batch_key,
        )
    return batch


def process_batch(*, batch_id: UUID, progress: Progress | None = None) -> Batch:
    """Check and store a received batch, screen it, and give its second receipt: one transaction. A second call changes nothing.

    Acts under the name that it was received under. Batches of one agency and registry go one after another.
    """
    with reach(NATIONAL):
        batch = selectors.batch(batch_id)
    actor, purpose = _from_data(batch.received_as)
    count = progress_notes.counting(batch_id, progress)
    try:
        with unit_of_work(actor=actor, purpose=purpose, action=Action.BATCH_PROCESSED), reach(own(actor)):
            _take_turn(batch)
            batch = selectors.lock_batch(batch_id)
            if batch.state != BatchState.RECEIVED.value:
                return batch
            tally = pipeline.run(batch=batch, actor=actor, path=stored_file(batch.sha256), progress=count)
            batch.timeliness = intake(batch.registry).timeliness(batch.id, batch.received_at)
            _finish(batch, BatchState.PROCESSED, tally.as_dict())
            record(
                actor=actor,
                purpose=purpose,
                action=Action.BATCH_PROCESSED,
                subject_kind="batch",
                subjects=[batch.id],
                facts=batch.counts,
                key=batch.batch_key,
            )
    except FileRefused as refusal:  # unreadable half-way: nothing was stored, and the batch must not be tried for ever
        return _refuse(batch_id, actor, purpose, refusal)
    except DataError:  # its message quotes values, so it goes nowhere
        return _refuse(
            batch_id,
            actor,
            purpose,
            Unstorable(
                "Algún dato del archivo no se puede guardar y la revisión no lo vio.",
                hint="Avise a quien opera el sistema con el folio de este acuse; no reenvíe el mismo archivo.",
            ),
        )
    finally:
        progress_notes.clear(batch_id)
    return batch


def process_received(event: BatchReceived) -> None:
    """Process a batch that came by the web. Reaction of the worker."""
    process_batch(batch_id=event.batch_id)


def read_receipt(*, actor: Actor, purpose: Purpose, batch_id: UUID) -> Batch:
    """A batch of the actor's agency with its receipts. The reading is on the log. Raises NotAllowed, NotFound."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.RECEIPT_READ), reach(own(actor)):
        policy.require(actor, Permission.SUPPLY_READ)
        batch = selectors.batch(batch_id)
        record(actor=actor, purpose=purpose, action=Action.RECEIPT_READ, subject_kind="batch", subjects=[batch.id])
    return batch


def export_fix_file(*, actor: Actor, purpose: Purpose, batch_id: UUID, path: Path) -> int:
    """Write the batch's rows to mend and send again, readable by their owner only; `path` ends in .xlsx, or it is CSV.

    Returns how many.

    The export is on the log. Raises NotAllowed, NotFound, and OSError where the file cannot be written: nothing is left then.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unit_of_work(actor=actor, purpose=purpose, action=Action.FIX_FILE_EXPORTED), reach(own(actor)):
            policy.require(actor, Permission.SUPPLY_READ)
            batch = selectors.batch(batch_id)
            draft.touch(mode=0o600)
            rows = selectors.write_fix_file(batch, draft, workbook=path.suffix.casefold() == ".xlsx")
            record(
                actor=actor,
                purpose=purpose,
                action=Action.FIX_FILE_EXPORTED,
                subject_kind="batch",
                subjects=[batch.id],
                facts={"rows": rows},
            )
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return rows


def resume_pending(progress: Progress | None = None, agency_id: int | None = None) -> list[Batch]:
    """Process what was received and not finished, e.g. after a power cut. Oldest first; of one agency or of all."""
    with reach(NATIONAL):
        waiting = selectors.unfinished(agency_id)
    return [process_batch(batch_id=batch_id, progress=progress) for batch_id in waiting]


def save_mapping_profile(*, actor: Actor, purpose: Purpose, registry: str, mapping: Mapping[str, str]) -> MappingProfile:
    """Say how the actor's agency names its columns. Raises NotAllowed, Invalid for a field that the contract does not have."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.MAPPING_SAVED), reach(own(actor)):
        policy.require(actor, Permission.SUPPLY_SEND)
        readers.match_profile(mapping, intake(registry).contract)
        profile = MappingProfile.objects.create(
            agency_id=actor.agency_id, registry=registry, mapping=dict(mapping), valid_from=clock.now(), made_by=actor.username
        )
        record(
            actor=actor,
            purpose=purpose,
            action=Action.MAPPING_SAVED,
            subject_kind="mapping",
            subjects=[profile.pk],
            facts={"registry": registry},
        )
    return profile


def read_mapping_profile(*, actor: Actor, registry: str) -> dict[str, str] | None:
    """The mapping in force of the actor's agency. It holds no record, so no line is left. Raises NotAllowed, NotFound."""
    policy.require(actor, Permission.SUPPLY_READ)
    intake(registry)
    with reach(own(actor)):
        return selectors.mapping_profile(actor.agency_id, registry)


def stored_file(sha256: str) -> Path:
    """Where a received file is kept."""
    return Path(settings.FILES) / "received" / sha256[:2] / sha256


def _headers(
    path: Path, facts: FileFacts, contract: Contract, profile: Mapping[str, str] | None
) -> tuple[list[list[str | None]], list[HeaderNote]]:
    """The file's headers as `Batch.headers` keeps them, and what must be said of the file. Raises FileRefused."""
    first = next(readers.rows(path, facts, known=readers.known_headers(contract, profile), chunk=HEADER_SAMPLE), None)
    if first is None:
        raise FileWithoutData("El archivo no trae ningún dato.", hint="Revise que guardó el archivo correcto.")
    found = readers.match_headers(first.headers, contract, profile, sample=first.cells)
    fields: dict[int, str | None] = {index: name for name, index in found.columns.items()}
    for index, header in enumerate(first.headers):
        if index not in fields and not readers.is_own(header) and header not in found.unknown:
            fields[index] = LEFT_OUT
    headers = [[header, fields.get(index)] for index, header in enumerate(first.headers)]
    return headers, [*found.notes, *receipts.file_notes(facts, contract, found.absent, first.preamble)]


def check_batch_key(batch_key: str) -> None:
    """Raises BadBatchKey."""
    if len(batch_key) > LONGEST_BATCH_KEY or not batch_key.isprintable() or batch_key != batch_key.strip():
        raise BadBatchKey(
            f"La clave del lote debe tener hasta {LONGEST_BATCH_KEY} letras, cifras o signos visibles.",
            hint="Abréviela y quite espacios de los extremos y signos de control; si se omite, la da el contenido.",
        )


def storable(name: str) -> str:
    """A file's name as the database can keep it: names may hold bytes that are no text."""
    return name.encode("utf-8", "replace").decode()


def _finish(batch: Batch, state: BatchState, counts: dict[str, int]) -> None:
    batch.state = state.value
    batch.processed_at = clock.now()
    batch.counts = counts
    batch.receipt_processed = receipts.processed(batch)
    batch.save(update_fields=["state", "processed_at", "counts", "receipt_processed", "timeliness"])


def _refuse(batch_id: UUID, actor: Actor, purpose: Purpose, refusal: FileRefused) -> Batch:
    with unit_of_work(actor=actor, purpose=purpose, action=Action.FILE_REFUSED), reach(own(actor)):
        batch = selectors.lock_batch(batch_id)
        if batch.state == BatchState.RECEIVED.value:
            batch.state = BatchState.REFUSED.value
            batch.processed_at = clock.now()
            batch.receipt_processed = receipts.refused(batch, refusal.code, f"{refusal.message} {refusal.hint}".strip())
            batch.save(update_fields=["state", "processed_at", "receipt_processed"])
            record(
                actor=actor,
                purpose=purpose,
                action=Action.FILE_REFUSED,
                subject_kind="batch",
                subjects=[batch.id],
                facts={"code": refusal.code},
                key=batch.batch_key,
            )
    return batch


def _one_batch(actor: Actor, registry: str, batch_key: str, file_name: str, facts: FileFacts) -> tuple[Batch, bool]:
    """The batch of that key, made if there is none. Of two processes, the second waits here for the first to commit."""
    new = Batch(
        agency_id=actor.agency_id,
        registry=registry,
        batch_key=batch_key,
        sha256=facts.sha256,
        file_name=file_name[:255],
        file_facts=facts.as_dict(),
        received_at=clock.now(),
        received_by=actor.username,
    )
    Batch.objects.bulk_create([new], ignore_conflicts=True)
    batch = selectors.batch_by_key(actor.agency_id, registry, batch_key)
    _refuse_other_content(batch, facts.sha256)
    return batch, batch.id == new.id


def refuse_other_content(agency_id: int, registry: str, batch_key: str, sha256: str) -> None:
    """Say at once that a key was used with other content, before its file is received. Raises BatchConflict."""
    known = Batch.objects.filter(agency_id=agency_id, registry=registry, batch_key=batch_key).first() if batch_key else None
    if known is not None:
        _refuse_other_content(known, sha256)


def _refuse_other_content(batch: Batch, sha256: str) -> None:
    if batch.sha256 != sha256:
        received = batch.received_at.astimezone(clock.MEXICO)
        raise BatchConflict(
            f"El lote «{batch.batch_key}» ya se recibió el {received:%d/%m/%Y %H:%M} con otro contenido.",
            hint="Use otra clave de lote: lo corregido entra como nueva versión de cada registro.",
        )


def _keep_file(path: Path, sha256: str) -> Path:
    """Copy under its hash, flushed to disk before the batch exists. A file already there has the same bytes."""
    target = stored_file(sha256)
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{sha256}.{os.getpid()}")
    digest = hashlib.sha256()
    with path.open("rb") as source, draft.open("wb") as copy:
        while block := source.read(1 << 20):
            digest.update(block)
            copy.write(block)
        copy.flush()
        os.fsync(copy.fileno())
    if digest.hexdigest() != sha256:
        draft.unlink()
        raise Conflict("El archivo cambió mientras se recibía.", hint="Espere a que termine de escribirse y reenvíelo.")
    draft.replace(target)
    sync_folder(target.parent)
    return target


def _take_turn(batch: Batch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"supply:{batch.registry}:{batch.agency_id}"])


def _as_data(actor: Actor, purpose: Purpose) -> dict[str, Any]:
    return {
        "username": actor.username,
        "agency_id": actor.agency_id,
        "agency_code": actor.agency_code,
        "state_code": actor.state_code,
        "roles": sorted(role.value for role in actor.roles),
        "scopes": sorted(scope.value for scope in actor.scopes),
        "user_id": actor.user_id,
        "purpose": purpose.code.value,
        "folio": purpose.folio,
    }


def _from_data(data: Mapping[str, Any]) -> tuple[Actor, Purpose]:
    actor = Actor(
        username=data["username"],
        agency_id=data["agency_id"],
        agency_code=data["agency_code"],
        state_code=data["state_code"],
        roles=frozenset(Role(role) for role in data["roles"]),
        user_id=data["user_id"],
        scopes=frozenset(Permission(scope) for scope in data.get("scopes", ())),  # of a batch received before there were any
    )
    return actor, Purpose(PurposeCode(data["purpose"]), data["folio"])
