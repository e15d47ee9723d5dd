"""Candidates: rare groups first, the budget kept and said, an exact look-up before any fuzzy one, ties by order of the base."""

import numpy as np
import pytest

from tequio.matching import Explanation, MemoryIndex, compare, memory
from tequio.matching.domain.retrieval import FIRST_WEIGHED, READ_FOR_EACH, WEIGHED_OF_EACH, key_table
from tests.matching.kernel import curp, subject

CURP = curp("HEML780213HNTRXS0")
COMMON = {"given": "Juan", "paternal": "Hernández"}


def namesakes(count, **more):
    return [subject(id=k, **COMMON, **more) for k in range(count)]


def ids(found):
    return [candidate.id for candidate in found]


def test_a_key_table_is_sorted_and_its_directory_leads_to_every_key():
    rng = np.random.default_rng(5)
    keys = np.append(rng.integers(0, 1 << 32, 3000, np.uint64), [0, 0, (1 << 32) - 1]).astype(np.uint32)
    table = key_table(keys, np.arange(len(keys), dtype=np.uint32))
    assert (np.diff(table.keys.astype(np.int64)) >= 0).all()
    assert (keys[table.rows] == table.keys).all()
    assert table.directory[0] == 0 and table.directory[-1] == len(keys)
    for key in keys[::97]:
        run = int(key) >> table.shift
        assert key in table.keys[table.directory[run] : table.directory[run + 1]]
    assert len(table.directory) == (1 << (32 - table.shift)) + 1


def test_equal_keys_keep_the_order_of_their_rows():
    table = key_table(np.array([7, 5, 7, 7], np.uint32), np.array([3, 0, 1, 2], np.uint32))
    assert table.rows.tolist() == [0, 3, 1, 2]


@pytest.mark.parametrize(("size", "runs"), [(0, 16), (1, 16), (100, 32), (1000, 256)])
def test_the_directory_grows_with_the_table(size, runs):
    table = key_table(np.arange(size, dtype=np.uint32), np.arange(size, dtype=np.uint32))
    assert len(table.directory) == runs + 1


def test_a_base_within_the_budget_is_answered_whole():
    found = MemoryIndex.build(namesakes(20)).query([subject(**COMMON)], limit=50, budget=20)[0]
    assert ids(found) == list(range(10)) and found.cut
    found = MemoryIndex.build(namesakes(20)).query([subject(**COMMON)], limit=50, budget=40)[0]
    assert ids(found) == list(range(20)) and not found.cut


def test_a_budget_reads_so_many_keys_and_weighs_so_many_candidates():
    budget = 10
    index = MemoryIndex.build(namesakes(READ_FOR_EACH * budget + 1))
    found = index.query([subject(**COMMON)], limit=100, budget=budget)[0]
    assert len(found) == (budget + 1) // WEIGHED_OF_EACH and found.cut


@pytest.mark.parametrize(("contacts", "weighed"), [({"phones": "3312345670", "plates": "JHP1231"}, FIRST_WEIGHED), ({}, 60)])
def test_once_the_person_is_found_clearly_those_that_share_only_common_words_are_not_weighed(contacts, weighed):
    base = [*namesakes(99), subject(id="he", **COMMON, birth_date="1978-02-13", phones="3312345670", plates="JHP1231")]
    found = MemoryIndex.build(base).query([subject(**COMMON, birth_date="1978-02-13", **contacts)], limit=100, budget=120)[0]
    assert ids(found)[0] == "he" and len(found) == weighed
    assert found.cut == (not contacts)


def test_what_was_left_unread_is_said():
    index = MemoryIndex.build(namesakes(100))
    assert index.query([subject(**COMMON)], budget=10)[0].cut
    assert not index.query([subject(**COMMON)], budget=300)[0].cut


def test_groups_are_read_from_the_rarest():
    base = [*namesakes(200), subject(id="he", **COMMON, phones="3312345670")]
    found = MemoryIndex.build(base).query([subject(**COMMON, phones="3312345670")], limit=3, budget=5)[0]
    assert ids(found)[0] == "he" and found.cut


def test_candidates_that_share_much_are_weighed_before_those_that_share_one_thing():
    strangers = [subject(id=f"other {k}", given="Fulgencio", paternal=f"Zapo{k}titla", phones="3312345670") for k in range(60)]
    index = MemoryIndex.build([*strangers, *namesakes(100, birth_date="1978-02-13")])
    found = index.query([subject(**COMMON, birth_date="1978-02-13", phones="3312345670")], limit=100, budget=100)[0]
    assert len(found) == 50 and ids(found) == list(range(50))


