"""The second benchmark and its measures keep their word: repeatable, true, and thresholds as they are defined."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tequio.kernel.identifiers import parse_curp, parse_rfc
from tests.bench.aliases import FAMILIES, Benchmark, Family, Query, judge, make
from tests.bench.aliases.families import decidable
from tests.bench.aliases.people import FullName, Maker, Person
from tests.bench.aliases.pools import load
from tests.bench.aliases.run import subject
from tests.bench.aliases.writing import damaged, mistyped_id, transposed_id
from tests.bench.measures import best_f1, cut_for, mcnemar, outcome, recall_at, wilson
from tests.bench.page import write_page


@pytest.fixture(scope="module")
def bench() -> Benchmark:
    return make(1_500, seed=5, each=4, negatives=10)


def family(name: str) -> Family:
    return next(f for f in FAMILIES if f.name == name)


def about(bench: Benchmark, name: str) -> list[Query]:
    return [q for q in bench.queries if q.family == name and q.truth >= 0]


def test_the_same_seed_makes_the_same_benchmark_and_another_does_not(bench: Benchmark) -> None:
    again = make(1_500, seed=5, each=4, negatives=10)
    assert (again.records, again.queries) == (bench.records, bench.queries)
    assert make(1_500, seed=6, each=4, negatives=10).records != bench.records


def test_it_can_be_made_without_the_payroll(bench: Benchmark, tmp_path: Path) -> None:
    assert load(tmp_path).source == "name_shares.csv"
    assert make(1_500, seed=5, each=1, negatives=5, names=tmp_path).queries


def test_every_family_asks_about_people_of_the_base_and_about_every_kind_of_stranger(bench: Benchmark) -> None:
    asked = Counter((q.family, q.truth >= 0) for q in bench.queries)
    assert all(asked[f.name, True] == 4 and asked[f.name, False] >= 9 for f in FAMILIES)
    assert {q.kind for q in bench.queries} == {"positive", "fresh", "namesake", "sibling", "parent_or_child", "twin"}


def test_a_record_can_answer_what_is_asked_of_it(bench: Benchmark) -> None:
    for query in about(bench, "CURP, contradicting name"):
        assert query.fields["curp"] in bench.held[query.truth].curps
    for query in about(bench, "second RFC alone"):
        assert query.fields["rfc"] == bench.held[query.truth].rfcs[1]
    for query in about(bench, "CURP against name, date, sex, state"):
        held = bench.held[query.truth]
        assert not held.curps
        assert not held.rfcs
        assert held.dates
        assert held.sex
        assert held.state
    for query in about(bench, "unrelated alias, no date"):
        held = bench.held[query.truth]
        assert held.unrelated is not None
        assert not set(held.unrelated.words) & set(held.name.words)


def test_identifiers_are_well_formed_and_belong_to_their_person(bench: Benchmark) -> None:
    for record, held in zip(bench.records, bench.held, strict=True):
        assert all(parse_curp(value).valid for value in held.curps)
        assert all(parse_rfc(value).usable and not parse_rfc(value).problems for value in held.rfcs)
        assert subject(record).names


def test_a_stranger_who_differs_in_nothing_shown_is_marked_undecidable() -> None:
    assert not decidable(family("name only"), "namesake")
    assert not decidable(family("given name changed + date"), "twin")
    assert decidable(family("name + date"), "namesake")
    assert decidable(family("name + date"), "twin")
    undated = Person("H", FullName("JUAN", "X", "Y"))
    assert not decidable(family("name + date"), "namesake", undated)


def test_another_name_differs_from_the_first_as_its_kind_says() -> None:
    maker = Maker(Random(3), load())
    for _ in range(50):
        person = maker.person(rich=True)
        assert maker.one_surname_kept(person).given != person.name.given
        assert len(maker.name_added(person).words) == len(person.name.words) + 1
        if len(person.name.words) > 2:  # the family is asked only of people with a name to drop
            assert len(maker.name_dropped(person).words) < len(person.name.words)
        changed = maker.surname_changed(person)
        assert (changed.paternal == person.name.paternal) != (changed.maternal == person.name.maternal)


def test_damage_falls_on_the_letter_that_systems_lose() -> None:
    assert damaged(Random(1), FullName("LUIS", "MUÑOZ", "SOLANO"), "?").paternal == "MU?OZ"
    assert damaged(Random(1), FullName("LUIS", "NUÑEZ", "SOLANO"), "") == FullName("LUIS", "NUEZ", "SOLANO")


def test_a_mistyped_identifier_is_one_slip_away() -> None:
    dice = Random(2)
    for _ in range(50):
        value = "GOCF810429HNENBL07"
        assert sum(a != b for a, b in zip(value, mistyped_id(dice, value), strict=True)) == 1
        turned = transposed_id(dice, value)
        assert turned != value
        assert sorted(turned) == sorted(value)


def test_a_matcher_that_knows_the_truth_gets_full_marks_and_one_that_knows_nothing_none(bench: Benchmark) -> None:
    perfect = judge(bench, [[(q.truth, 50.0)] if q.truth >= 0 else [] for q in bench.queries])
    assert all(row.in_ten == row.asked == row.above[0] == row.above_decidable[1] for row in perfect.rows)
    assert not perfect.below_fuzzy
    silent = judge(bench, [[] for _ in bench.queries])
    assert all(row.in_ten == 0 and row.above == (0, 0) for row in silent.rows)
    assert len(silent.below_fuzzy) == silent.exact_asked > 0


def test_one_threshold_for_all_families_is_set_by_the_loudest_strangers(bench: Benchmark) -> None:
    loud = {at for at, q in enumerate(bench.queries) if q.truth < 0 and q.family == "name only"}
    answers = [[(q.truth, 20.0)] if q.truth >= 0 else [(0, 30.0 if at in loud else 1.0)] for at, q in enumerate(bench.queries)]
    verdict = judge(bench, answers)
    assert verdict.cuts == (30.0, 30.0)  # ten loud strangers of 360: more than one in a hundred
    assert all(row.in_ten == row.asked and row.above == (0, 0) for row in verdict.rows)
    assert verdict.alerts[0].keys() <= {
        (kind, "name only") for kind in ("fresh", "namesake", "sibling", "parent_or_child", "twin")
    }


def test_an_exact_look_up_below_a_fuzzy_one_is_told(bench: Benchmark) -> None:
    answers = [[(q.truth, 20.0)] if q.truth >= 0 else [] for q in bench.queries]
    at = next(at for at, q in enumerate(bench.queries) if q.family == "RFC alone" and q.truth >= 0)
    other = (bench.queries[at].truth + 1) % len(bench.records)
    answers[at] = [(other, 21.0), (bench.queries[at].truth, 20.0)]
    assert judge(bench, answers).below_fuzzy == [at]


def test_a_cut_lets_through_no_more_than_its_rate() -> None:
    scores = [float(n) for n in range(1, 1_001)]
    assert cut_for(scores, 0.001) == 999.0
    assert sum(s > cut_for(scores, 0.01) for s in scores) == 10
    assert cut_for([7.0] * 20 + [1.0] * 980, 0.01) == 7.0  # a tie counts against the matcher
    assert cut_for([5.0], 1.0) == -math.inf


def test_measures_of_a_toy_are_as_counted_by_hand() -> None:
    found = outcome([1, 2, 3, -1, -1], [[1], [9, 2], [3], [5], []], [[9.0], [8.0, 7.0], [3.0], [5.0], []])
    assert found.recall1 == pytest.approx(2 / 3)
    assert found.recall10 == 1.0
    assert recall_at(found, 0.99) == pytest.approx(1 / 3)
    assert recall_at(found, 0.5) == pytest.approx(2 / 3)
    assert best_f1(found)[0] == pytest.approx(4 / 7)
    assert best_f1(found)[1] == 3.0
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(95, 100)
    assert (round(low, 3), round(high, 3)) == (0.888, 0.978)
    assert mcnemar(found.in_ten[:3], found.right_first[:3]) == (1, 0, 1.0)


def test_the_page_keeps_its_text_and_gets_its_figures(tmp_path: Path) -> None:
    mark = "<!-- {}: written by python -m tests.bench.matching -->"
    page = tmp_path / "page.md"
    parts = [
        "Before",
        mark.format("matching"),
        "stale",
        "<!-- end -->",
        "Between",
        mark.format("leads"),
        "kept",
        "<!-- end -->",
    ]
    page.write_text("\n".join(parts), "utf-8")
    row = {"size": 10, "seed": 7, "method": "M", "machine": "one", "n": 4, "recall10": 0.5, "recall10_interval": (0.1, 0.9)}
    write_page({"10 7 M": row}, page)
    text = page.read_text("utf-8")
    assert text.startswith("Before\n")
    assert "0.500 [0.100-0.900]" in text
    assert "stale" not in text
    assert "Between" in text
    assert "kept" in text
