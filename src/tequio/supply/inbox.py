"""What waits for whoever supplies: files to confirm, and batches with rows to mend."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from tequio.access.domain import Actor
from tequio.access.scoping import own, reach
from tequio.supply import domain, selectors, uploads
from tequio.ui import formats
from tequio.ui.web.inbox import Item

_MOST: Final = 10
"""Batches to mend that the inbox shows."""


def waiting(actor: Actor) -> list[Item]:
    """The actor's files to confirm, with the time until they are dropped; then the agency's batches to mend. Two queries."""
    items = [
        _item(
            _("Archivo por confirmar"),
            one.file_name,
            _("Nada de él está suministrado todavía."),
            reverse("supply:preview", args=[one.id]),
            one.made_at,
            one.made_at + uploads.KEPT_FOR,
        )
        for one in uploads.list_uploads(actor=actor)
    ]
    with reach(own(actor)):
        batches = selectors.waiting_to_be_mended(_MOST)
    return items + [
        _item(
            _("Lote por corregir"),
            batch.file_name,
            _("Renglones sin guardar: {n}.").format(n=formats.number(domain.to_mend(batch.counts))),
            reverse("supply:receipt", args=[batch.id]),
            batch.received_at,
        )
        for batch in batches
    ]


def _item(kind: str, title: str, detail: str, url: str, at: datetime, due: datetime | None = None) -> Item:
    return Item(kind, title, detail, url, due, False, at)
