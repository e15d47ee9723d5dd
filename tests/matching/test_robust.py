"""Whatever a file brings, reading, keys, comparing and asking never raise and take no longer than a twentieth of a second."""

import gc
import time
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tequio.matching import MemoryIndex, compare, keys
from tequio.matching.prepare import prepare
from tequio.people.domain import Subject
from tests.matching.kernel import subject

MOST_SECONDS = 0.05
WORLD = [
    subject(id=k, given=g, paternal=p, maternal="Ruiz", birth_date=1970 + k, aliases="Mosco")
    for k, (g, p) in enumerate([("Ana", "Soto"), ("José Luis", "MU?OZ"), ("Lupe", "Hernández"), ("Eleuterio", "Xicoténcatl")])
]
INDEX = MemoryIndex.build(WORLD)


@pytest.fixture(scope="module", autouse=True)
def warm():
    """As in a node that serves: compiled code is read, and no garbage of other tests is swept at an input's expense."""
    prepare()
    walk({"full_name": "Ana Soto", "birth_date": "1978-02-13"}, most=1.0)
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def spent(work):
    """Result and seconds of processor time: others share the machine. Once only, for what was read is remembered."""
    began = time.thread_time()
    result = work()
    return result, time.thread_time() - began


def walk(fields, most=MOST_SECONDS):
    """Everything that is done with a record; none of it may raise or be slow."""
    steps = {}
    one, steps["read"] = spent(lambda: Subject.from_fields(**fields))
    _, steps["keys"] = spent(lambda: keys(one))
    for other in WORLD[:2]:
        explanation, steps["compare"] = spent(lambda other=other: compare(one, other))
        assert explanation.score == compare(other, one).score
    _, steps["itself"] = spent(lambda: compare(one, one))
    _, steps["query"] = spent(lambda: INDEX.query([one], explain=True))
    slow = {step: seconds for step, seconds in steps.items() if seconds >= most}
    assert not slow, slow


_FIELD_NAMES = (
    "id given paternal maternal full_name sex birth_date birth_state curp rfc aliases phones plates documents places age at"
)
_EVERY_FIELD = _FIELD_NAMES.split()
CONTROL = "".join(map(chr, range(32))) + "\x7f\x85\xad\u200b\u200e\u202e\u2066\ufeff\ufffd"
LONG = {
    "one word": "A" * 10_000,
    "many words": "Ana " * 2_500,
    "many particles": "de la " * 1_700,
    "many initials": "J. " * 3_300,
    "accents": "ñÑáé" * 2_500,
    "lost letters": "MU?OZ " * 1_700,
    "question marks": "?" * 10_000,
    "stars between letters": "A*" * 5_000,
    "mojibake": "Ã‘" * 5_000,
    "combining marks": "n" + "\u0303" * 9_999,
    "quotes": '"' * 10_000,
    "parentheses": "(" * 10_000,
    "said to be called": "quien dijo llamarse " * 500,
    "aliases": "Ana (a) Mosco alias " * 500,
    "commas": "," * 10_000,
    "spaces": " " * 10_000,
    "line ends": "\r\n\t" * 3_300,
    "entities": "&amp;ntilde;" * 900,
    "surrogates": "\ud83d\ude00" * 5_000,
    "emoji": "👨‍👩‍👧‍👦" * 1_400,
    "right to left": "محمد عبد الله " * 700,
    "Chinese": "李小龙" * 3_300,
    "control characters": CONTROL * 250,
    "digits": "1" * 10_000,
    "slashes": "/" * 10_000,
}
ODD = {
    "blank": "", "space": " ", "nul": "\0", "None": None, "zero": 0, "number": 12345, "float": 1.5, "nan": float("nan"),
    "infinite": float("inf"), "true": True, "bytes": b"Ana \xff", "list": ["Ana", None, 5], "empty list": [], "set": {"Ana"},
    "dict": {"a": 1}, "lone surrogate": "\ud800", "emoji": "💀 José 👮", "rtl": "\u202eesoJ anA",
    "rtl name": "محمد", "n.n.": "N.N.",
    "sql": "'; DROP TABLE sujetos; --", "markup": "<script>alert(1)</script>", "format": "{0} %s \\x00 ${HOME}", "star": "*",
    "marks": "?????", "control": CONTROL, "enye": "ñ", "damaged": "MUÃƒÂ‘OZ NUEZ MU¥OZ",
    "titles": "Lic. Ing. Dr. C.", "married": "de de de",
}  # fmt: skip
ODD_DATES = [
    "1978-02-00", "00/13/1978", "1978-13-45", "31/02/1978", "29/02/1979", "0000-00-00", "9999-12-31", "32/01/78",
    "1/1/1", "", " ", "~",
    "1978-02-13T25:61:61Z", "hoy", "trece de febrero de 1978", "13 de FEB de 78", "１９７８-02-13", "1978-02-13\0",
    "-1", "1e9", "٣/٤/١٩٧٨",
    0, -1, 1978, 19780213, 13021978, 10**30, True, None, 1978.0, 1978.5, float("nan"), float("-inf"), b"1978-02-13",
    date.min, date.max, datetime.max, ["1978-02-00", None, 5, "x"], [[1978]], {"year": 1978}, "9" * 10_000, "1978-" * 2_000,
]  # fmt: skip


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_a_text_of_ten_thousand_characters_harms_nothing(text):
    for field in ("full_name", "given", "paternal", "aliases"):
        walk({field: text})
    walk({"given": text, "paternal": text, "maternal": text, "names": [text, text[1:]], "aliases": [text, text[2:]]})
    walk({"curp": text, "rfc": text, "phones": text, "plates": text, "documents": text, "places": text, "sex": text})
    walk({"birth_date": text, "birth_state": text, "age": text, "at": text, "id": text})


