"""Which detentions are of a person, for whoever audits who looked at them."""

from __future__ import annotations

from typing import Final

from tequio.registries.rnd.models import Detention

MOST: Final = 200
"""Records of one person."""


def ids_by_curp(curp: str) -> list[str]:
    """Ids of the scope's detentions with that CURP, the latest first. One query, O(records): it is asked seldom."""
    wanted = curp.strip().upper()
    rows = Detention.objects.filter(curp=wanted) if wanted else Detention.objects.none()
    return [str(record_id) for record_id in rows.order_by("-detained_on").values_list("id", flat=True)[:MOST]]
