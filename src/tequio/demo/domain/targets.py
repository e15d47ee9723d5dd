"""Priority targets of the synthetic nation, as their issuers would register them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypedDict

from tequio.demo.domain.dice import Dice, Weighted
from tequio.demo.domain.people import TODAY, Person
from tequio.people.domain import Subject


class Target(TypedDict):
    """One target. Dates are ISO text, perhaps in part ("1988", "1988-04") or empty; codes are those of the catalogues."""

    reference: str
    issuer_state: str
    given: str
    paternal: str
    maternal: str
    aliases: list[str]
    sex: str
    birth_date: str
    birth_state: str
    curp: str
    rfc: str
    phones: list[str]
    plates: list[str]
    ground: str
    grounds: str
    document: str
    priority: str
    covert: bool
    valid_from: str
    valid_to: str


_GROUNDS: Weighted[tuple[str, str, str]] = Weighted(
    (
        # code of fundamento_objetivo, what it says, letters of the document
        (("orden_aprehension", "Mandamiento judicial: orden de aprehensión vigente, causa penal", "CP"), 46),
        (("orden_reaprehension", "Mandamiento judicial: orden de reaprehensión vigente, causa penal", "CP"), 10),
        (("orden_comparecencia", "Mandamiento judicial: orden de comparecencia, causa penal", "CP"), 8),
        (("ficha_busqueda", "Mandamiento ministerial: localización dentro de la carpeta de investigación", "CI"), 26),
        (("evasion", "Mandamiento judicial: quebrantamiento de sanción, expediente de ejecución", "EE"), 6),
        (("colaboracion", "Mandamiento ministerial: oficio de colaboración", "OC"), 4),
    )
)
_PRIORITIES: Weighted[str] = Weighted((("alta", 18), ("media", 37), ("ordinaria", 45)))


def target_of(person: Person, issuer: str, number: int, since: date, dice: Dice) -> Target:
    """The target's entry with everything that is known of `person`. `issuer` in RENAPO letters."""
    roll = dice.roll
    code, grounds, letters = _GROUNDS.draw(roll())
    document = f"{letters}-{issuer}-{1 + dice.below(2400):04d}/{since.year}"
    until = since + timedelta(days=365 * (1 + dice.below(3)))
    return {
        "reference": f"{issuer}-OP-{since.year}-{number:05d}",
        "issuer_state": issuer,
        "given": person.given,
        "paternal": person.paternal,
        "maternal": person.maternal,
        "aliases": [person.alias] if person.alias else [],
        "sex": person.sex,
        "birth_date": person.born.isoformat(),
        "birth_state": person.birth_state,
        "curp": person.curp,
        "rfc": person.rfc,
        "phones": [person.phone] if person.phone else [],
        "plates": [person.plate] if person.plate else [],
        "ground": code,
        "grounds": f"{grounds} {document}",
        "document": document,
        "priority": _PRIORITIES.draw(roll()),
        "covert": roll() < 0.12,
        "valid_from": since.isoformat(),
        "valid_to": until.isoformat() if until > TODAY else "",
    }


def with_gaps(target: Target, dice: Dice) -> Target:
    """The entry as issuers have it: often no CURP, a date in part or none."""
    roll, shape = dice.roll, dice.roll()
    born = target["birth_date"]
    return {
        **target,
        "birth_date": born if shape < 0.7 else born[:4] if shape < 0.8 else born[:7] if shape < 0.85 else "",
        "curp": target["curp"] if shape < 0.7 and roll() < 0.7 else "",
        "rfc": target["rfc"] if shape < 0.7 else "",
        "birth_state": target["birth_state"] if roll() < 0.8 else "",
    }


def as_subject(target: Target) -> Subject:
    """A target's identity in the matcher's form."""
    return Subject.from_fields(
        given=target["given"],
        paternal=target["paternal"],
        maternal=target["maternal"],
        sex=target["sex"],
        birth_date=target["birth_date"],
        birth_state=target["birth_state"],
        curp=target["curp"],
        rfc=target["rfc"],
        aliases=target["aliases"],
        phones=target["phones"],
        plates=target["plates"],
    )