@pytest.mark.parametrize("value", ODD.values(), ids=ODD.keys())
def test_an_odd_value_in_any_field_harms_nothing(value):
    for field in _EVERY_FIELD:
        walk({field: value})
    walk(dict.fromkeys(_EVERY_FIELD, value))
    walk({"names": [value, value]})


@pytest.mark.parametrize("names", [None, "Ana Soto", b"Ana", {"Ana Soto": 1}, ("Ana Soto",), (n for n in ["Ana Soto"])])
def test_further_names_come_in_any_shape(names):
    walk({"names": names} if not hasattr(names, "send") else {"names": list(names)})


def test_one_further_name_is_no_list_of_letters():
    assert subject(names="Ana Soto") == subject(full_name="Ana Soto") and subject(names=None) == subject()


@pytest.mark.parametrize("born", ODD_DATES, ids=[repr(d)[:24] for d in ODD_DATES])
def test_an_odd_date_harms_nothing(born):
    walk({"given": "Ana", "paternal": "Soto", "birth_date": born, "at": born, "age": born})
    walk({"birth_date": [born, 1978, born]})


def test_two_hundred_values_in_every_list_harm_nothing():
    many = [f"Mosco {k} Tepic {k}" for k in range(200)]
    walk({"aliases": many, "names": many})
    walk({"aliases": ", ".join(many)})
    walk({"phones": [f"33123{k:05}" for k in range(200)], "plates": [f"JHP{k:04}" for k in range(200)]})
    walk({"documents": [f"G{k:08}" for k in range(200)], "places": many, "birth_date": list(range(1900, 2100))})
    walk(
        {"curp": [f"HEML7802{k % 28 + 1:02}HNTRX{chr(65 + k % 26)}0{k % 10}" for k in range(200)], "rfc": ["HEML780213"] * 200}
    )
    words = ["Beto", "Lupe", "Chuy", "Pancho", "Nacho", "Pepe", "Concha", "Meche"]
    walk(
        {"names": [" ".join(words[k % 5 :] + words[: k % 5]) for k in range(200)], "aliases": words, "birth_date": [1978, 1979]}
    )


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.binary(max_size=20),
    st.dates(),
    st.datetimes(),
    st.text(max_size=40),
    st.text(st.characters(categories=["Cc", "Cf", "Cs", "Co", "Mn", "So", "Zs"]), max_size=30),
    st.text(st.sampled_from("ABCÑáñ?*'\"(),.;/ -0123456789\u202e\ufffd"), max_size=60),
)
VALUES = st.one_of(ANYTHING, st.lists(ANYTHING, max_size=6))
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(
            _EVERY_FIELD,
            VALUES,
        ),
        "names": st.one_of(st.none(), st.lists(ANYTHING, max_size=4), st.text(max_size=40)),
    },
)


@given(FIELDS)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_record_whatsoever_harms_anything(fields):
    walk(fields)


@given(st.lists(FIELDS, max_size=8), st.lists(FIELDS, max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_base_whatsoever_harms_an_index(base, asked):
    index = MemoryIndex.build(Subject.from_fields(**fields) for fields in base)
    assert len(index.query([Subject.from_fields(**fields) for fields in asked])) == len(asked)
    index.remove([0, None, "x"])
