"""What an index keeps of a record gives its row again, word for word."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tequio.matching.domain.packing import pack
from tequio.matching.domain.rarity import PRIOR
from tequio.matching.narrow import NARROW_VERSION, Packed, Texts, is_readable, narrow
from tequio.people.domain import Subject

texts = st.text(max_size=30) | st.sampled_from(
    ["José Luis", "de la Cruz", "Mu?oz", "Ma. Guadalupe", "ÑANDÚ", "J.", "Pérez Pérez"]
)
several = st.lists(texts, max_size=6).map(tuple)
subjects = st.fixed_dictionaries(
    {},
    optional={
        "given": texts, "paternal": texts, "maternal": texts, "full_name": texts, "names": several, "aliases": several,
        "sex": st.sampled_from(["H", "M", "X", ""]),
        "birth_date": st.sampled_from(["1984-03-07", "1984", "", ("1961-01-02", "1961")]),
        "birth_state": st.sampled_from(["JC", "NT", ""]),
        "curp": st.sampled_from(["MUZF840307HJCXPL09", "MUZF840307", "x", ""]),
        "rfc": st.sampled_from(["MUZF840307AB1", "MUZF840307", ""]), "phones": several, "plates": several,
    },
)  # fmt: skip

FULL = {
    "given": "Filiberto", "paternal": "Muñoz", "maternal": "de la Cruz", "sex": "H", "birth_date": "1984-03-07",
    "birth_state": "JC",
    "curp": "MUCF840307HJCXRL09", "rfc": "MUCF840307AB1", "aliases": ("El Güero", "Pedro Ruiz"), "phones": ("3335551234",),
    "plates": ("JAL-123-A",),
}  # fmt: skip
WORDS = "d36e9036282a8e8b"
"""Fingerprint of what `pack` makes of FULL."""


def _same(fields: dict[str, Any]) -> bool:
    packed = Packed()
    words = packed.add(Subject.from_fields(**fields))
    kept = narrow(words, packed.tokens.texts())
    return kept is None or _rows(packed, kept)[1:] == [words]


def _rows(packed: Packed, *kept: bytes) -> list[list[int]]:
    """The words of each row, those kept included."""
    packed.put_kept(kept)
    pooled = packed.pool(PRIOR)
    return [pooled.words[first:end].tolist() for first, end in pairwise(pooled.starts)]


@given(subjects)
def test_a_row_kept_is_the_row_again(fields: dict[str, Any]) -> None:
    assert _same(fields)


@given(st.lists(subjects, max_size=5))
def test_many_rows_kept_are_those_rows_again(many: list[dict[str, Any]]) -> None:
    made, texts = Packed(), Texts()
    rows = [pack(Subject.from_fields(**fields), texts) for fields in many]
    kept = [one for row in rows if (one := narrow(row, texts.texts())) is not None]
    made.tokens.row("OTRO")
    read = _rows(made, *kept)
    again = made.tokens.texts()
    assert [narrow(row, again) for row in read] == kept


def test_a_full_record_is_kept_in_some_hundred_bytes() -> None:
    words = pack(Subject.from_fields(**FULL), table := Texts())
    kept = narrow(words, table.texts())
    assert kept is not None
    assert len(kept) < 160
    other = Packed()
    other.tokens.row("OTRO")
    assert _rows(other, kept) == [pack(Subject.from_fields(**FULL), _with("OTRO"))]


def _with(text: str) -> Texts:
    table = Texts()
    table.row(text)
    return table


def test_a_row_of_another_version_is_not_read() -> None:
    words = pack(Subject.from_fields(**FULL), table := Texts())
    kept = narrow(words, table.texts())
    assert kept is not None
    assert is_readable(kept)
    assert not is_readable(bytes([NARROW_VERSION + 1]) + kept[1:])
    assert not is_readable(None)


def test_whoever_changes_rows_raises_their_version() -> None:
    table = Texts()
    said = repr((NARROW_VERSION, pack(Subject.from_fields(**FULL), table), table.texts()))
    assert sha256(said.encode()).hexdigest()[:16] == WORDS, "raise NARROW_VERSION and put the new fingerprint here"
