"""The screens of intake, as those who supply use them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, override_settings
from openpyxl import load_workbook

from tequio.access.scoping import NATIONAL, reach
from tequio.kernel import clock
from tequio.supply import uploads
from tequio.supply.models import Batch
from tests.screens import MARKUP, assert_refused, browser, text_of
from tests.story import last_line, last_line_id, lines_of
from tests.world import JUAN, Cast, csv_text, react

NEW = "/suministro/nuevo/"
WRONG = JUAN | {"clave_registro": "NAY-0002", "fecha_detencion": "31/02/2026", "nombre": "Evaristo"}


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> Iterator[None]:
    """Files of these tests alone."""
    with override_settings(FILES=tmp_path / "files"):
        yield


@pytest.fixture
def capturist(cast: Cast, today: datetime) -> Client:
    """Nayarit's capturist, supplying."""
    return browser("nayarit_capturist", "suministro")


def send(client: Client, text: str, name: str = "octubre.csv", **more: str) -> HttpResponse:
    file = SimpleUploadedFile(name, text.encode())
    return client.post(NEW, {"registry": "rnd", **more, "file": file})  # type: ignore[return-value]


def fields_on(page: str) -> list[str]:
    """The choice of each column of a preview."""
    return re.findall(r'<option value="([^"]+)" selected>', page)


def supplied(client: Client, text: str, name: str = "octubre.csv", **more: str) -> str:
    """Send a file and confirm it. The address of its receipt."""
    preview = send(client, text, name, **more)
    assert preview.status_code == 302, text_of(preview)
    shown = text_of(client.get(preview.url))  # type: ignore[attr-defined]
    answer = client.post(preview.url, {"campo": fields_on(shown), "accion": "recibir"})  # type: ignore[attr-defined]
    assert answer.status_code == 302, text_of(answer)  # type: ignore[arg-type]
    return str(answer.url)  # type: ignore[attr-defined]


def test_a_file_goes_from_the_upload_to_its_receipt(capturist: Client, cast: Cast) -> None:
    page = text_of(capturist.get(NEW))  # type: ignore[arg-type]
    assert "512 MiB" in page and "CSV, XLSX o JSONL" in page
    receipt = supplied(capturist, csv_text([JUAN]))
    waiting = text_of(capturist.get(receipt))  # type: ignore[arg-type]
    assert "En espera de turno" in waiting and "hx-get" in waiting
    react()
    done = text_of(capturist.get(receipt))  # type: ignore[arg-type]
    assert "procesado" in done and "Registros nuevos" in done and "Acuses sellados" in done
    assert JUAN["primer_apellido"] not in done
    assert last_line(cast.nayarit_capturist).folio == "OFICIO-77"


def test_the_part_that_waits_asks_again_and_then_has_the_page_read_again(capturist: Client, cast: Cast) -> None:
    receipt = supplied(capturist, csv_text([JUAN]))
    htmx = {"HX-Request": "true"}
    waiting = capturist.get(f"{receipt}estado/", headers=htmx)
    assert "En espera de turno" in waiting.content.decode() and "<h1" not in waiting.content.decode()
    react()
    before = last_line_id()
    done = capturist.get(f"{receipt}estado/", headers=htmx)
    assert done.headers["HX-Refresh"] == "true"
    assert capturist.get(f"{receipt}estado/").url == receipt  # type: ignore[attr-defined]
    assert lines_of(cast.nayarit_capturist, before) == []


def test_rows_to_mend_go_out_and_come_back_tied_to_their_batch(capturist: Client, cast: Cast) -> None:
    receipt = supplied(capturist, csv_text([JUAN, WRONG]))
    react()
    page = text_of(capturist.get(receipt))  # type: ignore[arg-type]
    assert "Renglones por corregir: 1" in page and "FECHA_IMPOSIBLE" in page and "Qué hacer" in page
    mended = text_of(capturist.get(f"{receipt}por-corregir/"))  # type: ignore[arg-type]
    assert "NAY-0002" in mended and "NAY-0001" not in mended and "tequio_que_hacer" in mended
    assert last_line(cast.nayarit_capturist).action == "supply.fix_file"
    book = load_workbook(io.BytesIO(b"".join(capturist.get(f"{receipt}por-corregir/?formato=xlsx").streaming_content)))  # type: ignore[attr-defined]
    assert next(book.active.iter_rows(min_row=2))[0].value == "NAY-0002"
    former = receipt.rstrip("/").rsplit("/", 1)[1]
    assert former in text_of(capturist.get(f"{NEW}?corrige={former}"))  # type: ignore[arg-type]
    again = supplied(capturist, mended.replace("31/02/2026", "2026-02-28"), "corregido.csv", corrects=former)
    react()
    assert "Corrige al lote" in text_of(capturist.get(again))  # type: ignore[arg-type]
    assert "corregido.csv" in text_of(capturist.get(receipt))  # type: ignore[arg-type]


