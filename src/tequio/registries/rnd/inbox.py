"""What waits for whoever follows a custody: arrests near their limit, or past it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from tequio.access.domain import Actor
from tequio.kernel import clock
from tequio.registries.rnd import services, words
from tequio.ui.web.inbox import Item


def arrests(actor: Actor) -> list[Item]:
    """Arrests of the agency, the one that ends first on top. One query. No datum of a person: keys and clocks only."""
    now = clock.now()
    return [
        Item(
            kind=_("Arresto"),
            title=_("Registro {key}").format(key=one.supplier_key),
            detail=_("Administrativo, {custody}: registre la salida o lo que siga.").format(
                custody=str(words.CUSTODY.get(one.custody_state, one.custody_state)).lower()
            ),
            url=reverse("rnd:sheet", args=[one.id]),
            due=ends,
            urgent=ends <= now,
            at=one.presented_at or one.changed_at,
        )
        for one, ends in services.arrests_near_limit(actor=actor)
    ]
