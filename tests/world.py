"""A small world for tests: people with accounts, detentions, targets, and the shortest ways to make them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from django.db import models

from tequio.access import selectors as access
from tequio.access.domain import Actor, Purpose, PurposeCode, Role
from tequio.access.models import User
from tequio.access.scoping import NATIONAL, own, reach
from tequio.accounts.services import create_user, grant_roles
from tequio.catalogs import services as catalogs
from tequio.institutions import selectors as institutions_read
from tequio.institutions import services as institutions
from tequio.kernel import outbox
from tequio.kernel.models import OutboxEntry
from tequio.registries.rnd.models import Detention
from tequio.supply.models import Batch, RowFinding
from tequio.supply.services import supply_file
from tequio.targets.domain import Priority, TargetDraft
from tequio.targets.models import Target
from tequio.targets.services import approve_target, propose_target

M = TypeVar("M", bound=models.Model)
K = TypeVar("K")
T = TypeVar("T")

LOADER = Actor("sistema", 0, "FED-SSPC", "", frozenset({Role.HUB_OPERATOR}), is_system=True)
WHY = Purpose(PurposeCode.ADMINISTRATION, "pruebas")
SUPPLY = Purpose(PurposeCode.SUPPLY, "OFICIO-1")
WATCH = Purpose(PurposeCode.TARGET_SEARCH, "OFICIO-2")
REVIEW = Purpose(PurposeCode.HIT_REVIEW, "OFICIO-3")
INQUIRY = Purpose(PurposeCode.INVESTIGATION, "CARPETA-4")
TODAY = date(2026, 11, 1)

PEOPLE: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("nayarit_capturist", "NT-SSPC", (Role.CAPTURE,)),
    ("nayarit_analyst", "NT-SSPC", (Role.ANALYST,)),
    ("nayarit_supervisor", "NT-SSPC", (Role.SUPERVISOR,)),
    ("nayarit_liaison", "NT-SSPC", (Role.LIAISON,)),
    ("jalisco_analyst", "JC-SSP", (Role.ANALYST,)),
    ("jalisco_second", "JC-SSP", (Role.ANALYST,)),
    ("jalisco_supervisor", "JC-SSP", (Role.SUPERVISOR,)),
    ("jalisco_liaison", "JC-SSP", (Role.LIAISON,)),
    ("jalisco_auditor", "JC-SSP", (Role.AUDITOR,)),
    ("hub_operator", "FED-SSPC", (Role.HUB_OPERATOR,)),
    ("hub_auditor", "FED-SSPC", (Role.AUDITOR,)),
    ("administrator", "NT-SSPC", (Role.ADMINISTRATOR,)),
    ("outsider", "OC-SSPC", (Role.CONSULTATION,)),
)


@dataclass(frozen=True)
class Cast:
    """The people of the tests, as actors. Usernames are the attribute names."""

    nayarit_capturist: Actor
    nayarit_analyst: Actor
    nayarit_supervisor: Actor
    nayarit_liaison: Actor
    jalisco_analyst: Actor
    jalisco_second: Actor
    jalisco_supervisor: Actor
    jalisco_liaison: Actor
    jalisco_auditor: Actor
    hub_operator: Actor
    hub_auditor: Actor
    administrator: Actor
    outsider: Actor


def load_reference() -> None:
    """States, agencies, catalogues and parameters, as the package ships them."""
    institutions.load_reference(actor=LOADER, purpose=WHY)
    catalogs.load_reference(actor=LOADER, purpose=WHY)


def make_cast() -> Cast:
    """Everybody's account, with roles from a day long past."""
    system = Actor("sistema", 0, "FED-SSPC", "", frozenset(), is_system=True)
    if not User.objects.filter(username=PEOPLE[-1][0]).exists():
        for username, agency_code, roles in PEOPLE:
            agency = institutions_read.agency_by_code(agency_code)
            user = create_user(actor=system, purpose=WHY, username=username, full_name=username, agency=agency)
            grant_roles(actor=system, purpose=WHY, user=user, roles=roles, valid_from=date(2020, 1, 1), document="pruebas")
    return Cast(**{username: access.actor(username) for username, _, _ in PEOPLE})


HEADERS = (
    "clave_registro",
    "tipo_registro",
    "fecha_detencion",
    "hora_detencion",
    "nombre",
    "primer_apellido",
    "segundo_apellido",
    "sexo",
    "fecha_nacimiento",
    "curp",
    "entidad_nacimiento",
    "municipio_detencion",
    "motivo",
    "autoridad_destino",
    "aprehensor_nombre",
)

