"""The API keeps its own description: what is sent at random is answered as the description says, and never with a failure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks
from schemathesis.config import SchemathesisConfig

from tequio.access.domain import Permission
from tequio.catalogs.models import Parameter
from tequio.config import api
from tests.api.programs import program
from tests.world import Cast

CONFIG = SchemathesisConfig.from_dict({"seed": 7})
schema = schemathesis.openapi.from_dict(api.schema(), config=CONFIG)
schema.app = WSGIHandler()


@pytest.fixture
def headers(cast: Cast) -> Iterator[dict[str, str]]:
    """What a program of every scope sends."""
    Parameter.objects.filter(key__startswith="api.").update(value=100_000)
    one = program("NT-SSPC", *Permission)
    for signal in (request_started, request_finished):  # as Django's own client does: the test's transaction stays open
        signal.disconnect(close_old_connections)
    yield {"Authorization": f"Bearer {one.secret}", "Tequio-Purpose": "investigacion", "Tequio-Folio": "CARPETA-1"}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_answers_as_it_is_described(case: schemathesis.Case, headers: dict[str, str]) -> None:
    response = case.call(headers=headers)
    case.validate_response(
        response,
        checks=[
            checks.not_a_server_error,
            checks.status_code_conformance,
            checks.content_type_conformance,
            checks.response_schema_conformance,
        ],
    )
