"""Keys under which two records of one person meet: screening is a plain join on equal keys, the same function on both sides.

A key is a signed 32-bit integer, equal on every machine and in every process. Tokens count by their Spanish consonant skeleton
and without their role, so swapped surnames, one-column names, B/V, S/Z, a damaged Ñ and nicknames still meet. Words of an alias
count among those of the name. Kinds, and what each survives:

    t3  three name tokens                       any error outside them
    t2  two name tokens                         any error outside them (large groups; read last)
    ti  two name tokens and the first sound of a third    an error inside the third
    tf  one name token and the first sounds of two others    errors inside both
    t1  one rare name token                     every other name wrong, no date
    t0  two name tokens of a record with no birth date    what a dated target is screened under instead of t2
    py  two name tokens and birth year          wrong day or month, year-only dates
    pd  two name tokens, day and month          wrong year
    td  one name token and whole birth date     every other name wrong; day and month swapped
    c10 first ten characters of CURP or RFC, supplied or derived from name and date
    c16 first sixteen of the CURP, supplied or derived
    c14 last fourteen characters of the CURP    wrong letters of the name in the CURP
    c9  the CURP without its date               a wrong or lost digit
    ph, pl, do  telephone, plate, document

Two different keys collide once in four thousand million; a false meeting is weighed and falls. Changing any rule that decides a
key must raise KEY_VERSION: stored keys are rebuilt then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tequio.matching.domain.compiled import compiled, inlined
from tequio.matching.domain.features.codes import character, letters
from tequio.matching.domain.features.names import next_name
from tequio.matching.domain.key_room import MOST_KEYS, Kind, emit, mixed, new_key_room
from tequio.matching.domain.packing import (
    ALIAS_WORDS,
    CURP_WORDS,
    DOUBTFUL,
    LETTERS_SHIFT,
    NOTHING,
    PERSON,
    RFC_WORDS,
    ROLE_SHIFT,
    SEX,
    STATE,
    STATES,
    SURNAME,
    TOKEN_MASK,
    YEARS,
    Part,
    Pooled,
    pool,
    read_sections,
)
from tequio.matching.domain.rarity import PRIOR
from tequio.matching.domain.tokens import INITIAL, SHARED
from tequio.people.domain import Subject

KEY_VERSION = 4
"""Raise with every change of rule, list or prior that changes keys."""

MOST_PAIRED, MOST_TRIPLED = 5, 4
"""Of a longer name only its rarest tokens make pairs and triples."""
RARE_TOKEN = 1150
"""Least rarity, in hundredths of a bit by the shipped prior, of a token that is a key by itself: one person in 2,600."""
_MOST_ALIASES = 3
_CURP_LENGTH_AT, _RFC_FLAGS_AT = 18, 14


KIND_NAMES = tuple(kind.name.lower() for kind in Kind)
_STATE_CODES = tuple(ord(key[0]) << 8 | ord(key[1]) for key in STATES)
_SEX_CODES = (0, ord("H"), ord("M"), ord("X"))


@inlined
def _codes_of(word: int, table: Any) -> int:
    """How many of a token's codes count: of a surname, its own; of another, also those of the formal names."""
    token = table[word & TOKEN_MASK]
    return token.own_codes if word >> ROLE_SHIFT == SURNAME else token.all_codes


@inlined
def _goes_before(one: Any, other: Any) -> bool:
    return one.prior > other.prior or (one.prior == other.prior and one.word < other.word)


@inlined
def _rarest(words: Any, at: int, table: Any, out: Any) -> int:
    """The rarest tokens of a name, rarest first, into `out`; how many. Initials are left out where enough else is known."""
    first, size = at + 1 + 2 * (words[at] >> LETTERS_SHIFT), words[at] & 0xFF
    telling = 0
    for i in range(size):
        telling += (table[words[first + i] & TOKEN_MASK].flags & INITIAL) == 0
    count = 0
    for i in range(size):
        word = words[first + i]
        token = table[word & TOKEN_MASK]
        if telling >= 2 and token.flags & INITIAL:
            continue
        place = count
        while place > 0 and _goes_before(token, table[out[place - 1] & TOKEN_MASK]):
            if place < MOST_PAIRED:
                out[place] = out[place - 1]
            place -= 1
        if place < MOST_PAIRED:
            out[place] = word
            count = min(count + 1, MOST_PAIRED)
    return count


@inlined
def _sums_of_two(table: Any, one: int, other: int, out: Any) -> int:
    """Sum of every choice of one code of each token; how many."""
    count = 0
    first, second = table[one & TOKEN_MASK], table[other & TOKEN_MASK]
    for i in range(_codes_of(one, table)):
        for j in range(_codes_of(other, table)):
            out[count] = first.codes[i] + second.codes[j]
            count += 1
    return count


