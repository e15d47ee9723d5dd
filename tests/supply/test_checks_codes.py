"""Each code that a receipt can carry can be produced by a row, says in Spanish what it means, and does what it says."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from tequio.kernel.identifiers import curp, folios, numbers, rfc
from tequio.kernel.identifiers.problems import Problem
from tequio.registries.rnd import checks as rnd_checks
from tequio.registries.rnd import staging as rnd_staging
from tequio.supply import pipeline
from tequio.supply.checks import engine, readings
from tequio.supply.checks.codes import CODES
from tequio.supply.models import RowFinding
from tequio.supply.readers import RowFault
from tests.world import JUAN, Cast, csv_text, found_in, stored, supply, supply_bytes

A, C, R = "advertida", "cuarentena", "rechazada"
CURP16 = "MUZF840307HJCXPL"
RFC10 = "MUZF840307"


def _curp(first17: str) -> str:
    return first17 + curp.curp_check_digit(first17)


def _wrong_curp(first17: str) -> str:
    return first17 + str((int(curp.curp_check_digit(first17)) + 1) % 10)


def _wrong_rfc(first12: str) -> str:
    return first12 + ("1" if rfc.rfc_check_digit(first12) != "1" else "2")


ROWS: dict[str, tuple[dict[str, str], set[tuple[str, str]]]] = {
    "FALTA_DATO_OBLIGATORIO": ({"sexo": ""}, {("FALTA_DATO_OBLIGATORIO", R)}),
    "FALTA_ALGUNO": ({"nombre": ""}, {("FALTA_ALGUNO", R)}),
    "FALTA_RECOMENDADO": ({"motivo": ""}, {("FALTA_RECOMENDADO", A)}),
    "SIN_INFORMACION_EN_OBLIGATORIO": ({"sexo": "Sin información"}, {("SIN_INFORMACION_EN_OBLIGATORIO", A)}),
    "fecha obligatoria sin información": ({"fecha_detencion": "S/I"}, {("SIN_INFORMACION_EN_OBLIGATORIO", A)}),
    "CLAVE_ILEGIBLE": ({"clave_registro": "K" * 61}, {("CLAVE_ILEGIBLE", R)}),
    "CLAVE_SIN_VALOR": ({"clave_registro": "NULL"}, {("CLAVE_SIN_VALOR", R)}),
    "TEXTO_DEMASIADO_LARGO": ({"numero_rnd": "9" * 41}, {("TEXTO_DEMASIADO_LARGO", A)}),
    "POSIBLE_FORMULA": ({"motivo": "=HYPERLINK(\"http://x\")"}, {("POSIBLE_FORMULA", A)}),
    "SIGNOS_DE_CONTROL": ({"motivo": "rob\u202eo"}, {("SIGNOS_DE_CONTROL", A)}),
    "NOMBRE_CON_FORMULA": ({"nombre": "=1+1"}, {("NOMBRE_CON_FORMULA", C)}),
    "NOMBRE_DEMASIADO_LARGO": ({"nombre": "Ana " * 26}, {("NOMBRE_DEMASIADO_LARGO", C)}),
    "NOMBRE_SIN_LETRAS": ({"nombre": "12345"}, {("NOMBRE_SIN_LETRAS", C)}),
    "segundo apellido sin letras": ({"segundo_apellido": "---"}, {("NOMBRE_SIN_LETRAS", A)}),
    "NOMBRE_CON_SIGNOS": ({"nombre": "Ana & Eva"}, {("NOMBRE_CON_SIGNOS", A)}),
    "nombre con emoji": ({"nombre": "Ana 😀"}, {("NOMBRE_CON_SIGNOS", A)}),
    "NOMBRE_CON_CIFRAS": ({"nombre": "Ana 2"}, {("NOMBRE_CON_CIFRAS", A)}),
    "LETRA_PERDIDA": ({"primer_apellido": "Mu?oz"}, {("LETRA_PERDIDA", A)}),
    "APELLIDO_DE_UNA_LETRA": ({"segundo_apellido": "O"}, {("APELLIDO_DE_UNA_LETRA", A)}),
    "PERSONA_SIN_IDENTIFICAR": ({"nombre": "XXX"}, {("PERSONA_SIN_IDENTIFICAR", A)}),
    "FECHA_IMPOSIBLE": ({"fecha_detencion": "31/02/2026"}, {("FECHA_IMPOSIBLE", R)}),
    "nacimiento imposible": ({"fecha_nacimiento": "31/02/1984"}, {("FECHA_IMPOSIBLE", A)}),
    "FECHA_ILEGIBLE": ({"fecha_nacimiento": "martes"}, {("FECHA_ILEGIBLE", A)}),
    "FECHA_ANIO_DOS_CIFRAS": ({"fecha_detencion": "20/10/26"}, {("FECHA_ANIO_DOS_CIFRAS", R)}),
    "FECHA_PARCIAL": ({"fecha_nacimiento": "1978-00-00"}, {("FECHA_PARCIAL", A)}),
    "FECHA_FUTURA": ({"fecha_detencion": "2026-11-02"}, {("FECHA_FUTURA", R)}),
    "año 9999": ({"fecha_nacimiento": "9999-12-31"}, {("FECHA_FUTURA", A)}),
    "FECHA_MUY_ANTIGUA": ({"fecha_nacimiento": "0001-01-01"}, {("FECHA_MUY_ANTIGUA", A)}),
    "detención del año 1": ({"fecha_detencion": "0001-01-01", "fecha_nacimiento": ""},
                            {("FECHA_MUY_ANTIGUA", A), ("FALTA_RECOMENDADO", A)}),
    "FECHA_COMO_NUMERO": ({"fecha_nacimiento": "30748"}, {("FECHA_COMO_NUMERO", A)}),
    "HORA_IMPOSIBLE": ({"hora_detencion": "24:00"}, {("HORA_IMPOSIBLE", A)}),
    "HORA_ILEGIBLE": ({"hora_detencion": "noche"}, {("HORA_ILEGIBLE", A)}),
    "NUMERO_ILEGIBLE": ({"edad": "1e309"}, {("NUMERO_ILEGIBLE", A)}),
    "cuarenta cifras": ({"edad": "4" * 40}, {("NUMERO_ILEGIBLE", A)}),
    "decimal NaN": ({"latitud": "NaN"}, {("NUMERO_ILEGIBLE", A)}),
    "decimal infinito": ({"longitud": "-inf"}, {("NUMERO_ILEGIBLE", A)}),
    "NUMERO_FUERA_DE_RANGO": ({"edad": "121"}, {("NUMERO_FUERA_DE_RANGO", A)}),
    "latitud de otro país": ({"latitud": "40.4"}, {("NUMERO_FUERA_DE_RANGO", A)}),
    "VALOR_FUERA_DE_CATALOGO": ({"tipo_registro": "otro"}, {("VALOR_FUERA_DE_CATALOGO", R)}),
    "modalidad fuera de catálogo": ({"tipo_detencion": "otra"}, {("VALOR_FUERA_DE_CATALOGO", A)}),
    "SI_NO_ILEGIBLE": ({"lesiones_visibles": "quizá"}, {("SI_NO_ILEGIBLE", A)}),
    "CURP_FORMA": ({"curp": "ABC"}, {("CURP_FORMA", A)}),
    "CURP_DIGITO": ({"curp": _wrong_curp(CURP16 + "0")}, {("CURP_DIGITO", A)}),
    "CURP_FECHA": ({"curp": _curp("MUZF840231HJCXPL0")}, {("CURP_FECHA", A)}),
    "CURP_ENTIDAD": ({"curp": _curp("MUZF840307HQQXPL0")}, {("CURP_ENTIDAD", A)}),
    "CURP_CONTRA_FECHA": ({"curp": _curp("MUZF840308HJCXPL0")}, {("CURP_CONTRA_FECHA", A)}),
    "CURP_CONTRA_SEXO": ({"curp": _curp("MUZF840307MJCXPL0")}, {("CURP_CONTRA_SEXO", A)}),
    "CURP_INCOMPLETA": ({"curp": CURP16}, {("CURP_INCOMPLETA", A)}),
    "RFC_FORMA": ({"rfc": "ABC"}, {("RFC_FORMA", A)}),
    "RFC_SIN_HOMOCLAVE": ({"rfc": RFC10}, {("RFC_SIN_HOMOCLAVE", A)}),
    "RFC_DIGITO": ({"rfc": _wrong_rfc(RFC10 + "AB")}, {("RFC_DIGITO", A)}),
    "RFC_FECHA": ({"rfc": "MUZF840231"}, {("RFC_FECHA", A), ("RFC_SIN_HOMOCLAVE", A)}),
    "RFC_GENERICO": ({"rfc": "XAXX010101000"}, {("RFC_GENERICO", A)}),
    "TELEFONO_LONGITUD": ({"telefono": "12345"}, {("TELEFONO_LONGITUD", A)}),
    "PLACA_LONGITUD": ({"placa": "AB1"}, {("PLACA_LONGITUD", A)}),
    "PLACA_LETRA": ({"placa": "RIO123A"}, {("PLACA_LETRA", A)}),
    "RELLENO": ({"telefono": "1111111111"}, {("RELLENO", A)}),
    "ENTIDAD_DESCONOCIDA": ({"entidad_detencion": "Atlántida"}, {("ENTIDAD_DESCONOCIDA", A)}),
    "MUNICIPIO_DESCONOCIDO": ({"municipio_detencion": "99999"}, {("MUNICIPIO_DESCONOCIDO", A)}),
    "REGISTRO_ANTES_DE_DETENCION": ({"fecha_registro": "2026-10-19"}, {("REGISTRO_ANTES_DE_DETENCION", A)}),
    "DISPOSICION_ANTES_DE_DETENCION": ({"fecha_disposicion": "2026-10-20", "hora_disposicion": "01:00"},
                                       {("DISPOSICION_ANTES_DE_DETENCION", A)}),
    "FALTA_CON_ORDEN": ({"tipo_registro": "falta_administrativa", "tipo_detencion": "orden_aprehension"},
                        {("FALTA_CON_ORDEN", A)}),
    "EDAD_CONTRA_FECHA": ({"edad": "20"}, {("EDAD_CONTRA_FECHA", A)}),
    "PERSONA_MENOR": ({"edad": "11", "fecha_nacimiento": ""}, {("PERSONA_MENOR", A)}),
    "CANCELA_LO_QUE_NO_EXISTE": ({"operacion": "cancelacion"}, {("CANCELA_LO_QUE_NO_EXISTE", R)}),
    "CORRIGE_LO_QUE_NO_EXISTE": ({"operacion": "correccion"}, {("CORRIGE_LO_QUE_NO_EXISTE", A)}),
    "operación desconocida": ({"operacion": "borrar"}, {("VALOR_FUERA_DE_CATALOGO", R)}),
    "sexo X": ({"sexo": "X"}, set()),
    "sin segundo apellido": ({"segundo_apellido": ""}, set()),
    "sin fecha de nacimiento conocida": ({"fecha_nacimiento": "SE DESCONOCE"}, set()),
    "signos de CSV": ({"motivo": "uno\tdos\n\"tres\" \\. \\N \\n; , '"}, set()),
    "texto NULL": ({"nacionalidad": "NULL"}, set()),
}  # fmt: skip
"""Case -> (what differs from a faultless row, every finding that it must have)."""

HEADERS = tuple(dict.fromkeys([*JUAN, *(name for row, _ in ROWS.values() for name in row)]))


@pytest.fixture
def whole(cast: Cast, tmp_path: Path, today: object) -> dict[str, set[tuple[str, str]]]:
    """Every case in one batch: what was found in each."""
    rows = [JUAN | {"clave_registro": f"K-{number}"} | row for number, (row, _) in enumerate(ROWS.values())]
    numbers_ = [number + 2 for number in range(len(rows))]
    physical = []  # a text with a line break takes two lines
    extra = 0
    for number, row in zip(numbers_, rows, strict=True):
        physical.append(number + extra)
        extra += sum(text.count("\n") for text in row.values())
    batch = supply(cast.nayarit_supervisor, tmp_path, csv_text(rows, HEADERS))
    found = found_in(batch)
    assert batch.counts["renglones"] == len(rows)
    return {case: found.get(line, set()) for case, line in zip(ROWS, physical, strict=True)}


@pytest.mark.django_db
def test_each_row_is_found_to_have_what_it_has_and_nothing_else(whole: dict[str, set[tuple[str, str]]]) -> None:
    wrong = {case: (found, ROWS[case][1]) for case, found in whole.items() if found != ROWS[case][1]}
    assert not wrong


SPECIAL = {
    "CLAVE_REPETIDA_DISTINTA", "CLAVE_REPETIDA_IGUAL", "REGISTRO_CANCELADO", "FILA_CON_COLUMNAS_DE_MAS",
    "FILA_CON_COLUMNAS_DE_MENOS", "COMILLA_MAL_PUESTA", "CELDA_DEMASIADO_LARGA", "JSON_INVALIDO", "CANCELACION_SIN_PERMISO",
}  # fmt: skip
"""Produced below or in test_receipts by more than one row, by a row that has no columns, or by somebody without the right."""


def test_no_code_is_without_a_row_that_produces_it() -> None:
    assert {code for _, found in ROWS.values() for code, _ in found} | SPECIAL == set(CODES)


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_rows_that_cannot_be_read_by_columns_are_rejected_with_their_reason(cast: Cast, tmp_path: Path) -> None:
    header, row = csv_text([JUAN]).splitlines()
    lines = [header, row, row + ",de más", row.rsplit(",", 1)[0], row.replace("Filiberto", '"Fili"berto'),
             row.replace("Filiberto", "F" * 32_001)]  # fmt: skip
    batch = supply(cast.nayarit_capturist, tmp_path, "\n".join(lines) + "\n")
    assert found_in(batch) == {
        3: {("FILA_CON_COLUMNAS_DE_MAS", R)}, 4: {("FILA_CON_COLUMNAS_DE_MENOS", R)}, 5: {("COMILLA_MAL_PUESTA", R)},
        6: {("CELDA_DEMASIADO_LARGA", R)},
    }  # fmt: skip
    assert (batch.counts["aceptados"], batch.counts["rechazados"]) == (1, 4)


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_lines_that_are_no_plain_objects_are_rejected_with_their_reason(cast: Cast, tmp_path: Path) -> None:
    good = json.dumps(JUAN)
    bad = [
        good.replace("Filiberto", "Fili\\u0000berto"), good.replace("Filiberto", "Fili\\ud800"), '{"nombre": ["a"]}', "[1]",
        '{"nombre": {"a": 1}}', good[:-1], "{" * 5_000, '{"nombre": NaN}', '{"nombre": "a", "nombre": "b"}',
    ]  # fmt: skip
    batch = supply_bytes(cast.nayarit_capturist, tmp_path, "lote.jsonl", "\n".join([good, *bad]).encode())
    assert found_in(batch) == {line: {("JSON_INVALIDO", R)} for line in range(2, len(bad) + 2)}
    assert (batch.counts["nuevos"], batch.counts["rechazados"]) == (1, len(bad))


def _constants(module: ModuleType) -> set[str]:
    """Upper-case texts with an underscore in a module's code."""
    tree = ast.parse(inspect.getsource(module))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if text.isupper() and "_" in text and text.replace("_", "").isalpha()}