def test_a_mended_workbook_comes_back_too(capturist: Client, cast: Cast) -> None:
    receipt = supplied(capturist, csv_text([WRONG | {"motivo": "=1+1"}]))
    react()
    book = load_workbook(io.BytesIO(b"".join(capturist.get(f"{receipt}por-corregir/?formato=xlsx").streaming_content)))  # type: ignore[attr-defined]
    for row in book.active.iter_rows(min_row=2):
        for cell in row:
            assert cell.data_type != "f"
            if cell.value == "31/02/2026":
                cell.value = "2026-02-28"
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("corregido.xlsx", out.getvalue())
    preview = capturist.post(NEW, {"registry": "rnd", "file": file})
    shown = text_of(capturist.get(preview.url))  # type: ignore[attr-defined,arg-type]
    answer = capturist.post(preview.url, {"campo": fields_on(shown), "accion": "recibir"})  # type: ignore[attr-defined]
    react()
    assert "Registros nuevos" in text_of(capturist.get(answer.url))  # type: ignore[attr-defined,arg-type]
    with reach(NATIONAL):
        [last] = Batch.objects.filter(file_name="corregido.xlsx")
        assert last.counts["nuevos"] == 1


def test_columns_are_told_saved_as_profile_and_only_then_supplied(capturist: Client, cast: Cast) -> None:
    text = csv_text([{("Mi clave" if name == "clave_registro" else name): value for name, value in JUAN.items()}])
    url = send(capturist, text).url  # type: ignore[attr-defined]
    page = text_of(capturist.get(url))  # type: ignore[arg-type]
    assert "Así no se puede recibir" in page and "FALTAN_COLUMNAS" in page and 'value="recibir"' not in page
    chosen = ["clave_registro", *fields_on(page)[1:]]
    unsaved = capturist.post(url, {"campo": chosen, "accion": "recibir"})
    assert unsaved.status_code == 422 and "Cambió el destino" in unsaved.content.decode()
    saved = capturist.post(url, {"campo": chosen, "accion": "perfil"}, follow=True)
    assert "Perfil de columnas guardado" in saved.content.decode() and 'value="recibir"' in saved.content.decode()
    assert last_line(cast.nayarit_capturist).action == "supply.mapping_saved"
    answer = capturist.post(url, {"campo": fields_on(saved.content.decode()), "accion": "recibir"})
    assert answer.status_code == 302


def test_a_column_that_another_was_put_in_the_place_of_is_told_on_the_page(capturist: Client) -> None:
    url = send(capturist, csv_text([JUAN])).url  # type: ignore[attr-defined]
    chosen = fields_on(text_of(capturist.get(url)))  # type: ignore[arg-type]
    chosen[13] = chosen[12]
    saved = capturist.post(url, {"campo": chosen, "accion": "perfil"}, follow=True)
    assert "ENCABEZADO_SUSTITUIDO" in saved.content.decode()


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "ARCHIVO_VACIO"), (b"\x89PNG\r\n\x1a\n000", "imagen PNG"), (b"a,b\n", None), (b"a\x00b,c\n1,2\n", "NUL")],
)
def test_what_is_no_table_gets_a_clear_page(capturist: Client, data: bytes, code: str | None) -> None:
    answer = capturist.post(NEW, {"registry": "rnd", "file": SimpleUploadedFile("x.csv", data)}, follow=True)
    page = answer.content.decode()
    assert answer.status_code in {200, 422}
    assert "corregir" in page or "Así no se puede recibir" in page
    assert list(uploads.incoming_folder().glob(".*")) == []


def test_a_file_for_another_registry_asks_whether_the_registry_is_right(capturist: Client) -> None:
    page = text_of(capturist.get(send(capturist, "Bien jurídico,Modalidad,Enero\nx,y,3\n").url))  # type: ignore[attr-defined,arg-type]
    assert "¿eligió el registro correcto?" in page and "FALTAN_COLUMNAS" in page


def test_a_file_over_the_limit_is_cut_and_told(capturist: Client) -> None:
    with override_settings(MOST_UPLOAD=1 << 20):
        answer = send(capturist, "x" * ((1 << 20) + (1 << 19)))
        assert answer.status_code == 422 and "pasa de 1 MiB" in text_of(answer)
        far = send(capturist, "x" * (4 << 20))
        assert far.status_code == 422 and "pasa de 1 MiB" in text_of(far)
    assert list(uploads.incoming_folder().iterdir()) == []


def test_no_file_no_registry_and_a_bad_key_are_told_beside_their_field(capturist: Client) -> None:
    nothing = capturist.post(NEW, {"registry": "rnd"})
    assert nothing.status_code == 422 and 'href="#id_file"' in nothing.content.decode()
    unknown = send(capturist, csv_text([JUAN]), registry="nada")
    assert unknown.status_code == 422 and 'href="#id_registry"' in text_of(unknown)
    bad = send(capturist, csv_text([JUAN]), batch_key=" con espacios ")
    assert bad.status_code == 422 and 'href="#id_batch_key"' in text_of(bad)


