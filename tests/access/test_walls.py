"""The second wall: what gets past the scoped managers meets the database's own, and a node without it does not start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection, models, transaction

from tequio.access import walls
from tequio.access.domain import Actor, Scope
from tequio.access.scoping import NATIONAL, own, reach
from tequio.config import wsgi
from tequio.kernel.cluster import APPLICATION_ROLE
from tequio.kernel.ids import new_id
from tequio.targets.domain import Verdict
from tequio.targets.models import Target, TargetEvent
from tests.cli.running import tequio
from tests.story import correct_juan, hit_of_juan, judge, notices_of
from tests.world import JUAN, Cast, stored, supply

HELD = JUAN | {"clave_registro": "NAY-0002", "segundo_apellido": "=Zepeda"}
NAYARITS = {"rnd_detention", "rnd_detentionversion", "supply_batch", "supply_rowfinding", "supply_heldrow"}
JALISCOS = {
    "targets_target", "targets_targetevent", "targets_targetkey", "targets_hit", "targets_hitrecord", "targets_hitevent",
    "targets_judgement",
}  # fmt: skip


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def _counts() -> dict[str, int]:
    return {wall.table: _count(wall.table) for wall in walls.walls()}


@pytest.fixture
def story(cast: Cast, tmp_path: Path, today: object) -> Cast:
    """Nayarit has supplied, corrected and held rows; Jalisco has a target and a judged hit; somebody has a notice."""
    _, hit = hit_of_juan(cast, tmp_path)
    supply(cast.nayarit_capturist, tmp_path, [HELD])
    correct_juan(cast, {"given_names": "Filiberto A"})
    judge(cast, hit, Verdict.POSITIVE)
    return cast


def test_every_model_whose_rows_lead_to_an_agency_has_a_wall_or_a_reason() -> None:
    assert walls.undecided() == []
    assert {wall.table for wall in walls.walls()} >= NAYARITS | JALISCOS
    assert all(reason.endswith(".") for reason in walls._unwalled.values())


def test_a_model_that_says_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(walls._walled, Target)
    assert walls.undecided() == ["targets.Target"]


def test_past_the_managers_an_agency_reaches_its_own_rows_and_no_others(story: Cast) -> None:
    with reach(NATIONAL):
        every = _counts()
    seen = {}
    for name, actor in (("nayarit", story.nayarit_analyst), ("jalisco", story.jalisco_analyst), ("outsider", story.outsider)):
        with reach(own(actor)):
            seen[name] = _counts()
    for table in NAYARITS:
        assert seen["nayarit"][table] == every[table] > 0, table
        assert seen["jalisco"][table] == 0, table
    for table in JALISCOS:
        assert seen["jalisco"][table] == every[table] > 0, table
        assert seen["nayarit"][table] == 0, table
    assert set(seen["outsider"].values()) == {0}
    issued = sum(len(notices_of(actor)) for actor in (story.nayarit_liaison, story.jalisco_liaison))
    assert every["notices_notice"] == seen["nayarit"]["notices_notice"] + seen["jalisco"]["notices_notice"] == issued > 0


def test_past_the_managers_no_scope_means_no_rows(story: Cast) -> None:
    assert set(_counts().values()) == {0}
    with reach(Scope(frozenset())):
        assert set(_counts().values()) == {0}


@pytest.mark.parametrize("model", [Target, TargetEvent])
def test_past_the_managers_nothing_of_others_can_be_changed(model: type[models.Model], story: Cast) -> None:
    with reach(own(story.outsider)), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET state = 'cerrado'")
        assert cursor.rowcount == 0
        cursor.execute(f"DELETE FROM {model._meta.db_table}")
        assert cursor.rowcount == 0
    assert not [row for row in stored(model) if row.state == "cerrado"]  # type: ignore[attr-defined]


def test_past_the_managers_nothing_can_be_written_in_anothers_name(story: Cast) -> None:
    [target] = stored(Target)
    for scope in (own(story.outsider), Scope(frozenset())):
        with reach(scope):
            for row in (Target(**_fields(target, id=new_id(), folio="X")), TargetEvent(target=target, at=target.proposed_at)):
                with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                    row.save(force_insert=True)
    with reach(own(story.jalisco_analyst)), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Target._base_manager.filter(pk=target.pk).update(agency_id=story.nayarit_analyst.agency_id)


def _fields(row: models.Model, **changes: object) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} | changes


def test_a_join_does_not_lead_around_the_wall(story: Cast) -> None:
    with reach(own(story.nayarit_analyst)), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM rnd_detention d LEFT JOIN targets_hit h ON h.record_id = d.id WHERE h.id IS NOT NULL"
        )
        assert cursor.fetchone()[0] == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "deed",
    [
        "TRUNCATE targets_target CASCADE", "ALTER TABLE targets_target DISABLE ROW LEVEL SECURITY", "DROP TABLE rnd_detention",
        "ALTER TABLE audit_line DISABLE TRIGGER ALL", "DROP POLICY tequio_wall ON targets_target", "CREATE TABLE t (n int)",
        "DELETE FROM django_migrations", "CREATE ROLE other",
    ],
)  # fmt: skip
def test_the_application_cannot_take_its_own_walls_down(deed: str) -> None:
    with pytest.raises(DatabaseError, match=r"must be owner|permission denied"), transaction.atomic():
        connection.cursor().execute(deed)


@pytest.fixture
def node(db: None) -> Iterator[Callable[[str], None]]:
    """A way to spoil the node as whoever administers its database could; undone at the end."""

    def spoil(deed: str) -> None:
        with walls.as_owner(), connection.cursor() as cursor:
            cursor.execute(deed)

    yield spoil
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_a_node_as_migrations_leave_it_may_start(db: None) -> None:
    walls.require()
    assert run_checks(databases=["default"], include_deployment_checks=True, tags=["database"]) == []


@pytest.mark.parametrize(
    ("deed", "named"),
    [
        ("ALTER TABLE targets_hit DISABLE ROW LEVEL SECURITY", "targets_hit no tiene ENABLE"),
        ("ALTER TABLE targets_hit NO FORCE ROW LEVEL SECURITY", "targets_hit no tiene FORCE"),
        ("DROP POLICY tequio_wall ON rnd_detention", "rnd_detention tiene 0 políticas"),
        ("CREATE POLICY more ON rnd_detention USING (true)", "rnd_detention tiene 2 políticas"),
        ("ALTER POLICY tequio_wall ON supply_batch USING (true)", "supply_batch tiene una política que no es la suya"),
        ("ALTER POLICY tequio_wall ON supply_heldrow WITH CHECK (true)", "supply_heldrow tiene una política que no es la suya"),
        ("ALTER POLICY tequio_wall ON targets_judgement TO tequio", "targets_judgement tiene una política que no es la suya"),
    ],
)
def test_a_node_with_a_wall_down_does_not_start(deed: str, named: str, node: Callable[[str], None]) -> None:
    node(deed)
    with pytest.raises(walls.WallDown) as refusal:
        walls.require()
    assert named in refusal.value.message
    assert "tequio migrate" in refusal.value.hint
    assert [found.id for found in run_checks(databases=["default"], include_deployment_checks=True, tags=["database"])] == [
        "tequio.E002"
    ]


def test_a_node_whose_sessions_own_the_tables_does_not_start(db: None) -> None:
    with walls.as_owner(), pytest.raises(walls.WallDown) as refusal:
        walls.require()
    assert "posee tablas" in refusal.value.message
    assert APPLICATION_ROLE in refusal.value.hint
    walls.require()


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ((True, False, False), "es superusuario"),
        ((False, True, False), "tiene BYPASSRLS"),
        ((False, False, True), "posee tablas"),
    ],
)
def test_each_fault_of_a_role_is_said(
    attributes: tuple[bool, ...], said: str, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    superuser, bypasses, owns = attributes
    monkeypatch.setattr(walls, "_ROLE", f"SELECT 'x', {superuser}, {bypasses}, {owns} WHERE %s::text[] IS NOT NULL")
    assert walls.role_faults() == [f"el rol de la sesión, x, {said}"]


def test_the_owner_is_bound_too(story: Cast) -> None:
    with walls.as_owner(), reach(own(story.outsider)):
        assert set(_counts().values()) == {0}


def test_what_migrations_do_as_owner_ends_with_them(db: None) -> None:
    def role() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user::text")
            return str(cursor.fetchone()[0])

    with walls.as_owner():
        assert role() != APPLICATION_ROLE
    assert role() == APPLICATION_ROLE
    with pytest.raises(DatabaseError), transaction.atomic(), walls.as_owner():
        connection.cursor().execute("SELECT 1/0")
    assert role() == APPLICATION_ROLE


@pytest.mark.parametrize("actor", ["nayarit_analyst", "jalisco_analyst", "outsider"])
def test_a_policy_and_a_manager_agree(actor: str, story: Cast) -> None:
    who: Actor = getattr(story, actor)
    with reach(own(who)):
        assert Target.objects.count() == Target._base_manager.count()


@pytest.mark.parametrize("command", ["worker", "reindex"])
def test_what_works_on_rows_does_not_start_with_a_wall_down(command: str, node: Callable[[str], None]) -> None:
    node("ALTER TABLE targets_hit DISABLE ROW LEVEL SECURITY")
    done = tequio(command, "--json")
    assert (done.status, done.code) == (7, "MURO_CAIDO")


def test_the_web_serves_nothing_with_a_wall_down(node: Callable[[str], None]) -> None:
    node("DROP POLICY tequio_wall ON rnd_detention")
    with pytest.raises(walls.WallDown):
        _ = wsgi.application
