"""Subject and what it is made of: names with roles, partial dates, aliases. Pure; no Django."""

from tequio.people.domain.damage import readings
from tequio.people.domain.dates import PartialDate, parse_date
from tequio.people.domain.names import Alias, Name, Supplied, unsplit_name
from tequio.people.domain.subject import Subject, parse_age, parse_sex
from tequio.people.domain.vocabulary import FORMAL_NAMES, PARTICLES

__all__ = [
    "FORMAL_NAMES",
    "PARTICLES",
    "Alias",
    "Name",
    "PartialDate",
    "Subject",
    "Supplied",
    "parse_age",
    "parse_date",
    "parse_sex",
    "readings",
    "unsplit_name",
]
