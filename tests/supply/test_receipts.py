"""Receipts add up, are sealed, and say the same for ever; each row has one fate and each record its versions."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from tequio.access.scoping import own, reach
from tequio.audit.models import Line
from tequio.kernel.errors import NotAllowed, NotFound
from tequio.people.domain import Subject
from tequio.registries.rnd.models import CustodyEvent, Detention
from tequio.search.services import search_person
from tequio.supply import receipts
from tequio.supply.services import read_receipt, resume_pending
from tests.world import INQUIRY, JUAN, SUPPLY, Cast, csv_text, detention, found_in, stored, supply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def _row(key: str, **changes: str) -> dict[str, str]:
    return JUAN | {"clave_registro": key, "operacion": "", "motivo_cambio": ""} | changes


def _history() -> list[Any]:
    """Former versions of every record."""
    return stored(apps.get_model("rnd", "DetentionVersion"))


def _counts(**some: int) -> dict[str, int]:
    names = ("renglones", "aceptados", "advertidos", "en_cuarentena", "rechazados", "nuevos", "nuevas_versiones", "cancelados",
             "sin_cambio")  # fmt: skip
    return dict.fromkeys(names, 0) | some


def test_every_row_of_a_mixture_is_counted_once_by_outcome_and_once_by_effect(cast: Cast, tmp_path: Path) -> None:
    actor = cast.nayarit_supervisor
    supply(actor, tmp_path, [_row("same"), _row("changed"), _row("cancelled"), _row("cancelled-now")])
    supply(actor, tmp_path, [_row("cancelled", operacion="cancelacion", motivo_cambio="duplicado")])
    rows = [
        _row("good"),
        _row("warned", hora_detencion="noche"),
        _row("quarantined", nombre="=1+1"),
        _row("rejected", sexo=""),
        _row("equal"), _row("equal"), _row("equal"),
        _row("different", motivo="robo"), _row("different", motivo="riña"),
        _row("same"),
        _row("changed", motivo="robo", operacion="correccion"),
        _row("cancelled-now", operacion="cancelacion"),
        _row("cancelled", operacion="cancelacion", motivo_cambio="duplicado"),
        _row("cancelled", motivo="otra vez"),
        _row("cancel-unknown", operacion="cancelacion"),
        _row("correct-unknown", operacion="correccion"),
    ]  # fmt: skip
    batch = supply(actor, tmp_path, csv_text([*rows[:12], *rows[13:]]) + ",".join(["x"] * 40) + "\n")
    assert batch.counts == _counts(
        renglones=16, aceptados=5, advertidos=4, en_cuarentena=4, rechazados=3,
        nuevos=4, nuevas_versiones=1, cancelados=1, sin_cambio=3,
    )  # fmt: skip
    again = supply(actor, tmp_path, [rows[12]], batch="otra vez")
    assert again.counts == _counts(renglones=1, aceptados=1, sin_cambio=1)
    codes = {(item["codigo"], item["renglones"]) for item in batch.receipt_processed["hallazgos"]}
    assert codes == {
        ("HORA_ILEGIBLE", 1), ("NOMBRE_CON_FORMULA", 1), ("FALTA_DATO_OBLIGATORIO", 1), ("CLAVE_REPETIDA_IGUAL", 2),
        ("CLAVE_REPETIDA_DISTINTA", 2), ("REGISTRO_CANCELADO", 1), ("CANCELA_LO_QUE_NO_EXISTE", 1),
        ("CORRIGE_LO_QUE_NO_EXISTE", 1), ("FILA_CON_COLUMNAS_DE_MAS", 1),
    }  # fmt: skip


def test_of_rows_with_one_key_and_different_content_none_is_stored(cast: Cast, tmp_path: Path) -> None:
    batch = supply(cast.nayarit_capturist, tmp_path, [_row("K", motivo="robo"), _row("K", motivo="riña")])
    assert found_in(batch) == {line: {("CLAVE_REPETIDA_DISTINTA", "cuarentena")} for line in (2, 3)}
    assert not stored(Detention)


def test_cancelling_and_supplying_in_one_file_waits_for_a_person(cast: Cast, tmp_path: Path) -> None:
    batch = supply(cast.nayarit_supervisor, tmp_path, [_row("K"), _row("K", operacion="cancelacion")])
    assert batch.counts["en_cuarentena"] == 2


def test_both_receipts_are_sealed_and_no_word_of_them_can_be_altered(cast: Cast, tmp_path: Path) -> None:
    batch = supply(cast.nayarit_capturist, tmp_path, [_row("K"), _row("L", sexo="")])
    for receipt in (batch.receipt_received, batch.receipt_processed):
        assert receipts.holds(receipt)
        for altered in _alterations(receipt):
            assert not receipts.holds(altered)
    assert batch.receipt_received["acuse"] == "recibido"
    assert batch.receipt_processed["acuse"] == "procesado"
    assert batch.receipt_processed["sha256"] == batch.receipt_received["sha256"] == batch.sha256


def _alterations(receipt: dict[str, Any]) -> list[dict[str, Any]]:
    out = [{name: value for name, value in receipt.items() if name != gone} for gone in receipt]
    out += [receipt | {name: "otro"} for name in receipt]
    out += [receipt | {"de_mas": "x"}, receipt | {"sello": receipt["sello"] | {"firma": "no es base64"}}]
    deep = copy.deepcopy(receipt)
    if "renglones" in deep:
        deep["renglones"]["nuevos"] += 1
        out.append(deep)
    return out


def test_a_receipt_is_read_by_its_agency_only_and_the_reading_is_on_the_log(cast: Cast, tmp_path: Path) -> None:
    batch = supply(cast.nayarit_capturist, tmp_path, [_row("K")])
    read = read_receipt(actor=cast.nayarit_capturist, purpose=SUPPLY, batch_id=batch.id)
    assert read.receipt_processed == batch.receipt_processed
    with pytest.raises(NotFound):
        read_receipt(actor=cast.jalisco_liaison, purpose=SUPPLY, batch_id=batch.id)
    with pytest.raises(NotAllowed):
        read_receipt(actor=cast.outsider, purpose=SUPPLY, batch_id=batch.id)
    lines = Line.objects.filter(action="supply.receipt_read").values_list("username", "outcome")
    assert set(lines) == {("nayarit_capturist", "hecho"), ("jalisco_liaison", "negado"), ("outsider", "negado")}


def test_a_finished_batch_is_not_resumed(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [_row("K")])
    assert resume_pending() == []


def test_another_content_of_a_record_is_its_next_version_and_the_former_is_history(cast: Cast, tmp_path: Path) -> None:
    actor = cast.nayarit_capturist
    first = supply(actor, tmp_path, [_row("K")])
    second = supply(actor, tmp_path, [_row("K", motivo="robo", operacion="correccion", motivo_cambio="Se revisó")])
    assert second.counts["nuevas_versiones"] == 1
    now = detention(actor, "K")
    assert (now.version, now.change_set, now.change_reason, now.supplied["motivo"]) == (2, second.id, "Se revisó", "robo")
    [former] = _history()
    assert (former.version, former.change_set, former.supplied["motivo"]) == (1, first.id, "flagrancia")
    assert former.pgh_obj_id == now.id


def test_a_cancelled_record_is_a_tombstone_without_personal_data_that_no_file_revives(cast: Cast, tmp_path: Path) -> None:
    actor = cast.nayarit_supervisor
    supply(actor, tmp_path, [_row("K")])
    supply(actor, tmp_path, [_row("K", operacion="cancelacion", motivo_cambio="Duplicado")])
    stone = detention(actor, "K")
    assert stone.cancelled_at is not None
    assert (stone.paternal_surname, stone.supplied, stone.birth_date, stone.change_reason) == ("", {}, None, "Duplicado")
    [former] = _history()
    assert former.paternal_surname == "Muñoz"
    revived = supply(actor, tmp_path, [_row("K", motivo="otra vez")])
    assert found_in(revived) == {2: {("REGISTRO_CANCELADO", "cuarentena")}}
    assert detention(actor, "K").version == 2


def test_custody_goes_on_from_where_it_was_when_a_record_is_corrected(cast: Cast, tmp_path: Path) -> None:
    actor = cast.nayarit_capturist
    presented = {"fecha_disposicion": "2026-10-20", "hora_disposicion": "09:00"}
    supply(actor, tmp_path, [_row("K", **presented)])
    supply(actor, tmp_path, [_row("K", motivo="robo", **presented)])
    assert detention(actor, "K").custody_state == "PUESTA_A_DISPOSICION_MP"
    with reach(own(actor)):
        assert list(CustodyEvent.objects.values_list("kind", flat=True)) == ["PUESTA_A_DISPOSICION_MP"]


DAMAGED = ("MUÑOZ", "MUNOZ", "MU?OZ", "MU!OZ", "MU#OZ", "MUÃ‘OZ", "MUï¿½OZ")


def test_a_damaged_surname_is_kept_as_supplied_warned_and_still_found(cast: Cast, tmp_path: Path) -> None:
    actor = cast.nayarit_capturist
    rows = [_row(f"K-{place}", primer_apellido=text) for place, text in enumerate(DAMAGED)]
    batch = supply(actor, tmp_path, rows)
    assert batch.counts["nuevos"] == len(DAMAGED)
    assert found_in(batch) == {line: {("LETRA_PERDIDA", "advertida")} for line in range(4, len(DAMAGED) + 2)}
    for place, text in enumerate(DAMAGED):
        kept = detention(actor, f"K-{place}")
        assert kept.supplied["primer_apellido"] == kept.paternal_surname == text
    everyone = {detention(actor, f"K-{place}").id for place in range(len(DAMAGED))}
    names = {"given": "Filiberto", "paternal": "Muñoz", "maternal": "Zepeda"}
    for known in (names | {"birth_date": "1984-03-07", "sex": "H"}, names):
        answer = search_person(actor=cast.jalisco_analyst, purpose=INQUIRY, subject=Subject.from_fields(**known))
        assert {found.record_id for found in answer.found} == everyone
        assert min(found.score for found in answer.found) > 0


def test_a_cancellation_needs_the_key_and_nothing_else_of_the_person(cast: Cast, tmp_path: Path) -> None:
    actor = cast.nayarit_supervisor
    supply(actor, tmp_path, [_row("K"), _row("L")])
    batch = supply(
        actor, tmp_path, "clave_registro,operacion,motivo_cambio\nK,cancelacion,Duplicado\nL,,\n,cancelacion,Sin clave\n"
    )
    assert (batch.counts["cancelados"], batch.counts["rechazados"]) == (1, 2)
    assert detention(actor, "K").cancelled_at is not None
    assert detention(actor, "L").cancelled_at is None


def test_who_may_not_cancel_one_by_one_may_not_cancel_by_file(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [_row("K")])
    batch = supply(
        cast.nayarit_capturist, tmp_path, [_row("K", operacion="cancelacion"), _row("NOBODY", operacion="cancelacion")]
    )
    assert batch.counts["en_cuarentena"] == 2
    assert {code for codes in found_in(batch).values() for code, _ in codes} == {"CANCELACION_SIN_PERMISO"}
    assert detention(cast.nayarit_capturist, "K").cancelled_at is None