def test_a_large_base_and_what_was_added_since_are_asked_alike(monkeypatch):
    monkeypatch.setattr(memory, "_LEAST_TAIL", 60)
    index = MemoryIndex.build(namesakes(40))
    index.add([subject(id="new", **COMMON), subject(id="he", **COMMON, phones="3312345670")])
    assert len(index._main.keys) > 0 < len(index._tail.keys)
    found = index.query([subject(**COMMON, phones="3312345670")], limit=50)[0]
    assert ids(found) == ["he", *range(40), "new"]
    index.add(namesakes(40))
    assert len(index._tail.keys) == 0 and len(index.query([subject(**COMMON)], limit=99)[0]) == 82
    index.remove(["new", 3])
    assert len(index.query([subject(**COMMON)], limit=99)[0]) == 79


def test_an_exact_look_up_goes_before_any_fuzzy_match():
    fields = {"given": "Luis", "paternal": "Zapotitla", "maternal": "Urquídez", "sex": "H", "birth_state": "NT"}
    near = subject(id="near", **fields, birth_date="1978-02-13", phones=["3312345670"], plates="JHP1231")
    exact = subject(id="exact", curp=CURP, given="Ana", paternal="Soto", sex="M")
    asked = subject(**fields, birth_date="1978-02-14", phones=["3312345670"], plates="JHP1231", curp=CURP)
    found = MemoryIndex.build([near, exact]).query([asked])[0]
    assert ids(found) == ["exact", "near"] and found[0].score < found[1].score
    assert found[0].band == "posible"


def test_an_equal_name_and_date_are_an_exact_look_up_too():
    plain = subject(id="plain", given="Ana", paternal="Zapotitla", birth_date="1978-02-13", sex="H")
    near = subject(
        id="near", given="Ana", paternal="Zapotitlan", birth_date="1978-02-13", phones="3312345670", plates="JHP1231"
    )
    asked = subject(given="Ana", paternal="Zapotitla", birth_date="1978-02-13", phones="3312345670", plates="JHP1231", sex="M")
    found = MemoryIndex.build([near, plain]).query([asked])[0]
    assert ids(found) == ["plain", "near"] and found[0].score < found[1].score


def test_equal_scores_stand_in_the_order_of_the_base_and_the_limit_keeps_the_first():
    found = MemoryIndex.build(namesakes(12)).query([subject(**COMMON)], limit=5)[0]
    assert ids(found) == [0, 1, 2, 3, 4] and len({candidate.score for candidate in found}) == 1


def test_a_better_one_met_late_pushes_the_last_out():
    base = [*namesakes(6), subject(id="he", given="Juan Luis", paternal="Hernández", phones="3312345670")]
    found = MemoryIndex.build(base).query([subject(given="Juan Luis", paternal="Hernández", phones="3312345670")], limit=3)[0]
    assert ids(found) == ["he", 0, 1]


def test_a_conflict_or_a_name_alone_keeps_the_band_at_possible_and_an_identifier_does_not():
    fields = {"given": "Eleuterio", "paternal": "Xicoténcatl", "maternal": "Urquídez"}
    for more, other, band in (
        ({}, {}, "posible"),
        ({"birth_date": "1978-02-13"}, {"birth_date": "1978-02-13"}, "casi cierta"),
        ({"sex": "H", "birth_state": "NT"}, {"sex": "H", "birth_state": "NT"}, "posible"),
        ({"phones": "3312345670", "sex": "H"}, {"phones": "3312345670", "sex": "M"}, "posible"),
    ):
        index = MemoryIndex.build([subject(id=1, **fields, **more)])
        asked = subject(**fields, **other)
        found = index.query([asked], explain=True)[0][0]
        assert found.band == band == found.explanation.band


def test_a_limit_or_budget_below_one_is_one():
    index = MemoryIndex.build(namesakes(3))
    assert len(index.query([subject(**COMMON)], limit=0)[0]) == 1
    assert ids(index.query([subject(**COMMON)], budget=-5)[0]) == [0]


def test_explanations_come_only_where_they_are_asked_for_and_are_those_of_a_comparison():
    base = [subject(id=1, **COMMON, birth_date=1978)]
    index = MemoryIndex.build(base)
    assert index.query(base)[0][0].explanation is None
    explained = index.query(base, explain=True)[0][0]
    assert isinstance(explained.explanation, Explanation)
    assert explained.explanation == compare(base[0], base[0], index._context)


def test_removed_records_are_not_found_and_equal_ids_go_together():
    index = MemoryIndex.build([*namesakes(4), subject(id=2, **COMMON, phones="3312345670")])
    index.remove([2, 77])
    assert ids(index.query([subject(**COMMON)])[0]) == [0, 1, 3] and len(index) == 3
    index.remove([2])
    index.add([subject(id=2, **COMMON)])
    assert ids(index.query([subject(**COMMON)])[0]) == [0, 1, 3, 2]
    index.remove([2])
    assert len(index) == 3
