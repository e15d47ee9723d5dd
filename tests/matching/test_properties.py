"""What holds of every comparison: symmetry, exact sums, agreement that never hurts, and order that never matters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tequio.matching import MemoryIndex, compare, keys, weigh
from tequio.matching.domain.key_room import MOST_KEYS
from tequio.people.domain import Subject
from tests.matching.kernel import EXAMPLES, curp, often

_WORDS_TEXT = (
    "José María Juan Luis Pedro Ana Lupe Guadalupe Pepe Beto Mario Hernández Hernandes Muñoz MU?OZ MUÃ‘OZ Munoz Ruiz J. Ma."
    " O Santiago Xicoténcatl Xicotencal Zepeda Cepeda García Garza Delacruz Cruz"
)
_WORDS = _WORDS_TEXT.split()
NAMES = st.lists(st.sampled_from([*_WORDS, "de la", "de", "y", "San", "vda. de"]), min_size=1, max_size=4).map(" ".join)
MAYBE_NAMES = st.one_of(st.none(), NAMES, st.text(max_size=12))
DATES = st.sampled_from(
    [
        "1978-02-13",
        "1978-02-03",
        "03/02/1978",
        "1978-03-02",
        "1978-02-14",
        "1988-02-13",
        "1978-02",
        1978,
        1979,
        "1978-01-01",
        1950,
    ]
)
CURPS = st.sampled_from(
    [
        curp("HEML780213HNTRXS0"), curp("HEML780213HNTRXS1"), curp("HEMP780213HNTRXD0"), curp("RUXA900102MNTRXN0"),
        "HEML780213HNTRXS00", "HEML780213HNTRXS", "HEML780213HNTRX", "HEML780231HNTRXS09",
    ]
)  # fmt: skip
RFCS = st.sampled_from(["HEML780213AB1", "HEML780213", "HEML780213CD2", "HEML780231AB1", "RUXA900102AB1", "XAXX010101000"])
ALIASES = st.sampled_from(["El Güero", "Güero de Tepic", "El Mosco", "Mosko", "Tábano", "Pedro Ruiz", "Juan Luis Ruiz", "Beto"])
PHONES = st.sampled_from(["3312345670", "044 33 1234 5670", "3387654321", "1"])
PLATES = st.sampled_from(["JHO1231", "JH01231", "ABC1234"])
DOCUMENTS = st.sampled_from(["G12345678", "IDMEX1234"])
PLACES = st.sampled_from(["Tepic", "Xalisco"])


def some(values, most=3):
    return st.lists(values, max_size=most, unique=True)


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "given": MAYBE_NAMES,
        "paternal": MAYBE_NAMES,
        "maternal": MAYBE_NAMES,
        "names": some(NAMES, 2),
        "birth_date": some(DATES),
        "curp": some(CURPS, 2),
        "rfc": some(RFCS, 2),
        "sex": st.sampled_from(["H", "M", "X"]),
        "birth_state": st.sampled_from(["NT", "JC", "NE"]),
        "aliases": some(ALIASES),
        "phones": some(PHONES),
        "plates": some(PLATES),
        "documents": some(DOCUMENTS),
        "places": some(PLACES),
        "age": st.sampled_from([20, 44, 45, 80]),
        "at": st.just("2022-08-02"),
    },
)


def subject(fields):
    return Subject.from_fields(**fields)


@given(FIELDS, FIELDS)
@often
def test_both_directions_find_the_same(a, b):
    one, other = compare(subject(a), subject(b)), compare(subject(b), subject(a))
    assert (one.score, one.band, one.conflicts, one.missing, one.label) == (
        other.score, other.band, other.conflicts, other.missing, other.label,
    )  # fmt: skip
    for left, right in zip(one.features, other.features, strict=True):
        assert left == right._replace(left=right.right, right=right.left)


@given(FIELDS, FIELDS)
@often
def test_the_weights_add_up_to_the_score_exactly(a, b):
    explanation = compare(subject(a), subject(b))
    assert sum(e.centibits for e in explanation.features) == round(explanation.score * 100) == weigh(subject(a), subject(b))


AGREEING = st.one_of(
    st.tuples(st.just("phones"), st.just("5511223344")),
    st.tuples(st.just("plates"), st.just("ZZZ9876")),
    st.tuples(st.just("documents"), st.just("LIC998877")),
    st.tuples(st.just("aliases"), st.sampled_from(["El Chapulín", "El Gordo"])),
    st.tuples(st.just("names"), st.sampled_from(["Eleuterio Zapotitla Urquídez", "Juan Hernández", "Ana"])),
    st.tuples(st.just("birth_date"), st.sampled_from(["1961-07-25", "1961-01-01", "1961"])),
    st.tuples(st.just("curp"), st.just(curp("ZAUE610725HCMPRL0"))),
    st.tuples(st.just("rfc"), st.just("ZAUE610725AB1")),
)


def several(value):
    return [] if value is None else [value] if isinstance(value, str | int) else list(value)


def with_more(fields, field, value):
    return fields | {field: [value, *several(fields.get(field))]}


@given(FIELDS, FIELDS, AGREEING)
@settings(max_examples=2 * EXAMPLES, deadline=None)
def test_a_further_value_that_both_sides_have_never_lowers_a_score(a, b, agreeing):
    field, value = agreeing
    if field == "birth_date":  # a date that was supplied stands instead of the one that a code would tell
        a, b = ({k: v for k, v in fields.items() if k not in {"curp", "rfc"}} for fields in (a, b))
    before = weigh(subject(a), subject(b))
    assert weigh(subject(with_more(a, field, value)), subject(with_more(b, field, value))) >= before


@given(FIELDS, FIELDS, st.sampled_from([("sex", "H"), ("birth_state", "NT"), ("places", "Ixtlán"), ("age", 44)]))
@often
def test_a_fact_that_both_sides_lacked_and_that_agrees_never_lowers_a_score(a, b, agreeing):
    field, value = agreeing
    # A CURP tells sex, state and, with the date, the age: what it says must not be what is added.
    drop = {field, "curp", "rfc"} | ({"birth_date"} if field == "age" else set())
    a, b = ({k: v for k, v in fields.items() if k not in drop} | {"at": "2022-08-02"} for fields in (a, b))
    assert weigh(subject(a | {field: value}), subject(b | {field: value})) >= weigh(subject(a), subject(b))


LISTS = ("names", "birth_date", "curp", "rfc", "aliases", "phones", "plates", "documents", "places")


def reordered(data, fields):
    return {k: data.draw(st.permutations(v)) if k in LISTS else v for k, v in fields.items()}


@given(FIELDS, FIELDS, st.data())
@often
def test_the_order_of_values_changes_neither_score_nor_keys(a, b, data):
    mixed = subject(reordered(data, a))
    assert weigh(mixed, subject(b)) == weigh(subject(a), subject(b))
    if len(keys(mixed)) < MOST_KEYS:  # of a record with more, those of what comes first are kept
        assert keys(mixed) == keys(subject(a))


def answers(index, asked):
    return [sorted(tuple(c)[:3] for c in found) for found in index.query(asked, limit=50, budget=3000)]


WORLD = st.lists(FIELDS, min_size=1, max_size=12)
few = settings(max_examples=max(5, EXAMPLES // 6), deadline=None)


def numbered(world):
    return [Subject.from_fields(id=k, **fields) for k, fields in enumerate(world)]


@given(WORLD, WORLD, st.data())
@few
def test_the_order_of_records_and_of_queries_changes_no_answer(world, asked, data):
    base, queries = numbered(world), numbered(asked)
    expected = answers(MemoryIndex.build(base), queries)
    assert answers(MemoryIndex.build(data.draw(st.permutations(base))), queries) == expected
    order = data.draw(st.permutations(range(len(queries))))
    assert answers(MemoryIndex.build(base), [queries[k] for k in order]) == [expected[k] for k in order]
    assert [answers(MemoryIndex.build(base), [query])[0] for query in queries[:3]] == expected[:3]


@given(WORLD, WORLD, st.data())
@few
def test_a_base_added_to_in_pieces_answers_as_one_built_at_once(world, asked, data):
    base, queries = numbered(world), numbered(asked)
    cut = data.draw(st.integers(0, len(base)))
    pieces = MemoryIndex.build(base[:cut])
    for one in base[cut:]:
        pieces.add([one])
    whole = MemoryIndex.build(base)
    assert len(pieces) == len(whole)
    assert [list(found) for found in pieces.query(queries, limit=50)] == [
        list(found) for found in whole.query(queries, limit=50)
    ]


@given(WORLD, WORLD, st.data())
@few
def test_a_removed_record_is_as_if_it_had_never_been_there(world, asked, data):
    base, queries = numbered(world), numbered(asked)
    gone = data.draw(st.sets(st.integers(0, len(base) - 1)))
    index = MemoryIndex.build(base)
    index.remove(gone)
    never = MemoryIndex.build([one for one in base if one.id not in gone])
    assert answers(index, queries) == answers(never, queries) and len(index) == len(never)


@given(FIELDS, FIELDS)
@often
def test_what_is_found_is_weighed_as_a_comparison_weighs_it(a, b):
    index = MemoryIndex.build([Subject.from_fields(id=1, **a)])
    for candidate in index.query([subject(b)], explain=True)[0]:
        explanation = compare(subject(b), subject(a), index._context)
        assert (candidate.score, candidate.band) == (explanation.score, explanation.band)
        assert candidate.explanation == explanation


@pytest.mark.parametrize("field", ["given", "paternal", "maternal", "full_name"])
def test_a_name_equal_on_both_sides_weighs_at_least_as_much_as_none(field):
    one = Subject.from_fields(**{field: "Eleuterio"})
    assert weigh(one, one) > 0