@inlined
def _whole_date(word: int) -> Any:
    """One number for a date and for the same with day and month swapped."""
    year, month, day = (word & (DOUBTFUL - 1)) >> 9, (word >> 5) & 15, word & 31
    if day <= 12:
        month, day = min(month, day), max(month, day)
    return mixed(np.uint64(year << 9 | month << 5 | day))


@inlined
def _day_month(word: int) -> Any:
    month, day = (word >> 5) & 15, word & 31
    if day <= 12:
        month, day = min(month, day), max(month, day)
    return mixed(np.uint64(1 << 20 | month << 5 | day))


@inlined
def _year_code(year: int) -> Any:
    return mixed(np.uint64(1 << 21 | year))


@inlined
def _put_pair(words: Any, table: Any, one: int, other: int, room: Any) -> None:
    """Keys of two tokens of a name: alone, with the years, with day and month."""
    sections = room.parts[0]
    worth = table[one & TOKEN_MASK].prior + table[other & TOKEN_MASK].prior
    dates, years = sections.count[Part.DATES], sections.fixed[YEARS]
    for k in range(_sums_of_two(table, one, other, room.sums)):
        both = room.sums[k]
        emit(room, Kind.T2, both, worth)
        if dates == 0:
            emit(room, Kind.T0, both, worth)
            if years != 0:
                emit(room, Kind.PY, both + _year_code(years & 0xFFFF), worth)
                emit(room, Kind.PY, both + _year_code(years >> 16), worth)
        for d in range(dates):
            date = words[sections.at[Part.DATES] + d]
            emit(room, Kind.PY, both + _year_code((date & (DOUBTFUL - 1)) >> 9), worth)
            if date & 31:
                emit(room, Kind.PD, both + _day_month(date), worth)


@inlined
def _put_third(table: Any, one: int, other: int, third: int, room: Any) -> None:
    """Keys of two tokens and the first sound of a third."""
    worth = table[one & TOKEN_MASK].prior + table[other & TOKEN_MASK].prior
    for k in range(_sums_of_two(table, one, other, room.sums)):
        emit(room, Kind.TI, room.sums[k] + mixed(np.uint64(table[third & TOKEN_MASK].first_sound)), worth)


@inlined
def _put_sounds(table: Any, tokens: Any, count: int, room: Any) -> None:
    """Keys of one token, not María or José, and the first sounds of two others."""
    for i in range(count):
        token = table[tokens[i] & TOKEN_MASK]
        if token.flags & SHARED:
            continue
        for j in range(count):
            for k in range(j + 1, count):
                if i in (j, k):
                    continue
                one, other = table[tokens[j] & TOKEN_MASK].first_sound, table[tokens[k] & TOKEN_MASK].first_sound
                both = mixed(np.uint64(one)) + mixed(np.uint64(other))
                for c in range(_codes_of(tokens[i], table)):
                    emit(room, Kind.TF, token.codes[c] + both, token.prior)


@inlined
def _put_triples(table: Any, tokens: Any, count: int, room: Any) -> None:
    for i in range(count):
        for j in range(i + 1, count):
            for k in range(j + 1, count):
                one, other, third = tokens[i], tokens[j], tokens[k]
                worth = table[one & TOKEN_MASK].prior + table[other & TOKEN_MASK].prior + table[third & TOKEN_MASK].prior
                for x in range(_codes_of(one, table)):
                    for m in range(_sums_of_two(table, other, third, room.sums)):
                        emit(room, Kind.T3, table[one & TOKEN_MASK].codes[x] + room.sums[m], worth)


@inlined
def _put_single(words: Any, table: Any, word: int, room: Any) -> None:
    """Keys of one token: with each whole date; alone if it is rare."""
    sections, token = room.parts[0], table[word & TOKEN_MASK]
    for k in range(_codes_of(word, table)):
        for d in range(sections.count[Part.DATES]):
            date = words[sections.at[Part.DATES] + d]
            if date & 31:
                emit(room, Kind.TD, token.codes[k] + _whole_date(date), token.prior)
        if token.prior >= RARE_TOKEN and token.length > 1:
            emit(room, Kind.T1, token.codes[k], token.prior)


@inlined
def _put_aliases(words: Any, table: Any, tokens: Any, count: int, room: Any) -> None:
    """Words of aliases, as further tokens: with each date, and with each token of the name in `tokens`."""
    sections = room.parts[0]
    for a in range(min(sections.count[Part.ALIASES], _MOST_ALIASES)):
        at = sections.at[Part.ALIASES] + ALIAS_WORDS * a
        for k in range(2):
            word = words[at + k]
            if word == NOTHING:
                break
            _put_single(words, table, word, room)
            for i in range(count):
                if table[tokens[i] & TOKEN_MASK].word != table[word & TOKEN_MASK].word:
                    _put_pair(words, table, tokens[i], word, room)


