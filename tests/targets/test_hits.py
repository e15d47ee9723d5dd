"""A record and a target meet once, in whatever order they come and however often they are compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tequio.access.scoping import NATIONAL, reach
from tequio.kernel.models import OutboxEntry
from tequio.matching import ALERT_THRESHOLD, compare, name_tokens
from tequio.people.domain import Subject
from tequio.search.events import PieceEntered, RecordsEntered
from tequio.search.models import Entry
from tequio.search.registries import SEARCHED
from tequio.search.selectors import rarity, snapshot
from tequio.targets.domain import HitState
from tequio.targets.events import TargetActivated
from tequio.targets.models import Hit, HitEvent
from tequio.targets.services import follow_records, read_hit, rescreen_change, screen_piece, search_target
from tests.story import hit_of_juan, hits_of, kinds, notices_of, the_hit
from tests.world import JUAN, REVIEW, Cast, draft_of, react, stored, supply, watch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

OTHER = JUAN | {"clave_registro": "NAY-0002", "nombre": "Eustaquio", "primer_apellido": "Barrios", "segundo_apellido": "Lozoya",
    "fecha_nacimiento": "1971-12-30", "entidad_nacimiento": "NT"}  # fmt: skip


def test_both_orders_give_the_same_hit_with_the_same_score_and_evidence(cast: Cast, tmp_path: Path) -> None:
    first = watch(cast, draft_of(JUAN))
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    second = watch(cast, draft_of(JUAN))
    before, after = sorted(hits_of(cast.jalisco_analyst), key=lambda hit: hit.target_id != first.id)
    assert (before.target_id, after.target_id) == (first.id, second.id)
    assert before.score == after.score >= ALERT_THRESHOLD
    assert before.explanation == after.explanation
    assert before.record_summary == after.record_summary
    assert kinds(before) == kinds(after) == ["abierta"]


def test_the_order_does_not_matter_before_the_index_has_the_records_either(cast: Cast, tmp_path: Path) -> None:
    supply(cast.nayarit_capturist, tmp_path, [OTHER])
    first = watch(cast, draft_of(JUAN))
    supply(cast.nayarit_capturist, tmp_path, [JUAN], drain=False)
    second = watch(cast, draft_of(JUAN), drain=False)
    search_target(TargetActivated(second.id))
    before, after = sorted(hits_of(cast.jalisco_analyst), key=lambda hit: hit.target_id != first.id)
    assert before.explanation == after.explanation


def test_somebody_else_raises_no_hit(cast: Cast, tmp_path: Path) -> None:
    watch(cast, draft_of(JUAN))
    supply(cast.nayarit_capturist, tmp_path, [OTHER])
    assert not hits_of(cast.jalisco_analyst)


def test_there_is_one_hit_however_often_the_reactions_run(cast: Cast, tmp_path: Path) -> None:
    target, hit = hit_of_juan(cast, tmp_path)
    OutboxEntry.objects.update(done_at=None)
    react()
    for _ in range(2):
        search_target(TargetActivated(target.id))
    entry = Entry.objects.get(record_id=hit.record_id)
    event = RecordsEntered("rnd", entry.change_set, hit.record_agency_id, snapshot())
    for reaction in (follow_records, rescreen_change, follow_records):
        reaction(event)
    with reach(NATIONAL):
        subjects = SEARCHED["rnd"].subjects([hit.record_id])
    for _ in range(2):
        screen_piece(PieceEntered("rnd", entry.change_set, hit.record_agency_id, subjects))
    assert len(stored(Hit)) == 1
    assert len(stored(HitEvent)) == 1
    assert the_hit(cast.jalisco_analyst).explanation == hit.explanation


def test_a_record_that_is_two_targets_raises_a_hit_for_each(cast: Cast, tmp_path: Path) -> None:
    watch(cast, draft_of(JUAN))
    watch(cast, draft_of(JUAN, grounds="orden_aprehension", document="CAUSA 99/2026"))
    supply(cast.nayarit_capturist, tmp_path, [JUAN])
    assert len({hit.target_id for hit in hits_of(cast.jalisco_analyst)}) == 2


def test_two_records_of_the_same_person_raise_a_hit_each(cast: Cast, tmp_path: Path) -> None:
    watch(cast, draft_of(JUAN))
    supply(cast.nayarit_capturist, tmp_path, [JUAN, JUAN | {"clave_registro": "NAY-0009", "fecha_detencion": "2026-10-28"}])
    assert len({hit.record_id for hit in hits_of(cast.jalisco_analyst)}) == 2


def test_a_damaged_name_still_raises_the_hit(cast: Cast, tmp_path: Path) -> None:
    watch(cast, draft_of(JUAN))
    supply(cast.nayarit_capturist, tmp_path, [JUAN | {"primer_apellido": "MU?OZ", "nombre": "FILIBERTO"}])
    assert len(hits_of(cast.jalisco_analyst)) == 1


def test_an_agency_finds_its_target_in_its_own_records_too(cast: Cast, tmp_path: Path) -> None:
    watch(cast, draft_of(JUAN))
    supply(cast.jalisco_liaison, tmp_path, [JUAN])
    assert the_hit(cast.jalisco_analyst).record_agency.code == "JC-SSP"


def test_a_hit_explains_itself_and_tells_nobody(cast: Cast, tmp_path: Path) -> None:
    _, hit = hit_of_juan(cast, tmp_path)
    shown = read_hit(actor=cast.jalisco_analyst, purpose=REVIEW, hit_id=hit.id)
    assert shown.state == HitState.OPEN
    assert shown.explanation["algorithm"]
    assert {"feature", "level"} <= set(shown.explanation["features"][0])
    assert not notices_of(cast.jalisco_liaison)
    assert not notices_of(cast.nayarit_liaison)


def test_a_slip_of_a_common_name_is_worth_what_the_common_name_is_from_either_side(cast: Cast, tmp_path: Path) -> None:
    crowd = [
        OTHER | {"clave_registro": f"NAY-M{n}", "primer_apellido": "Sandovaltzin", "segundo_apellido": f"Lozoya{n}"}
        for n in range(40)
    ]
    supply(cast.nayarit_capturist, tmp_path, crowd, batch="M")
    slip = draft_of(JUAN | {"primer_apellido": "Sandovaltzim"})
    first = watch(cast, slip)
    supply(cast.nayarit_capturist, tmp_path, [JUAN | {"primer_apellido": "Sandovaltzin"}], batch="J")
    [hit] = [hit for hit in hits_of(cast.jalisco_analyst) if hit.target_id == first.id]
    with reach(NATIONAL):
        _, record = SEARCHED["rnd"].subjects([hit.record_id])[hit.record_id]
    target = Subject.from_dict(first.subject)
    assert record is not None
    both = compare(target, record, rarity(name_tokens(target) | name_tokens(record)))
    own = compare(target, record, rarity(name_tokens(target)))
    assert abs(hit.score - both.score) < 0.05
    assert own.score > both.score + 1
