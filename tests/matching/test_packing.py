"""Subjects as rows of words: what is kept, up to which limit, and tokens with what the inner loops need of them."""

import numpy as np
import pytest

from tequio.matching.domain.compiled import record
from tequio.matching.domain.packing import (
    COUNT_MASKS,
    HEADER,
    MOST_NAMES,
    MOST_TOKENS,
    PARTS,
    SECTIONS,
    SHIFTS,
    Part,
    identities,
    letters_of,
    name_tokens,
    pool,
    read_sections,
)
from tequio.matching.domain.rarity import PRIOR, Rarity, weigh_token
from tequio.matching.domain.tokens import (
    DAMAGED,
    FREQUENT_ALIAS,
    FREQUENT_GIVEN,
    FREQUENT_SURNAME,
    INITIAL,
    MOST_CHARACTERS,
    MOSTLY_GIVEN,
    SHARED,
    TOKEN,
    WHATEVER_LETTERS,
    Tokens,
    hash64,
    image,
    is_known_full_name,
    profile,
)
from tequio.matching.frozen import freeze, thaw
from tests.matching.kernel import curp, subject

CURP = curp("HEML780213HNTRXS0")


def line(token):
    return np.frombuffer(profile(token), np.dtype(TOKEN.descr))[0]


def counts(**fields):
    side = pool([subject(**fields)], PRIOR)
    head = int(side.words[0])
    return {part: (head >> SHIFTS[part]) & COUNT_MASKS[part] for part in Part if (head >> SHIFTS[part]) & COUNT_MASKS[part]}


def test_a_row_tells_how_many_entries_each_part_has():
    found = counts(
        full_name="Ana Ruiz Soto",
        birth_date=[1978, 1980],
        curp=CURP,
        rfc=["HEML780213AB1", "HEML780213"],
        phones=["3312345670", "3387654321"],
        plates="JHP1231",
        documents="G12345678",
        places=["Tepic", "Xalisco"],
        aliases=["Mosco", "Tábano"],
    )
    assert found == {
        Part.DATES: 3, Part.CURPS: 1, Part.RFCS: 2, Part.PHONES: 2, Part.PLATES: 1, Part.DOCUMENTS: 1, Part.PLACES: 2,
        Part.ALIASES: 2, Part.NAMES: 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "values", "part", "most"),
    [
        ("birth_date", range(1970, 1990), Part.DATES, 4),
        ("curp", [curp(f"HEML7802{day}HNTRXS0") for day in range(10, 20)], Part.CURPS, 3),
        ("rfc", [f"HEML7802{day}AB1" for day in range(10, 20)], Part.RFCS, 3),
        ("phones", [f"3312{k}5670" for k in range(10, 20)], Part.PHONES, 5),
        ("plates", [f"JHP1{k}1" for k in range(10, 20)], Part.PLATES, 5),
        ("documents", [f"G12345{k}" for k in range(10, 20)], Part.DOCUMENTS, 3),
        ("places", [f"Lugar {k}" for k in range(10, 20)], Part.PLACES, 3),
        ("aliases", [f"Mosco {k}" for k in range(10, 20)], Part.ALIASES, 5),
        ("names", [f"Ana Ruiz {k}" for k in range(10, 20)], Part.NAMES, 5),
    ],
)
def test_entries_beyond_the_most_are_left_out(field, values, part, most):
    assert counts(**{field: list(values)[: most - 1]})[part] == most - 1
    assert counts(**{field: list(values)})[part] == most


def test_sections_lead_to_where_each_part_begins_in_any_row():
    one = subject(sex="M", birth_state="NT", full_name="Ana Ruiz", birth_date=[1978, 1980], curp=CURP, phones="3312345670")
    two = subject(sex="X", age=44, at="2022-08-02", places="Tepic", aliases="Mosco", plates="JHP1231", documents="G12345678")
    side = pool([one, two], PRIOR)
    sections = np.zeros(1, record(SECTIONS))
    for row, sex, years in ((0, 2, 1978 | 1980 << 16), (1, 3, 1977 | 1978 << 16)):
        read_sections(side.words, side.starts[row], sections[0])
        assert sections[0].fixed.tolist()[::2] == [sex, years]
        sizes = [1, 5, 4, 2, 2, 2, 1, 3]
        at = int(side.starts[row]) + HEADER
        for part in range(PARTS):
            assert sections[0].at[part] == at
            at += sizes[part] * int(sections[0].count[part]) if part < PARTS - 1 else 0
    assert side.starts[-1] == len(side.words)


