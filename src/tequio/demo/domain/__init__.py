"""The synthetic nation's generator: pure, deterministic, about nobody. Not for use as statistics of anything."""

from tequio.demo.domain.detentions import FIELDS, Row
from tequio.demo.domain.files import write_csv, write_jsonl, write_large, write_xlsx
from tequio.demo.domain.nation import Nation, PlantedCase
from tequio.demo.domain.nayarit import NayaritSample, PlacedFlaw, nayarit_sample, write_nayarit_sample
from tequio.demo.domain.people import TODAY, Person
from tequio.demo.domain.places import Municipality, load_municipalities
from tequio.demo.domain.stories import TRAPS, CaseKind
from tequio.demo.domain.targets import Target, as_subject

__all__ = [
    "FIELDS",
    "TODAY",
    "TRAPS",
    "CaseKind",
    "Municipality",
    "Nation",
    "NayaritSample",
    "Person",
    "PlacedFlaw",
    "PlantedCase",
    "Row",
    "Target",
    "as_subject",
    "load_municipalities",
    "nayarit_sample",
    "write_csv",
    "write_jsonl",
    "write_large",
    "write_nayarit_sample",
    "write_xlsx",
]
