"""What every test stands on.

Policy: real PostgreSQL, real reference data, no mocks of our own code. The cast is fixed: Nayarit's capturist, analyst,
supervisor and liaison; Jalisco's analyst, a second analyst, supervisor and liaison; the hub's operator and auditor; Jalisco's
auditor; an outsider of a third state. Tests ask of each thing: and the supplier? and the outsider?
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tequio.kernel import cluster
from tequio.search.segments.prepare import prepare

if TYPE_CHECKING:
    from tests.world import Cast

HOME = cluster.home_folder(os.environ)


def pytest_configure(config: pytest.Config) -> None:
    """Bring the test cluster up: the machine's PostgreSQL, or the embedded one. Durability is off: it holds nothing to keep."""
    HOME.mkdir(parents=True, exist_ok=True)
    if not hasattr(config, "workerinput"):
        prepare()  # once, before workers and nodes in processes of their own need it
    cluster.up(HOME, os.environ, durable=False, say=lambda text: None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """The test database, with the reference data that the package ships and everybody's account."""
    from tests.world import load_reference, make_cast  # models are not there while this file loads

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        load_reference()
        make_cast()


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, with an account."""
    from tests.world import make_cast  # models are not there while this file loads

    return make_cast()
