"""What planted cases look like: who is wanted, who is detained, and how the detention was written down.

A story is a pair of people and the texts by which the record differs from them. True encounters are the same person, written
badly or in part; traps are somebody else whom the record makes look alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from tequio.demo.domain.dice import Dice
from tequio.demo.domain.names import NameTable
from tequio.demo.domain.people import PeopleMaker, Person, plate, story_phone, with_own_identifiers


class CaseKind(StrEnum):
    """How a record differs from the target, or how who was detained resembles the target."""

    EXACT = "exact"
    TYPO = "typo"
    ALIAS_AND_DATE = "alias_and_date"
    SWAPPED_SURNAMES = "swapped_surnames"
    MISSING_CURP = "missing_curp"
    MISSING_MATERNAL = "missing_maternal"
    UNSPLIT_NAME = "unsplit_name"
    DAY_MONTH_SWAP = "day_month_swap"
    NICKNAME = "nickname"
    LOST_ENYE = "lost_enye"
    MARIA_ABBREVIATED = "maria_abbreviated"
    HOMONYM = "homonym"
    TWIN = "twin"
    SIBLING = "sibling"
    JUNIOR = "junior"
    STAR = "star"
    STAR_HOMONYM = "star_homonym"


TRAPS = frozenset((CaseKind.HOMONYM, CaseKind.TWIN, CaseKind.SIBLING, CaseKind.JUNIOR, CaseKind.STAR_HOMONYM))
"""Kinds in which who was detained is not the target."""


class Story(NamedTuple):
    """`wanted` is the target's person; `written` replaces fields of the record of `detained`."""

    wanted: Person
    detained: Person
    written: Mapping[str, str]


class Cast(NamedTuple):
    """What stories are made from. `copy` counts the stories of one kind from 0, so that they vary."""

    people: PeopleMaker
    names: NameTable
    dice: Dice
    copy: int

    def someone(self, accept: Callable[[Person], bool] = lambda person: True, sex: str = "") -> Person:
        """A Mexican with both surnames, different, and something of everything. Draws until `accept` agrees."""
        while True:
            person = self.people.person(sex=sex)
            whole = person.nationality == "MEXICANA" and person.maternal and person.paternal != person.maternal and person.alias
            if whole and accept(person):
                return with_own_identifiers(person)._replace(phone=story_phone(self.dice, "210"), plate=plate(self.dice))

    def stranger(self, like: Person, **differences: object) -> Person:
        """Somebody else who is as `like` except for `differences`, with identifiers, alias and things of their own."""
        other = with_own_identifiers(like._replace(**differences))  # type: ignore[arg-type]
        if other.curp[:16] == like.curp[:16]:
            other = with_own_identifiers(other, twin=1)
        return other._replace(alias="", phone=story_phone(self.dice, "210"), plate="")

    def in_turn(self, options: tuple[str, ...]) -> str:
        """The option of this copy: all are seen before one repeats."""
        return options[self.copy % len(options)]


def misspelled(word: str, dice: Dice) -> str:
    """`word` with one slip of the keyboard: two letters swapped, one lost, one doubled or one for its like."""
    while True:
        at, slip = 1 + dice.below(max(1, len(word) - 2)), dice.below(4)
        if slip == 0:
            wrong = word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
        elif slip == 1 and len(word) > 4:
            wrong = word[:at] + word[at + 1 :]
        elif slip == 2:
            wrong = word[:at] + word[at] + word[at:]
        else:
            wrong = word[:at] + word[at : at + 1].translate(_SOUND_ALIKE) + word[at + 1 :]
        if wrong != word and " " not in wrong[:2]:
            return wrong


_SOUND_ALIKE = str.maketrans({"Z": "S", "S": "Z", "V": "B", "B": "V", "Y": "I"})
_LOST_ENYE = ("Ã‘", "?", "N", "#")


def _as_is(cast: Cast) -> Story:
    person = cast.someone()
    return Story(person, person, {"telefono": person.phone, "placa": person.plate})


def _without_curp(cast: Cast) -> Story:
    person = cast.someone()
    return Story(person, person, {"curp": ""})


def _with_typo(cast: Cast) -> Story:
    person = cast.someone()
    return Story(person, person, {"curp": "", "primer_apellido": misspelled(person.paternal, cast.dice)})


def _under_another_name(cast: Cast) -> Story:
    person = cast.someone()
    written = {
        "nombre": person.given.split()[0],
        "primer_apellido": cast.people.surname(),
        "segundo_apellido": cast.people.surname(),
        "curp": "",
        "telefono": "",
        "placa": "",
        "alias": person.alias,
    }
    return Story(person, person, written)


def _surnames_swapped(cast: Cast) -> Story:
    person = cast.someone()
    return Story(person, person, {"curp": "", "primer_apellido": person.maternal, "segundo_apellido": person.paternal})


