"""Supply by the web: a file comes, its sender sees what it will be read as, and only then is it received."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose
from tequio.access.scoping import NATIONAL, own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.kernel import clock, outbox
from tequio.kernel.contract import Contract
from tequio.supply import readers, receipts, selectors, services
from tequio.supply.checks.masking import mask
from tequio.supply.events import BatchReceived
from tequio.supply.models import Batch, Upload
from tequio.supply.readers import FileFacts, FileRefused, HeaderNote
from tequio.supply.registries import intake

KEPT_FOR: Final = timedelta(days=1)
"""How long a file waits for its sender to confirm it."""
SHOWN_ROWS: Final = 5
"""Rows whose values a preview shows, masked."""


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """One column of a file: what it would be read as, by whose word, and its first values, masked."""

    header: str
    field: str | None
    """Contract field; "" for one left out on purpose; None for one that is no field."""
    guess: str | None
    """What it would be without the agency's profile."""
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would be read as. With a `refusal` it cannot be received as it is."""

    upload: Upload
    contract: Contract
    facts: FileFacts
    columns: tuple[PreviewColumn, ...]
    notes: tuple[HeaderNote, ...]
    refusal: FileRefused | None


def stage_upload(
    *,
    actor: Actor,
    purpose: Purpose,
    registry: str,
    path: Path,
    file_name: str,
    batch_key: str = "",
    corrects: UUID | None = None,
) -> Upload:
    """Take a file over, to be seen before it is received: `path` is moved away. O(bytes), one pass.

    Raises NotAllowed, NotFound (registry, or the batch that it corrects), BadBatchKey, FileRefused, BatchConflict.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.FILE_UPLOADED), reach(own(actor)):
        policy.require(actor, Permission.SUPPLY_SEND)
        intake(registry)
        services.check_batch_key(batch_key)
        former = selectors.batch(corrects) if corrects else None
        facts = readers.inspect(path)
        services.refuse_other_content(actor.agency_id, registry, batch_key, facts.sha256)
        upload = Upload(
            agency_id=actor.agency_id,
            registry=registry,
            batch_key=batch_key,
            file_name=services.storable(file_name)[:255],
            file_facts=facts.as_dict(),
            corrects=former,
            made_at=clock.now(),
            made_by=actor.username,
        )
        upload.save(force_insert=True)
        record(
            actor=actor,
            purpose=purpose,
            action=Action.FILE_UPLOADED,
            subject_kind="upload",
            subjects=[upload.id],
            facts={"registry": registry, "sha256": facts.sha256, "bytes": facts.bytes},
        )
        target = incoming_file(upload.id)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
    return upload


def preview_upload(*, actor: Actor, upload_id: UUID) -> Preview:
    """What the actor's file would be read as now. Reads its first rows; leaves no line: its coming left one.

    Raises NotAllowed, NotFound.
    """
    policy.require(actor, Permission.SUPPLY_SEND)
    with reach(own(actor)):
        upload = selectors.upload(upload_id, actor.username)
        profile = selectors.mapping_profile(actor.agency_id, upload.registry) or {}
    contract = intake(upload.registry).contract
    facts = FileFacts.from_dict(upload.file_facts)
    try:
        return _preview(upload, contract, facts, profile)
    except FileRefused as refusal:  # of its rows: it is shown as what stands in the way
        return Preview(upload, contract, facts, (), (), refusal)


def map_columns(*, actor: Actor, purpose: Purpose, upload_id: UUID, fields: Sequence[str | None]) -> bool:
    """Keep in the agency's profile what its columns are, in the file's order: a field, "" for none. Whether anything changed.

    What the profile says of other files' headers stays. Raises NotAllowed, NotFound, BadProfile.
    """
    preview = preview_upload(actor=actor, upload_id=upload_id)
    with reach(own(actor)):
        before = dict(selectors.mapping_profile(actor.agency_id, preview.upload.registry) or {})
    mapping = _mapping(before, preview.columns, fields)
    if mapping == before:
        return False
    services.save_mapping_profile(actor=actor, purpose=purpose, registry=preview.upload.registry, mapping=mapping)
    return True


def receive_upload(*, actor: Actor, purpose: Purpose, upload_id: UUID) -> Batch:
    """Receive the file as it was seen; the worker processes it. A file already received gives the batch that it was.

    Raises NotAllowed, NotFound, FileRefused, BatchConflict.
    """
    policy.require(actor, Permission.SUPPLY_SEND)
    with reach(own(actor)):
        upload = selectors.upload(upload_id, actor.username)
    batch = services.receive_file(
        actor=actor,
        purpose=purpose,
        registry=upload.registry,
        path=incoming_file(upload.id),
        agency_code=actor.agency_code,
        batch_key=upload.batch_key,
        file_name=upload.file_name,
        corrects=upload.corrects_id,
    )
    with transaction.atomic(), reach(own(actor)):
        outbox.publish(BatchReceived(batch.id))
        Upload.objects.filter(pk=upload.pk).delete()
    incoming_file(upload.id).unlink(missing_ok=True)
    return batch


