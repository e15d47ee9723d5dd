"""CURP and RFC, sex and state of birth.

A CURP repeats date, sex and state, and in its letters the name. An equal one is worth CURP_IN_ALL together with what those
features already say, so that it counts the same whether the record has them or not, and never twice. The RFC likewise with the
date. Where one side gives only a code and the other only a name, the letters that the name would give stand for it.
"""

from __future__ import annotations

from typing import Any

from tequio.matching.domain.compiled import inlined
from tequio.matching.domain.features.base import Feature, Level, Place, put, put_absent
from tequio.matching.domain.features.names import next_name
from tequio.matching.domain.model import Weight
from tequio.matching.domain.packing import (
    CURP_WORDS,
    HOMOCLAVE,
    LETTERS_SHIFT,
    MOST_CURPS,
    MOST_RFCS,
    RFC_WORDS,
    SEX,
    STATE,
    STATES,
    VALID,
    Part,
)
from tequio.people.domain import Subject

_CURP_LENGTH, _CURP_LENGTH_AT, _CURP_FLAGS_AT = 18, 18, 19
_RFC_LENGTH_AT, _RFC_FLAGS_AT, _RFC_ROOT = 13, 14, 10
_SHORT_CURP = 16
_SEX_X = 3
_ENYE_BYTE, _ENYE_LETTER = 0xD1, 24
SAME, NEAR, ROOT, OTHER, UNSURE, HOMOCLAVE_DIFFERS = 0, 1, 2, 3, 4, 5


@inlined
def character(words: Any, at: int, k: int) -> int:
    """The k-th byte of a code."""
    return (words[at + (k >> 2)] >> (8 * (k & 3))) & 0xFF


@inlined
def letters(words: Any, at: int, first: int, count: int) -> int:
    """Letters of a code as one number, as `packing.letters_of` gives those of a name."""
    number = 0
    for k in range(first, first + count):
        byte = character(words, at, k)
        letter = byte - 64 if 65 <= byte <= 90 else _ENYE_LETTER if byte == _ENYE_BYTE else 0
        number = number << 5 | letter
    return number


@inlined
def _agree(a: Any, at_a: int, b: Any, at_b: int, size: int) -> bool:
    for k in range(size):
        if character(a, at_a, k) != character(b, at_b, k):
            return False
    return True


@inlined
def _within_one_slip(a: Any, at_a: int, size_a: int, b: Any, at_b: int, size_b: int) -> bool:
    """Whether one character lost, added, changed, or two exchanged, make one code the other."""
    if abs(size_a - size_b) > 1:
        return False
    first = 0
    while first < min(size_a, size_b) and character(a, at_a, first) == character(b, at_b, first):
        first += 1
    end_a, end_b = size_a, size_b
    while end_a > first and end_b > first and character(a, at_a, end_a - 1) == character(b, at_b, end_b - 1):
        end_a -= 1
        end_b -= 1
    if end_a - first <= 1 and end_b - first <= 1:
        return True
    if end_a - first != 2 or end_b - first != 2:
        return False
    crossed = character(a, at_a, first) == character(b, at_b, first + 1)
    return crossed and character(a, at_a, first + 1) == character(b, at_b, first)


@inlined
def _curp_pair(a: Any, at_a: int, b: Any, at_b: int) -> int:
    size_a = min(character(a, at_a, _CURP_LENGTH_AT), _CURP_LENGTH)
    size_b = min(character(b, at_b, _CURP_LENGTH_AT), _CURP_LENGTH)
    both_valid = (character(a, at_a, _CURP_FLAGS_AT) & character(b, at_b, _CURP_FLAGS_AT) & VALID) != 0
    if size_a == size_b and _agree(a, at_a, b, at_b, size_a):
        return SAME
    if both_valid:
        return OTHER
    if _within_one_slip(a, at_a, size_a, b, at_b, size_b):
        return NEAR
    return NEAR if min(size_a, size_b) >= _SHORT_CURP and _agree(a, at_a, b, at_b, _SHORT_CURP) else UNSURE


