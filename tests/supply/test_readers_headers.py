"""Headers meet their fields through case, accents, synonyms and damage, and nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tequio.kernel.contract import Contract, Field, Kind
from tequio.supply.readers import FileRefused, HeaderMap, header_key, known_headers, match_headers
from tequio.supply.readers.headers import find_header

CONTRACT = Contract(
    registry="prueba",
    version="1",
    title="Registro de prueba",
    source="de prueba",
    fields=(
        Field("curp", Kind.CURP, "CURP"),
        Field("anio", Kind.INTEGER, "Año", required=True),
        Field("nombre", Kind.NAME, "Nombre(s)", synonyms=("Nombre de pila",)),
        Field("nombre_completo", Kind.NAME, "Nombre completo"),
        Field("fecha_detencion", Kind.DATE, "Fecha de detención", required=True, synonyms=("Fecha del evento",)),
        Field("telefono", Kind.PHONE, "Teléfono"),
    ),
    any_of=(("nombre", "nombre_completo"),),
)
BASE = ("Año", "Nombre(s)", "Fecha de detención")


def match(*headers: str, profile: dict[str, str] | None = None, sample: list[list[str]] | None = None) -> HeaderMap:
    return match_headers(headers, CONTRACT, profile, sample=sample or ())


def refused(*headers: str, profile: dict[str, str] | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        match(*headers, profile=profile)
    assert caught.value.hint
    return caught.value


def codes(found: HeaderMap) -> set[str]:
    return {note.code for note in found.notes}


@pytest.mark.parametrize(
    "header",
    [
        "Año",
        "AÑO",
        "Anio",
        "ANIO",
        "anio",
        " año ",
        "Ano",
        "A?o",
        "Aï¿½o",
        "AÏ¿½O",
        "A\ufffdo",
        "AÃ±o",
        "A#O",
        "A!o",
        "A%O",
        "A¤o",
        "Ao",
        "\ufeffAño",
        "ï»¿Año",
        "«Año»",
        "Año (AAAA)",
    ],
)
def test_every_form_of_a_header_is_one_field(header: str) -> None:
    assert match(header, "Nombre", "fecha_detencion").columns == {"anio": 0, "nombre": 1, "fecha_detencion": 2}


@pytest.mark.parametrize(
    "header",
    [
        "FECHA_DETENCION",
        "Fecha de detencion",
        "fecha-de-detención",
        "Fecha de detenci?n",
        "Fecha de detencin",
        "FECHA DE DETENCIÃ“N",
        "Fecha del evento",
        "Fecha de detención (dd/mm/aaaa) *",
        "FechaDeDetención",
    ],
)
def test_names_labels_and_synonyms_are_recognised(header: str) -> None:
    assert match("Año", "nombre", header).columns["fecha_detencion"] == 2


def test_a_damaged_header_is_said() -> None:
    assert codes(match("A?o", *BASE[1:])) == {"ENCABEZADO_DANADO"}
    assert codes(match(*BASE)) == set()


def test_a_damaged_header_that_could_be_two_fields_is_none() -> None:
    twins = Contract("x", "1", "x", (Field("caso", Kind.TEXT, "Caso"), Field("cano", Kind.TEXT, "Cano")), "x")
    assert match_headers(("ca?o",), twins).unknown == ("ca?o",)


def test_unknown_headers_are_listed_and_ours_are_ignored() -> None:
    found = match(*BASE, "Observaciones", "", "tequio_linea", "TEQUIO_codigo")
    assert found.unknown == ("Observaciones", "")
    assert codes(found) == {"ENCABEZADO_DESCONOCIDO", "COLUMNA_SIN_ENCABEZADO"}


def test_fields_that_the_file_does_not_bring_are_listed() -> None:
    assert match(*BASE).absent == ("curp", "nombre_completo", "telefono")


def test_two_headers_for_one_field_are_refused_with_their_places() -> None:
    error = refused(*BASE, "ANIO")
    assert error.code == "ENCABEZADO_DUPLICADO"
    assert error.facts == {"field": "anio", "headers": ["Año", "ANIO"], "columns": [1, 4]}


def test_missing_columns_are_named_with_what_was_found_and_the_nearest() -> None:
    error = refused("Año", "Nombre", "Fch detencion", "Municipio")
    assert error.code == "FALTAN_COLUMNAS"
    assert error.facts["missing"] == ["fecha_detencion"]
    assert error.facts["suggestions"] == {"fecha_detencion": "Fch detencion"}
    assert "Fecha de detención" in error.message
    assert "«Fch detencion» podría ser «Fecha de detención»" in error.hint
    assert "Municipio" in error.hint


def test_a_group_of_which_one_is_needed_counts_as_missing() -> None:
    error = refused("Año", "Fecha de detención")
    assert error.facts["any_of"] == [["nombre", "nombre_completo"]]


def test_the_institutions_profile_wins() -> None:
    found = match("Año", "Ejercicio", "Nombre", "Fecha de detención", profile={"EJERCICIO": "anio"})
    assert found.columns["anio"] == 1
    assert found.unknown == ("Año",)
    assert codes(found) == {"ENCABEZADO_SUSTITUIDO"}


def test_the_order_of_columns_does_not_change_who_wins() -> None:
    profile = {"Ejercicio": "anio"}
    assert match("Ejercicio", "Año", "Nombre", "fecha_detencion", profile=profile).columns["anio"] == 0


def test_a_profile_may_leave_a_column_out() -> None:
    found = match(*BASE, "Teléfono", profile={"telefono": ""})
    assert "telefono" not in found.columns
    assert found.unknown == ()


def test_a_profile_with_a_field_that_does_not_exist_is_refused() -> None:
    assert refused(*BASE, profile={"Año": "ano"}).code == "PERFIL_DE_ENCABEZADOS_INVALIDO"


def test_headers_shifted_by_one_are_noticed() -> None:
    headers = ("curp", "anio", "fecha_detencion", "telefono", "nombre")
    straight = [["PEPJ900101HNTRRN01"], ["2022"], ["2022-08-03"], ["3111234567"], ["Juan"]]
    assert match(*headers, sample=straight).notes == ()
    assert codes(match(*headers, sample=[["Juan"], *straight[:4]])) == {"ENCABEZADOS_DESPLAZADOS"}
    assert codes(match(*headers, sample=[*straight[1:], ["Juan"]])) == {"ENCABEZADOS_DESPLAZADOS"}


def test_the_header_is_the_row_with_most_known_names() -> None:
    known = known_headers(CONTRACT)
    assert find_header([["Reporte"], ["Estado", "Nayarit", ""], ["AÑO", "Nombre", "x"], ["2022", "Ana", "y"]], known) == 2


def test_with_no_known_names_a_row_too_wide_does_not_pass_for_the_header() -> None:
    assert find_header([["a", "b"], ["1", "2", "3", "4"], ["1", "2"]], frozenset()) == 0


@given(st.text(max_size=30))
def test_a_key_is_made_of_letters_digits_and_lost_letters(text: str) -> None:
    key = header_key(text)
    assert all(char.isalnum() or char == "*" for char in key)


@given(st.lists(st.text(max_size=12), max_size=12))
def test_any_headers_are_matched_or_refused_and_never_crash(headers: list[str]) -> None:
    try:
        found = match(*BASE, *headers)
    except FileRefused as error:
        assert error.code == "ENCABEZADO_DUPLICADO"
        return
    assert len(set(found.columns.values())) == len(found.columns)
