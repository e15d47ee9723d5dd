"""A search is answered from all that is stored, indexed or not, and only to whoever says why."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tequio.access.domain import Actor, Purpose, PurposeCode
from tequio.audit.models import Line
from tequio.kernel.errors import NotAllowed, PurposeRequired
from tequio.kernel.models import OutboxEntry
from tequio.matching.domain.retrieval import FIRST_WEIGHED
from tequio.people.domain import Subject
from tequio.registries.rnd.services import cancel_detention
from tequio.search import selectors
from tequio.search.domain import Answer
from tequio.search.models import Entry, PendingChange, TokenCount
from tequio.search.services import NothingToSearch, search_person
from tests.story import correct_juan, last_line
from tests.world import INQUIRY, JUAN, SUPPLY, Cast, detention, react, supply

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

FILIBERTO = Subject.from_fields(
    given="Filiberto", paternal="Muñoz", maternal="Zepeda", birth_date="1984-03-07", birth_state="JC"
)
RUTILIO = Subject.from_fields(given="Rutilio", paternal="Arzate", maternal="Ibarrola", birth_date="1961-01-02")
INTO_RUTILIO = {
    "given_names": "Rutilio", "paternal_surname": "Arzate", "maternal_surname": "Ibarrola", "birth_date": date(1961, 1, 2),
}  # fmt: skip


def _ask(actor: Actor, subject: Subject = FILIBERTO, **other: Any) -> Answer:
    return search_person(actor=actor, purpose=INQUIRY, subject=subject, **other)


def _others(count: int, **same: str) -> list[dict[str, str]]:
    """Records of other people, each with a name of its own unless `same` says otherwise."""
    return [
        JUAN | {"clave_registro": f"OTRO-{n}", "nombre": f"Nombre{chr(97 + n % 26)}{chr(97 + n // 26)}", "fecha_nacimiento":
            f"19{50 + n % 50}-0{1 + n % 9}-1{n % 9}"} | same
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("purpose", [None, Purpose(PurposeCode.INVESTIGATION, ""), Purpose(PurposeCode.INVESTIGATION, "  ")])
def test_a_search_without_purpose_and_folio_is_refused_on_the_log(purpose: Purpose | None, cast: Cast) -> None:
    with pytest.raises(PurposeRequired):
        search_person(actor=cast.jalisco_analyst, purpose=purpose, subject=FILIBERTO)
    line = last_line(cast.jalisco_analyst)
    assert (line.action, line.outcome, line.facts) == ("search.person", "negado", {"code": "FALTA_FINALIDAD"})


@pytest.mark.parametrize("who", ["nayarit_capturist", "jalisco_auditor", "administrator", "hub_operator"])
def test_whoever_may_not_search_is_refused(who: str, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        _ask(getattr(cast, who))


@pytest.mark.parametrize("fields", [{}, {"given": "Juan"}, {"sex": "H", "birth_date": "1984-03-07"}, {"given": "..."}])
def test_a_question_that_tells_nobody_apart_is_refused_with_what_to_add(fields: dict[str, str], cast: Cast) -> None:
    with pytest.raises(NothingToSearch) as refusal:
        _ask(cast.jalisco_analyst, Subject.from_fields(**fields))
    assert "CURP" in refusal.value.hint


def test_a_record_is_found_before_anything_reacts_and_the_same_after(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN, *_others(12)], drain=False)
    assert PendingChange.objects.exists()
    before = _ask(cast.jalisco_analyst)
    react()
    assert not PendingChange.objects.exists()
    after = _ask(cast.jalisco_analyst)
    assert before == after
    assert before.base == 13
    assert before.found[0].record_id == detention(cast.nayarit_capturist, "NAY-0001").id


def test_an_answer_is_a_reference_with_its_reason(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    [found] = _ask(cast.jalisco_analyst).found
    assert (found.registry, found.agency_code, found.state_code) == ("rnd", "NT-SSPC", "18")
    assert (found.detained_on, found.record_type) == (date(2026, 10, 20), "hecho_probablemente_delictivo")
    assert found.explanation is not None
    assert found.explanation.score == found.score
    assert found.explanation.sentence


@pytest.mark.parametrize(("who", "explained"), [("outsider", False), ("jalisco_liaison", False), ("jalisco_supervisor", True)])
def test_only_who_analyses_sees_why_the_others_see_how_sure(who: str, explained: bool, cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    [found] = _ask(getattr(cast, who)).found
    assert (found.explanation is not None) == explained
    assert found.band


def test_a_search_is_on_the_log_with_what_it_showed_and_not_what_was_asked(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    [found] = _ask(cast.outsider).found
    line = Line.objects.filter(username="outsider").latest("id")
    assert (line.chain, line.action, line.folio, line.subjects) == (
        "OC-SSPC",
        "search.person",
        "CARPETA-4",
        [str(found.record_id)],
    )
    assert line.facts == {"compared": 1, "shown": 1, "cut": False}


@pytest.mark.parametrize("indexed", [True, False])
def test_a_corrected_record_is_found_by_what_it_says_now_and_not_by_what_it_said(
    indexed: bool, cast: Cast, tmp_path: Path
) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    if indexed:
        correct_juan(cast, INTO_RUTILIO)
    else:
        supply(cast.nayarit_capturist, tmp_path, [JUAN | {"nombre": "Rutilio", "primer_apellido": "Arzate",
            "segundo_apellido": "Ibarrola", "fecha_nacimiento": "1961-01-02"}], drain=False)  # fmt: skip
    assert _ask(cast.jalisco_analyst).compared == 0
    assert len(_ask(cast.jalisco_analyst, RUTILIO).found) == 1
    react()
    assert _ask(cast.jalisco_analyst).compared == 0
    assert len(_ask(cast.jalisco_analyst, RUTILIO).found) == 1


@pytest.mark.parametrize("drain", [True, False])
def test_a_cancelled_record_is_never_found(drain: bool, cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    found = detention(cast.nayarit_supervisor, "NAY-0001")
    cancel_detention(actor=cast.nayarit_supervisor, purpose=SUPPLY, detention_id=found.id, reason="Se duplicó.")
    if drain:
        react()
    assert _ask(cast.jalisco_analyst).found == ()
    assert Entry.objects.get().gone
    assert selectors.state().living == 0


def test_indexing_the_same_change_again_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    counts = sorted(TokenCount.objects.values_list("token", "records"))
    OutboxEntry.objects.update(done_at=None)
    react()
    assert sorted(TokenCount.objects.values_list("token", "records")) == counts
    assert selectors.base_size() == 1


def test_names_count_the_same_from_the_tail_and_from_the_index(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    supply(cast.nayarit_capturist, tmp_path, _others(3), drain=False)
    asked = {"MUNOZ", "ZEPEDA", "FILIBERTO", "NADIE"}
    before = selectors.token_counts(asked), selectors.base_size()
    react()
    assert (selectors.token_counts(asked), selectors.base_size()) == before == ({"MUNOZ": 4, "ZEPEDA": 4, "FILIBERTO": 1}, 4)


def test_the_best_come_first_and_no_more_than_asked(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [*_others(6), JUAN])
    answer = _ask(cast.jalisco_analyst, limit=3)
    scores = [found.score for found in answer.found]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
    assert answer.found[0].record_id == detention(cast.nayarit_capturist, "NAY-0001").id
    assert answer.compared == 7


def test_a_search_asks_the_database_as_much_for_many_candidates_as_for_one(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    with CaptureQueriesContext(connection) as one:
        assert _ask(cast.jalisco_analyst).compared == 1
    supply(cast.nayarit_capturist, tmp_path, _others(60, nombre="Filiberto"))
    with CaptureQueriesContext(connection) as many:
        assert _ask(cast.jalisco_analyst).compared == FIRST_WEIGHED
    assert len(many) <= len(one) <= 16
