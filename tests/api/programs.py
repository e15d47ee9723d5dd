"""Programs of institutions, and how they ask."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from tequio.access.domain import Permission
from tequio.accounts import domain
from tequio.accounts.models import ApiToken
from tequio.audit.models import Line
from tequio.institutions.selectors import agency_by_code
from tequio.kernel import clock

ROOT = "/api/v1"
JSON = "application/json"
EVERY_SCOPE = tuple(sorted(Permission(one) for one in Permission))
WHY = {"Tequio-Purpose": "investigacion", "Tequio-Folio": "CARPETA-9"}


@dataclass
class Program:
    """A program with its token, and the purpose that it states."""

    secret: str
    label: str
    why: dict[str, str] = field(default_factory=lambda: dict(WHY))
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def ask(self, method: str, path: str, data: Any = None, *, key: str | None = "", **headers: str) -> HttpResponse:
        """Send a request; a command carries a fresh key unless one is given, and none with None."""
        said = {"Authorization": f"Bearer {self.secret}", **self.why, **headers}
        if method != "GET" and key is not None:
            said["Idempotency-Key"] = key or str(uuid4())
        if method == "GET":
            return self.client.get(ROOT + path, data or {}, headers=said)
        return self.client.generic(method, ROOT + path, json.dumps(data if data is not None else {}), JSON, headers=said)

    def get(self, path: str, data: Any = None, **headers: str) -> HttpResponse:
        """Ask to read."""
        return self.ask("GET", path, data, **headers)

    def post(self, path: str, data: Any = None, *, key: str | None = "", **headers: str) -> HttpResponse:
        """Send a command."""
        return self.ask("POST", path, data, key=key, **headers)

    def patch(self, path: str, data: Any = None, *, key: str | None = "", **headers: str) -> HttpResponse:
        """Send a correction."""
        return self.ask("PATCH", path, data, key=key, **headers)

    def send(self, text: str, *, key: str = "", name: str = "lote.csv", **form: str) -> HttpResponse:
        """Send a file."""
        said = {"Authorization": f"Bearer {self.secret}", **self.why, "Idempotency-Key": key or str(uuid4())}
        file = SimpleUploadedFile(name, text.encode())
        return self.client.post(f"{ROOT}/batches", {"file": file, **form}, headers=said)

    def lines(self, since: int = 0) -> list[tuple[str, str]]:
        """(action, outcome) of the lines that the program left."""
        rows = Line.objects.filter(username=f"programa:{self.label}", id__gt=since).order_by("id")
        return list(rows.values_list("action", "outcome"))


def program(agency: str, *scopes: Permission, days: int = 1) -> Program:
    """A program of an institution, with a token of those scopes."""
    secret = domain.new_secret(domain.TOKEN_PREFIX)
    label = f"nodo-{uuid4().hex[:8]}"
    now = clock.now()
    ApiToken.objects.create(
        agency=agency_by_code(agency),
        label=label,
        scopes=sorted(scopes),
        fingerprint=domain.fingerprint(secret),
        made_by="pruebas",
        made_at=now,
        valid_to=now + timedelta(days=days),
    )
    return Program(secret, label)


def told(answer: HttpResponse) -> dict[str, Any]:
    """What an answer says."""
    read: dict[str, Any] = json.loads(answer.content)
    return read