def receive_at_once(
    *,
    actor: Actor,
    purpose: Purpose,
    registry: str,
    path: Path,
    file_name: str,
    batch_key: str = "",
    corrects: UUID | None = None,
) -> Batch:
    """Receive a program's file, which nobody looks at beforehand; the worker processes it. Repeating it gives the same batch.

    Raises NotAllowed, NotFound, BadBatchKey, FileRefused, BatchConflict.
    """
    batch = services.receive_file(
        actor=actor,
        purpose=purpose,
        registry=registry,
        path=path,
        agency_code=actor.agency_code,
        batch_key=batch_key,
        file_name=file_name,
        corrects=corrects,
    )
    with transaction.atomic(), reach(own(actor)):
        outbox.publish(BatchReceived(batch.id))
    return batch


def discard_upload(*, actor: Actor, purpose: Purpose, upload_id: UUID) -> None:
    """Forget a file that was not received. Raises NotAllowed, NotFound."""
    with unit_of_work(actor=actor, purpose=purpose, action=Action.UPLOAD_DISCARDED), reach(own(actor)):
        policy.require(actor, Permission.SUPPLY_SEND)
        upload = selectors.upload(upload_id, actor.username)
        record(actor=actor, purpose=purpose, action=Action.UPLOAD_DISCARDED, subject_kind="upload", subjects=[upload.id])
        Upload.objects.filter(pk=upload.pk).delete()
    incoming_file(upload_id).unlink(missing_ok=True)


def list_uploads(*, actor: Actor) -> list[Upload]:
    """The actor's own files that wait to be confirmed, the latest first. Raises NotAllowed. One query."""
    policy.require(actor, Permission.SUPPLY_SEND)
    with reach(own(actor)):
        return list(Upload.objects.filter(made_by=actor.username).order_by("-made_at")[:20])


def drop_stale_uploads() -> int:
    """Forget the files that nobody confirmed in a day, and what a cut upload left on disk. Returns how many rows went."""
    limit = clock.now() - KEPT_FOR
    with reach(NATIONAL):
        dropped, _ = Upload.objects.filter(made_at__lt=limit).delete()
    folder = incoming_folder()
    if folder.is_dir():
        for path in folder.iterdir():
            if path.is_file() and path.stat().st_mtime < limit.timestamp():
                path.unlink(missing_ok=True)
    return dropped


def incoming_folder() -> Path:
    """Where files wait until they are received."""
    return Path(settings.FILES) / "incoming"


def incoming_file(upload_id: UUID) -> Path:
    """Where one of them waits."""
    return incoming_folder() / str(upload_id)


def _preview(upload: Upload, contract: Contract, facts: FileFacts, profile: Mapping[str, str]) -> Preview:
    path = incoming_file(upload.id)
    known = readers.known_headers(contract, profile)
    first = next(readers.rows(path, facts, known=known, chunk=services.HEADER_SAMPLE), None)
    if first is None:
        raise services.FileWithoutData("El archivo no trae ningún dato.", hint="Revise que guardó el archivo correcto.")
    fields = readers.guess_fields(first.headers, contract, profile)
    guesses = readers.guess_fields(first.headers, contract)
    cells = [tuple(mask(cell) for cell in column[:SHOWN_ROWS]) for column in first.cells]
    columns = tuple(map(PreviewColumn, first.headers, fields, guesses, cells))
    notes: list[HeaderNote] = []
    refusal: FileRefused | None = None
    try:
        found = readers.match_headers(first.headers, contract, profile, sample=first.cells)
        notes = [*found.notes, *receipts.file_notes(facts, contract, found.absent, first.preamble)]
    except FileRefused as error:
        refusal = error
    return Preview(upload, contract, facts, columns, tuple(notes), refusal)


def _mapping(before: Mapping[str, str], columns: Sequence[PreviewColumn], fields: Sequence[str | None]) -> dict[str, str]:
    """The profile once each column is what `fields` says; a column that the contract tells by itself needs no entry."""
    mapping = dict(before)
    for column, field in zip(columns, fields, strict=False):
        if readers.is_own(column.header) or not readers.header_key(column.header) or field == column.field:
            continue
        same = [header for header in mapping if readers.header_key(header) == readers.header_key(column.header)]
        for header in same:
            del mapping[header]
        if field != column.guess:
            mapping[column.header] = field or services.LEFT_OUT
    return mapping
