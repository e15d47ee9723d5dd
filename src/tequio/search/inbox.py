"""What a supervisor sees of the budgets of the agency."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from tequio.access.domain import Actor
from tequio.kernel import clock
from tequio.search import budget
from tequio.ui.web.inbox import Item


def budgets(actor: Actor) -> list[Item]:
    """People of the agency who have spent their budget of searches today."""
    return [
        Item(
            kind=_("Consultas"),
            title=_("{person} agotó su presupuesto de consultas").format(person=one.full_name or one.username),
            detail=_("{day} hoy, {hour} en la hora de más. Cada una está en la bitácora, con su finalidad y folio.").format(
                day=one.day, hour=one.most_in_an_hour
            ),
            url=reverse("search:budgets"),
            due=None,
            urgent=False,
            at=clock.now(),
        )
        for one in budget.exhausted(actor.agency_id)
    ]
