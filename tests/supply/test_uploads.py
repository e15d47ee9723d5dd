"""A file that comes by the web: seen first, mapped, received once, processed by the worker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from tequio.access.domain import Actor
from tequio.access.scoping import own, reach
from tequio.audit.domain import Action
from tequio.kernel import clock
from tequio.kernel.errors import NotAllowed, NotFound
from tequio.supply import progress_notes, reports, services, uploads
from tequio.supply.domain import BatchState
from tequio.supply.models import Upload
from tequio.supply.readers import FileRefused
from tequio.supply.services import BatchConflict
from tests.story import last_line
from tests.world import JUAN, SUPPLY, Cast, csv_text, react


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> Iterator[None]:
    """Files of these tests alone."""
    with override_settings(FILES=tmp_path / "files"):
        yield


def staged(actor: Actor, folder: Path, text: str, name: str = "lote de octubre.csv", **options: object) -> Upload:
    path = folder / "llegado.csv"
    path.write_text(text, encoding="utf-8")
    return uploads.stage_upload(actor=actor, purpose=SUPPLY, registry="rnd", path=path, file_name=name, **options)  # type: ignore[arg-type]


def renamed(**headers: str) -> str:
    """Juan's row, with some headers of the supplier's own."""
    return csv_text([{headers.get(name, name): value for name, value in JUAN.items()}])


def test_a_file_is_received_under_the_name_that_its_sender_gave_it(cast: Cast, today: datetime, tmp_path: Path) -> None:
    upload = staged(cast.nayarit_capturist, tmp_path, csv_text([JUAN]))
    batch = uploads.receive_upload(actor=cast.nayarit_capturist, purpose=SUPPLY, upload_id=upload.id)
    assert (batch.file_name, batch.state) == ("lote de octubre.csv", BatchState.RECEIVED.value)
    react()
    done = reports.open_receipt(actor=cast.nayarit_capturist, purpose=SUPPLY, batch_id=batch.id)
    assert done.batch.counts["aceptados"] + done.batch.counts["advertidos"] == 1
    assert done.seals_hold
    assert list(uploads.incoming_folder().iterdir()) == []


def test_a_preview_shows_what_each_column_is_and_no_whole_value(cast: Cast, today: datetime, tmp_path: Path) -> None:
    upload = staged(cast.nayarit_capturist, tmp_path, csv_text([JUAN | {"observaciones_locales": "algo"}]))
    preview = uploads.preview_upload(actor=cast.nayarit_capturist, upload_id=upload.id)
    fields = {column.header: column.field for column in preview.columns}
    assert fields["nombre"] == "nombre" and fields["observaciones_locales"] is None
    assert JUAN["nombre"] not in str(preview.columns)
    assert preview.refusal is None


def test_columns_can_be_told_and_the_agency_keeps_what_it_told(cast: Cast, today: datetime, tmp_path: Path) -> None:
    actor = cast.nayarit_capturist
    upload = staged(actor, tmp_path, renamed(clave_registro="columna uno"))
    preview = uploads.preview_upload(actor=actor, upload_id=upload.id)
    assert preview.refusal is not None and preview.refusal.code == "FALTAN_COLUMNAS"
    fields = ["clave_registro" if column.header == "columna uno" else column.field for column in preview.columns]
    assert uploads.map_columns(actor=actor, purpose=SUPPLY, upload_id=upload.id, fields=fields)
    assert uploads.preview_upload(actor=actor, upload_id=upload.id).refusal is None
    assert services.read_mapping_profile(actor=actor, registry="rnd") == {"columna uno": "clave_registro"}
    assert not uploads.map_columns(actor=actor, purpose=SUPPLY, upload_id=upload.id, fields=fields)


def test_going_back_to_what_the_contract_says_empties_the_profile(cast: Cast, today: datetime, tmp_path: Path) -> None:
    actor = cast.nayarit_capturist
    upload = staged(actor, tmp_path, csv_text([JUAN]))
    columns = uploads.preview_upload(actor=actor, upload_id=upload.id).columns
    without = [None if column.field == "motivo" else column.field for column in columns]
    assert uploads.map_columns(actor=actor, purpose=SUPPLY, upload_id=upload.id, fields=without)
    assert services.read_mapping_profile(actor=actor, registry="rnd") == {"motivo": ""}
    again = [column.guess for column in uploads.preview_upload(actor=actor, upload_id=upload.id).columns]
    assert uploads.map_columns(actor=actor, purpose=SUPPLY, upload_id=upload.id, fields=again)
    assert services.read_mapping_profile(actor=actor, registry="rnd") == {}


def test_the_same_file_twice_is_one_batch(cast: Cast, today: datetime, tmp_path: Path) -> None:
    batches = {
        uploads.receive_upload(
            actor=cast.nayarit_capturist,
            purpose=SUPPLY,
            upload_id=staged(cast.nayarit_capturist, tmp_path, csv_text([JUAN])).id,
        ).id
        for _ in range(2)
    }
    assert len(batches) == 1


def test_a_key_used_with_other_content_is_refused_before_anything_is_kept(cast: Cast, today: datetime, tmp_path: Path) -> None:
    actor = cast.nayarit_capturist
    first = staged(actor, tmp_path, csv_text([JUAN]), batch_key="octubre")
    uploads.receive_upload(actor=actor, purpose=SUPPLY, upload_id=first.id)
    with pytest.raises(BatchConflict):
        staged(actor, tmp_path, csv_text([JUAN | {"nombre": "Otro"}]), batch_key="octubre")
    assert uploads.list_uploads(actor=actor) == []


def test_what_is_no_table_is_refused_and_told_on_the_log(cast: Cast, today: datetime, tmp_path: Path) -> None:
    with pytest.raises(FileRefused):
        staged(cast.nayarit_capturist, tmp_path, "")
    line = last_line(cast.nayarit_capturist)
    assert (line.action, line.outcome, line.facts) == (Action.FILE_UPLOADED.value, "fallido", {"code": "ARCHIVO_VACIO"})


def test_a_mended_file_is_tied_to_the_batch_that_it_corrects(cast: Cast, today: datetime, tmp_path: Path) -> None:
    actor = cast.nayarit_capturist
    first = uploads.receive_upload(
        actor=actor, purpose=SUPPLY, upload_id=staged(actor, tmp_path, csv_text([JUAN | {"fecha_detencion": "x"}])).id
    )
    react()
    second = staged(actor, tmp_path, csv_text([JUAN]), corrects=first.id)
    mended = uploads.receive_upload(actor=actor, purpose=SUPPLY, upload_id=second.id)
    sheet = reports.open_receipt(actor=actor, purpose=SUPPLY, batch_id=first.id)
    assert [one.id for one in sheet.corrected_by] == [mended.id]


def test_a_batch_of_another_agency_cannot_be_said_to_be_corrected(cast: Cast, today: datetime, tmp_path: Path) -> None:
    batch = uploads.receive_upload(
        actor=cast.nayarit_capturist,
        purpose=SUPPLY,
        upload_id=staged(cast.nayarit_capturist, tmp_path, csv_text([JUAN])).id,
    )
    with pytest.raises(NotFound):
        staged(cast.jalisco_liaison, tmp_path, csv_text([JUAN]), corrects=batch.id)


def test_nobody_else_sees_a_file_that_waits(cast: Cast, today: datetime, tmp_path: Path) -> None:
    upload = staged(cast.nayarit_capturist, tmp_path, csv_text([JUAN]))
    for other in (cast.nayarit_supervisor, cast.jalisco_supervisor):
        with pytest.raises(NotFound):
            uploads.preview_upload(actor=other, upload_id=upload.id)
        with pytest.raises(NotFound):
            uploads.receive_upload(actor=other, purpose=SUPPLY, upload_id=upload.id)
    with pytest.raises(NotAllowed):
        uploads.preview_upload(actor=cast.outsider, upload_id=upload.id)


def test_what_nobody_confirms_in_a_day_is_forgotten(cast: Cast, today: datetime, tmp_path: Path) -> None:
    upload = staged(cast.nayarit_capturist, tmp_path, csv_text([JUAN]))
    assert uploads.drop_stale_uploads() == 0
    with clock.at(today + timedelta(days=1, minutes=1)):
        os.utime(uploads.incoming_file(upload.id), (today.timestamp(), today.timestamp()))
        assert uploads.drop_stale_uploads() == 1
    assert not uploads.incoming_file(upload.id).exists()


def test_discarding_takes_row_and_file_away(cast: Cast, today: datetime, tmp_path: Path) -> None:
    upload = staged(cast.nayarit_capturist, tmp_path, csv_text([JUAN]))
    uploads.discard_upload(actor=cast.nayarit_capturist, purpose=SUPPLY, upload_id=upload.id)
    with reach(own(cast.nayarit_capturist)):
        assert not Upload.objects.exists()
    assert not uploads.incoming_file(upload.id).exists()


def test_progress_is_told_while_it_lasts_and_vanishes_after(cast: Cast, today: datetime, tmp_path: Path) -> None:
    seen: list[int | None] = []
    upload = staged(cast.nayarit_capturist, tmp_path, csv_text([JUAN]))
    batch = uploads.receive_upload(actor=cast.nayarit_capturist, purpose=SUPPLY, upload_id=upload.id)
    services.process_batch(batch_id=batch.id, progress=lambda rows: seen.append(progress_notes.rows_read(batch.id)))
    assert seen == [1]
    assert progress_notes.rows_read(batch.id) is None


def test_timeliness_counts_new_records_alone(cast: Cast, today: datetime, tmp_path: Path) -> None:
    actor = cast.nayarit_capturist
    rows = [JUAN | {"clave_registro": f"T-{n}", "hora_detencion": "02:15"} for n in range(3)]
    batch = uploads.receive_upload(actor=actor, purpose=SUPPLY, upload_id=staged(actor, tmp_path, csv_text(rows)).id)
    react()
    done = reports.open_receipt(actor=actor, purpose=SUPPLY, batch_id=batch.id).batch
    assert done.timeliness["hecho_suministro"]["rows"] == 3
    assert done.timeliness["hecho_suministro"]["p50"] == done.timeliness["hecho_suministro"]["p95"] > 0
    assert "hecho_registro" not in done.timeliness
    changed = [row | {"motivo": "orden"} for row in rows]
    again = uploads.receive_upload(actor=actor, purpose=SUPPLY, upload_id=staged(actor, tmp_path, csv_text(changed)).id)
    react()
    assert reports.open_receipt(actor=actor, purpose=SUPPLY, batch_id=again.id).batch.timeliness == {}


def test_quality_tells_shares_that_add_up_oldest_first(cast: Cast, today: datetime, tmp_path: Path) -> None:
    actor = cast.nayarit_capturist
    for n, text in enumerate((csv_text([JUAN]), csv_text([JUAN | {"clave_registro": "B", "fecha_detencion": "x"}]))):
        with clock.at(today + timedelta(minutes=n)):
            uploads.receive_upload(actor=actor, purpose=SUPPLY, upload_id=staged(actor, tmp_path, text).id)
            react()
    last = reports.read_quality(actor=actor, purpose=SUPPLY, registry="rnd")
    assert [one.batch.received_at for one in last] == sorted(one.batch.received_at for one in last)
    for one in last:
        assert one.shares is not None
        assert one.shares.accepted + one.shares.warned + one.shares.quarantined + one.shares.rejected == 10_000
    assert reports.read_quality(actor=cast.jalisco_supervisor, purpose=SUPPLY, registry="rnd") == []


def test_lists_reach_the_own_agency_alone_and_are_on_the_log(cast: Cast, today: datetime, tmp_path: Path) -> None:
    actor = cast.nayarit_capturist
    uploads.receive_upload(actor=actor, purpose=SUPPLY, upload_id=staged(actor, tmp_path, csv_text([JUAN])).id)
    found, total = reports.list_batches(actor=actor, purpose=None, filters=reports.BatchFilters(registry="rnd"))
    assert (len(found), total) == (1, 1)
    assert last_line(actor).action == Action.BATCHES_READ.value
    day = clock.now().astimezone(clock.MEXICO).date()
    one_day = reports.BatchFilters(since=day, until=day)
    assert reports.list_batches(actor=actor, purpose=None, filters=one_day)[1] == 1
    later = reports.BatchFilters(since=day + timedelta(days=1))
    assert reports.list_batches(actor=actor, purpose=None, filters=later)[1] == 0
    assert reports.list_batches(actor=cast.jalisco_liaison, purpose=None, filters=reports.BatchFilters())[1] == 0


def test_findings_can_be_read_by_code_and_by_page(cast: Cast, today: datetime, tmp_path: Path) -> None:
    actor = cast.nayarit_capturist
    rows = [JUAN | {"clave_registro": f"F-{n}", "fecha_detencion": "31/02/2026"} for n in range(3)]
    batch = uploads.receive_upload(actor=actor, purpose=SUPPLY, upload_id=staged(actor, tmp_path, csv_text(rows)).id)
    react()
    _, found, total = reports.list_findings(
        actor=actor, purpose=SUPPLY, batch_id=batch.id, code="FECHA_IMPOSIBLE", offset=1, limit=1
    )
    assert (total, [one.line for one in found]) == (3, [3])
    with pytest.raises(NotFound):
        reports.list_findings(actor=cast.jalisco_liaison, purpose=SUPPLY, batch_id=batch.id)


def test_standing_leaves_no_line(cast: Cast, today: datetime, tmp_path: Path) -> None:
    actor = cast.nayarit_capturist
    upload = staged(actor, tmp_path, csv_text([JUAN]))
    batch = uploads.receive_upload(actor=actor, purpose=SUPPLY, upload_id=upload.id)
    before = last_line(actor).pk
    standing = reports.batch_standing(actor=actor, batch_id=batch.id)
    assert (standing.state, standing.rows_read) == (BatchState.RECEIVED, None)
    assert last_line(actor).pk == before
    with pytest.raises(NotFound):
        reports.batch_standing(actor=cast.jalisco_liaison, batch_id=batch.id)
