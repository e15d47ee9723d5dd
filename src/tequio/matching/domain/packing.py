"""Subjects as rows of 32-bit words: the form in which the inner loops read them. About 80 bytes a subject.

A row is a header, then its parts in the order of `Part`: each part's entries one after another, of a fixed length except names.

    header  word 0: sex, state and how many entries each part has, see SHIFTS; word 1: earliest and latest year of birth
    date    day, month, year, and the doubt whether day and month are exchanged
    CURP    eighteen characters, length, flags;   RFC  thirteen characters, flags, length
    phone, plate, document   a 64-bit hash;       place  a 32-bit hash
    alias   three words: rows of its first tokens, or NOTHING
    name    word 0: tokens, letter groups; two words a letter group (what a CURP would take of it); then its tokens with roles,
            their hashes, and their letters as a set: what most comparisons need is told by the row alone
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tequio.kernel.identifiers import Curp, Rfc, name_letters
from tequio.kernel.identifiers.states import BIRTH_KEYS
from tequio.kernel.text import fold_keeping_enye
from tequio.matching.domain.compiled import WORD, inlined
from tequio.matching.domain.rarity import Context
from tequio.matching.domain.tokens import Table, Tokens, hash64, image, is_known_full_name
from tequio.people.domain import Alias, Name, PartialDate, Subject, unsplit_name

GIVEN, SURNAME, FREE, MARRIED = 0, 1, 2, 3
"""Roles of a name token; FREE where the record does not tell."""
ROLE_SHIFT = 28
TOKEN_MASK = (1 << ROLE_SHIFT) - 1
NOTHING = 0xFFFFFFFF

MOST_NAMES, MOST_TOKENS, MOST_DATES, MOST_CURPS, MOST_RFCS = 5, 12, 4, 3, 3
MOST_ALIASES, MOST_PHONES, MOST_PLATES, MOST_DOCUMENTS, MOST_PLACES = 5, 5, 5, 3, 3
ALIAS_WORDS, CURP_WORDS, RFC_WORDS = 3, 5, 4
LETTERS_SHIFT = 8
VALID, USABLE = 1, 2
HOMOCLAVE, PERSON = 1, 2
DOUBTFUL = 1 << 31


class Part(IntEnum):
    """Parts of a row, in their order."""

    DATES = 0
    CURPS = 1
    RFCS = 2
    PHONES = 3
    PLATES = 4
    DOCUMENTS = 5
    PLACES = 6
    ALIASES = 7
    NAMES = 8


PARTS = len(Part)
SHIFTS = (8, 11, 13, 15, 18, 21, 23, 25, 28)
"""Where word 0 tells how many entries each part has; sex is in its first two bits, the state in the next six."""
_WIDTHS = (3, 2, 2, 3, 3, 2, 2, 3, 3)
COUNT_MASKS = tuple((1 << width) - 1 for width in _WIDTHS)
HEADER = 2
ENTRY_WORDS = (1, CURP_WORDS, RFC_WORDS, 2, 2, 2, 1, ALIAS_WORDS)

SEXES = {"H": 1, "M": 2, "X": 3}
STATES = {key: at for at, key in enumerate(sorted(BIRTH_KEYS), 1)}
_LETTER = {chr(ord("A") + at): at + 1 for at in range(26)} | {"Ñ": 24}  # a CURP writes X for Ñ


class Pooled(NamedTuple):
    """What the inner loops are given: rows of words, where each starts, the token table, each token's worth."""

    words: NDArray[np.uint32]
    starts: NDArray[np.int64]
    table: Table
    worth: NDArray[np.int32]


SEX, STATE, YEARS = 0, 1, 2
"""Places in `fixed`."""


SECTIONS = [("at", "<i8", (PARTS,)), ("count", "<i8", (PARTS,)), ("fixed", "<i8", (3,))]
"""Where the parts of one row begin, how many entries each has, and its fixed values."""


@inlined
def read_sections(words: Any, start: int, sections: Any) -> None:
    """Read the header of the row that begins at `start`."""
    head, at = words[start], start + HEADER
    sections.fixed[SEX], sections.fixed[STATE], sections.fixed[YEARS] = head & 3, (head >> 2) & 63, words[start + 1]
    for part in range(PARTS):
        count = (head >> SHIFTS[part]) & COUNT_MASKS[part]
        sections.at[part], sections.count[part] = at, count
        if part < PARTS - 1:
            at += count * ENTRY_WORDS[part]


