"""A stream of detentions as an RND file would bring them: day by day, with the gaps and habits of real capture."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from tequio.demo.domain.dice import Dice, Weighted
from tequio.demo.domain.people import TODAY, PeopleMaker, Person, bulk_phone
from tequio.demo.domain.places import Places, Site
from tequio.demo.domain.tables import phrases
from tequio.kernel.identifiers import INEGI_TO_RENAPO

Row = dict[str, str]
"""One record: field name to text. Empty text = the supplier left it blank."""
Values = tuple[str, ...]
"""The texts of one record in the order of FIELDS: what streams carry, since a dictionary costs as much as its content."""

FIRST_DAY = date(2024, 11, 1)
FIELDS: tuple[str, ...] = (
    "clave_registro",
    "numero_rnd",
    "numero_iph",
    "tipo_registro",
    "tipo_detencion",
    "fecha_detencion",
    "hora_detencion",
    "fecha_registro",
    "hora_registro",
    "nombre",
    "primer_apellido",
    "segundo_apellido",
    "alias",
    "sexo",
    "edad",
    "fecha_nacimiento",
    "curp",
    "rfc",
    "nacionalidad",
    "entidad_nacimiento",
    "entidad_detencion",
    "municipio_detencion",
    "localidad",
    "calle_numero",
    "motivo",
    "falta",
    "delito",
    "autoridad_destino",
    "lugar_traslado",
    "unidad_traslado",
    "aprehensor_nombre",
    "aprehensor_institucion",
    "aprehensor_cargo",
    "aprehensor_adscripcion",
    "lesiones_visibles",
    "lesiones_descripcion",
    "discapacidad",
    "padecimiento",
    "grupo_vulnerable",
    "grupo_delictivo",
    "lectura_derechos",
    "familiar_nombre",
    "familiar_telefono",
    "telefono",
    "placa",
    "descripcion",
    "observaciones",
)
"""Fields of a record, in the order in which every row has them. Names of the RND contract."""

FAULT, OFFENCE = "falta_administrativa", "hecho_probablemente_delictivo"
UNKNOWN, NOT_APPLICABLE = "SIN INFORMACION", "NO APLICA"

_WEEKDAYS = (8, 8, 8, 9, 12, 15, 12)
"""Detentions by day, Monday first: Saturdays have almost twice as many as Mondays."""
_NIGHT: Weighted[int] = Weighted(enumerate((9, 8, 7, 5, 3, 2, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 10)))
_DAY: Weighted[int] = Weighted(enumerate((5, 4, 3, 2, 2, 2, 2, 3, 4, 5, 5, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 6, 6)))
"""Detentions by hour, from 0: faults and weekends, then the rest."""
_OFFENCE_BY_PRIORS = (0.29, 0.36, 0.44, 0.52, 0.58)
"""Share of offences by number of earlier detentions: some who began with faults go on to offences."""
_OFFENCE_TYPES: Weighted[str] = Weighted((("flagrancia", 86), ("orden_aprehension", 11), ("caso_urgente", 3)))
_TRISTATE_NO: Weighted[str] = Weighted((("NO", 90), ("SI", 4), (UNKNOWN, 6)))
_TRISTATE_YES: Weighted[str] = Weighted((("SI", 93), ("NO", 2), (UNKNOWN, 5)))
_INJURED: Weighted[str] = Weighted((("NO", 79), ("SI", 14), (UNKNOWN, 7)))
_KNOWN_PEOPLE = 8192
"""How many people the stream remembers, to detain some of them again. Bounds the memory."""
_PLAIN = str.maketrans("ÁÉÍÓÚÜ", "AEIOUU")
_OFFICERS = 24
_POOL = 1024
"""Ready-made circumstances that records share: drawing one is ten times cheaper than drawing its dozen parts."""
_CLOCK = tuple(f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(1440))


class Event(NamedTuple):
    """When, where and why: what a record has before anybody is named."""

    day: date
    minute: int
    site: Site
    offence: bool


class _Scene(NamedTuple):
    """Circumstances that do not depend on the municipality."""

    locality: str
    street: str
    reason: str
    fault: str
    crime: str
    unit: str
    rank: str
    sector: str


class DetentionMaker:
    """Makes records. Not thread-safe: it consumes its dice."""

    def __init__(self, people: PeopleMaker, places: Places, dice: Dice, again: float = 0.17) -> None:
        """`again`: share of records whose person was detained before."""
        self._people = people
        self._places = places
        self._dice = dice
        self._again = again
        self._officers: dict[str, list[str]] = {}
        self._sequence: dict[str, int] = {}
        self._day_sequence: dict[str, int] = {}
        self._known: list[tuple[Person, str, int]] = []
        self._scenes = tuple([_scene(dice, offence) for _ in range(_POOL)] for offence in (False, True))
        self._conditions = [_condition(dice) for _ in range(_POOL)]
        self._remarks = [_remark(dice) for _ in range(_POOL)]
        self._relatives = [people.given("") for _ in range(_POOL)]

    def stream(self, count: int, first: date = FIRST_DAY, last: date = TODAY, state: str = "") -> Iterator[Values]:
        """`count` records from `first` to `last`, in order of day; only of `state` if given. O(count) time, constant memory."""
        for day, quota in day_quotas(count, first, last):
            self._day_sequence.clear()
            for _ in range(quota):
                yield self._next(day, state)

    def record(self, person: Person, event: Event, folio: int) -> Values:
        """The record of `person` in `event`, in the order of FIELDS. `folio` numbers it within its state and year."""
        return self._header(event, folio) + self._identity(person, event) + self._circumstances(event) + self._care(person)

    def event(self, day: date, state: str, offence: bool) -> Event:
        """Something that happens on `day` somewhere in `state`."""
        roll = self._dice.roll
        weekend_night = not offence or day.weekday() >= 4
        hour = (_NIGHT if weekend_night else _DAY).draw(roll())
        return Event(day, hour * 60 + int(roll() * 60), self._places.sites[state].draw(roll()), offence)

    def _next(self, day: date, only_state: str) -> Values:
        roll, known = self._dice.roll, self._known
        if known and roll() < self._again:
            slot = int(roll() * len(known))
            person, home, priors = known[slot]
            state = only_state or (home if roll() < 0.88 else self._places.states.draw(roll()))
            known[slot] = (person, home, priors + 1)
        else:
            state = only_state or self._places.states.draw(roll())
            person, priors = self._people.person(home=state), 0
            self._remember(person, state)
        offence = roll() < _OFFENCE_BY_PRIORS[min(priors, len(_OFFENCE_BY_PRIORS) - 1)]
        # Even folios only: the odd ones belong to planted stories, so the two never collide whatever the count.
        folio_key = f"{state}{day.year}"
        self._sequence[folio_key] = folio = self._sequence.get(folio_key, 0) + 2
        return self.record(person, self.event(day, state, offence), folio)

    def _remember(self, person: Person, state: str) -> None:
        entry = (person, state, 1)
        if len(self._known) < _KNOWN_PEOPLE:
            self._known.append(entry)
        elif self._dice.roll() < 0.5:
            self._known[self._dice.below(_KNOWN_PEOPLE)] = entry

    def _header(self, event: Event, folio: int) -> Values:
        roll, day, site = self._dice.roll, event.day, event.site
        state, municipality = site.state, site.code[2:]
        number = self._day_sequence[site.code] = self._day_sequence.get(site.code, 0) + 1
        delay = 8 + int(roll() * 170) if roll() < 0.93 else 180 + int(roll() * 2700)
        recorded = event.minute + delay
        recorded_day = day + timedelta(days=recorded // 1440) if recorded >= 1440 else day
        if recorded_day > TODAY:
            recorded_day, recorded = TODAY, 1440 * (TODAY - day).days + 1439
        happened = _CLOCK[event.minute]
        iso, spelled, year = _texts_of(day)
        return (
            f"{INEGI_TO_RENAPO[state]}-{year}-{folio:07d}",
            f"PM/{state}/{municipality}/{spelled}/{number % 10000:04d}" if roll() < 0.96 else "",
            f"{state}0203{municipality}{spelled}{happened[:2]}{happened[3:]}" if roll() < 0.8 else "",
            OFFENCE if event.offence else FAULT,
            _OFFENCE_TYPES.draw(roll()) if event.offence else "arresto_administrativo",
            iso,
            happened,
            _texts_of(recorded_day)[0] if recorded >= 1440 else iso,
            _CLOCK[recorded % 1440],
        )

    def _identity(self, person: Person, event: Event) -> Values:
        roll, born, day = self._dice.roll, person.born, event.day
        given, paternal, maternal, alias = person.given, person.paternal, person.maternal, person.alias
        if given.startswith("MARÍA ") and roll() < 0.25:
            given = "MA." + given[5:]
        style = int(event.site.state) % 3
        if style == 0:
            given, paternal, maternal = given.translate(_PLAIN), paternal.translate(_PLAIN), maternal.translate(_PLAIN)
        elif style == 1:
            given, paternal, maternal, alias = given.title(), paternal.title(), maternal.title(), alias.title()
        age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        return (
            given,
            paternal,
            maternal,
            alias if alias and roll() < 0.5 else "",
            person.sex,
            str(age) if roll() < 0.97 else str(age + 1),
            born.isoformat() if roll() < 0.85 else "",
            person.curp if roll() < 0.615 else "",
            person.rfc,
            person.nationality if roll() < 0.98 else UNKNOWN,
            person.birth_state if roll() < 0.8 else "",
        )

    def _circumstances(self, event: Event) -> Values:
        roll, site, offence = self._dice.roll, event.site, event.offence
        scene = self._scenes[offence][int(roll() * _POOL)]
        officers = self._officers.get(site.state) or self._enlist(site.state)
        agency = roll()
        return (
            site.state,
            site.code,
            scene.locality,
            scene.street,
            scene.reason,
            scene.fault,
            scene.crime,
            "Ministerio Público" if offence else "Juzgado cívico",
            (site.prosecutor if offence else site.court) if roll() < 0.85 else UNKNOWN,
            scene.unit,
            officers[int(roll() * _OFFICERS)],
            site.police if agency < 0.74 else "POLICÍA ESTATAL" if agency < 0.93 else "GUARDIA NACIONAL",
            scene.rank,
            scene.sector,
        )

    def _care(self, person: Person) -> Values:
        roll = self._dice.roll
        relative = roll() < 0.45
        return (
            *self._conditions[int(roll() * _POOL)],
            f"{self._relatives[int(roll() * _POOL)]} {person.paternal}" if relative else "",
            bulk_phone(self._dice) if relative and roll() < 0.8 else "",
            person.phone if person.phone and roll() < 0.4 else "",
            person.plate if person.plate and roll() < 0.5 else "",
            *self._remarks[int(roll() * _POOL)],
        )

    def _enlist(self, state: str) -> list[str]:
        officers = [self._people.person(home=state).full_name for _ in range(_OFFICERS)]
        self._officers[state] = officers
        return officers


@lru_cache(maxsize=1024)
def _texts_of(day: date) -> tuple[str, str, str]:
    """The day as ISO text, as folios carry it (DDMMAAAA), and its year."""
    return day.isoformat(), f"{day.day:02d}{day.month:02d}{day.year}", str(day.year)


def _scene(dice: Dice, offence: bool) -> _Scene:
    roll = dice.roll
    elsewhere = NOT_APPLICABLE if roll() < 0.3 else ""
    return _Scene(
        locality=phrases("localidad").draw(roll()) if roll() < 0.9 else UNKNOWN,
        street=f"{phrases('calle').draw(roll())} {1 + dice.below(1900)}" if roll() < 0.88 else "",
        reason=phrases("motivo").draw(roll()),
        fault=elsewhere if offence else phrases("falta").draw(roll()),
        crime=phrases("delito").draw(roll()) if offence else elsewhere,
        unit=f"P-{100 + dice.below(900)}" if roll() < 0.8 else "",
        rank=phrases("cargo").draw(roll()),
        sector=f"SECTOR {1 + dice.below(8)}" if roll() < 0.7 else "",
    )


def _condition(dice: Dice) -> Values:
    """What the officer answers on injuries, disability, illness, vulnerable group, criminal group and the reading of rights."""
    roll = dice.roll
    injured = _INJURED.draw(roll())
    described = phrases("lesion").draw(roll()) if injured == "SI" else NOT_APPLICABLE if roll() < 0.5 else ""
    return (injured, described, *(_TRISTATE_NO.draw(roll()) for _ in range(4)), _TRISTATE_YES.draw(roll()))


def _remark(dice: Dice) -> Values:
    """Description of the person and observations."""
    roll = dice.roll
    return (
        phrases("seña").draw(roll()) if roll() < 0.6 else "",
        phrases("nota").draw(roll()) if roll() < 0.4 else "",
    )


def row_of(values: Values) -> Row:
    """The record as a dictionary, its keys in the order of FIELDS."""
    return dict(zip(FIELDS, values, strict=True))


def day_quotas(count: int, first: date, last: date) -> Iterator[tuple[date, int]]:
    """Shares `count` among the days by weekday. The quotas add up to `count`."""
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    total = sum(_WEEKDAYS[day.weekday()] for day in days)
    reached = given_out = 0
    for day in days:
        reached += _WEEKDAYS[day.weekday()]
        due = count * reached // total
        yield day, due - given_out
        given_out = due
