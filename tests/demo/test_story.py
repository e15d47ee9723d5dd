"""The demonstration: the nation is what it says, its truths are found, its traps are not taken for certain; it repeats."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_django
from django.db import transaction

from tequio.access import selectors as access
from tequio.access.scoping import NATIONAL, own, reach
from tequio.demo import services, story, waiting
from tequio.demo.domain import TRAPS, Nation
from tequio.kernel.models import OutboxEntry
from tequio.registries.rnd.models import Detention
from tequio.supply.models import Batch
from tequio.targets import selectors as targets
from tequio.targets.models import Hit, HitRecord
from tests.world import load_reference


class Made(NamedTuple):
    """The nation and the folder of its files."""

    nation: Nation
    folder: Path


SMALL = services.Size(detentions=1_500, targets=500)


@pytest.fixture(scope="module")
def made(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Made]:
    """A small nation with every planted case, for all tests of this file; undone at the end."""
    folder = tmp_path_factory.mktemp("nation")
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference()  # a test that commits may have emptied the tables
        yield Made(make(folder), folder)
        transaction.set_rollback(True)


def make(folder: Path) -> Nation:
    """The nation, made by the demonstration's own services."""
    nation = Nation(services.SEED)
    services.make_people()
    services.supply_detentions(nation, SMALL, folder / "files", lambda text: None)
    services.register_targets(nation, SMALL, lambda text: None)
    assert not OutboxEntry.objects.filter(done_at=None).exists()
    return nation


def test_planted_encounters_are_found_and_traps_are_never_taken_for_certain(made: Made) -> None:
    nation = made.nation
    with reach(NATIONAL):
        keys = dict(Detention.objects.values_list("supplier_key", "id"))
        hits = {(met.hit.target.note, met.record_id): met for met in HitRecord.objects.select_related("hit__target")}
    missed = []
    for case in nation.truth():
        hit = hits.get((case.target_ref, keys[case.detention_key]))
        if case.is_same_person and hit is None:
            missed.append(case.kind)
        if case.kind in TRAPS and hit is not None:
            assert hit.band == "posible", f"{case.kind}: {hit.explanation['sentence']}"
    assert not missed


def test_the_story_can_be_told_again_and_again_with_the_same_receipt_hit_and_notice(made: Made) -> None:
    sample = services.write_sample(made.folder / "nayarit.csv")
    shown: list[object] = []
    first = story.tell(sample, shown.append)
    again = story.tell(sample, lambda part: None)
    assert (first.batch, first.hit, first.notice) == (again.batch, again.hit, again.notice)
    assert first.data["receipt"] == again.data["receipt"]
    assert len(shown) > 20


def test_making_the_nation_twice_adds_nothing(made: Made) -> None:
    with reach(NATIONAL):
        before = (Detention.objects.count(), Batch.objects.count(), Hit.objects.count())
    nation = Nation(services.SEED)
    assert services.make_people() == 0
    assert services.supply_detentions(nation, SMALL, made.folder / "again", lambda text: None) == 0
    assert services.register_targets(nation, SMALL, lambda text: None) == 0
    with reach(NATIONAL):
        assert before == (Detention.objects.count(), Batch.objects.count(), Hit.objects.count())


def test_the_supplier_of_the_sample_sees_no_target_and_no_hit_of_jalisco(made: Made) -> None:
    story.tell(services.write_sample(made.folder / "nayarit.csv"), lambda part: None)
    with reach(own(access.actor("nt.supervisor"))):
        assert not Hit.objects.filter(agency__code="JC-SSP").exists()


def test_the_sample_in_the_repository_is_the_one_that_the_demonstration_writes(made: Made) -> None:
    kept = Path(__file__).resolve().parent.parent.parent / "samples" / "nayarit-2026-10.csv"
    assert kept.read_bytes() == services.write_sample(made.folder / "sample.csv").read_bytes()


def test_the_demonstration_leaves_a_hit_a_second_reading_and_an_unanswered_notice_to_be_seen(made: Made) -> None:
    story.tell(services.write_sample(made.folder / "nayarit.csv"), lambda part: None)
    with reach(own(access.actor(waiting.ANALYST))):
        open_before = len(targets.hits(standing_only=True, limit=50))
    left = waiting.leave(made.nation)
    assert not open_before or (left.hits >= 1 and left.notices == 1)
    assert waiting.leave(made.nation) == left
