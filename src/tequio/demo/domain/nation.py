"""The synthetic nation: people who do not exist, who is looked for, who is detained, and the truth about both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from heapq import merge
from typing import NamedTuple

from tequio.demo.domain.detentions import FIELDS, DetentionMaker, Row, Values, row_of
from tequio.demo.domain.dice import Dice
from tequio.demo.domain.names import load_names
from tequio.demo.domain.people import TODAY, PeopleMaker, Person
from tequio.demo.domain.places import Municipality, load_municipalities, places_of
from tequio.demo.domain.star import STAR_NUMBER, STAR_PERSON, STAR_SINCE
from tequio.demo.domain.stories import STORIES, TRAPS, CaseKind, Cast
from tequio.demo.domain.targets import Target, target_of, with_gaps
from tequio.kernel.errors import Invalid
from tequio.kernel.identifiers import INEGI_TO_RENAPO

COPIES = 4
"""Planted cases of each kind."""
_DAY_COLUMN = FIELDS.index("fecha_detencion")


@dataclass(frozen=True, slots=True)
class PlantedCase:
    """The truth about one target and one record. `is_same_person` False: a trap, which must not be confirmed."""

    kind: CaseKind
    target_ref: str
    detention_key: str
    is_same_person: bool


class _Planted(NamedTuple):
    case: PlantedCase
    target: Target
    values: Values


class Nation:
    """Everything of one seed. The same seed and municipalities give the same bytes on every machine and Python >= 3.11."""

    def __init__(self, seed: int, municipalities: Iterable[Municipality] | None = None) -> None:
        """`municipalities`: the official list unless given. Raises Invalid; Unavailable if the installation lacks the list."""
        self.seed = seed
        self.names = load_names()
        self.places = places_of(load_municipalities() if municipalities is None else municipalities)
        if len(self.places.states.options) < 2:
            raise Invalid("La nación sintética necesita municipios de dos entidades o más.", hint="Use el catálogo completo.")

    def people(self, count: int) -> Iterator[Person]:
        """`count` people, drawn apart from everybody in the other lists. O(count)."""
        maker = self._people("people")
        return (maker.person() for _ in range(count))

    def detentions(self, n: int = 20_000) -> Iterator[Row]:
        """`n` records of two years in order of day, the planted ones among them. O(n) time, constant memory. Raises Invalid."""
        return map(row_of, self.detention_values(n))

    def detention_values(self, n: int = 20_000) -> Iterator[Values]:
        """As `detentions`, without the cost of a dictionary for each: texts in the order of FIELDS."""
        planted = sorted((story.values for story in self._planted), key=_day_of)
        if n < len(planted):
            raise Invalid(
                f"Se pidieron {n} detenciones y la nación sintética tiene {len(planted)} casos sembrados.",
                hint=f"Pida al menos {len(planted)}.",
            )
        return merge(self.background(n - len(planted)), planted, key=_day_of)

    def background(self, count: int, again: float = 0.17) -> Iterator[Values]:
        """`count` records with nobody planted; `again` is the share of people detained before."""
        maker = DetentionMaker(self._people("detained"), self.places, self._dice("detentions"), again)
        return maker.stream(count)

    def targets(self, n: int = 500) -> list[Target]:
        """`n` targets: the star's, those of the planted cases and people who are not in the detentions. Raises Invalid."""
        planted = [self.star_target, *(story.target for story in self._planted)]
        if n < len(planted):
            raise Invalid(
                f"Se pidieron {n} objetivos y la nación sintética tiene {len(planted)} sembrados.",
                hint=f"Pida al menos {len(planted)}.",
            )
        people, dice = self._people("wanted"), self._dice("targets")
        others = (self._other_target(people, dice, 2 * number) for number in range(1, n - len(planted) + 1))
        return self._dice("order", str(n)).shuffled([*planted, *others])

    def truth(self) -> list[PlantedCase]:
        """What is planted in `detentions`. The star's cases come with the Nayarit sample."""
        return [story.case for story in self._planted]

    @cached_property
    def star_target(self) -> Target:
        """Jalisco's target of the tour, whom Nayarit detains: the same in every nation."""
        target = target_of(STAR_PERSON, "JC", STAR_NUMBER, STAR_SINCE, Dice(0, "star"))
        return {**target, "priority": "alta", "covert": False}

    def _people(self, label: str) -> PeopleMaker:
        return PeopleMaker(self.names, self.places, self._dice("people of", label))

    def _dice(self, *labels: str) -> Dice:
        return Dice(self.seed, *labels)

    def _other_target(self, people: PeopleMaker, dice: Dice, number: int) -> Target:
        issuer = self.places.states.draw(dice.roll())
        since = TODAY - timedelta(days=20 + dice.below(700))
        return with_gaps(target_of(people.person(home=issuer), INEGI_TO_RENAPO[issuer], number, since, dice), dice)

    @cached_property
    def _planted(self) -> list[_Planted]:
        maker = DetentionMaker(self._people("officers of planted"), self.places, self._dice("planted records"))
        kinds = [(kind, copy) for kind in STORIES for copy in range(COPIES)]
        return [self._plant(maker, number, kind, copy) for number, (kind, copy) in enumerate(kinds, start=1)]

    def _plant(self, maker: DetentionMaker, number: int, kind: CaseKind, copy: int) -> _Planted:
        dice = self._dice("story", kind, str(copy))
        people = PeopleMaker(self.names, self.places, self._dice("people of story", kind, str(copy)))
        story = STORIES[kind](Cast(people, self.names, dice, copy))
        issuer = where = self.places.states.draw(dice.roll())
        while where == issuer:
            where = self.places.states.draw(dice.roll())
        day = TODAY - timedelta(days=dice.below(500))
        since = day - timedelta(days=15 + dice.below(300))
        target = target_of(story.wanted, INEGI_TO_RENAPO[issuer], 2 * number + 1, since, dice)
        record = row_of(maker.record(story.detained, maker.event(day, where, dice.chance(0.5)), 2 * (37 * number + 5) + 1))
        # Numbers from 9000 are free: no municipality detains that many in a day, so no number is used twice.
        own_number = f"{record['numero_rnd'][:-4]}{9000 + number}" if record["numero_rnd"] else ""
        record.update(as_registered(story.detained, day), numero_rnd=own_number, **story.written)
        same = kind not in TRAPS
        case = PlantedCase(kind, target["reference"], record["clave_registro"], same)
        return _Planted(case, target, tuple(record.values()))


def as_registered(person: Person, day: date) -> Row:
    """What a record of `day` says of `person` when nothing is missing or misspelled."""
    born = person.born
    return {
        "nombre": person.given,
        "primer_apellido": person.paternal,
        "segundo_apellido": person.maternal,
        "alias": person.alias,
        "sexo": person.sex,
        "edad": str(day.year - born.year - ((day.month, day.day) < (born.month, born.day))),
        "fecha_nacimiento": born.isoformat(),
        "curp": person.curp,
        "rfc": "",
        "nacionalidad": person.nationality,
        "entidad_nacimiento": person.birth_state,
        "telefono": "",
        "placa": "",
    }


def _day_of(values: Values) -> str:
    return values[_DAY_COLUMN]