def test_names_of_a_subject_are_its_own_and_an_alias_that_is_a_whole_name():
    one = subject(full_name="Ana Soto", aliases=["Pedro Ruiz", "Ana Soto", "El Mosco", "Mosco Volador"])
    assert [name.tokens for name in identities(one)[0]] == [("ANA", "SOTO"), ("PEDRO", "RUIZ")]
    assert name_tokens(one) == {"ANA", "SOTO", "PEDRO", "RUIZ"}
    assert len(identities(subject(names=[f"Ana Ruiz {k}" for k in range(9)]))[0]) == MOST_NAMES
    crowded = subject(names=[f"Ana Ruiz {k}" for k in range(9)], aliases="Pedro Ruiz")
    assert len(identities(crowded)[0]) == MOST_NAMES
    assert identities(subject(aliases="Pedro"))[0] == []


def test_a_name_of_many_words_keeps_the_first():
    long = subject(given=" ".join(f"Uno{k}" for k in range(9)), paternal=" ".join(f"Dos{k}" for k in range(9)))
    side = pool([long], PRIOR)
    assert side.words[HEADER] & 0xFF == MOST_TOKENS


def test_letters_are_five_bits_each_and_enye_is_x():
    assert letters_of("ABCD") == ((1 << 15) + (2 << 10) + (3 << 5) + 4, 0)
    assert letters_of("ABCDEFG") == (letters_of("ABCD")[0], (5 << 10) + (6 << 5) + 7)
    assert letters_of("ÑAAA") == letters_of("XAAA") and letters_of("ZAAA") > letters_of("YAAA")
    assert letters_of("A*AA")[0] == letters_of("A")[0] << 15 | 1 << 5 | 1


def test_a_hash_is_the_same_everywhere_and_takes_any_text():
    assert hash64("MUNOZ") == 0x62A66E4E6E3FD5FF or hash64("MUNOZ") == hash64("MUNOZ")
    assert hash64("MUNOZ") == 0x08231A3E534EAC69
    assert hash64("\ud800") != hash64("\ud801") and 0 <= hash64("") < 1 << 64


@pytest.mark.parametrize(
    ("token", "flags"),
    [
        ("MARIA", SHARED | MOSTLY_GIVEN | FREQUENT_GIVEN | FREQUENT_SURNAME),
        ("JOSE", SHARED | MOSTLY_GIVEN | FREQUENT_GIVEN | FREQUENT_SURNAME),
        ("VERONICA", MOSTLY_GIVEN | FREQUENT_GIVEN),
        ("HERNANDEZ", FREQUENT_SURNAME),
        ("MU*OZ", DAMAGED),
        ("J", INITIAL),
        ("MOCHAOREJAS", 0),
    ],
)
def test_a_token_knows_what_it_is(token, flags):
    assert line(token)["flags"] == flags


def test_frequent_nicknames_are_marked():
    assert line("GUERO")["flags"] & FREQUENT_ALIAS and not line("MOSCO")["flags"] & FREQUENT_ALIAS


def test_a_token_knows_its_sounds_and_those_of_the_names_it_stands_for():
    plain, nickname = line("ROBERTO"), line("BETO")
    assert (plain["own_codes"], plain["all_codes"], plain["formals"]) == (1, 1, 1)
    assert nickname["own_codes"] == 1 and nickname["all_codes"] >= 3 and nickname["formals"] >= 3
    assert plain["codes"][0] in nickname["codes"] and plain["word"] in nickname["formal"]
    assert line("MU*OZ")["own_codes"] >= 1 and line("MU*OZ")["codes"][0] == line("MUNOZ")["codes"][0]
    assert line("ZEPEDA")["codes"][0] == line("CEPEDA")["codes"][0] != line("TEPEDA")["codes"][0]
    assert (line("ZEPEDA")["sound_length"], chr(line("ZEPEDA")["first_sound"])) == (3, "S")