@inlined
def _curps_meet(a: Any, sections_a: Any, b: Any, sections_b: Any) -> tuple[int, bool]:
    """The pair of CURPs that agrees best: how, and whether both are valid."""
    best, valid = UNSURE + 1, False
    rank = 99
    for i in range(sections_a.count[Part.CURPS]):
        at_a = sections_a.at[Part.CURPS] + CURP_WORDS * i
        for j in range(sections_b.count[Part.CURPS]):
            at_b = sections_b.at[Part.CURPS] + CURP_WORDS * j
            how = _curp_pair(a.words, at_a, b.words, at_b)
            both = (character(a.words, at_a, _CURP_FLAGS_AT) & character(b.words, at_b, _CURP_FLAGS_AT) & VALID) != 0
            order = 0 if how == SAME else 1 if how == NEAR else 2 if how == UNSURE else 3
            if 2 * order - both < rank:
                best, valid, rank = how, both, 2 * order - both
    return best, valid


@inlined
def _put_counted(found: Any, place: int, weights: Any, in_all: int, counted: int, least: int, level: int) -> None:
    """An agreement worth `in_all` together with what other features count of it, and `least` beside them."""
    put(found, place, max(weights[in_all] - counted, least), level)
    found.used[in_all] += 1


@inlined
def weigh_curp(a: Any, sections_a: Any, b: Any, sections_b: Any, weights: Any, s: Any, found: Any) -> None:
    """The pair of CURPs that agrees best; else the letters of one against the name of the other. After date, sex and state."""
    curps_a, curps_b = sections_a.count[Part.CURPS], sections_b.count[Part.CURPS]
    put_absent(found, Place.CURP, curps_a, curps_b)
    if curps_a == 0 or curps_b == 0:
        if curps_a > 0 or curps_b > 0:
            _weigh_letters(a, sections_a, b, sections_b, weights, s, found, Place.CURP)
        return
    how, valid = _curps_meet(a, sections_a, b, sections_b)
    counted = found.centibits[Place.BIRTH_DATE] + found.centibits[Place.SEX] + found.centibits[Place.STATE]
    least = weights[Weight.CURP_AT_LEAST]
    if how == SAME:
        _put_counted(
            found,
            Place.CURP,
            weights,
            Weight.CURP_IN_ALL if valid else Weight.CURP_WRONG_DIGIT_IN_ALL,
            counted,
            least,
            Level.EQUAL,
        )
    elif how == NEAR:
        _put_counted(found, Place.CURP, weights, Weight.CURP_NEAR_IN_ALL, counted, least // 2, Level.NEAR)
    else:
        weight = Weight.OTHER_CURP if how == OTHER else Weight.OTHER_CURP_UNSURE
        put(found, Place.CURP, weights[weight], Level.CONTRADICTS if how == OTHER else Level.DIFFERENT)
        found.used[weight] += 1
        found.conflict[Place.CURP] = 1 if how == OTHER else 0


@inlined
def _letters_of_codes(side: Any, sections: Any, out: Any) -> int:
    """Letters that a row's CURPs and RFCs give, as pairs (four, three); how many."""
    count = 0
    for i in range(sections.count[Part.CURPS]):
        at = sections.at[Part.CURPS] + CURP_WORDS * i
        size = character(side.words, at, _CURP_LENGTH_AT)
        out[count, 0] = letters(side.words, at, 0, 4)
        out[count, 1] = letters(side.words, at, 13, 3) if size >= _SHORT_CURP else 0
        count += 1
    for i in range(sections.count[Part.RFCS]):
        out[count, 0] = letters(side.words, sections.at[Part.RFCS] + RFC_WORDS * i, 0, 4)
        out[count, 1] = 0
        count += 1
    return count


@inlined
def _letters_of_names(side: Any, sections: Any, out: Any) -> int:
    """Letters that a CURP would take of a row's names, as pairs (four, three); how many."""
    count = 0
    at = sections.at[Part.NAMES]
    for _ in range(sections.count[Part.NAMES]):
        for group in range(side.words[at] >> LETTERS_SHIFT):
            out[count, 0] = side.words[at + 1 + 2 * group]
            out[count, 1] = side.words[at + 2 + 2 * group]
            count += 1
        at = next_name(side.words, at)
    return count


@inlined
def _letters_meet(codes: Any, count: int, names: Any, others: int) -> int:
    """How letters of codes and of names agree best: LETTERS_OF_NAME, INITIALS_OF_NAME or OTHER_LETTERS."""
    best = Weight.OTHER_LETTERS + 0
    for i in range(count):
        for j in range(others):
            if codes[i, 0] != names[j, 0] or codes[i, 0] == 0:
                continue
            if codes[i, 1] == names[j, 1] and codes[i, 1] != 0:
                return Weight.LETTERS_OF_NAME + 0
            best = Weight.INITIALS_OF_NAME + 0
    return best


@inlined
def _weigh_letters(a: Any, sections_a: Any, b: Any, sections_b: Any, weights: Any, s: Any, found: Any, place: int) -> None:
    """A code on one side, a name or another code on the other. Where names were compared, only what they lack to it counts."""
    named_a, named_b = sections_a.count[Part.NAMES] > 0, sections_b.count[Part.NAMES] > 0
    name = found.centibits[Place.NAME]
    if named_a and named_b and (name < 0 or name >= weights[Weight.LETTERS_OF_NAME]):
        return  # the names say more than their letters could
    best = -1
    for turn in range(2):
        side, its, other, theirs = (a, sections_a, b, sections_b) if turn == 0 else (b, sections_b, a, sections_a)
        count = _letters_of_codes(side, its, s.codes)
        if count == 0:
            continue
        others = _letters_of_names(other, theirs, s.letters)
        if others == 0:  # no name, or one of a single word, which gives no letters
            others = _letters_of_codes(other, theirs, s.letters)
        if others > 0:
            how = _letters_meet(s.codes, count, s.letters, others)
            if best < 0 or weights[how] > weights[best]:
                best = how
    if best < 0:
        return
    if not (named_a and named_b):
        level = (
            Level.NEAR
            if best == Weight.LETTERS_OF_NAME
            else Level.PARTIAL
            if best == Weight.INITIALS_OF_NAME
            else Level.DIFFERENT
        )
        put(found, place, weights[best], level)
        found.used[best] += 1
    elif weights[best] > name:
        put(found, place, weights[best] - name, Level.PARTIAL)


@inlined
def _rfc_pair(a: Any, at_a: int, b: Any, at_b: int) -> int:
    size_a, size_b = character(a, at_a, _RFC_LENGTH_AT), character(b, at_b, _RFC_LENGTH_AT)
    both = (character(a, at_a, _RFC_FLAGS_AT) & character(b, at_b, _RFC_FLAGS_AT) & HOMOCLAVE) != 0
    if size_a == size_b and _agree(a, at_a, b, at_b, size_a):
        return SAME if both else ROOT
    if _agree(a, at_a, b, at_b, _RFC_ROOT):
        return HOMOCLAVE_DIFFERS if both else ROOT
    return NEAR if both and _within_one_slip(a, at_a, size_a, b, at_b, size_b) else OTHER


@inlined
def _rfcs_meet(a: Any, sections_a: Any, b: Any, sections_b: Any) -> int:
    best, rank = OTHER, 99
    for i in range(sections_a.count[Part.RFCS]):
        for j in range(sections_b.count[Part.RFCS]):
            at_a, at_b = sections_a.at[Part.RFCS] + RFC_WORDS * i, sections_b.at[Part.RFCS] + RFC_WORDS * j
            how = _rfc_pair(a.words, at_a, b.words, at_b)
            order = 0 if how == SAME else 1 if how == NEAR else 2 if how == ROOT else 3 if how == HOMOCLAVE_DIFFERS else 4
            if order < rank:
                best, rank = how, order
    return best


@inlined
def weigh_rfc(a: Any, sections_a: Any, b: Any, sections_b: Any, weights: Any, s: Any, found: Any) -> None:
    """The pair of RFCs that agrees best; to an equal CURP it adds next to nothing. After the CURP."""
    rfcs_a, rfcs_b = sections_a.count[Part.RFCS], sections_b.count[Part.RFCS]
    put_absent(found, Place.RFC, rfcs_a, rfcs_b)
    if rfcs_a == 0 or rfcs_b == 0:
        if (rfcs_a > 0 or rfcs_b > 0) and sections_a.count[Part.CURPS] == 0 and sections_b.count[Part.CURPS] == 0:
            _weigh_letters(a, sections_a, b, sections_b, weights, s, found, Place.RFC)
        return
    how = _rfcs_meet(a, sections_a, b, sections_b)
    by_curp = max(found.centibits[Place.CURP], 0)
    counted = found.centibits[Place.BIRTH_DATE] + by_curp
    least = 0 if by_curp > 0 else weights[Weight.RFC_AT_LEAST]
    if how == SAME:
        _put_counted(found, Place.RFC, weights, Weight.RFC_IN_ALL, counted, least, Level.EQUAL)
    elif how == NEAR:
        _put_counted(found, Place.RFC, weights, Weight.RFC_NEAR_IN_ALL, counted, least // 2, Level.NEAR)
    elif how == ROOT:
        put(found, Place.RFC, 0, Level.PARTIAL)
        if sections_a.count[Part.CURPS] == 0 or sections_b.count[Part.CURPS] == 0:
            _weigh_letters(a, sections_a, b, sections_b, weights, s, found, Place.RFC)
    else:
        weight = Weight.RFC_OTHER_HOMOCLAVE if how == HOMOCLAVE_DIFFERS else Weight.OTHER_RFC
        put(found, Place.RFC, weights[weight], Level.DIFFERENT)
        found.used[weight] += 1


@inlined
def weigh_sex(sections_a: Any, sections_b: Any, weights: Any, found: Any) -> None:
    """Equal adds little, since the given name already tells; X may be a later correction of the record."""
    one, other = sections_a.fixed[SEX], sections_b.fixed[SEX]
    if one == 0 or other == 0:
        put_absent(found, Place.SEX, one, other)
        return
    weight, level = Weight.SAME_SEX, Level.EQUAL
    if one != other and _SEX_X in (one, other):
        weight, level = Weight.SEX_X, Level.DIFFERENT
    elif one != other:
        weight, level = Weight.OTHER_SEX, Level.CONTRADICTS
        found.conflict[Place.SEX] = 1
    put(found, Place.SEX, weights[weight], level)
    found.used[weight] += 1


# log2 of the state's share of births, in hundredths of a bit, from approximate shares of the 2020 census, at most five bits.
_FREQUENT_STATES = {
    "MC": 280,
    "DF": 370,
    "JC": 390,
    "VZ": 400,
    "PL": 420,
    "GT": 430,
    "NL": 440,
    "CS": 450,
    "MN": 470,
    "OC": 480,
}
_RARE_STATE = 500
_STATE_CENTIBITS = (0, *(_FREQUENT_STATES.get(key, _RARE_STATE) for key in STATES))


@inlined
def weigh_state(sections_a: Any, sections_b: Any, weights: Any, found: Any) -> None:
    """State of birth, by how many are born there. Records confuse it with residence, so a difference weighs little."""
    one, other = sections_a.fixed[STATE], sections_b.fixed[STATE]
    if one == 0 or other == 0:
        put_absent(found, Place.STATE, one, other)
    elif one == other:
        put(found, Place.STATE, max(0, _STATE_CENTIBITS[one] + weights[Weight.SAME_STATE]), Level.EQUAL)
        found.used[Weight.SAME_STATE] += 1
    else:
        put(found, Place.STATE, weights[Weight.OTHER_STATE], Level.DIFFERENT)
        found.used[Weight.OTHER_STATE] += 1


def _mark(subject: Subject, field: str) -> str:
    return " (deducido)" if field in subject.derived else ""


CURP = Feature(
    "CURP",
    lambda s: " / ".join(c.value for c in s.curps[:MOST_CURPS]),
    identifying=True,
    conflicts=("dos CURP válidas y distintas",),
)
RFC = Feature("RFC", lambda s: " / ".join(r.value for r in s.rfcs[:MOST_RFCS]), identifying=True)
SEX_FEATURE = Feature("sexo", lambda s: (s.sex or "") + _mark(s, "sex"), identifying=False, conflicts=("sexo distinto",))
STATE_FEATURE = Feature("entidad de nacimiento", lambda s: (s.birth_state or "") + _mark(s, "birth_state"), identifying=False)
