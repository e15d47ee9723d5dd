"""Commands: each is done once; lists go on from where they were; a batch and a record go through the API alone."""

from __future__ import annotations

import threading
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from tequio.access.domain import Permission as P
from tequio.accounts import services as accounts
from tequio.accounts.models import KeptAnswer
from tequio.accounts.services.answers import KEPT_FOR
from tequio.kernel import clock
from tequio.registries.rnd.models import Detention
from tests.api.programs import program, told
from tests.api.test_operations import NEW, STEP, WHY
from tests.story import live_cast
from tests.world import JUAN, Cast, csv_text, react, stored, supply

__all__ = ["live_cast"]

RECORDS = (P.DETENTION_REGISTER, P.DETENTION_READ, P.DETENTION_CORRECT, P.DETENTION_CANCEL)


def test_the_same_command_again_is_answered_the_same_and_done_once(cast: Cast) -> None:
    one = program("NT-SSPC", *RECORDS)
    key = str(uuid4())
    first, again = one.post("/detentions", NEW, key=key), one.post("/detentions", NEW, key=key)
    assert first.status_code == again.status_code == 201, first.content
    assert first.content == again.content and again.headers["Idempotency-Replayed"] == "true"
    assert len(stored(Detention)) == 1


def test_a_key_is_of_one_command(cast: Cast) -> None:
    one = program("NT-SSPC", *RECORDS)
    key = str(uuid4())
    one.post("/detentions", NEW, key=key)
    other = {"values": NEW["values"] | {"nombre": "Otra"}}
    answer = one.post("/detentions", other, key=key)
    assert answer.status_code == 422 and told(answer)["code"] == "CLAVE_DE_IDEMPOTENCIA_USADA"
    assert program("NT-SSPC", *RECORDS).post("/detentions", NEW, key=key).status_code == 201  # keys are each token's own


@pytest.mark.parametrize("key", [None, "á", "x" * 81])
def test_a_command_needs_a_key(cast: Cast, key: str | None) -> None:
    answer = program("NT-SSPC", *RECORDS).post("/detentions", NEW, key=key)
    assert answer.status_code == 400 and told(answer)["code"] == "CLAVE_DE_IDEMPOTENCIA"


def test_a_refused_command_leaves_its_key_free(cast: Cast) -> None:
    one = program("NT-SSPC", *RECORDS)
    key = str(uuid4())
    wrong = one.post("/detentions", {"values": {"nombre": "Sola"}}, key=key)
    assert wrong.status_code == 422 and "tipo_registro" in {one["field"] for one in told(wrong)["errors"]}
    assert one.post("/detentions", NEW, key=key).status_code == 201


def test_what_is_kept_of_an_answer_names_nobody_and_goes_after_a_day(cast: Cast) -> None:
    one = program("NT-SSPC", *RECORDS)
    one.post("/detentions", NEW)
    [kept] = KeptAnswer.objects.all()
    values = NEW["values"]
    assert not any(values[name] in kept.body for name in ("nombre", "primer_apellido", "segundo_apellido"))
    assert accounts.forget_old() == 0
    with clock.at(clock.now() + KEPT_FOR):
        assert accounts.forget_old() == 1


def test_twins_are_done_once_and_nobody_waits(live_cast: Cast) -> None:
    one = program("NT-SSPC", *RECORDS)
    key, inside, go = str(uuid4()), threading.Event(), threading.Event()

    def slow() -> accounts.Given:
        inside.set()
        go.wait(10)
        return accounts.Given(201, "{}")

    token = accounts.enter(one.secret).token_id

    def first() -> None:
        accounts.once(token, key, "x", slow)
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    answer = one.post("/detentions", NEW, key=key)
    go.set()
    thread.join(10)
    assert answer.status_code == 409 and told(answer)["code"] == "EN_CURSO"