JUAN = {
    "clave_registro": "NAY-0001",
    "tipo_registro": "hecho_probablemente_delictivo",
    "fecha_detencion": "2026-10-20",
    "hora_detencion": "02:15",
    "nombre": "Filiberto",
    "primer_apellido": "Muñoz",
    "segundo_apellido": "Zepeda",
    "sexo": "H",
    "fecha_nacimiento": "1984-03-07",
    "curp": "",
    "entidad_nacimiento": "JC",
    "municipio_detencion": "18017",
    "motivo": "flagrancia",
    "autoridad_destino": "MP",
    "aprehensor_nombre": "Oficial de Prueba",
}
"""A synthetic person whom Nayarit detains and Jalisco looks for."""


def csv_text(rows: Sequence[Mapping[str, str]], headers: Sequence[str] | None = None) -> str:
    """Rows as CSV."""
    names = list(headers or dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, extrasaction="ignore", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def supply(
    actor: Actor, folder: Path, rows: Sequence[Mapping[str, str]] | str, *, batch: str = "", drain: bool = True
) -> Batch:
    """Supply rows (or a whole CSV text) to the RND as `actor`, and let the reactions run."""
    text = rows if isinstance(rows, str) else csv_text(rows)
    path = folder / f"lote-{abs(hash(text)) % 10**8}.csv"
    path.write_text(text, encoding="utf-8")
    done = supply_file(actor=actor, purpose=SUPPLY, registry="rnd", path=path, agency_code=actor.agency_code, batch_key=batch)
    if drain:
        react()
    return done


def supply_bytes(actor: Actor, folder: Path, name: str, data: bytes, *, batch: str = "", drain: bool = True) -> Batch:
    """Supply a file of exactly these bytes to the RND as `actor`, and let the reactions run."""
    path = folder / name
    path.write_bytes(data)
    done = supply_file(actor=actor, purpose=SUPPLY, registry="rnd", path=path, agency_code=actor.agency_code, batch_key=batch)
    if drain:
        react()
    return done


def found_in(batch: Batch) -> dict[int, set[tuple[str, str]]]:
    """(code, severity) of every finding of a batch, by line."""
    found: dict[int, set[tuple[str, str]]] = {}
    with reach(NATIONAL):
        for line, code, severity in RowFinding.objects.filter(batch=batch).values_list("line", "code", "severity"):
            found.setdefault(line, set()).add((code, severity))
    return found


def seen(read: Callable[[K], T], asked: K) -> T:
    """What a selector answers in a scope that reaches everything."""
    with reach(NATIONAL):
        return read(asked)


def stored(model: type[M], **having: object) -> list[M]:
    """Rows of a table, whoever's they are, in the order of their keys."""
    with reach(NATIONAL):
        return list(model._base_manager.filter(**having).order_by("pk"))


def detention(actor: Actor, key: str) -> Detention:
    """The record of the actor's agency with that key."""
    with reach(own(actor)):
        return Detention.objects.get(supplier_key=key)


def draft_of(row: Mapping[str, str], **other: object) -> TargetDraft:
    """A target's draft from a detention's row: the same person, as the issuer knows them."""
    values: dict[str, object] = {
        "names": (),
        "given": row["nombre"],
        "paternal": row["primer_apellido"],
        "maternal": row["segundo_apellido"],
        "sex": row["sexo"],
        "birth_dates": (row["fecha_nacimiento"],),
        "birth_state": row["entidad_nacimiento"],
        "grounds": "orden_aprehension",
        "document": "CAUSA 12/2026",
        "priority": Priority.HIGH,
    }
    return TargetDraft(**(values | other))  # type: ignore[arg-type]


def watch(cast: Cast, draft: TargetDraft, *, drain: bool = True) -> Target:
    """Jalisco registers a target: one person proposes, another approves."""
    proposed = propose_target(actor=cast.jalisco_analyst, purpose=WATCH, draft=draft)
    target = approve_target(actor=cast.jalisco_supervisor, purpose=WATCH, target_id=proposed.id)
    if drain:
        react()
    return target


def react() -> None:
    """Let every reaction run; none may fail."""
    outbox.drain()
    failed = list(OutboxEntry.objects.filter(done_at=None).values_list("reaction", "last_error"))
    assert not failed, failed
