"""What changed in an agency's records since a moment, for its programs to keep their own copy up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from tequio.access import policy
from tequio.access.domain import Actor, Permission, Purpose
from tequio.access.scoping import own, reach
from tequio.audit.domain import Action
from tequio.audit.services import record, unit_of_work
from tequio.kernel.errors import Invalid
from tequio.registries.rnd.models import Detention


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in the order of changes."""

    at: datetime
    record_id: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat(timespec='microseconds')}~{self.record_id}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place that a text names; empty is the beginning. Raises Invalid."""
        at, _, record_id = text.partition("~")
        try:
            return cls(datetime.fromisoformat(at), UUID(record_id)) if text else None
        except ValueError:
            raise Invalid("No se entiende desde dónde seguir.", hint="Vuelva al principio de la lista.") from None


def list_changes(
    *, actor: Actor, purpose: Purpose | None, since: datetime | None, after: Place | None, limit: int
) -> list[Detention]:
    """The actor's agency's records, tombstones too, in the order in which they changed: those since a moment, or those after a
    place. All but the last of `limit`, which only tells of others, are on the log. One query; index (agency, changed_at, id).

    A change shows here once it is committed, and its moment is of a little before: whoever follows asks again from some
    minutes before the last one. Raises NotAllowed, PurposeRequired.
    """
    with unit_of_work(actor=actor, purpose=purpose, action=Action.DETENTION_READ), reach(own(actor)):
        policy.require(actor, Permission.DETENTION_READ)
        purpose = policy.require_purpose(purpose)
        rows = Detention.objects.all()
        if since is not None:
            rows = rows.filter(changed_at__gte=since)
        if after is not None:
            rows = rows.filter(Q(changed_at__gt=after.at) | Q(id__gt=after.record_id), changed_at__gte=after.at)
        found = list(rows.order_by("changed_at", "id").defer("supplied", "absences")[:limit])
        shown = found[: limit - 1]
        record(
            actor=actor,
            purpose=purpose,
            action=Action.DETENTION_READ,
            subject_kind="detention",
            subjects=[one.id for one in shown],
            facts={"filters": ["changed"], "rows": len(shown)},
        )
    return found
