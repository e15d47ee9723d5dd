"""Reading a monthly file: what is accepted, what is said, what is refused and how."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tequio.catalogs import reference
from tequio.institutions.domain import StateBook
from tequio.institutions.reference import state_entries
from tequio.registries.incidence.domain import IncidenceFileInvalid, Key, MonthlyTable, Names, choose_catalog, parse
from tequio.registries.incidence.domain.names import catalog_code
from tests.incidence.sesnsp_files import NEW_CRIMES, NEW_HEADER, OLD_CRIMES, OLD_HEADER, cells, new_text, old_rows, old_text

BOOK = StateBook(state_entries())
NAMES = Names(tuple(item["name"] for one in reference.catalogs() if one["code"] == "sesnsp_nombres" for item in one["items"]))
TODAY = date(2026, 11, 25)


def read(content: str | bytes, encoding: str = "utf-8") -> MonthlyTable:
    data = content if isinstance(content, bytes) else content.encode(encoding)
    return parse(data, book=BOOK, names=NAMES, today=TODAY)


def refused(content: str | bytes, encoding: str = "utf-8") -> IncidenceFileInvalid:
    with pytest.raises(IncidenceFileInvalid) as refusal:
        read(content, encoding)
    assert refusal.value.hint
    return refusal.value


def one_row(row: str) -> str:
    return f"{OLD_HEADER}\n{row}\n"


def test_the_older_shape_is_read_whole() -> None:
    table = read(old_text(known=10))
    assert (table.rows, len(table.keys), table.years, len(table.states)) == (256, 4, (2019, 2020), 32)
    assert (table.encoding, table.blank_cells) == ("utf-8", 2 * 4 * 32)
    assert table.cells().height == 256 * 12


def test_the_newer_shape_is_read_whole() -> None:
    table = read(new_text(), "latin-1")
    assert (table.rows, len(table.keys), table.encoding, table.blank_cells) == (96, 3, "latin-1", 96 * 9)
    assert "Extorsión presencial" in {key.subtipo for key in table.keys}


def test_a_blank_cell_is_unknown_and_a_zero_is_zero() -> None:
    table = read(one_row(f"2020,18,Nayarit,{OLD_CRIMES[0]},0,5, ,,,,,,,,,"))
    assert table.cells()["count"].to_list() == [0, 5] + [None] * 10
    assert table.last_months() == {("18", 2020): 2}


def test_lost_letters_are_kept_as_supplied_and_a_name_is_proposed_beside() -> None:
    table = read(old_text())
    assert {key.subtipo for key in table.keys} == {"Homicidio doloso", "Extorsin", "Amenazas"}
    proposed = {remark.value: remark.proposed_name for remark in table.remarks if remark.code == "LETRAS_PERDIDAS"}
    assert proposed["Extorsin"] == "Extorsión"
    assert proposed["Otros bienes jurdicos afectados (del fuero comn)"] == "Otros bienes jurídicos afectados (del fuero común)"
    assert "Amenazas" not in proposed


def test_a_damaged_state_is_told_by_its_key_and_said() -> None:
    remarks = [remark for remark in read(old_text()).remarks if remark.code == "ENTIDAD_CON_LETRAS_PERDIDAS"]
    assert [(remark.value, remark.proposed_name, remark.rows) for remark in remarks] == [("Quertaro", "Querétaro", 8)]


def test_a_name_outside_the_catalogue_is_kept_and_said() -> None:
    table = read(one_row(f"2020,18,Nayarit,El patrimonio,Robo,Robo de cosechas lunares,Sin violencia,{cells(12)}"))
    assert [remark.value for remark in table.remarks if remark.code == "NOMBRE_FUERA_DE_CATALOGO"] == [
        "Robo de cosechas lunares"
    ]


def test_blank_months_are_said_by_year() -> None:
    messages = [remark.message for remark in read(old_text(known=10)).remarks if remark.code == "CELDAS_EN_BLANCO"]
    assert messages == ["2020: 256 celdas en blanco (noviembre, diciembre): sin información, no cero"]


def test_missing_states_and_combinations_are_said() -> None:
    table = read("\n".join([OLD_HEADER, *old_rows()[:-1]]))
    assert [remark.rows for remark in table.remarks if remark.code == "COMBINACIONES_FALTANTES"] == [1]
    table = read(one_row(f"2020,18,Nayarit,{OLD_CRIMES[0]},{cells(12)}"))
    assert [remark.rows for remark in table.remarks if remark.code == "ENTIDADES_FALTANTES"] == [31]


def test_figures_for_months_to_come_are_said() -> None:
    table = read(one_row(f"2026,18,Nayarit,{OLD_CRIMES[0]},{cells(12, 0)}"))
    assert [remark.rows for remark in table.remarks if remark.code == "MES_FUTURO"] == [1]


@pytest.mark.parametrize(
    ("change", "encoding"),
    [
        (lambda text: "\ufeff" + text, "utf-8"),
        (lambda text: text.replace("\n", "\r\n"), "utf-8"),
        (lambda text: text.replace("Extorsin", "Extorsión “”"), "cp1252"),
        (lambda text: text.replace(",", ";").replace('"Otros', "Otros").replace('comn)"', "comn)"), "utf-8"),
        (lambda text: text.replace("Bien juridico afectado", "BIEN JUR?DICO  AFECTADO").replace("Anio", "A?o"), "utf-8"),
        (lambda text: text.rstrip("\n") + "\n\n,,,,,,,,,,,,,,,,,,\n", "utf-8"),
    ],
)
def test_what_programs_do_to_a_file_on_the_way_does_not_change_its_figures(change, encoding) -> None:  # type: ignore[no-untyped-def]
    table = read(change(old_text()), encoding)
    assert (table.rows, table.cells()["count"].sum()) == (256, 256 * 24)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "ARCHIVO_VACIO"),
        (b" \r\n ", "ARCHIVO_VACIO"),
        (b"PK\x03\x04rest", "ES_EXCEL"),
        ("hola".encode("utf-16"), "ES_UTF16"),
        (b"a,b\x00c", "NO_ES_TEXTO"),
        (b"\x81\x8d\x8f not text", "NO_ES_TEXTO"),
        (b"a,b\n1,2\n", "OTRO_ARCHIVO"),
        (b"," * 5000 + b"\n", "OTRO_ARCHIVO"),
        (OLD_HEADER.encode() + b"\n", "SIN_RENGLONES"),
        (OLD_HEADER.encode() + b'\n2020,1,"Aguascalientes', "CSV_ROTO"),
    ],
)
def test_what_is_no_monthly_file_is_refused_by_name(content: bytes, code: str) -> None:
    refusal = refused(content)
    assert (refusal.code, refusal.findings[0].code) == ("INCIDENCIA_RECHAZADA", code)


def test_other_files_of_the_same_publisher_are_told_apart() -> None:
    refusal = refused(old_text().replace("Modalidad,", "Modalidad,Municipio,"))
    assert (refusal.findings[0].code, refusal.findings[0].hint) == (
        "COLUMNA_DESCONOCIDA",
        "Parece el archivo municipal; cargue el estatal.",
    )
    refusal = refused(old_text().replace("Modalidad,", "Modalidad,Sexo,"))
    assert "víctimas" in refusal.findings[0].hint


def test_every_missing_or_repeated_column_is_named() -> None:
    codes = {(finding.code, finding.field) for finding in refused(old_text().replace("Febrero", "Enero")).findings}
    assert codes == {("COLUMNA_REPETIDA", "Enero"), ("COLUMNA_FALTANTE", "Febrero")}


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (f"20,18,Nayarit,{OLD_CRIMES[0]},{cells(12)}", "Año", "ANIO_INVALIDO"),
        (f"2028,18,Nayarit,{OLD_CRIMES[0]},{cells(12)}", "Año", "ANIO_INVALIDO"),
        (f"2020.0,18,Nayarit,{OLD_CRIMES[0]},{cells(12)}", "Año", "ANIO_INVALIDO"),
        (f"2020,33,Nayarit,{OLD_CRIMES[0]},{cells(12)}", "Clave_Ent", "ENTIDAD_DESCONOCIDA"),
        (f"2020,,Nayarit,{OLD_CRIMES[0]},{cells(12)}", "Clave_Ent", "ENTIDAD_DESCONOCIDA"),
        (f"2020,²,Nayarit,{OLD_CRIMES[0]},{cells(12)}", "Clave_Ent", "ENTIDAD_DESCONOCIDA"),
        (f"2020,18,Atlántida,{OLD_CRIMES[0]},{cells(12)}", "Entidad", "ENTIDAD_DESCONOCIDA"),
        (f"2020,18,Jalisco,{OLD_CRIMES[0]},{cells(12)}", "Entidad", "ENTIDAD_NO_COINCIDE"),
        (f"2020,18,Nayarit,El patrimonio,Robo, ,Sin violencia,{cells(12)}", "Subtipo de delito", "NOMBRE_INVALIDO"),
        (f"2020,18,Nayarit,El patrimonio,Robo,{'x' * 201},Sin violencia,{cells(12)}", "Subtipo de delito", "NOMBRE_INVALIDO"),
        (f"2020,18,Nayarit,{OLD_CRIMES[0]},1,-3,,,,,,,,,,", "Febrero", "NEGATIVO"),
        (f"2020,18,Nayarit,{OLD_CRIMES[0]},1,ND,,,,,,,,,,", "Febrero", "TEXTO_EN_MES"),
        (f"2020,18,Nayarit,{OLD_CRIMES[0]},1,3.0,,,,,,,,,,", "Febrero", "NO_ES_ENTERO"),
        (f'2020,18,Nayarit,{OLD_CRIMES[0]},1,"1,234",,,,,,,,,,', "Febrero", "NO_ES_ENTERO"),
        (f"2020,18,Nayarit,{OLD_CRIMES[0]},1,99999999,,,,,,,,,,", "Febrero", "FUERA_DE_RANGO"),
        (f"2020,18,Nayarit,{OLD_CRIMES[0]},1,{'9' * 40},,,,,,,,,,", "Febrero", "FUERA_DE_RANGO"),
        (f"2020,18,Nayarit,{OLD_CRIMES[0]},1,2", "línea", "COLUMNAS_DE_MAS_O_DE_MENOS"),
    ],
)
def test_each_fault_says_its_line_column_and_code(row: str, field: str, code: str) -> None:
    good = f"2020,14,Jalisco,{OLD_CRIMES[0]},{cells(12)}"
    refusal = refused(f"{OLD_HEADER}\n{good}\n\n{row}\n")
    assert [(finding.line, finding.field, finding.code) for finding in refusal.findings] == [(4, field, code)]
    assert f"línea 4, {field}" in refusal.message
    assert refusal.facts["total"] == 1


def test_the_same_state_year_and_crime_twice_is_refused_with_both_lines() -> None:
    row = f"2020,18,Nayarit,{OLD_CRIMES[0]},{cells(12)}"
    again = row.replace("Homicidio doloso", "HOMICIDIO DOLOSO")
    finding = refused(f"{OLD_HEADER}\n{row}\n{again}\n").findings[0]
    assert (finding.line, finding.code) == (3, "CLAVE_DUPLICADA")
    assert "línea 2" in finding.message


def test_a_file_with_many_faults_shows_the_first_hundred_and_counts_all() -> None:
    refusal = refused(old_text().replace(",2", ",x"))
    assert len(refusal.findings) == 100
    assert refusal.total > 256 * 12
    assert "faltas más" in refusal.message


def test_the_key_of_a_crime_does_not_depend_on_case_or_accents_but_a_lost_letter_is_another_key() -> None:
    whole = Key("El patrimonio", "Extorsión", "Extorsión", "Extorsión")
    assert whole.code == Key("EL PATRIMONIO", "extorsion", "Extorsion", "EXTORSIÓN").code
    assert whole.code != Key("El patrimonio", "Extorsin", "Extorsin", "Extorsin").code


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("Extorsin", "Extorsión"),
        ("Extorsi?n", "Extorsión"),
        ("ExtorsiÃ³n", "Extorsión"),
        ("Dao a la propiedad", "Daño a la propiedad"),
        ("Corrupcoin de menores", "Corrupción de menores"),
        ("Extorsión", ""),
        ("EXTORSION", ""),
        ("Robo", ""),
        ("Rob", ""),
        ("Lesiones", ""),
        ("Algo del todo distinto", ""),
        ("", ""),
    ],
)
def test_a_damaged_name_gets_one_proposal_or_none(text: str, proposed: str) -> None:
    assert NAMES.propose(text) == proposed


@given(st.text(max_size=40))
@settings(max_examples=60)
def test_a_proposal_is_always_a_name_of_the_catalogue(text: str) -> None:
    assert NAMES.propose(text) in {"", *NAMES.known}


@given(st.binary(max_size=300))
@settings(max_examples=150)
def test_any_bytes_are_refused_in_spanish_and_never_crash(data: bytes) -> None:
    refused(data)


@given(st.lists(st.text('0123456789-.,x "\n\r;é', max_size=6), min_size=1, max_size=25))
@settings(max_examples=150)
def test_any_row_is_read_or_refused_and_never_crashes(row: list[str]) -> None:
    try:
        assert read(one_row(",".join(row))).rows >= 1
    except IncidenceFileInvalid as refusal:
        assert refusal.total >= 1


@given(st.lists(st.one_of(st.none(), st.integers(0, 10_000_000)), min_size=12, max_size=12))
def test_what_was_written_is_what_is_read(counts: list[int | None]) -> None:
    row = ",".join("" if count is None else str(count) for count in counts)
    table = read(one_row(f"2020,18,Nayarit,{OLD_CRIMES[0]},{row}"))
    assert table.cells()["count"].to_list() == counts


def test_a_file_belongs_to_the_first_list_that_has_all_its_keys() -> None:
    assert choose_catalog(["a", "b"], {"uno": ["a"], "dos": ["a", "b", "c"], "tres": ["a", "b"]}) == "dos"
    assert choose_catalog(["z"], {"uno": ["a"]}) is None


def test_a_second_list_of_one_year_gets_a_name_of_its_own() -> None:
    assert catalog_code(2015, []) == "sesnsp_2015"
    assert catalog_code(2015, ["sesnsp_2015", "sesnsp_2015-2"]) == "sesnsp_2015-3"


def test_both_shapes_share_the_key_of_the_crime_that_did_not_change() -> None:
    assert {key.code for key in read(old_text()).keys} & {key.code for key in read(new_text(), "latin-1").keys}
    assert len(NEW_CRIMES) == 3
    assert NEW_HEADER != OLD_HEADER