def letters_of(text: str) -> tuple[int, int]:
    """Seven letters (four of the name, three inner consonants) as two numbers; the second is 0 where they are unknown."""
    first = 0
    for char in text[:4]:
        first = first << 5 | _LETTER.get(char, 0)
    second = 0
    if len(text) == 7:
        for char in text[4:]:
            second = second << 5 | _LETTER.get(char, 0)
    return first, second


def _as_written(name: Name) -> Callable[[str], str]:
    """Gives back a token of a name in one text with the Ñ that folding took: a CURP has no N there."""
    written = {word.replace("Ñ", "N"): word for word in fold_keeping_enye(name.supplied.full).split() if "Ñ" in word}
    return lambda token: written.get(token, token)


@lru_cache(maxsize=1 << 15)
def _letter_groups(name: Name) -> tuple[int, ...]:
    """What a CURP takes of a name; of a name whose roles are unknown, with the surnames last and with the surnames first."""
    if name.given and name.paternal:
        supplied = name.supplied
        given = supplied.given or " ".join(name.given)
        options = [(given, supplied.paternal or " ".join(name.paternal), supplied.maternal or " ".join(name.maternal))]
        if supplied.full:
            written = _as_written(name)
            given, paternal, maternal = (" ".join(map(written, part)) for part in (name.given, name.paternal, name.maternal))
            options = [(given, paternal, maternal)]
    elif len(name.unsplit) >= 3:
        words = [*map(_as_written(name), name.unsplit)]
        options = [(" ".join(words[:-2]), words[-2], words[-1]), (" ".join(words[2:]), words[0], words[1])]
    elif len(name.unsplit) == 2:
        words = [*map(_as_written(name), name.unsplit)]
        options = [(words[0], words[1], ""), (words[1], words[0], "")]
    else:
        return ()
    groups: list[int] = []
    for given, paternal, maternal in options:
        letters = name_letters(given, paternal, maternal)
        if letters:
            groups += letters_of(letters)
    return tuple(groups)


@lru_cache(maxsize=1 << 15)
def _date_word(date: PartialDate) -> int:
    return date.year << 9 | (date.month or 0) << 5 | (date.day or 0) | (DOUBTFUL if date.ambiguous else 0)


def _curp_words(curp: Curp) -> list[int]:
    raw = curp.value[:18].encode("latin-1", "replace").ljust(18, b"\0")
    flags = (VALID if curp.valid else 0) | (USABLE if curp.usable else 0)
    return _as_words(raw + bytes((min(len(curp.value), 255), flags)))


def _rfc_words(rfc: Rfc) -> list[int]:
    raw = rfc.value[:13].encode("latin-1", "replace").ljust(13, b"\0")
    flags = (HOMOCLAVE if rfc.homoclave else 0) | (PERSON if rfc.person else 0)
    return _as_words(raw + bytes((min(len(rfc.value), 255), flags, 0)))


def _as_words(raw: bytes) -> list[int]:
    return [int.from_bytes(raw[at : at + 4], "little") for at in range(0, len(raw), 4)]


def _hashes(kind: str, values: Iterable[str]) -> list[int]:
    words: list[int] = []
    for value in values:
        number = hash64(f"{kind} {value}")
        words += (number & 0xFFFFFFFF, number >> 32)
    return words


def _years(subject: Subject) -> int:
    """Earliest and latest year of birth that dates or age admit, in one word; 0 if neither is known."""
    if subject.birth_dates:
        years = [d.year for d in subject.birth_dates[:MOST_DATES]]
        return min(years) | max(years) << 16
    if subject.age is not None and subject.at is not None:
        latest = subject.at.year - subject.age
        return (latest - 1) | latest << 16 if latest > 1 else 0
    return 0


@lru_cache(maxsize=1 << 15)
def _read_as_name(alias: Alias) -> Name | None:
    """The name that an alias is ("Ma. Lara", "Pedro Ruiz"), None if it is a nickname."""
    name = unsplit_name(alias.text) if len(alias.tokens) > 1 else None
    return name if name is not None and is_known_full_name(name.tokens) else None


