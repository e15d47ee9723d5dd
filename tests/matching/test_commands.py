"""`tequio matching`: what it reads, answers and refuses, on files of synthetic people. No database is touched."""

import csv
import json
import random

import polars as pl
import pytest

from tequio.matching.domain.model import OWN_MODEL, read_model, shipped
from tequio.matching.reading import NAMES_OF_FIELDS, read_people
from tests.cli.running import process, tequio
from tests.matching import people_cast as cast

HEADER = ("folio", "Nombre", "Primer apellido", "SEGUNDO_APELLIDO", "Fecha de nacimiento", "Sexo", "CURP", "correcto")


def rows(people, ids, truth):
    return [
        (i, p["given"], p["paternal"], p["maternal"], p["birth_date"].isoformat(), p["sex"], p.get("curp", ""), t)
        for i, p, t in zip(ids, people, truth, strict=True)
    ]


def write(path, lines, header=HEADER, encoding="utf-8", delimiter=","):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([header, *lines])
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A base of 200, and 200 queries: half about people in it."""
    folder = tmp_path_factory.mktemp("personas")
    dice, people = cast.population(200, seed=77)
    kinds = list(cast.CORRUPTIONS.values())
    asked = [kinds[i % len(kinds)](dice, p) | {"curp": ""} for i, p in enumerate(people[:100])]
    asked = [
        {"maternal": "", "birth_date": people[i]["birth_date"], "sex": "", "given": "", "paternal": ""} | a
        for i, a in enumerate(asked)
    ]
    strangers = [cast.person(random.Random(f"x{i}")) for i in range(100)]
    ids = [f"R-{i}" for i in range(200)]
    lines = []
    for i, p in enumerate([*asked, *strangers]):
        born = p["birth_date"]
        day = born.isoformat() if hasattr(born, "isoformat") else str(born or "")
        lines.append((f"C-{i}", p["given"], p["paternal"], p["maternal"], day, p["sex"], "", ids[i] if i < 100 else ""))
    records = write(folder / "registros.csv", rows(people, ids, [""] * 200))
    return records, write(folder / "consultas.csv", lines), folder


def test_a_model_is_fitted_measured_and_can_be_run(files, tmp_path):
    records, queries, _ = files
    out = tmp_path / "modelo.json"
    done = tequio("matching", "fit", records, "--queries", queries, "--truth", "correcto", "--out", out)
    assert done.status == 0, done.err
    assert "tequio target rescreen" in done.out
    assert OWN_MODEL in done.out
    model = read_model(out)
    assert [d["file"] for d in model.fitted["data"]] == ["registros.csv", "consultas.csv"]
    assert all(len(d["sha256"]) == 64 for d in model.fitted["data"])
    assert model.version.startswith("tequio-bits/propio-")
    assert str(tmp_path) not in out.read_text(encoding="utf-8")
    asked = ("matching", "evaluate", "--records", records, "--queries", queries, "--truth", "correcto", "--model", out)
    measured = tequio(*asked, "--json")
    assert measured.data["evaluation"]["about_somebody"] == 100
    assert measured.data["evaluation"]["recall10"][0] > 0.8  # some asked with half a name and no code
    shown = tequio(*asked)
    assert "casi cierta" in shown.out
    assert "Intervalo" in shown.out


def test_a_base_alone_can_be_fitted_and_nothing_is_written_over(files, tmp_path):
    out = tmp_path / "modelo.json"
    assert tequio("matching", "fit", files[0], "--out", out).status == 0
    again = tequio("matching", "fit", files[0], "--out", out, "--json")
    assert again.code == "ARCHIVO_YA_EXISTE"


def test_an_explanation_shows_both_values_the_bits_and_their_sum():
    words = (
        "matching",
        "explain",
        "--a",
        "nombre=Ana Prueba Muestra",
        "--a",
        "fecha de nacimiento=1990-01-02",
        "--a",
        "sexo=M",
    )
    more = ("--b", "given=Ana", "--b", "pat=Prueva", "--b", "dob=02/01/1990", "--b", "SEXO=mujer")
    done = tequio(*words, *more)
    assert done.status == 0
    assert "Ana Prueba Muestra" in done.out
    assert "suma" in done.out
    assert "Debe confirmarlo una persona" in done.out
    found = tequio(*words, *more, "--json").data["explanation"]
    assert sum(round(f["weight"] * 100) for f in found["features"]) == round(found["score"] * 100)


@pytest.mark.parametrize(
    ("pair", "said"),
    [("nombre", "campo=valor"), ("color=rojo", "no es un campo"), ("curp", "campo=valor"), ("sex=H", "se repite")],
)
def test_a_field_that_is_none_is_refused_with_those_that_are(pair, said):
    done = tequio("matching", "explain", "--a", "sexo=M", "--a", pair, "--b", "nombre=Ana")
    assert done.status == 6
    assert said in done.err
    assert "Qué hacer" in done.err


def refused(path, *more):
    done = tequio("matching", "evaluate", "--records", path, "--queries", path, "--truth", "correcto", *more, "--json")
    assert done.status != 0
    return done.data["error"]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "TABLA_ILEGIBLE", None),
        (b"id,nombre,correcto\n", "TABLA_ILEGIBLE", None),
        (b"id,nombre,correcto\n1,Ana,1\n2,Eva\n", "TABLA_ILEGIBLE", 3),
        (b"id,nombre,correcto\n1,Ana,1\n2,Eva,1,de mas\n", "TABLA_ILEGIBLE", 3),
        (b'id,nombre,correcto\n1,Ana,1\n2,"Eva,1\n', "TABLA_ILEGIBLE", 3),
        (b"id,nombre,correcto\n1,A\0na,1\n", "TABLA_ILEGIBLE", 2),
        (b"id,nombre,correcto\n1,A\x81na\xff,1\n", "TABLA_ILEGIBLE", 2),
        (b"PAR1 no es parquet", "TABLA_ILEGIBLE", None),
        (b"color,peso,correcto\nrojo,2,1\n", "TABLA_COLUMNAS", None),
        (b"id,nombre\n1,Ana\n", "TABLA_COLUMNAS", None),
        (b"id,nombre,sexo,sex,correcto\n1,Ana,M,M,1\n", "TABLA_COLUMNAS", None),
        (b"id,nombre,correcto\n1,Ana,1\n\n2,Eva,77\n", "TABLA_RESPUESTAS", 4),
        (b"id,nombre,correcto\n1,Ana,\n2,Eva,-1\n", "TABLA_RESPUESTAS", None),
    ],
)
def test_a_broken_file_is_told_with_its_line_and_what_to_do(tmp_path, content, code, line):
    path = tmp_path / "roto.csv"
    path.write_bytes(content)
    error = refused(path)
    assert error["code"] == code
    assert error["hint"]
    if line is not None:
        assert error["facts"]["line"] == line
        assert f"línea {line}" in error["message"]


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert refused(tmp_path / "falta.csv")["code"] == "ARCHIVO_NO_UTILIZABLE"
    assert refused(tmp_path)["code"] == "ARCHIVO_NO_UTILIZABLE"


def test_truth_needs_queries(files, tmp_path):
    done = tequio("matching", "fit", files[0], "--truth", "correcto", "--out", tmp_path / "m.json", "--json")
    assert done.code == "DATO_INVALIDO"


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"version": 1, "bands": {}, "weights": {}}', "\udcff"])
def test_a_broken_model_is_told(tmp_path, content):
    path = tmp_path / "modelo.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    done = tequio("matching", "explain", "--a", "nombre=Ana", "--b", "nombre=Ana", "--model", path, "--json")
    assert done.code == "MODELO_NO_UTILIZABLE"


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["weights"]["same_sex"].update(centibits=10**9),
        lambda d: d["weights"]["same_sex"].update(centibits="mucho"),
        lambda d: d["weights"].pop("same_sex"),
        lambda d: d["bands"].update(posible=99.0),
        lambda d: d["bands"].pop("debil"),
    ],
)
def test_a_model_that_would_mislead_is_refused(tmp_path, change):
    data = shipped().to_dict()
    change(data)
    path = tmp_path / "modelo.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    done = tequio("matching", "explain", "--a", "nombre=Ana", "--b", "nombre=Ana", "--model", path, "--json")
    assert done.code == "MODELO_NO_UTILIZABLE"


def test_a_node_runs_its_own_model_and_a_broken_one_stops_the_start(tmp_path):
    words = ("matching", "explain", "--a", "nombre=Ana", "--b", "nombre=Ana", "--json")
    path = tmp_path / "propio.json"
    path.write_text(json.dumps(shipped().to_dict() | {"version": "propio/1"}), encoding="utf-8")
    own = process(*words, home=tmp_path / "casa", TEQUIO_MATCHING_MODEL=str(path))
    assert own.data["explanation"]["algorithm"] == "propio/1"
    broken = process(*words, home=tmp_path / "casa", TEQUIO_MATCHING_MODEL=str(tmp_path / "falta.json"))
    assert (broken.status, broken.code) == (7, "MODELO_NO_UTILIZABLE")


# What a table may look like.


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8-sig", ","), ("cp1252", ";"), ("utf-16", "\t"), ("utf-8", "|")])
def test_the_encodings_and_separators_of_real_files_are_read(tmp_path, encoding, delimiter):
    line = ("7", "José Ángel", "Muñoz", "Peña", "02/01/1990", "H", "", "")
    people = read_people(write(tmp_path / "a.csv", [line], encoding=encoding, delimiter=delimiter))
    (one,) = people.subjects
    assert (one.id, one.name, str(one.birth_date), one.sex) == ("7", "José Ángel Muñoz Peña", "1990-01-02~", "H")
    assert people.ignored == ["correcto"]


def test_a_parquet_table_gives_the_same_people_as_its_csv(tmp_path):
    frame = pl.DataFrame({
        "id": [1, 2],
        "nombre": ["Ana Prueba", "Eva Muestra"],
        "dob": [19780500, 0],
        "telefono": ["3310000001|3310000002", None],
        "alias": [["La Güera", "Anita"], []],
        "correcto": [2, -1],
    })  # fmt: skip
    frame.write_parquet(tmp_path / "a.parquet")
    people = read_people(tmp_path / "a.parquet", "correcto")
    assert [s.id for s in people.subjects] == ["1", "2"]
    assert str(people.subjects[0].birth_date) == "1978-05"
    assert people.subjects[1].birth_date is None
    assert len(people.subjects[0].phones) == len(people.subjects[0].aliases) == 2
    assert people.truth == ["2", None]
    assert people.unread == {}


def test_what_is_not_understood_is_counted_with_its_line(tmp_path):
    lines = [
        ("1", "Ana", "P", "", "ayer", "?", "", ""),
        ("2", "Eva", "M", "", "1990", "H", "", ""),
        ("3", "Luz", "M", "", "x", "", "", ""),
    ]
    people = read_people(write(tmp_path / "a.csv", lines))
    assert people.unread == {"birth_date": (2, 2), "sex": (1, 2)}


def test_nombre_alone_is_the_whole_name(tmp_path):
    (one,) = read_people(write(tmp_path / "a.csv", [("Ana Prueba Muestra",)], header=("NOMBRE",))).subjects
    assert one.id == "1"
    assert one.names[0].unsplit or one.names[0].paternal


def test_no_column_name_is_of_two_fields():
    names = [name for names in NAMES_OF_FIELDS.values() for name in names.split(", ")]
    assert len(names) == len(set(names))
