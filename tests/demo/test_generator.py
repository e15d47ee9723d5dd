"""The synthetic nation repeats itself, keeps its promises about planted cases, and its files are as wild as said."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tequio.demo.domain import (
    FIELDS,
    TODAY,
    TRAPS,
    CaseKind,
    Municipality,
    Nation,
    load_municipalities,
    nayarit_sample,
    write_csv,
    write_jsonl,
    write_large,
    write_nayarit_sample,
    write_xlsx,
)
from tequio.demo.domain.detentions import FIRST_DAY, day_quotas
from tequio.demo.domain.dice import Dice, Weighted
from tequio.demo.domain.files import as_text
from tequio.demo.domain.flaws import FLAWS
from tequio.demo.domain.names import load_names, rare_surnames
from tequio.demo.domain.nayarit import HEADERS
from tequio.demo.domain.rfc import rfc_of
from tequio.demo.domain.stories import misspelled
from tequio.kernel.errors import Invalid
from tequio.kernel.identifiers import (
    INEGI_TO_RENAPO,
    parse_curp,
    parse_iph,
    parse_numero_rnd,
    parse_phone,
    parse_plate,
    parse_rfc,
)
from tequio.registries.rnd.contract import CONTRACT

PLACES = (
    Municipality("14039", "14", "Guadalajara", 1_385_629),
    Municipality("14101", "14", "Tonalá", 569_913),
    Municipality("18017", "18", "Tepic", 425_924),
    Municipality("18020", "18", "Bahía de Banderas", 187_632),
    Municipality("25006", "25", "Culiacán", 1_003_530),
    Municipality("09007", "09", "Iztapalapa", 1_835_486),
)
COUNT = 4_000
FORMULA = '=HYPERLINK("http://ejemplo.invalid")'
SRC = Path(__file__).parents[2] / "src"

FINGERPRINT = """
import hashlib, json
from tequio.demo.domain import Nation, nayarit_sample
nation = Nation(7)
text = json.dumps([list(nation.detentions(300)), nation.targets(80), nayarit_sample(nation).rows], ensure_ascii=False)
print(hashlib.sha256(text.encode("utf-8")).hexdigest())
"""


@pytest.fixture(scope="module")
def nation() -> Nation:
    return Nation(7, PLACES)


@pytest.fixture(scope="module")
def rows(nation: Nation) -> list[dict[str, str]]:
    return list(nation.detentions(COUNT))


def digest(things: Iterable[object]) -> str:
    return hashlib.sha256(json.dumps(list(things), ensure_ascii=False).encode("utf-8")).hexdigest()


def share(rows: list[dict[str, str]], field: str, *texts: str) -> float:
    return sum(1 for row in rows if row[field] in texts) / len(rows)


# --- it repeats itself


def test_the_same_seed_gives_the_same_nation(nation: Nation, rows: list[dict[str, str]]) -> None:
    again = Nation(7, PLACES)
    assert digest(again.detentions(COUNT)) == digest(rows)
    assert digest(again.targets()) == digest(nation.targets())
    assert again.truth() == nation.truth()


def test_another_seed_gives_another_nation(rows: list[dict[str, str]]) -> None:
    assert digest(Nation(8, PLACES).detentions(COUNT)) != digest(rows)


def test_another_process_gives_the_same_bytes_whatever_its_hash_seed() -> None:
    hashes = set()
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONPATH": str(SRC), "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", FINGERPRINT], env=environment, capture_output=True, text=True, check=True, timeout=120
        )
        hashes.add(done.stdout.strip())
    nation = Nation(7)
    here = json.dumps([list(nation.detentions(300)), nation.targets(80), nayarit_sample(nation).rows], ensure_ascii=False)
    assert hashes == {hashlib.sha256(here.encode("utf-8")).hexdigest()}


def test_more_detentions_leave_the_planted_ones_as_they_were(nation: Nation, rows: list[dict[str, str]]) -> None:
    keys = {case.detention_key for case in nation.truth()}
    few = {row["clave_registro"]: row for row in nation.detentions(200)}
    many = {row["clave_registro"]: row for row in rows}
    assert {key: few[key] for key in keys} == {key: many[key] for key in keys}


def test_people_are_drawn_apart_from_detentions(nation: Nation) -> None:
    assert list(nation.people(50)) == list(nation.people(50))
    assert len({person.curp for person in nation.people(200)}) > 190


# --- rows keep the contract


def test_every_row_has_the_contracts_fields_in_one_order(rows: list[dict[str, str]]) -> None:
    assert {tuple(row) for row in rows} == {FIELDS}
    assert set(FIELDS) <= {field.name for field in CONTRACT.fields}


def test_no_key_is_used_twice(rows: list[dict[str, str]]) -> None:
    assert len({row["clave_registro"] for row in rows}) == COUNT
    numbers = [row["numero_rnd"] for row in rows if row["numero_rnd"]]
    assert len(set(numbers)) == len(numbers)


def test_identifiers_are_valid_in_form(rows: list[dict[str, str]]) -> None:
    for row in rows:
        assert not row["curp"] or parse_curp(row["curp"]).valid, row["curp"]
        assert not row["rfc"] or not parse_rfc(row["rfc"]).problems, row["rfc"]
        assert not row["numero_rnd"] or not parse_numero_rnd(row["numero_rnd"]).problems
        assert not row["numero_iph"] or not parse_iph(row["numero_iph"]).problems
        for phone in (row["telefono"], row["familiar_telefono"]):
            assert not phone or not parse_phone(phone).problems
        assert not row["placa"] or not parse_plate(row["placa"]).problems


def test_a_curp_says_what_its_row_says(rows: list[dict[str, str]]) -> None:
    for row in rows:
        if row["curp"] and row["fecha_nacimiento"]:
            curp = parse_curp(row["curp"])
            assert (curp.sex, curp.birth_date) == (row["sexo"], date.fromisoformat(row["fecha_nacimiento"]))


def test_days_run_in_order_through_two_years_and_nothing_is_recorded_before_it_happens(rows: list[dict[str, str]]) -> None:
    days = [row["fecha_detencion"] for row in rows]
    assert days == sorted(days)
    assert (days[0], days[-1]) == (FIRST_DAY.isoformat(), TODAY.isoformat())
    for row in rows:
        happened = (row["fecha_detencion"], row["hora_detencion"])
        assert happened <= (row["fecha_registro"], row["hora_registro"]) <= (TODAY.isoformat(), "23:59")


def test_nobody_is_detained_under_age(rows: list[dict[str, str]]) -> None:
    assert min(int(row["edad"]) for row in rows) >= 18


@given(count=st.integers(0, 5_000), first=st.dates(date(2020, 1, 1), date(2026, 1, 1)), days=st.integers(0, 800))
@settings(max_examples=50, deadline=None)
def test_the_days_quotas_add_up(count: int, first: date, days: int) -> None:
    quotas = list(day_quotas(count, first, first + timedelta(days=days)))
    assert sum(quota for _, quota in quotas) == count
    assert all(quota >= 0 for _, quota in quotas)


# --- frequencies are as announced


def test_gaps_are_as_frequent_as_announced(rows: list[dict[str, str]]) -> None:
    assert share(rows, "curp", "") == pytest.approx(0.40, abs=0.03)
    assert share(rows, "fecha_nacimiento", "") == pytest.approx(0.15, abs=0.02)
    assert 1 - share(rows, "alias", "") == pytest.approx(0.15, abs=0.025)
    assert share(rows, "segundo_apellido", "") == pytest.approx(0.03, abs=0.012)
    assert share(rows, "localidad", "SIN INFORMACION") > 0.05
    assert share(rows, "delito", "NO APLICA") > 0.05


def test_common_surnames_are_common_and_the_tail_is_long() -> None:
    dice, surnames = Dice(3, "test"), load_names().surnames
    drawn = Counter(surnames.draw(dice.roll()) for _ in range(40_000))
    assert drawn.most_common(1)[0][0] == "HERNÁNDEZ"
    assert 0.02 < drawn["HERNÁNDEZ"] / 40_000 < 0.06
    head = {name for name, _ in drawn.most_common(300)}
    assert 0.65 < sum(drawn[name] for name in head) / 40_000 < 0.85
    assert sum(1 for times in drawn.values() if times == 1) > 1_000


def test_rare_surnames_are_never_frequent_ones() -> None:
    names = load_names()
    frequent = set(names.surnames.options[:300])
    rare = rare_surnames(frequent)
    assert len(rare) == len(set(rare)) > 5_000
    assert not frequent & set(rare)


def test_weekends_and_nights_weigh_more(rows: list[dict[str, str]]) -> None:
    weekday = Counter(date.fromisoformat(row["fecha_detencion"]).weekday() for row in rows)
    assert weekday[5] > 1.5 * weekday[0]
    hours = Counter(int(row["hora_detencion"][:2]) for row in rows)
    assert hours[22] + hours[23] > 2 * (hours[6] + hours[7])


def test_some_people_come_back_and_then_offences_are_more_frequent(nation: Nation) -> None:
    seen: Counter[str] = Counter()
    offences: dict[bool, list[bool]] = {False: [], True: []}
    for values in nation.background(12_000):
        row = dict(zip(FIELDS, values, strict=True))
        if row["curp"]:
            offences[seen[row["curp"]] > 0].append(row["tipo_registro"] == "hecho_probablemente_delictivo")
            seen[row["curp"]] += 1
    first, again = (sum(flags) / len(flags) for flags in (offences[False], offences[True]))
    assert max(seen.values()) >= 3
    assert again > first + 0.03


def test_every_state_detains_when_the_official_list_is_used() -> None:
    states = Counter(row["entidad_detencion"] for row in Nation(1).detentions(3_000))
    assert set(states) == set(INEGI_TO_RENAPO)
    assert states["15"] > states["06"]


def test_fault_and_offence_are_told_apart(rows: list[dict[str, str]]) -> None:
    faults = share(rows, "tipo_registro", "falta_administrativa")
    assert 0.6 < faults < 0.75
    for row in rows:
        is_fault = row["tipo_registro"] == "falta_administrativa"
        assert (row["tipo_detencion"] == "arresto_administrativo") is is_fault
        assert row["delito" if is_fault else "falta"] in ("", "NO APLICA")


# --- planted cases


def test_every_kind_is_planted_at_least_three_times(nation: Nation) -> None:
    kinds = Counter(case.kind for case in nation.truth())
    assert set(kinds) == set(CaseKind) - {CaseKind.STAR, CaseKind.STAR_HOMONYM}
    assert min(kinds.values()) >= 3


def test_each_planted_case_joins_a_target_and_a_record_of_another_state(nation: Nation, rows: list[dict[str, str]]) -> None:
    targets = {target["reference"]: target for target in nation.targets()}
    records = {row["clave_registro"]: row for row in rows}
    assert len(targets) == 500
    for case in nation.truth():
        target, record = targets[case.target_ref], records[case.detention_key]
        assert target["issuer_state"] != INEGI_TO_RENAPO[record["entidad_detencion"]]
        assert target["valid_from"] < record["fecha_detencion"]
        assert case.is_same_person is (case.kind not in TRAPS)


def planted(nation: Nation, rows: list[dict[str, str]], kind: CaseKind) -> list[tuple[dict[str, str], dict[str, str]]]:
    targets = {target["reference"]: target for target in nation.targets()}
    records = {row["clave_registro"]: row for row in rows}
    return [
        ({name: as_text(value) for name, value in targets[case.target_ref].items()}, records[case.detention_key])
        for case in nation.truth()
        if case.kind == kind
    ]


def test_true_encounters_differ_only_as_their_kind_says(nation: Nation, rows: list[dict[str, str]]) -> None:
    for target, record in planted(nation, rows, CaseKind.EXACT):
        assert (record["curp"], record["nombre"]) == (target["curp"], target["given"])
    for target, record in planted(nation, rows, CaseKind.TYPO):
        assert record["primer_apellido"] != target["paternal"]
        assert record["segundo_apellido"] == target["maternal"]
    for target, record in planted(nation, rows, CaseKind.SWAPPED_SURNAMES):
        assert (record["primer_apellido"], record["segundo_apellido"]) == (target["maternal"], target["paternal"])
    for target, record in planted(nation, rows, CaseKind.DAY_MONTH_SWAP):
        year, month, day = target["birth_date"].split("-")
        assert record["fecha_nacimiento"] == f"{year}-{day}-{month}" != target["birth_date"]
    for target, record in planted(nation, rows, CaseKind.UNSPLIT_NAME):
        assert set(record["nombre"].split()) == set(f"{target['given']} {target['paternal']} {target['maternal']}".split())
    for target, record in planted(nation, rows, CaseKind.LOST_ENYE):
        assert "Ñ" in target["paternal"]
        assert "Ñ" not in record["primer_apellido"]
    for target, record in planted(nation, rows, CaseKind.ALIAS_AND_DATE):
        assert (record["alias"], record["fecha_nacimiento"]) == (target["aliases"], target["birth_date"])
        assert record["primer_apellido"] != target["paternal"]


def test_traps_look_alike_but_are_somebody_else(nation: Nation, rows: list[dict[str, str]]) -> None:
    for target, record in planted(nation, rows, CaseKind.HOMONYM):
        assert (record["nombre"], record["primer_apellido"], record["segundo_apellido"]) == (
            target["given"],
            target["paternal"],
            target["maternal"],
        )
        assert record["fecha_nacimiento"] != target["birth_date"]
        assert record["curp"] not in ("", target["curp"])
    for target, record in planted(nation, rows, CaseKind.TWIN):
        assert record["fecha_nacimiento"] == target["birth_date"]
        assert record["nombre"].split()[0] != target["given"].split()[0]
        assert record["curp"] != target["curp"]
    for target, record in planted(nation, rows, CaseKind.JUNIOR):
        assert abs(int(record["fecha_nacimiento"][:4]) - int(target["birth_date"][:4])) >= 25
        assert (record["nombre"], record["primer_apellido"]) == (target["given"], target["paternal"])


def test_targets_come_with_grounds_and_with_gaps(nation: Nation) -> None:
    targets = nation.targets()
    assert all(target["grounds"].startswith(("Mandamiento judicial", "Mandamiento ministerial")) for target in targets)
    assert {target["priority"] for target in targets} == {"alta", "media", "ordinaria"}
    lengths = Counter(len(target["birth_date"]) for target in targets)
    assert min(lengths[size] for size in (0, 4, 7, 10)) > 0
    assert 10 < sum(target["covert"] for target in targets) < 150
    assert all(not target["curp"] or parse_curp(target["curp"]).valid for target in targets)


def test_asking_for_fewer_than_are_planted_is_refused_with_a_hint(nation: Nation) -> None:
    with pytest.raises(Invalid, match="sembrados") as refused:
        nation.targets(10)
    assert "al menos" in refused.value.hint
    with pytest.raises(Invalid, match="sembrados"):
        nation.detentions(10)
    with pytest.raises(Invalid, match="dos entidades"):
        Nation(1, PLACES[:2])


@given(word=st.sampled_from(load_names().surnames.options), seed=st.integers(0, 10_000))
def test_a_slip_of_the_keyboard_changes_the_word_and_little(word: str, seed: int) -> None:
    wrong = misspelled(word, Dice(seed, "typo"))
    assert wrong != word
    assert wrong[0] == word[0]
    assert abs(len(wrong) - len(word)) <= 1


# --- the Nayarit sample


def test_the_sample_can_be_read_only_as_windows_1252(tmp_path: Path) -> None:
    write_nayarit_sample(tmp_path / "nayarit.csv", Nation(7, PLACES))
    raw = (tmp_path / "nayarit.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    assert any(0x80 <= ord(sign) < 0xA0 for sign in raw.decode("latin-1"))
    text = raw.decode("cp1252")
    assert "“en línea” – sin" in text
    assert text.count("\r\n") == text.count("\n") == 401


def test_the_sample_brings_the_star_and_its_homonym(tmp_path: Path) -> None:
    nation = Nation(7, PLACES)
    sample = write_nayarit_sample(tmp_path / "nayarit.csv", nation)
    with (tmp_path / "nayarit.csv").open(encoding="cp1252", newline="") as source:
        records = {row["No. de registro"]: row for row in csv.DictReader(source, delimiter=";")}
    star, homonym = (records[case.detention_key] for case in sample.truth)
    assert [case.is_same_person for case in sample.truth] == [True, False]
    target = nation.star_target
    assert target in nation.targets()
    assert (target["issuer_state"], target["paternal"]) == ("JC", "MUÑOZ")
    assert (star["Apellido Paterno"], star["C.U.R.P."], star["Fecha de nac."]) == ("MU?OZ", "", "17/04/1988")
    assert homonym["Apellido Paterno"] == "MUÑOZ"
    assert homonym["C.U.R.P."] not in ("", target["curp"])
    assert homonym["Fecha de nac."] != star["Fecha de nac."]


def test_the_star_is_the_same_in_every_nation() -> None:
    assert Nation(1, PLACES).star_target == Nation(2, PLACES).star_target


def test_every_flaw_is_in_the_sample_where_its_list_says(tmp_path: Path) -> None:
    sample = write_nayarit_sample(tmp_path / "nayarit.csv", Nation(7, PLACES))
    with (tmp_path / "nayarit.csv").open(encoding="cp1252", newline="") as source:
        lines = list(csv.reader(source, delimiter=";"))
    assert [flaw.kind for flaw in sample.flaws] == [flaw.kind for flaw in FLAWS]
    header = lines[0]
    cells = {flaw.kind: lines[flaw.line - 1][header.index(HEADERS[flaw.field])] for flaw in sample.flaws}
    assert cells["impossible_date"] == "31/02/2026"
    assert cells["hour_24"] == "24:00"
    assert cells["future_date"] == "15/03/2031"
    assert not parse_curp(cells["curp_check_digit"]).valid
    assert cells["missing_key"] == ""
    assert sum(line[0] == cells["duplicate_key"] for line in lines) == 2
    assert cells["sex_x"] == "X"
    assert cells["unknown_municipality"] == "18999"
    assert cells["age_in_words"] == "TREINTA Y DOS"
    assert cells["two_digit_year"] == "17/04/88"
    assert cells["formula"].startswith("=HYPERLINK(")
    assert cells["emoji_in_name"].endswith("ðŸ˜Ž")
    assert len(cells["name_of_200"]) == 200
    assert len(cells["one_letter_surname"]) == 1
    assert (cells["mojibake_name"], cells["lost_letter_name"]) == ("MUÃ‘OZ", "MU?OZ")


def test_the_samples_good_rows_are_good(nation: Nation) -> None:
    sample = nayarit_sample(nation)
    spoiled = {flaw.line for flaw in sample.flaws}
    codes = {place.code for place in PLACES}
    for line, row in enumerate(sample.rows, start=2):
        if line not in spoiled:
            assert not row["C.U.R.P."] or parse_curp(row["C.U.R.P."]).valid
            assert row["Clave municipio"] in codes
            assert row["Sexo"] in ("Hombre", "Mujer", "X")


# --- other files


def test_jsonl_and_csv_give_back_what_was_written(tmp_path: Path, nation: Nation, rows: list[dict[str, str]]) -> None:
    assert write_jsonl(tmp_path / "targets.jsonl", nation.targets()) == 500
    with (tmp_path / "targets.jsonl").open(encoding="utf-8") as source:
        assert [json.loads(line) for line in source] == nation.targets()
    assert write_csv(tmp_path / "rows.csv", rows) == COUNT
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as source:
        assert list(csv.DictReader(source)) == rows


def test_xlsx_keeps_formulas_as_text_and_emoji_whole(tmp_path: Path) -> None:
    hostile = {"nombre": "JOSÉ 😎", "nota": FORMULA, "edad": 31, "alias": ["A", "B"], "oculto": True}
    assert write_xlsx(tmp_path / "rows.xlsx", [hostile]) == 1
    page = load_workbook(tmp_path / "rows.xlsx").active
    assert page is not None
    cells = next(page.iter_rows(min_row=2))
    assert [cell.value for cell in cells] == ["JOSÉ 😎", FORMULA, 31, "A; B", "SI"]
    assert cells[1].data_type != "f"


def test_xlsx_refuses_what_the_format_forbids(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="carácter de control"):
        write_xlsx(tmp_path / "rows.xlsx", [{"nombre": "JOSÉ\x0b"}])


def test_no_rows_make_an_empty_file(tmp_path: Path) -> None:
    assert write_csv(tmp_path / "none.csv", []) == write_jsonl(tmp_path / "none.jsonl", []) == 0
    assert write_xlsx(tmp_path / "none.xlsx", []) == 0


def test_a_large_file_repeats_itself_and_counts_its_flaws(tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    flaws = write_large(first, 5_000, bad_share=0.1, seed=5)
    assert write_large(second, 5_000, bad_share=0.1, seed=5) == flaws
    assert first.read_bytes() == second.read_bytes()
    assert set(flaws) == {flaw.kind for flaw in FLAWS if not flaw.valid}
    assert sum(flaws.values()) == pytest.approx(500, abs=90)
    with first.open(encoding="utf-8", newline="") as source:
        read = list(csv.DictReader(source))
    assert len(read) == 5_000
    assert sum(row["hora_detencion"] == "24:00" for row in read) == flaws["hour_24"]
    assert sum(row["clave_registro"] == "" for row in read) == flaws["missing_key"]


def test_a_large_file_refuses_senseless_arguments(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="proporción"):
        write_large(tmp_path / "x.csv", 10, bad_share=1.5)


# --- small parts


def test_rfc_agrees_with_the_tax_authoritys_published_examples() -> None:
    assert rfc_of("EMMA", "GÓMEZ", "DÍAZ", date(1956, 12, 31)) == "GODE561231GR8"
    assert rfc_of("JUAN", "BARRIOS", "FERNÁNDEZ", date(1970, 12, 13)) == "BAFJ701213SBA"


@given(weights=st.lists(st.integers(0, 6_000), min_size=1, max_size=30).filter(any), roll=st.floats(0, 1, exclude_max=True))
def test_a_draw_never_leaves_the_options(weights: list[int], roll: float) -> None:
    table = Weighted(enumerate(weights))
    assert weights[table.draw(roll)] > 0


def test_dice_of_other_labels_are_other_dice() -> None:
    assert Dice(1, "a").roll() == Dice(1, "a").roll() != Dice(1, "b").roll()
    assert sorted(Dice(1, "a").shuffled(range(50))) == list(range(50))


def test_the_official_list_has_municipalities_of_every_state() -> None:
    listed = load_municipalities()
    assert {place.state for place in listed} == set(INEGI_TO_RENAPO)
    assert all(place.code[:2] == place.state and len(place.code) == 5 for place in listed)
    assert all(first.code < second.code for first, second in pairwise(sorted(listed)))
