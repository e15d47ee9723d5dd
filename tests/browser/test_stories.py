"""Whole stories, each person in a browser of their own: from asking for an account to the log that tells who looked.

The pictures of the user guide are made here, step by step (`python -m tools.guide_pictures`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import override_settings
from playwright.sync_api import Page, expect

from tequio.access.models import User
from tequio.kernel import clock
from tequio.registries.rnd.models import Detention
from tests.browser.conftest import World
from tests.browser.telling import PASSWORD, asked, code_of, entered, refused, said, seen, stated, waiting
from tests.story import all_notices, hits_of
from tests.world import JUAN, PEOPLE, csv_text, draft_of, react, stored, supply, watch

REVIEW, SEARCH = "Revisión de una coincidencia", "Búsqueda de un objetivo"
NAMES = dict(
    zip(
        (username for username, _, _ in PEOPLE),
        ("Carla Ruiz Tapia", "Noé Salas Ortiz", "Silvia Partida León", "Elías Cota Mora", "Ana Robles Vega", "Beto Luna Ríos",
         "Saúl Arce Peña", "Elena Ponce Díaz", "Aída Mena Soto", "Hugo Prado Gil", "Alma Fierro Cruz", "Adán Rojo Lira",
         "Olga Nava Pardo"),
        strict=True,
    )
)  # fmt: skip
"""Invented names: the pictures show them."""
YESTERDAY = (clock.now() - timedelta(days=1)).astimezone(clock.MEXICO).date()
RUTILIO = JUAN | {"nombre": "Rutilio", "primer_apellido": "Zamarripa", "clave_registro": "NAY-0002"}
GOOD = JUAN | {"clave_registro": "SSPC-0117", "nombre": "Domitila", "primer_apellido": "Arciniega", "sexo": "M"}
WRONG = GOOD | {"clave_registro": "SSPC-0118", "fecha_detencion": "31/02/2026"}


@pytest.fixture(scope="module")
def secret() -> str:
    """What the capturist's authenticator application keeps."""
    return generate_totp_secret()


