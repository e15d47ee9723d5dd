"""Loading the reference data of institutions."""

from __future__ import annotations

from django.db import transaction

from tequio.institutions import domain, sync
from tequio.institutions.domain import Editor, Reason
from tequio.institutions.events import ReferenceLoaded
from tequio.institutions.models import Agency, AgencyName, Municipality, Post, State, Unit, Zone, ZoneMembership
from tequio.institutions.reference import day, flag, rows
from tequio.institutions.sync import Tally
from tequio.kernel import outbox


def load_reference(*, actor: Editor, purpose: Reason | None) -> Tally:
    """Bring states, municipalities, zones and agencies to what the package says. A repeat changes nothing and says so.

    Set-wise, O(rows): some 2,900 rows. Raises NotAllowed, PurposeRequired, Conflict (two periods of one thing overlap).
    """
    reason = domain.require_editor(actor, purpose)
    with transaction.atomic():
        tally = _load_territory() + _load_agencies()
        if not tally.changed_nothing:
            announce("institutions", actor, reason, tally)
    return tally


def announce(room: str, actor: Editor, reason: Reason, tally: Tally) -> None:
    """Publish what a load did, for the log."""
    outbox.publish(
        ReferenceLoaded(
            room=room,
            username=actor.username,
            agency_code=actor.agency_code,
            roles=tuple(sorted(str(role) for role in actor.roles)),
            purpose=str(reason.code),
            folio=reason.folio,
            created=tally.created,
            updated=tally.updated,
            kept=tally.kept,
            changes=tally.changes,
        )
    )


def _load_territory() -> Tally:
    states = [{k: row[k] for k in ("code", "renapo", "name", "abbreviation", "time_zone")} for row in rows("states")]
    municipalities = [
        {
            "code": row["code"],
            "state_id": row["state"],
            "name": row["name"],
            "population": int(row["population"]) if row["population"] else None,
        }
        for row in rows("municipalities")
    ]
    members = [
        {
            "zone_id": row["zone"],
            "state_id": row["state"],
            "valid_from": day(row["valid_from"]),
            "valid_to": day(row["valid_to"]),
            "source": row["source"],
        }
        for row in rows("zone_memberships")
    ]
    return (
        sync.load(State, states, ("code",))
        + sync.load(Municipality, municipalities, ("code",))
        + sync.load(Zone, [dict(row) for row in rows("zones")], ("code",))
        + sync.load_dated(ZoneMembership, members, ("zone_id", "state_id"))
    )


def _load_agencies() -> Tally:
    agencies = [
        {"code": row["code"], "level": row["level"], "state_id": row["state"] or None, "kind": row["kind"]}
        for row in rows("agencies")
    ]
    known = set(Agency.objects.values_list("code", flat=True))
    tally = sync.load(Agency, agencies, ("code",))
    ids = dict(Agency.objects.values_list("code", "id"))
    tally += _hang_from_parents(ids, known)
    return (
        tally
        + sync.load_dated(AgencyName, _dated("agency_names", ids, "name", "abbreviation"), ("agency_id",))
        + sync.load_dated(Unit, _dated("units", ids, "code", "name", "abbreviation"), ("agency_id", "code"))
        + sync.load_dated(Post, _dated("posts", ids, "title"), ("agency_id", "title"))
    )


def _hang_from_parents(ids: dict[str, int], known: set[str]) -> Tally:
    """Parents are agencies too, so they are set once all rows are in. Counts only what moved among the `known`."""
    parents = {row["code"]: row["parent"] for row in rows("agencies")}
    codes = {number: code for code, number in ids.items()}
    moved = []
    for agency in Agency.objects.filter(code__in=parents):
        if codes.get(agency.parent_id or 0, "") != parents[agency.code]:
            agency.parent_id = ids.get(parents[agency.code])
            moved.append(agency)
    Agency.objects.bulk_update(moved, ["parent"])
    changes = tuple(f"Agency {one.code}: parent -> {parents[one.code] or '—'}" for one in moved if one.code in known)
    return Tally(updated=len(changes), changes=changes)


def _dated(name: str, ids: dict[str, int], *columns: str) -> list[sync.Row]:
    """Rows of a file of things of agencies, with their period, source and, where the file has it, confirmation."""
    out = []
    for row in rows(name):
        dated: sync.Row = {"agency_id": ids[row["agency"]], **{column: row[column] for column in columns}}
        dated |= {"valid_from": day(row["valid_from"]), "valid_to": day(row["valid_to"]), "source": row["source"]}
        if "confirmed" in row:
            dated["confirmed"] = flag(row["confirmed"])
        out.append(dated)
    return out