CUSTODY = {"EN_TRASLADO", "PUESTA_A_DISPOSICION_MP", "PUESTA_A_DISPOSICION_JUEZ_CIVICO"}


@pytest.mark.parametrize("module", [engine, readings, rnd_checks, pipeline, rnd_staging], ids=lambda module: module.__name__)
def test_every_code_that_the_program_names_is_explained(module: ModuleType) -> None:
    assert _constants(module) - CUSTODY <= set(CODES)


def _problems(modules: Sequence[ModuleType]) -> set[str]:
    return {value.code for module in modules for value in vars(module).values() if isinstance(value, Problem)}


def test_every_problem_of_an_identifier_and_every_fault_of_a_row_is_explained() -> None:
    used = _problems([curp, rfc, numbers])
    unused = {code for code in used if code.startswith(("NIV_", "CLABE_", "IMEI_"))}  # no field of those kinds is supplied yet
    assert used - unused <= set(CODES)
    assert {fault.value for fault in RowFault} <= set(CODES)
    assert not _problems([folios]) & set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code_says_what_happened_and_what_to_do(code: str) -> None:
    said = CODES[code]
    assert said.code == code == code.upper()
    for text in (said.message, said.hint):
        assert text[0].isupper()
        assert text.endswith(".")
        assert len(text) > 12


@pytest.mark.django_db
def test_a_value_that_was_wrong_is_not_shown_whole(whole: object) -> None:
    shown = {found.value for found in stored(RowFinding)}
    supplied = {text.strip() for row, _ in ROWS.values() for text in row.values() if len(text.strip()) > 3}
    assert not shown & supplied