def _without_maternal(cast: Cast) -> Story:
    person = cast.someone()
    return Story(person, person, {"curp": "", "segundo_apellido": ""})


def _in_one_piece(cast: Cast) -> Story:
    person = cast.someone()
    whole = cast.in_turn((person.full_name, f"{person.paternal} {person.maternal} {person.given}"))
    return Story(person, person, {"curp": "", "nombre": whole, "primer_apellido": "", "segundo_apellido": ""})


def _day_for_month(cast: Cast) -> Story:
    person = cast.someone(lambda candidate: candidate.born.day <= 12 and candidate.born.day != candidate.born.month)
    born = person.born
    return Story(person, person, {"curp": "", "fecha_nacimiento": date(born.year, born.day, born.month).isoformat()})


def _by_nickname(cast: Cast) -> Story:
    nicknames = cast.names.nicknames
    person = cast.someone(lambda candidate: candidate.given in nicknames)
    return Story(person, person, {"curp": "", "nombre": cast.dice.one_of(nicknames[person.given])})


def _enye_lost(cast: Cast) -> Story:
    person = cast.someone(lambda candidate: "Ñ" in candidate.paternal)
    damage = cast.in_turn(_LOST_ENYE)
    written = {
        "nombre": person.given.replace("Ñ", damage),
        "primer_apellido": person.paternal.replace("Ñ", damage),
        "segundo_apellido": person.maternal.replace("Ñ", damage),
        "alias": person.alias.replace("Ñ", damage),
        "curp": "",
    }
    return Story(person, person, written)


def _maria_abbreviated(cast: Cast) -> Story:
    person = cast.someone(lambda candidate: candidate.given.startswith("MARÍA "), sex="M")
    return Story(person, person, {"curp": "", "nombre": cast.in_turn(("MA. ", "MA ", "M. ", "MA.")) + person.given[6:]})


def _homonym(cast: Cast) -> Story:
    wanted, other = cast.someone(), cast.someone()
    born = other.born
    if born.year == wanted.born.year:
        born = date(born.year - 4, born.month, min(born.day, 28))
    return Story(wanted, cast.stranger(wanted, born=born, birth_state=other.birth_state), {})


def _sibling_given(cast: Cast, wanted: Person) -> str:
    first = wanted.given.split()[0]
    while (given := cast.people.given(wanted.sex)).split()[0] == first:
        continue
    return given


def _twin(cast: Cast) -> Story:
    wanted = cast.someone(lambda candidate: candidate.sex != "X")
    return Story(wanted, cast.stranger(wanted, given=_sibling_given(cast, wanted)), _curp_if_even(cast))


def _sibling(cast: Cast) -> Story:
    wanted = cast.someone(lambda candidate: candidate.sex != "X" and 1960 < candidate.born.year < 2004)
    born = date(wanted.born.year + cast.dice.one_of((-3, -2, 2)), 1 + cast.dice.below(12), 1 + cast.dice.below(28))
    sibling = cast.stranger(wanted, given=_sibling_given(cast, wanted), born=born)
    return Story(wanted, sibling, {"telefono": wanted.phone, **_curp_if_even(cast)})


def _junior(cast: Cast) -> Story:
    """Father and son: same given names and first surname. Who is detained is the father, or the son of a target past 47."""
    wanted = cast.someone(lambda candidate: candidate.sex == "H")
    age_gap = 25 if wanted.born.year < 1979 else -27
    born = date(wanted.born.year + age_gap, wanted.born.month, min(wanted.born.day, 28))
    return Story(wanted, cast.stranger(wanted, born=born, maternal=cast.people.surname()), _curp_if_even(cast))


def _curp_if_even(cast: Cast) -> Mapping[str, str]:
    """Half of the traps carry the CURP that would settle them; the other half need a person's eye."""
    return {} if cast.copy % 2 == 0 else {"curp": ""}


STORIES: Mapping[CaseKind, Callable[[Cast], Story]] = {
    CaseKind.EXACT: _as_is,
    CaseKind.TYPO: _with_typo,
    CaseKind.ALIAS_AND_DATE: _under_another_name,
    CaseKind.SWAPPED_SURNAMES: _surnames_swapped,
    CaseKind.MISSING_CURP: _without_curp,
    CaseKind.MISSING_MATERNAL: _without_maternal,
    CaseKind.UNSPLIT_NAME: _in_one_piece,
    CaseKind.DAY_MONTH_SWAP: _day_for_month,
    CaseKind.NICKNAME: _by_nickname,
    CaseKind.LOST_ENYE: _enye_lost,
    CaseKind.MARIA_ABBREVIATED: _maria_abbreviated,
    CaseKind.HOMONYM: _homonym,
    CaseKind.TWIN: _twin,
    CaseKind.SIBLING: _sibling,
    CaseKind.JUNIOR: _junior,
}
"""Every kind that `detentions` plants. The star and its homonym are in the Nayarit sample."""
