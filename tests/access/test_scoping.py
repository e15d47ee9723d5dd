"""No scope, no rows: whatever is asked and in whatever way, rows of an agency need an open scope."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models import Count, Q

from tequio.access.domain import Scope
from tequio.access.scoping import NATIONAL, ScopedManager, own, reach
from tequio.kernel.errors import ScopeMissing
from tequio.kernel.ids import new_id
from tests.story import hit_of_juan
from tests.world import Cast

SCOPED = sorted(
    (model for model in apps.get_models() if isinstance(model._default_manager, ScopedManager)),
    key=lambda model: model.__name__,
)
PERSONAL = {"Detention", "CustodyEvent", "Batch", "Target", "Hit", "Notice"}

Manager = ScopedManager[Any]
ASKED: dict[str, Callable[[Manager], object]] = {
    "all": lambda m: list(m.all()),
    "filter": lambda m: m.filter(pk=new_id()),
    "exclude": lambda m: m.exclude(pk=new_id()),
    "get": lambda m: m.get(pk=new_id()),
    "exists": lambda m: m.exists(),
    "count": lambda m: m.count(),
    "first": lambda m: m.first(),
    "last": lambda m: m.last(),
    "latest": lambda m: m.latest("pk"),
    "earliest": lambda m: m.earliest("pk"),
    "in_bulk": lambda m: m.in_bulk([new_id()]),
    "iterator": lambda m: list(m.iterator()),
    "aggregate": lambda m: m.aggregate(n=Count("pk")),
    "annotate": lambda m: list(m.annotate(n=Count("pk"))),
    "values": lambda m: list(m.values("pk")),
    "values_list": lambda m: list(m.values_list("pk")),
    "distinct": lambda m: list(m.distinct()),
    "order_by": lambda m: list(m.order_by("pk")),
    "reverse": lambda m: list(m.reverse()),
    "only": lambda m: list(m.only("pk")),
    "defer": lambda m: list(m.defer("pk")),
    "select_related": lambda m: list(m.select_related()),
    "prefetch_related": lambda m: list(m.prefetch_related()),
    "select_for_update": lambda m: m.select_for_update(),
    "union": lambda m: m.union(m.all()),
    "extra": lambda m: list(m.extra(where=["true"])),
    "contains": lambda m: m.contains(m.model()),
    "complex_filter": lambda m: list(m.complex_filter(Q(pk=new_id()))),
    "using": lambda m: list(m.using("default")),
    "none": lambda m: list(m.none()),
    "dates": lambda m: list(m.values_list("pk").distinct()),
    "explain": lambda m: m.explain(),
    "update": lambda m: m.update(pk=new_id()),
    "delete": lambda m: m.all().delete(),
    "create": lambda m: m.create(),
    "bulk_create": lambda m: m.bulk_create([]),
    "bulk_update": lambda m: m.bulk_update([], ["pk"]),
    "get_or_create": lambda m: m.get_or_create(pk=new_id()),
    "update_or_create": lambda m: m.update_or_create(pk=new_id()),
    "raw set": lambda m: m.get_queryset(),
}


def test_every_table_of_agencies_rows_is_scoped() -> None:
    assert {model.__name__ for model in SCOPED} >= PERSONAL


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_without_a_scope_nothing_is_answered(model: type[models.Model], asked: str) -> None:
    manager = model._default_manager
    assert isinstance(manager, ScopedManager)
    with pytest.raises(ScopeMissing):
        ASKED[asked](manager)


@pytest.mark.django_db
def test_a_scope_answers_with_its_own_rows_and_the_national_one_with_all(cast: Cast, tmp_path: Path, today: object) -> None:
    hit_of_juan(cast, tmp_path)
    seen = {}
    for model in SCOPED:
        for name, scope in (
            ("nayarit", own(cast.nayarit_analyst)), ("jalisco", own(cast.jalisco_analyst)), ("outsider", own(cast.outsider)),
            ("nobody", Scope(frozenset())), ("all", NATIONAL),
        ):  # fmt: skip
            with reach(scope):
                manager = model._default_manager
                seen[model.__name__, name] = manager.count()
                assert manager.exists() == bool(manager.count()) == bool(list(manager.all()))
    for owner, other, names in (
        ("nayarit", "jalisco", ("Detention", "CustodyEvent", "Batch")),
        ("jalisco", "nayarit", ("Target", "Hit")),
    ):
        for name in names:
            assert seen[name, owner] == seen[name, "all"] > 0
            assert seen[name, other] == seen[name, "outsider"] == seen[name, "nobody"] == 0


@pytest.mark.django_db
def test_scopes_replace_each_other_and_close_behind_themselves(cast: Cast) -> None:
    [model] = [m for m in SCOPED if m.__name__ == "Target"]
    with reach(NATIONAL):
        with reach(own(cast.nayarit_analyst)):
            narrow = str(model._default_manager.all().query)
        assert "WHERE" in narrow
        assert "WHERE" not in str(model._default_manager.all().query)
    with pytest.raises(ScopeMissing):
        model._default_manager.all()


def test_a_failure_inside_a_scope_does_not_leave_it_open() -> None:
    with pytest.raises(KeyError), reach(NATIONAL):
        raise KeyError
    with pytest.raises(ScopeMissing):
        SCOPED[0]._default_manager.all()
