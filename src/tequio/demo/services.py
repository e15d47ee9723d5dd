"""The synthetic nation in a data folder: people with accounts, detentions, targets.

Every step is an ordinary service of its room, and repeating any of them changes nothing, so an interrupted demonstration goes
on where it was.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tequio.access import selectors as access
from tequio.access.domain import Purpose, PurposeCode, Role
from tequio.access.models import RoleGrant
from tequio.access.scoping import NATIONAL, reach
from tequio.accounts.services import create_user, grant_roles
from tequio.audit.domain import Action
from tequio.audit.services import unit_of_work
from tequio.demo.domain import Nation, Row, Target, write_csv, write_nayarit_sample
from tequio.institutions.models import Agency
from tequio.kernel import outbox
from tequio.supply.models import Batch
from tequio.supply.services import supply_file
from tequio.targets.domain import Priority, TargetDraft
from tequio.targets.models import Target as StoredTarget
from tequio.targets.services import approve_target, propose_target

SEED = 2026
DETENTIONS = 20_000
TARGETS = 500
OPERATOR = "nt.supervisor"
DEMO_FILE = "demo.json"
DOCUMENT = "Demostración: personas y hechos sintéticos"

Say = Callable[[str], None]

_ROLES: dict[str, tuple[Role, ...]] = {
    "captura": (Role.CAPTURE,),
    "analista": (Role.ANALYST,),
    "supervisor": (Role.SUPERVISOR,),
    "enlace": (Role.LIAISON,),
    "auditor": (Role.AUDITOR,),
    "administra": (Role.ADMINISTRATOR,),
}
_HUB_ROLES: dict[str, tuple[Role, ...]] = {"operador": (Role.HUB_OPERATOR,), "auditor": (Role.AUDITOR,)}
HUB = "FED-SSPC"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a nation to make."""

    detentions: int = DETENTIONS
    targets: int = TARGETS


def agencies_by_state() -> dict[str, Agency]:
    """The public-security agency of each state, by RENAPO key."""
    found = Agency.objects.filter(kind="seguridad_publica").exclude(state=None).select_related("state").order_by("-code")
    return {agency.state.renapo: agency for agency in found if agency.state}


def make_people() -> int:
    """Accounts of every state's agency and of the hub. Returns how many were new. Set-wise where nothing is to be done."""
    wanted: list[tuple[str, Agency, tuple[Role, ...]]] = []
    for renapo, agency in sorted(agencies_by_state().items()):
        wanted += [(f"{renapo.lower()}.{name}", agency, roles) for name, roles in _ROLES.items()]
    hub = Agency.objects.get(code=HUB)
    wanted += [(f"nacional.{name}", hub, roles) for name, roles in _HUB_ROLES.items()]
    ready = set(RoleGrant.objects.values_list("user__username", flat=True))
    missing = [person for person in wanted if person[0] not in ready]
    system, purpose = access.system_actor(HUB), _purpose(PurposeCode.ADMINISTRATION)
    with unit_of_work(actor=system, purpose=purpose, action=Action.USER_CREATED):
        for username, agency, roles in missing:
            user = create_user(
                actor=system, purpose=purpose, username=username, full_name=f"Demostración {username}", agency=agency
            )
            grant_roles(actor=system, purpose=purpose, user=user, roles=roles, valid_from=date(2026, 1, 1), document=DOCUMENT)
    return len(missing)


def supply_detentions(nation: Nation, size: Size, folder: Path, say: Say) -> int:
    """One batch of each state's detentions, supplied by its own capturist. Returns rows of the batches that were new."""
    agencies = agencies_by_state()
    by_state: dict[str, list[Row]] = defaultdict(list)
    for row in nation.detentions(size.detentions):
        by_state[row["entidad_detencion"]].append(row)
    inegi = {agency.state_id: renapo for renapo, agency in agencies.items()}
    folder.mkdir(parents=True, exist_ok=True)
    done = 0
    for code, rows in sorted(by_state.items()):
        agency = agencies[inegi[code]]
        key = f"demo-{SEED}-{len(rows)}"
        with reach(NATIONAL):
            there = Batch.objects.filter(agency=agency, batch_key=key).exclude(processed_at=None).exists()
        if there:
            continue
        path = folder / f"{agency.code}.csv"
        write_csv(path, rows)
        who = access.actor(f"{inegi[code].lower()}.captura")
        supply_file(
            actor=who, purpose=_purpose(PurposeCode.SUPPLY), registry="rnd", path=path, agency_code=agency.code, batch_key=key
        )
        outbox.drain()
        done += len(rows)
        say(f"{agency.code}: {len(rows):,} detenciones")
    return done


def register_targets(nation: Nation, size: Size, say: Say) -> int:
    """Each state's targets: its analyst proposes, its supervisor approves. Returns how many were new."""
    with reach(NATIONAL):
        there = set(StoredTarget.objects.exclude(approved_at=None).values_list("note", flat=True))
    by_state: dict[str, list[Target]] = defaultdict(list)
    for target in nation.targets(size.targets):
        if target["reference"] not in there:
            by_state[target["issuer_state"]].append(target)
    done = 0
    for renapo, targets in sorted(by_state.items()):
        done += _register(renapo, targets)
        outbox.drain()
        say(f"{done} objetivos")
    return done


def write_sample(path: Path) -> Path:
    """Nayarit's file, as its system exports it: cp1252, semicolons, and some rows that are wrong."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_nayarit_sample(path, Nation(SEED))
    return path


def mark_folder(home: Path) -> None:
    """Say that this data folder is a demonstration: commands may then go without --as."""
    (home / DEMO_FILE).write_text(json.dumps({"operator": OPERATOR, "seed": SEED}), encoding="utf-8")


def _register(renapo: str, targets: Iterable[Target]) -> int:
    """A state's targets in one transaction: the log has a line for each step all the same."""
    analyst, supervisor = access.actor(f"{renapo.lower()}.analista"), access.actor(f"{renapo.lower()}.supervisor")
    purpose = _purpose(PurposeCode.TARGET_SEARCH)
    count = 0
    with unit_of_work(actor=analyst, purpose=purpose, action=Action.TARGET_PROPOSED):
        for target in targets:
            proposed = propose_target(actor=analyst, purpose=purpose, draft=_draft(target))
            approve_target(actor=supervisor, purpose=purpose, target_id=proposed.id)
            count += 1
    return count


def _draft(target: Target) -> TargetDraft:
    return TargetDraft(
        names=(),
        given=target["given"],
        paternal=target["paternal"],
        maternal=target["maternal"],
        sex=target["sex"],
        birth_dates=(target["birth_date"],) if target["birth_date"] else (),
        birth_state=target["birth_state"],
        curps=(target["curp"],) if target["curp"] else (),
        rfcs=(target["rfc"],) if target["rfc"] else (),
        aliases=tuple(target["aliases"]),
        phones=tuple(target["phones"]),
        plates=tuple(target["plates"]),
        grounds=target["ground"],
        document=target["document"],
        priority=Priority(target["priority"]),
        covert=target["covert"],
        note=target["reference"],
    )


def _purpose(code: PurposeCode) -> Purpose:
    return Purpose(code, "DEMO-2026")
