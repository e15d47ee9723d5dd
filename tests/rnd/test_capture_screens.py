"""Capture on screen: what is asked, what is refused and where it is said, what needs a second click, what stays on record."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tequio.access.scoping import own, reach
from tequio.registries.rnd import selectors
from tequio.registries.rnd.models import Detention
from tests.rnd.web import MARKUP, entered, lines_since, mark, text
from tests.world import JUAN, Cast, detention, supply

pytestmark = pytest.mark.usefixtures("today")

WRITTEN: dict[str, str] = {
    "clave_registro": "NT-SSPC-1",
    "tipo_registro": "falta_administrativa",
    "fecha_detencion": "2026-11-01",
    "hora_detencion": "09:30",
    "nombre": "Ana María",
    "primer_apellido": "Íñiguez",
    "segundo_apellido_sin": "no_aplica",
    "sexo": "M",
    "fecha_nacimiento": "1990-01-05",
    "entidad_detencion": "18",
    "municipio_detencion": "Tepic",
    "motivo": "Alteró el orden",
    "autoridad_destino": "JUEZ_CIVICO",
    "aprehensor_nombre": "Oficial de Prueba",
    "estado_civil_sin": "sin_informacion",
    "lesiones_visibles": "no",
}


def saved(cast: Cast, key: str = "NT-SSPC-1") -> Detention:
    return detention(cast.nayarit_analyst, key)


def send(client: Client, **changes: str) -> Any:
    return client.post("/detenciones/nueva/", WRITTEN | changes)


def seen(page: str) -> str:
    """What the form carries of the slips that it has shown."""
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found is not None
    return found[1].replace("&quot;", '"')


def test_the_form_offers_what_the_contract_has_with_required_fields_first(cast: Cast) -> None:
    page = text(entered("nayarit_capturist", "suministro").get("/detenciones/nueva/"))
    order = [page.index(f'name="{name}"') for name in ("clave_registro", "tipo_registro", "fecha_detencion", "motivo")]
    assert order == sorted(order)
    assert 'name="segundo_apellido_sin"' in page
    assert "NT-SSPC-20261101-" in page
    assert '<option value="18" selected>' in page


def test_a_detention_is_registered_with_its_three_values(cast: Cast) -> None:
    client, since = entered("nayarit_capturist", "suministro"), mark()
    answer = send(client)
    assert answer.status_code == 302, text(answer)
    found = saved(cast)
    assert answer.url == f"/detenciones/{found.id}/"
    assert found.absences == {"segundo_apellido": "no_aplica", "estado_civil": "sin_informacion"}
    assert found.supplied["motivo"] == "Alteró el orden"
    assert found.supplied["autoridad_destino"] == "Juez cívico o municipal"
    assert (found.municipality_code, found.state_code, found.authority_code) == ("18017", "18", "JUEZ_CIVICO")
    assert found.detained_at is not None
    assert found.detained_at.utcoffset() is not None
    assert (found.listed_name, found.custody_state, found.visible_injuries) == ("INIGUEZ ANA MARIA", "REGISTRADA", "no")
    assert [line[1] for line in lines_since(since)] == ["detention.registered"]
    page = text(client.get(answer.url))
    assert "Detención registrada" in page
    assert "no aplica" in page


@pytest.mark.parametrize("written", ["1990", "05/01/1990"])
def test_a_date_of_birth_that_is_not_whole_or_is_in_doubt_stays_as_it_was_written(cast: Cast, written: str) -> None:
    answer = send(entered("nayarit_capturist", "suministro"), fecha_nacimiento=written)
    assert answer.status_code == 302, text(answer)
    assert (saved(cast).birth_date, saved(cast).birth_date_text) == (None, written)


def test_the_hour_is_that_of_the_state(cast: Cast) -> None:
    send(entered("nayarit_capturist", "suministro"))
    at = saved(cast).detained_at
    assert at is not None
    assert (at.hour, at.minute) == (16, 30)  # Nayarit: UTC-7


def test_sending_twice_makes_one_record(cast: Cast) -> None:
    client = entered("nayarit_capturist", "suministro")
    assert send(client).url == send(client).url
    with reach(own(cast.nayarit_capturist)):
        assert Detention.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tipo_registro": ""}, "obligatorio"),
        ({"fecha_detencion": "31/02/2026"}, "dd/mm/aaaa"),
        ({"fecha_detencion": "2027-01-01"}, "no puede ser posterior"),
        ({"hora_detencion": "25:00"}, "00:00 a 23:59"),
        ({"hora_detencion": "23:50"}, "no puede ser posterior"),
        ({"municipio_detencion": "Atlantis"}, "No se reconoce ese municipio"),
        ({"nombre": "", "primer_apellido": ""}, "Falta al menos uno"),
        ({"nombre": "1234"}, "Un nombre lleva letras"),
        ({"nombre_sin": "no_aplica"}, "deje uno de los dos"),
        ({"fecha_nacimiento": "ayer"}, "o sólo el año"),
        ({"fecha_nacimiento": "2030-01-01"}, "posterior a hoy"),
        ({"edad": "900"}, "120"),
        ({"motivo": "x" * 2_001}, "2000"),
        ({"falta": "no existe"}, "no es una de las opciones"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(cast: Cast, changes: dict[str, str], said: str) -> None:
    answer = send(entered("nayarit_capturist", "suministro"), **changes)
    assert answer.status_code == 422
    assert said in text(answer)
    assert "Falta corregir" in text(answer)
    with reach(own(cast.nayarit_capturist)):
        assert not Detention.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"curp": "IIXA900105MNTXXX99"}, "dígito"),
        ({"curp": "IIXA910105MNTXXX09"}, "otra fecha de nacimiento"),
        ({"edad": "20"}, "La edad no corresponde"),
        ({"fecha_detencion": "2026-10-01"}, "hace más de tres días"),
        ({"telefono": "12"}, "eléfono"),
        ({"aprehensor_nombre": ""}, "Se espera alguno"),
        ({"fecha_nacimiento": "2019-01-05"}, "menor de doce"),
    ],
)
def test_what_is_odd_is_said_once_and_taken_at_the_second_click(cast: Cast, changes: dict[str, str], said: str) -> None:
    client = entered("nayarit_capturist", "suministro")
    first = send(client, **changes)
    assert first.status_code == 422
    page = text(first)
    assert said in page
    assert "Guardar de todos modos" in page
    assert send(client, **changes, seen=seen(page)).status_code == 302
    assert saved(cast).supplier_key == "NT-SSPC-1"


def test_a_key_that_is_taken_is_said_beside_it(cast: Cast) -> None:
    client = entered("nayarit_capturist", "suministro")
    send(client)
    answer = send(client, nombre="Otra", primer_apellido="Persona")
    assert answer.status_code == 422
    assert "ya tiene un registro" in text(answer)


def test_the_same_person_on_the_same_day_is_said_before_a_second_record_is_made(cast: Cast) -> None:
    client = entered("nayarit_capturist", "suministro")
    send(client)
    answer = send(client, clave_registro="OTRA-1")
    assert "Ya hay un registro con ese nombre" in text(answer)
    assert "NT-SSPC-1" in text(answer)
    assert send(client, clave_registro="OTRA-1", seen=seen(text(answer))).status_code == 302


def test_markup_and_formulas_are_kept_as_text(cast: Cast) -> None:
    client = entered("nayarit_capturist", "suministro")
    answer = send(client, observaciones=MARKUP, descripcion="=1+1", clave_registro="K<b>")
    assert answer.status_code == 302
    page = text(client.get(answer.url))
    assert MARKUP not in page
    assert "&lt;script&gt;" in page


def test_who_only_reads_cannot_capture_correct_nor_cancel(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    found = detention(cast.nayarit_analyst, "NAY-0001")
    client, since = entered("nayarit_analyst", "investigacion"), mark()
    for then in ("nueva/", f"{found.id}/corregir/", f"{found.id}/custodia/"):
        assert client.get(f"/detenciones/{then}").status_code == 403
    assert client.post(f"/detenciones/{found.id}/cancelar/", {"reason": "x"}).status_code == 403
    capturist = entered("nayarit_capturist", "custodia")
    assert capturist.post(f"/detenciones/{found.id}/cancelar/", {"reason": "x"}).status_code == 403
    assert {line[1] for line in lines_since(since)} == {"screen.refused"}


def test_a_correction_begins_with_what_the_record_says_and_keeps_what_it_does_not_ask(cast: Cast, tmp_path: Path) -> None:
    row = JUAN | {"columna_propia": "7", "fecha_disposicion": "2026-10-20", "estado_civil": "no aplica"}
    supply(cast.nayarit_capturist, tmp_path, [row])
    found = detention(cast.nayarit_analyst, "NAY-0001")
    client = entered("nayarit_supervisor", "custodia")
    page = text(client.get(f"/detenciones/{found.id}/corregir/"))
    assert 'value="Muñoz"' in page
    assert 'value="02:15"' in page
    assert 'value="2026-10-20"' in page
    told = _filled(page) | {"segundo_apellido": "Cepeda", "reason": "acta de nacimiento"}
    answer = client.post(f"/detenciones/{found.id}/corregir/", told)
    if answer.status_code == 422:
        answer = client.post(f"/detenciones/{found.id}/corregir/", told | {"seen": seen(text(answer))})
    assert answer.status_code == 302, text(answer)
    now = detention(cast.nayarit_analyst, "NAY-0001")
    assert (now.version, now.maternal_surname, now.change_reason) == (2, "Cepeda", "acta de nacimiento")
    assert (now.detained_at, now.municipality_code, now.listed_name) == (
        found.detained_at, found.municipality_code, "MUNOZ CEPEDA FILIBERTO",
    )  # fmt: skip
    assert now.absences == found.absences == {"estado_civil": "no_aplica"}
    assert (now.supplied["+columna_propia"], now.supplied["fecha_disposicion"]) == ("7", "2026-10-20")
    with reach(own(cast.nayarit_analyst)):
        [latest, _] = selectors.versions(now)
    assert {change.column for change in latest.changes} == {"maternal_surname"}


def test_a_correction_of_a_version_that_is_no_longer_is_refused(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    found = detention(cast.nayarit_analyst, "NAY-0001")
    client = entered("nayarit_supervisor", "custodia")
    told = _filled(text(client.get(f"/detenciones/{found.id}/corregir/"))) | {"reason": "x", "edad": "42"}
    supply(cast.nayarit_capturist, tmp_path, [JUAN | {"sexo": "M"}])
    answer = client.post(f"/detenciones/{found.id}/corregir/", told)
    answer = client.post(f"/detenciones/{found.id}/corregir/", told | {"seen": seen(text(answer))})
    assert answer.status_code == 422
    assert "va en la versión 2" in text(answer)


def test_a_correction_needs_a_reason(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    found = detention(cast.nayarit_analyst, "NAY-0001")
    client = entered("nayarit_supervisor", "custodia")
    told = _filled(text(client.get(f"/detenciones/{found.id}/corregir/")))
    assert client.post(f"/detenciones/{found.id}/corregir/", told | {"reason": " "}).status_code == 422


def test_a_supervisor_cancels_with_a_reason_after_being_asked(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    found = detention(cast.nayarit_analyst, "NAY-0001")
    client = entered("nayarit_supervisor", "custodia")
    assert "¿Cancelar?" in text(client.get(f"/detenciones/{found.id}/"))
    assert client.post(f"/detenciones/{found.id}/cancelar/", {"reason": ""}).status_code == 422
    assert client.post(f"/detenciones/{found.id}/cancelar/", {"reason": "duplicado"}).status_code == 302
    assert detention(cast.nayarit_analyst, "NAY-0001").cancelled_at is not None
    assert client.get(f"/detenciones/{found.id}/corregir/").status_code == 409


def test_only_steps_that_can_follow_are_offered_and_taken(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    found = detention(cast.nayarit_analyst, "NAY-0001")
    client, since = entered("nayarit_capturist", "custodia"), mark()
    here = f"/detenciones/{found.id}/custodia/"
    page = text(client.get(here))
    assert 'value="EN_TRASLADO"' in page
    assert 'value="VINCULADA"' not in page
    step = {"kind": "PUESTA_A_DISPOSICION_MP", "at": "2026-11-01T11:00", "authority": "MP_COMUN", "place": f"Tepic {MARKUP}"}
    assert client.post(here, step | {"kind": "VINCULADA"}).status_code == 422
    assert client.post(here, step | {"at": "2026-11-02T11:00"}).status_code == 422
    assert client.post(here, step | {"at": "2026-10-01T11:00"}).status_code == 422
    assert client.post(here, step).status_code == 302
    page = text(client.get(f"/detenciones/{found.id}/"))
    assert "A disposición del Ministerio Público" in page
    assert MARKUP not in page
    done = [line[1] for line in lines_since(since) if line[2] == "hecho"]
    assert "detention.custody_event" in done
    assert client.post(here, {"kind": "LIBERADA", "at": "2026-11-01T11:30"}).status_code == 302
    assert "La custodia terminó" in text(client.get(here))


def test_a_step_may_come_before_the_capture_and_not_before_the_detention(cast: Cast) -> None:
    client = entered("nayarit_capturist", "suministro")
    here = f"{send(client).url}custodia/"
    step = {"kind": "PUESTA_A_DISPOSICION_JUEZ_CIVICO"}
    early = client.post(here, step | {"at": "2026-11-01T10:29"})  # detained at 9:30 of Nayarit, 10:30 of central Mexico
    assert early.status_code == 422 and "anterior a la detención" in text(early)
    assert client.post(here, step | {"at": "2026-11-01T10:45"}).status_code == 302
    late = client.post(here, {"kind": "LIBERADA", "at": "2026-11-01T10:44"})
    assert late.status_code == 422 and "anterior al último" in text(late)


def _filled(page: str) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    told: dict[str, str] = {}
    form = page[page.index('class="capture"') :]
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and "disabled" not in tag and name[1] not in {"csrfmiddlewaretoken", "siguiente"}:
            told.setdefault(name[1], value[1] if value else "")
    for name, body in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        told[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea name="([^"]+)"[^>]*>\s*(.*?)</textarea>', form, re.S):
        told[name] = body
    return told
