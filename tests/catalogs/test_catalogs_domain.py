"""Reading a catalogue's entries from free text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tequio.catalogs.domain import Item, index, orphans
from tequio.kernel.text import fold

texts = st.text("ABÑáe 1", min_size=1, max_size=3).filter(lambda text: bool(fold(text)))


def test_a_text_that_two_entries_claim_is_left_out() -> None:
    found = index(
        [
            Item("1", "Robo", attributes={"synonyms": ["asalto"]}),
            Item("2", "Asalto bancario", attributes={"synonyms": ["asalto"]}),
        ]
    )
    assert found == {"1": "1", "2": "2", "ROBO": "1", "ASALTO BANCARIO": "2"}


def test_a_code_wins_over_another_entrys_synonym() -> None:
    assert index([Item("M", "Mujer"), Item("H", "Hombre", attributes={"synonyms": ["m"]})])["M"] == "M"


def test_an_entry_whose_parent_is_missing_is_told() -> None:
    lost = Item("1.1", "Hijo", parent="9")
    assert orphans([Item("1", "Padre"), Item("1.2", "Otro", parent="1"), lost]) == [lost]


@given(st.dictionaries(texts.map(fold), st.lists(texts, max_size=3), max_size=6))
def test_every_code_reads_as_itself_whatever_the_synonyms(entries: dict[str, list[str]]) -> None:
    found = index(Item(code, code, attributes={"synonyms": synonyms}) for code, synonyms in entries.items())
    assert all(found[code] == code for code in entries)