def identities(subject: Subject) -> tuple[Sequence[Name], Sequence[Alias]]:
    """The names that count, those of the record and then each alias that is a whole name; and the other aliases.

    No alias is both: what agrees must not be counted twice.
    """
    if not subject.aliases:
        return subject.names[:MOST_NAMES], ()
    names = list(subject.names[:MOST_NAMES])
    held = {frozenset(name.tokens) for name in names}
    others = []
    for alias in subject.aliases:
        name = _read_as_name(alias)
        if name is not None and frozenset(name.tokens) in held:
            continue
        if name is not None and len(names) < MOST_NAMES:
            names.append(name)
            held.add(frozenset(name.tokens))
        else:
            others.append(alias)
    return names, others


def name_tokens(subject: Subject) -> set[str]:
    """Folded words of a subject's names, each once: what is counted to know how rare a name is."""
    return {token for name in identities(subject)[0] for token in name.tokens}


def _name_words(name: Name, tokens: Tokens) -> list[int]:
    row = tokens.row
    found = [row(t) for t in name.given]
    found += [row(t) | SURNAME << ROLE_SHIFT for t in name.paternal]
    found += [row(t) | SURNAME << ROLE_SHIFT for t in name.maternal]
    found += [row(t) | FREE << ROLE_SHIFT for t in name.unsplit]
    found += [row(t) | MARRIED << ROLE_SHIFT for t in name.married]
    groups = _letter_groups(name)
    found = found[:MOST_TOKENS]
    head = len(found) | (len(groups) // 2) << LETTERS_SHIFT
    images = [image(t) for t in [*name.given, *name.paternal, *name.maternal, *name.unsplit, *name.married][:MOST_TOKENS]]
    return [head, *groups, *found, *[one for one, _ in images], *[letters for _, letters in images]]


def _alias_words(tokens: Sequence[str], table: Tokens) -> list[int]:
    found = [table.row(t) for t in tokens[:ALIAS_WORDS]]
    return found + [NOTHING] * (ALIAS_WORDS - len(found))


def pack(subject: Subject, tokens: Tokens) -> list[int]:
    """One subject as words. Some 10 microseconds, most of them for its names."""
    names, aliases = identities(subject)
    dates, curps, rfcs = subject.birth_dates[:MOST_DATES], subject.curps[:MOST_CURPS], subject.rfcs[:MOST_RFCS]
    head = SEXES.get(subject.sex or "", 0) | STATES.get(subject.birth_state or "", 0) << 2
    head |= len(dates) << SHIFTS[0] | len(curps) << SHIFTS[1] | len(rfcs) << SHIFTS[2] | len(names) << SHIFTS[8]
    words = [head, _years(subject)]
    words += [_date_word(d) for d in dates]
    for curp in curps:
        words += _curp_words(curp)
    for rfc in rfcs:
        words += _rfc_words(rfc)
    if subject.phones:
        words += _hashes("phone", subject.phones[:MOST_PHONES])
        words[0] |= min(len(subject.phones), MOST_PHONES) << SHIFTS[3]
    if subject.plates:
        words += _hashes("plate", subject.plates[:MOST_PLATES])
        words[0] |= min(len(subject.plates), MOST_PLATES) << SHIFTS[4]
    if subject.documents:
        words += _hashes("document", subject.documents[:MOST_DOCUMENTS])
        words[0] |= min(len(subject.documents), MOST_DOCUMENTS) << SHIFTS[5]
    if subject.places:
        words += [hash64(f"place {p}") & 0xFFFFFFFF for p in subject.places[:MOST_PLACES]]
        words[0] |= min(len(subject.places), MOST_PLACES) << SHIFTS[6]
    for alias in aliases[:MOST_ALIASES]:
        words += _alias_words(alias.tokens, tokens)
    words[0] |= min(len(aliases), MOST_ALIASES) << SHIFTS[7]
    for name in names:
        words += _name_words(name, tokens)
    return words


def pool(subjects: Iterable[Subject], context: Context, tokens: Tokens | None = None) -> Pooled:
    """Pack subjects for the inner loops. `tokens` may be a table to go on with. O(length of the subjects)."""
    table = tokens if tokens is not None else Tokens()
    words = array("I")
    starts = array("q", [0])
    for subject in subjects:
        words.extend(pack(subject, table))
        starts.append(len(words))
    return Pooled(np.array(words, WORD), np.array(starts, np.int64), table.table(), table.weights(context))