@pytest.fixture(scope="module")
def world(browser_world: World, secret: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Nayarit and Jalisco with a record and a target of before, and a capturist who enters every day."""
    for user in User.objects.filter(username__in=NAMES):
        user.full_name = NAMES[user.username]
        if user.username == "nayarit_capturist":
            user.set_password(PASSWORD)
            TOTP.activate(user, secret)
        user.save()
    folder = tmp_path_factory.mktemp("files")
    watch(browser_world.cast, draft_of(RUTILIO))
    supply(browser_world.cast.nayarit_capturist, folder, [RUTILIO])
    with override_settings(FILES=folder):
        yield browser_world


def test_an_account_is_asked_for_approved_twice_and_used_for_the_first_time(world: World) -> None:
    liaison = world.page("nayarit_liaison")
    liaison.goto("/administracion/solicitudes/nueva/")
    liaison.locator("[name=username]").fill("rosa.luna")
    liaison.locator("[name=full_name]").fill("Rosa Luna Carrillo")
    liaison.get_by_label("Captura").check()
    liaison.locator("[name=document]").fill("OFICIO 31/2026")
    liaison.locator("[name=document_date]").fill(f"{YESTERDAY}")
    liaison.locator("[name=training]").select_option("sin_capacitacion")
    seen(liaison, "cuenta-solicitud")
    liaison.get_by_role("button", name="Presentar").click()
    said(liaison, "Solicitud presentada.")
    for username, picture in (("nayarit_supervisor", "cuenta-visto-bueno"), ("hub_operator", "cuenta-aprobacion")):
        page = world.page(username)
        waiting(page, "Rosa Luna Carrillo").click()
        page.get_by_label("De acuerdo").check()
        seen(page, picture)
        page.get_by_role("button", name="Guardar la decisión").click()
        said(page, "Decisión guardada.")
    administrator = world.page("administrator")
    administrator.goto("/administracion/cuentas/rosa.luna/")
    box = asked(administrator, "Enlace de contraseña")
    box.get_by_label("Oficio").fill("OFICIO 31/2026")
    box.get_by_role("button", name="Enlace de contraseña").click()
    link = administrator.locator("code.secret").inner_text()
    first_entry(world.page(), link)


def first_entry(page: Page, link: str) -> None:
    """A password by the link, and a second factor before anything else."""
    page.goto(link)
    page.get_by_label("Contraseña nueva").fill(PASSWORD)
    page.get_by_label("Repítala").fill(PASSWORD)
    seen(page, "poner-contrasena")
    page.get_by_role("button", name="Guardar").click()
    page.get_by_label("Usuario").fill("rosa.luna")
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Entrar", exact=True).click()
    expect(page.get_by_text("Su rol exige un segundo factor")).to_be_visible()
    page.get_by_role("link", name="Agregar", exact=True).click()
    seen(page, "segundo-factor")
    page.get_by_label("Código", exact=True).fill(code_of(page.locator("code.secret").inner_text()))
    page.get_by_role("button", name="Activar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Códigos de recuperación")
    seen(page, "codigos-de-recuperacion")
    page.get_by_role("link", name="Seguir").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lo que le espera")


def test_a_capturist_enters_supplies_a_file_and_mends_it(world: World, secret: str, tmp_path: Path) -> None:
    page = world.page()
    page.goto("/suministro/nuevo/")
    page.get_by_label("Usuario").fill("nayarit_capturist")
    page.get_by_label("Contraseña").fill(PASSWORD)
    seen(page, "entrar", everywhere=True)
    page.get_by_role("button", name="Entrar", exact=True).click()
    page.get_by_label("Código", exact=True).fill(code_of(secret))
    seen(page, "codigo")
    page.get_by_role("button", name="Entrar", exact=True).click()
    page.get_by_label("Suministro de información").check()
    page.get_by_label("Folio").fill("OFICIO-77/2026")
    seen(page, "finalidad")
    page.get_by_role("button", name="Continuar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Suministrar un archivo")
    former = sent(page, tmp_path / "octubre.csv", csv_text([GOOD, WRONG]), "suministro-revisar")
    react()
    expect(page.get_by_text("Renglones por corregir: 1")).to_be_visible()
    seen(page, "suministro-acuse")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    mended = download.value.path().read_text(encoding="utf-8-sig").replace("31/02/2026", f"{YESTERDAY:%d/%m/%Y}")
    page.get_by_role("link", name="Reenvíe lo corregido").click()
    sent(page, tmp_path / "corregido.csv", mended)
    react()
    expect(page.get_by_text("Corrige al lote")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Renglones por corregir")).to_have_count(0)
    page.goto(former)
    expect(page.get_by_text("Corregido por el lote")).to_be_visible()


def sent(page: Page, file: Path, text: str, picture: str = "") -> str:
    """Send a file from the page that takes it. Returns the address of its receipt."""
    file.write_text(text, encoding="utf-8")
    page.locator("#id_file").set_input_files(file)
    page.get_by_role("button", name="Revisar el archivo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Revisar el archivo")
    if picture:
        seen(page, picture)
    page.get_by_role("button", name="Suministrar", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Acuse")
    return page.url


def test_nayarit_detains_whom_jalisco_looks_for_and_the_notice_is_acknowledged(world: World) -> None:
    proposed(world)
    approved(world)
    captured(world)
    react()
    read_by_keyboard(world, "jalisco_analyst", "falta que otra persona la lea", "coincidencia-primera", first=True)
    read_by_keyboard(world, "jalisco_supervisor", "el aviso a su dependencia ya salió", "coincidencia-segunda")
    react()
    acknowledged(world)
    audited(world)
    unknown_to_nayarit(world)


def proposed(world: World) -> None:
    """The analyst of Jalisco proposes a target."""
    page = entered(world, "jalisco_analyst", SEARCH)
    page.goto("/objetivos/")
    page.get_by_role("link", name="Registrar objetivo").click()
    typed = {"given": "Filiberto", "paternal": "Muñoz", "maternal": "Zepeda", "birth_dates": "17/03/1984"}
    for name, value in (typed | {"document": "CAUSA 12/2026"}).items():
        page.locator(f"[name={name}]").fill(value)
    for name, value in (("sex", "H"), ("birth_state", "JC"), ("grounds", "orden_aprehension"), ("priority", "alta")):
        page.locator(f"[name={name}]").select_option(value)
    seen(page, "objetivo-proponer")
    page.get_by_role("button", name="Proponer").click()
    said(page, "quedó propuesto")
    expect(page.get_by_text("Falta que otra persona supervisora")).to_be_visible()


def approved(world: World) -> None:
    """The supervisor of Jalisco approves it, from the inbox."""
    page = entered(world, "jalisco_supervisor", SEARCH)
    waiting(page, "Objetivo propuesto").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Filiberto")
    box = asked(page, "Aprobar")
    seen(page, "objetivo-aprobar")
    box.get_by_role("button", name="Aprobar").click()
    said(page, "Aprobado: se busca desde ahora")


def captured(world: World) -> None:
    """The capturist of Nayarit registers a detention and its next step of custody."""
    page = entered(world, "nayarit_capturist", "Suministro de información")
    page.goto("/detenciones/")
    page.get_by_role("link", name="Nueva detención").click()
    told = {
        "clave_registro": "SSPC-0001", "fecha_detencion": f"{YESTERDAY}", "hora_detencion": "02:15", "nombre": "Filiberto",
        "primer_apellido": "Muñoz", "segundo_apellido": "Zepeda", "fecha_nacimiento": "17/03/1984",
        "municipio_detencion": "Tepic", "motivo": "Flagrancia", "aprehensor_nombre": "Oficial de Prueba",
    }  # fmt: skip
    for name, value in told.items():
        page.locator(f"[name={name}]").fill(value)
    chosen = {
        "tipo_registro": "hecho_probablemente_delictivo",
        "sexo": "H",
        "entidad_nacimiento": "JC",
        "autoridad_destino": "MP_COMUN",
    }
    for name, value in chosen.items():
        page.locator(f"[name={name}]").select_option(value)
    seen(page, "detencion-captura")
    page.get_by_role("button", name="Registrar").click()
    said(page, "Detención registrada con la clave SSPC-0001")
    page.get_by_role("link", name="Agregar paso de custodia").click()
    page.get_by_label("A disposición del Ministerio Público").check()
    page.locator("[name=at]").fill(f"{YESTERDAY}T04:40")
    seen(page, "detencion-custodia")
    page.get_by_role("button", name="Registrar el paso").click()
    said(page, "Paso registrado")
    seen(page, "detencion-ficha", everywhere=True)


def read_by_keyboard(world: World, username: str, answer: str, picture: str, *, first: bool = False) -> None:
    """Somebody of Jalisco reads the hit and confirms it without touching the mouse."""
    page = entered(world, username, REVIEW)
    if first:
        page.goto("/coincidencias/")
        link = page.get_by_role("link", name=re.compile("Filiberto")).first
        seen(page, "coincidencias")
    else:
        link = waiting(page, "Segunda lectura")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Indicio por indicio")).to_be_visible()
    seen(page, picture, everywhere=first)
    page.locator("main").focus()
    page.keyboard.press("c")
    expect(page.get_by_label("Motivo")).to_be_focused()
    page.keyboard.type("Se cotejaron la ficha y el mandamiento.")
    page.keyboard.press("Control+Enter")
    said(page, answer)


def acknowledged(world: World) -> None:
    """The liaison of Jalisco is told, and stops the clock in time."""
    page = entered(world, "jalisco_liaison", REVIEW)
    link = waiting(page, "Un objetivo suyo está detenido")
    seen(page, "bandeja", everywhere=True)
    link.click()
    expect(page.get_by_role("heading", name="Plazo para acusar")).to_be_visible()
    seen(page, "aviso", everywhere=True)
    page.get_by_role("button", name="Acusar de recibido").click()
    said(page, "acusado a tiempo")
    seen(page, "aviso-acusado")


def audited(world: World) -> None:
    """The federal auditor sees who looked at the record, and that the log is whole."""
    [record] = stored(Detention, supplier_key="SSPC-0001")
    page = entered(world, "hub_auditor", "Auditoría de la bitácora")
    page.goto("/bitacora/quien-vio/")
    page.get_by_label("Identificador del registro").fill(str(record.id))
    page.get_by_role("button", name="Preguntar").click()
    expect(page.get_by_role("cell", name="nayarit_capturist").first).to_be_visible()
    seen(page, "bitacora-quien-vio")
    page.goto("/bitacora/?persona=jalisco_supervisor")
    for action in ("Aprobó un objetivo", "Juzgó una coincidencia"):
        expect(page.get_by_role("cell", name=action).first).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Filiberto")
    page.goto("/bitacora/comprobacion/")
    page.get_by_role("button", name="Comprobar todas las cadenas").click()
    expect(page.get_by_text("La bitácora está íntegra")).to_be_visible()
    seen(page, "bitacora-comprobacion")


def unknown_to_nayarit(world: World) -> None:
    """Whoever supplied the record learns nothing of it."""
    page = entered(world, "nayarit_supervisor", REVIEW)
    for address in ("/", "/coincidencias/?estado=todas", "/objetivos/", "/avisos/"):
        page.goto(address)
        expect(page.locator("main")).not_to_contain_text("Filiberto")
    [hit] = [one for one in hits_of(world.cast.jalisco_analyst) if "Filiberto" in one.target.title]
    for address in (f"/coincidencias/{hit.id}/", f"/objetivos/{hit.target_id}/", f"/avisos/{all_notices()[-1].id}/"):
        refused(page, address)


def test_an_analyst_is_told_of_a_double_and_reads_why_a_record_answers(world: World) -> None:
    page = entered(world, "jalisco_analyst", "Investigación de un delito", "CI/123/2026")
    page.goto("/objetivos/nuevo/")
    for name, value in {"given": "Rutilio", "paternal": "Zamarripa", "maternal": "Zepeda", "birth_dates": "1984"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=grounds]").select_option("orden_aprehension")
    page.locator("[name=document]").fill("CAUSA 90/2026")
    page.get_by_role("button", name="Proponer").click()
    expect(page.get_by_text("Su dependencia ya tiene objetivos")).to_be_visible()
    seen(page, "objetivo-parecido")
    page.get_by_role("link", name="Buscar").click()
    page.get_by_label("Nombre completo").fill("Rutilio Zamarripa Zepeda")
    page.locator("[name=birth]").fill("07/03/1984")
    page.get_by_role("button", name="Buscar", exact=True).click()
    expect(page.get_by_role("heading", name="Posibles")).to_be_visible()
    page.get_by_text("Ver por qué").first.click()
    expect(page.get_by_role("columnheader", name="Bits").first).to_be_visible()
    seen(page, "buscar-respuesta")
    assert "Zamarripa" not in page.url


def test_the_operator_of_the_hub_reads_the_dashboard(world: World) -> None:
    page = world.page("hub_operator")
    page.goto("/tablero/")
    expect(page.locator(".tile.waiting")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tablero de detenciones")
    seen(page, "tablero")
    refused(page, "/buscar/")


def test_an_administrator_opens_accounts_and_sees_no_person(world: World) -> None:
    page = world.page("administrator")
    page.goto("/administracion/cuentas/nayarit_analyst/")
    box = asked(page, "Suspender")
    box.locator("[name=document]").fill("OFICIO 40/2026")
    box.locator("[name=reason]").fill("Cambio de turno sin resguardo.")
    box.get_by_role("button", name="Suspender").click()
    said(page, "Cuenta suspendida.")
    seen(page, "cuenta-suspendida")
    for address in ("/detenciones/", "/buscar/", "/objetivos/", "/coincidencias/", "/avisos/", "/bitacora/"):
        refused(page, address)


def test_an_outsider_is_refused_everywhere_and_learns_nothing(world: World) -> None:
    [hit] = [one for one in hits_of(world.cast.jalisco_analyst) if "Rutilio" in one.target.title]
    [record] = stored(Detention, supplier_key="NAY-0002")
    page = entered(world, "outsider", "Verificación de identidad")
    for address in (
        f"/objetivos/{hit.target_id}/", f"/coincidencias/{hit.id}/", f"/detenciones/{record.id}/", "/objetivos/",
        "/coincidencias/", "/avisos/", "/suministro/", "/bitacora/", "/administracion/", "/administracion/cuentas/",
    ):  # fmt: skip
        refused(page, address)
        expect(page.locator("main")).not_to_contain_text(re.compile("Rutilio|Zamarripa|Jalisco"))
    seen(page, "no-permitido")
    page.goto("/detenciones/")
    expect(page.locator("main")).not_to_contain_text("Zamarripa")
    page.goto("/buscar/persona/")
    page.get_by_label("Nombre completo").fill("Rutilio Zamarripa Zepeda")
    page.get_by_role("button", name="Buscar", exact=True).click()
    expect(page.locator(".answer")).to_contain_text("Nayarit")
    expect(page.locator(".answer")).not_to_contain_text(re.compile("bjetivo|Jalisco|Filiberto"))
    nobody = world.page()
    nobody.goto(f"/coincidencias/{hit.id}/")
    expect(nobody.get_by_role("heading", level=1)).to_have_text("Entrar")


def test_a_purpose_that_is_missing_is_asked_for_and_then_one_goes_on(world: World) -> None:
    page = world.page("jalisco_analyst")
    page.goto("/objetivos/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Finalidad y folio")
    stated(page, SEARCH, "OFICIO-9")
    page.goto("/objetivos/")
    expect(page.get_by_role("region", name="Finalidad de la consulta")).to_contain_text("OFICIO-9")