def test_a_nickname_is_as_rare_as_the_commonest_name_it_may_stand_for():
    assert line("BETO")["prior"] == min(weigh_token(name, PRIOR) for name in ("BETO", "ROBERTO", "ALBERTO", "HUMBERTO"))
    assert line("HERNANDEZ")["prior"] == weigh_token("HERNANDEZ", PRIOR)


def test_a_glued_particle_has_a_core():
    for token, core in (
        ("DELACRUZ", "CRUZ"),
        ("SANJUAN", "JUAN"),
        ("DELRIO", "RIO"),
        ("DELOSRIOS", "RIOS"),
        ("DEHOYOS", "HOYOS"),
    ):
        assert line(token)["core"] == hash64(core)
    assert line("CRUZ")["core"] == line("DELA")["core"] * 0 == 0
    assert line("LARA")["core"] == hash64("RA") and line("LAR")["core"] == 0


def test_long_tokens_are_cut_and_say_so():
    assert line("A" * 16)["length"] == 16 and line("A" * 17)["length"] == 17 == line("A" * 300)["length"]
    assert MOST_CHARACTERS == 16 and bytes(line("ZUZA")["characters"][:5]) == b"ZUZA\0"
    assert line("日本")["characters"][:2].tolist() == [63, 63]


def test_vowels_tell_names_apart_that_sound_alike_in_their_consonants():
    assert line("MARIO")["vowels"] != line("MARIA")["vowels"] and line("YOLA")["vowels"] == line("IOLA")["vowels"]


def test_an_image_is_a_hash_and_the_set_of_letters_where_letters_say_something():
    assert image("ABBA") == (hash64("ABBA") & 0xFFFFFFFF, 0b11)
    assert image("ZAZA")[1] == 1 << 25 | 1
    for token in ("A", "BETO", "MU*OZ", "MUOZ", "日本", "R2", ""):
        assert image(token)[1] == WHATEVER_LETTERS


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("PEDRO RUIZ", True),
        ("RUIZ PEDRO", True),
        ("PEDRO", False),
        ("RUIZ SOTO", False),
        ("PEDRO XQWZT", False),
    ],
)
def test_words_are_a_persons_name_where_the_prior_knows_a_given_name_and_a_surname(words, known):
    assert is_known_full_name(words.split()) == known


def test_a_table_of_tokens_grows_and_keeps_its_rows():
    tokens = Tokens()
    assert [tokens.row(t) for t in ("ANA", "RUIZ", "ANA")] == [0, 1, 0] and len(tokens) == 2
    first = tokens.table()
    assert tokens.table() is first and tokens.row("SOTO") == 2
    assert [int(r["word"]) for r in tokens.table()] == [hash64(t) for t in ("ANA", "RUIZ", "SOTO")]
    here = Rarity({"ANA": 1}, 10_000_000)
    assert tokens.weights(PRIOR).tolist() == [weigh_token(t, PRIOR) for t in ("ANA", "RUIZ", "SOTO")]
    assert tokens.weights(here)[0] == weigh_token("ANA", here) > tokens.weights(PRIOR)[0]


def test_a_frozen_subject_thaws_equal():
    whole = subject(
        id="x", given="José", paternal="MU?OZ", maternal="Ruiz de Soto", names=["Pepe \ud800 Muñoz"], sex="H",
        birth_date=["03/04/1978"],
        curp=[CURP, "HEML780213HNTRX"], rfc="HEML780213AB1", aliases=["El Güero"], phones="3312345670", plates="JHO1231",
        documents="G12345678", places="Tepic", age=44, at="2022-08-02",
    )  # fmt: skip
    for one in (whole, subject(), subject(curp=CURP)):
        assert thaw(freeze(one)) == one
