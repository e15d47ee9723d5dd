"""Telling a state from what people write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tequio.institutions.domain import StateBook, without_accented_letters
from tequio.institutions.reference import state_entries
from tequio.kernel.text import fold

BOOK = StateBook(state_entries())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1", "01"),
        ("01", "01"),
        (" 32 ", "32"),
        ("NT", "18"),
        ("nayarit", "18"),
        ("Querétaro", "22"),
        ("QUERETARO", "22"),
        ("Quertaro", "22"),
        ("Quer?taro", "22"),
        ("QuerÃ©taro", "22"),
        ("Querétaro de Arteaga", "22"),
        ("Michoacán", "16"),
        ("michoacn de ocampo", "16"),
        ("DF", "09"),
        ("D.F.", "09"),
        ("Distrito Federal", "09"),
        ("CDMX", "09"),
        ("Ciudad de México", "09"),
        ("México", "15"),
        ("Estado de México", "15"),
        ("Edomex", "15"),
        ("Edo. Mex.", "15"),
        ("B C S", "03"),
        ("b.c.s.", "03"),
        ("Veracruz", "30"),
        ("Q. Roo", "23"),
    ],
)
def test_a_state_is_told_from_its_codes_names_and_abbreviations(text: str, code: str) -> None:
    assert BOOK.find(text) == code


@pytest.mark.parametrize(
    "text", ["", "   ", None, "0", "00", "33", "99", "1.0", "1,0", "001", "NE", "Sonara", "Texas", "*", "?", "M?", "S?N"]
)
def test_what_names_no_state_is_not_guessed(text: str | None) -> None:
    assert BOOK.find(text) is None


def test_there_are_thirty_two_states_and_each_of_its_names_finds_it() -> None:
    assert [entry.code for entry in BOOK.entries] == [f"{n:02}" for n in range(1, 33)]
    for entry in BOOK.entries:
        for text in (entry.code, entry.renapo, entry.name, entry.abbreviation, *entry.aliases):
            assert BOOK.find(text) == entry.code, text


def test_no_name_is_shared_by_two_states() -> None:
    owners: dict[str, str] = {}
    for entry in BOOK.entries:
        for text in (entry.code, entry.renapo, entry.name, entry.abbreviation, *entry.aliases):
            assert owners.setdefault(fold(text).replace(" ", ""), entry.code) == entry.code, text


@given(st.sampled_from(state_entries()), st.sampled_from([str.upper, str.lower, str.title, without_accented_letters]))
def test_case_and_dropped_accents_never_lose_a_state(entry, change) -> None:  # type: ignore[no-untyped-def]
    assert BOOK.find(change(entry.name)) == entry.code


@given(st.sampled_from(state_entries()), st.data())
def test_one_lost_letter_with_its_sign_never_names_another_state(entry, data) -> None:  # type: ignore[no-untyped-def]
    at = data.draw(st.integers(1, len(entry.name) - 2))
    assert BOOK.find(f"{entry.name[:at]}\ufffd{entry.name[at + 1 :]}") in (entry.code, None)


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(text: str) -> None:
    assert BOOK.find(text) is None or BOOK.find(text) in {entry.code for entry in BOOK.entries}


def test_a_name_that_lost_letters_is_known_as_damaged() -> None:
    assert BOOK.is_damaged("Quertaro")
    assert BOOK.is_damaged("Michoac?n")
    assert not BOOK.is_damaged("Querétaro")
    assert not BOOK.is_damaged("Texas")
