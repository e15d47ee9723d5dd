"""People who do not exist: names, dates and identifiers that agree with each other."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tequio.demo.domain.dice import Dice, Weighted
from tequio.demo.domain.names import NameTable
from tequio.demo.domain.places import Places
from tequio.demo.domain.rfc import rfc_of
from tequio.demo.domain.tables import phrases
from tequio.kernel.identifiers import ABROAD, INEGI_TO_RENAPO, curp_check_digit, derive_curp

TODAY = date(2026, 10, 31)
"""The nation's last day. Fixed, so that the same seed always gives the same bytes."""

NATIONALITIES: Weighted[str] = Weighted(
    (
        ("GUATEMALTECA", 30),
        ("HONDUREÑA", 26),
        ("SALVADOREÑA", 14),
        ("VENEZOLANA", 16),
        ("COLOMBIANA", 10),
        ("ESTADOUNIDENSE", 12),
        ("CUBANA", 8),
        ("HAITIANA", 6),
    )
)
_SEXES: Weighted[str] = Weighted((("H", 878), ("M", 119), ("X", 3)))
_AGES: Weighted[int] = Weighted((age, 60 - abs(age - 27) * 2 if age < 45 else max(1, (81 - age) // 2)) for age in range(20, 81))
"""Age at TODAY. Nobody is younger than 20, so nobody is detained before 18 in the two years that the nation covers."""

_PLATE_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_TODAY_ORDINAL = TODAY.toordinal()


class Person(NamedTuple):
    """One synthetic person, as a civil registry would know them: upper case, accents and Ñ. Empty text = does not have it."""

    given: str
    paternal: str
    maternal: str
    sex: str
    born: date
    birth_state: str
    nationality: str
    curp: str
    rfc: str
    alias: str
    phone: str
    plate: str

    @property
    def full_name(self) -> str:
        """Given names and surnames in one piece."""
        return " ".join(part for part in (self.given, self.paternal, self.maternal) if part)


class PeopleMaker:
    """Draws people. Not thread-safe: it consumes its dice."""

    __slots__ = ("_dice", "_names", "_states")

    def __init__(self, names: NameTable, places: Places, dice: Dice) -> None:
        self._names = names
        self._states = places.states
        self._dice = dice

    def person(self, home: str = "", sex: str = "") -> Person:
        """A new person. `home` (INEGI state) is where three of four who live there were born."""
        dice, roll, surnames = self._dice, self._dice.roll, self._names.surnames
        sex = sex or _SEXES.draw(roll())
        given = self._names.given(sex, dice)
        paternal = surnames.draw(roll())
        maternal = "" if roll() < 0.03 else surnames.draw(roll())
        born = date.fromordinal(_TODAY_ORDINAL - _AGES.draw(roll()) * 1461 // 4 - int(roll() * 365))
        abroad = roll() < 0.03
        if abroad:
            birth_state, nationality = ABROAD, NATIONALITIES.draw(roll())
        else:
            birth_state = INEGI_TO_RENAPO[home if home and roll() < 0.75 else self._states.draw(roll())]
            nationality = "MEXICANA"
        curp = "" if abroad and roll() < 0.8 else curp_of(given, paternal, maternal, sex, born, birth_state, int(roll() * 1.08))
        return Person(
            given,
            paternal,
            maternal,
            sex,
            born,
            birth_state,
            nationality,
            curp,
            rfc_of(given, paternal, maternal, born) if curp and roll() < 0.15 else "",
            phrases("apodo_m" if sex == "M" else "apodo_h").draw(roll()) if roll() < 0.3 else "",
            bulk_phone(dice) if roll() < 0.6 else "",
            plate(dice) if roll() < 0.25 else "",
        )

    def surname(self) -> str:
        """One surname, as frequent as it is in the nation."""
        return self._names.surnames.draw(self._dice.roll())

    def given(self, sex: str) -> str:
        """Given names for `sex`."""
        return self._names.given(sex, self._dice)


def curp_of(given: str, paternal: str, maternal: str, sex: str, born: date, state: str, twin: int = 0) -> str:
    """The CURP. `state` in RENAPO letters; `twin` (0 to 9): how many share the first 16 characters and came earlier."""
    stem = derive_curp(given=given, paternal=paternal, maternal=maternal, birth_date=born, sex=sex, state=state)
    body = f"{stem}{twin if born.year < 2000 else 'ABCDEFGHIJ'[twin]}"
    return body + curp_check_digit(body)


def with_own_identifiers(person: Person, twin: int = 0) -> Person:
    """`person` with the CURP and RFC that follow from the other data."""
    given, paternal, maternal, born = person.given, person.paternal, person.maternal, person.born
    return person._replace(
        curp=curp_of(given, paternal, maternal, person.sex, born, person.birth_state, twin),
        rfc=rfc_of(given, paternal, maternal, born),
    )


def bulk_phone(dice: Dice) -> str:
    """Ten digits, one of a million. Area codes 210 to 219: not assigned as far as known (por confirmar)."""
    return f"21{int(dice.roll() * 10)}55{int(dice.roll() * 100_000):05d}"


def story_phone(dice: Dice, area: str) -> str:
    """A telephone of a planted story: `area` (3 digits), then 555 01xx, the numbers that fiction uses."""
    return f"{area}55501{dice.below(100):02d}"


def plate(dice: Dice) -> str:
    """A private car's plate in the form ABC-123-D, without I, O, Q nor Ñ."""
    letters = "".join(dice.one_of(_PLATE_LETTERS) for _ in range(4))
    return f"{letters[:3]}-{dice.below(1000):03d}-{letters[3]}"
