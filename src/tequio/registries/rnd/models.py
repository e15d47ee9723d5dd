"""Detentions as supplied, their custody events, and their earlier versions."""

from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from tequio.access.scoping import ScopedManager
from tequio.access.walls import unwalled, walled
from tequio.institutions.models import Agency
from tequio.kernel.ids import new_id
from tequio.registries.rnd.domain import CustodyKind


def _text(length: int, **options: object) -> models.CharField[str, str]:
    return models.CharField(max_length=length, blank=True, default="", **options)  # type: ignore[arg-type]


def _fact_of(model: type[models.Model]) -> models.ForeignKey[Any, Any]:
    """A reference checked by the only writer and not row by row by the database.

    Deferred checks cost a batch of 200,000 rows some two seconds each. Its index would only repeat the first column of another.
    """
    return models.ForeignKey(model, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)


@walled("agency")
@pghistory.track(
    # Only what a row was before each change is copied: the present version is the row itself, and inserting costs nothing.
    pghistory.UpdateEvent("superseded", row=pghistory.Old, condition=pghistory.AnyChange("version"), level=pghistory.Statement),
    model_name="DetentionVersion",
    obj_field=pghistory.ObjForeignKey(on_delete=models.DO_NOTHING, db_constraint=False),
    context_field=None,  # type: ignore[arg-type]  # None leaves the column out; the annotation forgets it
)
class Detention(models.Model):
    """One person's detention on one occasion, as its supplier tells it now.

    `supplied` keeps each value as it came; the typed columns beside it are what could be understood of it, or empty. A
    cancelled record stays as a tombstone without personal data; its earlier versions are history, kept until retention ends.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = _fact_of(Agency)
    supplier_key = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    change_set = models.UUIDField(db_index=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)
    change_reason = models.TextField(blank=True, default="")
    cancelled_at = models.DateTimeField(null=True)
    contract_version = models.CharField(max_length=20)
    content_hash = models.CharField(max_length=64)
    supplied = models.JSONField(default=dict)
    absences = models.JSONField(default=dict)

    rnd_number = _text(40)
    iph_number = _text(40)
    record_type = _text(40)
    detention_kind = _text(40)
    detained_on = models.DateField(null=True)
    detained_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)
    presented_at = models.DateTimeField(null=True)
    custody_state = _text(40)

    given_names = _text(100)
    paternal_surname = _text(80)
    maternal_surname = _text(80)
    full_name = _text(200)
    aliases = ArrayField(models.CharField(max_length=200), default=list)
    sex = _text(1)
    age = models.PositiveSmallIntegerField(null=True)
    birth_date = models.DateField(null=True)
    birth_date_text = _text(40)
    birth_state = _text(2)
    listed_name = _text(400)
    """What lists sort and find by, see `domain.listed_name`: a plain column, since row-level security reads no index of a
    computed one."""
    curp = _text(40)
    rfc = _text(40)
    nationality = _text(80)
    phone = _text(40)
    plate = _text(40)

    state_code = _text(2)
    municipality_code = _text(5)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    fault_code = _text(40)
    offence_code = _text(40)
    authority_code = _text(40)
    visible_injuries = _text(15)
    disability = _text(15)
    illness = _text(15)
    vulnerable_group = _text(15)
    criminal_group = _text(15)
    rights_read = _text(15)

    objects = ScopedManager["Detention"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "supplier_key"], name="one_detention_per_key")]
        indexes = [
            models.Index(fields=["agency", "-detained_on"]),
            models.Index(fields=["agency", "listed_name"], name="detention_by_name"),
            models.Index(fields=["agency", "municipality_code", "-detained_on"], name="detention_by_place"),
            models.Index(fields=["agency", "custody_state", "-detained_on"], name="detention_by_custody"),
            models.Index(fields=["agency", "changed_at", "id"], name="detention_by_change"),
            models.Index(fields=["rnd_number"], condition=~models.Q(rnd_number=""), name="detention_rnd_number"),
            models.Index(fields=["iph_number"], condition=~models.Q(iph_number=""), name="detention_iph_number"),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_key} v{self.version}"


@walled("agency")
class CustodyEvent(models.Model):
    """One step of custody. Append-only: a mistake is mended by a later event that says so.

    A single capture is signed by the node. An event that came in a batch carries the batch: its receipt is what is signed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    detention = models.ForeignKey(
        Detention, on_delete=models.PROTECT, related_name="custody_events", db_constraint=False, db_index=False
    )
    agency = _fact_of(Agency)
    kind = models.CharField(max_length=40, choices=[(k.value, k.value) for k in CustodyKind])
    at = models.DateTimeField()
    authority_code = _text(40)
    place = _text(200)
    note = _text(500)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    batch = models.UUIDField(null=True)
    signature = models.TextField(blank=True, default="")

    objects = ScopedManager["CustodyEvent"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["detention", "kind", "at"], name="one_event_per_moment")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


@unwalled("Whether an institution answers the public is asked by nobody in particular, before there is a scope.")
class PublicSwitch(models.Model):
    """A period in which an agency answers the public consultation. Without an open one it does not: that is how it begins."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    document = models.CharField(max_length=120)
    """Oficio or agreement that orders it."""
    opened_by = models.CharField(max_length=150)
    closed_by = _text(150)
    close_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency"], condition=models.Q(valid_to=None), name="one_open_public_switch"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.valid_from:%Y-%m-%d}"


class PublicUse(models.Model):
    """How many questions came from one address, or from all, in one hour. The address is kept as a keyed hash."""

    pk = models.CompositePrimaryKey("source", "hour")
    source = models.CharField(max_length=32)
    hour = models.DateTimeField()
    asked = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.source} {self.hour:%Y-%m-%d %H}: {self.asked}"