def test_a_record_lives_through_the_api_alone(cast: Cast) -> None:
    one = program("NT-SSPC", *RECORDS)
    made = told(one.post("/detentions", NEW))
    where = f"/detentions/{made['id']}"
    step = STEP | {"at": clock.now().isoformat()}
    assert one.post(f"{where}/custody-steps", step).status_code == 201
    corrected = one.patch(
        where, {"values": {"nombre": "Ramona Luz"}, "absences": {"edad": "sin_informacion"}, "version": 1} | WHY
    )
    assert corrected.status_code == 200, corrected.content
    read = told(one.get(where))
    assert read["values"]["nombre"] == "Ramona Luz" and read["values"]["motivo"] == "flagrancia"
    assert read["absences"]["edad"] == "sin_informacion" and read["version"] == 2
    assert read["custody"] == "EN_TRASLADO" and read["versions"][0]["reason"] == WHY["reason"]
    stale = one.patch(where, {"values": {"nombre": "Otra"}, "version": 1} | WHY)
    assert stale.status_code == 409 and told(stale)["code"] == "REGISTRO_CAMBIADO"
    assert told(one.post(f"{where}/cancellation", WHY))["cancelled"] is True
    assert one.patch(where, {"values": {"nombre": "Otra"}, "version": 3} | WHY).status_code == 409


def test_a_datum_that_the_contract_does_not_have_is_named(cast: Cast) -> None:
    answer = program("NT-SSPC", *RECORDS).post("/detentions", {"values": NEW["values"] | {"apodo": "x"}})
    assert answer.status_code == 422 and told(answer)["code"] == "CAMPO_DESCONOCIDO" and "apodo" in told(answer)["detail"]


def test_a_batch_goes_in_and_its_receipt_comes_out(cast: Cast) -> None:
    one = program("NT-SSPC", P.SUPPLY_SEND, P.SUPPLY_READ)
    text = csv_text([JUAN, JUAN | {"clave_registro": "NAY-2", "fecha_detencion": "ayer"}])
    sent = one.send(text, batch_key="L-1")
    assert sent.status_code == 202, sent.content
    batch = told(sent)["id"]
    assert told(one.get(f"/batches/{batch}"))["state"] == "recibido"
    react()
    assert told(one.get(f"/batches/{batch}"))["state"] == "procesado"
    receipt = told(one.get(f"/batches/{batch}/receipt"))
    assert receipt["seals_hold"] and receipt["processed"]["renglones"]["renglones"] == 2
    assert told(one.get(f"/batches/{batch}/findings"))["total"] >= 1
    fix = b"".join(one.get(f"/batches/{batch}/fix-file").streaming_content)  # type: ignore[attr-defined]
    assert b"NAY-2" in fix
    assert told(one.send(text, batch_key="L-1"))["id"] == batch
    other = one.send(csv_text([JUAN]), batch_key="L-1")
    assert other.status_code == 409 and told(other)["code"] == "LOTE_CON_OTRO_CONTENIDO"


def test_the_list_of_changes_is_read_whole_and_goes_on(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN | {"clave_registro": f"NAY-{n:04}"} for n in range(7)])
    one = program("NT-SSPC", P.DETENTION_READ)
    keys, cursor = [], ""
    while True:
        part = told(one.get("/detentions", {"limit": 3, "cursor": cursor}))
        keys += [row["key"] for row in part["detentions"]]
        cursor = part["next"]
        if not cursor:
            break
    assert sorted(keys) == [f"NAY-{n:04}" for n in range(7)]
    assert told(one.get("/detentions", {"updated_since": "2999-01-01T00:00:00Z"}))["detentions"] == []


def test_a_cursor_is_of_its_list_and_its_institution(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN | {"clave_registro": f"NAY-{n:04}"} for n in range(3)])
    one = program("NT-SSPC", P.DETENTION_READ, P.AUDIT_READ)
    cursor = told(one.get("/detentions", {"limit": 1}))["next"]
    for asking, path, given in (
        (one, "/audit/lines", cursor),
        (program("OC-SSPC", P.DETENTION_READ), "/detentions", cursor),
        (one, "/detentions", cursor[:-2] + "xx"),
        (one, "/detentions", "{}"),
    ):
        answer = asking.get(path, {"cursor": given})
        assert answer.status_code == 422 and told(answer)["code"] == "CURSOR_INVALIDO"


def test_health_is_kept_from_programs_unless_they_follow_the_custody(cast: Cast) -> None:
    one = program("NT-SSPC", *RECORDS)
    made = told(one.post("/detentions", {"values": NEW["values"] | {"padecimiento": "si"}}))
    seen = told(one.get(f"/detentions/{made['id']}"))
    assert seen["hidden"] and "padecimiento" not in seen["values"]
    seen = told(one.get(f"/detentions/{made['id']}", **{"Tequio-Purpose": "custodia"}))
    assert not seen["hidden"] and "padecimiento" in seen["values"]