@inlined
def _put_code(room: Any, first: int, date: int, sex: int, state: int, inner: int) -> None:
    """Keys of what a CURP tells: `first` its four letters, `date` YYMMDD, and the rest where it is known."""
    head = mixed(np.uint64(first << 20 | date))
    if first == 0:
        return
    if date:
        emit(room, Kind.C10, head, 2000)
    if sex and state and inner:
        rest = mixed(np.uint64(sex << 32 | state << 16 | inner))
        emit(room, Kind.C9, mixed(np.uint64(first)) + rest, 2000)
        if date:
            emit(room, Kind.C16, head + rest, 2000)


@inlined
def _straight(words: Any, at: int, k: int) -> int:
    """The k-th byte of a CURP, as if a letter and a digit exchanged on either side of its date stood in their places."""
    for left in (3, 9):
        if k == left or k == left + 1:
            one, next_one = character(words, at, left), character(words, at, left + 1)
            digit, next_digit = 48 <= one <= 57, 48 <= next_one <= 57
            if digit != next_digit and digit == (left == 3):
                return next_one if k == left else one
    return character(words, at, k)


@inlined
def _first_letters(words: Any, at: int) -> int:
    """The four letters of the name in a CURP, straightened."""
    byte = _straight(words, at, 3)
    if byte == character(words, at, 3):
        return letters(words, at, 0, 4)
    return letters(words, at, 0, 3) << 5 | (byte - 64 if 65 <= byte <= 90 else 0)


@inlined
def _digits(words: Any, at: int, first: int) -> int:
    """Six digits of a code, with a mark so that 000000 is no blank; 0 where they are no digits."""
    number = 1
    for k in range(first, first + 6):
        digit = _straight(words, at, k) - 48
        if digit < 0 or digit > 9:
            return 0
        number = number * 10 + digit
    return number


@inlined
def _put_curp(words: Any, at: int, room: Any) -> None:
    size = min(character(words, at, _CURP_LENGTH_AT), 18)
    date, first = _digits(words, at, 4), _first_letters(words, at)
    for end in (16, size - 2):  # read from the front, and from the back of one that lost a character
        if end < 13 or end > size:
            continue
        sex = _straight(words, at, end - 6)
        state = character(words, at, end - 5) << 8 | character(words, at, end - 4)
        _put_code(room, first, date if end == 16 else 0, sex, state, letters(words, at, end - 3, 3))
    if size < 16:
        _put_code(room, first, date, 0, 0, 0)
    if size >= 17:
        tail = np.uint64(0)
        for k in range(size - 14, size):
            tail = mixed(tail + np.uint64(character(words, at, k)))
        emit(room, Kind.C14, tail, 2000)


@inlined
def _put_derived(words: Any, at: int, room: Any) -> None:
    """Keys of the CURP that the name at `at` gives with each whole date."""
    sections = room.parts[0]
    sex, state = _SEX_CODES[sections.fixed[SEX]], sections.fixed[STATE]
    place = _STATE_CODES[state - 1] if state > 0 else 0
    for group in range(words[at] >> LETTERS_SHIFT):
        first, inner = words[at + 1 + 2 * group], words[at + 2 + 2 * group]
        _put_code(room, first, 0, sex, place, inner)
        for d in range(sections.count[Part.DATES]):
            word = words[sections.at[Part.DATES] + d]
            year, month, day = (word & (DOUBTFUL - 1)) >> 9, (word >> 5) & 15, word & 31
            if day > 0:
                _put_code(room, first, 1000000 + year % 100 * 10000 + month * 100 + day, sex, place, inner)


@inlined
def _put_hashes(words: Any, part: int, kind: int, room: Any) -> None:
    at = room.parts[0].at[part]
    for k in range(room.parts[0].count[part]):
        value = np.uint64(words[at + 2 * k]) | np.uint64(words[at + 2 * k + 1]) << np.uint64(32)
        emit(room, kind, value, 1500)


@inlined
def _put_name(words: Any, at: int, table: Any, room: Any) -> int:
    """Keys of one name. Returns how many of its tokens stand in `room.tokens`."""
    tokens = room.tokens
    count = _rarest(words, at, table, tokens)
    few = min(count, MOST_TRIPLED)
    for i in range(count):
        _put_single(words, table, tokens[i], room)
        for j in range(i + 1, count):
            _put_pair(words, table, tokens[i], tokens[j], room)
            for k in range(few):
                if j < few and k not in (i, j):
                    _put_third(table, tokens[i], tokens[j], tokens[k], room)
    _put_sounds(table, tokens, few, room)
    _put_triples(table, tokens, few, room)
    return count


