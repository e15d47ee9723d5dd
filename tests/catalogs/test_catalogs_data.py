"""The package's catalogues and parameters say what they must, before any database sees them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from tequio.access.domain import PurposeCode
from tequio.catalogs import domain, reference
from tequio.catalogs.domain import Item
from tequio.kernel.text import fold
from tequio.registries.rnd.domain import CustodyKind, RecordType

CATALOGS: dict[str, dict[str, Any]] = {one["code"]: one for one in reference.catalogs()}
PARAMETERS: dict[str, dict[str, Any]] = {one["key"]: one for one in reference.parameters()}
LONGEST_CODE_IN_A_RECORD = 40


def items(code: str) -> list[Item]:
    return [
        Item(entry["code"], entry["name"], entry.get("parent", ""), {"synonyms": entry.get("synonyms", [])})
        for entry in CATALOGS[code]["items"]
    ]


@pytest.mark.parametrize("code", sorted(CATALOGS))
def test_every_catalogue_is_dated_has_a_source_and_hangs_together(code: str) -> None:
    catalog = CATALOGS[code]
    assert date.fromisoformat(catalog["valid_from"])
    assert catalog["source"].strip()
    assert len({item.code for item in items(code)}) == len(items(code)) > 0
    assert domain.orphans(items(code)) == []


@pytest.mark.parametrize("code", sorted(CATALOGS))
def test_no_text_means_two_things_in_one_catalogue(code: str) -> None:
    claims = defaultdict(set)
    for item in items(code):
        for text in (item.code, item.name, *item.attributes["synonyms"]):
            claims[fold(text)].add(item.code)
    assert {text: codes for text, codes in claims.items() if len(codes) > 1 or not text} == {}


@pytest.mark.parametrize("code", sorted(set(CATALOGS) - {"sesnsp_nombres"}))
def test_every_code_fits_in_a_record(code: str) -> None:
    assert max(len(item.code) for item in items(code)) <= LONGEST_CODE_IN_A_RECORD


def test_catalogues_agree_with_the_rules_that_name_them() -> None:
    assert {item.code for item in items("custodia_estado")} == {kind.value for kind in CustodyKind}
    assert {item.code for item in items("tipo_registro")} == {kind.value for kind in RecordType}


def test_the_trap_of_m_in_the_sex_catalogue_is_written_down() -> None:
    index = domain.index(items("sexo"))
    assert (index["M"], index["F"], index["MASCULINO"], index["MUJER"], index["H"], index["X"]) == (
        "M",
        "M",
        "H",
        "M",
        "H",
        "X",
    )
    female = next(entry for entry in CATALOGS["sexo"]["items"] if entry["code"] == "M")
    assert female["other_convention"] == "F"
    assert "masculino en archivos M/F" in female["note"]


def test_si_no_keeps_four_answers_apart() -> None:
    index = domain.index(items("si_no"))
    found = {index[fold(text)] for text in ("sí", "NO", "N/A", "se desconoce")}
    assert found == {"si", "no", "no_aplica", "sin_informacion"}


def test_lists_that_are_not_official_are_not_confirmed() -> None:
    assert [code for code, catalog in CATALOGS.items() if catalog["confirmed"]] == ["operacion"]


def test_every_parameter_has_a_unit_a_date_and_a_source_and_none_is_confirmed_yet() -> None:
    for key, row in PARAMETERS.items():
        assert row["unit"].strip(), key
        assert row["source"].strip(), key
        assert date.fromisoformat(row["valid_from"]), key
        assert row["confirmed"] is False, key


def test_clocks_and_limits_are_those_of_the_reference() -> None:
    values = {key: row["value"] for key, row in PARAMETERS.items()}
    assert values["rnd.arrest_limit_hours"] == 36
    assert values["rnd.retention_years"] is None
    assert values["target.validation_first_days"] == {"min": 60, "max": 90}
    assert (values["target.review_years"], values["target.review_notice_months"]) == (3, 4)
    clocks = [
        values[f"notices.clock.{name}"] for name in ("urgent_minutes", "routine_minutes", "data_hours", "supplementary_hours")
    ]
    assert clocks == [10, 60, 48, 12]


def test_every_purpose_of_use_has_its_basis() -> None:
    from_parameters = {key.removeprefix("purpose.basis.") for key in PARAMETERS if key.startswith("purpose.basis.")}
    assert from_parameters == {code.value for code in PurposeCode}
