"""Search for programs: a person, in every registry of every state."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from tequio.access.domain import Permission
from tequio.accounts.api import searches
from tequio.people.domain import Subject
from tequio.search import services
from tequio.ui.api.asking import May, Reasoned, Word, actor
from tequio.ui.api.problems import answers

router = Router(tags=["Búsqueda"])
MOST = 5
"""Values of one identifier in a question."""


class Person(Schema):
    """What is known of the person who is looked for."""

    model_config = {"extra": "forbid"}

    name: Word = Field("", description="Nombre completo en una pieza.")
    given: Word = ""
    paternal: Word = ""
    maternal: Word = ""
    birth_date: Word = Field("", description="Fecha de nacimiento, aunque sea parcial.")
    birth_state: Word = ""
    sex: Word = Field("", description="H, M o X.")
    curp: list[Word] = Field([], max_length=MOST)
    rfc: list[Word] = Field([], max_length=MOST)
    aliases: list[Word] = Field([], max_length=MOST)
    phones: list[Word] = Field([], max_length=MOST)
    plates: list[Word] = Field([], max_length=MOST)
    limit: int = Field(20, ge=1, le=50)

    def subject(self) -> Subject:
        """The person in the matcher's form."""
        return Subject.from_fields(
            full_name=self.name,
            given=self.given,
            paternal=self.paternal,
            maternal=self.maternal,
            birth_date=self.birth_date or None,
            birth_state=self.birth_state or None,
            sex=self.sex or None,
            curp=tuple(self.curp),
            rfc=tuple(self.rfc),
            aliases=tuple(self.aliases),
            phones=tuple(self.phones),
            plates=tuple(self.plates),
        )


class Found(Schema):
    """A record that may be the person's: whose it is, and how sure the machine is. A person decides."""

    registry: str
    record: UUID
    agency: str
    state: str
    detained_on: date | None
    record_type: str
    score: float
    band: str


class Answer(Schema):
    """Answers, best first."""

    found: list[Found]
    compared: int
    base: int
    cut: bool = Field(description="Algún dato es demasiado común y no se leyó completo: agregue otro.")
    outdated: bool


@router.post("/person", auth=May(Permission.SEARCH_PERSON), response=answers(Answer), operation_id="search_person")
@searches
def search_person(request: HttpRequest, body: Person, why: Reasoned) -> dict[str, Any]:
    """Busca a una persona en todos los registros. Exige finalidad y folio. No es una orden: no lleva Idempotency-Key."""
    answer = services.search_person(actor=actor(request), purpose=why.stated(), subject=body.subject(), limit=body.limit)
    return {
        "found": [
            {
                "registry": one.registry,
                "record": one.record_id,
                "agency": one.agency_code,
                "state": one.state_code,
                "detained_on": one.detained_on,
                "record_type": one.record_type,
                "score": one.score,
                "band": one.band,
            }
            for one in answer.found
        ],
        "compared": answer.compared,
        "base": answer.base,
        "cut": answer.cut,
        "outdated": answer.outdated,
    }