@inlined
def put_keys(side: Any, row: int, room: Any) -> int:
    """Keys of one row into the room; how many."""
    words, table, sections = side.words, side.table, room.parts[0]
    room.filled[0] = 0
    room.seen[:] = 0
    read_sections(words, side.starts[row], sections)
    at = sections.at[Part.NAMES]
    for _ in range(sections.count[Part.NAMES]):
        count = _put_name(words, at, table, room)
        _put_aliases(words, table, room.tokens, count, room)
        _put_derived(words, at, room)
        at = next_name(words, at)
    if sections.count[Part.NAMES] == 0:
        _put_aliases(words, table, room.tokens, 0, room)
    for c in range(sections.count[Part.CURPS]):
        _put_curp(words, sections.at[Part.CURPS] + CURP_WORDS * c, room)
    for r in range(sections.count[Part.RFCS]):
        at = sections.at[Part.RFCS] + RFC_WORDS * r
        if character(words, at, _RFC_FLAGS_AT) & PERSON:
            _put_code(room, letters(words, at, 0, 4), _digits(words, at, 4), 0, 0, 0)
    _put_hashes(words, Part.PHONES, Kind.PH, room)
    _put_hashes(words, Part.PLATES, Kind.PL, room)
    _put_hashes(words, Part.DOCUMENTS, Kind.DO, room)
    return room.filled[0]


@compiled
def _keys_of_rows(side: Any, first: int, last: int, room: Any, keys_out: Any, counts: Any) -> int:
    """Keys of rows from `first` on, one after another, as long as there is room; the row to go on with."""
    used = 0
    for row in range(first, last):
        if used + MOST_KEYS > keys_out.size:
            return row
        count = put_keys(side, row, room)
        keys_out[used : used + count] = room.keys[:count]
        counts[row - first] = count
        used += count
    return last


@compiled
def _keys_with_kinds(side: Any, row: int, room: Any) -> int:
    return put_keys(side, row, room)


def keys_of_pool(side: Pooled) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Keys of every row of a pool, one row after another, and how many each has."""
    rows = len(side.starts) - 1
    room, found, counts = new_key_room(), [], np.zeros(rows, np.int64)
    first = 0
    while first < rows:
        out = np.empty(MOST_KEYS * max(64, min(rows - first, 1 << 14)) // 8 + MOST_KEYS, np.uint32)
        last = _keys_of_rows(side, first, rows, room, out, counts[first:])
        found.append(out[: counts[first:last].sum()].copy())
        first = last
    every = np.concatenate(found) if found else np.empty(0, np.uint32)
    return every.view(np.int32), counts


def keys_of(subjects: Sequence[Subject]) -> list[list[int]]:
    """Keys of many subjects, in their order. Some 15 microseconds a subject."""
    every, counts = keys_of_pool(pool(subjects, PRIOR))
    flat, ends = every.tolist(), np.cumsum(counts).tolist()
    return [flat[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def keys(subject: Subject) -> frozenset[int]:
    """Keys of a subject, as PostgreSQL int; some 50 for a full record, none for one with a single common word.

    Two subjects are worth comparing when their keys have one in common.
    """
    return frozenset(keys_of([subject])[0])


def _with_kinds(subject: Subject) -> Iterable[tuple[int, Kind, int]]:
    room = new_key_room()
    count = _keys_with_kinds(pool([subject], PRIOR), 0, room)
    found = room.keys[:count].view(np.int32).tolist()
    kinds = [Kind(kind) for kind in room.kinds[:count].tolist()]
    return zip(found, kinds, room.worth[:count].tolist(), strict=True)


def key_kinds(subject: Subject) -> dict[int, str]:
    """The same keys with their kinds, for explaining how two records met."""
    return {key: kind.name.lower() for key, kind, _ in _with_kinds(subject)}


_LEAST_CENTIBITS = {
    Kind.T3: 1300,
    Kind.T2: 1500,
    Kind.TI: 1500,
    Kind.T0: 1500,
    Kind.T1: 5000,
    Kind.TF: 900,
    Kind.PY: 1000,
    Kind.PD: 900,
}
"""What the names of a key must be worth for two subjects that share no better one to reach ALERT_THRESHOLD (20 bits) with what
may agree beside them without a key of its own: sex and state (some 6 bits), and the year or the day in the key."""


def screening_keys(subject: Subject) -> frozenset[int]:
    """Keys under which a watched subject is screened against every record: those of `keys` that can lead to an alert.

    Two common words alone never do, and they are what most pairs of strangers share. Nor do two rare ones against another birth
    date: a subject with a date meets by two words only records without one (t0). What it finds the join of `keys` finds too.
    """
    dated = bool(subject.birth_dates)
    kept = []
    for key, kind, worth in _with_kinds(subject):
        if kind == Kind.T0 or worth < _LEAST_CENTIBITS.get(kind, 0) or (dated and kind in (Kind.T2, Kind.TI)):
            continue
        kept.append(key)
    return frozenset(kept)