def test_the_same_file_twice_gives_its_receipt_and_says_so(capturist: Client) -> None:
    first = supplied(capturist, csv_text([JUAN]))
    react()
    with clock.at(clock.now() + timedelta(minutes=5)):
        second = supplied(capturist, csv_text([JUAN]))
    assert first == second
    assert "ya se había recibido" in text_of(capturist.get(second))  # type: ignore[arg-type]


def test_other_content_under_a_used_key_is_told_beside_the_key(capturist: Client) -> None:
    supplied(capturist, csv_text([JUAN]), batch_key="octubre")
    again = send(capturist, csv_text([JUAN | {"motivo": "otro"}]), batch_key="octubre")
    assert again.status_code == 422 and 'href="#id_batch_key"' in text_of(again)


def test_a_file_can_be_discarded(capturist: Client) -> None:
    url = send(capturist, csv_text([JUAN])).url  # type: ignore[attr-defined]
    assert "octubre.csv" in text_of(capturist.get("/suministro/"))  # type: ignore[arg-type]
    assert capturist.post(f"{url}descartar/").status_code == 302
    assert capturist.get(url).status_code == 404


def test_lists_findings_quality_and_contract_answer(capturist: Client, cast: Cast) -> None:
    receipt = supplied(capturist, csv_text([JUAN, WRONG]))
    react()
    history = text_of(capturist.get("/suministro/?registro=rnd&estado=procesado&orden=file"))  # type: ignore[arg-type]
    assert "octubre.csv" in history and "1 resultado" in history
    findings = text_of(capturist.get(f"{receipt}hallazgos/?codigo=FECHA_IMPOSIBLE"))  # type: ignore[arg-type]
    assert "FECHA_IMPOSIBLE" in findings and "1 resultado" in findings
    quality = text_of(capturist.get("/suministro/calidad/"))  # type: ignore[arg-type]
    assert "50.0 %" in quality and "<rect" in quality
    assert "clave_registro" in text_of(capturist.get("/suministro/contrato/rnd/"))  # type: ignore[arg-type]
    assert capturist.get("/suministro/contrato/nada/").status_code == 404
    assert capturist.get("/suministro/?formato=csv").headers["Content-Type"].startswith("text/csv")
    assert last_line(cast.nayarit_capturist).action == "screen.exported"


def test_the_sealed_receipts_can_be_taken_out(capturist: Client, cast: Cast) -> None:
    receipt = supplied(capturist, csv_text([JUAN]))
    react()
    answer = capturist.get(f"{receipt}acuse.json")
    assert answer.json()["procesado"]["sello"]["algoritmo"] == "Ed25519"
    assert last_line(cast.nayarit_capturist).action == "supply.receipt_read"


def test_who_waits_for_something_sees_it_in_the_inbox(capturist: Client) -> None:
    supplied(capturist, csv_text([JUAN, WRONG]))
    react()
    send(capturist, csv_text([JUAN | {"motivo": "x"}]), "otro.csv")
    inbox = text_of(capturist.get("/"))  # type: ignore[arg-type]
    assert "Lote por corregir" in inbox and "Archivo por confirmar" in inbox and "otro.csv" in inbox


def test_another_agency_finds_nothing(capturist: Client, cast: Cast) -> None:
    receipt = supplied(capturist, csv_text([JUAN, WRONG]))
    url = send(capturist, csv_text([JUAN | {"motivo": "x"}])).url  # type: ignore[attr-defined]
    react()
    other = browser("jalisco_supervisor", "suministro")
    for address in (
        receipt,
        f"{receipt}estado/",
        f"{receipt}hallazgos/",
        f"{receipt}por-corregir/",
        f"{receipt}acuse.json",
        url,
    ):
        assert other.get(address).status_code == 404, address
    assert "octubre.csv" not in text_of(other.get("/suministro/"))  # type: ignore[arg-type]
    assert other.post(f"{url}descartar/").status_code == 404


def test_who_has_no_permission_is_refused_and_the_refusal_is_on_the_log(cast: Cast) -> None:
    for address in ("/suministro/", NEW, "/suministro/calidad/", "/suministro/contrato/rnd/"):
        assert_refused(cast, "outsider", address)
    assert_refused(cast, "nayarit_analyst", NEW)


def test_markup_in_names_headers_and_values_is_shown_as_text(capturist: Client) -> None:
    text = csv_text([JUAN | {MARKUP: MARKUP, "nombre": MARKUP, "fecha_detencion": MARKUP}])
    url = send(capturist, text, f"{MARKUP}.csv", batch_key=MARKUP).url  # type: ignore[attr-defined]
    preview = text_of(capturist.get(url))  # type: ignore[arg-type]
    assert "<script>alert" not in preview
    receipt = capturist.post(url, {"campo": fields_on(preview), "accion": "recibir"}).url  # type: ignore[attr-defined]
    react()
    for address in (receipt, f"{receipt}hallazgos/", "/suministro/?columnas=key&columnas=file", "/suministro/calidad/", "/"):
        assert "<script>alert" not in text_of(capturist.get(address)), address  # type: ignore[arg-type]


def test_forms_of_other_sites_are_refused(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(NEW, {"registry": "rnd"}).status_code == 403
