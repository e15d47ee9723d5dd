"""The base that a measurement starts from: empty registries, reference data, people, and any number of targets."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from tequio.access import walls
from tequio.access.scoping import NATIONAL, reach
from tequio.demo.domain import Nation, as_subject, write_large
from tequio.institutions.models import Agency
from tequio.kernel import clock
from tequio.kernel.ids import new_ids
from tequio.matching import screening_keys
from tequio.targets.domain import TargetState
from tequio.targets.models import Hit, Target, TargetKey
from tests.world import TODAY, load_reference, make_cast

EMPTIED = (
    "targets_hitevent, targets_judgement, targets_hit, targets_targetkey, targets_targetevent, targets_target, notices_notice, "
    "search_segment, search_block, search_retired, search_entry, search_pendingchange, search_tokencount, search_base, "
    "rnd_custodyevent, rnd_detentionversion, rnd_detention, supply_rowfinding, supply_heldrow, supply_batch, kernel_outboxentry"
)


def make_anew(targets: int) -> None:
    """Empty the registries and make the people and the targets. Targets are written at once: this is not what is measured."""
    call_command("migrate", verbosity=0)
    with walls.as_owner(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {EMPTIED} CASCADE")
    load_reference()
    make_cast()
    agency = Agency.objects.get(code="JC-SSP")
    nation = Nation(99)
    moment = clock.now()
    made: list[Target] = []
    keys: list[TargetKey] = []
    for target_id, row in zip(new_ids(targets), islice(nation.targets(targets), targets), strict=True):
        subject = as_subject(row)
        made.append(
            Target(
                id=target_id,
                agency=agency,
                folio=f"B-{target_id}",
                state=TargetState.ACTIVE.value,
                subject=subject.to_dict(),
                title=subject.name,
                grounds="orden_aprehension",
                document="B",
                priority="media",
                valid_from=TODAY,
                proposed_by="a",
                proposed_at=moment,
                approved_by="b",
                approved_at=moment,
                activated_xid=1,
            )
        )
        keys += [TargetKey(key=key, target_id=target_id) for key in screening_keys(subject)]
    with reach(NATIONAL):
        Target.objects.bulk_create(made, batch_size=2_000)
        TargetKey.objects.bulk_create(keys, batch_size=20_000, ignore_conflicts=True)
    with walls.as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def large_file(folder: Path, rows: int) -> Path:
    """A synthetic file of that many rows, 1 % of them bad. Made once."""
    path = folder / f"rnd-{rows}.csv"
    if not path.exists():
        draft = path.with_suffix(".tmp")
        write_large(draft, rows, bad_share=0.01, seed=2026)
        draft.rename(path)
    return path


def hits() -> int:
    """How many hits there are, of anybody."""
    with reach(NATIONAL):
        return Hit.objects.count()
